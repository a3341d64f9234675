//! Work that needs the store to itself, and the swap of the database under a running program.

use std::sync::PoisonError;

use super::disk::{Disk, length};
use super::error::StoreError;
use super::handle::Store;
use super::lock::lock;
use super::open::Opened;
use super::settings::{Paths, wal};
use super::types::BatchId;
use super::{archive, engine, journal, open};

/// Gives the store back to the deliveries, whatever happened.
struct Back<'a>(&'a Store);

impl Drop for Back<'_> {
    fn drop(&mut self) {
        lock(&self.0.0.busy).alone = false;
    }
}

impl Store {
    /// Does some work while no delivery is under way; an error when one is.
    pub(super) fn alone<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        {
            let mut busy = lock(&self.0.busy);
            if busy.closing {
                return Err(StoreError::Closed);
            }
            if busy.alone || !busy.sources.is_empty() {
                return Err(StoreError::NotQuiet { doing });
            }
            busy.alone = true;
        }
        let _back = Back(self);
        work()
    }

    /// Closes the database, lets its files be replaced, and opens it again. Queries wait; they don't fail.
    pub(super) fn swap_files(
        &self,
        replace: impl FnOnce(&Paths) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut writer = lock(&self.0.writer);
        let mut readers = self.0.readers.write().unwrap_or_else(PoisonError::into_inner);
        // The log of changes is folded in, so that nothing of the old file can be replayed onto the new one.
        if let Some(writer) = writer.as_ref() {
            engine::system(&writer.conn, "schema.checkpoint", &[], &[])?;
        }
        *writer = None;
        *readers = None;
        let replaced = replace(&self.0.settings.paths());
        let opened = open::open(&self.0.settings, &self.0.clock);
        if opened.is_err() {
            // It is tried again, until it can be opened.
            lock(&self.0.failed).get_or_insert_with(|| self.0.clock.now());
        }
        let Opened { readers: new_readers, writer: new_writer, fault, memory, .. } = opened?;
        *lock(&self.0.fault) = fault;
        let latest = BatchId(u32::try_from(memory.accepted.len()).unwrap_or(u32::MAX));
        *writer = new_writer;
        *readers = Some(new_readers);
        *self.0.memory.write().unwrap_or_else(PoisonError::into_inner) = memory;
        drop((writer, readers));
        self.0.changes.send_replace(latest);
        replaced
    }

    /// What is damaged beside a whole database: questions are answered, and nothing more is taken. None when all is well.
    pub fn fault(&self) -> Option<String> {
        lock(&self.0.fault).clone()
    }

    /// Compares the archive's files with their manifests, and reads the journals through, for as long as it may go on; what
    /// is damaged is the store's fault from then on. Deliveries and questions go on meanwhile.
    pub fn look_over(&self, go_on: &dyn Fn() -> bool) -> Result<(), StoreError> {
        if self.fault().is_some() {
            return Ok(());
        }
        // Compaction would take folders away.
        let _tidy = lock(&self.0.tidy);
        let paths = self.0.settings.paths();
        // A delivery may be adding to them.
        let (folders, ends) = self.0.with_writer(|writer| Ok((archive::folders(&paths), writer.ends())))?;
        let looked = folders.and_then(|folders| {
            let mut folders = folders.iter().take_while(|_| go_on());
            folders.try_for_each(|folder| archive::believe(std::slice::from_ref(folder)))?;
            let mut ends = ends.iter().take_while(|_| go_on());
            ends.try_for_each(|(name, end)| journal::look(&paths.journal(), name, *end))
        });
        if let Err(error) = looked {
            self.degrade(engine::chain(&error));
        }
        Ok(())
    }

    pub(super) fn degrade(&self, why: String) {
        tracing::error!(
            why,
            "the archive is damaged: nothing more is taken until hinomi repair has mended it"
        );
        *lock(&self.0.fault) = Some(why);
    }

    /// Folds the log of changes into the database file.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        self.room_to_fold()?;
        self.0.with_writer(|writer| engine::system(&writer.conn, "schema.checkpoint", &[], &[]).map(|_| ()))
    }

    /// Is there room to fold the log of changes in?
    pub(super) fn room_to_fold(&self) -> Result<(), StoreError> {
        let log = length(&wal(&self.0.settings.paths().database()));
        self.has_room("folding the log of changes", log)
    }

    /// The disk of the data folder: below its floor, deliveries are held.
    pub fn disk(&self) -> Result<Disk, StoreError> {
        Disk::of(&self.0.settings.data_dir, self.0.settings.free_disk_floor)
    }
}
