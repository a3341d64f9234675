//! Seals: batch after batch is chained to those before it by what it changed, however its rows are packed.
//!
//! A manifest holds the sums of its rows (opened, closed, identities). They and what the batch was make its digest;
//! the head of the chain is made of the head before and of the digest. The head of the last batch stands in three
//! places: in its manifest, in the journal (in the line of its delivery, or in the last note that sealed), and in the
//! database.
//!
//! Archives from before have no seals. They are sealed once they were found to equal the database as of every batch
//! ([`super::verify`]). What changes archived rows for good (ages top-coded) seals anew, and its note keeps the head
//! from before; so does a repair that made lines of journals again.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::archive::{self, Folder, Manifest, Pack};
use super::delivery_line::DeliveryLine;
use super::engine::{self, Session, text};
use super::error::StoreError;
use super::journal::{self, JOURNALS};
use super::keep::NoteLine;
pub(super) use super::manifest::{Seal, head};
use super::schema::LEDGERS;
use super::settings::Paths;
use super::sql;
use super::sums::{self, Sum, Sums};
use super::types::BatchId;

/// The kind of note that says that the archive was sealed, anew or for the first time.
pub(super) const NOTE: &str = "sealed";

/// The body of a note of the kind [`NOTE`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sealed {
    /// The last batch.
    pub batch: BatchId,
    pub head: String,
    /// The head that was there before: a tombstone of rows that are no more.
    pub was: Option<String>,
    pub why: String,
    /// Of each journal the bytes until then, and their SHA-256.
    pub journals: BTreeMap<String, (u64, String)>,
}

/// The sums of a batch's three parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub opened: Sum,
    pub closed: Sum,
    pub identities: Sum,
}

impl Parts {
    pub(super) fn seal(&self, head: Option<String>) -> Seal {
        let Self { opened, closed, identities } = self;
        Seal { opened: opened.hex(), closed: closed.hex(), identities: identities.hex(), head }
    }

    fn rows(&self) -> (u64, u64, u64) {
        (self.opened.rows, self.closed.rows, self.identities.rows)
    }

    /// Are these the rows that a manifest speaks of? Where it is not sealed, the numbers alone are compared.
    pub(super) fn fit(&self, manifest: &Manifest) -> bool {
        let sums = |seal: &Seal| Seal { head: None, ..seal.clone() } == self.seal(None);
        self.rows() == (manifest.opened, manifest.closed, manifest.identities)
            && manifest.seal.as_ref().is_none_or(sums)
    }
}

/// The head of an archive's last batch; None while it is not sealed. An archive without batches has an empty one.
pub(super) fn last(folders: &[Folder]) -> Option<String> {
    match folders.iter().flat_map(|f| &f.batches).next_back() {
        None => Some(String::new()),
        Some(manifest) => manifest.seal.as_ref().and_then(|seal| seal.head.clone()),
    }
}

/// The sums of every batch in some folders, from their files.
pub(super) fn of_files(conn: &Session, folders: &[Folder]) -> Result<BTreeMap<u32, Parts>, StoreError> {
    let mut found: BTreeMap<u32, Parts> = BTreeMap::new();
    for folder in folders {
        let (mut opened, mut closed, mut identities) = (Sums::new(), Sums::new(), Sums::new());
        for (path, said) in folder.paths() {
            let (sums, by) = match said.name.as_str() {
                archive::IDENTITIES => (&mut identities, "known_from"),
                name if name.ends_with(".closed.parquet") => (&mut closed, "known_to"),
                _ => (&mut opened, "known_from"),
            };
            let files = format!("[{}]", sql::quoted(&path.to_string_lossy()));
            let found =
                sums::of(by, |each| engine::streamed(conn, "seal.file", &[("files", &files)], &[], each))?;
            sums::join(sums, &found);
        }
        let known: Vec<u32> = folder.batches.iter().map(|b| b.batch.0).collect();
        let stray = opened.keys().chain(closed.keys()).chain(identities.keys()).find(|n| !known.contains(n));
        if let Some(stray) = stray {
            let why = format!("it has rows of batch {stray}, which its manifest does not name");
            return Err(StoreError::Damaged { path: folder.path.clone(), why });
        }
        for batch in known {
            let part = |sums: &mut Sums| sums.remove(&batch).unwrap_or_default();
            let parts = Parts {
                opened: part(&mut opened),
                closed: part(&mut closed),
                identities: part(&mut identities),
            };
            found.insert(batch, parts);
        }
    }
    Ok(found)
}

/// Batches of some folders whose rows are not those that were sealed: the folder, and the batch.
pub(super) fn broken<'a>(
    conn: &Session,
    folders: &'a [Folder],
) -> Result<Vec<(&'a Folder, BatchId)>, StoreError> {
    let sums = of_files(conn, folders)?;
    let of = |batch: BatchId| sums.get(&batch.0).cloned().unwrap_or_default();
    let all = folders.iter().flat_map(|folder| folder.batches.iter().map(move |batch| (folder, batch)));
    Ok(all.filter(|(_, batch)| !of(batch.batch).fit(batch)).map(|(folder, b)| (folder, b.batch)).collect())
}

/// Refuses folders whose rows are not those that were sealed; the first is named.
pub(super) fn believe(conn: &Session, folders: &[Folder]) -> Result<(), StoreError> {
    match broken(conn, folders)?.first() {
        None => Ok(()),
        Some((folder, batch)) => {
            Err(StoreError::Damaged { path: folder.path.clone(), why: not_sealed(*batch) })
        }
    }
}

pub(super) fn not_sealed(batch: BatchId) -> String {
    format!("the rows of batch {} are not those that were sealed", batch.0)
}

/// Seals an archive as its files are: sums where there are none, and heads from the first batch on. Manifests that
/// change are replaced one by one; what a process did not live to do is done by the next one. The head.
pub(super) fn seal(conn: &Session, folders: &[Folder]) -> Result<String, StoreError> {
    let mut before = String::new();
    for folder in folders {
        let bare = folder.batches.iter().any(|batch| batch.seal.is_none());
        let sums = if bare { of_files(conn, std::slice::from_ref(folder))? } else { BTreeMap::new() };
        let mut batches = folder.batches.clone();
        for batch in &mut batches {
            let found = || sums.get(&batch.batch.0).cloned().unwrap_or_default();
            let seal = batch.seal.take().unwrap_or_else(|| found().seal(None));
            batch.seal = Some(Seal { head: None, ..seal });
            before = head(&before, batch).unwrap_or_default();
            if let Some(seal) = &mut batch.seal {
                seal.head = Some(before.clone());
            }
        }
        if batches != folder.batches {
            replace(folder, batches)?;
        }
    }
    Ok(before)
}

/// Seals an archive, and says so for its journal.
pub(super) fn anew(
    conn: &Session,
    paths: &Paths,
    folders: &[Folder],
    was: Option<String>,
    why: &str,
) -> Result<Sealed, StoreError> {
    let head = seal(conn, folders)?;
    let batch = folders.iter().flat_map(|f| &f.batches).map(|b| b.batch).next_back().unwrap_or_default();
    Ok(Sealed { batch, head, was, why: why.to_owned(), journals: journals(paths)? })
}

/// Takes the heads out of manifests of which rows were changed before all of them were sealed.
pub(super) fn lift(folders: &[Folder]) -> Result<(), StoreError> {
    for folder in folders {
        let mut batches = folder.batches.clone();
        batches.iter_mut().filter_map(|batch| batch.seal.as_mut()).for_each(|seal| seal.head = None);
        if batches != folder.batches {
            replace(folder, batches)?;
        }
    }
    Ok(())
}

impl Sealed {
    /// The entry of the journal of notes.
    pub(super) fn note(&self, at: Timestamp) -> Result<NoteLine, StoreError> {
        let body = serde_json::to_string(self)
            .map_err(|e| StoreError::Inconsistent(format!("a note can't be written: {e}")))?;
        Ok(NoteLine { at, kind: NOTE.to_owned(), body })
    }
}

/// Gives a folder another manifest; it has the old one or the new one at every moment.
pub(super) fn replace(folder: &Folder, mut batches: Vec<Manifest>) -> Result<(), StoreError> {
    let path = folder.path.join(archive::MANIFEST);
    let fresh = folder.path.join(format!("{}.tmp", archive::MANIFEST));
    if folder.pack {
        archive::write_json(&fresh, &Pack { batches, files: folder.files.clone() })?;
    } else if let Some(only) = batches.pop() {
        archive::write_json(&fresh, &only)?;
    }
    fs::rename(&fresh, &path).map_err(StoreError::file("unable to name", &path))?;
    archive::sync(&folder.path)
}

/// The bytes of each journal, and their SHA-256.
pub(super) fn journals(paths: &Paths) -> Result<BTreeMap<String, (u64, String)>, StoreError> {
    let mut found = BTreeMap::new();
    for (name, _) in JOURNALS {
        let path = journal::path(&paths.journal(), name);
        if path.exists() {
            found.insert(name.to_owned(), archive::digest(&path)?);
        }
    }
    Ok(found)
}

/// What is wrong with the part of the journals that was there when an archive was sealed.
pub(super) fn changed_journals(paths: &Paths, sealed: &Sealed) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, (bytes, sha256)) in &sealed.journals {
        let path = journal::path(&paths.journal(), name);
        match beginning(&path, *bytes) {
            Ok(found) if found == *sha256 => {}
            Ok(_) => faults.push(format!(
                "{}: its first {bytes} bytes are not those that were sealed with batch {}",
                path.display(),
                sealed.batch.0
            )),
            Err(error) => faults.push(format!("{}: {error}", path.display())),
        }
    }
    faults
}

/// The SHA-256 of a file's first bytes.
fn beginning(path: &Path, bytes: u64) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut part = io::Read::take(fs::File::open(path)?, bytes);
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = io::Read::read(&mut part, &mut buffer)?;
        if read == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(&buffer[..read]);
    }
}

/// Refuses an archive whose seal is not the one that the journals have.
pub(super) fn agree(paths: &Paths, folders: &[Folder], said: &InJournal) -> Result<(), StoreError> {
    if let Some(sealed) = &said.sealed
        && let Some(first) = changed_journals(paths, sealed).into_iter().next()
    {
        return Err(StoreError::Damaged { path: paths.journal(), why: first });
    }
    let Some(batch) = folders.iter().flat_map(|f| &f.batches).map(|b| b.batch).next_back() else {
        return Ok(());
    };
    match (said.head(batch), last(folders)) {
        (Some(said), archived) if archived.as_ref() != Some(said) => {
            let archived = archived.as_deref().unwrap_or("none");
            let why = format!("its seal as of batch {} is {archived}, the journal's is {said}", batch.0);
            Err(StoreError::Damaged { path: paths.archive(), why })
        }
        _ => Ok(()),
    }
}

/// The head that a database has; None when it has none.
pub(super) fn in_database(conn: &Session) -> Result<Option<String>, StoreError> {
    Ok(engine::system_rows(conn, "seal.stored", &[], &[], |row| row.get::<String>(0))?.pop())
}

/// Reads the ledgers of a database through; a block that can't be read is an error.
pub(super) fn read_ledgers(conn: &Session) -> Result<(), StoreError> {
    for table in LEDGERS {
        engine::system_rows(conn, "seal.read", &[("table", table)], &[], |_| Ok(()))?;
    }
    Ok(())
}

/// Keeps the head in the database, inside the caller's transaction.
pub(super) fn keep(conn: &Session, head: Option<&str>) -> Result<(), StoreError> {
    engine::system(conn, "seal.forget", &[], &[])?;
    if let Some(head) = head {
        engine::system(conn, "seal.store", &[], &[("head", text(head))])?;
    }
    Ok(())
}

/// The head of the chain as of a batch as the journals have it: by the last note that sealed, or by the line of the
/// batch's delivery.
#[derive(Clone, Debug, Default)]
pub(super) struct InJournal {
    pub sealed: Option<Sealed>,
    pub delivered: Option<(BatchId, String)>,
}

impl InJournal {
    pub(super) fn read(paths: &Paths) -> Result<Self, StoreError> {
        let mut said = Self::default();
        journal::read(&paths.journal(), "deliveries", |_, line: DeliveryLine| {
            said.delivery(line.batch, line.head.as_ref());
            Ok(())
        })?;
        journal::read(&paths.journal(), "notes", |_, line: NoteLine| {
            said.note(&line.kind, &line.body);
            Ok(())
        })?;
        Ok(said)
    }

    pub(super) fn note(&mut self, kind: &str, body: &str) {
        if kind == NOTE
            && let Ok(sealed) = serde_json::from_str(body)
        {
            self.sealed = Some(sealed);
        }
    }

    pub(super) fn delivery(&mut self, batch: Option<BatchId>, head: Option<&String>) {
        if let Some(batch) = batch {
            self.delivered = head.map(|head| (batch, head.clone()));
        }
    }

    pub(super) fn head(&self, batch: BatchId) -> Option<&String> {
        let sealed = self.sealed.as_ref().filter(|sealed| sealed.batch == batch).map(|sealed| &sealed.head);
        let delivered = self.delivered.as_ref().filter(|(of, _)| *of == batch).map(|(_, head)| head);
        sealed.or(delivered)
    }
}
