//! Cells of rows as they come out of the database, and values as they go in.

use duckdb::types::{FromSql, FromSqlError, TimeUnit, Value as Bound, ValueRef};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::super::super::error::StoreError;
use super::super::value::Value;

/// A row that a statement gave.
pub(crate) struct Row<'a> {
    row: &'a duckdb::Row<'a>,
    doing: &'a str,
}

impl<'a> Row<'a> {
    pub(super) const fn of(row: &'a duckdb::Row<'a>, doing: &'a str) -> Self {
        Self { row, doing }
    }

    /// The value of a column, by its place.
    pub(crate) fn get<T: Cell>(&self, column: usize) -> Result<T, StoreError> {
        let value = self.row.get_ref(column).map_err(StoreError::database(self.doing))?;
        T::of(value).map_err(|e| {
            let at = format!("{}, reading column {column}", self.doing);
            StoreError::database(&at)(e)
        })
    }
}

/// What a cell is read as. A null is read as an `Option` only.
pub(crate) trait Cell: Sized {
    fn of(value: ValueRef<'_>) -> Result<Self, FromSqlError>;
}

macro_rules! cells {
    ($($kind:ty),*) => {
        $(impl Cell for $kind {
            fn of(value: ValueRef<'_>) -> Result<Self, FromSqlError> {
                Self::column_result(value)
            }
        })*
    };
}

cells!(u32, u64, i64, f64, bool, String, Vec<u8>);

impl<T: Cell> Cell for Option<T> {
    fn of(value: ValueRef<'_>) -> Result<Self, FromSqlError> {
        if value == ValueRef::Null { Ok(None) } else { T::of(value).map(Some) }
    }
}

impl Cell for Timestamp {
    fn of(value: ValueRef<'_>) -> Result<Self, FromSqlError> {
        let ValueRef::Timestamp(unit, count) = value else { return Err(FromSqlError::InvalidType) };
        Self::from_microsecond(unit.to_micros(count)).map_err(|e| FromSqlError::Other(e.into()))
    }
}

impl Cell for Date {
    fn of(value: ValueRef<'_>) -> Result<Self, FromSqlError> {
        let ValueRef::Date32(days) = value else { return Err(FromSqlError::InvalidType) };
        EPOCH.checked_add(i64::from(days).days()).map_err(|e| FromSqlError::Other(e.into()))
    }
}

/// The day from which the database counts.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A value as the database takes it.
pub(super) fn bound(value: &Value) -> Bound {
    match value {
        Value::Null => Bound::Null,
        Value::Flag(flag) => Bound::Boolean(*flag),
        Value::Int(number) => Bound::BigInt(*number),
        Value::Natural(number) => Bound::UBigInt(*number),
        Value::Batch(batch) => Bound::UInt(batch.0),
        Value::Text(text) => Bound::Text(text.clone()),
        Value::Day(day) => Bound::Date32((*day - EPOCH).get_days()),
        Value::Instant(at) => Bound::Timestamp(TimeUnit::Microsecond, at.as_microsecond()),
        Value::Bytes(bytes) => Bound::Blob(bytes.clone()),
    }
}
