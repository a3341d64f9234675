//! How a batch gets into the facts: its rows are staged beside them, compared with what is stored, written, archived, committed.
//! What a delivery *means* (which of two rows counts, what waits for a person) is judged by the store; the engine finds
//! and counts.

use std::path::Path;

use arrow::array::RecordBatch;
use jiff::civil::Date;

use super::super::error::StoreError;
use super::super::schema::Table;
use super::super::types::BatchId;
use super::Session;
use crate::privacy::HeldKey;

/// What every staged row has beside the table's columns: its place in the delivery, the row of the file, who it is about, its
/// key and its content as hashes.
pub(crate) const OWN: [&str; 6] = ["at__", "row__", "subject_hi__", "subject_lo__", "key__", "content__"];
/// Names of a row's columns that could not be read: they keep their earlier value.
pub(crate) const UNREAD: &str = "unread__";

/// An engine that takes in batches.
pub(crate) trait Batches {
    /// Begins to stage rows.
    fn stage(&self, target: Target) -> Result<Box<dyn Staging + Send>, StoreError>;
}

/// Where the rows of a delivery go, and what of the stored rows they are compared with.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub table: Table,
    pub source: String,
    /// Rows have a key; otherwise they are compared as a multiset.
    pub keyed: bool,
    pub namespace: Option<String>,
    /// Only stored rows whose day (a column) lies between two days are compared.
    pub window: Option<(String, Date, Date)>,
    /// The column by whose day the order of the rows is judged.
    pub day: Option<String>,
}

/// The rows of one delivery. Dropped before [`Staging::commit`] they leave nothing behind.
///
/// First rows are staged, outside any transaction. From [`Staging::begin`] on everything happens in one, in the order of
/// these methods.
pub(crate) trait Staging {
    /// Columns of which the delivery says nothing: a row of it keeps what was known of them.
    fn keep_lacking(&mut self, columns: Vec<String>);
    /// Stages rows, with the columns of [`OWN`] and those of the table that the first batch has.
    fn add(&mut self, rows: RecordBatch) -> Result<(), StoreError>;
    /// Stages the identity of rows that are stored as they are: the columns of [`OWN`].
    fn add_seen(&mut self, rows: RecordBatch) -> Result<(), StoreError>;
    /// How many rows of the source are stored within the window.
    fn stored(&self) -> Result<u64, StoreError>;
    /// What identifies them: subject (two columns), key, content.
    fn stored_rows(&self, each: &mut dyn FnMut(&RecordBatch)) -> Result<(), StoreError>;
    /// Their content alone.
    fn stored_contents(&self, each: &mut dyn FnMut(&RecordBatch)) -> Result<(), StoreError>;
    /// The content of the rows staged so far.
    fn staged_contents(&self, each: &mut dyn FnMut(&RecordBatch)) -> Result<(), StoreError>;

    /// Begins the transaction; no more rows come.
    fn begin(&mut self) -> Result<(), StoreError>;
    /// Gives new subjects their numbers, and each staged row its identity. How many subjects are new.
    fn identify(&mut self, batch: BatchId) -> Result<u64, StoreError>;
    /// Rows of equal content get keys of their own (rows without a key only).
    fn number_copies(&mut self) -> Result<(), StoreError>;
    /// Finds keys that come more than once; of their rows the first counts, or the last. How many keys.
    fn repeated(&mut self, first_counts: bool) -> Result<u64, StoreError>;
    /// Rows of such keys that contradict another, with the row that says otherwise.
    fn conflicts(&self) -> Result<Vec<(u64, u64)>, StoreError>;
    /// Holds all rows of contradicting keys back, and spares what is stored of these keys.
    fn hold_conflicts(&mut self) -> Result<(), StoreError>;
    /// Rows that do not count are merged into the one that does. What of that one could not be read it takes from the
    /// nearest of them that tells of it.
    fn merge(&mut self) -> Result<(), StoreError>;
    /// At most so many of the merged rows that contradict the one that counts (or do not), each with that one.
    fn merged(&self, contradicting: bool, most: usize) -> Result<Vec<(u64, u64)>, StoreError>;
    /// Rows that contradict another.
    fn contradicting(&self) -> Result<u64, StoreError>;
    /// Is anything of the source stored, within the window or not?
    fn is_new_source(&self) -> Result<bool, StoreError>;
    /// Finds what differs from what is stored: nothing is (`first`), or by identity; of a snapshot also what is absent.
    fn compare(&mut self, first: bool, snapshot: bool) -> Result<(), StoreError>;
    /// Rows that would replace a stored one with the same values change nothing: what can't be read keeps what was known, so
    /// that other cells may come to the same.
    fn drop_kept(&mut self) -> Result<(), StoreError>;
    /// Of what differs only what lies in these days stays. The rows of the file that do not.
    fn keep_days(&mut self, free: &[(Date, Date)]) -> Result<Vec<u64>, StoreError>;
    /// Rows of the file that would change a stored one.
    fn changed_rows(&self) -> Result<Vec<u64>, StoreError>;
    /// Holds them back.
    fn hold_changed(&mut self) -> Result<(), StoreError>;
    /// Takes back the withdrawals of stored rows whose key is held. How many.
    fn spare(&mut self, keys: &[HeldKey]) -> Result<u64, StoreError>;
    /// Takes back all withdrawals. How many.
    fn spare_all(&mut self) -> Result<u64, StoreError>;
    fn counted(&self) -> Result<Facts, StoreError>;
    /// As [`Facts`], by rows of the file where one gives several facts: new, changed, merged.
    fn counted_rows(&self) -> Result<(u64, u64, u64), StoreError>;
    /// Facts merged into another.
    fn count_merged(&self) -> Result<u64, StoreError>;
    /// Where the delivery ends, and where what it would withdraw stood.
    fn ends(&self) -> Result<Ends, StoreError>;
    /// The delivery's first and last row.
    fn first_last(&self) -> Result<Option<(End, End)>, StoreError>;
    /// Stored rows behind a day, and how many of them would go.
    fn behind(&self, column: &str, day: Date) -> Result<(u64, u64), StoreError>;

    /// Closes and opens versions.
    fn write(&mut self, batch: BatchId, opened: u64, closed: u64) -> Result<(), StoreError>;
    /// Writes a part of the batch as a Parquet file. How many rows.
    fn archive(&self, batch: BatchId, part: Part, file: &Path) -> Result<u64, StoreError>;
    /// The rows of a part of the batch, as they are archived.
    fn archived(
        &self,
        batch: BatchId,
        part: Part,
        each: &mut dyn FnMut(RecordBatch),
    ) -> Result<(), StoreError>;
    /// The connection of the transaction: for the ledgers, whose entries are committed with it.
    fn ledger(&self) -> &Session;
    fn commit(&mut self) -> Result<(), StoreError>;
    fn roll_back(&mut self) -> Result<(), StoreError>;
}

/// A file of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Opened,
    Closed,
    Identities,
}

/// What a delivery changes, in facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub arrived: u64,
    pub opened: u64,
    pub closed: u64,
    /// Opened where nothing was stored.
    pub new: u64,
    pub withdrawn: u64,
    /// To be opened, and staged by their identity alone: never.
    pub lacking: u64,
}

/// Where a delivery ends, and where what it would withdraw stood.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ends {
    /// The last day that is there.
    pub last_day: Option<Date>,
    /// Withdrawals behind all that stays, by their place in the file, and the first of them.
    pub by_place: Lost,
    pub first_row: u64,
    /// The same by day and then by place, and in a file that begins with the newest day.
    pub by_day: Lost,
    pub newest_first: Lost,
}

/// Rows that are withdrawn, and the days that they are of, where all have one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lost {
    pub rows: u64,
    pub days: Option<(Date, Date)>,
}

/// A row of a delivery's ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct End {
    pub row: u64,
    pub new: bool,
    pub day: Option<Date>,
}
