//! Backups that this data folder knows of: those it took, and those of its own that lie beside them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::archive::{self, FileEntry};
use super::backup::{Backup, LIST};
use super::engine;
use super::error::StoreError;
use super::exchange::{exchange, settle};
use super::handle::Store;
use super::settings::Paths;
use super::top_code::{self, Mended};
use super::types::BatchId;

/// The kind of note that says where a backup was written.
const NOTE: &str = "backup";
/// Notes of a kind that are looked at.
const MANY: usize = 100_000;

#[derive(Serialize, Deserialize)]
struct Taken {
    to: PathBuf,
    batch: BatchId,
}

impl Store {
    /// Remembers where a backup was written.
    pub(super) fn remember_backup(&self, to: &Path, batch: BatchId) -> Result<(), StoreError> {
        let to = std::path::absolute(to).map_err(StoreError::file("unable to name", to))?;
        let body = serde_json::to_string(&Taken { to, batch })
            .map_err(|e| StoreError::Inconsistent(format!("a note can't be written: {e}")))?;
        self.keep_note(NOTE, &body)
    }

    /// Once ages were top-coded here, each backup that can be reached is looked at, mended, and noted. One that can't
    /// be reached, or is damaged, is left for a later start.
    pub(super) fn mend_backups(&self) -> Result<(), StoreError> {
        let notes = self.notes(top_code::NOTE, MANY)?;
        if notes.is_empty() {
            return Ok(());
        }
        let noted = notes.iter().filter_map(|note| serde_json::from_str::<Mended>(&note.body).ok());
        let done: BTreeSet<PathBuf> = noted.filter_map(|mended| mended.backup).collect();
        for folder in self.backups()?.difference(&done) {
            match mend(self, folder, self.0.clock.now()) {
                Ok(Some(mended)) => {
                    let body = serde_json::to_string(&mended)
                        .map_err(|e| StoreError::Inconsistent(format!("a note can't be written: {e}")))?;
                    self.keep_note(top_code::NOTE, &body)?;
                    tracing::warn!(backup = %folder.display(), files = mended.files.len(), "looked at a backup for ages above the top code");
                }
                Ok(None) => {}
                Err(error) => {
                    let error = engine::chain(&error);
                    tracing::error!(backup = %folder.display(), error, "a backup can't be mended; it may hold ages above the top code");
                }
            }
        }
        Ok(())
    }

    /// Folders that hold a backup, where one was written and beside it.
    fn backups(&self) -> Result<BTreeSet<PathBuf>, StoreError> {
        let taken: Vec<Taken> =
            self.notes(NOTE, MANY)?.iter().filter_map(|note| serde_json::from_str(&note.body).ok()).collect();
        let mut found = BTreeSet::new();
        for to in taken.iter().map(|taken| &taken.to) {
            settle(to)?;
            // A disk that is not there now has nothing beside it either.
            let beside = to.parent().and_then(|parent| fs::read_dir(parent).ok());
            found.extend(beside.into_iter().flatten().flatten().map(|entry| entry.path()));
        }
        found.retain(|folder| folder.join(LIST).is_file());
        Ok(found)
    }
}

/// Mends one backup. None for one that is another data folder's.
fn mend(store: &Store, folder: &Path, now: Timestamp) -> Result<Option<Mended>, StoreError> {
    let (settings, old) = (&store.0.settings, Paths { root: folder.to_owned() });
    let first = |paths: &Paths| {
        let folders = archive::folders(paths)?;
        let first = folders.first().and_then(|f| f.batches.first());
        Ok::<_, StoreError>(
            first.map(|batch| (batch.accepted_at, batch.source.clone(), batch.mapping.clone())),
        )
    };
    if first(&old)? != first(&settings.paths())? {
        return Ok(None);
    }
    let list: Backup = archive::read_json(&folder.join(LIST))?;
    list.files.iter().try_for_each(|said| archive::compare(&folder.join(&said.name), said))?;
    let fresh = Paths { root: partial(folder) };
    let backup = Some(folder.to_owned());
    let note = |mended: &Mended| (now, Mended { backup: backup.clone(), ..mended.clone() });
    let Some(mended) = top_code::beside(settings, &store.0.schema, &old, &fresh, note)? else {
        super::exchange::remove(&fresh.root)?;
        return Ok(Some(Mended { backup, ..Mended::default() }));
    };
    archive::write_json(&fresh.root.join(LIST), &relisted(&list, &fresh)?)?;
    archive::sync(&fresh.root)?;
    exchange(&fresh.root, folder)?;
    Ok(Some(Mended { backup, ..mended }))
}

fn partial(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".mending");
    name.into()
}

/// The backup's list as its files are now.
fn relisted(list: &Backup, fresh: &Paths) -> Result<Backup, StoreError> {
    let notes = fresh.journal().join("notes.jsonl");
    let notes = notes.strip_prefix(&fresh.root).unwrap_or(&notes).to_string_lossy().into_owned();
    let mut names: Vec<&str> = list.files.iter().map(|file| file.name.as_str()).collect();
    if !names.contains(&notes.as_str()) {
        names.push(&notes);
    }
    let digest = |name: &str| {
        let (bytes, sha256) = archive::digest(&fresh.root.join(name))?;
        Ok(FileEntry { name: name.to_owned(), bytes, sha256 })
    };
    let files = names.into_iter().map(digest).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Backup { bytes: files.iter().map(|file| file.bytes).sum(), files, ..list.clone() })
}
