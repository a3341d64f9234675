//! Of which columns a source has told, and of which days by each: a column that no file had says nothing, not even that
//! nothing happened.

use jiff::Timestamp;
use jiff::civil::Date;

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
}

impl Run {
    pub(super) fn of(line: &DeliveryLine) -> Self {
        let (until, said) = (line.told_until(), line.said_at());
        match &line.told {
            None => Self { columns: None, from: Some(EVER), until, said, alone: false },
            Some(told) => {
                Self { columns: Some(told.columns.clone()), from: told.from, until, said, alone: told.alone }
            }
        }
    }
}

/// Adds what was told next. The first that a source says stands for all before it, as far as there are records.
pub(super) fn note(known: &mut Vec<ToldOf>, run: Run) {
    let Run { columns, from, until, said, alone } = run;
    if alone && known.last().is_some_and(|last| last.columns != columns) {
        known.clear();
    }
    let since = known.last().map(|last| jst(last.until).date());
    let from = since.and_then(|since| from.map_or(Some(since), |from| (from > EVER).then_some(from)));
    match known.last_mut() {
        Some(last) if last.columns == columns => {
            last.from = last.from.zip(from).map(|(one, other)| one.min(other));
            last.until = last.until.max(until);
            last.said = last.said.max(said);
        }
        _ => known.push(ToldOf { columns, from, until, said }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::epi::clock::from_jst;

    fn run(columns: &[&str], from: Option<Date>, day: i8) -> Run {
        let columns = Some(columns.iter().map(|name| (*name).to_owned()).collect());
        let at = from_jst(date(2026, 11, day).at(9, 0, 0, 0));
        Run { columns, from, until: at, said: at, alone: false }
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
        assert_eq!(days(&known)[1..], [(2, None, 14), (1, None, 15)], "what it said of b stays");
        note(&mut known, Run { alone: true, ..run(&["a", "b", "c"], Some(EVER), 16) });
        assert_eq!(days(&known), [(3, None, 16)], "nothing of before is left");
    }
}
