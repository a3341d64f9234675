//! The one writer: a connection, and a journal for each ledger. Whoever holds it is alone.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::deliveries;
use super::delivery_line::DeliveryLine;
use super::disk::Disk;
use super::engine::{self, Session};
use super::error::StoreError;
use super::journal::Journal;
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
}

/// The journals by name, each with the query that counts what the database has of it.
pub(super) const JOURNALS: [(&str, &str); 5] = [
    ("deliveries", "ledger.last_delivery"),
    ("runs", "ledger.run_events"),
    ("frames", "ledger.last_frame"),
    ("definitions", "ledger.last_definition"),
    ("notes", "ledger.last_note"),
];

impl Writer {
    /// Opens the journals and cuts off what the database never committed.
    pub(super) fn open(conn: Session, settings: &StoreSettings) -> Result<Self, StoreError> {
        let paths = settings.paths();
        let open = |at: usize| -> Result<Journal, StoreError> {
            let (name, counted) = JOURNALS[at];
            Journal::open(&paths.journal(), name, engine::count(&conn, counted, &[], &[])?)
        };
        let (deliveries, runs, frames, definitions, notes) =
            (open(0)?, open(1)?, open(2)?, open(3)?, open(4)?);
        let digests = engine::system_rows(&conn, "ledger.frame_digests", &[], &[], |row| {
            Ok((row.get::<String>(0)?, row.get::<String>(1)?))
        })?;
        let frame_digests = digests.into_iter().collect();
        Ok(Self {
            conn,
            deliveries,
            runs,
            frames,
            definitions,
            notes,
            frame_digests,
            folder: paths.root,
            floor: settings.free_disk_floor,
        })
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
                journal(self).undo(mark);
                Err(error)
            }
            Fate::Unknown => Err(StoreError::Failed),
        }
    }

    /// What became of an entry whose commit failed: the engine may have kept it all the same, when it failed at what
    /// comes after.
    pub(super) fn fate(&self, journal: &str, number: u64, error: StoreError) -> Fate {
        let counted = JOURNALS.iter().find(|(name, _)| *name == journal).map_or("", |(_, counted)| counted);
        match engine::count(&self.conn, counted, &[], &[]) {
            Ok(last) if last >= number => Fate::Kept,
            Ok(_) => Fate::Lost(error),
            Err(_) => {
                let error = engine::chain(&error);
                tracing::error!(error, journal, "a commit failed, and the database says nothing more");
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
    /// Its line, and what is archived, stay: opening the database again tells, and removes them if need be.
    Unknown,
}
