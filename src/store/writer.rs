//! The one writer: a connection, and a journal for each ledger. Whoever holds it is alone.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::deliveries;
use super::delivery_line::DeliveryLine;
use super::disk::Disk;
use super::engine::{self, Session};
use super::error::StoreError;
use super::journal::{Ahead, JOURNALS, Journal};
use super::settings::StoreSettings;

pub(super) struct Writer {
    pub conn: Session,
    pub deliveries: Journal,
    pub runs: Journal,
    pub frames: Journal,
    pub definitions: Journal,
    pub notes: Journal,
    /// Of each board the digest of the last frame kept.
    pub frame_digests: BTreeMap<String, String>,
    /// The data folder, and the least free disk that it is to have.
    folder: PathBuf,
    floor: u64,
    /// The head of the chain of batches: see [`super::seal`]. None while the archive is not sealed.
    pub head: Option<String>,
    /// Of an entry nobody knows whether the database has it.
    unsettled: bool,
}

impl Writer {
    /// Opens the journals. Beside the writer come the lines that the database lacks, by journal: they are entered
    /// before anything is written.
    pub(super) fn open(conn: Session, settings: &StoreSettings) -> Result<(Self, [Ahead; 5]), StoreError> {
        let paths = settings.paths();
        let open = |at: usize| -> Result<(Journal, Ahead), StoreError> {
            let (name, counted) = JOURNALS[at];
            Journal::open(&paths.journal(), name, engine::count(&conn, counted, &[], &[])?)
        };
        let (deliveries, of_deliveries) = open(0)?;
        let (runs, of_runs) = open(1)?;
        let (frames, of_frames) = open(2)?;
        let (definitions, of_definitions) = open(3)?;
        let (notes, of_notes) = open(4)?;
        let (frame_digests, head) = (BTreeMap::new(), None);
        let (folder, floor) = (paths.root, settings.free_disk_floor);
        let writer = Self {
            conn,
            deliveries,
            runs,
            frames,
            definitions,
            notes,
            frame_digests,
            folder,
            floor,
            head,
            unsettled: false,
        };
        Ok((writer, [of_deliveries, of_runs, of_frames, of_definitions, of_notes]))
    }

    /// Learns which frames were kept last.
    pub(super) fn learn_frames(&mut self) -> Result<(), StoreError> {
        let digests = engine::system_rows(&self.conn, "ledger.frame_digests", &[], &[], |row| {
            Ok((row.get::<String>(0)?, row.get::<String>(1)?))
        })?;
        self.frame_digests = digests.into_iter().collect();
        Ok(())
    }

    /// Refuses to write behind an entry of which nobody knows whether the database has it.
    pub(super) fn settled(&mut self) -> Result<&mut Self, StoreError> {
        if self.unsettled { Err(StoreError::Failed) } else { Ok(self) }
    }

    /// Where each journal ends.
    pub(super) fn ends(&self) -> [(&'static str, u64); 5] {
        let ends =
            [&self.deliveries, &self.runs, &self.frames, &self.definitions, &self.notes].map(Journal::len);
        std::array::from_fn(|at| (JOURNALS[at].0, ends[at]))
    }

    /// Keeps a delivery that changed nothing. Its number.
    pub(super) fn add_delivery(&mut self, line: &DeliveryLine) -> Result<u64, StoreError> {
        let number = self.deliveries.next();
        self.keep(|w| &mut w.deliveries, line, |conn| deliveries::add(conn, number, line))?;
        Ok(number)
    }

    /// One ledger entry: in the database and in its journal, or in neither.
    pub(super) fn keep<T: Serialize>(
        &mut self,
        journal: impl Fn(&mut Self) -> &mut Journal,
        entry: &T,
        write: impl FnOnce(&Session) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        Disk::of(&self.folder, self.floor)?.last_line("keeping a ledger")?;
        engine::system(&self.conn, "accept.begin", &[], &[])?;
        let number = journal(self).next();
        let written = write(&self.conn).and_then(|()| journal(self).append(entry));
        let mark = match written {
            Ok(mark) => mark,
            Err(error) => {
                let _ = engine::system(&self.conn, "accept.rollback", &[], &[]);
                return Err(error);
            }
        };
        let Err(error) = engine::system(&self.conn, "accept.commit", &[], &[]) else { return Ok(()) };
        let _ = engine::system(&self.conn, "accept.rollback", &[], &[]);
        let name = journal(self).name().to_owned();
        match self.fate(&name, number, error) {
            Fate::Kept => Ok(()),
            Fate::Lost(error) => {
                if let Err(why) = journal(self).undo(mark) {
                    // The next start enters it, or cuts it off.
                    tracing::error!(%why, "unable to take back a journal entry");
                }
                Err(error)
            }
            Fate::Unknown => Err(StoreError::Failed),
        }
    }

    /// What became of an entry whose commit failed: the engine may have kept it all the same, when it failed at what
    /// comes after.
    pub(super) fn fate(&mut self, journal: &str, number: u64, error: StoreError) -> Fate {
        let counted = JOURNALS.iter().find(|(name, _)| *name == journal).map_or("", |(_, counted)| counted);
        match engine::count(&self.conn, counted, &[], &[]) {
            Ok(last) if last >= number => Fate::Kept,
            Ok(_) => Fate::Lost(error),
            Err(_) => {
                let error = engine::chain(&error);
                tracing::error!(error, journal, "a commit failed, and the database says nothing more");
                self.unsettled = true;
                Fate::Unknown
            }
        }
    }
}

/// What became of an entry whose commit failed.
pub(super) enum Fate {
    Kept,
    /// Nothing of it may stay.
    Lost(StoreError),
    /// Its line, and what is archived, stay: opening the database again enters what it lacks. Nothing is written before.
    Unknown,
}

#[cfg(test)]
mod tests;
