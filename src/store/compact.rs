//! The night's tidying of the archive: runs of small batches become one pack.
//!
//! A pack is written beside its batches and finished like a batch; only then are they removed. A crash in between
//! leaves both, and the next start removes the batches. Batches that do not fit their manifests are not packed: the
//! pack's own hashes would make the damage look right.

use std::collections::BTreeSet;
use std::fs;

use super::archive::{self, FileEntry, Folder, Manifest, Pack, Unfinished};
use super::engine::{self, Session, text};
use super::error::StoreError;
use super::handle::Store;
use super::lock::lock;
use super::seal;
use super::settings::Paths;
use super::versions::files;

/// Batches that stay as they are: the newest ones.
const NEWEST: usize = 8;
/// Fewer are not worth a pack.
const FEWEST: usize = 16;
/// A batch with more bytes than this stays as it is.
const SMALL: u64 = 32 << 20;

impl Store {
    /// Compacts small batches into packs. How many batches were packed.
    pub fn compact(&self) -> Result<u64, StoreError> {
        self.has_room("packing batches", 0)?;
        self.0.whole()?;
        let _tidy = lock(&self.0.tidy);
        self.0.with_writer(|writer| {
            let paths = self.0.settings.paths();
            let mut packed = 0;
            for run in runs(archive::folders(&paths)?, &paths) {
                let bytes = run.iter().flat_map(|folder| &folder.files).map(|file| file.bytes).sum();
                self.has_room("packing batches", bytes)?;
                pack(&writer.conn, &paths, &run)?;
                packed += run.len() as u64;
            }
            Ok(packed)
        })
    }
}

/// Runs of neighbouring small batches of one schema.
fn runs(mut folders: Vec<Folder>, paths: &Paths) -> Vec<Vec<Folder>> {
    folders.truncate(folders.len().saturating_sub(NEWEST));
    let mut runs: Vec<Vec<Folder>> = vec![Vec::new()];
    for folder in folders {
        let bytes: u64 = folder.files.iter().map(|f| f.bytes).sum();
        let single = folder.path.parent() == Some(paths.batches().as_path());
        let schema = |f: &Folder| f.batches.first().map(|b| b.schema.clone());
        let open = runs.last_mut().filter(|r| r.last().is_none_or(|l| schema(l) == schema(&folder)));
        match (single && bytes <= SMALL, open) {
            (true, Some(run)) => run.push(folder),
            (true, None) => runs.push(vec![folder]),
            (false, _) => runs.push(Vec::new()),
        }
    }
    runs.retain(|r| r.len() >= FEWEST);
    runs
}

fn pack(conn: &Session, paths: &Paths, run: &[Folder]) -> Result<(), StoreError> {
    let batches: Vec<Manifest> = run.iter().flat_map(|f| f.batches.clone()).collect();
    let (Some(first), Some(last)) = (batches.first(), batches.last()) else { return Ok(()) };
    archive::believe(run)?;
    let name = format!("{}-{}", archive::batch_name(first.batch), archive::batch_name(last.batch));
    let unfinished = Unfinished::start(&paths.packs(), &name)?;
    let names: BTreeSet<&str> = run.iter().flat_map(|f| &f.files).map(|f| f.name.as_str()).collect();
    for name in names {
        let Some(files) = files(run, name) else { continue };
        let target = unfinished.file(name);
        let values = [("file", text(&target.to_string_lossy()))];
        let written = engine::system(conn, "compact.merge", &[("files", &files)], &values)? as u64;
        let expected = engine::count(conn, "compact.count", &[("files", &files)], &[])?;
        if written != expected {
            return Err(StoreError::Inconsistent(format!("{name}: {written} rows packed of {expected}")));
        }
    }
    let files: Vec<FileEntry> = unfinished.written()?;
    let bare: Vec<Manifest> = batches.into_iter().map(|b| Manifest { files: Vec::new(), ..b }).collect();
    // What was sealed batch by batch is there still, before the batches go.
    seal::believe(conn, &[unfinished.folder(bare.clone(), files.clone())])?;
    unfinished.finish(&Pack { batches: bare, files })?;
    for folder in run {
        fs::remove_dir_all(&folder.path).map_err(StoreError::file("unable to remove", &folder.path))?;
    }
    archive::sync(&paths.batches())
}
