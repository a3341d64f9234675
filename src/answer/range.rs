//! What a question leaves open, filled in: the days, the choice of `$by`, the instant.

use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan};

use super::error::AnswerError;
use super::question::Question;
use crate::catalog::indicator::{Indicator, Shape};
use crate::epi::calendar::{is_holiday, is_year_end};
use crate::epi::clock::jst;
use crate::epi::period::Period;

/// The longest range of one question: 20 years of days.
const MOST_DAYS: i32 = 7320;

/// A question with nothing left open but the data version.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub from: Date,
    pub to: Date,
    pub by: Option<String>,
    pub as_of: Timestamp,
    pub as_of_day: Date,
    /// The same weekday a week earlier, if the two days are alike (neither or both a holiday).
    pub like_day: Option<Date>,
}

/// Fills in. Days after the as-of day have no figures: `to` ends there. A range by week, month or
/// year starts at its period's first day, or its first bar would be too short.
pub fn resolve(indicator: &Indicator, question: &Question, now: Timestamp) -> Result<Asked, AnswerError> {
    let name = || indicator.id.clone();
    if question.disease.is_empty() || question.disease.len() > 40 || !question.disease.chars().all(in_code) {
        return Err(AnswerError::Disease { disease: question.disease.chars().take(40).collect() });
    }
    let as_of = question.as_of.unwrap_or(now).min(now);
    let as_of_day = jst(as_of).date();
    let by = match &question.by {
        None => indicator.by.first().cloned(),
        Some(by) if indicator.by.contains(by) => Some(by.clone()),
        Some(by) => {
            let allowed = indicator.by.join(", ");
            return Err(AnswerError::By { indicator: name(), by: by.clone(), allowed });
        }
    };
    let to = question.to.unwrap_or(as_of_day).min(as_of_day);
    let reach = Span::new().days(i64::from(indicator.days) - 1);
    let wanted = question.from.unwrap_or_else(|| to.checked_sub(reach).unwrap_or(Date::MIN));
    let from = match (by.as_deref().and_then(Period::parse), indicator.shape) {
        (Some(period), _) => period.start(wanted),
        (None, Shape::Heat) => Period::Week.start(wanted),
        (None, _) => wanted,
    };
    if wanted > to {
        return Err(AnswerError::EmptyRange { indicator: name(), from: wanted, to });
    }
    if (to - from).get_days() >= MOST_DAYS {
        return Err(AnswerError::LongRange { indicator: name(), from, to, most: MOST_DAYS });
    }
    Ok(Asked { from, to, by, as_of, as_of_day, like_day: like_day(as_of_day) })
}

/// The day a week earlier that a day may be compared with: holidays and 年末年始 only with their like.
fn like_day(day: Date) -> Option<Date> {
    let earlier = day.checked_sub(7.days()).ok()?;
    let alike = is_holiday(day) == is_holiday(earlier) && is_year_end(day) == is_year_end(earlier);
    alike.then_some(earlier)
}

fn in_code(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::catalog::{Catalog, Definitions};
    use crate::epi::clock::from_jst;

    fn ask(indicator: &str, change: impl FnOnce(&mut Question)) -> Result<Asked, AnswerError> {
        let (catalog, _) = Catalog::read(&Definitions::embedded());
        let mut question = Question::of(indicator, "covid-19");
        change(&mut question);
        let now = from_jst(date(2022, 2, 16).at(14, 0, 0, 0));
        resolve(catalog.indicator(indicator).expect("there"), &question, now)
    }

    #[test]
    fn the_header_s_days_end_today() {
        let asked = ask("new_cases_received", |_| {}).expect("answers");
        assert_eq!((asked.from, asked.to), (date(2022, 1, 20), date(2022, 2, 16)));
        assert_eq!(asked.by.as_deref(), Some("day"));
    }

    #[test]
    fn the_day_is_japan_s() {
        let asked =
            ask("received_today", |q| q.as_of = "2022-02-14T15:00:00Z".parse().ok()).expect("answers");
        assert_eq!(asked.as_of_day, date(2022, 2, 15));
        assert_eq!(asked.like_day, Some(date(2022, 2, 8)));
    }

    #[test]
    fn a_holiday_is_not_compared_with_a_plain_day() {
        let at = |day: Date| ask("received_today", |q| q.as_of = Some(from_jst(day.at(12, 0, 0, 0))));
        assert_eq!(at(date(2022, 2, 11)).expect("answers").like_day, None, "建国記念の日");
        assert_eq!(at(date(2022, 1, 3)).expect("answers").like_day, None, "年末年始 after a plain Monday");
    }

    #[test]
    fn periods_start_whole() {
        let asked = ask("new_cases_received", |q| {
            q.by = Some("week".into());
            q.from = Some(date(2022, 2, 9));
        });
        assert_eq!(asked.expect("answers").from, date(2022, 2, 7));
        assert_eq!(ask("age_by_week", |_| {}).expect("answers").from.weekday(), jiff::civil::Weekday::Monday);
    }

    #[test]
    fn nothing_is_told_of_tomorrow() {
        let asked = ask("deaths", |q| q.to = Some(date(2023, 1, 1))).expect("answers");
        assert_eq!(asked.to, date(2022, 2, 16));
        let ahead = ask("deaths", |q| q.as_of = "2099-01-01T00:00:00Z".parse().ok()).expect("answers");
        assert_eq!(ahead.as_of_day, date(2022, 2, 16));
        assert!(matches!(
            ask("deaths", |q| q.from = Some(date(2022, 2, 17))),
            Err(AnswerError::EmptyRange { .. })
        ));
    }

    #[test]
    fn what_can_t_be_is_refused() {
        assert!(matches!(ask("deaths", |q| q.by = Some("hour".into())), Err(AnswerError::By { .. })));
        assert!(matches!(
            ask("deaths", |q| q.from = Some(date(1900, 1, 1))),
            Err(AnswerError::LongRange { .. })
        ));
        assert!(matches!(ask("deaths", |q| q.disease = "a'; --".into()), Err(AnswerError::Disease { .. })));
    }
}
