//! What a store holds: its connections, what it keeps at hand, and who is at work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use jiff::Timestamp;
use tokio::sync::watch;

use super::deliveries::SourceMemory;
use super::delivery_line::DeliveryLine;
use super::engine::{Lane, Readers, Session};
use super::error::StoreError;
use super::lock::lock;
use super::schema::Schema;
use super::settings::StoreSettings;
use super::types::BatchId;
use super::writer::Writer;
use crate::config::FolderLock;
use crate::epi::clock::Clock;

/// The store. Clones share one database; [`Store::close`] ends it for all of them.
#[derive(Clone)]
pub struct Store(pub(super) Arc<Inner>, pub(super) Lane);

pub(super) struct Inner {
    pub settings: StoreSettings,
    pub clock: Clock,
    pub schema: Schema,
    /// None once the store is closed. Held for reading by whoever asks, for writing by whoever swaps the file.
    pub readers: RwLock<Option<Readers>>,
    /// None once the store is closed, and while ledgers or archive can't be written to: see [`Store::fault`].
    pub writer: Mutex<Option<Writer>>,
    /// What is damaged beside a whole database.
    pub fault: Mutex<Option<String>>,
    pub memory: RwLock<Memory>,
    pub changes: watch::Sender<BatchId>,
    /// Counts up before and after each commit of a batch.
    pub commits: AtomicU64,
    pub busy: Mutex<Busy>,
    /// Since when the engine takes nothing more.
    pub failed: Mutex<Option<Timestamp>>,
    /// Those who still have a connection to a database that failed.
    pub reading: Mutex<Weak<()>>,
    /// How often it was opened again.
    pub opened_again: AtomicU64,
    /// Runs that an earlier process left open still are: at the start there was no room to say how they ended.
    pub runs_open: AtomicBool,
    /// The data folder's lock, while the store is open.
    pub lock: Mutex<Option<FolderLock>>,
    /// Held by what removes archived files, and by what must not see them go.
    pub tidy: Mutex<()>,
}

/// What is asked so often that it is kept at hand.
#[derive(Default)]
pub(super) struct Memory {
    /// When each batch was accepted, batch 1 first.
    pub accepted: Vec<Timestamp>,
    pub sources: BTreeMap<String, SourceMemory>,
    /// The number of the last delivery since the store was opened; 0 before one.
    pub last_delivery: u64,
    /// The fingerprint of the pseudonym key; None before the first delivery that needed one.
    pub key: Option<String>,
}

#[derive(Default)]
pub(super) struct Busy {
    /// Sources with a delivery under way.
    pub sources: BTreeSet<String>,
    /// Work that needs the store to itself is under way.
    pub alone: bool,
    /// The store is closed, or about to be.
    pub closing: bool,
}

impl Inner {
    pub(super) fn latest(&self) -> BatchId {
        *self.changes.borrow()
    }

    pub(super) fn last_accepted(&self) -> Option<Timestamp> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner).accepted.last().copied()
    }

    pub(super) fn remembered(&self, source: &str) -> Option<SourceMemory> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner).sources.get(source).cloned()
    }

    /// Takes note of a delivery that is committed, and tells of its batch.
    pub(super) fn learn(&self, accepted: Option<Timestamp>, number: u64, line: &DeliveryLine) {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        SourceMemory::note(&mut memory.sources, number, line);
        memory.last_delivery = number;
        memory.accepted.extend(accepted);
        drop(memory);
        if let Some(batch) = line.batch {
            self.changes.send_replace(batch);
        }
    }

    pub(super) fn with_readers<T>(
        &self,
        ask: impl FnOnce(&Readers) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let readers = self.readers.read().unwrap_or_else(PoisonError::into_inner);
        let done = readers.as_ref().ok_or_else(|| self.absent()).and_then(ask);
        drop(readers);
        done.inspect_err(|error| self.note(error))
    }

    pub(super) fn with_writer<T>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut writer = lock(&self.writer);
        let done = writer.as_mut().ok_or_else(|| self.absent()).and_then(Writer::settled).and_then(work);
        drop(writer);
        done.inspect_err(|error| self.note(error))
    }

    /// Why nothing can be written, while something is damaged.
    pub(super) fn degraded(&self) -> Option<StoreError> {
        lock(&self.fault).clone().map(|why| StoreError::Degraded { why })
    }

    /// Refuses what takes the archive for whole.
    pub(super) fn whole(&self) -> Result<(), StoreError> {
        self.degraded().map_or(Ok(()), Err)
    }

    /// A connection of one's own.
    pub(super) fn connect(&self) -> Result<Session, StoreError> {
        self.with_readers(Readers::connect)
    }
}

#[cfg(test)]
impl Store {
    /// Runs a statement on the database, behind the store's back.
    pub(crate) fn spoil(&self, sql: &str) {
        let spoilt = self.0.with_writer(|writer| super::engine::run(&writer.conn, "spoiling", sql, &[]));
        assert!(spoilt.is_ok(), "{sql}: {spoilt:?}");
    }
}
