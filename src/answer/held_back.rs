//! How many rows of a source are held back and have not been told again since: what its figures are short of.
//!
//! A delivery that says everything anew (a snapshot, totals) takes the place of those before it. One of some days
//! only, as a file of a window, leaves standing what was held back of other days, until half of them have been told
//! again. One that adds or replaces single rows does so until a delivery comes that is at least as long.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use regex::Regex;

use super::question::HeldBack;
use crate::definitions::mapping::{Mapping, Mode};
use crate::store::{SourceState, Taken};

/// What a source's figures lack. `lately`: what was taken since rows were first held back, the newest first.
pub(super) fn held_back(mapping: &Mapping, state: &SourceState, lately: &[Taken]) -> Option<HeldBack> {
    let last = HeldBack { rows: state.quarantined_rows, of: state.rows };
    let of = |taken: &Taken| HeldBack { rows: taken.quarantined, of: taken.rows };
    let standing: Vec<HeldBack> = match (mapping.mode, &mapping.window) {
        _ if lately.is_empty() => vec![last],
        (Mode::Snapshot, Some(window)) => {
            let pattern = Regex::new(&window.in_name).ok();
            let days = |taken: &Taken| days_in(pattern.as_ref()?, &taken.name);
            not_told_again(lately, days).into_iter().map(of).collect()
        }
        (Mode::Append | Mode::Upsert, _) => longer_than_later(lately).into_iter().map(of).collect(),
        (Mode::Snapshot | Mode::Aggregate, _) => vec![last],
    };
    HeldBack::sum(standing)
}

/// Deliveries of which less than half of the days have been told again. The last one always stands.
fn not_told_again(lately: &[Taken], days: impl Fn(&Taken) -> Option<(Date, Date)>) -> Vec<&Taken> {
    let mut told: Vec<(Date, Date)> = Vec::new();
    let mut standing = Vec::new();
    for (place, taken) in lately.iter().enumerate() {
        let window = days(taken);
        let again = match window {
            // Without days in its name it withdraws nothing: what comes after it says as much.
            None => place > 0,
            Some((from, to)) => {
                let days = move || from.series(1.day()).take_while(move |day| *day <= to);
                let again = days().filter(|day| told.iter().any(|(first, last)| first <= day && day <= last));
                again.count() * 2 >= days().count()
            }
        };
        if place == 0 || !again {
            standing.push(taken);
        }
        // Windows that lie within one another need not be kept twice.
        if let Some((from, to)) = window.filter(|(from, to)| !told.iter().any(|(a, b)| a <= from && to <= b))
        {
            told.push((from, to));
        }
    }
    standing
}

/// Deliveries after which none came with as many rows.
fn longer_than_later(lately: &[Taken]) -> Vec<&Taken> {
    let mut longest = None;
    let mut standing = Vec::new();
    for taken in lately {
        if longest.is_none_or(|longest| taken.rows > longest) {
            standing.push(taken);
            longest = Some(taken.rows);
        }
    }
    standing
}

fn days_in(pattern: &Regex, name: &str) -> Option<(Date, Date)> {
    let found = pattern.captures(name)?;
    let day = |group: usize| Date::strptime("%Y%m%d", found.get(group)?.as_str()).ok();
    Some((day(1)?, day(2)?)).filter(|(from, to)| from <= to)
}

/// The usual time between a source's deliveries: the median of the last ones. None when they are too few.
pub(super) fn usual_gap(times: &[Timestamp]) -> Option<jiff::SignedDuration> {
    let mut gaps: Vec<_> = times.windows(2).map(|pair| pair[1].duration_since(pair[0])).collect();
    gaps.sort();
    (gaps.len() >= 4).then(|| gaps[gaps.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(name: &str, rows: u64, quarantined: u64) -> Taken {
        Taken { source: "s".into(), delivery: 1, name: name.into(), rows, quarantined }
    }

    fn names(found: Vec<&Taken>) -> Vec<&str> {
        found.into_iter().map(|t| t.name.as_str()).collect()
    }

    #[test]
    fn rows_of_other_days_stay_held_back() {
        let pattern = Regex::new(r"^x_(\d{8})-(\d{8})").expect("a pattern");
        let standing = |lately: &[Taken]| {
            names(not_told_again(lately, |t| days_in(&pattern, &t.name)))
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let (first, next) = ("x_20261001-20261001.csv", "x_20261002-20261002.csv");
        assert_eq!(standing(&[taken(next, 20, 0), taken(first, 21, 1)]), [next, first]);
        let again = "x_20261001-20261001_later.csv";
        assert_eq!(
            standing(&[taken(again, 21, 0), taken(first, 21, 1)]),
            [again],
            "the same days, told again"
        );
        let (week, later) = ("x_20261001-20261021.csv", "x_20261002-20261022.csv");
        assert_eq!(
            standing(&[taken(later, 300, 1), taken(week, 300, 1)]),
            [later],
            "one row is not counted each day"
        );
        assert_eq!(standing(&[taken(first, 21, 0), taken("all.csv", 21, 1)]), [first]);
    }

    #[test]
    fn a_short_list_does_not_make_up_for_a_long_one() {
        let lately = [taken("b", 3, 0), taken("a", 21, 1)];
        assert_eq!(names(longer_than_later(&lately)), ["b", "a"]);
        let lately = [taken("c", 21, 0), taken("b", 3, 0), taken("a", 21, 1)];
        assert_eq!(names(longer_than_later(&lately)), ["c"]);
    }

    #[test]
    fn a_gap_needs_some_deliveries() {
        let at = |hour: i64| Timestamp::from_second(hour * 3600).expect("a time");
        let day: Vec<Timestamp> = (0..6).map(|n| at(n * 24)).collect();
        assert_eq!(usual_gap(&day), Some(jiff::SignedDuration::from_hours(24)));
        assert_eq!(usual_gap(&day[..4]), None);
        let live: Vec<Timestamp> = [0, 24, 48, 72, 72, 72, 72, 72, 72].into_iter().map(at).collect();
        assert_eq!(usual_gap(&live), Some(jiff::SignedDuration::ZERO));
    }
}
