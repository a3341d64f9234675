//! The archive: per batch a folder with what it opened and closed, as Parquet, and a manifest with the hash of
//! each file. A folder appears whole (temporary name, fsync, rename, fsync of the parent) before its batch commits.
//! Whoever takes a file of it for the truth compares it with its manifest first ([`believe`]). A manifest ends with a
//! check of its own text, and its batches follow from the ones before ([`super::seal`]).

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::manifest::head;
pub(super) use super::manifest::{
    FileEntry, IDENTITIES, MANIFEST, Manifest, Pack, closed_name, opened_name, read_checked, read_json,
    write_json,
};
use super::settings::Paths;
use super::types::BatchId;

/// One folder of the archive: a batch, or a pack of batches.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    pub path: PathBuf,
    pub batches: Vec<Manifest>,
    pub files: Vec<FileEntry>,
    pub pack: bool,
}

impl Folder {
    /// Reads a folder's manifest.
    pub(super) fn read(path: PathBuf, pack: bool) -> Result<Self, StoreError> {
        let manifest = path.join(MANIFEST);
        let (batches, files, checked) = if pack {
            let (pack, checked) = read_checked::<Pack>(&manifest)?;
            (pack.batches, pack.files, checked)
        } else {
            let (only, checked) = read_checked::<Manifest>(&manifest)?;
            let files = only.files.clone();
            (vec![only], files, checked)
        };
        let sealed = batches.iter().any(|batch| batch.seal.is_some());
        if sealed && !checked {
            return Err(StoreError::Damaged { path: manifest, why: "it has lost its check".into() });
        }
        Ok(Self { path, batches, files, pack })
    }

    /// Its files, by their paths.
    pub(super) fn paths(&self) -> impl Iterator<Item = (PathBuf, &FileEntry)> {
        self.files.iter().map(|file| (self.path.join(&file.name), file))
    }
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
    pub(super) fn written(&self) -> Result<Vec<FileEntry>, StoreError> {
        finished(&self.temporary)?.iter().map(|path| written(path)).collect()
    }

    /// The pack that it will be, as it lies there now.
    pub(super) fn folder(&self, batches: Vec<Manifest>, files: Vec<FileEntry>) -> Folder {
        Folder { path: self.temporary.clone(), batches, files, pack: true }
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
    let removed = fs::remove_dir_all(folder).and_then(|()| match folder.parent() {
        Some(parent) => File::open(parent).and_then(|parent| parent.sync_all()),
        None => Ok(()),
    });
    if let Err(error) = removed {
        tracing::warn!(folder = %folder.display(), %error, "unable to remove a batch that was not committed");
    }
}

/// Every folder of the archive in the order of batches, without gaps or overlaps, each following from the one before.
pub(super) fn folders(paths: &Paths) -> Result<Vec<Folder>, StoreError> {
    let mut found = Vec::new();
    for path in finished(&paths.packs())? {
        found.push(Folder::read(path, true)?);
    }
    let packed: BTreeSet<BatchId> = found.iter().flat_map(|f| &f.batches).map(|b| b.batch).collect();
    for path in finished(&paths.batches())? {
        // Of a batch that a finished pack holds it does not matter what is left.
        if !named(&path).is_some_and(|batch| packed.contains(&batch)) {
            found.push(Folder::read(path, false)?);
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
    follow(&found)?;
    Ok(found)
}

/// Refuses manifests that do not follow from each other.
fn follow(folders: &[Folder]) -> Result<(), StoreError> {
    let mut before = Some(String::new());
    for (folder, manifest) in folders.iter().flat_map(|f| f.batches.iter().map(move |b| (f, b))) {
        let said = manifest.seal.as_ref().and_then(|seal| seal.head.as_ref());
        let made = before.as_deref().and_then(|before| head(before, manifest));
        if let Some(said) = said
            && made.as_ref() != Some(said)
        {
            let path = folder.path.join(MANIFEST);
            let why = format!("batch {} does not follow from the seal of the one before", manifest.batch.0);
            return Err(StoreError::Damaged { path, why });
        }
        before = said.cloned();
    }
    Ok(())
}

/// The batch that a folder is named by.
pub(super) fn named(folder: &Path) -> Option<BatchId> {
    file_name(folder).parse().ok().map(BatchId)
}

/// Drops what a process that ended left behind: unfinished folders, parts of a pack, and the one batch that may be
/// there without its delivery in the journal. More batches than that mean that the database is not this archive's: an
/// error. The folders that are left.
pub(super) fn drop_orphans(paths: &Paths, latest: u32) -> Result<Vec<Folder>, StoreError> {
    for parent in [paths.batches(), paths.packs()] {
        for path in entries(&parent)? {
            if path.extension().is_some_and(|e| e == "tmp") {
                tracing::warn!(folder = %path.display(), "dropped an unfinished archive folder");
                fs::remove_dir_all(&path).map_err(StoreError::file("unable to remove", &path))?;
                continue;
            }
            let manifest = path.join(format!("{MANIFEST}.tmp"));
            if manifest.exists() {
                fs::remove_file(&manifest).map_err(StoreError::file("unable to remove", &manifest))?;
            }
        }
    }
    // Nothing of the batch after the last is needed; it may be damaged too.
    take_back_after(paths, latest)?;
    let found = folders(paths)?;
    let last = found.iter().flat_map(|f| &f.batches).map(|b| b.batch.0).max().unwrap_or(0);
    if last < latest {
        let why = format!("the database has batch {latest}, the archive ends with {last}");
        return Err(StoreError::Damaged { path: paths.archive(), why });
    }
    if last > latest {
        let why = format!("the archive has batch {last}, the database ends with {latest}: rebuild it");
        return Err(StoreError::Damaged { path: paths.archive(), why });
    }
    for path in finished(&paths.batches())? {
        if !found.iter().any(|folder| folder.path == path) {
            tracing::warn!(folder = %path.display(), "dropped an archive folder that a pack holds");
            fs::remove_dir_all(&path).map_err(StoreError::file("unable to remove", &path))?;
        }
    }
    Ok(found)
}

/// Takes away the batch after the last, where it is the last folder: its delivery was never acknowledged.
pub(super) fn take_back_after(paths: &Paths, latest: u32) -> Result<(), StoreError> {
    let beyond: Vec<PathBuf> = finished(&paths.batches())?
        .into_iter()
        .filter(|path| named(path).is_some_and(|batch| batch.0 > latest))
        .collect();
    match beyond.as_slice() {
        [only] if named(only) == Some(BatchId(latest + 1)) => {
            tracing::warn!(folder = %only.display(), "dropped a batch whose delivery was not acknowledged");
            fs::remove_dir_all(only).map_err(StoreError::file("unable to remove", only))?;
            sync(&paths.batches())
        }
        _ => Ok(()),
    }
}

/// Finished entries of a folder, sorted.
pub(super) fn finished(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
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

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A file that was written, on disk, with its hash.
pub(super) fn written(path: &Path) -> Result<FileEntry, StoreError> {
    let (bytes, sha256) = digest(path)?;
    sync(path)?;
    Ok(FileEntry { name: file_name(path), bytes, sha256 })
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

/// Is there any batch in the archive?
pub(super) fn any(paths: &Paths) -> Result<bool, StoreError> {
    Ok(!finished(&paths.batches())?.is_empty() || !finished(&paths.packs())?.is_empty())
}

/// The same file under another name; copied where the file system has no links.
pub(super) fn link(from: &Path, to: &Path) -> Result<(), StoreError> {
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to).map_err(StoreError::file("unable to copy", from))?;
    sync(to)
}
