//! A database that failed is closed and opened again, under a program that goes on.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::engine;
use super::error::StoreError;
use super::handle::Store;
use super::lock::lock;
use super::open::{self, Opened};
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
            let asked =
                self.0.connect().and_then(|conn| engine::count(&conn, "schema.is_made", &[], &[]).map(drop));
            asked.inspect_err(|error| self.0.note(error)).ok();
        }
        if lock(&self.0.failed).is_none() {
            return Ok(false);
        }
        self.alone("opening the database again", || self.open_again())?;
        Ok(true)
    }

    fn open_again(&self) -> Result<(), StoreError> {
        let disk = self.disk()?;
        if disk.is_full() {
            let (free_mib, floor_mib) = (disk.free >> 20, disk.floor >> 20);
            return Err(StoreError::NoRoom { doing: "opening the database again", free_mib, floor_mib });
        }
        let mut writer = lock(&self.0.writer);
        let mut readers = self.0.readers.write().unwrap_or_else(PoisonError::into_inner);
        let open = readers.as_ref().map(engine::Readers::open_sessions);
        *writer = None;
        *readers = None;
        // Two open databases of one file would each write over what the other has written.
        let until = Instant::now() + TO_LET_GO;
        while open.as_ref().is_some_and(|sessions| sessions.strong_count() > 0) {
            if Instant::now() > until {
                return Err(StoreError::NotQuiet { doing: "opening the database again" });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let Opened { readers: new_readers, writer: new_writer, memory, .. } =
            open::open(&self.0.settings, &self.0.clock)?;
        let latest = BatchId(u32::try_from(memory.accepted.len()).unwrap_or(u32::MAX));
        *writer = Some(new_writer);
        *readers = Some(new_readers);
        *self.0.memory.write().unwrap_or_else(PoisonError::into_inner) = memory;
        *lock(&self.0.failed) = None;
        self.0.opened_again.fetch_add(1, Ordering::Relaxed);
        drop((writer, readers));
        tracing::warn!("the database is open again");
        self.0.changes.send_replace(latest);
        Ok(())
    }
}
