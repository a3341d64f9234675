//! What keeps the store from doing all that it should. One type for all of it, so that the strip, the pages, the checks of health
//! and the figures for those who watch say the same.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use serde::Serialize;

use super::error::StoreError;
use super::handle::{Inner, Store};
use super::lock::lock;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Trouble {
    /// The engine failed and takes nothing more; it is opened again.
    Failed { since: Timestamp },
    /// The disk is full: nothing is written, and what was kept is shown.
    ReadOnly { free: u64 },
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
            Self::DiskLow { .. } => ("ディスク不足 受入れを保留中", "Disk low: deliveries are held"),
        }
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Self::Failed { .. } => "failed",
            Self::ReadOnly { .. } => "read_only",
            Self::DiskLow { .. } => "disk_low",
        }
    }

    /// All that there are, by name.
    pub const NAMES: [&'static str; 3] = ["failed", "read_only", "disk_low"];

    /// Nothing can be answered.
    pub const fn stops_answers(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

/// The engine's words for an error after which it takes nothing more.
const FATAL: [&str; 2] = ["FATAL Error", "database has been invalidated"];

impl StoreError {
    /// Does it pass by itself, once there is room or the database is open again?
    pub fn passes(&self) -> bool {
        matches!(self, Self::DiskLow { .. } | Self::NoRoom { .. }) || self.is_fatal()
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
            tracing::error!(error = super::engine::chain(error), "the database failed: it is opened again");
        }
    }

    /// The readers or the writer are not there.
    pub(super) fn absent(&self) -> StoreError {
        let failed = !lock(&self.busy).closing && lock(&self.failed).is_some();
        if failed { StoreError::Failed } else { StoreError::Closed }
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
        failed.into_iter().chain(disk).collect()
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
