//! The archive: per batch a folder with what it opened and closed, as Parquet, and a manifest with the hash of
//! each file. A folder appears whole (temporary name, fsync, rename, fsync of the parent) before its batch commits.
//! Whoever takes a file of it for the truth compares it with its manifest first ([`believe`]).

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::settings::Paths;
use super::types::{BatchId, BatchKind};

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const IDENTITIES: &str = "identities.parquet";

/// What a batch was, beside its files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub batch: BatchId,
    pub accepted_at: Timestamp,
    pub kind: BatchKind,
    pub source: String,
    pub table: String,
    pub mapping: String,
    /// The table's version (NNNN) and the hash of all tables' texts.
    pub schema_version: u32,
    pub schema: String,
    pub delivery: u64,
    pub opened: u64,
    pub closed: u64,
    pub identities: u64,
    /// Of this folder; empty in a pack, which lists its own.
    pub files: Vec<FileEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

/// Many batches in one folder, compacted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pack {
    pub batches: Vec<Manifest>,
    pub files: Vec<FileEntry>,
}

/// One folder of the archive: a batch, or a pack of batches.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    pub path: PathBuf,
    pub batches: Vec<Manifest>,
    pub files: Vec<FileEntry>,
}

impl Folder {
    /// Its files, by their paths.
    pub(super) fn paths(&self) -> impl Iterator<Item = (PathBuf, &FileEntry)> {
        self.files.iter().map(|file| (self.path.join(&file.name), file))
    }
}

pub(super) fn opened_name(table: &str) -> String {
    format!("{table}.opened.parquet")
}

pub(super) fn closed_name(table: &str) -> String {
    format!("{table}.closed.parquet")
}

/// A folder being written; removed again unless it is finished.
pub(super) struct Unfinished {
    temporary: PathBuf,
    last: PathBuf,
    done: bool,
}

impl Unfinished {
    pub(super) fn start(parent: &Path, name: &str) -> Result<Self, StoreError> {
        let temporary = parent.join(format!("{name}.tmp"));
        if temporary.exists() {
            fs::remove_dir_all(&temporary).map_err(StoreError::file("unable to remove", &temporary))?;
        }
        fs::create_dir(&temporary).map_err(StoreError::file("unable to make", &temporary))?;
        Ok(Self { temporary, last: parent.join(name), done: false })
    }

    /// Where a file of the folder is to be written.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.temporary.join(name)
    }

    /// The files written so far, on disk, with their hashes; by name.
    pub(super) fn seal(&self) -> Result<Vec<FileEntry>, StoreError> {
        let mut files = Vec::new();
        for path in listed(&self.temporary)? {
            let (bytes, sha256) = digest(&path)?;
            sync(&path)?;
            files.push(FileEntry { name: file_name(&path), bytes, sha256 });
        }
        Ok(files)
    }

    /// Writes the manifest and gives the folder its name: it is on disk, whole, when this returns.
    pub(super) fn finish(mut self, manifest: &impl Serialize) -> Result<PathBuf, StoreError> {
        write_json(&self.file(MANIFEST), manifest)?;
        sync(&self.temporary)?;
        fs::rename(&self.temporary, &self.last).map_err(StoreError::file("unable to name", &self.last))?;
        self.done = true;
        if let Some(parent) = self.last.parent() {
            sync(parent)?;
        }
        Ok(self.last.clone())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.done {
            // What can't be removed now is dropped at the next start.
            let _ = fs::remove_dir_all(&self.temporary);
        }
    }
}

pub(super) fn batch_name(batch: BatchId) -> String {
    format!("{:08}", batch.0)
}

/// Takes a batch's folder away again: its transaction did not commit.
pub(super) fn take_back(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::warn!(folder = %folder.display(), %error, "unable to remove a batch that was not committed");
    }
}

/// Every folder of the archive in the order of batches, without gaps or overlaps.
pub(super) fn folders(paths: &Paths) -> Result<Vec<Folder>, StoreError> {
    let mut found = Vec::new();
    for path in listed(&paths.packs())? {
        let pack: Pack = read_json(&path.join(MANIFEST))?;
        found.push(Folder { path, batches: pack.batches, files: pack.files });
    }
    let packed: BTreeSet<BatchId> = found.iter().flat_map(|f| &f.batches).map(|b| b.batch).collect();
    for path in listed(&paths.batches())? {
        let manifest: Manifest = read_json(&path.join(MANIFEST))?;
        // Otherwise a pack was finished and its parts not yet removed.
        if !packed.contains(&manifest.batch) {
            let files = manifest.files.clone();
            found.push(Folder { path, batches: vec![manifest], files });
        }
    }
    found.sort_by_key(|f| f.batches.first().map(|b| b.batch));
    let numbers = found.iter().flat_map(|f| f.batches.iter().map(move |b| (f, b.batch.0)));
    for (expected, (folder, number)) in (1..).zip(numbers) {
        if number != expected {
            let why = format!("batch {expected} is missing: the next one here is {number}");
            return Err(StoreError::Damaged { path: folder.path.clone(), why });
        }
    }
    Ok(found)
}

/// Drops what a process that ended left behind: unfinished folders, parts of a pack, and the one batch that may be
/// there without its commit. More batches than that mean that the database is not this archive's: an error.
pub(super) fn drop_orphans(paths: &Paths, latest: u32) -> Result<(), StoreError> {
    for parent in [paths.batches(), paths.packs()] {
        for path in entries(&parent)? {
            if path.extension().is_some_and(|e| e == "tmp") {
                tracing::warn!(folder = %path.display(), "dropped an unfinished archive folder");
                fs::remove_dir_all(&path).map_err(StoreError::file("unable to remove", &path))?;
            }
        }
    }
    let found = folders(paths)?;
    let last = found.iter().flat_map(|f| &f.batches).map(|b| b.batch.0).max().unwrap_or(0);
    if last < latest {
        let why = format!("the database has batch {latest}, the archive ends with {last}");
        return Err(StoreError::Damaged { path: paths.archive(), why });
    }
    if last > latest + 1 {
        let why = format!("the archive has batch {last}, the database ends with {latest}: rebuild it");
        return Err(StoreError::Damaged { path: paths.archive(), why });
    }
    let kept: Vec<_> = found.iter().map(|f| f.path.clone()).collect();
    for path in listed(&paths.batches())? {
        let number: u32 = file_name(&path).parse().unwrap_or(0);
        if number > latest || !kept.contains(&path) {
            tracing::warn!(folder = %path.display(), "dropped an archive folder that no commit followed");
            fs::remove_dir_all(&path).map_err(StoreError::file("unable to remove", &path))?;
        }
    }
    Ok(())
}

/// Finished entries of a folder, sorted.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut found = entries(folder)?;
    found.retain(|p| p.extension().is_none_or(|e| e != "tmp"));
    found.sort();
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let read = fs::read_dir(folder).and_then(|d| d.map(|e| e.map(|e| e.path())).collect::<io::Result<_>>());
    match read {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read.map_err(StoreError::file("unable to list", folder)),
    }
}

pub(super) fn read_json<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, StoreError> {
    let text = fs::read(path).map_err(StoreError::file("unable to read", path))?;
    serde_json::from_slice(&text)
        .map_err(|e| StoreError::Damaged { path: path.to_owned(), why: format!("it can't be read: {e}") })
}

/// Writes a manifest or a list; it is on disk when this returns.
pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    let text = serde_json::to_vec_pretty(value)
        .map_err(|e| StoreError::Inconsistent(format!("{} can't be written: {e}", path.display())))?;
    let written = File::create(path).and_then(|mut f| f.write_all(&text).and_then(|()| f.sync_all()));
    written.map_err(StoreError::file("unable to write", path))
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Length and SHA-256 of a file.
pub(super) fn digest(path: &Path) -> Result<(u64, String), StoreError> {
    let mut file = File::open(path).map_err(StoreError::file("unable to open", path))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(StoreError::file("unable to read", path))?;
        if read == 0 {
            return Ok((bytes, hex::encode(hash.finalize())));
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// Refuses a file that is not the one its manifest (or a backup's list) speaks of; says what differs.
pub(super) fn compare(path: &Path, said: &FileEntry) -> Result<(), StoreError> {
    let damaged = |why| StoreError::Damaged { path: path.to_owned(), why };
    let length = fs::metadata(path).map_err(StoreError::file("unable to read", path))?.len();
    if length != said.bytes {
        return Err(damaged(format!("it has {length} bytes, where its manifest says {}", said.bytes)));
    }
    let (_, sha256) = digest(path)?;
    if sha256 != said.sha256 {
        return Err(damaged(format!("its SHA-256 is {sha256}, where its manifest says {}", said.sha256)));
    }
    Ok(())
}

/// Compares every file of some folders with their manifests. The first that differs is refused by name.
pub(super) fn believe(folders: &[Folder]) -> Result<(), StoreError> {
    folders.iter().flat_map(Folder::paths).try_for_each(|(path, said)| compare(&path, said))
}

/// Puts a file or a folder's entries on disk.
pub(super) fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|f| f.sync_all()).map_err(StoreError::file("unable to sync", path))
}

/// The newest batch in the archive; 0 when it is empty.
pub(super) fn latest(paths: &Paths) -> Result<u32, StoreError> {
    Ok(folders(paths)?.iter().flat_map(|f| &f.batches).map(|b| b.batch.0).max().unwrap_or(0))
}
