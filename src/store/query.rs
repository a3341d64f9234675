//! What a query is at the engine boundary: a name, its text, typed parameters. Arrow comes out.

use duckdb::types::{TimeUnit, Value};
use jiff::Timestamp;
use jiff::civil::Date;

use super::types::BatchId;

/// A query by name. The text comes from a file under `queries/` and reads plain table names.
#[derive(Clone, Debug)]
pub struct Query {
    pub id: String,
    pub sql: std::sync::Arc<str>,
    /// Values for the `$name` parameters of the text; a parameter that the text does not name is left out.
    pub params: Vec<(String, Param)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    Null,
    Day(Date),
    Instant(Timestamp),
    Int(i64),
    Text(String),
}

/// The moment of knowledge that a query reads as of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AsOf {
    Latest,
    Batch(BatchId),
}

impl Param {
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Day(day) => self::day(*day),
            Self::Instant(at) => instant(*at),
            Self::Int(number) => Value::BigInt(*number),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }
}

/// A day as the engine counts it: from 1970-01-01.
pub(super) fn day(day: Date) -> Value {
    let days = (day - Date::constant(1970, 1, 1)).get_days();
    Value::Date32(days)
}

/// An instant as the engine counts it: microseconds in UTC.
pub(super) fn instant(at: Timestamp) -> Value {
    Value::Timestamp(TimeUnit::Microsecond, at.as_microsecond())
}

pub(super) fn maybe_instant(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, instant)
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn number(number: u64) -> Value {
    Value::UBigInt(number)
}

pub(super) fn batch(batch: BatchId) -> Value {
    Value::UInt(batch.0)
}
