//! Is a file still the one that was opened?

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What tells whether a file is still the same: length, time of change, and place on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    length: u64,
    changed: (i64, i64),
    place: (u64, u64),
}

/// None when there is no such file.
pub(super) fn look(path: &Path) -> Option<Look> {
    let meta = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some(Look {
        length: meta.len(),
        changed: (meta.mtime(), meta.mtime_nsec()),
        place: (meta.dev(), meta.ino()),
    })
}
