//! A backup put in the place of a data folder's archive; the database is made of it anew, and verified.
//!
//! Everything is taken in beside the archive and compared first, with the backup's list and with the manifests
//! themselves: damage never comes into the place of an archive that is whole.

use std::fs;
use std::path::Path;

use super::archive;
use super::backup::{Backup, LIST, copy, sync_folders};
use super::disk::Disk;
use super::engine::Session;
use super::error::StoreError;
use super::handle::Store;
use super::seal::{self, InJournal};
use super::settings::{Paths, StoreSettings};
use super::types::Progress;
use super::{exchange, folder, journal, open, remake, runs};
use crate::epi::clock::Clock;

impl Store {
    /// Puts a backup in the place of everything that this store has. Queries wait meanwhile.
    pub fn restore(&self, from: &Path, progress: &dyn Fn(Progress)) -> Result<Backup, StoreError> {
        self.alone("a restore", || {
            let settings = &self.0.settings;
            let backup = take_in(settings, from, progress)?;
            self.swap_files(put_in_place)?;
            // What was running when the backup was taken runs no more.
            let now = self.0.clock.now();
            self.0.with_writer(|writer| runs::interrupt_open(writer, now))?;
            Ok(backup)
        })
    }
}

/// Restores a backup into a data folder that no process holds; what was there goes. The database is made again
/// and verified.
pub fn restore(
    settings: &StoreSettings,
    clock: &Clock,
    from: &Path,
    progress: &dyn Fn(Progress),
) -> Result<Backup, StoreError> {
    let lock = folder::lock_folder(settings)?;
    let paths = settings.paths();
    open::make_folders(&paths)?;
    let backup = take_in(settings, from, progress)?;
    put_in_place(&paths)?;
    remake::remake(settings, progress)?;
    // As any start: what an earlier program let in does not come back with its backup.
    drop((open::open(settings, clock)?, lock));
    Ok(backup)
}

/// Copies a backup beside the archive, checking each file.
fn take_in(settings: &StoreSettings, from: &Path, progress: &dyn Fn(Progress)) -> Result<Backup, StoreError> {
    let taken = copy_in(settings, from, progress);
    if taken.is_err() {
        // The next restore begins by removing it too.
        let _ = fs::remove_dir_all(settings.paths().restoring().root);
    }
    taken
}

fn copy_in(settings: &StoreSettings, from: &Path, progress: &dyn Fn(Progress)) -> Result<Backup, StoreError> {
    let paths = settings.paths();
    let list = from.join(LIST);
    let backup: Backup = archive::read_json(&list)?;
    let incoming = paths.restoring().root;
    if incoming.exists() {
        fs::remove_dir_all(&incoming).map_err(StoreError::file("unable to remove", &incoming))?;
    }
    Disk::of(&paths.root, settings.free_disk_floor)?.spare("a restore", backup.bytes)?;
    let of = backup.files.len() as u64;
    for (done, file) in (0..).zip(&backup.files) {
        progress(Progress { doing: "restoring".into(), done, of });
        let target = incoming.join(&file.name);
        copy(&from.join(&file.name), &target, u64::MAX)?;
        if archive::digest(&target)? != (file.bytes, file.sha256.clone()) {
            return Err(StoreError::Damaged {
                path: from.join(&file.name),
                why: "not what the backup's list says".into(),
            });
        }
    }
    // What takes the archive's place is on disk first, with all its folders.
    sync_folders(&incoming, &backup)?;
    believe(&incoming, from)?;
    sealed(settings, &paths.restoring())?;
    Ok(backup)
}

/// A list of hashes may have been made of files that were damaged already: the manifests have the last word, while
/// what is to be replaced is still there.
fn believe(incoming: &Path, from: &Path) -> Result<(), StoreError> {
    for folder in archive::folders(&Paths::new(incoming))? {
        for (path, said) in folder.paths() {
            let relative = path.strip_prefix(incoming).unwrap_or(&path);
            archive::compare(&path, said).map_err(|error| match error {
                StoreError::Damaged { why, .. } => StoreError::Damaged { path: from.join(relative), why },
                StoreError::File { doing, source, .. } => {
                    StoreError::File { doing, path: from.join(relative), source }
                }
                other => other,
            })?;
        }
    }
    Ok(())
}

/// What was taken in has the rows that were sealed, and the seal of its own journals.
fn sealed(settings: &StoreSettings, incoming: &Paths) -> Result<(), StoreError> {
    let folders = archive::folders(incoming)?;
    seal::believe(&Session::scratch(settings, &[&incoming.archive()])?, &folders)?;
    for (name, _) in journal::JOURNALS {
        journal::look(&incoming.journal(), name, u64::MAX)?;
    }
    seal::agree(incoming, &folders, &InJournal::read(incoming)?)
}

/// Replaces archive and database by what was taken in; a database is made from it at the next open.
fn put_in_place(paths: &Paths) -> Result<(), StoreError> {
    let archive = paths.archive();
    for old in [paths.database(), super::settings::wal(&paths.database())] {
        if old.exists() {
            fs::remove_file(&old).map_err(StoreError::file("unable to remove", &old))?;
        }
    }
    let taken = paths.restoring().archive();
    fs::create_dir_all(&taken).map_err(StoreError::file("unable to make", &taken))?;
    exchange::exchange(&taken, &archive)?;
    exchange::remove(&paths.restoring().root)
}
