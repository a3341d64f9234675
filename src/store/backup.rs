//! Backup and restore.
//!
//! A backup holds the archive and the journals as of one batch, with the hash of each file; the database is not in
//! it, because it can be made again from them, and a restore does so, and verifies. Nor is the pseudonym key in it:
//! keep that apart. A backup is taken while everything goes on: archived files never change, and a journal is
//! copied up to where it ended when the backup began.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::archive::{self, FileEntry};
use super::error::StoreError;
use super::reader::lock;
use super::settings::{Paths, StoreSettings};
use super::types::BatchId;
use super::verify::Progress;
use super::{Store, open, runs};

const LIST: &str = "backup.json";

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    pub taken_at: Timestamp,
    pub batch: BatchId,
    pub bytes: u64,
    /// Paths within the backup.
    files: Vec<FileEntry>,
}

impl Store {
    /// Writes a backup into a folder that does not exist yet.
    pub fn backup(&self, into: &Path, progress: &dyn Fn(Progress)) -> Result<Backup, StoreError> {
        if into.exists() {
            return Err(StoreError::Exists { path: into.to_owned() });
        }
        // Compaction would remove files that are being copied.
        let _tidy = lock(&self.0.tidy);
        let paths = self.0.settings.paths();
        let taken_at = self.0.clock.now();
        let (batch, parts) = self.0.with_writer(|writer| {
            let journals = [
                ("deliveries", writer.deliveries.len()),
                ("runs", writer.runs.len()),
                ("frames", writer.frames.len()),
                ("definitions", writer.definitions.len()),
                ("notes", writer.notes.len()),
            ];
            Ok((self.0.latest(), parts(&paths, &journals)?))
        })?;
        let partial = partial(into);
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(StoreError::file("unable to remove", &partial))?;
        }
        let mut backup = Backup { taken_at, batch, bytes: 0, files: Vec::new() };
        let of = parts.len() as u64;
        for (done, (relative, length)) in (0..).zip(&parts) {
            progress(Progress { doing: "backing up".into(), done, of });
            let target = partial.join(relative);
            copy(&paths.root.join(relative), &target, *length)?;
            let (bytes, sha256) = archive::digest(&target)?;
            backup.bytes += bytes;
            backup.files.push(FileEntry { name: relative.to_string_lossy().into_owned(), bytes, sha256 });
        }
        finish(&partial, into, &backup)?;
        progress(Progress { doing: "backed up".into(), done: of, of });
        Ok(backup)
    }

    /// Puts a backup in the place of everything that this store has. Queries wait meanwhile.
    pub fn restore(&self, from: &Path, progress: &dyn Fn(Progress)) -> Result<Backup, StoreError> {
        self.alone("a restore", || {
            let settings = &self.0.settings;
            let backup = take_in(&settings.paths(), from, progress)?;
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
    from: &Path,
    progress: &dyn Fn(Progress),
) -> Result<Backup, StoreError> {
    let _lock = open::hold(settings)?;
    let paths = settings.paths();
    for folder in paths.folders() {
        fs::create_dir_all(&folder).map_err(StoreError::file("unable to make", &folder))?;
    }
    let backup = take_in(&paths, from, progress)?;
    put_in_place(&paths)?;
    open::remake(settings, progress)?;
    Ok(backup)
}

/// Copies a backup beside the archive, checking each file.
fn take_in(paths: &Paths, from: &Path, progress: &dyn Fn(Progress)) -> Result<Backup, StoreError> {
    let list = from.join(LIST);
    let text = fs::read(&list).map_err(StoreError::file("unable to read", &list))?;
    let backup: Backup = serde_json::from_slice(&text)
        .map_err(|e| StoreError::Damaged { path: list.clone(), why: format!("it can't be read: {e}") })?;
    let incoming = incoming(paths);
    if incoming.exists() {
        fs::remove_dir_all(&incoming).map_err(StoreError::file("unable to remove", &incoming))?;
    }
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
    Ok(backup)
}

/// Replaces archive and database by what was taken in; a database is made from it at the next open.
fn put_in_place(paths: &Paths) -> Result<(), StoreError> {
    let archive = paths.archive();
    let aside = paths.root.join("archive.replaced");
    if aside.exists() {
        fs::remove_dir_all(&aside).map_err(StoreError::file("unable to remove", &aside))?;
    }
    for old in [paths.database(), super::settings::wal(&paths.database())] {
        if old.exists() {
            fs::remove_file(&old).map_err(StoreError::file("unable to remove", &old))?;
        }
    }
    fs::rename(&archive, &aside).map_err(StoreError::file("unable to move aside", &archive))?;
    let taken = incoming(paths).join("archive");
    fs::create_dir_all(&taken).map_err(StoreError::file("unable to make", &taken))?;
    fs::rename(&taken, &archive).map_err(StoreError::file("unable to name", &archive))?;
    archive::sync(&paths.root)?;
    for gone in [aside, incoming(paths)] {
        fs::remove_dir_all(&gone).map_err(StoreError::file("unable to remove", &gone))?;
    }
    Ok(())
}

fn incoming(paths: &Paths) -> PathBuf {
    paths.root.join("restoring")
}

fn partial(into: &Path) -> PathBuf {
    let mut name = into.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Every file of archive and journals, relative to the data folder, with the bytes of it that count.
fn parts(paths: &Paths, journals: &[(&str, u64)]) -> Result<Vec<(PathBuf, u64)>, StoreError> {
    let mut parts = Vec::new();
    for folder in archive::folders(paths)? {
        let relative = folder.path.strip_prefix(&paths.root).unwrap_or(&folder.path).to_owned();
        parts.push((relative.join(archive::MANIFEST), u64::MAX));
        parts.extend(folder.files.iter().map(|f| (relative.join(&f.name), u64::MAX)));
    }
    let folder = paths.journal();
    let relative = folder.strip_prefix(&paths.root).unwrap_or(&folder);
    parts.extend(journals.iter().map(|(name, end)| (relative.join(format!("{name}.jsonl")), *end)));
    Ok(parts)
}

/// Copies the first bytes of a file; they are on disk when this returns.
fn copy(from: &Path, to: &Path, length: u64) -> Result<(), StoreError> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(StoreError::file("unable to make", parent))?;
    }
    let source = File::open(from).map_err(StoreError::file("unable to open", from))?;
    let mut target = File::create(to).map_err(StoreError::file("unable to make", to))?;
    let copied = io::copy(&mut source.take(length), &mut target).and_then(|_| target.sync_all());
    copied.map_err(StoreError::file("unable to copy", from))
}

fn finish(partial: &Path, into: &Path, backup: &Backup) -> Result<(), StoreError> {
    let list = partial.join(LIST);
    let text = serde_json::to_vec_pretty(backup)
        .map_err(|e| StoreError::Inconsistent(format!("a backup's list can't be written: {e}")))?;
    fs::create_dir_all(partial).map_err(StoreError::file("unable to make", partial))?;
    let written = File::create(&list).and_then(|mut f| f.write_all(&text).and_then(|()| f.sync_all()));
    written.map_err(StoreError::file("unable to write", &list))?;
    fs::rename(partial, into).map_err(StoreError::file("unable to name", into))
}
