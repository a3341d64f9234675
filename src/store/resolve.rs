//! What a delivery changes: which rows are new, changed, absent; or why nothing of it is taken.
//!
//! **Rows of one key** in one file count once: of contradicting ones the later, or what the mapping says
//! ([`OnRepeat`]); the receipt names each row that does not count, with the one that does.
//!
//! **Cells that could not be read** keep what was known: a row of which nothing else differs is unchanged.
//!
//! **Rows that were not let through** never withdraw their stored version. Where the gate could read such a row's
//! key ([`Delivery::hold`]), or the row contradicts another of the same key and neither counts, that one key is
//! spared. A row whose key is unknown may be any of the absent ones: then a keyed snapshot withdraws nothing at all
//! until a delivery without such rows comes, or a person confirms it; the receipt says how many stored rows are held
//! for it. Without keys no earlier version can be named: the delivery counts as it is, and says how many rows it held
//! back.

use std::collections::HashSet;

use super::change::{Change, Verdict};
use super::delivery::{Delivery, FAULTS_KEPT};
use super::delivery_line::FAULTS_SHOWN;
use super::error::StoreError;
use super::order;
use super::signs;
use super::types::BatchId;
use crate::definitions::mapping::{Mode, OnRepeat};
use crate::intake::fault::{Fault, FaultKind};

/// What the delivery changes, and whether it may. Everything is counted even when nothing is taken.
pub(super) fn resolve(delivery: &mut Delivery, batch: BatchId) -> Result<(Change, Verdict), StoreError> {
    let mut change = Change { identities: delivery.rows.identify(batch)?, ..Change::default() };
    let mut conflicts = 0;
    if delivery.start.keyed {
        conflicts = settle_repeated(delivery, &mut change)?;
    } else {
        delivery.rows.number_copies()?;
    }
    let (mode, rows) = (delivery.start.mode, &mut delivery.rows);
    change.first = rows.is_new_source()?;
    rows.compare(change.first, mode == Mode::Snapshot)?;
    if !change.first {
        if delivery.start.keyed {
            rows.drop_kept()?;
        }
        change.counted.stored = rows.stored()?;
    }
    order::settle(delivery, &mut change)?;
    if mode == Mode::Append && !change.first {
        hold_changed(delivery)?;
    }
    if mode == Mode::Snapshot {
        change.held = spare(delivery, change.first, conflicts)?;
    }
    count(delivery, &mut change)?;
    let verdict = match refused(delivery) {
        Some(why) => Verdict::Refuse(why),
        None => signs::look(delivery, &change)?.map_or(Verdict::Take, Verdict::Hold),
    };
    Ok((change, verdict))
}

/// Of rows with the same key one counts; or, where the mapping says so, none of those that contradict each other.
/// How many are held back for that.
fn settle_repeated(delivery: &mut Delivery, change: &mut Change) -> Result<u64, StoreError> {
    if delivery.rows.repeated(delivery.start.on_repeat == OnRepeat::First)? == 0 {
        return Ok(0);
    }
    let mut conflicts = 0;
    if delivery.start.on_repeat == OnRepeat::Hold {
        let rows = delivery.rows.conflicts()?;
        conflicts = rows.len() as u64;
        let fault = |(row, other): &(u64, u64)| Fault::new(*row, "", FaultKind::DuplicateKey).beside(*other);
        delivery.quarantine(&rows.iter().map(fault).collect::<Vec<_>>());
        delivery.rows.hold_conflicts()?;
    }
    delivery.rows.merge()?;
    for (contradicts, most) in [(true, FAULTS_KEPT), (false, FAULTS_SHOWN)] {
        let rows = delivery.rows.merged(contradicts, most)?;
        change.merged.extend(rows.into_iter().map(|(row, other)| (row, other, contradicts)));
    }
    change.counted.contradicting = delivery.rows.contradicting()?;
    Ok(conflicts)
}

/// Appending never replaces: a known key with other content is held back.
fn hold_changed(delivery: &mut Delivery) -> Result<(), StoreError> {
    let rows = delivery.rows.changed_rows()?;
    if rows.is_empty() {
        return Ok(());
    }
    let fault = |row: &u64| Fault::new(*row, "", FaultKind::DuplicateKey);
    delivery.quarantine(&rows.iter().map(fault).collect::<Vec<_>>());
    delivery.rows.hold_changed()
}

/// Counts versions, and rows.
fn count(delivery: &Delivery, change: &mut Change) -> Result<(), StoreError> {
    let facts = delivery.rows.counted()?;
    if facts.lacking > 0 {
        return Err(StoreError::Inconsistent(format!("{} rows taken for known are not", facts.lacking)));
    }
    (change.opened, change.closed, change.arrived) = (facts.opened, facts.closed, facts.arrived);
    change.counted.withdrawn = facts.withdrawn;
    let (new, changed, merged) = if delivery.has_one_fact_a_row() {
        (facts.new, facts.opened - facts.new, delivery.rows.count_merged()?)
    } else {
        delivery.rows.counted_rows()?
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
        // The receipt counts its rows without those that have no value.
        let (without_ja, without_en) = match rows - delivery.rows() {
            0 => (String::new(), String::new()),
            without => {
                (format!("（うち値のない行{without}行）"), format!(" ({without} of them without any value)"))
            }
        };
        format!(
            "{rows}行{without_ja}中{bad}行が読めず、上限{percent}%を超えました · {bad} of {rows} rows{without_en} are bad, more than {percent} %"
        )
    };
    (share > most).then(why)
}

/// Takes back the withdrawals that quarantined rows forbid. How many rows are held.
fn spare(delivery: &mut Delivery, first: bool, conflicts: u64) -> Result<u64, StoreError> {
    let bad = delivery.bad_rows.len() as u64;
    if !delivery.start.keyed {
        return Ok(bad);
    }
    if first || bad == 0 && delivery.held_keys.is_empty() {
        return Ok(0);
    }
    let mut held = delivery.rows.spare(&delivery.held_keys)?;
    let told = delivery.held_keys.iter().filter(|k| delivery.bad_rows.contains(&k.row));
    let told: HashSet<u64> = told.map(|k| k.row).collect();
    let unknown = bad.saturating_sub(told.len() as u64 + conflicts);
    if unknown > 0 && !delivery.start.confirmed {
        held += delivery.rows.spare_all()?;
    }
    Ok(held)
}
