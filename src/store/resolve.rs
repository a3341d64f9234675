//! What a delivery changes: which rows are new, changed, absent; or why nothing of it is taken.
//!
//! **Rows of one key** in one file count once: of contradicting ones the later, or what the mapping says
//! ([`OnRepeat`]); the receipt names each row that does not count, with the one that does.
//!
//! **Rows that were not let through** never withdraw their stored version. Where the gate could read such a row's
//! key ([`Delivery::hold`]), or the row contradicts another of the same key and neither counts, that one key is
//! spared. A row whose key is unknown may be any of the absent ones: then a keyed snapshot withdraws nothing at all
//! until a delivery without such rows comes, or a person confirms it; the receipt says how many stored rows are held
//! for it. Without keys no earlier version can be named: the delivery counts as it is, and says how many rows it held
//! back.

use std::collections::HashSet;

use duckdb::types::Value;

use super::change::{Change, Verdict};
use super::delivery::{Delivery, FAULTS_KEPT};
use super::delivery_line::FAULTS_SHOWN;
use super::engine;
use super::error::StoreError;
use super::query::{batch as batch_value, number, text};
use super::signs;
use super::types::BatchId;
use crate::definitions::mapping::{Mode, OnRepeat};
use crate::intake::fault::{Fault, FaultKind};

/// What the delivery changes, and whether it may. Everything is counted even when nothing is taken.
pub(super) fn resolve(delivery: &mut Delivery, batch: BatchId) -> Result<(Change, Verdict), StoreError> {
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
    let mut conflicts = 0;
    if delivery.start.keyed {
        conflicts = settle_repeated(delivery, &mut change)?;
    } else {
        engine::system(&delivery.conn, "accept.number_copies", &[], &[])?;
    }
    change.first = engine::count(&delivery.conn, "accept.has_rows", &places, &params)? == 0;
    if change.first {
        engine::system(&delivery.conn, "accept.first_change", &[], &[])?;
    } else {
        let side = if delivery.start.mode == Mode::Snapshot { "FULL" } else { "LEFT" };
        let places = [places[0], places[1], ("side", side)];
        engine::system(&delivery.conn, "accept.compare", &places, &params)?;
        change.counted.stored = engine::count(&delivery.conn, "accept.count_scope", &places, &params)?;
    }
    if delivery.start.mode == Mode::Append && !change.first {
        hold_changed(delivery)?;
    }
    if delivery.start.mode == Mode::Snapshot {
        change.held = spare(delivery, change.first, conflicts)?;
    }
    count(delivery, &mut change)?;
    let verdict = match refused(delivery) {
        Some(why) => Verdict::Refuse(why),
        None => signs::look(delivery, &change, &places, &params)?.map_or(Verdict::Take, Verdict::Hold),
    };
    Ok((change, verdict))
}

/// Of rows with the same key one counts; or, where the mapping says so, none of those that contradict each other.
/// How many are held back for that.
fn settle_repeated(delivery: &mut Delivery, change: &mut Change) -> Result<u64, StoreError> {
    let which = if delivery.start.on_repeat == OnRepeat::First { "min" } else { "max" };
    engine::system(&delivery.conn, "accept.repeated", &[("which", which)], &[])?;
    if engine::count(&delivery.conn, "accept.count_repeated", &[], &[])? == 0 {
        return Ok(0);
    }
    let mut conflicts = 0;
    if delivery.start.on_repeat == OnRepeat::Hold {
        let rows = engine::system_rows(&delivery.conn, "accept.conflicts", &[], &[], |row| {
            Ok((row.get::<_, u64>(0)?, row.get::<_, u64>(1)?))
        })?;
        conflicts = rows.len() as u64;
        let fault = |(row, other): &(u64, u64)| Fault::new(*row, "", FaultKind::DuplicateKey).beside(*other);
        delivery.quarantine(&rows.iter().map(fault).collect::<Vec<_>>());
        for section in ["accept.spare_conflicts", "accept.hold_conflicts", "accept.drop_conflicts"] {
            engine::system(&delivery.conn, section, &[], &[])?;
        }
    }
    engine::system(&delivery.conn, "accept.merge", &[], &[])?;
    engine::system(&delivery.conn, "accept.drop_merged", &[], &[])?;
    for (contradicts, most) in [(true, FAULTS_KEPT), (false, FAULTS_SHOWN)] {
        let values = [("contradicts", Value::Boolean(contradicts)), ("n", number(most as u64))];
        let rows = engine::system_rows(&delivery.conn, "accept.merged_rows", &[], &values, |row| {
            Ok((row.get(0)?, row.get(1)?, contradicts))
        })?;
        change.merged.extend(rows);
    }
    change.counted.contradicting = engine::count(&delivery.conn, "accept.count_contradicting", &[], &[])?;
    Ok(conflicts)
}

/// Appending never replaces: a known key with other content is held back.
fn hold_changed(delivery: &mut Delivery) -> Result<(), StoreError> {
    let rows =
        engine::system_rows(&delivery.conn, "accept.changed_rows", &[], &[], |row| row.get::<_, u64>(0))?;
    if rows.is_empty() {
        return Ok(());
    }
    let fault = |row: &u64| Fault::new(*row, "", FaultKind::DuplicateKey);
    delivery.quarantine(&rows.iter().map(fault).collect::<Vec<_>>());
    for section in ["accept.hold_changed", "accept.drop_changed_arrived", "accept.drop_changed"] {
        engine::system(&delivery.conn, section, &[], &[])?;
    }
    Ok(())
}

/// Counts versions, and rows.
fn count(delivery: &Delivery, change: &mut Change) -> Result<(), StoreError> {
    let numbers = |section: &str, columns: usize| -> Result<Vec<u64>, StoreError> {
        let found = engine::system_rows(&delivery.conn, section, &[], &[], |row| {
            (0..columns)
                .map(|at| Ok(row.get::<_, i64>(at)?.unsigned_abs()))
                .collect::<duckdb::Result<Vec<_>>>()
        })?;
        Ok(found.into_iter().next().unwrap_or_else(|| vec![0; columns]))
    };
    let facts = numbers("accept.count_change", 5)?;
    if facts[2] > 0 {
        return Err(StoreError::Inconsistent(format!("{} rows taken for known are not", facts[2])));
    }
    (change.opened, change.closed) = (facts[0], facts[1]);
    change.arrived = numbers("accept.count_arrived", 1)?[0];
    change.counted.withdrawn = facts[4];
    let (new, changed, merged) = if delivery.has_one_fact_a_row() {
        (facts[3], facts[0] - facts[3], numbers("accept.count_merged", 1)?[0])
    } else {
        let rows = numbers("accept.count_rows", 3)?;
        (rows[0], rows[1], rows[2])
    };
    (change.counted.new, change.counted.changed, change.counted.merged) = (new, changed, merged);
    let otherwise = new + changed + merged + delivery.bad_rows.len() as u64;
    change.unchanged = delivery.rows().saturating_sub(otherwise);
    Ok(())
}

/// Too many bad rows: nothing of the delivery is taken. A row that is cut off is another matter: see [`signs`].
fn refused(delivery: &Delivery) -> Option<String> {
    let (bad, rows) = (delivery.bad_rows.len() as u64, delivery.rows_of_table());
    let judged = bad - u64::from(delivery.torn_row().is_some());
    let share = judged as f64 / rows.max(1) as f64;
    let most = delivery.start.max_bad_share;
    let percent = most * 100.0;
    let why = || {
        format!(
            "{rows}行中{bad}行が読めず、上限{percent}%を超えました · {bad} of {rows} rows are bad, more than {percent} %"
        )
    };
    (share > most).then(why)
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
