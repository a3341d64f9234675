//! What a query is at the engine boundary: a name, its text, typed parameters. Arrow comes out.

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
