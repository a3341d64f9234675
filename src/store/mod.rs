//! Facts, with the time from which and until when Hinomi knew them. The only place that names DuckDB.
//!
//! In go safe batches, one [`Delivery`] at a time ([`Store::begin`], [`Delivery::stage`], [`Delivery::accept`]);
//! out come Arrow record batches for queries by name ([`Store::query`]), as of the latest batch or an earlier one.
//! Beside the facts stand the ledgers: deliveries, batches, runs of jobs, frames, definitions, notes.
//!
//! What is acknowledged is on disk twice: in the database, and as files in the archive, from which the database
//! can be made again ([`Store::rebuild`]).

mod accept;
mod alone;
mod archive;
mod backup;
mod baseline;
mod bridge;
mod change;
mod check;
mod compact;
mod decimals;
mod deliveries;
mod delivery;
mod delivery_line;
mod engine;
mod error;
mod exchange;
mod frames;
mod hold;
mod journal;
mod keep;
mod known;
mod known_backups;
mod made_up;
mod open;
mod query;
mod reader;
mod rebuild;
mod resolve;
mod restore;
mod runs;
mod schema;
mod settings;
mod signs;
mod spoken;
mod sql;
mod top_code;
mod types;
mod unread;
mod verify;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use arrow::array::RecordBatch;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::config::FolderLock;
use crate::epi::clock::Clock;
use crate::intake::fault::Fault;
pub use backup::Backup;
pub use baseline::Baseline;
use check::Columns;
use deliveries::SourceMemory;
pub use delivery::Delivery;
use delivery_line::DeliveryLine;
pub use error::StoreError;
pub use hold::Hold;
pub use made_up::{History, MadeUp};
pub use query::{AsOf, Param, Query};
use reader::{Moment, Readers, lock};
pub use rebuild::rebuild;
pub use restore::restore;
use schema::Schema;
pub use settings::StoreSettings;
pub use spoken::Taken;
pub use types::{
    BatchEntry, BatchId, BatchKind, Counted, Definition, DeliveryEntry, DeliveryStart, Disk, FaultCount,
    Frame, LeftOutCount, Note, Outcome, Receipt, Run, RunId, RunOutcome, SourceState,
};
pub use verify::{Findings, Progress};
use writer::Writer;

/// The store. Clones share one database; [`Store::close`] ends it for all of them.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    settings: StoreSettings,
    clock: Clock,
    schema: Schema,
    /// None once the store is closed. Held for reading by whoever asks, for writing by whoever swaps the file.
    readers: RwLock<Option<Readers>>,
    writer: Mutex<Option<Writer>>,
    memory: RwLock<Memory>,
    changes: watch::Sender<BatchId>,
    /// Counts up before and after each commit of a batch.
    commits: AtomicU64,
    busy: Mutex<Busy>,
    /// Texts that have passed the check.
    checked: Mutex<BTreeMap<Arc<str>, Columns>>,
    /// The data folder's lock, while the store is open.
    lock: Mutex<Option<FolderLock>>,
    /// Held by what removes archived files, and by what must not see them go.
    tidy: Mutex<()>,
}

/// What is asked so often that it is kept at hand.
#[derive(Default)]
struct Memory {
    /// When each batch was accepted, batch 1 first.
    accepted: Vec<Timestamp>,
    sources: BTreeMap<String, SourceMemory>,
    /// The number of the last delivery since the store was opened; 0 before one.
    last_delivery: u64,
}

#[derive(Default)]
struct Busy {
    /// Sources with a delivery under way.
    sources: BTreeSet<String>,
    /// Work that needs the store to itself is under way.
    alone: bool,
    /// The store is closed, or about to be.
    closing: bool,
}

impl Store {
    /// Runs a query. Blocks: at most for the deadline, then the query is stopped.
    ///
    /// Columns come out as Int64, Float64, Utf8, Boolean, Date32 or Timestamp(µs), whatever the text computes.
    pub fn query(&self, query: &Query, as_of: AsOf, deadline: Duration) -> Result<RecordBatch, StoreError> {
        // An even number: no batch is being committed. The same number later: none was committed since.
        let commits = self.0.commits.load(Ordering::Acquire);
        let latest = self.latest();
        let batch = match as_of {
            AsOf::Latest => latest,
            AsOf::Batch(batch) if batch <= latest => batch,
            AsOf::Batch(batch) => return Err(StoreError::NoBatch { batch: batch.0, latest: latest.0 }),
        };
        let columns = self.columns_of(query)?;
        let unchanged = || self.0.commits.load(Ordering::Acquire) == commits;
        let is_last: Option<&dyn Fn() -> bool> =
            match batch == latest && commits.is_multiple_of(2) && columns == Columns::Named {
                true => Some(&unchanged),
                false => None,
            };
        self.0.with_readers(|readers| readers.query(query, &Moment { batch: batch.0, is_last }, deadline))
    }

    /// As [`Store::query`], for those who can't block.
    pub async fn ask(
        &self,
        query: Query,
        as_of: AsOf,
        deadline: Duration,
    ) -> Result<RecordBatch, StoreError> {
        let store = self.clone();
        let asked = tokio::task::spawn_blocking(move || store.query(&query, as_of, deadline));
        asked.await.map_err(|e| StoreError::Lost(e.to_string()))?
    }

    /// Refuses a text that names anything but the tables.
    pub fn check(&self, query: &Query) -> Result<(), StoreError> {
        self.columns_of(query).map(drop)
    }

    /// Checks a text, once, and says how it names columns.
    fn columns_of(&self, query: &Query) -> Result<Columns, StoreError> {
        if let Some(columns) = lock(&self.0.checked).get(&query.sql) {
            return Ok(*columns);
        }
        let refused = |why| StoreError::Query { query: query.id.clone(), why };
        let conn = self.0.connect()?;
        let tree = engine::syntax_tree(&conn, &query.sql).map_err(refused)?;
        let mut tables: Vec<String> = self.0.schema.tables.keys().cloned().collect();
        let with_changes = self.0.schema.tables.values().filter(|table| table.subject);
        tables.extend(with_changes.map(|table| format!("{}_changes", table.name)));
        let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
        let columns = check::check(&tree, &tables).map_err(refused)?;
        lock(&self.0.checked).insert(query.sql.clone(), columns);
        Ok(columns)
    }

    /// The last batch: the version of the data.
    pub fn latest(&self) -> BatchId {
        self.0.latest()
    }

    /// The last batch accepted at or before an instant; batch 0 before anything was known.
    pub fn batch_at(&self, at: Timestamp) -> Result<BatchId, StoreError> {
        let memory = self.0.memory.read().unwrap_or_else(PoisonError::into_inner);
        let known = memory.accepted.partition_point(|accepted| *accepted <= at);
        u32::try_from(known).map(BatchId).map_err(|e| StoreError::Inconsistent(e.to_string()))
    }

    /// When a batch was accepted; None for batch 0 and for one that is not there.
    pub fn accepted_at(&self, batch: BatchId) -> Option<Timestamp> {
        let memory = self.0.memory.read().unwrap_or_else(PoisonError::into_inner);
        memory.accepted.get((batch.0 as usize).checked_sub(1)?).copied()
    }

    /// The number of the last delivery since the store was opened, whatever became of it; 0 before one.
    pub fn last_delivery(&self) -> u64 {
        self.0.memory.read().unwrap_or_else(PoisonError::into_inner).last_delivery
    }

    /// Tells of each new batch. Never tells of one that is not committed.
    pub fn changes(&self) -> watch::Receiver<BatchId> {
        self.0.changes.subscribe()
    }

    /// What is known of each source that ever spoke.
    pub fn sources(&self) -> Vec<SourceState> {
        let memory = self.0.memory.read().unwrap_or_else(PoisonError::into_inner);
        memory.sources.values().map(|m| m.state.clone()).collect()
    }

    /// What was known at an instant of each source that had spoken by then. Blocks.
    pub fn sources_at(&self, at: Timestamp) -> Result<Vec<SourceState>, StoreError> {
        let sources = deliveries::memory(&self.0.connect()?, at)?;
        Ok(sources.into_values().map(|m| m.state).collect())
    }

    /// The last `n` deliveries, the newest first, without their rows: those are asked for one by one.
    pub fn deliveries(&self, n: usize) -> Result<Vec<DeliveryEntry>, StoreError> {
        self.deliveries_until(Timestamp::MAX, n)
    }

    /// The last `n` deliveries until an instant, the newest first.
    pub fn deliveries_until(&self, until: Timestamp, n: usize) -> Result<Vec<DeliveryEntry>, StoreError> {
        deliveries::last(&self.0.connect()?, until, n)
    }

    /// A delivery, taken or not, with its rows: the first of those held back and of those merged, and the cells that
    /// could not be read. None when there is none of this number.
    pub fn delivery(&self, number: u64) -> Result<Option<DeliveryEntry>, StoreError> {
        deliveries::one(&self.0.connect()?, number)
    }

    /// The first `n` rows of a delivery that were held back, whatever became of the delivery.
    pub fn faults(&self, delivery: u64, n: usize) -> Result<Vec<Fault>, StoreError> {
        self.faults_after(delivery, 0, n)
    }

    /// `n` rows of a delivery that were held back, after the first `skip`.
    pub fn faults_after(&self, delivery: u64, skip: usize, n: usize) -> Result<Vec<Fault>, StoreError> {
        deliveries::faults(&self.0.connect()?, delivery, skip, n)
    }

    /// The last `n` batches, the newest first.
    pub fn batches(&self, n: usize) -> Result<Vec<BatchEntry>, StoreError> {
        deliveries::batches(&self.0.connect()?, n)
    }

    /// The names of the tables, and of each its public columns with their SQL types.
    pub fn tables(&self) -> Vec<(String, Vec<(String, String)>)> {
        self.0.schema.tables.values().map(|t| (t.name.clone(), t.columns.clone())).collect()
    }

    /// Keeps the refusal of a delivery of which no row was staged (an unreadable file, a missing column).
    pub fn record_refusal(&self, start: &DeliveryStart, why: &str) -> Result<Receipt, StoreError> {
        let line = DeliveryLine::refusal(start, why);
        let number = self.0.with_writer(|writer| writer.add_delivery(&line))?;
        self.0.learn(None, number, &line);
        Ok(line.receipt(number))
    }

    /// The receipt that [`Store::record_refusal`] would give; nothing is kept.
    pub fn preview_refusal(&self, start: &DeliveryStart, why: &str) -> Result<Receipt, StoreError> {
        let number = self.0.with_writer(|writer| Ok(writer.deliveries.next()))?;
        Ok(DeliveryLine::refusal(start, why).receipt(number))
    }

    /// Keeps that a person refused a delivery that was held: nobody needs to look at it again.
    pub fn refuse_held(&self, held: &DeliveryEntry, at: Timestamp, why: &str) -> Result<Receipt, StoreError> {
        let line = DeliveryLine::refused_by_person(held, at, why);
        let number = self.0.with_writer(|writer| writer.add_delivery(&line))?;
        self.0.learn(None, number, &line);
        Ok(line.receipt(number))
    }

    /// The last delivery of a source by this name, with its rows.
    pub fn last_of_name(&self, source: &str, name: &str) -> Result<Option<DeliveryEntry>, StoreError> {
        let conn = self.0.connect()?;
        match deliveries::last_of_name(&conn, source, name)? {
            Some(number) => deliveries::one(&conn, number),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
impl Store {
    /// Runs a statement on the database, behind the store's back.
    pub(crate) fn spoil(&self, sql: &str) {
        let spoilt = self.0.with_writer(|writer| engine::run(&writer.conn, "spoiling", sql, &[]));
        assert!(spoilt.is_ok(), "{sql}: {spoilt:?}");
    }
}

impl Inner {
    fn latest(&self) -> BatchId {
        *self.changes.borrow()
    }

    fn last_accepted(&self) -> Option<Timestamp> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner).accepted.last().copied()
    }

    fn remembered(&self, source: &str) -> Option<SourceMemory> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner).sources.get(source).cloned()
    }

    /// Takes note of a delivery that is committed, and tells of its batch.
    fn learn(&self, accepted: Option<Timestamp>, number: u64, line: &DeliveryLine) {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        SourceMemory::note(&mut memory.sources, number, line);
        memory.last_delivery = number;
        memory.accepted.extend(accepted);
        drop(memory);
        if let Some(batch) = line.batch {
            self.changes.send_replace(batch);
        }
    }

    fn with_readers<T>(&self, ask: impl FnOnce(&Readers) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let readers = self.readers.read().unwrap_or_else(PoisonError::into_inner);
        ask(readers.as_ref().ok_or(StoreError::Closed)?)
    }

    fn with_writer<T>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(lock(&self.writer).as_mut().ok_or(StoreError::Closed)?)
    }

    /// A connection of one's own.
    fn connect(&self) -> Result<duckdb::Connection, StoreError> {
        self.with_readers(Readers::connect)
    }
}
