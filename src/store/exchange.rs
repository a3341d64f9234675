//! One folder takes another's place: at every moment, and after a crash at any of them, one of the two is there whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::archive;
use super::error::StoreError;

/// Puts a finished folder in the place of another, which goes.
pub(super) fn exchange(fresh: &Path, old: &Path) -> Result<(), StoreError> {
    if renameat_with(CWD, fresh, CWD, old, RenameFlags::EXCHANGE).is_ok() {
        sync_parent(old)?;
        remove(fresh)
    } else {
        // Not every file system can. Then there is a moment without either; [`settle`] puts the old one back.
        let aside = aside(old);
        remove(&aside)?;
        rename(old, &aside)?;
        rename(fresh, old)?;
        sync_parent(old)?;
        remove(&aside)
    }
}

/// Ends an exchange that a process did not live to end: the folder that was moved aside comes back, unless another
/// has taken its place already.
pub(super) fn settle(folder: &Path) -> Result<(), StoreError> {
    let aside = aside(folder);
    if !aside.exists() {
        return Ok(());
    }
    if folder.exists() {
        return remove(&aside);
    }
    tracing::warn!(folder = %folder.display(), "put back a folder that was to be replaced");
    rename(&aside, folder)?;
    sync_parent(folder)
}

/// Where the old folder waits until the new one has its name.
pub(super) fn aside(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".replaced");
    name.into()
}

pub(super) fn remove(folder: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(StoreError::file("unable to remove", folder)(e)),
        _ => Ok(()),
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(StoreError::file("unable to name", to))
}

fn sync_parent(folder: &Path) -> Result<(), StoreError> {
    folder.parent().map_or(Ok(()), archive::sync)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(folder: &Path, says: &str) {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("says"), says).unwrap();
    }

    fn says(folder: &Path) -> String {
        fs::read_to_string(folder.join("says")).unwrap()
    }

    #[test]
    fn the_new_one_stands_in_the_old_one_s_place() {
        let room = tempfile::tempdir().unwrap();
        let (old, fresh) = (room.path().join("archive"), room.path().join("fresh"));
        made(&old, "old");
        made(&fresh, "new");
        exchange(&fresh, &old).unwrap();
        assert_eq!(says(&old), "new");
        assert_eq!(fs::read_dir(room.path()).unwrap().count(), 1);
    }

    #[test]
    fn after_a_crash_in_between_one_of_them_is_there() {
        let room = tempfile::tempdir().unwrap();
        let old = room.path().join("archive");
        settle(&old).unwrap();
        made(&aside(&old), "old");
        settle(&old).unwrap();
        assert_eq!(says(&old), "old");
        made(&aside(&old), "older");
        settle(&old).unwrap();
        assert_eq!(says(&old), "old");
        assert!(!aside(&old).exists());
    }
}
