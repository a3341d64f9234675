//! Typed values that the store writes into its ledgers and gives to the system's own SQL.

use jiff::Timestamp;
use jiff::civil::Date;

use super::super::types::BatchId;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Flag(bool),
    Int(i64),
    Natural(u64),
    Batch(BatchId),
    Text(String),
    Day(Date),
    Instant(Timestamp),
    Bytes(Vec<u8>),
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Natural(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

pub(crate) fn day(day: Date) -> Value {
    Value::Day(day)
}

pub(crate) fn instant(at: Timestamp) -> Value {
    Value::Instant(at)
}

pub(crate) fn maybe_instant(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, instant)
}

pub(crate) fn text(text: &str) -> Value {
    text.into()
}

pub(crate) fn number(number: u64) -> Value {
    number.into()
}

pub(crate) fn batch(batch: BatchId) -> Value {
    Value::Batch(batch)
}
