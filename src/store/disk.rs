//! The disk that a folder is on, and what of it stays free.

use std::path::Path;

use serde::Serialize;

use super::error::StoreError;

/// Free disk, and the least that there is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Disk {
    pub free: u64,
    pub floor: u64,
}

/// What is never used, whatever the floor: at least, and at most.
const LAST: (u64, u64) = (1 << 20, 32 << 20);

impl Disk {
    /// Nothing begins that writes much: deliveries are held.
    pub fn is_low(self) -> bool {
        self.free < self.floor.max(self.last())
    }

    /// Nothing is written at all, not even a line of a ledger: what a database can't write it does not survive.
    pub fn is_full(self) -> bool {
        self.free < self.last()
    }

    fn last(self) -> u64 {
        (self.floor / 8).clamp(LAST.0, LAST.1)
    }

    /// The disk that a folder is on, or will be on once it is made.
    pub(super) fn of(folder: &Path, floor: u64) -> Result<Self, StoreError> {
        let there = folder.ancestors().find(|part| part.exists()).unwrap_or(Path::new("."));
        let stat = rustix::fs::statvfs(there).map_err(|e| StoreError::File {
            doing: "unable to measure the disk of",
            path: folder.to_owned(),
            source: e.into(),
        })?;
        Ok(Self { free: stat.f_bavail * stat.f_frsize, floor })
    }

    /// Refuses work that needs so many bytes when less than the floor would be left.
    pub(super) fn spare(self, doing: &'static str, bytes: u64) -> Result<(), StoreError> {
        match self.is_low() || self.free < self.floor.saturating_add(bytes) {
            true => Err(self.no_room(doing)),
            false => Ok(()),
        }
    }

    /// Refuses whatever writes once the disk is full.
    pub(super) fn last_line(self, doing: &'static str) -> Result<(), StoreError> {
        match self.is_full() {
            true => Err(self.no_room(doing)),
            false => Ok(()),
        }
    }

    fn no_room(self, doing: &'static str) -> StoreError {
        StoreError::NoRoom { doing, free_mib: self.free >> 20, floor_mib: self.floor.max(self.last()) >> 20 }
    }
}

/// Bytes of a file; none where there is none.
pub(super) fn length(file: &Path) -> u64 {
    file.metadata().map_or(0, |file| file.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_left_free_and_the_last_bytes_whatever_the_floor() {
        let disk = |free: u64, floor: u64| Disk { free: free << 20, floor: floor << 20 };
        let low_and_full = |disk: Disk| (disk.is_low(), disk.is_full());
        assert_eq!(low_and_full(disk(1024, 1024)), (false, false));
        assert_eq!(low_and_full(disk(1023, 1024)), (true, false));
        assert_eq!(low_and_full(disk(31, 1024)), (true, true));
        assert_eq!(low_and_full(disk(1, 0)), (false, false));
        assert_eq!(low_and_full(disk(0, 0)), (true, true));
        assert!(disk(100, 64).spare("a test", 36 << 20).is_ok());
        assert!(disk(100, 64).spare("a test", 37 << 20).is_err());
        assert!(disk(100, u64::MAX >> 20).spare("a test", u64::MAX).is_err());
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_on_the_disk_of_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let above = Disk::of(folder.path(), 0).unwrap();
        let below = Disk::of(&folder.path().join("a/b"), 0).unwrap();
        assert!(below.free.abs_diff(above.free) < 1 << 30 && above.free > 0);
        assert!(Disk::of(Path::new("not-there"), 0).is_ok());
    }
}
