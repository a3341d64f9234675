//! Backups.
//!
//! A backup holds the archive and the journals as of one batch, with the hash of each file; the database is not in
//! it, because it can be made again from them, and a restore does so, and verifies. Nor is the pseudonym key in it:
//! keep that apart. A backup is taken while everything goes on: archived files never change, and a journal is
//! copied up to where it ended when the backup began. No damage is carried into a backup: archived files are compared
//! with their manifests on the way.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::archive::{self, FileEntry};
use super::disk::{Disk, length};
use super::error::StoreError;
use super::handle::Store;
use super::journal;
use super::lock::lock;
use super::settings::Paths;
use super::types::{BatchId, Progress};

pub(super) const LIST: &str = "backup.json";

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    pub taken_at: Timestamp,
    pub batch: BatchId,
    pub bytes: u64,
    /// Paths within the backup.
    pub(super) files: Vec<FileEntry>,
}

impl Store {
    /// Writes a backup into a folder that does not exist yet.
    pub fn backup(&self, into: &Path, progress: &dyn Fn(Progress)) -> Result<Backup, StoreError> {
        if into.exists() {
            return Err(StoreError::Exists { path: into.to_owned() });
        }
        if self.fault().is_some() {
            // A file that is damaged is named.
            archive::believe(&archive::folders(&self.0.settings.paths())?)?;
            self.0.whole()?;
        }
        // Compaction would remove files that are being copied.
        let _tidy = lock(&self.0.tidy);
        let paths = self.0.settings.paths();
        let taken_at = self.0.clock.now();
        let (batch, parts, ends) = self.0.with_writer(|writer| {
            let ends = writer.ends();
            Ok((self.0.latest(), parts(&paths, &ends)?, ends))
        })?;
        // The backup may go to another disk: it leaves as much free there.
        let bytes = parts.iter().map(|part| part.length.min(length(&paths.root.join(&part.path)))).sum();
        Disk::of(into, self.0.settings.free_disk_floor)?.spare("a backup", bytes)?;
        ends.iter().try_for_each(|(name, end)| journal::look(&paths.journal(), name, *end))?;
        let partial = partial(into);
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(StoreError::file("unable to remove", &partial))?;
        }
        let made = fill(&paths, &partial, &parts, progress).and_then(|(files, bytes)| {
            let backup = Backup { taken_at, batch, bytes, files };
            finish(&partial, into, &backup).map(|()| backup)
        });
        if made.is_err() {
            // Nothing that looks like a backup is left; what can't be removed has a name that says what it is.
            let _ = fs::remove_dir_all(&partial);
        }
        let backup = made?;
        self.remember_backup(into, batch)?;
        Ok(backup)
    }
}

fn partial(into: &Path) -> PathBuf {
    let mut name = into.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// A file of archive or journals: its path within the data folder, the bytes of it that count, and what its manifest
/// says of it.
struct Part {
    path: PathBuf,
    length: u64,
    said: Option<FileEntry>,
}

/// Every file of archive and journals.
fn parts(paths: &Paths, journals: &[(&str, u64)]) -> Result<Vec<Part>, StoreError> {
    let mut parts = Vec::new();
    for folder in archive::folders(paths)? {
        let relative = folder.path.strip_prefix(&paths.root).unwrap_or(&folder.path).to_owned();
        parts.push(Part { path: relative.join(archive::MANIFEST), length: u64::MAX, said: None });
        parts.extend(folder.files.into_iter().map(|file| Part {
            path: relative.join(&file.name),
            length: u64::MAX,
            said: Some(file),
        }));
    }
    let folder = paths.journal();
    let relative = folder.strip_prefix(&paths.root).unwrap_or(&folder);
    parts.extend(journals.iter().map(|(name, end)| Part {
        path: relative.join(format!("{name}.jsonl")),
        length: *end,
        said: None,
    }));
    Ok(parts)
}

/// Copies the parts. Their entries in the backup's list, and all their bytes.
fn fill(
    paths: &Paths,
    partial: &Path,
    parts: &[Part],
    progress: &dyn Fn(Progress),
) -> Result<(Vec<FileEntry>, u64), StoreError> {
    let (mut files, mut all) = (Vec::with_capacity(parts.len()), 0);
    let of = parts.len() as u64;
    for (done, part) in (0..).zip(parts) {
        progress(Progress { doing: "backing up".into(), done, of });
        let (source, target) = (paths.root.join(&part.path), partial.join(&part.path));
        copy(&source, &target, part.length)?;
        let (bytes, sha256) = archive::digest(&target)?;
        if let Some(said) = part.said.as_ref().filter(|s| s.bytes != bytes || s.sha256 != sha256) {
            archive::compare(&source, said)?;
            return Err(StoreError::Damaged { path: target, why: "it is not what was copied".into() });
        }
        all += bytes;
        files.push(FileEntry { name: part.path.to_string_lossy().into_owned(), bytes, sha256 });
    }
    progress(Progress { doing: "backed up".into(), done: of, of });
    Ok((files, all))
}

/// Copies the first bytes of a file; they are on disk when this returns.
pub(super) fn copy(from: &Path, to: &Path, length: u64) -> Result<(), StoreError> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(StoreError::file("unable to make", parent))?;
    }
    let source = File::open(from).map_err(StoreError::file("unable to open", from))?;
    let mut target = File::create(to).map_err(StoreError::file("unable to make", to))?;
    let copied = io::copy(&mut source.take(length), &mut target).and_then(|_| target.sync_all());
    copied.map_err(StoreError::file("unable to copy", from))
}

/// Puts the folders of a backup's files on disk, the innermost first.
pub(super) fn sync_folders(root: &Path, backup: &Backup) -> Result<(), StoreError> {
    let mut folders: BTreeSet<&Path> = BTreeSet::new();
    backup.files.iter().for_each(|file| folders.extend(Path::new(&file.name).ancestors().skip(1)));
    folders.iter().rev().try_for_each(|folder| archive::sync(&root.join(folder)))
}

fn finish(partial: &Path, into: &Path, backup: &Backup) -> Result<(), StoreError> {
    fs::create_dir_all(partial).map_err(StoreError::file("unable to make", partial))?;
    archive::write_json(&partial.join(LIST), backup)?;
    // It is there after a crash too, with all its folders.
    sync_folders(partial, backup)?;
    fs::rename(partial, into).map_err(StoreError::file("unable to name", into))?;
    into.parent().filter(|parent| parent.is_dir()).map_or(Ok(()), archive::sync)
}
