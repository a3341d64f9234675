//! While a program runs: a database that failed is closed and opened again, what may be spilled follows the disk, and what
//! a full disk kept from being written at the start is written once there is room.

use std::sync::atomic::Ordering;
use std::sync::{PoisonError, Weak};
use std::time::{Duration, Instant};

use super::engine::{self, Readers};
use super::error::StoreError;
use super::handle::Store;
use super::lock::lock;
use super::open::{self, Opened};
use super::runs;
use super::types::BatchId;

/// How long those who still read may take to let go.
const TO_LET_GO: Duration = Duration::from_secs(10);

impl Store {
    /// Looks whether the database still takes what is asked of it, and opens it again when it does not; to be called
    /// now and then. Was it opened again? Blocks.
    pub fn tend(&self) -> Result<bool, StoreError> {
        if lock(&self.0.busy).closing {
            return Ok(false);
        }
        if lock(&self.0.failed).is_none() {
            // Whatever else this says is no failure of the database as a whole.
            let _ =
                self.0.connect().and_then(|conn| engine::count(&conn, "schema.is_made", &[], &[]).map(drop));
            let settings = &self.0.settings;
            if let Err(error) = self.0.with_readers(|readers| readers.limit_spill(settings)) {
                tracing::debug!(error = engine::chain(&error), "more is spilled than the disk has room for");
            }
        }
        if lock(&self.0.failed).is_none() {
            if self.0.runs_open.load(Ordering::Acquire) && !self.disk()?.is_full() {
                self.0.with_writer(|writer| runs::interrupt_open(writer, self.0.clock.now()))?;
                self.0.runs_open.store(false, Ordering::Release);
            }
            return Ok(false);
        }
        self.alone("opening the database again", || self.open_again())?;
        Ok(true)
    }

    /// Bytes that the database may spill to the disk now; 0 before that was first looked at.
    pub fn spill_limit(&self) -> u64 {
        self.0.with_readers(|readers| Ok(readers.spill_limit())).unwrap_or_default()
    }

    /// Whoever asks meanwhile is told that the database failed.
    fn open_again(&self) -> Result<(), StoreError> {
        drop(lock(&self.0.writer).take());
        let readers = self.0.readers.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reading) = readers.as_ref().map(Readers::reading) {
            *lock(&self.0.reading) = reading;
        }
        drop(readers);
        // Two open databases of one file would each write over what the other has written.
        let reading = lock(&self.0.reading).clone();
        wait_for_end(&reading)?;
        let Opened { readers, writer, fault, memory, .. } = open::open(&self.0.settings, &self.0.clock)?;
        *lock(&self.0.fault) = fault;
        let latest = BatchId(u32::try_from(memory.accepted.len()).unwrap_or(u32::MAX));
        *lock(&self.0.writer) = writer;
        *self.0.memory.write().unwrap_or_else(PoisonError::into_inner) = memory;
        *self.0.readers.write().unwrap_or_else(PoisonError::into_inner) = Some(readers);
        *lock(&self.0.failed) = None;
        self.0.opened_again.fetch_add(1, Ordering::Relaxed);
        tracing::warn!("the database is open again");
        self.0.changes.send_replace(latest);
        Ok(())
    }
}

fn wait_for_end(reading: &Weak<()>) -> Result<(), StoreError> {
    let until = Instant::now() + TO_LET_GO;
    while reading.strong_count() > 0 {
        if Instant::now() > until {
            return Err(StoreError::NotQuiet { doing: "opening the database again" });
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}
