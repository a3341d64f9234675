//! Which days are settled: the one rule by which charts are hatched, tables say 確定 and the hero says 「昨日 確定」.
//!
//! A figure's header says for how many days it goes on growing (`lag_days`). Where that is one day, the morning's
//! closing settles yesterday; until then yesterday is still open.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch};
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};

use super::cells::cell_of;
use super::question::Cell;
use crate::definitions::indicator::Indicator;
use crate::definitions::role::Role;
use crate::epi::clock::jst;
use crate::epi::period::Period;

/// Has the morning's closing passed? Until then yesterday is not settled.
pub fn is_closed(at: Timestamp, closing: Time) -> bool {
    jst(at).time() >= closing
}

/// The last day whose figures grow no more, seen from an instant.
pub fn last_settled(lag_days: u32, as_of: Timestamp, closing: Time) -> Date {
    let open = match lag_days {
        1 if is_closed(as_of, closing) => 0,
        days => i64::from(days),
    };
    jst(as_of).date().saturating_sub((open + 1).days())
}

/// Rows whose `complete` agrees: a period that ends after the last settled day is still being counted.
pub(super) fn settle(
    rows: RecordBatch,
    indicator: &Indicator,
    by: Option<&str>,
    settled: Date,
) -> Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let place = |role: Role| schema.fields().iter().position(|f| indicator.meaning(f.name()).role == role);
    let (Some(complete), Some(first)) = (place(Role::Complete), place(Role::Period)) else { return Ok(rows) };
    // Waves end on days of their own: their text knows them.
    let Some(period) = by.map_or(Some(Period::Day), Period::parse) else { return Ok(rows) };
    let told = |row: usize| match (cell_of(rows.column(complete), row), cell_of(rows.column(first), row)) {
        (Cell::Bool(over), Cell::Day(day)) => Some(over && period.end(day) <= settled),
        (Cell::Bool(over), _) => Some(over),
        _ => None,
    };
    let told: BooleanArray = (0..rows.num_rows()).map(told).collect();
    let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
    columns[complete] = Arc::new(told);
    let field = schema.field(complete).clone().with_nullable(true);
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    fields[complete] = Arc::new(field);
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

#[cfg(test)]
mod tests {
    use arrow::array::Date32Array;
    use jiff::civil::date;

    use super::*;
    use crate::definitions::{Catalog, Definitions};
    use crate::epi::clock::from_jst;

    const CLOSING: Time = Time::constant(9, 0, 0, 0);

    fn settled(lag_days: u32, hour: i8, minute: i8) -> Date {
        last_settled(lag_days, from_jst(date(2026, 11, 22).at(hour, minute, 0, 0)), CLOSING)
    }

    #[test]
    fn the_closing_settles_yesterday() {
        assert_eq!(settled(1, 8, 59), date(2026, 11, 20));
        assert_eq!(settled(1, 9, 0), date(2026, 11, 21));
        assert_eq!(
            settled(0, 8, 59),
            date(2026, 11, 21),
            "what does not grow is settled when its day is over"
        );
        assert_eq!(settled(3, 14, 0), date(2026, 11, 18));
    }

    #[test]
    fn a_table_says_what_the_hatch_says() {
        let days = [date(2026, 11, 9), date(2026, 11, 16)];
        let days: Date32Array = days.iter().map(|day| Some((*day - date(1970, 1, 1)).get_days())).collect();
        let rows = |over: [bool; 2]| {
            RecordBatch::try_from_iter([
                ("day", Arc::new(days.clone()) as ArrayRef),
                ("complete", Arc::new(BooleanArray::from(over.to_vec())) as ArrayRef),
            ])
            .expect("rows")
        };
        let (catalog, _) = Catalog::read(&Definitions::embedded());
        let deaths = catalog.indicator("deaths").expect("there");
        let told = |by, settled| {
            let rows = settle(rows([true, true]), deaths, by, settled).expect("rows");
            [0, 1].map(|row| cell_of(rows.column(1), row))
        };
        let sunday = date(2026, 11, 22);
        assert_eq!(told(Some("week"), sunday), [Cell::Bool(true), Cell::Bool(true)]);
        let saturday = date(2026, 11, 21);
        assert_eq!(told(Some("week"), saturday), [Cell::Bool(true), Cell::Bool(false)]);
        assert_eq!(told(Some("day"), date(2026, 11, 15)), [Cell::Bool(true), Cell::Bool(false)]);
        assert_eq!(told(Some("wave"), date(2020, 1, 1)), [Cell::Bool(true), Cell::Bool(true)]);
    }
}
