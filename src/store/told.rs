//! Of which columns a source has told, and of which days by each: a column that no file had says nothing, not even that
//! nothing happened.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::delivery_line::{DeliveryLine, EVER};
use super::types::ToldOf;
use crate::epi::clock::jst;

/// What deliveries in a row told of that had the same columns.
pub(super) struct Run {
    /// None: all that the mapping reads.
    pub columns: Option<Vec<String>>,
    pub from: Option<Date>,
    pub until: Timestamp,
    pub said: Timestamp,
    pub alone: bool,
    /// The day up to which a delivery before it would have told that was not taken.
    pub missed: Option<Date>,
}

impl Run {
    pub(super) fn of(line: &DeliveryLine, missed: Option<Date>) -> Self {
        let (until, said) = (line.told_until(), line.said_at());
        match &line.told {
            None => Self { columns: None, from: Some(EVER), until, said, alone: false, missed },
            Some(told) => {
                let (columns, from) = (Some(told.columns.clone()), told.from);
                Self { columns, from, until, said, alone: told.alone, missed }
            }
        }
    }
}

/// Adds what was told next. The first that a source says stands for all before it, as far as there are records. A window
/// tells of its own days: those between it and what was told before are told by nobody. What says only what is new tells
/// of all since the source last spoke, but not of what a delivery between would have told that was not taken.
pub(super) fn note(known: &mut Vec<ToldOf>, run: Run) {
    let Run { columns, from, until, said, alone, missed } = run;
    if alone && known.last().is_some_and(|last| last.columns != columns) {
        known.clear();
    }
    let from = match (known.last(), from) {
        (None, _) | (_, Some(EVER)) => None,
        (_, Some(first)) => Some(first),
        (Some(newest), None) if until < newest.until => {
            let before = known.iter().rfind(|told| told.until <= until);
            before.map(|before| jst(before.until).date())
        }
        (Some(newest), None) => {
            let since = jst(newest.until).date();
            let skipped = missed.filter(|missed| *missed > since && jst(until).date() > *missed);
            Some(skipped.map_or(since, |missed| missed.saturating_add(1.day())))
        }
    };
    let mut added = ToldOf { columns, from, until, said };
    known.retain(|told| {
        let joined = told.columns == added.columns && joins(told, &added);
        if joined {
            added.from = added.from.zip(told.from).map(|(one, other)| one.min(other));
            added.until = added.until.max(told.until);
            added.said = added.said.max(told.said);
        }
        !joined
    });
    let place = known.partition_point(|told| told.until <= added.until);
    known.insert(place, added);
}

/// Is there no day between the two of which neither has told?
fn joins(one: &ToldOf, other: &ToldOf) -> bool {
    let meet = |first: &ToldOf, then: &ToldOf| {
        let last = jst(first.until.saturating_sub(1.microsecond()).unwrap_or(first.until)).date();
        then.from.unwrap_or(Date::MIN) <= last.saturating_add(1.day())
    };
    meet(one, other) && meet(other, one)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::epi::clock::from_jst;

    fn run(columns: &[&str], from: Option<Date>, day: i8) -> Run {
        let columns = Some(columns.iter().map(|name| (*name).to_owned()).collect());
        let at = from_jst(date(2026, 11, day).at(9, 0, 0, 0));
        Run { columns, from, until: at, said: at, alone: false, missed: None }
    }

    fn days(known: &[ToldOf]) -> Vec<(usize, Option<i8>, i8)> {
        let one = |told: &ToldOf| {
            let columns = told.columns.as_ref().map_or(0, Vec::len);
            (columns, told.from.map(Date::day), jst(told.until).date().day())
        };
        known.iter().map(one).collect()
    }

    #[test]
    fn a_column_is_told_from_where_the_files_begin_that_have_it() {
        let mut known = Vec::new();
        note(&mut known, run(&["a"], None, 10));
        note(&mut known, run(&["a"], None, 11));
        assert_eq!(days(&known), [(1, None, 11)], "the first stands for all before it");
        note(&mut known, run(&["a", "b"], None, 12));
        assert_eq!(days(&known), [(1, None, 11), (2, Some(11), 12)], "what is new since it last spoke");
        note(&mut known, run(&["a", "b"], Some(date(2026, 11, 3)), 13));
        assert_eq!(days(&known)[1], (2, Some(3), 13), "its window begins earlier");
        note(&mut known, run(&["a", "b"], Some(EVER), 14));
        assert_eq!(days(&known)[1], (2, None, 14), "it says all anew");
        let mut later = known.clone();
        note(&mut later, run(&["a", "b", "c"], Some(date(2026, 11, 20)), 20));
        assert_eq!(days(&later)[2], (3, Some(20), 20), "its window says nothing of the days between");
        note(&mut known, run(&["a"], Some(EVER), 15));
        assert_eq!(days(&known), [(2, None, 14), (1, None, 15)], "what it said of b stays");
        note(&mut known, Run { alone: true, ..run(&["a", "b", "c"], Some(EVER), 16) });
        assert_eq!(days(&known), [(3, None, 16)], "nothing of before is left");
    }

    #[test]
    fn days_between_two_windows_are_told_by_none_until_their_file_comes() {
        let window = |first: i8, last: i8| {
            let until = from_jst(date(2026, 11, last + 1).at(0, 0, 0, 0));
            Run { until, said: until, ..run(&["a"], Some(date(2026, 11, first)), last) }
        };
        let mut known = Vec::new();
        note(&mut known, window(1, 5));
        note(&mut known, window(6, 8));
        assert_eq!(days(&known), [(1, None, 9)], "one after the other");
        note(&mut known, window(11, 13));
        assert_eq!(days(&known), [(1, None, 9), (1, Some(11), 14)], "the ninth and the tenth");
        note(&mut known, window(9, 9));
        assert_eq!(days(&known), [(1, None, 10), (1, Some(11), 14)], "the tenth");
        note(&mut known, window(10, 10));
        assert_eq!(days(&known), [(1, None, 14)]);
        note(&mut known, window(3, 18));
        assert_eq!(days(&known), [(1, None, 19)], "a window over all of them");
    }

    #[test]
    fn what_a_refused_delivery_would_have_told_is_told_by_none_until_it_comes_again() {
        let mut known = Vec::new();
        note(&mut known, run(&["a"], None, 20));
        let missed = |day: i8| Some(date(2026, 11, day));
        note(&mut known, Run { missed: missed(21), ..run(&["a"], None, 21) });
        assert_eq!(days(&known), [(1, None, 21)], "mended on the same day");
        note(&mut known, Run { missed: missed(22), ..run(&["a"], None, 23) });
        assert_eq!(days(&known), [(1, None, 21), (1, Some(23), 23)]);
        note(&mut known, run(&["a"], None, 24));
        assert_eq!(days(&known), [(1, None, 21), (1, Some(23), 24)]);
        note(&mut known, run(&["a"], None, 22));
        assert_eq!(days(&known), [(1, None, 24)], "it came after all");
        note(&mut known, Run { missed: missed(25), ..run(&["a"], Some(EVER), 26) });
        assert_eq!(days(&known), [(1, None, 26)], "a list of all says that too");
    }
}
