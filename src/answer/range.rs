//! What a question leaves open, filled in: the days, the choices, the instant.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

use super::question::Question;
use super::refusal::Refusal;
use crate::definitions::Catalog;
use crate::definitions::given::WAVE;
use crate::definitions::indicator::Indicator;
use crate::definitions::mapping::{Mapping, Title};
use crate::epi::against::Against;
use crate::epi::calendar::are_alike;
use crate::epi::clock::jst;
use crate::epi::moment::{YEARS, can_be_asked};
use crate::epi::period::Period;

/// The longest range of one question: 20 years of days.
const MOST_DAYS: i32 = 7320;

const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// A question with nothing left open but the data version.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub from: Date,
    pub to: Date,
    pub by: Option<String>,
    pub bands: Option<String>,
    /// What the days are compared with, and the days of that.
    pub against: Option<(Against, Date, Date)>,
    /// The single day asked for is compared with nothing: it or the other day, but not both, is a holiday.
    pub unlike: bool,
    pub as_of: Timestamp,
    pub as_of_day: Date,
    /// The same weekday a week earlier, if the two days are alike (neither or both a holiday).
    pub like_day: Option<Date>,
    /// The sources that can't tell of it: by their mappings, until it is known what they have delivered.
    pub mute: Vec<String>,
}

/// Fills in. A day after the as-of day has not come, and is refused: figures up to the as-of day would be another answer than
/// was asked for. A range by week, month or year starts at its period's first day, or its first bar would be too short; one by
/// wave as asked, or with the first wave.
pub(super) fn resolve(
    catalog: &Catalog,
    indicator: &Indicator,
    question: &Question,
    now: Timestamp,
) -> Result<Asked, Refusal> {
    let title = Title { ja: indicator.title_ja.clone(), en: indicator.title_en.clone() };
    if !catalog.diseases().contains_key(question.disease.as_str()) {
        return Err(Refusal::choice("disease", catalog.diseases().into_keys()));
    }
    for (parameter, day) in [("from", question.from), ("to", question.to)] {
        if day.is_some_and(|day| !YEARS.contains(&day.year())) {
            return Err(Refusal::year(parameter));
        }
    }
    if question.as_of.is_some_and(|at| !can_be_asked(at)) {
        return Err(Refusal::year("as_of"));
    }
    if let Some(at) = question.as_of.filter(|at| lies_ahead(*at, now)) {
        return Err(Refusal::future("as_of", at, now));
    }
    if !indicator.takes_period() && question.from.or(question.to).is_some() {
        let parameter = if question.from.is_some() { "from" } else { "to" };
        return Err(Refusal::no_period(parameter, &title));
    }
    let as_of = question.as_of.unwrap_or(now).min(now);
    let as_of_day = jst(as_of).date();
    let choice = |key, said: Option<&str>, allowed: Vec<&str>| match said {
        None => Ok(allowed.first().map(|first| (*first).to_owned())),
        Some(said) if allowed.contains(&said) => Ok(Some(said.to_owned())),
        Some(_) if allowed.is_empty() => Err(Refusal::no_choice(key, &title)),
        Some(_) => Err(Refusal::choice(key, allowed)),
    };
    let by = choice("by", question.by.as_deref(), indicator.by.iter().map(String::as_str).collect())?;
    let bandings = catalog.bandings_of(indicator).into_iter().map(|banding| banding.id.as_str());
    let bands = choice("bands", question.bands.as_deref(), bandings.collect())?;
    let comparisons = indicator.against.iter().map(|against| against.name()).collect();
    let against = choice("against", question.against.map(Against::name), comparisons)?;
    if let (Some(from), Some(to)) = (question.from, question.to)
        && from > to
    {
        return Err(Refusal::backwards(from, to));
    }
    // Of days after the moment asked for that are past by now, the answer ends with that moment's day, and says so.
    for (parameter, day, last) in [("from", question.from, as_of_day), ("to", question.to, jst(now).date())] {
        if let Some(day) = day.filter(|day| *day > last) {
            return Err(Refusal::not_yet(parameter, day, last));
        }
    }
    let last = indicator.last_day(as_of_day);
    let to = question.to.unwrap_or(last).min(last);
    let reach = Span::new().days(i64::from(indicator.days) - 1);
    let first_wave = || catalog.waves_of(&question.disease).next().filter(|_| by.as_deref() == Some(WAVE));
    let wanted = question.from.or_else(|| first_wave().map(|wave| wave.from.min(to)));
    let wanted = wanted.unwrap_or_else(|| to.checked_sub(reach).unwrap_or(Date::MIN));
    let period = by.as_deref().and_then(Period::parse);
    let from = period.map_or(wanted, |period| period.start(wanted));
    if wanted > to {
        return Err(Refusal::empty(wanted, to));
    }
    if (to - from).get_days() >= MOST_DAYS {
        return Err(Refusal::too_long(from, to, MOST_DAYS));
    }
    let against = against.as_deref().and_then(Against::parse).map(|against| {
        let (first, last) = match period {
            None => against.of_days(from, to),
            Some(period) => {
                let of = |first| against.of_period(period, first, to);
                (of(from).0, of(period.start(to)).1)
            }
        };
        (against, first, last)
    });
    let unlike =
        against.is_some_and(|(_, first, _)| period.is_none() && from == to && !are_alike(from, first));
    let silent =
        |m: &&Arc<Mapping>| indicator.counts_of(m) && !indicator.may_be_told_by(m, &question.disease);
    let mute = catalog.mappings.values().filter(silent).map(|m| m.source.clone()).collect();
    let like_day = like_day(as_of_day);
    Ok(Asked { from, to, by, bands, against, unlike, as_of, as_of_day, like_day, mute })
}

/// The day a week earlier that a day may be compared with: holidays and 年末年始 only with their like.
fn like_day(day: Date) -> Option<Date> {
    let earlier = day.checked_sub(7.days()).ok()?;
    are_alike(day, earlier).then_some(earlier)
}

/// Has this moment not come? The clock of a display may go before by a minute: its "now" is not the future.
pub fn lies_ahead(at: Timestamp, now: Timestamp) -> bool {
    at.duration_since(now) > AHEAD
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::definitions::Definitions;
    use crate::epi::clock::from_jst;

    fn ask(indicator: &str, change: impl FnOnce(&mut Question)) -> Result<Asked, Refusal> {
        let (catalog, _) = Catalog::read(&Definitions::embedded());
        let mut question = Question::of(indicator, "covid-19");
        change(&mut question);
        let now = from_jst(date(2022, 2, 16).at(14, 0, 0, 0));
        resolve(&catalog, catalog.indicator(indicator).expect("there"), &question, now)
    }

    #[test]
    fn the_header_s_days_end_today() {
        let asked = ask("new_cases_received", |_| {}).expect("answers");
        assert_eq!((asked.from, asked.to), (date(2022, 1, 20), date(2022, 2, 16)));
        assert_eq!(asked.by.as_deref(), Some("day"));
    }

    #[test]
    fn those_who_can_t_tell_are_named() {
        let mute = |indicator: &str, disease: &str| {
            ask(indicator, |question| question.disease = disease.into()).expect("answers").mute
        };
        assert_eq!(mute("deaths", "covid-19"), ["open-data-patients"], "it has no column for deaths");
        assert_eq!(mute("new_cases_published", "covid-19"), Vec::<String>::new());
        assert_eq!(
            mute("new_cases_published", "measles"),
            ["open-data-patients"],
            "it tells of COVID-19 alone"
        );
        assert_eq!(
            mute("alerts_daily", "measles"),
            Vec::<String>::new(),
            "of all diseases, whatever is asked"
        );
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
    fn waves_start_as_asked_or_with_the_first() {
        let asked = |from| {
            ask("new_cases_received", |q| {
                q.by = Some("wave".into());
                q.from = from;
            })
        };
        assert_eq!(asked(None).expect("answers").from, date(2020, 1, 16));
        assert_eq!(asked(Some(date(2022, 2, 9))).expect("answers").from, date(2022, 2, 9));
    }

    #[test]
    fn bandings_are_those_of_the_file() {
        let asked = |bands: &str| ask("age_sex", |q| q.bands = Some(bands.into()));
        assert_eq!(asked("school").expect("answers").bands.as_deref(), Some("school"));
        let seven = asked("seven").expect_err("no such banding");
        assert_eq!(seven.parameter, "bands");
        assert!(seven.accepted.contains(&"school".to_owned()) && !seven.to_string().contains("seven"));
        assert_eq!(ask("age_sex", |_| {}).expect("answers").bands.as_deref(), Some("ten"));
        let none = ask("deaths", |q| q.bands = Some("ten".into())).expect_err("it knows no ages");
        assert_eq!(none.ja, "「死亡者数（死亡日別）」では年齢区分（bands）を選べません");
        assert_eq!(none.en, "Deaths, by day of death has no age bands: bands can't be chosen");
    }

    #[test]
    fn comparisons_are_of_as_many_days() {
        let asked = |indicator: &str, against| ask(indicator, |q| q.against = against).expect("answers");
        let last_year = Some(Against::LastYear);
        assert_eq!(
            asked("age_sex", None).against,
            Some((Against::Previous, date(2021, 12, 22), date(2022, 1, 18)))
        );
        assert_eq!(
            asked("age_sex", last_year).against,
            Some((Against::LastYear, date(2021, 1, 19), date(2021, 2, 15)))
        );
        let weeks = asked("cases_against", None);
        let (against, first, last) = weeks.against.expect("compared");
        assert_eq!((against, (weeks.from - first).get_days()), (Against::LastYear, 364));
        assert_eq!(last, date(2021, 2, 16), "the Tuesday 52 weeks before yesterday, the 15th");
        let none = ask("deaths", |q| q.against = last_year).expect_err("it compares with nothing");
        assert_eq!((none.parameter, none.accepted.len()), ("against", 0));
        assert!(none.en.ends_with("has no period to compare with: against can't be chosen"), "{none}");
    }

    #[test]
    fn a_single_day_is_compared_with_its_weekday_and_a_holiday_with_no_plain_day() {
        let asked = |day: Date, against| {
            let asked = ask("age_sex", |q| (q.from, q.to, q.against) = (Some(day), Some(day), Some(against)));
            asked.expect("answers")
        };
        let plain = asked(date(2022, 2, 14), Against::Previous);
        assert_eq!(plain.against, Some((Against::Previous, date(2022, 2, 7), date(2022, 2, 7))));
        assert!(!plain.unlike);
        let year = asked(date(2022, 2, 14), Against::LastYear);
        assert_eq!(year.against, Some((Against::LastYear, date(2021, 2, 15), date(2021, 2, 15))));
        assert!(asked(date(2022, 2, 11), Against::Previous).unlike, "建国記念の日");
        let span = ask("age_sex", |q| (q.from, q.to) = (Some(date(2022, 2, 10)), Some(date(2022, 2, 11))));
        assert!(!span.expect("answers").unlike, "days beside each other are a span");
    }

    #[test]
    fn nothing_is_told_of_tomorrow() {
        let (catalog, _) = Catalog::read(&Definitions::embedded());
        for indicator in catalog.indicators.values().filter(|indicator| indicator.takes_period()) {
            let tomorrow = Some(date(2022, 2, 17));
            let from = ask(&indicator.id, |q| q.from = tomorrow).expect_err(&indicator.id);
            let to = ask(&indicator.id, |q| q.to = tomorrow).expect_err(&indicator.id);
            assert_eq!((from.parameter, to.parameter), ("from", "to"), "{}", indicator.id);
            assert_eq!(to.ja, "終了日（to）2022-02-17 はまだ来ていません。2022-02-16 までを指定してください");
            assert_eq!(to.en, "to 2022-02-17 has not come yet; the last day there can be is 2022-02-16");
            let then = ask(&indicator.id, |q| {
                q.as_of = Some(from_jst(date(2022, 2, 1).at(12, 0, 0, 0)));
                q.to = Some(date(2022, 2, 2));
            });
            let then = then.expect("as far as was known then");
            assert_eq!(then.to, indicator.last_day(date(2022, 2, 1)), "{}", indicator.id);
            let today = ask(&indicator.id, |q| q.to = Some(date(2022, 2, 16))).expect("today is there");
            assert_eq!(today.to, indicator.last_day(date(2022, 2, 16)), "{}", indicator.id);
        }
        let at = |second| from_jst(date(2022, 2, 16).at(14, 0, 0, 0)) + SignedDuration::from_secs(second);
        let ahead = ask("deaths", |q| q.as_of = Some(at(60))).expect("answers");
        assert_eq!(ahead.as_of, at(0), "a clock that goes before");
        let future = ask("deaths", |q| q.as_of = Some(at(61))).expect_err("the future");
        let told = "as of 2022-02-16T14:01+09:00 lies in the future; it is 2022-02-16T14:00+09:00 now";
        assert_eq!(future.en, told);
        assert_eq!(future.ja, "データ時点（as_of）2022-02-16 14:01 は未来です（現在 2022-02-16 14:00）");
        let empty = ask("age_sex", |q| q.from = Some(date(2022, 2, 16))).expect_err("it is not over");
        assert!(empty.en.contains("holds no day that has figures"), "{empty}");
    }

    #[test]
    fn what_can_t_be_is_refused() {
        let by = ask("deaths", |q| q.by = Some("hour".into())).expect_err("no such period");
        assert_eq!((by.parameter, by.accepted[0].as_str()), ("by", "day"));
        let long = ask("deaths", |q| q.from = Some(date(1900, 1, 1))).expect_err("too long");
        assert!(long.en.contains("longer than"), "{long}");
        let backwards = ask("deaths", |q| {
            (q.from, q.to) = (Some(date(2022, 2, 10)), Some(date(2022, 2, 1)));
        });
        let told = backwards.expect_err("backwards");
        assert_eq!(told.ja, "開始日 2022-02-10 が終了日 2022-02-01 より後です");
        for unknown in ["a'; --", "", "smallpox"] {
            let disease = ask("deaths", |q| q.disease = unknown.into()).expect_err("no such disease");
            assert_eq!(disease.parameter, "disease");
            assert!(disease.accepted.contains(&"measles".to_owned()), "{disease}");
        }
    }

    #[test]
    fn what_is_of_the_moment_takes_no_days() {
        let (catalog, _) = Catalog::read(&Definitions::embedded());
        let day = Some(date(2022, 2, 1));
        for indicator in catalog.indicators.values() {
            for (parameter, from, to) in [("from", day, None), ("from", day, day), ("to", None, day)] {
                let asked = ask(&indicator.id, |q| (q.from, q.to) = (from, to));
                match (indicator.takes_period(), asked) {
                    (true, asked) => drop(asked.unwrap_or_else(|why| panic!("{}: {why}", indicator.id))),
                    (false, asked) => {
                        let why = asked.expect_err(&indicator.id);
                        assert_eq!(why.parameter, parameter, "{}", indicator.id);
                        assert!(why.ja.contains("期間（from, to）は指定できません"), "{why}");
                    }
                }
            }
            let past = ask(&indicator.id, |q| q.as_of = Some(from_jst(date(2022, 2, 1).at(12, 0, 0, 0))));
            assert!(past.is_ok(), "{}: a past moment may be asked for", indicator.id);
        }
    }
}
