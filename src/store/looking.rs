//! What the store knows beside the facts: batches, sources, deliveries and their rows.

use std::sync::PoisonError;

use jiff::Timestamp;
use tokio::sync::watch;

use super::deliveries;
use super::delivery_line::DeliveryLine;
use super::error::StoreError;
use super::handle::Store;
use super::types::{BatchEntry, BatchId, DeliveryEntry, DeliveryStart, Receipt, SourceState};
use crate::intake::fault::Fault;

impl Store {
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
