//! Answers by day, week or month: lines, bars and calendars.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::parts::{absent, marks};
use crate::answer::Cell;
use crate::definitions::Word;
use crate::definitions::indicator::{Shape, Unit};
use crate::definitions::role::Role;
use crate::draw::chart::{Band, Calendar, Incomplete, Series, Step, Timeline};
use crate::epi::clock::jst;
use crate::present::figures::Block;
use crate::present::numbers;

/// The bands that may be drawn, by how many of a hundred they hold.
const LEVELS: [u8; 3] = [50, 80, 95];

pub(super) fn timeline(block: &Block, over: Option<&Block>, bare: bool) -> Option<Timeline> {
    let days = Days::of(block)?;
    let ahead = |now: &Date| step(block) == Step::Day && days.rows.keys().any(|day| day > now);
    let own = series(block)?;
    let last = own.iter().flat_map(|s| &s.points).filter(|p| p.1.is_some()).map(|p| p.0).max();
    let mut over = over.and_then(series).unwrap_or_default();
    // What lies under a figure goes no further than it.
    over.iter_mut().for_each(|s| s.points.retain(|(day, _)| last.is_none_or(|last| *day <= last)));
    Some(Timeline {
        series: own,
        over,
        bands: days.bands(block),
        marks: marks(block, bare),
        limit: days.limit(block),
        incomplete_from: incomplete_from(block),
        incomplete: incomplete(block),
        now: Some(today(block)).filter(ahead),
        faint: false,
        events: Vec::new(),
        step: step(block),
    })
}

/// The first series, as a calendar.
pub(super) fn calendar(block: &Block) -> Option<Calendar> {
    if step(block) != Step::Day {
        return None;
    }
    let first = series(block)?.into_iter().next()?;
    Some(Calendar { days: first.points, incomplete_from: incomplete_from(block) })
}

pub(super) fn today(block: &Block) -> Date {
    jst(block.as_of).date()
}

pub(super) fn incomplete_from(block: &Block) -> Option<Date> {
    let growing = block.settled().checked_add(1.day()).ok().filter(|day| *day <= block.to);
    growing.into_iter().chain(not_over(block)).chain(not_all_reported(block)).min()
}

/// What is said of days that are not complete: counts grow, shares and means may go either way, a week or a month is
/// not over.
fn incomplete(block: &Block) -> Incomplete {
    let counts = matches!(block.about.unit, Unit::Persons | Unit::Count);
    let longest = match (counts, step(block)) {
        (false, _) => Word::Provisional,
        (true, Step::Day) => Word::GrowingDays,
        (true, Step::Week | Step::Month) => Word::Unfinished,
    };
    Incomplete([longest, Word::ProvisionalShort].map(|word| block.word(word).to_owned()).into())
}

/// The first of the last days that not all hospitals have reported on; what is late by more than three days is not coming.
fn not_all_reported(block: &Block) -> Option<Date> {
    let table = &block.table;
    let (reported, hospitals) = (block.place(Role::Reported)?, block.place(Role::Reporters)?);
    let day = block.place(Role::Period)?;
    let short = |row: &&Vec<Cell>| row[reported].int() < row[hospitals].int();
    match table.rows.iter().rev().take(3).take_while(short).last()?[day] {
        Cell::Day(first) => Some(first),
        _ => None,
    }
}

/// The first day of the last periods, if they are not over.
fn not_over(block: &Block) -> Option<Date> {
    let table = &block.table;
    let (day, complete) = (block.place(Role::Period)?, block.place(Role::Complete)?);
    let open = table.rows.iter().rev().take_while(|row| row[complete] == Cell::Bool(false));
    match open.last()?[day] {
        Cell::Day(first) => Some(first),
        _ => None,
    }
}

pub(super) fn step(block: &Block) -> Step {
    match block.by.as_deref() {
        // Seasons begin with a week; waves stand at their own days.
        Some("week" | "season" | "wave") => Step::Week,
        Some("month" | "quarter" | "fiscal_year") => Step::Month,
        _ => Step::Day,
    }
}

/// One series for each column of numbers. Days without a row are gaps, unless the header says that they are zero.
pub(super) fn series(block: &Block) -> Option<Vec<Series>> {
    let days = Days::of(block)?;
    let side = |place: usize| matches!(block.role(place), Role::Reference | Role::Lower(_) | Role::Upper(_));
    let columns: Vec<(usize, &str)> = block.table.numeric().filter(|(place, _)| !side(*place)).collect();
    // With a figure the other numbers are what it was made from, not series of their own; but for the same figure of the
    // periods that those of a table are compared with.
    let first = |role: Role| columns.iter().find(|(place, _)| block.role(*place) == role).copied();
    let before = first(Role::Before).filter(|_| block.about.shape == Shape::Table);
    let columns = first(Role::Value)
        .map_or_else(|| columns.clone(), |value| [value].into_iter().chain(before).collect());
    let all = columns.into_iter().map(|(column, name)| {
        let label = match block.about.label(name) {
            // A figure without a label is called by the title.
            label if label == name && block.role(column) == Role::Value => block.about.title.ja.clone(),
            label if block.role(column) == Role::Before => compared_with(block).unwrap_or(label).to_owned(),
            label => label.to_owned(),
        };
        days.series(block, column, label)
    });
    Some(all.collect())
}

/// What the periods are compared with.
fn compared_with(block: &Block) -> Option<&'static str> {
    block.against.map(|(against, ..)| against.ja())
}

/// The days that an answer is about, with their rows.
struct Days<'a> {
    all: Vec<Date>,
    rows: BTreeMap<Date, &'a Vec<Cell>>,
}

impl<'a> Days<'a> {
    /// By day each one from the first asked for to the last, or to the last row where the answer looks
    /// ahead; by week and month those with a row.
    fn of(block: &'a Block) -> Option<Self> {
        let table = &block.table;
        let column = block.place(Role::Period)?;
        let day = |row: &'a Vec<Cell>| if let Cell::Day(at) = row[column] { Some((at, row)) } else { None };
        let rows: BTreeMap<Date, &Vec<Cell>> = table.rows.iter().filter_map(day).collect();
        let all = match step(block) {
            Step::Day => {
                let last = rows.keys().next_back().copied().unwrap_or(block.to).max(block.to);
                block.from.series(1.day()).take_while(|day| *day <= last).collect()
            }
            _ => rows.keys().copied().collect(),
        };
        Some(Self { all, rows })
    }

    fn series(&self, block: &Block, column: usize, label: String) -> Series {
        let value = |at: &Date| match self.rows.get(at) {
            Some(row) => numbers::number(&row[column]),
            // What is ahead is not known to be nothing.
            None if *at > block.to => None,
            None => absent(block),
        };
        Series { label, points: self.all.iter().map(|at| (*at, value(at))).collect() }
    }

    /// Bands of the levels of which the answer has both edges.
    fn bands(&self, block: &Block) -> Vec<Band> {
        let found = LEVELS.into_iter().filter_map(|level| {
            let (lower, upper) = (block.place(Role::Lower(level))?, block.place(Role::Upper(level))?);
            let point = |(day, row): (&Date, &&Vec<Cell>)| {
                Some((*day, numbers::number(&row[lower])?, numbers::number(&row[upper])?))
            };
            Some(Band { level, points: self.rows.iter().filter_map(point).collect() })
        });
        found.filter(|band| !band.points.is_empty()).collect()
    }

    fn limit(&self, block: &Block) -> Option<Series> {
        let column = block.place(Role::Reference)?;
        let points = self.rows.iter().map(|(day, row)| (*day, numbers::number(&row[column]))).collect();
        let (name, _) = block.table.columns.get(column)?;
        Some(Series { label: block.about.label(name).to_owned(), points })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::indicator::Missing;
    use crate::present::figures::CellKind;
    use crate::present::samples;

    fn days(values: &[(&str, i64)]) -> Result<Block, jiff::Error> {
        let mut block = samples::block("new_cases_received");
        (block.from, block.to) = ("2026-11-20".parse()?, "2026-11-22".parse()?);
        block.table.columns = vec![("day".into(), CellKind::Day), ("value".into(), CellKind::Int)];
        for (day, value) in values {
            block.table.rows.push(vec![Cell::Day(day.parse()?), Cell::Int(*value)]);
        }
        Ok(block)
    }

    #[test]
    fn a_day_without_a_row_is_a_gap_unless_the_header_says_zero() -> Result<(), jiff::Error> {
        let mut block = days(&[("2026-11-20", 3), ("2026-11-22", 5)])?;
        block.about.missing = Missing::Gap;
        let values = |block: &Block| -> Vec<Option<f64>> {
            series(block).unwrap_or_default()[0].points.iter().map(|p| p.1).collect()
        };
        assert_eq!(values(&block), [Some(3.0), None, Some(5.0)]);
        block.about.missing = Missing::Zero;
        assert_eq!(values(&block), [Some(3.0), Some(0.0), Some(5.0)]);
        Ok(())
    }

    #[test]
    fn days_within_the_lag_are_incomplete() -> Result<(), jiff::Error> {
        let mut block = days(&[("2026-11-20", 3)])?;
        block.as_of = "2026-11-22T05:05:00Z".parse()?;
        block.about.lag_days = 2;
        let drawn = timeline(&block, None, true).unwrap_or_default();
        assert_eq!(drawn.incomplete_from, Some("2026-11-20".parse()?));
        assert_eq!(drawn.now, None, "nothing lies ahead");
        assert_eq!(drawn.incomplete.longest(), "まだ増える日");
        block.about.unit = Unit::Percent;
        let drawn = timeline(&block, None, true).unwrap_or_default();
        assert_eq!(drawn.incomplete.longest(), "未確定（速報値）", "a share may fall too");
        Ok(())
    }

    #[test]
    fn a_day_on_which_not_all_have_reported_is_incomplete() -> Result<(), jiff::Error> {
        let mut block = days(&[("2026-11-20", 3), ("2026-11-21", 4), ("2026-11-22", 5)])?;
        block.about.lag_days = 0;
        for name in ["reported", "hospitals"] {
            block.table.columns.push((name.into(), CellKind::Int));
        }
        for (row, reported) in block.table.rows.iter_mut().zip([5, 4, 3]) {
            row.extend([Cell::Int(reported), Cell::Int(5)]);
        }
        let drawn = timeline(&block, None, true).unwrap_or_default();
        assert_eq!(drawn.incomplete_from, Some("2026-11-21".parse()?));
        assert_eq!(block.reporting(), Some((3, 5)));
        Ok(())
    }

    #[test]
    fn a_projection_goes_on_to_its_last_row() -> Result<(), jiff::Error> {
        let mut block = days(&[("2026-11-20", 3), ("2026-11-24", 9)])?;
        block.as_of = "2026-11-22T05:05:00Z".parse()?;
        for name in ["lower80", "upper80", "lower", "upper", "limit"] {
            block.table.columns.push((name.into(), CellKind::Float));
        }
        block.table.rows[0].extend([Cell::Null, Cell::Null, Cell::Null, Cell::Null, Cell::Int(30)]);
        block.table.rows[1].extend([7.0, 12.0, 5.0, 15.0, 40.0].map(Cell::Float));
        let drawn = timeline(&block, None, true).unwrap_or_default();
        let last: Date = "2026-11-24".parse()?;
        assert_eq!(drawn.series.len(), 1);
        let points: Vec<Option<f64>> = drawn.series[0].points.iter().map(|p| p.1).collect();
        assert_eq!(points, [Some(3.0), Some(0.0), Some(0.0), None, Some(9.0)], "ahead is no zero");
        assert_eq!(drawn.now, Some("2026-11-22".parse()?));
        let bands: Vec<(u8, usize)> = drawn.bands.iter().map(|b| (b.level, b.points.len())).collect();
        assert_eq!(bands, [(80, 1), (95, 1)]);
        assert_eq!(drawn.limit.and_then(|l| l.points.last().copied()), Some((last, Some(40.0))));
        Ok(())
    }

    #[test]
    fn a_quarter_that_is_not_over_is_incomplete() -> Result<(), jiff::Error> {
        let mut block = days(&[("2026-07-01", 9), ("2026-10-01", 3)])?;
        block.by = Some("quarter".into());
        block.as_of = "2026-11-22T05:05:00Z".parse()?;
        block.table.columns.push(("complete".into(), CellKind::Bool));
        for (row, over) in block.table.rows.iter_mut().zip([true, false]) {
            row.push(Cell::Bool(over));
        }
        let drawn = timeline(&block, None, true).unwrap_or_default();
        assert_eq!(drawn.incomplete_from, Some("2026-10-01".parse()?));
        assert_eq!((drawn.step, drawn.incomplete.longest()), (Step::Month, "集計途中"));
        Ok(())
    }
}
