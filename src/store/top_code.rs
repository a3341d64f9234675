//! Ages that an earlier program stored as they came are top-coded, in the archive first, then in the database, which is
//! made of it again, then in the backups that are known.
//!
//! Every start asks the database. When it keeps an age above 90 (or a decade that is none, or an age without its decade),
//! a new archive is made beside the old one: files that hold such a row, or its end, are written anew with new hashes
//! in their manifests, all others are linked. It takes the old one's place at once, with a note of what was done in its
//! journal, and the database is remade. A process that ends anywhere in between leaves a database that still keeps such
//! ages: the next start goes on from there.
//!
//! A mended row gets the content hash that the gate would give it today, so that the next delivery of the same row
//! changes nothing; rows without an id or a key go by that hash, so theirs change with it.

mod kept;
mod plan;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::kept::{AGE, DECADE, kept};
use super::archive::{self, FileEntry, Folder};
use super::disk::Disk;
use super::engine::{self, Session, text};
use super::error::StoreError;
use super::exchange::{exchange, remove};
use super::journal::Journal;
use super::keep::NoteLine;
use super::schema::{Schema, Table};
use super::settings::{Paths, StoreSettings};
use super::{journal, seal, sql};

/// The kind of note that says what was mended.
pub(super) const NOTE: &str = "age_top_coded";

/// What was mended: never a value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Mended {
    /// A backup's folder; absent for the archive and the database of the data folder itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<PathBuf>,
    pub rows: Vec<Rows>,
    /// Files written anew, within the folder.
    pub files: Vec<String>,
}

/// Rows that a batch opened in a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rows {
    pub table: String,
    pub batch: u32,
    pub rows: u64,
}

/// How many stored versions of a table's rows keep more of an age than they may; by table, where there are any.
pub(super) fn found(conn: &Session, schema: &Schema) -> Result<Vec<(String, u64)>, StoreError> {
    let mut found = Vec::new();
    for table in schema.tables.values() {
        let Some(kept) = kept(table.has_column(AGE), table.has_column(DECADE))? else { continue };
        let places = [("table", table.name.as_str()), ("kept", kept)];
        let rows = engine::count(conn, "top_code.in_database", &places, &[])?;
        if rows > 0 {
            found.push((table.name.clone(), rows));
        }
    }
    Ok(found)
}

/// Mends the archive of a data folder that no store holds. What was mended; None when nothing had to be.
pub(super) fn archive(
    settings: &StoreSettings,
    schema: &Schema,
    now: Timestamp,
) -> Result<Option<Mended>, StoreError> {
    let paths = settings.paths();
    let fresh = paths.mending();
    let mended = beside(settings, schema, &paths, &fresh, |mended| (now, mended.clone()))?;
    if mended.is_some() {
        exchange(&fresh.archive(), &paths.archive())?;
    }
    remove(&fresh.root)?;
    Ok(mended)
}

/// Makes an archive beside another, mended. None when there is nothing to mend; what was made for it then goes.
pub(super) fn beside(
    settings: &StoreSettings,
    schema: &Schema,
    old: &Paths,
    fresh: &Paths,
    note: impl Fn(&Mended) -> (Timestamp, Mended),
) -> Result<Option<Mended>, StoreError> {
    remove(&fresh.root)?;
    let folders = archive::folders(old)?;
    archive::believe(&folders)?;
    let places = [fresh.batches(), fresh.packs(), fresh.journal()];
    for place in &places {
        fs::create_dir_all(place).map_err(StoreError::file("unable to make", place))?;
    }
    let conn = Session::scratch(settings, &[&old.archive(), &fresh.archive()])?;
    engine::system(&conn, "top_code.plan", &[], &[])?;
    let tables: Vec<&Table> =
        schema.tables.values().filter(|t| t.has_column(AGE) || t.has_column(DECADE)).collect();
    let mut any = 0;
    for table in &tables {
        any += plan::make(&conn, table, &folders)?;
    }
    if any == 0 {
        return Ok(None);
    }
    let bytes = folders.iter().flat_map(|folder| &folder.files).map(|file| file.bytes).sum();
    Disk::of(&fresh.root, settings.free_disk_floor)?.spare("mending ages", bytes)?;
    let mut mended = Mended { rows: counted(&conn)?, ..Mended::default() };
    let mut made = Vec::with_capacity(folders.len());
    for folder in &folders {
        let relative = folder.path.strip_prefix(&old.root).unwrap_or(&folder.path);
        made.push(mend(&conn, &tables, folder, &fresh.root.join(relative), relative, &mut mended.files)?);
    }
    let (at, said) = note(&mended);
    let mut notes = journals(old, fresh, at, &said)?;
    match seal::last(&folders) {
        Some(was) => {
            let sealed = seal::anew(&conn, fresh, &made, Some(was), NOTE)?;
            notes.append(&sealed.note(at)?)?;
        }
        None => seal::lift(&made)?,
    }
    places.iter().try_for_each(|place| archive::sync(place))?;
    archive::sync(&fresh.archive())?;
    Ok(Some(mended))
}

fn counted(conn: &Session) -> Result<Vec<Rows>, StoreError> {
    engine::system_rows(conn, "top_code.counted", &[], &[], |row| {
        let rows = row.get::<i64>(2)?.unsigned_abs();
        Ok(Rows { table: row.get(0)?, batch: row.get(1)?, rows })
    })
}

/// One folder of the archive: files without such rows are linked, the others written anew, and the manifest with them.
fn mend(
    conn: &Session,
    tables: &[&Table],
    folder: &Folder,
    into: &Path,
    relative: &Path,
    written: &mut Vec<String>,
) -> Result<Folder, StoreError> {
    fs::create_dir_all(into).map_err(StoreError::file("unable to make", into))?;
    let (mut files, mut any) = (Vec::with_capacity(folder.files.len()), false);
    for (path, said) in folder.paths() {
        let target = into.join(&said.name);
        let named = |table: &&&Table| {
            said.name == archive::opened_name(&table.name) || said.name == archive::closed_name(&table.name)
        };
        match tables.iter().find(named) {
            Some(table) if rewritten(conn, table, &path, &target)? => {
                archive::sync(&target)?;
                let (bytes, sha256) = archive::digest(&target)?;
                files.push(FileEntry { name: said.name.clone(), bytes, sha256 });
                written.push(relative.join(&said.name).to_string_lossy().into_owned());
                any = true;
            }
            _ => {
                archive::link(&path, &target)?;
                files.push(said.clone());
            }
        }
    }
    let mut batches = folder.batches.clone();
    if any {
        // Its rows are others now; they are summed up anew.
        batches.iter_mut().for_each(|batch| batch.seal = None);
        if let ([only], false) = (batches.as_mut_slice(), folder.pack) {
            only.files.clone_from(&files);
        }
    } else {
        archive::link(&folder.path.join(archive::MANIFEST), &into.join(archive::MANIFEST))?;
    }
    let made = Folder { path: into.to_owned(), batches, files, ..folder.clone() };
    if any {
        seal::replace(&made, made.batches.clone())?;
    }
    archive::sync(into)?;
    Ok(made)
}

/// Writes a file anew if it holds a row that has to be mended, or the end of one.
fn rewritten(conn: &Session, table: &Table, from: &Path, to: &Path) -> Result<bool, StoreError> {
    let files = format!("[{}]", sql::quoted(&from.to_string_lossy()));
    let same = sql::render("top_code.same", &[("name", &sql::quoted(&table.name))])?;
    let places = [("files", files.as_str()), ("same", same.trim())];
    if engine::count(conn, "top_code.in_file", &places, &[])? == 0 {
        return Ok(false);
    }
    let columns = engine::system_rows(conn, "rebuild.columns", &places, &[], |row| row.get::<String>(0))?;
    let replaced = [("key__", "new_key"), ("content__", "new_content"), (AGE, AGE), (DECADE, DECADE)]
        .iter()
        .filter(|(column, _)| columns.iter().any(|c| c == column))
        .map(|(column, mended)| {
            sql::render("top_code.replaced", &[("column", column), ("mended", mended)])
                .map(|t| t.trim().to_owned())
        })
        .collect::<Result<Vec<_>, _>>()?
        .join(", ");
    let places = [places[0], places[1], ("replaced", replaced.as_str())];
    let values = [("file", text(&to.to_string_lossy()))];
    let written = engine::system(conn, "top_code.rewrite", &places, &values)? as u64;
    let expected = engine::count(conn, "compact.count", &places, &[])?;
    if written != expected {
        let why = format!("{}: {written} rows written of {expected}", from.display());
        return Err(StoreError::Inconsistent(why));
    }
    Ok(true)
}

/// The journals as they are, and the note of what was mended after the last of the notes.
fn journals(old: &Paths, fresh: &Paths, at: Timestamp, mended: &Mended) -> Result<Journal, StoreError> {
    for (name, _) in journal::JOURNALS {
        let file = format!("{name}.jsonl");
        let (from, to) = (old.journal().join(&file), fresh.journal().join(&file));
        if from.exists() {
            // Not linked: lines are added to it, and the old one may still be needed as it was.
            fs::copy(&from, &to).map_err(StoreError::file("unable to copy", &from))?;
            archive::sync(&to)?;
        }
    }
    Journal::mend(&fresh.journal(), "notes")?;
    let mut last = 0;
    journal::read(&fresh.journal(), "notes", |n, _: NoteLine| {
        last = n;
        Ok(())
    })?;
    let body = serde_json::to_string(mended)
        .map_err(|e| StoreError::Inconsistent(format!("a note can't be written: {e}")))?;
    let line = NoteLine { at, kind: NOTE.to_owned(), body };
    let (mut notes, _) = Journal::open(&fresh.journal(), "notes", last)?;
    notes.append(&line)?;
    Ok(notes)
}

#[cfg(test)]
mod tests;
