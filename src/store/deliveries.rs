//! The ledgers of deliveries (with their rows held back, merged or partly unread) and of batches, in the database.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::archive::Manifest;
use super::delivery_line::{DeliveryLine, FAULTS_SHOWN, FaultLine, Told};
use super::engine::{self, Place, Row, Session, Value, batch, day, instant, maybe_instant, number, text};
use super::error::StoreError;
use super::told::{self, Run};
use super::types::{BatchEntry, BatchId, BatchKind, Counted, DeliveryEntry, FaultCount, SourceState};
use crate::epi::clock::jst;
use crate::intake::fault::{Fault, FaultKind, Unread};

/// Adds a delivery and its rows, inside the caller's transaction.
pub(super) fn add(conn: &Session, delivery: u64, line: &DeliveryLine) -> Result<(), StoreError> {
    let counted = |of: fn(&Counted) -> u64| line.counted.as_ref().map_or(Value::Null, |c| number(of(c)));
    let hold = line.hold.as_ref().and_then(|hold| serde_json::to_string(hold).ok());
    let left_out = (!line.left_out.is_empty()).then(|| serde_json::to_string(&line.left_out).ok()).flatten();
    let told = line.told.as_ref();
    let words = |words: &Vec<String>| serde_json::to_string(words).ok().as_deref().map_or(Value::Null, text);
    let a_day = |at: Option<Date>| at.map_or(Value::Null, day);
    let values: [(&str, Value); 35] = [
        ("delivery", number(delivery)),
        ("source", text(&line.source)),
        ("of_table", text(&line.table)),
        ("name", text(&line.name)),
        ("received_at", instant(line.received_at)),
        ("stamp", maybe_instant(line.stamp)),
        ("outcome", text(line.outcome.text())),
        ("why", line.why.as_deref().map_or(Value::Null, text)),
        ("batch", line.batch.map_or(Value::Null, batch)),
        ("mapping", text(&line.mapping)),
        ("digest", text(&line.digest)),
        ("bytes", number(line.bytes)),
        ("rows", number(line.rows)),
        ("opened", number(line.opened)),
        ("closed", number(line.closed)),
        ("unchanged", number(line.unchanged)),
        ("quarantined", number(line.quarantined)),
        ("held", number(line.held)),
        ("stale", Value::Flag(line.stale)),
        ("replay", Value::Flag(line.replay)),
        ("new_rows", counted(|c| c.new)),
        ("changed", counted(|c| c.changed)),
        ("merged", counted(|c| c.merged)),
        ("contradicting", counted(|c| c.contradicting)),
        ("withdrawn", counted(|c| c.withdrawn)),
        ("stored", counted(|c| c.stored)),
        ("hold", hold.as_deref().map_or(Value::Null, text)),
        ("by_person", Value::Flag(line.by_person)),
        ("left_out", left_out.as_deref().map_or(Value::Null, text)),
        ("known_from", maybe_instant(line.known_from)),
        ("told_columns", told.map_or(Value::Null, |told| words(&told.columns))),
        ("told_from", a_day(told.and_then(|told| told.from))),
        ("told_to", a_day(told.and_then(|told| told.to))),
        ("told_alone", told.map_or(Value::Null, |told| Value::Flag(told.alone))),
        ("absent", told.map_or(Value::Null, |told| words(&told.absent))),
    ];
    engine::system(conn, "ledger.add_delivery", &[], &values)?;
    let of = number(delivery);
    append(conn, "quarantine", &line.faults, |FaultLine(row, column, kind, other)| {
        [of.clone(), number(*row), text(column), text(&kind_code(*kind)), (*other).into()]
    })?;
    append(conn, "fault_counts", &line.fault_counts, |count| {
        [of.clone(), text(&count.column), text(&kind_code(count.kind)), number(count.rows)]
    })?;
    append(conn, "merged_rows", &line.merged, |(row, other, contradicts)| {
        [of.clone(), number(*row), number(*other), (*contradicts).into()]
    })?;
    append(conn, "unread_cells", &line.unread, |unread| {
        let named = serde_json::to_string(&unread.rows).unwrap_or_default();
        let (column, kind) = (text(&unread.column), text(&kind_code(unread.kind)));
        [of.clone(), column, kind, number(unread.cells), number(unread.filled), text(&named)]
    })
}

/// Adds entries to one of the tables beside the ledger of deliveries.
fn append<T, const N: usize>(
    conn: &Session,
    table: &str,
    entries: &[T],
    each: impl Fn(&T) -> [Value; N],
) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let doing = format!("writing {table}");
    engine::append_rows(conn, &doing, (Place::Vault, table), entries.iter().map(each))
}

pub(super) fn kind_code(kind: FaultKind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn add_batch(conn: &Session, manifest: &Manifest) -> Result<(), StoreError> {
    let values: [(&str, Value); 10] = [
        ("batch", batch(manifest.batch)),
        ("accepted_at", instant(manifest.accepted_at)),
        ("kind", text(batch_kind_code(manifest.kind))),
        ("source", text(&manifest.source)),
        ("of_table", text(&manifest.table)),
        ("mapping", text(&manifest.mapping)),
        ("delivery", number(manifest.delivery)),
        ("opened", number(manifest.opened)),
        ("closed", number(manifest.closed)),
        ("identities", number(manifest.identities)),
    ];
    engine::system(conn, "ledger.add_batch", &[], &values).map(|_| ())
}

fn batch_kind_code(kind: BatchKind) -> &'static str {
    match kind {
        BatchKind::Initial => "initial",
        BatchKind::Regular => "regular",
        BatchKind::Remap => "remap",
        BatchKind::Replay => "replay",
    }
}

/// An instant, if there is one.
pub(super) fn at(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>, StoreError> {
    row.get(column)
}

/// An instant that every entry has.
pub(super) fn moment(row: &Row<'_>, column: usize) -> Result<Timestamp, StoreError> {
    at(row, column)?.ok_or_else(|| unreadable(column)("no moment"))
}

/// A word as the ledger has it; an unknown one is an error, and is not taken for another.
pub(super) fn word<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T, StoreError> {
    maybe_word(row, column)?.ok_or_else(|| unreadable(column)("no word"))
}

/// The same, where there may be none.
pub(super) fn maybe_word<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<Option<T>, StoreError> {
    let word: Option<String> = row.get(column)?;
    word.map(|word| serde_json::from_value(word.into()).map_err(|why| unreadable(column)(why))).transpose()
}

/// What the ledger keeps as JSON, where it keeps any.
fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|why| unreadable(column)(why))).transpose()
}

/// What a column of the ledger holds is not what the program writes there.
fn unreadable<E: std::fmt::Display>(column: usize) -> impl FnOnce(E) -> StoreError {
    move |why| StoreError::Inconsistent(format!("column {column} of the ledger can't be read: {why}"))
}

fn delivery(row: &Row<'_>) -> Result<(u64, DeliveryLine), StoreError> {
    let counted = match row.get::<Option<u64>>(20)? {
        None => None,
        Some(new) => Some(Counted {
            new,
            changed: row.get(21)?,
            merged: row.get(22)?,
            contradicting: row.get(23)?,
            withdrawn: row.get(24)?,
            stored: row.get(25)?,
        }),
    };
    let line = DeliveryLine {
        source: row.get(1)?,
        table: row.get(2)?,
        name: row.get(3)?,
        received_at: moment(row, 4)?,
        stamp: at(row, 5)?,
        outcome: word(row, 6)?,
        why: row.get(7)?,
        batch: row.get::<Option<u32>>(8)?.map(BatchId),
        mapping: row.get(9)?,
        digest: row.get(10)?,
        bytes: row.get(11)?,
        rows: row.get(12)?,
        opened: row.get(13)?,
        closed: row.get(14)?,
        unchanged: row.get(15)?,
        quarantined: row.get(16)?,
        held: row.get(17)?,
        stale: row.get(18)?,
        replay: row.get(19)?,
        counted,
        hold: json(row, 26)?,
        by_person: row.get(27)?,
        left_out: json(row, 28)?.unwrap_or_default(),
        known_from: at(row, 29)?,
        told: told(row)?,
        head: None,
        faults: Vec::new(),
        fault_counts: Vec::new(),
        merged: Vec::new(),
        unread: Vec::new(),
    };
    Ok((row.get(0)?, line))
}

fn told(row: &Row<'_>) -> Result<Option<Told>, StoreError> {
    let Some(columns) = json(row, 30)? else { return Ok(None) };
    let alone = row.get::<Option<bool>>(33)?.unwrap_or_default();
    let absent = json(row, 34)?.unwrap_or_default();
    Ok(Some(Told { columns, absent, from: row.get(31)?, to: row.get(32)?, alone }))
}

/// The last `n` deliveries until an instant, the newest first.
pub(super) fn last(conn: &Session, until: Timestamp, n: usize) -> Result<Vec<DeliveryEntry>, StoreError> {
    let values = [("until", instant(until)), ("n", number(n as u64))];
    let found = engine::system_rows(conn, "ledger.deliveries", &[], &values, delivery)?;
    Ok(found.into_iter().map(|(number, line)| line.entry(number)).collect())
}

/// A delivery, with its first rows of each kind.
pub(super) fn one(conn: &Session, wanted: u64) -> Result<Option<DeliveryEntry>, StoreError> {
    let values = [("delivery", number(wanted)), ("n", number(FAULTS_SHOWN as u64))];
    let found = engine::system_rows(conn, "ledger.delivery", &[], &values, delivery)?;
    let Some((number, mut line)) = found.into_iter().next() else { return Ok(None) };
    rows_of(conn, &mut line, &values)?;
    let mut entry = line.entry(number);
    entry.receipt.faults = faults(conn, number, 0, FAULTS_SHOWN)?;
    Ok(Some(entry))
}

/// A delivery as its journal has it, with all its rows.
pub(super) fn line(conn: &Session, wanted: u64) -> Result<Option<DeliveryLine>, StoreError> {
    let values = [("delivery", number(wanted)), ("skip", number(0)), ("n", number(u64::from(u32::MAX)))];
    let found = engine::system_rows(conn, "ledger.delivery", &[], &values, delivery)?;
    let Some((_, mut line)) = found.into_iter().next() else { return Ok(None) };
    rows_of(conn, &mut line, &values)?;
    line.faults = engine::system_rows(conn, "ledger.faults", &[], &values, fault)?
        .iter()
        .map(FaultLine::from)
        .collect();
    Ok(Some(line))
}

/// What stands beside the ledger of a delivery, but for the rows held back.
fn rows_of(conn: &Session, line: &mut DeliveryLine, values: &[(&str, Value)]) -> Result<(), StoreError> {
    line.merged = engine::system_rows(conn, "ledger.merged_rows", &[], values, |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    line.fault_counts = engine::system_rows(conn, "ledger.fault_counts", &[], values, |row| {
        Ok(FaultCount { column: row.get(0)?, kind: word(row, 1)?, rows: row.get(2)? })
    })?;
    line.unread = engine::system_rows(conn, "ledger.unread_cells", &[], values, unread)?;
    Ok(())
}

fn fault(row: &Row<'_>) -> Result<Fault, StoreError> {
    Ok(Fault { row: row.get(0)?, column: row.get(1)?, kind: word(row, 2)?, other: row.get(3)? })
}

fn unread(row: &Row<'_>) -> Result<Unread, StoreError> {
    Ok(Unread {
        column: row.get(0)?,
        kind: word(row, 1)?,
        cells: row.get(2)?,
        filled: row.get(3)?,
        rows: json(row, 4)?.unwrap_or_default(),
    })
}

/// Of each of a source's last `n` deliveries taken, the cells that could not be read; those that a person let pass are
/// left out.
pub(super) fn unread_of_late(conn: &Session, source: &str, n: u64) -> Result<Vec<Vec<Unread>>, StoreError> {
    let values = [("source", text(source)), ("n", number(n))];
    let found = engine::system_rows(conn, "ledger.unread_of_late", &[], &values, |row| {
        let cells = row.get::<Option<String>>(0)?.map(|_| unread(row)).transpose()?;
        Ok((row.get::<u64>(5)?, cells))
    })?;
    let mut deliveries: BTreeMap<u64, Vec<Unread>> = BTreeMap::new();
    for (delivery, cells) in found {
        deliveries.entry(delivery).or_default().extend(cells);
    }
    Ok(deliveries.into_values().collect())
}

/// The number of the last delivery of a source by this name.
pub(super) fn last_of_name(conn: &Session, source: &str, name: &str) -> Result<Option<u64>, StoreError> {
    let values = [("source", text(source)), ("name", text(name))];
    let found = engine::count(conn, "ledger.last_of_name", &[], &values)?;
    Ok((found > 0).then_some(found))
}

/// `n` rows held back of a delivery, after the first `skip`.
pub(super) fn faults(conn: &Session, delivery: u64, skip: usize, n: usize) -> Result<Vec<Fault>, StoreError> {
    let values = [("delivery", number(delivery)), ("skip", number(skip as u64)), ("n", number(n as u64))];
    engine::system_rows(conn, "ledger.faults", &[], &values, fault)
}

/// The last `n` batches, the newest first.
pub(super) fn batches(conn: &Session, n: usize) -> Result<Vec<BatchEntry>, StoreError> {
    engine::system_rows(conn, "ledger.batches", &[], &[("n", number(n as u64))], |row| {
        Ok(BatchEntry {
            batch: BatchId(row.get(0)?),
            accepted_at: moment(row, 1)?,
            kind: word(row, 2)?,
            source: row.get(3)?,
            table: row.get(4)?,
            mapping_hash: row.get(5)?,
            delivery: row.get(6)?,
            opened: row.get(7)?,
            closed: row.get(8)?,
            identities: row.get(9)?,
        })
    })
}

/// Every batch as its manifest has it, batch 1 first; without what the ledger does not have of it.
pub(super) fn batches_as_archived(conn: &Session) -> Result<Vec<Manifest>, StoreError> {
    engine::system_rows(conn, "verify.ledger", &[], &[], |row| {
        Ok(Manifest {
            batch: BatchId(row.get(0)?),
            accepted_at: moment(row, 1)?,
            kind: word(row, 2)?,
            source: row.get(3)?,
            table: row.get(4)?,
            mapping: row.get(5)?,
            schema_version: 0,
            schema: String::new(),
            delivery: row.get(6)?,
            opened: row.get(7)?,
            closed: row.get(8)?,
            identities: row.get(9)?,
            files: Vec::new(),
            seal: None,
        })
    })
}

/// When each batch was accepted, batch 1 first.
pub(super) fn batch_times(conn: &Session) -> Result<Vec<Timestamp>, StoreError> {
    let found = engine::system_rows(conn, "ledger.batch_times", &[], &[], |row| {
        Ok((row.get::<u32>(0)?, moment(row, 1)?))
    })?;
    let gap = (1..).zip(&found).find(|(expected, (number, _))| expected != number);
    if let Some((expected, _)) = gap {
        return Err(StoreError::Inconsistent(format!("batch {expected} is missing from the ledger")));
    }
    Ok(found.into_iter().map(|(_, at)| at).collect())
}

/// What is known of a source, and what the next delivery needs beside it.
#[derive(Clone, Debug)]
pub(super) struct SourceMemory {
    pub state: SourceState,
    /// Of the last delivery taken.
    pub mapping: Option<String>,
    /// Every batch of it was replayed (or it has none).
    pub only_replayed: bool,
    /// Up to when deliveries would have told that were not taken since it last spoke.
    pub missed: Option<Timestamp>,
}

impl SourceMemory {
    /// Takes note of a delivery.
    pub(super) fn note(known: &mut BTreeMap<String, Self>, number: u64, line: &DeliveryLine) {
        let receipt = line.clone().receipt(number);
        let memory = known.entry(line.source.clone()).or_insert_with(|| Self {
            state: SourceState {
                source: line.source.clone(),
                table: line.table.clone(),
                last_delivery_at: None,
                told_until: None,
                stamp: None,
                outcome: receipt.outcome.clone(),
                last_name: String::new(),
                stale: false,
                delivery: number,
                hold: None,
                by_person: false,
                taken: None,
                rows: 0,
                held_rows: 0,
                quarantined_rows: 0,
                batch: None,
                told: Vec::new(),
            },
            mapping: None,
            only_replayed: true,
            missed: None,
        });
        let state = &mut memory.state;
        state.table.clone_from(&line.table);
        state.last_name.clone_from(&line.name);
        state.stale = line.stale;
        state.delivery = number;
        state.hold.clone_from(&line.hold);
        state.by_person = line.by_person;
        if receipt.outcome.is_taken() {
            if !line.stale {
                state.last_delivery_at = Some(line.received_at);
                state.told_until = Some(line.told_until());
            }
            let missed = memory.missed.take().map(|missed| jst(missed).date());
            told::note(&mut state.told, Run::of(line, missed));
            state.stamp = state.stamp.max(line.stamp);
            state.taken = Some(number);
            state.rows = line.rows;
            state.held_rows = line.held;
            state.quarantined_rows = line.quarantined;
            memory.mapping = Some(line.mapping.clone());
        } else {
            memory.missed = memory.missed.max(Some(line.told_until()));
        }
        if line.batch.is_some() {
            state.batch = line.batch;
            memory.only_replayed &= line.replay;
        }
        state.outcome = receipt.outcome;
    }
}

/// What was known of each source at an instant, from the ledgers.
pub(super) fn memory(conn: &Session, until: Timestamp) -> Result<BTreeMap<String, SourceMemory>, StoreError> {
    let mut known = BTreeMap::new();
    let values = [("at", instant(until))];
    for (number, line) in engine::system_rows(conn, "ledger.last_deliveries", &[], &values, delivery)? {
        SourceMemory::note(&mut known, number, &line);
    }
    for memory in known.values_mut() {
        memory.state.told.clear();
        memory.missed = None;
    }
    let run = |row: &Row<'_>| {
        let run = Run {
            columns: json(row, 1)?,
            from: row.get(2)?,
            alone: row.get(3)?,
            until: moment(row, 4)?,
            said: moment(row, 5)?,
            missed: row.get(6)?,
        };
        Ok((row.get::<String>(0)?, run))
    };
    for (source, run) in engine::system_rows(conn, "ledger.told", &[], &values, run)? {
        if let Some(memory) = known.get_mut(&source) {
            told::note(&mut memory.state.told, run);
        }
    }
    let missed = |row: &Row<'_>| Ok((row.get::<String>(0)?, moment(row, 1)?));
    for (source, missed) in engine::system_rows(conn, "ledger.missed", &[], &values, missed)? {
        if let Some(memory) = known.get_mut(&source) {
            memory.missed = Some(missed);
        }
    }
    let read = |row: &Row<'_>| {
        let batch = row.get::<Option<u32>>(1)?.map(BatchId);
        Ok((row.get::<String>(0)?, batch, at(row, 2)?, row.get::<bool>(3)?))
    };
    for (source, batch, stamp, only_replayed) in
        engine::system_rows(conn, "ledger.source_batches", &[], &values, read)?
    {
        if let Some(memory) = known.get_mut(&source) {
            memory.state.batch = batch;
            memory.state.stamp = stamp;
            memory.only_replayed = only_replayed;
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests;
