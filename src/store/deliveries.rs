//! The ledgers of deliveries (with quarantine) and of batches, in the database.

use std::collections::BTreeMap;

use duckdb::types::Value;
use duckdb::{Connection, Row, params};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::archive::Manifest;
use super::engine;
use super::error::StoreError;
use super::query::{batch, instant, maybe_instant, number, text};
use super::types::{
    BatchEntry, BatchId, BatchKind, DeliveryEntry, DeliveryStart, Outcome, Receipt, SourceState,
};
use crate::intake::fault::{Fault, FaultKind};

/// An entry of the journal of deliveries: everything that the ledger and the quarantine hold of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct DeliveryLine {
    pub source: String,
    pub table: String,
    pub name: String,
    pub received_at: Timestamp,
    pub stamp: Option<Timestamp>,
    pub mapping: String,
    pub digest: String,
    pub bytes: u64,
    pub replay: bool,
    pub outcome: String,
    pub why: Option<String>,
    pub batch: Option<BatchId>,
    pub rows: u64,
    pub opened: u64,
    pub closed: u64,
    pub unchanged: u64,
    pub quarantined: u64,
    pub held: u64,
    pub stale: bool,
    /// Row number, column, kind.
    pub faults: Vec<(u64, String, FaultKind)>,
}

impl DeliveryLine {
    /// A delivery of which nothing was read.
    pub fn refusal(start: &DeliveryStart, why: &str) -> Self {
        Self {
            name: start.name.clone(),
            stamp: start.stamp,
            mapping: start.mapping_hash.clone(),
            replay: start.replay,
            outcome: "refused".into(),
            why: Some(why.to_owned()),
            ..Self::unread(&start.source, &start.table, start.received_at)
        }
    }

    /// That a source spoke, and no more.
    pub fn unread(source: &str, table: &str, received_at: Timestamp) -> Self {
        Self {
            source: source.to_owned(),
            table: table.to_owned(),
            name: String::new(),
            received_at,
            stamp: None,
            mapping: String::new(),
            digest: String::new(),
            bytes: 0,
            replay: false,
            outcome: "unchanged".into(),
            why: None,
            batch: None,
            rows: 0,
            opened: 0,
            closed: 0,
            unchanged: 0,
            quarantined: 0,
            held: 0,
            stale: false,
            faults: Vec::new(),
        }
    }

    fn entry(&self, delivery: u64) -> DeliveryEntry {
        DeliveryEntry {
            source: self.source.clone(),
            table: self.table.clone(),
            name: self.name.clone(),
            received_at: self.received_at,
            stamp: self.stamp,
            mapping_hash: self.mapping.clone(),
            digest: self.digest.clone(),
            bytes: self.bytes,
            replay: self.replay,
            receipt: Receipt {
                delivery,
                outcome: outcome(&self.outcome, self.why.clone()),
                batch: self.batch,
                rows: self.rows,
                opened: self.opened,
                closed: self.closed,
                unchanged: self.unchanged,
                faults: Vec::new(),
                quarantined: self.quarantined,
                held: self.held,
                stale: self.stale,
            },
        }
    }
}

fn outcome(code: &str, why: Option<String>) -> Outcome {
    match code {
        "accepted" => Outcome::Accepted,
        "unchanged" => Outcome::Unchanged,
        "held" => Outcome::Held(why.unwrap_or_default()),
        _ => Outcome::Refused(why.unwrap_or_default()),
    }
}

pub(super) fn outcome_code(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Unchanged => "unchanged",
        Outcome::Refused(_) => "refused",
        Outcome::Held(_) => "held",
    }
}

/// Adds a delivery and its quarantined rows, inside the caller's transaction.
pub(super) fn add(conn: &Connection, delivery: u64, line: &DeliveryLine) -> Result<(), StoreError> {
    let values: [(&str, Value); 20] = [
        ("delivery", number(delivery)),
        ("source", text(&line.source)),
        ("of_table", text(&line.table)),
        ("name", text(&line.name)),
        ("received_at", instant(line.received_at)),
        ("stamp", maybe_instant(line.stamp)),
        ("outcome", text(&line.outcome)),
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
        ("stale", Value::Boolean(line.stale)),
        ("replay", Value::Boolean(line.replay)),
    ];
    engine::system(conn, "ledger.add_delivery", &[], &values)?;
    if line.faults.is_empty() {
        return Ok(());
    }
    let doing = StoreError::database;
    let mut rows = conn.appender_to_db("quarantine", "vault").map_err(doing("writing the quarantine"))?;
    for (row, column, kind) in &line.faults {
        rows.append_row(params![delivery, row, column, kind_code(*kind)])
            .map_err(doing("writing the quarantine"))?;
    }
    rows.flush().map_err(doing("writing the quarantine"))
}

pub(super) fn kind_code(kind: FaultKind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn add_batch(conn: &Connection, manifest: &Manifest) -> Result<(), StoreError> {
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

fn batch_kind(code: &str) -> BatchKind {
    match code {
        "initial" => BatchKind::Initial,
        "remap" => BatchKind::Remap,
        "replay" => BatchKind::Replay,
        _ => BatchKind::Regular,
    }
}

/// An instant as the engine gives it back.
pub(super) fn at(row: &Row<'_>, column: usize) -> duckdb::Result<Option<Timestamp>> {
    let micros = match row.get::<_, Value>(column)? {
        Value::Timestamp(unit, count) => Some(unit.to_micros(count)),
        _ => None,
    };
    Ok(micros.and_then(|m| Timestamp::from_microsecond(m).ok()))
}

fn delivery(row: &Row<'_>) -> duckdb::Result<(u64, DeliveryLine)> {
    let line = DeliveryLine {
        source: row.get(1)?,
        table: row.get(2)?,
        name: row.get(3)?,
        received_at: at(row, 4)?.unwrap_or_default(),
        stamp: at(row, 5)?,
        outcome: row.get(6)?,
        why: row.get(7)?,
        batch: row.get::<_, Option<u32>>(8)?.map(BatchId),
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
        faults: Vec::new(),
    };
    Ok((row.get(0)?, line))
}

/// The last `n` deliveries, the newest first.
pub(super) fn last(conn: &Connection, n: usize) -> Result<Vec<DeliveryEntry>, StoreError> {
    let values = [("after", number(0)), ("n", number(n as u64))];
    let found = engine::system_rows(conn, "ledger.deliveries", &[], &values, delivery)?;
    Ok(found.iter().map(|(number, line)| line.entry(*number)).collect())
}

/// The first `n` quarantined rows of a delivery.
pub(super) fn faults(conn: &Connection, delivery: u64, n: usize) -> Result<Vec<Fault>, StoreError> {
    let values = [("delivery", number(delivery)), ("n", number(n as u64))];
    engine::system_rows(conn, "ledger.faults", &[], &values, |row| {
        let code: String = row.get(2)?;
        let kind = serde_json::from_value(serde_json::Value::String(code)).unwrap_or(FaultKind::Missing);
        Ok(Fault { row: row.get(0)?, column: row.get(1)?, kind, other: None })
    })
}

/// The last `n` batches, the newest first.
pub(super) fn batches(conn: &Connection, n: usize) -> Result<Vec<BatchEntry>, StoreError> {
    engine::system_rows(conn, "ledger.batches", &[], &[("n", number(n as u64))], |row| {
        Ok(BatchEntry {
            batch: BatchId(row.get(0)?),
            accepted_at: at(row, 1)?.unwrap_or_default(),
            kind: batch_kind(&row.get::<_, String>(2)?),
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

/// When each batch was accepted, batch 1 first.
pub(super) fn batch_times(conn: &Connection) -> Result<Vec<Timestamp>, StoreError> {
    let found = engine::system_rows(conn, "ledger.batch_times", &[], &[], |row| {
        Ok((row.get::<_, u32>(0)?, at(row, 1)?.unwrap_or_default()))
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
}

impl SourceMemory {
    /// Takes note of a delivery.
    pub fn note(known: &mut BTreeMap<String, Self>, number: u64, line: &DeliveryLine) {
        let receipt = line.entry(number).receipt;
        let memory = known.entry(line.source.clone()).or_insert_with(|| Self {
            state: SourceState {
                source: line.source.clone(),
                table: line.table.clone(),
                last_delivery_at: None,
                stamp: None,
                outcome: receipt.outcome.clone(),
                last_name: String::new(),
                stale: false,
                held_rows: 0,
                quarantined_rows: 0,
                batch: None,
            },
            mapping: None,
            only_replayed: true,
        });
        let state = &mut memory.state;
        state.table.clone_from(&line.table);
        state.last_name.clone_from(&line.name);
        state.stale = line.stale;
        if receipt.outcome.is_taken() {
            if !line.stale {
                state.last_delivery_at = Some(line.received_at);
            }
            state.stamp = state.stamp.max(line.stamp);
            state.held_rows = line.held;
            state.quarantined_rows = line.quarantined;
            memory.mapping = Some(line.mapping.clone());
        }
        if line.batch.is_some() {
            state.batch = line.batch;
            memory.only_replayed &= line.replay;
        }
        state.outcome = receipt.outcome;
    }
}

/// What was known of each source at an instant, from the ledgers.
pub(super) fn memory(
    conn: &Connection,
    until: Timestamp,
) -> Result<BTreeMap<String, SourceMemory>, StoreError> {
    let mut known = BTreeMap::new();
    let values = [("at", instant(until))];
    for (number, line) in engine::system_rows(conn, "ledger.last_deliveries", &[], &values, delivery)? {
        SourceMemory::note(&mut known, number, &line);
    }
    let read = |row: &Row<'_>| {
        let batch = row.get::<_, Option<u32>>(1)?.map(BatchId);
        Ok((row.get::<_, String>(0)?, batch, at(row, 2)?, row.get::<_, bool>(3)?))
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
