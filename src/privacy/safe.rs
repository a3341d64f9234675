//! What the gate lets through.

use polars::frame::DataFrame;

/// Rows that carry nothing identifying, for one table of the store.
///
/// Besides the table's own columns the frame always has (all non-null unless said):
/// - `row__` u64: the row's number in its file (the header is row 1);
/// - `subject_hi__`, `subject_lo__` u64, null where the table has no subject: the pseudonym's two halves;
/// - `key__` u64: hash of the key columns other than the subject (0 when there are none);
/// - `content__` u64: hash of every kept column's value and the constants, in the order of their names, and of which
///   columns could not be read;
/// - `unread__` text, null for most rows: the table's columns of which a cell could not be read, `,age,age_decade,`.
///   They are null here, and never replace an earlier known value. A day that a cell leaves open (`3月中旬`) has `~` before
///   its name: it is null as well, and does replace an earlier value.
///
/// Timestamps are `Datetime(Microseconds)` in UTC, days are `Date`, codes and ids are `String`,
/// flags are `Boolean`, whole numbers `Int64`, decimals `String` (their digits). The store casts to the table's types.
#[derive(Debug)]
pub struct SafeBatch {
    table: String,
    frame: DataFrame,
}

impl SafeBatch {
    /// Only the gate calls this.
    pub(super) fn new(table: String, frame: DataFrame) -> Self {
        Self { table, frame }
    }

    pub fn table(&self) -> &str {
        &self.table
    }

    pub fn rows(&self) -> usize {
        self.frame.height()
    }

    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    pub fn into_frame(self) -> DataFrame {
        self.frame
    }
}

/// The key of a row that was not let through, where it could be read all the same: its earlier version is then
/// known, and is not withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldKey {
    pub row: u64,
    /// The pseudonym's two halves, where the table has subjects.
    pub subject: Option<(u64, u64)>,
    /// As `key__` of a safe batch.
    pub key: u64,
}
