//! What a delivery changes: which rows are new, changed, absent; or why nothing of it is taken.
//!
//! **Rows that were not let through** never withdraw their stored version. Where the gate could read such a row's
//! key ([`Delivery::hold`]), or the row contradicts another of the same key, that one key is spared. A row whose key
//! is unknown may be any of the absent ones: then a keyed snapshot withdraws nothing at all until a delivery
//! without such rows comes, or a person confirms it; the receipt says how many stored rows are held for it. Without
//! keys no earlier version can be named: the delivery counts as it is, and says how many rows it held back.

use std::collections::HashSet;

use duckdb::types::Value;

use super::delivery::Delivery;
use super::engine;
use super::error::StoreError;
use super::query::{batch as batch_value, text};
use super::types::{BatchId, Outcome};
use super::unread::badly_read;
use crate::intake::fault::{Fault, FaultKind};
use crate::intake::mapping::Mode;

/// What a delivery changes.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub opened: u64,
    pub closed: u64,
    pub unchanged: u64,
    pub held: u64,
    pub identities: u64,
    /// Nothing of the source was stored before.
    first: bool,
}

/// What the delivery changes; or why it changes nothing.
pub(super) fn resolve(
    delivery: &mut Delivery,
    batch: BatchId,
) -> Result<Result<Change, Outcome>, StoreError> {
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
    if let Some(why) = badly_read(&delivery.unread, &[]).filter(|_| !delivery.start.confirmed) {
        return Ok(Err(Outcome::Held(why)));
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
    let faults: Vec<Fault> = rows.iter().map(|row| Fault::new(*row, "", FaultKind::DuplicateKey)).collect();
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
    if first || bad == 0 && delivery.held_keys.is_empty() {
        return Ok(0);
    }
    hold_keys(delivery)?;
    let mut held = engine::system(&delivery.conn, "accept.drop_spared", &[], &[])? as u64;
    let told = delivery.held_keys.iter().filter(|k| delivery.bad_rows.contains(&k.row));
    let told: HashSet<u64> = told.map(|k| k.row).collect();
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
