//! A fault in the data, as a quality query found it.

use std::sync::Arc;

use jiff::civil::Date;

use crate::store::BatchId;

/// So many rows of one day may be told by that day; all others are told by the month: the day of a row is a value of that
/// row.
const MANY: u64 = 10;
/// What one quality query found: where, how many and when. Never who, and no value of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct DataFault {
    pub id: String,
    pub title_ja: String,
    pub title_en: String,
    /// Rows at fault in all.
    pub rows: u64,
    /// Groups of them: by source, hospital, field.
    pub groups: usize,
    /// The groups of most rows.
    pub told: Vec<FaultGroup>,
}

/// The rows of one source, hospital or field.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultGroup {
    /// Whose they are, by column.
    pub of: Vec<GroupedBy>,
    pub rows: u64,
    /// What their day is called, and when that is.
    pub days: Option<(String, Span)>,
}

/// When the rows of a group are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// All of one day, and many.
    Day(Date),
    /// First and last month, each by its first day.
    Months(Date, Date),
}

impl Span {
    /// As exact as the number of rows allows.
    pub(super) fn of(rows: u64, first: Date, last: Date) -> Self {
        match rows {
            MANY.. if first == last => Self::Day(first),
            _ => Self::Months(first.first_of_month(), last.first_of_month()),
        }
    }
}

/// A code by which rows are grouped, with its column and what that is called in Japanese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupedBy {
    pub column: String,
    pub label: String,
    /// None: unknown.
    pub code: Option<String>,
}

pub(super) type Found = Option<((BatchId, Date), Arc<Vec<DataFault>>)>;
