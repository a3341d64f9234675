//! A delivery on its way in: safe batches are staged as they come, outside any transaction, on a connection of
//! the delivery's own. Nothing is known to anybody before [`Delivery::accept`] has returned.

use std::collections::HashSet;
use std::sync::Arc;

use polars::prelude::{DataFrame, IntoSeries, NewChunkedArray, UInt64Chunked};

use super::bridge;
use super::delivery_line::{FAULTS_SHOWN, LeftOutLine, Told};
use super::engine::{Batches, OWN, Staging, Target};
use super::error::StoreError;
use super::handle::{Inner, Store};
use super::known::Known;
use super::lock::lock;
use super::schema::Table;
use super::types::{DeliveryStart, FaultCount, LeftOutCount};
use crate::definitions::mapping::Mode;
use crate::intake::aside::{LeftOut, Why};
use crate::intake::bind::TableColumns;
use crate::intake::fault::{Fault, FaultKind, Unread};
use crate::privacy::{HeldKey, SafeBatch};

/// Below this many rows it is cheaper to stage them all than to ask what is known.
const FEW: u64 = 20_000;
/// Faults kept of one delivery; all are counted.
pub(super) const FAULTS_KEPT: usize = 100_000;

/// One delivery being taken in. Dropped without [`Delivery::accept`] it leaves nothing behind.
pub struct Delivery {
    pub(super) inner: Arc<Inner>,
    pub(super) start: DeliveryStart,
    pub(super) table: Table,
    /// The rows that came in, beside the facts.
    pub(super) rows: Box<dyn Staging + Send>,
    pub(super) staged: u64,
    pub(super) seen: u64,
    rows_read: Option<u64>,
    /// Rows that gave at least one fact, and the last of them.
    rows_with_facts: u64,
    last_with_facts: u64,
    /// The highest number of a row that was read.
    pub(super) last_row: u64,
    torn: Option<u64>,
    /// The last row, where no line end follows it.
    pub(super) unended: Option<u64>,
    pub(super) faults: Vec<Fault>,
    pub(super) fault_counts: Vec<FaultCount>,
    /// Cells that count as unknown because nothing could be made of them.
    pub(super) unread: Vec<Unread>,
    /// Rows that are not counted: the first of each reason, and how many there are.
    left_out: Vec<LeftOut>,
    left_out_counts: Vec<LeftOutCount>,
    pub(super) told: Option<Told>,
    pub(super) bad_rows: HashSet<u64>,
    pub(super) held_keys: Vec<HeldKey>,
    known: Option<Known>,
    _turn: Turn,
}

/// A source is loaded by one delivery at a time.
pub(super) struct Turn {
    inner: Arc<Inner>,
    source: String,
}

impl Turn {
    fn take(inner: &Arc<Inner>, source: &str) -> Result<Self, StoreError> {
        let mut busy = lock(&inner.busy);
        if busy.closing {
            return Err(StoreError::Closed);
        }
        if busy.alone {
            return Err(StoreError::NotQuiet { doing: "the work under way" });
        }
        if !busy.sources.insert(source.to_owned()) {
            return Err(StoreError::Busy { source_name: source.to_owned() });
        }
        Ok(Self { inner: inner.clone(), source: source.to_owned() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock(&self.inner.busy).sources.remove(&self.source);
    }
}

impl Store {
    /// Starts to take in a delivery. One at a time for each source.
    pub fn begin(&self, start: DeliveryStart) -> Result<Delivery, StoreError> {
        let inner = &self.0;
        let table = inner.schema.table(&start.table)?.clone();
        if let Some((column, ..)) = start.window.as_ref().filter(|(c, ..)| !table.has_column(c)) {
            return Err(StoreError::NoColumn { table: table.name, column: column.clone() });
        }
        inner.whole()?;
        let disk = self.disk()?;
        if disk.is_low() {
            return Err(StoreError::DiskLow { free_mib: disk.free >> 20, floor_mib: disk.floor >> 20 });
        }
        let turn = Turn::take(inner, &start.source)?;
        if start.replay && inner.remembered(&start.source).is_some_and(|m| !m.only_replayed) {
            return Err(StoreError::ReplayNotEmpty { source_name: start.source });
        }
        let rows = inner.with_readers(|readers| {
            readers.stage(Target {
                table: table.clone(),
                source: start.source.clone(),
                keyed: start.keyed,
                namespace: start.namespace.clone(),
                window: start.window.clone(),
                day: start.day.clone(),
            })
        })?;
        Ok(Delivery {
            inner: inner.clone(),
            start,
            table,
            rows,
            staged: 0,
            seen: 0,
            rows_read: None,
            rows_with_facts: 0,
            last_with_facts: 0,
            last_row: 0,
            torn: None,
            unended: None,
            faults: Vec::new(),
            fault_counts: Vec::new(),
            unread: Vec::new(),
            left_out: Vec::new(),
            left_out_counts: Vec::new(),
            told: None,
            bad_rows: HashSet::new(),
            held_keys: Vec::new(),
            known: None,
            _turn: turn,
        })
    }
}

impl Delivery {
    /// Takes rows that the gate let through, in the order of the file.
    pub fn stage(&mut self, batch: SafeBatch) -> Result<(), StoreError> {
        if batch.table() != self.table.name {
            return Err(StoreError::OtherTable {
                wanted: self.table.name.clone(),
                got: batch.table().to_owned(),
            });
        }
        if batch.rows() == 0 {
            return Ok(());
        }
        let polars = |e: polars::error::PolarsError| StoreError::Inconsistent(e.to_string());
        let mut frame = batch.into_frame();
        let (first, rows) = (self.staged + self.seen, frame.height() as u64);
        self.note_rows(&frame).map_err(polars)?;
        let numbers = UInt64Chunked::from_iter_values("at__".into(), first..first + rows);
        frame.with_column(numbers.into_series().into()).map_err(polars)?;
        self.look_up(rows)?;
        let wanted = match &mut self.known {
            Some(known) => known.rows_to_stage(&frame)?,
            None => None,
        };
        let Some(wanted) = wanted else { return self.append(&frame) };
        let seen = frame.select(OWN).and_then(|f| f.filter(&!&wanted)).map_err(polars)?;
        if seen.height() > 0 {
            self.seen += seen.height() as u64;
            self.rows.add_seen(bridge::record_batch(&seen)?)?;
        }
        let new = frame.filter(&wanted).map_err(polars)?;
        if new.height() > 0 { self.append(&new) } else { Ok(()) }
    }

    /// Rows that were not let through.
    pub fn quarantine(&mut self, faults: &[Fault]) {
        for fault in faults {
            self.last_row = self.last_row.max(fault.row);
            if self.bad_rows.insert(fault.row) {
                self.count_fault(fault);
            }
            if self.faults.len() < FAULTS_KEPT {
                self.faults.push(fault.clone());
            }
        }
    }

    /// Keys of quarantined rows, where they could be read: their stored versions are not withdrawn, and the rest
    /// of the snapshot can be.
    pub fn hold(&mut self, keys: &[HeldKey]) {
        self.held_keys.extend_from_slice(keys);
    }

    /// Cells that were let through as unknown because nothing could be made of them, of the whole delivery.
    pub fn unread(&mut self, cells: Vec<Unread>) {
        self.unread = cells;
    }

    /// Which of the mapping's columns the file has: of the others it says nothing, and what was known of them stays known.
    pub fn tells(&mut self, columns: TableColumns) {
        let TableColumns { there, lacking, absent } = columns;
        if self.start.keyed {
            self.rows.keep_lacking(lacking);
        }
        let window = self.start.window.as_ref();
        let alone = !self.start.keyed && self.start.mode == Mode::Snapshot;
        let to = window.map(|(_, _, last)| *last);
        self.told = Some(Told { columns: there, absent, from: None, to, alone });
    }

    /// The file ends in this row, without a line end. Only where the row is at fault is that a sign: many a good
    /// file has no last line end.
    pub fn ends_torn(&mut self, row: Option<u64>) {
        self.torn = row;
    }

    /// The file's last row has no line end, which is told with the cells that could not be read.
    pub fn ends_open(&mut self, row: Option<u64>) {
        self.unended = row;
        self.unread.extend(row.map(|row| Unread {
            column: String::new(),
            kind: FaultKind::NoLineEnd,
            cells: 1,
            filled: 1,
            rows: vec![row],
        }));
    }

    /// The row in which the file was cut off.
    pub(super) fn torn_row(&self) -> Option<u64> {
        self.torn.filter(|row| self.bad_rows.contains(row))
    }

    fn count_fault(&mut self, fault: &Fault) {
        let same = |count: &&mut FaultCount| count.kind == fault.kind && count.column == fault.column;
        if let Some(count) = self.fault_counts.iter_mut().find(same) {
            count.rows += 1;
        } else {
            let count = FaultCount { column: fault.column.clone(), kind: fault.kind, rows: 1 };
            self.fault_counts.push(count);
        }
    }

    /// Counts the rows that give facts: those of one row stand together.
    fn note_rows(&mut self, frame: &DataFrame) -> polars::error::PolarsResult<()> {
        for row in frame.column("row__")?.u64()?.iter().flatten() {
            self.rows_with_facts += u64::from(row != self.last_with_facts);
            self.last_with_facts = row;
        }
        self.last_row = self.last_row.max(self.last_with_facts);
        Ok(())
    }

    pub(super) fn has_one_fact_a_row(&self) -> bool {
        self.rows_with_facts == self.staged + self.seen
    }

    /// Rows of the file that are not counted: totals, the table's foot, rows without any value.
    pub fn leave_out(&mut self, rows: &[LeftOut]) {
        for left in rows {
            let at = self.left_out_counts.iter().position(|count| count.why == left.why);
            let at = at.unwrap_or_else(|| {
                self.left_out_counts.push(LeftOutCount { why: left.why, rows: 0 });
                self.left_out_counts.len() - 1
            });
            let count = &mut self.left_out_counts[at].rows;
            *count += 1;
            if *count <= FAULTS_SHOWN as u64 {
                self.left_out.push(*left);
            }
            if left.why == Why::NoValue {
                // It is a row of the table: a file that is cut off ends with it too.
                self.last_row = self.last_row.max(left.row);
            }
        }
    }

    /// What was left out, as the ledger keeps it.
    pub(super) fn left_out(&self) -> LeftOutLine {
        let (mut rows, mut counts) = (self.left_out.clone(), self.left_out_counts.clone());
        rows.sort_unstable();
        counts.sort_unstable_by_key(|count| count.why);
        LeftOutLine { rows: rows.iter().map(|left| (left.row, left.why)).collect(), counts }
    }

    /// Adds to the rows that the file has, good and bad. Never told, it is the sum of both.
    pub fn rows_read(&mut self, rows: u64) {
        *self.rows_read.get_or_insert(0) += rows;
    }

    /// Rows of the delivery that are counted, good and bad.
    pub fn rows(&self) -> u64 {
        let left_out: u64 = self.left_out_counts.iter().map(|count| count.rows).sum();
        let read = self.rows_read.map(|rows| rows.saturating_sub(left_out));
        read.unwrap_or(self.rows_with_facts + self.bad_rows.len() as u64)
    }

    /// Rows of the table, those without any value among them.
    pub(super) fn rows_of_table(&self) -> u64 {
        let without = self.left_out_counts.iter().find(|count| count.why == Why::NoValue);
        self.rows() + without.map_or(0, |count| count.rows)
    }

    /// Forgets the delivery.
    pub fn abandon(self) {}

    /// Once the delivery is not a small one, finds out what is known of the source.
    fn look_up(&mut self, coming: u64) -> Result<(), StoreError> {
        if self.known.is_some() || self.staged + coming < FEW {
            return Ok(());
        }
        let known = Known::read(self.rows.as_ref(), self.start.keyed, self.staged > 0)?;
        self.known = Some(known);
        Ok(())
    }

    fn append(&mut self, frame: &DataFrame) -> Result<(), StoreError> {
        self.rows.add(bridge::record_batch(frame)?)?;
        self.staged += frame.height() as u64;
        Ok(())
    }
}
