//! An archive made of whole copies, beside the one that is damaged.

use std::fs;
use std::path::Path;

use super::super::archive::{self, Folder, Manifest, Unfinished};
use super::super::backup;
use super::super::engine::{self, Session, batch as batch_value, text};
use super::super::error::StoreError;
use super::super::exchange;
use super::super::journal::{self, Journal};
use super::super::keep::NoteLine;
use super::super::schema::Schema;
use super::super::seal::{self, InJournal};
use super::super::settings::{Paths, StoreSettings};
use super::super::{open, sql};
use super::archived::Backups;
use super::copies::{Batches, Source};
use super::damage::NOTE;
use super::database::Database;
use super::ledgers::Ledgers;

/// Where an archive is made of what.
pub(super) struct Making<'a> {
    pub settings: &'a StoreSettings,
    pub fresh: &'a Paths,
    pub schema: &'a Schema,
    pub database: &'a Database,
}

/// Makes the archive, and proves it: files, rows, the chain, and its head against the journal's or the database's.
pub(super) fn make(
    making: &Making<'_>,
    batches: &Batches,
    ledgers: &Ledgers,
    backups: &Backups,
    note: &NoteLine,
) -> Result<(), StoreError> {
    let Making { settings, fresh, .. } = *making;
    let paths = settings.paths();
    make_folders(fresh)?;
    let mut reached = vec![paths.archive(), fresh.archive()];
    reached.extend(backups.0.iter().map(|backup| backup.paths.archive()));
    let reached: Vec<&Path> = reached.iter().map(AsRef::as_ref).collect();
    let scratch = Session::scratch(settings, &reached)?;
    for source in &batches.0 {
        match source {
            Source::Folder(folder) => placed(folder, &paths, fresh)?,
            Source::Packed(folder, manifest) => unpacked(&scratch, folder, manifest, fresh)?,
            Source::Database(manifest) => from_database(making, manifest)?,
        }
    }
    let mut any_made = false;
    for ledger in &ledgers.0 {
        let (from, to) =
            (journal::path(&paths.journal(), ledger.name), journal::path(&fresh.journal(), ledger.name));
        match &ledger.made {
            Some(lines) => {
                any_made = true;
                fs::write(&to, lines.concat()).map_err(StoreError::file("unable to write", &to))?;
            }
            None if from.exists() => {
                fs::copy(&from, &to).map_err(StoreError::file("unable to copy", &from))?;
            }
            None => continue,
        }
        Journal::mend(&fresh.journal(), ledger.name)?;
        archive::sync(&to)?;
    }
    let folders = archive::folders(fresh)?;
    archive::believe(&folders)?;
    seal::believe(&scratch, &folders)?;
    let head = seal::last(&folders);
    prove(making, &folders, head.as_ref())?;

    let mut last = 0;
    journal::read(&fresh.journal(), "notes", |n, _: NoteLine| {
        last = n;
        Ok(())
    })?;
    let (mut notes, _) = Journal::open(&fresh.journal(), "notes", last)?;
    notes.append(note)?;
    if any_made && head.is_some() {
        // The lines that were made are other bytes than those that were sealed.
        let sealed = seal::anew(&scratch, fresh, &folders, head, NOTE)?;
        notes.append(&sealed.note(note.at)?)?;
    }
    sync(fresh)
}

/// The head of what was made is the one that the journal has, or the database.
fn prove(making: &Making<'_>, folders: &[Folder], head: Option<&String>) -> Result<(), StoreError> {
    let Some(batch) = folders.iter().flat_map(|f| &f.batches).map(|b| b.batch).next_back() else {
        return Ok(());
    };
    let said = InJournal::read(making.fresh)?;
    let stored = match &making.database.conn {
        Ok(conn) if making.database.latest == batch.0 => seal::in_database(conn)?,
        _ => None,
    };
    for (known, of) in [(said.head(batch), "journal"), (stored.as_ref(), "database")] {
        if known.is_some() && known != head {
            return Err(StoreError::Differs(format!("its seal as of batch {} is not the {of}'s", batch.0)));
        }
    }
    Ok(())
}

/// A folder as it is. Of a backup it is copied: a backup shares no file with the archive.
fn placed(folder: &Folder, own: &Paths, fresh: &Paths) -> Result<(), StoreError> {
    let parent = if folder.pack { fresh.packs() } else { fresh.batches() };
    let into = parent.join(archive::file_name(&folder.path));
    fs::create_dir(&into).map_err(StoreError::file("unable to make", &into))?;
    let names = folder.files.iter().map(|file| file.name.as_str()).chain([archive::MANIFEST]);
    for name in names {
        let (from, to) = (folder.path.join(name), into.join(name));
        match folder.path.starts_with(own.archive()) {
            true => archive::link(&from, &to)?,
            false => backup::copy(&from, &to, u64::MAX)?,
        }
    }
    archive::sync(&into)
}

/// One batch of a pack, as a folder of its own.
fn unpacked(conn: &Session, folder: &Folder, manifest: &Manifest, fresh: &Paths) -> Result<(), StoreError> {
    let unfinished = Unfinished::start(&fresh.batches(), &archive::batch_name(manifest.batch))?;
    for (path, said) in folder.paths() {
        let by = if said.name.ends_with(".closed.parquet") { "known_to" } else { "known_from" };
        let files = format!("[{}]", sql::quoted(&path.to_string_lossy()));
        let batch = manifest.batch.0.to_string();
        let rows = sql::render("seal.of_batch", &[("files", &files), ("by", by), ("batch", &batch)])?;
        if engine::count(conn, "seal.count", &[("rows", &rows)], &[])? > 0 {
            copy(conn, &rows, &[], &unfinished.file(&said.name))?;
        }
    }
    finish(unfinished, manifest)
}

/// A batch as the database has it.
fn from_database(making: &Making<'_>, manifest: &Manifest) -> Result<(), StoreError> {
    let missing = || StoreError::Inconsistent("a database that is not open".into());
    let conn = making.database.conn.as_ref().map_err(|_| missing())?;
    let table = making.schema.table(&manifest.table)?;
    let unfinished = Unfinished::start(&making.fresh.batches(), &archive::batch_name(manifest.batch))?;
    let public = table.public();
    let places = [("table", table.name.as_str()), ("columns", public.as_str())];
    let range = [("first", batch_value(manifest.batch)), ("last", batch_value(manifest.batch))];
    let parts = [
        (manifest.opened, "seal.opened", archive::opened_name(&table.name)),
        (manifest.closed, "seal.closed", archive::closed_name(&table.name)),
        (manifest.identities, "seal.identities", archive::IDENTITIES.to_owned()),
    ];
    for (rows, section, name) in parts {
        if rows == 0 {
            continue;
        }
        // The database reaches its own folders alone.
        let beside = making.settings.paths().temporary().join(&name);
        copy(conn, &sql::render(section, &places)?, &range, &beside)?;
        let target = unfinished.file(&name);
        fs::rename(&beside, &target).map_err(StoreError::file("unable to name", &target))?;
    }
    finish(unfinished, manifest)
}

fn copy(conn: &Session, rows: &str, range: &[(&str, engine::Value)], file: &Path) -> Result<(), StoreError> {
    let mut values = range.to_vec();
    values.push(("file", text(&file.to_string_lossy())));
    engine::system(conn, "seal.copy", &[("rows", rows.trim())], &values).map(|_| ())
}

fn finish(unfinished: Unfinished, manifest: &Manifest) -> Result<(), StoreError> {
    let files = unfinished.written()?;
    unfinished.finish(&Manifest { files, ..manifest.clone() }).map(|_| ())
}

/// The folders of an archive that is being made.
fn make_folders(paths: &Paths) -> Result<(), StoreError> {
    exchange::remove(&paths.root)?;
    open::make_folders(paths)
}

/// Puts the folders of an archive on disk.
fn sync(paths: &Paths) -> Result<(), StoreError> {
    let folders = [paths.batches(), paths.packs(), paths.journal(), paths.archive()];
    folders.iter().try_for_each(|folder| archive::sync(folder))
}
