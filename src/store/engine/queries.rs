//! What a query is: a name, its constant text, typed parameters, tables given with it; as of when, and by when. Arrow comes
//! out.
//!
//! A second engine implements [`Queries`] with the public types of this file alone. Its own names end at its door: an
//! error of its own goes into [`StoreError::Database`] as it is.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use jiff::Timestamp;
use jiff::civil::Date;

use super::super::error::StoreError;
use super::super::types::BatchId;

/// An engine that answers queries over the facts, as they were known with a batch.
pub trait Queries: Send + Sync {
    /// Refuses a text that is not one SELECT over the tables, its own CTEs and the tables given with it. Nothing is run.
    /// A text is constant: it is looked at once.
    fn check(&self, query: &Query) -> Result<(), StoreError>;

    /// Runs a query. Blocks: at most for the deadline, then the query is stopped.
    ///
    /// Columns come out as Int64, Float64, Decimal128, Utf8, Boolean, Date32 or Timestamp(µs), whatever the text computes.
    fn query(&self, query: &Query, as_of: AsOf, deadline: Duration) -> Result<RecordBatch, StoreError>;
}

/// A query by name. The text comes from a file under `queries/` and reads plain table names.
#[derive(Clone, Debug)]
pub struct Query {
    pub id: String,
    /// The same for every question: what differs is in the parameters and in the tables given.
    pub sql: Arc<str>,
    /// Values for the `$name` parameters of the text; a parameter that the text does not name is left out.
    pub params: Vec<(String, Param)>,
    /// Tables that the text reads beside the facts.
    pub given: Vec<Given>,
}

impl Query {
    pub fn new(
        id: impl Into<String>,
        sql: impl Into<Arc<str>>,
        params: impl IntoIterator<Item = (String, Param)>,
    ) -> Self {
        Self { id: id.into(), sql: sql.into(), params: params.into_iter().collect(), given: Vec::new() }
    }

    /// With tables that the text reads beside the facts.
    pub fn given(mut self, tables: impl IntoIterator<Item = Given>) -> Self {
        self.given.extend(tables);
        self
    }
}

/// A table given with a query: the name by which the text reads it, and its rows. Its columns are of the types that come out
/// of queries.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub name: Arc<str>,
    pub rows: RecordBatch,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    Null,
    Day(Date),
    Instant(Timestamp),
    Int(i64),
    Text(String),
}

/// Who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lane {
    /// The wall: readers of its own, and it is never stopped for anybody.
    Wall,
    /// Whoever waits for an answer and is not stopped for the wall: commands that work alone, checks.
    #[default]
    Direct,
    /// Questions of people and programs: what still runs while a frame is due is stopped, and asked again later.
    Yielding,
}

/// The moment of knowledge that a query reads as of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AsOf {
    Latest,
    Batch(BatchId),
}
