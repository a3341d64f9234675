//! What keeps the store from doing all that it should. One type for all of it, so that the strip, the pages, the checks of health
//! and the figures for those who watch say the same.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use serde::Serialize;

use super::engine;
use super::error::StoreError;
use super::handle::{Inner, Store};
use super::lock::lock;
use crate::privacy::Key;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Trouble {
    /// The engine failed and takes nothing more; it is opened again.
    Failed { since: Timestamp },
    /// The disk is full: nothing is written, and what was kept is shown.
    ReadOnly { free: u64 },
    /// The archive is damaged and the database is not: everything can be asked, and nothing is written.
    Damaged { why: String },
    /// The key that the stored pseudonyms were made with is gone, or can't be used, or another one is there: deliveries
    /// wait.
    NoKey { why: String },
    /// Less free disk than the floor: deliveries wait.
    DiskLow { free: u64, floor: u64 },
}

impl Trouble {
    /// In Japanese and in English, short enough for the strip.
    pub const fn said(&self) -> (&'static str, &'static str) {
        match self {
            Self::Failed { .. } => {
                ("データベース停止 復旧中", "The database failed and is being opened again")
            }
            Self::ReadOnly { .. } => ("ディスク満杯 書き込み停止中", "Disk full: nothing is written"),
            Self::Damaged { .. } => (
                "保管記録の破損 受入れを保留中（hinomi repair）",
                "The archive is damaged: deliveries are held (hinomi repair)",
            ),
            Self::NoKey { .. } => (
                "仮名化の鍵を使えません 受入れを保留中",
                "The pseudonym key can't be used: deliveries are held",
            ),
            Self::DiskLow { .. } => ("ディスク不足 受入れを保留中", "Disk low: deliveries are held"),
        }
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Self::Failed { .. } => "failed",
            Self::ReadOnly { .. } => "read_only",
            Self::Damaged { .. } => "damaged",
            Self::NoKey { .. } => "no_key",
            Self::DiskLow { .. } => "disk_low",
        }
    }

    /// What exactly, where that is known.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Damaged { why } | Self::NoKey { why } => Some(why),
            Self::Failed { .. } | Self::ReadOnly { .. } | Self::DiskLow { .. } => None,
        }
    }

    /// All that there are, by name.
    pub const NAMES: [&'static str; 5] = ["failed", "read_only", "damaged", "no_key", "disk_low"];

    /// Nothing can be answered.
    pub const fn stops_answers(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

/// The engine's words for an error after which it takes nothing more.
const FATAL: [&str; 2] = ["FATAL Error", "database has been invalidated"];

impl StoreError {
    /// Is it a state of the store, which passes: once there is room, the database is open again, the archive is mended?
    pub fn passes(&self) -> bool {
        matches!(self, Self::DiskLow { .. } | Self::NoRoom { .. } | Self::Degraded { .. }) || self.is_fatal()
    }

    /// Does the engine take nothing more after this?
    pub(super) fn is_fatal(&self) -> bool {
        let fatal = |text: &str| FATAL.iter().any(|words| text.contains(words));
        match self {
            Self::Database { source, .. } => fatal(&source.to_string()),
            Self::Query { why, .. } => fatal(why),
            Self::Failed => true,
            _ => false,
        }
    }
}

impl Inner {
    /// Takes note of an error after which the engine takes nothing more.
    pub(super) fn note(&self, error: &StoreError) {
        if !error.is_fatal() {
            return;
        }
        let mut failed = lock(&self.failed);
        if failed.is_none() {
            *failed = Some(self.clock.now());
            tracing::error!(error = engine::chain(error), "the database failed: it is opened again");
        }
    }

    /// The readers or the writer are not there.
    pub(super) fn absent(&self) -> StoreError {
        if lock(&self.busy).closing {
            return StoreError::Closed;
        }
        if lock(&self.failed).is_some() {
            return StoreError::Failed;
        }
        self.degraded().unwrap_or(StoreError::Closed)
    }
}

impl Store {
    /// What is not as it should be, the gravest first.
    pub fn troubles(&self) -> Vec<Trouble> {
        let failed = lock(&self.0.failed).map(|since| Trouble::Failed { since });
        let disk = match self.disk() {
            Ok(disk) if disk.is_full() => Some(Trouble::ReadOnly { free: disk.free }),
            Ok(disk) if disk.is_low() => Some(Trouble::DiskLow { free: disk.free, floor: disk.floor }),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, "unable to look at the disk");
                None
            }
        };
        let (full, low) = match disk {
            Some(low @ Trouble::DiskLow { .. }) => (None, Some(low)),
            full => (full, None),
        };
        let damaged = self.fault().map(|why| Trouble::Damaged { why });
        let key = self.key_fault().map(|why| Trouble::NoKey { why });
        [failed, full, damaged, key, low].into_iter().flatten().collect()
    }

    /// Why its key can't be used. A folder that never had a key needs none.
    pub fn key_fault(&self) -> Option<String> {
        let known = self.0.memory.read().unwrap_or_else(PoisonError::into_inner).key.clone()?;
        let file = self.0.settings.key_file.as_ref()?;
        Key::load_or_make(file, Some(&known)).err().map(|error| engine::chain(&error))
    }

    /// Refuses work that needs so many bytes in the data folder when less than the floor would be left free.
    pub(super) fn has_room(&self, doing: &'static str, bytes: u64) -> Result<(), StoreError> {
        self.disk()?.spare(doing, bytes)
    }

    /// Opened again after failures, since the start.
    pub fn times_opened_again(&self) -> u64 {
        self.0.opened_again.load(Ordering::Relaxed)
    }
}
