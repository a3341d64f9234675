//! A delivery becomes a batch, in one transaction: find what differs, write it, archive it, commit.
//!
//! **Rows that were not let through** never withdraw their stored version. Where the gate could read such a row's
//! key ([`Delivery::hold`]), or the row contradicts another of the same key, that one key is spared. A row whose key
//! is unknown may be any of the absent ones: then a keyed snapshot withdraws nothing at all until a delivery
//! without such rows comes, or a person confirms it; the receipt says how many stored rows are held for it. Without
//! keys no earlier version can be named: the delivery counts as it is, and says how many rows it held back.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use duckdb::types::Value;
use jiff::{SignedDuration, Timestamp};

use super::archive::{self, Manifest, Unfinished};
use super::deliveries::{self, DeliveryLine, outcome_code};
use super::delivery::{Delivery, FAULTS_KEPT};
use super::engine;
use super::error::StoreError;
use super::query::{batch as batch_value, text};
use super::reader::lock;
use super::sql;
use super::types::{BatchId, BatchKind, Outcome, Receipt};
use super::writer::Writer;
use super::{Inner, SourceMemory};
use crate::intake::fault::{Fault, FaultKind};
use crate::intake::mapping::Mode;

/// Faults shown in a receipt.
const FAULTS_SHOWN: usize = 1_000;

/// What a delivery changes.
#[derive(Debug, Default)]
struct Change {
    opened: u64,
    closed: u64,
    unchanged: u64,
    held: u64,
    identities: u64,
    /// Nothing of the source was stored before.
    first: bool,
}

pub(super) fn accept(mut delivery: Delivery, digest: &str, bytes: u64) -> Result<Receipt, StoreError> {
    let inner = delivery.inner.clone();
    let mut writer = lock(&inner.writer);
    let writer = writer.as_mut().ok_or(StoreError::Closed)?;
    delivery.finish_staging()?;
    let batch = BatchId(inner.latest().0 + 1);
    engine::system(&delivery.conn, "accept.begin", &[], &[])?;
    let result = within(&mut delivery, &inner, writer, batch, digest, bytes);
    if result.is_err() {
        // The error that matters is the first one; a transaction that failed is gone already.
        let _ = engine::system(&delivery.conn, "accept.rollback", &[], &[]);
    }
    result
}

fn within(
    delivery: &mut Delivery,
    inner: &Inner,
    writer: &mut Writer,
    batch: BatchId,
    digest: &str,
    bytes: u64,
) -> Result<Receipt, StoreError> {
    let found = resolve(delivery, batch)?;
    let mut line = line(delivery, inner, digest, bytes);
    let number = writer.deliveries.next();
    let change = match found {
        Ok(change) if change.opened + change.closed > 0 => change,
        Ok(change) => {
            line.unchanged = change.unchanged;
            line.held = change.held;
            return record(delivery, inner, writer, line, Outcome::Unchanged);
        }
        Err(outcome) => return record(delivery, inner, writer, line, outcome),
    };
    line.outcome = outcome_code(&Outcome::Accepted).to_owned();
    line.batch = Some(batch);
    line.opened = change.opened;
    line.closed = change.closed;
    line.unchanged = change.unchanged;
    line.held = change.held;

    write(delivery, batch, &change)?;
    let manifest = Manifest {
        batch,
        accepted_at: accepted_at(delivery, inner)?,
        kind: kind(delivery, inner),
        source: line.source.clone(),
        table: line.table.clone(),
        mapping: line.mapping.clone(),
        schema_version: delivery.table.version,
        schema: inner.schema.hash.clone(),
        delivery: number,
        opened: change.opened,
        closed: change.closed,
        identities: change.identities,
        files: Vec::new(),
    };
    deliveries::add_batch(&delivery.conn, &manifest)?;
    deliveries::add(&delivery.conn, number, &line)?;
    let folder = archive(delivery, inner, &manifest)?;
    let mark = writer.deliveries.append(&line).inspect_err(|_| archive::take_back(&folder))?;
    // Odd while readers may see the batch and not yet know of it.
    inner.commits.fetch_add(1, Ordering::AcqRel);
    let committed = engine::system(&delivery.conn, "accept.commit", &[], &[]);
    if committed.is_ok() {
        inner.learn(Some(manifest.accepted_at), number, &line);
    }
    inner.commits.fetch_add(1, Ordering::AcqRel);
    if let Err(error) = committed {
        writer.deliveries.undo(mark);
        archive::take_back(&folder);
        return Err(error);
    }
    Ok(receipt(number, line, Outcome::Accepted))
}

/// What the delivery changes; or why it changes nothing.
fn resolve(delivery: &mut Delivery, batch: BatchId) -> Result<Result<Change, Outcome>, StoreError> {
    let mut change = Change::default();
    let window = delivery.window()?;
    let table = delivery.table.name.clone();
    let places = [("table", table.as_str()), ("window", window.as_str())];
    let mut params = delivery.params();
    params.push(("batch", batch_value(batch)));
    params.push(("namespace", delivery.start.namespace.as_deref().map_or(Value::Null, text)));
    if delivery.table.subject {
        let last = engine::count(&delivery.conn, "accept.last_case", &[], &[])?;
        params.push(("last", Value::BigInt(i64::try_from(last).unwrap_or(i64::MAX))));
        engine::system(&delivery.conn, "accept.newcomers", &[], &params)?;
        change.identities = engine::system(&delivery.conn, "accept.add_newcomers", &[], &params)? as u64;
    }
    let key = if delivery.start.keyed { "key__" } else { "content__" };
    engine::system(&delivery.conn, "accept.arrived", &[("key", key)], &[])?;
    let conflicts = match delivery.start.keyed {
        true => settle_repeated(delivery)?,
        false => {
            engine::system(&delivery.conn, "accept.number_copies", &[], &[])?;
            0
        }
    };
    change.first = engine::count(&delivery.conn, "accept.has_rows", &places, &params)? == 0;
    if change.first {
        engine::system(&delivery.conn, "accept.first_change", &[], &[])?;
    } else {
        let side = if delivery.start.mode == Mode::Snapshot { "FULL" } else { "LEFT" };
        let places = [places[0], places[1], ("side", side)];
        engine::system(&delivery.conn, "accept.compare", &places, &params)?;
    }
    if delivery.start.mode == Mode::Append && !change.first {
        refuse_changed(delivery)?;
    }
    if let Some(outcome) = refused(delivery) {
        return Ok(Err(outcome));
    }
    let arrived = engine::count(&delivery.conn, "accept.count_arrived", &[], &[])?;
    if delivery.start.mode == Mode::Snapshot {
        let scope = match change.first {
            true => 0,
            false => engine::count(&delivery.conn, "accept.count_scope", &places, &params)?,
        };
        if let Some(outcome) = held(delivery, arrived, scope) {
            return Ok(Err(outcome));
        }
        change.held = spare(delivery, change.first, conflicts)?;
    }
    let (opened, closed, lacking) =
        engine::system_rows(&delivery.conn, "accept.count_change", &[], &[], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })?
        .first()
        .copied()
        .unwrap_or_default();
    if lacking > 0 {
        return Err(StoreError::Inconsistent(format!("{lacking} rows taken for known are not")));
    }
    change.opened = opened.unsigned_abs();
    change.closed = closed.unsigned_abs();
    change.unchanged = arrived.saturating_sub(change.opened);
    Ok(Ok(change))
}

/// Of rows with the same key, equal ones count once and contradicting ones not at all. How many contradict.
fn settle_repeated(delivery: &mut Delivery) -> Result<u64, StoreError> {
    engine::system(&delivery.conn, "accept.repeated", &[], &[])?;
    if engine::count(&delivery.conn, "accept.count_repeated", &[], &[])? == 0 {
        return Ok(0);
    }
    let rows = engine::system_rows(&delivery.conn, "accept.conflicts", &[], &[], |row| row.get::<_, u64>(0))?;
    duplicate_keys(delivery, &rows);
    engine::system(&delivery.conn, "accept.spare_conflicts", &[], &[])?;
    engine::system(&delivery.conn, "accept.drop_repeated", &[], &[])?;
    Ok(rows.len() as u64)
}

/// Appending never replaces: a known key with other content is a fault.
fn refuse_changed(delivery: &mut Delivery) -> Result<(), StoreError> {
    let rows =
        engine::system_rows(&delivery.conn, "accept.changed_rows", &[], &[], |row| row.get::<_, u64>(0))?;
    if !rows.is_empty() {
        duplicate_keys(delivery, &rows);
        engine::system(&delivery.conn, "accept.drop_changed", &[], &[])?;
    }
    Ok(())
}

fn duplicate_keys(delivery: &mut Delivery, rows: &[u64]) {
    let faults: Vec<Fault> = rows
        .iter()
        .map(|row| Fault { row: *row, column: String::new(), kind: FaultKind::DuplicateKey })
        .collect();
    delivery.quarantine(&faults);
}

/// Too many bad rows: nothing of the delivery is taken.
fn refused(delivery: &Delivery) -> Option<Outcome> {
    let (bad, rows) = (delivery.bad_rows.len() as u64, delivery.rows());
    let share = bad as f64 / rows.max(1) as f64;
    let most = delivery.start.max_bad_share;
    (share > most)
        .then(|| Outcome::Refused(format!("{bad} of {rows} rows are bad, more than {} %", most * 100.0)))
}

/// A snapshot that a person has to look at.
fn held(delivery: &Delivery, arrived: u64, scope: u64) -> Option<Outcome> {
    if delivery.start.confirmed {
        return None;
    }
    if arrived == 0 {
        return Some(Outcome::Held("the snapshot has no rows".into()));
    }
    let there = arrived + delivery.bad_rows.len() as u64;
    (there * 2 < scope)
        .then(|| Outcome::Held(format!("the snapshot has shrunk from {scope} rows to {there}")))
}

/// Takes back the withdrawals that quarantined rows forbid. How many rows are held.
fn spare(delivery: &Delivery, first: bool, conflicts: u64) -> Result<u64, StoreError> {
    let bad = delivery.bad_rows.len() as u64;
    if !delivery.start.keyed {
        return Ok(bad);
    }
    if first || bad == 0 {
        return Ok(0);
    }
    hold_keys(delivery)?;
    let mut held = engine::system(&delivery.conn, "accept.drop_spared", &[], &[])? as u64;
    let told = delivery.held_keys.iter().filter(|k| delivery.bad_rows.contains(&k.row));
    let told: std::collections::HashSet<u64> = told.map(|k| k.row).collect();
    let unknown = bad.saturating_sub(told.len() as u64 + conflicts);
    if unknown > 0 && !delivery.start.confirmed {
        held += engine::system(&delivery.conn, "accept.drop_absent", &[], &[])? as u64;
    }
    Ok(held)
}

fn hold_keys(delivery: &Delivery) -> Result<(), StoreError> {
    if delivery.held_keys.is_empty() {
        return Ok(());
    }
    let doing = StoreError::database;
    let conn = &delivery.conn;
    let mut rows =
        conn.appender_to_catalog_and_db("held_keys", "temp", "main").map_err(doing("holding keys"))?;
    for key in &delivery.held_keys {
        let (hi, lo) = key.subject.unzip();
        rows.append_row(duckdb::params![hi, lo, key.key]).map_err(doing("holding keys"))?;
    }
    rows.flush().map_err(doing("holding keys"))?;
    drop(rows);
    engine::system(conn, "accept.spare_held", &[], &[]).map(|_| ())
}

/// Closes and opens versions.
fn write(delivery: &Delivery, batch: BatchId, change: &Change) -> Result<(), StoreError> {
    let table = &delivery.table;
    let public = table.public();
    let places = [("table", table.name.as_str()), ("columns", public.as_str())];
    let params = [("batch", batch_value(batch)), ("source", text(&delivery.start.source))];
    if change.closed > 0 {
        engine::system(&delivery.conn, "accept.close", &places, &params)?;
        engine::system(&delivery.conn, "accept.remove", &places, &params)?;
    }
    if change.opened > 0 {
        let inputs = table.inputs_from(&delivery.present, "s");
        let from = sql::render("accept.open_from", &[("inputs", &inputs)])?;
        let lift = table.lift(from.trim(), sql::text("accept.open_own")?.trim())?;
        engine::system(&delivery.conn, "accept.open", &[("table", &table.name), ("lift", &lift)], &params)?;
    }
    Ok(())
}

/// Writes the batch's folder: on disk, whole, when this returns.
fn archive(delivery: &Delivery, inner: &Inner, manifest: &Manifest) -> Result<PathBuf, StoreError> {
    let name = archive::batch_name(manifest.batch);
    let folder = Unfinished::start(&inner.settings.paths().batches(), &name)?;
    let table = &delivery.table;
    let public = table.public();
    let places = [("table", table.name.as_str()), ("columns", public.as_str())];
    let copies = [
        (manifest.opened, "accept.copy_opened", archive::opened_name(&table.name)),
        (manifest.closed, "accept.copy_closed", archive::closed_name(&table.name)),
        (manifest.identities, "accept.copy_identities", archive::IDENTITIES.to_owned()),
    ];
    for (expected, section, file) in copies {
        if expected == 0 {
            continue;
        }
        let path = folder.file(&file);
        let params = [("batch", batch_value(manifest.batch)), ("file", text(&path.to_string_lossy()))];
        let written = engine::system(&delivery.conn, section, &places, &params)? as u64;
        if written != expected {
            return Err(StoreError::Inconsistent(format!("{file}: {written} rows written of {expected}")));
        }
    }
    let files = folder.seal()?;
    folder.finish(&Manifest { files, ..manifest.clone() })
}

/// Keeps a delivery that changed nothing.
fn record(
    delivery: &Delivery,
    inner: &Inner,
    writer: &mut Writer,
    mut line: DeliveryLine,
    outcome: Outcome,
) -> Result<Receipt, StoreError> {
    engine::system(&delivery.conn, "accept.rollback", &[], &[])?;
    line.outcome = outcome_code(&outcome).to_owned();
    line.why = outcome.why().map(str::to_owned);
    if !outcome.is_taken() {
        // The same bad file may come every few minutes.
        line.faults.truncate(FAULTS_SHOWN);
    }
    let number = writer.add_delivery(&line)?;
    inner.learn(None, number, &line);
    Ok(receipt(number, line, outcome))
}

pub(super) fn receipt(number: u64, line: DeliveryLine, outcome: Outcome) -> Receipt {
    let faults = line.faults.into_iter().take(FAULTS_SHOWN);
    Receipt {
        delivery: number,
        outcome,
        batch: line.batch,
        rows: line.rows,
        opened: line.opened,
        closed: line.closed,
        unchanged: line.unchanged,
        faults: faults.map(|(row, column, kind)| Fault { row, column, kind }).collect(),
        quarantined: line.quarantined,
        held: line.held,
        stale: line.stale,
    }
}

fn line(delivery: &Delivery, inner: &Inner, digest: &str, bytes: u64) -> DeliveryLine {
    let start = &delivery.start;
    let newest = inner.remembered(&start.source).and_then(|m| m.state.stamp);
    let faults = delivery.faults.iter().take(FAULTS_KEPT);
    DeliveryLine {
        source: start.source.clone(),
        table: start.table.clone(),
        name: start.name.clone(),
        received_at: start.received_at,
        stamp: start.stamp,
        mapping: start.mapping_hash.clone(),
        digest: digest.to_owned(),
        bytes,
        replay: start.replay,
        outcome: String::new(),
        why: None,
        batch: None,
        rows: delivery.rows(),
        opened: 0,
        closed: 0,
        unchanged: 0,
        quarantined: delivery.bad_rows.len() as u64,
        held: 0,
        stale: start.stamp.is_some_and(|own| newest.is_some_and(|newest| own < newest)),
        faults: faults.map(|f| (f.row, f.column.clone(), f.kind)).collect(),
    }
}

fn kind(delivery: &Delivery, inner: &Inner) -> BatchKind {
    if delivery.start.replay {
        return BatchKind::Replay;
    }
    match inner.remembered(&delivery.start.source) {
        Some(SourceMemory { state, mapping: Some(mapping), .. }) if state.batch.is_some() => {
            match mapping == delivery.start.mapping_hash {
                true => BatchKind::Regular,
                false => BatchKind::Remap,
            }
        }
        _ => BatchKind::Initial,
    }
}

/// Strictly increasing, whatever the clock does. A replay's own stamps must increase by themselves.
fn accepted_at(delivery: &Delivery, inner: &Inner) -> Result<Timestamp, StoreError> {
    let given = Timestamp::from_microsecond(delivery.start.received_at.as_microsecond())
        .map_err(|_| StoreError::NotLater)?;
    match inner.last_accepted() {
        Some(last) if given < last && delivery.start.replay => Err(StoreError::NotLater),
        Some(last) if given <= last => {
            last.checked_add(SignedDuration::from_micros(1)).map_err(|_| StoreError::NotLater)
        }
        _ => Ok(given),
    }
}
