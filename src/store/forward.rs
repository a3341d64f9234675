//! Rolling forward: what stands in the journals and is not in the database is entered into it at start. The database's
//! own log may be gone, cut or torn; what was acknowledged is in journal and archive.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::archive::{self, Folder, Manifest};
use super::delivery_line::DeliveryLine;
use super::engine::{self, Session};
use super::error::StoreError;
use super::frames::{self, FrameLine};
use super::journal::{self, Ahead};
use super::keep::{self, DefinitionLine, NoteLine};
use super::runs::{self, RunLine};
use super::schema::{Schema, Table};
use super::seal::InJournal;
use super::settings::Paths;
use super::versions::{Versions, files};
use super::{deliveries, seal, sql};

/// Enters what each journal has and the database lacks, in the order of [`journal::JOURNALS`].
pub(super) fn enter(
    conn: &Session,
    schema: &Schema,
    paths: &Paths,
    ahead: &[Ahead; 5],
) -> Result<(), StoreError> {
    deliveries(conn, schema, paths, &ahead[0])?;
    for ((name, _), ahead) in
        journal::JOURNALS.iter().zip(ahead).skip(1).filter(|(_, ahead)| !ahead.is_empty())
    {
        others(conn, paths, name, ahead)?;
    }
    Ok(())
}

/// Enters deliveries, each with its batch; from archived files that fit their manifests, and from no others.
fn deliveries(conn: &Session, schema: &Schema, paths: &Paths, ahead: &Ahead) -> Result<(), StoreError> {
    if ahead.is_empty() {
        return Ok(());
    }
    let mut latest = engine::count(conn, "schema.last_batch", &[], &[])?;
    // What lies behind the last batch that was acknowledged may be half there.
    let batches = ahead.iter().filter_map(|line| journal::entry::<DeliveryLine>(line).ok()?.1.batch);
    let last = batches.map(|batch| batch.0).max().unwrap_or(u32::try_from(latest).unwrap_or(u32::MAX));
    archive::take_back_after(paths, last)?;
    let folders = archive::folders(paths)?;
    let sealed = InJournal::read(paths)?.sealed.map(|sealed| sealed.batch);
    let mut believed: BTreeSet<PathBuf> = BTreeSet::new();
    let of = journal::path(&paths.journal(), "deliveries");
    each(&of, ahead, |n, line: DeliveryLine| {
        let Some(batch) = line.batch else {
            return engine::within(conn, || deliveries::add(conn, n, &line));
        };
        let damaged = |why: String| StoreError::Damaged { path: of.clone(), why };
        if u64::from(batch.0) != latest + 1 {
            return Err(damaged(format!("delivery {n} is of batch {}, the last was {latest}", batch.0)));
        }
        let found = folders.iter().find_map(|folder| {
            folder.batches.iter().find(|manifest| manifest.batch == batch).map(|manifest| (folder, manifest))
        });
        let Some((folder, manifest)) = found.filter(|(_, manifest)| manifest.delivery == n) else {
            return Err(damaged(format!(
                "delivery {n} is of batch {}, which the archive does not have",
                batch.0
            )));
        };
        let head = manifest.seal.as_ref().and_then(|seal| seal.head.as_ref());
        // What was sealed anew has other seals than the lines of before.
        if sealed < Some(batch) && line.head.is_some() && line.head.as_ref() != head {
            let why = format!("the seal of batch {} is not the journal's", batch.0);
            return Err(StoreError::Damaged { path: folder.path.clone(), why });
        }
        if believed.insert(folder.path.clone()) {
            archive::believe(std::slice::from_ref(folder))?;
        }
        engine::within(conn, || {
            apply(conn, schema, folder, manifest)?;
            deliveries::add_batch(conn, manifest)?;
            deliveries::add(conn, n, &line)?;
            seal::keep(conn, head.map(String::as_str))
        })?;
        latest += 1;
        Ok(())
    })
}

/// Enters the lines of another journal.
fn others(conn: &Session, paths: &Paths, name: &str, ahead: &Ahead) -> Result<(), StoreError> {
    let of = journal::path(&paths.journal(), name);
    engine::within(conn, || match name {
        "runs" => each(&of, ahead, |_, line: RunLine| runs::add(conn, &line)),
        "frames" => {
            each(&of, ahead, |n, line: FrameLine| frames::add(conn, n, &line, frames::unhex(&line.figures)?))
        }
        "definitions" => each(&of, ahead, |n, line: DefinitionLine| keep::add_definition(conn, n, &line)),
        _ => each(&of, ahead, |n, line: NoteLine| keep::add_note(conn, n, &line)),
    })
}

fn each<T: serde::de::DeserializeOwned>(
    of: &std::path::Path,
    ahead: &Ahead,
    mut enter: impl FnMut(u64, T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if let Some(first) = ahead.first() {
        let lines = ahead.len();
        let from = journal::entry::<serde_json::Value>(first).map(|(n, _)| n).unwrap_or_default();
        tracing::warn!(journal = %of.display(), from, lines, "entered what the database had lost");
    }
    for line in ahead {
        let (n, line) =
            journal::entry(line).map_err(|why| StoreError::Damaged { path: of.to_owned(), why })?;
        enter(n, line)?;
    }
    Ok(())
}

/// Closes and opens the versions of a batch as its files say.
fn apply(conn: &Session, schema: &Schema, folder: &Folder, manifest: &Manifest) -> Result<(), StoreError> {
    let table: &Table = schema.table(&manifest.table)?;
    let batch = manifest.batch.0.to_string();
    let file = |name: &str| files(std::slice::from_ref(folder), name);
    let counted = |what: &str, done: u64, expected: u64| {
        if done == expected {
            return Ok(());
        }
        let why = format!("batch {batch}: {done} versions {what}, where its manifest says {expected}");
        Err(StoreError::Damaged { path: folder.path.clone(), why })
    };
    let mut closed_rows = 0;
    if let Some(files) = file(&archive::closed_name(&table.name)) {
        let closed = sql::render("rebuild.closed_of", &[("files", &files), ("batch", &batch)])?;
        let places = [("table", table.name.as_str()), ("closed", closed.trim())];
        closed_rows = engine::system(conn, "rebuild.close", &places, &[])? as u64;
        engine::system(conn, "rebuild.remove", &places, &[])?;
    }
    counted("closed", closed_rows, manifest.closed)?;
    let mut opened_rows = 0;
    if manifest.opened > 0
        && let Some(versions) = Versions::of(conn, table, std::slice::from_ref(folder))?
    {
        let opened = sql::render("rebuild.opened_of", &[("files", &versions.opened), ("batch", &batch)])?;
        let versions = Versions { opened: opened.trim().to_owned(), ..versions };
        let lift = versions.lift_from(table, "rebuild.opened_from", "rebuild.opened_own")?;
        let places = [("table", table.name.as_str()), ("lift", lift.as_str())];
        opened_rows = engine::system(conn, "rebuild.add_current", &places, &[])? as u64;
    }
    counted("opened", opened_rows, manifest.opened)?;
    let mut identities = 0;
    if let Some(files) = file(archive::IDENTITIES) {
        let places = [("files", files.as_str()), ("batch", batch.as_str())];
        identities = engine::system(conn, "rebuild.add_identities_of", &places, &[])? as u64;
    }
    counted("known for the first time", identities, manifest.identities)
}
