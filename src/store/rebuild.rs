//! The database made again: tables from the archive's Parquet files, ledgers from the journals.
//!
//! What each batch opened, and what it closed, says everything of a table as of every batch: the versions that were
//! never closed are current, the others are closed. Older files are lifted by today's lifting SELECT, which is also
//! how the tables' columns change: rebuild, verify, swap.
//!
//! Nothing is read that does not fit its manifest: one file that differs, and there is no new database; the old one
//! stays where it is.

use std::fs;
use std::path::Path;

use super::archive::{self, Folder};
use super::deliveries;
use super::delivery_line::DeliveryLine;
use super::engine::{self, Session, text};
use super::error::StoreError;
use super::frames::{self, FrameLine};
use super::keep::{self, DefinitionLine, NoteLine};
use super::runs::{self, RunLine};
use super::schema::{LEDGERS, Schema, Table};
use super::seal::{self, InJournal};
use super::settings::{Paths, StoreSettings, wal};
use super::types::Progress;
use super::versions::{Versions, files};
use super::{journal, sql};

/// Every table, view and ledger, empty.
pub(super) fn make_tables(conn: &Session, schema: &Schema) -> Result<(), StoreError> {
    engine::system(conn, "accept.begin", &[], &[])?;
    engine::system(conn, "schema.vault", &[], &[])?;
    engine::system(conn, "schema.latest", &[], &[])?;
    for section in LEDGERS {
        engine::system(conn, &format!("schema.{section}"), &[], &[])?;
    }
    for table in schema.tables.values() {
        make_table(conn, table)?;
    }
    engine::system(conn, "schema.store_hash", &[], &[("hash", text(&schema.hash))])?;
    engine::system(conn, "accept.commit", &[], &[])?;
    // A log of changes to the tables' definitions is not left to be replayed.
    engine::system(conn, "schema.checkpoint", &[], &[]).map(|_| ())
}

/// Adds the tables of a schema that a database lacks, where nothing else differs from what the database was made by (of
/// which it keeps the hash) and the archive has nothing of them. Does it have the schema's tables now?
pub(super) fn add_tables(
    conn: &Session,
    schema: &Schema,
    made_by: &str,
    paths: &Paths,
) -> Result<bool, StoreError> {
    let there = engine::system_rows(conn, "schema.tables", &[], &[], |row| row.get::<String>(0))?;
    let (old, new): (Vec<&Table>, Vec<&Table>) =
        schema.tables.values().partition(|table| there.contains(&table.name));
    if new.is_empty() || Schema::hash_of(old) != made_by {
        return Ok(false);
    }
    let folders = archive::folders(paths)?;
    // A program between this one and the database's may have filled them.
    if new.iter().any(|table| files(&folders, &archive::opened_name(&table.name)).is_some()) {
        return Ok(false);
    }
    engine::system(conn, "accept.begin", &[], &[])?;
    for table in &new {
        tracing::info!(table = table.name, "a new table");
        make_table(conn, table)?;
    }
    engine::system(conn, "schema.change_hash", &[], &[("hash", text(&schema.hash))])?;
    engine::system(conn, "accept.commit", &[], &[])?;
    engine::system(conn, "schema.checkpoint", &[], &[])?;
    Ok(true)
}

/// A table of facts and the views of it, empty.
fn make_table(conn: &Session, table: &Table) -> Result<(), StoreError> {
    let lift = table.lift_nothing(sql::text("schema.own_columns")?.trim())?;
    let mut columns = format!("{}, source", table.public());
    if table.subject {
        columns.push_str(", case_id");
    }
    let places = [("table", table.name.as_str()), ("lift", &lift), ("columns", &columns)];
    for section in ["schema.current", "schema.closed", "schema.view"] {
        engine::system(conn, section, &places, &[])?;
    }
    if !table.subject {
        return Ok(());
    }
    // `source` is a column of the batches as well.
    let columns = columns.split(", ").map(|c| format!("versions.{c}")).collect::<Vec<_>>().join(", ");
    for (place, opened, ended) in [
        ("latest", "true", "true"),
        (
            "main",
            "versions.known_from <= getvariable('as_of_batch')",
            "versions.known_to <= getvariable('as_of_batch')",
        ),
    ] {
        let places = [
            ("schema", place),
            ("table", table.name.as_str()),
            ("columns", &columns),
            ("opened", opened),
            ("ended", ended),
        ];
        engine::system(conn, "schema.changes", &places, &[])?;
    }
    Ok(())
}

/// Makes a database file from archive and journals; from an archive that fits its manifests, and from no other.
pub(super) fn build(
    settings: &StoreSettings,
    into: &Path,
    memory: u64,
    progress: &dyn Fn(Progress),
) -> Result<(), StoreError> {
    for old in [into.to_owned(), wal(into)] {
        if old.exists() {
            fs::remove_file(&old).map_err(StoreError::file("unable to remove", &old))?;
        }
    }
    let paths = settings.paths();
    drop_unacknowledged(settings)?;
    let folders = archive::folders(&paths)?;
    progress(Progress { doing: "hashing the archive".into(), done: 0, of: 1 });
    archive::believe(&folders)?;
    let conn = Session::open(into, settings, memory)?;
    seal::believe(&conn, &folders)?;
    let schema = Schema::of(&settings.schema);
    make_tables(&conn, &schema)?;
    let steps = schema.tables.len() as u64 + 3;
    for (done, table) in (0..).zip(schema.tables.values()) {
        progress(Progress { doing: format!("rebuilding {}", table.name), done, of: steps });
        load(&conn, table, &folders)?;
        engine::system(&conn, "schema.checkpoint", &[], &[])?;
    }
    progress(Progress { doing: "rebuilding the ledgers".into(), done: steps - 3, of: steps });
    if let Some(files) = files(&folders, archive::IDENTITIES) {
        engine::system(&conn, "rebuild.add_identities", &[("files", &files)], &[])?;
    }
    engine::system(&conn, "accept.begin", &[], &[])?;
    for manifest in folders.iter().flat_map(|f| &f.batches) {
        deliveries::add_batch(&conn, manifest)?;
    }
    let journals = ledgers(&conn, &paths.journal())?;
    seal::agree(&paths, &folders, &journals)?;
    seal::keep(&conn, seal::last(&folders).as_deref())?;
    engine::system(&conn, "accept.commit", &[], &[])?;
    engine::system(&conn, "schema.checkpoint", &[], &[])?;
    progress(Progress { doing: "rebuilt".into(), done: steps, of: steps });
    Ok(())
}

/// A batch whose delivery is not in the journal was never acknowledged: its process ended in between. That can be the
/// last one alone.
fn drop_unacknowledged(settings: &StoreSettings) -> Result<(), StoreError> {
    let paths = settings.paths();
    let ledger = journal::path(&paths.journal(), "deliveries");
    if !ledger.exists() && archive::any(&paths)? {
        return Err(StoreError::Damaged {
            path: ledger,
            why: "it is not there, and there are batches".into(),
        });
    }
    let mut last = 0;
    journal::Journal::mend(&paths.journal(), "deliveries")?;
    journal::read(&paths.journal(), "deliveries", |_, line: DeliveryLine| {
        last = line.batch.map_or(last, |batch| batch.0);
        Ok(())
    })?;
    archive::take_back_after(&paths, last)?;
    match archive::folders(&paths)?.iter().flat_map(|f| &f.batches).map(|b| b.batch.0).next_back() {
        Some(newest) if newest != last => {
            let path = journal::path(&paths.journal(), "deliveries");
            let why = format!("its last batch is {last}, the archive's is {newest}");
            Err(StoreError::Damaged { path, why })
        }
        None if last > 0 => {
            let why = format!("there is no batch, the journal has {last}");
            Err(StoreError::Damaged { path: paths.archive(), why })
        }
        _ => Ok(()),
    }
}

/// Enters the journals. What they say of the archive's seal.
fn ledgers(conn: &Session, folder: &Path) -> Result<InJournal, StoreError> {
    let mut said = InJournal::default();
    for name in ["runs", "frames", "definitions", "notes"] {
        journal::Journal::mend(folder, name)?;
    }
    journal::read(folder, "deliveries", |n, line: DeliveryLine| {
        said.delivery(line.batch, line.head.as_ref());
        deliveries::add(conn, n, &line)
    })?;
    journal::read(folder, "runs", |_, line: RunLine| runs::add(conn, &line))?;
    journal::read(folder, "frames", |n, line: FrameLine| {
        let packed = frames::unhex(&line.figures)?;
        frames::add(conn, n, &line, packed)
    })?;
    journal::read(folder, "definitions", |n, line: DefinitionLine| keep::add_definition(conn, n, &line))?;
    journal::read(folder, "notes", |n, line: NoteLine| {
        said.note(&line.kind, &line.body);
        keep::add_note(conn, n, &line)
    })?;
    Ok(said)
}

/// Fills one table.
fn load(conn: &Session, table: &Table, folders: &[Folder]) -> Result<(), StoreError> {
    let Some(source) = Versions::of(conn, table, folders)? else { return Ok(()) };
    for (part, any) in [("current", true), ("closed", source.any_closed)] {
        if any {
            let lift = source.lift(table, part)?;
            let places = [("table", table.name.as_str()), ("lift", lift.as_str())];
            engine::system(conn, &format!("rebuild.add_{part}"), &places, &[])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
