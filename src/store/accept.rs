//! A delivery becomes a batch, in one transaction: find what differs, write it, archive it, commit.

use std::cmp::Reverse;
use std::sync::atomic::Ordering;
use std::thread;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::archive::{self, FileEntry, Manifest, Unfinished};
use super::change::{Change, Verdict};
use super::deliveries;
use super::deliveries::SourceMemory;
use super::delivery::{Delivery, FAULTS_KEPT};
use super::delivery_line::{DeliveryLine, EVER, FAULTS_SHOWN, FaultLine, OutcomeWord};
use super::engine::Part;
use super::error::StoreError;
use super::handle::Inner;
use super::lock::lock;
use super::resolve::resolve;
use super::seal::{self, Parts};
use super::sums;
use super::types::{BatchId, BatchKind, Outcome, Receipt};
use super::writer::{Fate, Writer};
use crate::definitions::mapping::Mode;

impl Delivery {
    /// Decides what the delivery changes, writes it, archives it, and only then returns.
    ///
    /// `digest` is the raw file's SHA-256. On an error nothing has changed.
    pub fn accept(mut self, digest: &str, bytes: u64) -> Result<Receipt, StoreError> {
        within(&mut self, |delivery, inner, writer| {
            let (line, change) = judge(delivery, inner, digest, bytes)?;
            match line.batch {
                Some(batch) => keep(delivery, inner, writer, batch, line, &change),
                None => record(delivery, inner, writer, line),
            }
        })
    }

    /// The receipt that [`Delivery::accept`] would give, from a transaction that is rolled back. Nothing is written, and
    /// the delivery is forgotten.
    pub fn preview(mut self, digest: &str, bytes: u64) -> Result<Receipt, StoreError> {
        within(&mut self, |delivery, inner, writer| {
            let (line, _) = judge(delivery, inner, digest, bytes)?;
            delivery.rows.roll_back()?;
            Ok(line.receipt(writer.deliveries.next()))
        })
    }
}

/// Works in a transaction of the delivery's own, alone with the writer. The work ends the transaction unless it fails.
fn within(
    delivery: &mut Delivery,
    work: impl FnOnce(&mut Delivery, &Inner, &mut Writer) -> Result<Receipt, StoreError>,
) -> Result<Receipt, StoreError> {
    let inner = delivery.inner.clone();
    let mut writer = lock(&inner.writer);
    let writer = writer.as_mut().ok_or_else(|| inner.absent())?.settled()?;
    delivery.rows.begin()?;
    let result = work(delivery, &inner, writer);
    if let Err(error) = &result {
        inner.note(error);
        // The error that matters is the first one; a transaction that failed is gone already.
        let _ = delivery.rows.roll_back();
    }
    result
}

/// What the delivery changes, and its entry for the ledger: with a batch, if it changes anything and may.
fn judge(
    delivery: &mut Delivery,
    inner: &Inner,
    digest: &str,
    bytes: u64,
) -> Result<(DeliveryLine, Change), StoreError> {
    let batch = BatchId(inner.latest().0 + 1);
    let (mut change, verdict) = resolve(delivery, batch)?;
    let mut line = line(delivery, digest, bytes);
    let outcome = verdict.outcome(change.opened + change.closed > 0);
    line.outcome = OutcomeWord::of(&outcome);
    line.why = outcome.why().map(str::to_owned);
    line.stale = change.older;
    line.unchanged = change.unchanged;
    line.counted = Some(change.counted);
    line.merged = std::mem::take(&mut change.merged);
    if outcome.is_taken() {
        line.held = change.held;
    } else {
        // The same bad file may come every few minutes.
        line.faults.truncate(FAULTS_SHOWN);
        line.merged.truncate(FAULTS_SHOWN);
    }
    line.known_from = match outcome {
        Outcome::Accepted => Some(accepted_at(delivery, inner)?),
        Outcome::Unchanged => Timestamp::from_microsecond(delivery.start.received_at.as_microsecond()).ok(),
        _ => None,
    };
    if let Some(told) = &mut line.told {
        told.from = told_from(delivery, &change);
    }
    if outcome == Outcome::Accepted {
        line.batch = Some(batch);
        line.opened = change.opened;
        line.closed = change.closed;
    }
    if let Verdict::Hold(hold) = verdict {
        line.hold = Some(hold);
    }
    Ok((line, change))
}

/// From which day on a delivery says all anew.
fn told_from(delivery: &Delivery, change: &Change) -> Option<Date> {
    let start = &delivery.start;
    if start.mode == Mode::Snapshot {
        return Some(start.window.as_ref().map_or(EVER, |(_, first, _)| *first));
    }
    let again = change.counted.changed + change.unchanged;
    (start.keyed && again >= change.counted.stored).then_some(EVER)
}

/// Writes what the delivery changes, archives it, and commits.
fn keep(
    delivery: &mut Delivery,
    inner: &Inner,
    writer: &mut Writer,
    batch: BatchId,
    mut line: DeliveryLine,
    change: &Change,
) -> Result<Receipt, StoreError> {
    let number = writer.deliveries.next();
    delivery.rows.write(batch, change.opened, change.closed)?;
    let mut manifest = Manifest {
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
        seal: None,
    };
    let (unfinished, files, parts) = write_parts(delivery, inner, &manifest)?;
    manifest.seal = Some(parts.seal(None));
    let head = writer.head.as_deref().and_then(|before| seal::head(before, &manifest));
    manifest.seal = Some(parts.seal(head.clone()));
    line.head.clone_from(&head);
    let ledger = delivery.rows.ledger();
    deliveries::add_batch(ledger, &manifest)?;
    deliveries::add(ledger, number, &line)?;
    seal::keep(ledger, head.as_deref())?;
    let folder = unfinished.finish(&Manifest { files, ..manifest.clone() })?;
    let mark = writer.deliveries.append(&line).inspect_err(|_| archive::take_back(&folder))?;
    // Odd while readers may see the batch and not yet know of it.
    inner.commits.fetch_add(1, Ordering::AcqRel);
    let fate = match delivery.rows.commit() {
        Ok(()) => Fate::Kept,
        Err(error) => writer.fate("deliveries", number, error),
    };
    if matches!(fate, Fate::Kept) {
        inner.learn(Some(manifest.accepted_at), number, &line);
    }
    inner.commits.fetch_add(1, Ordering::AcqRel);
    match fate {
        Fate::Kept => {
            writer.head = head;
            Ok(line.receipt(number))
        }
        Fate::Lost(error) => {
            // A line that stands needs its batch: the next start enters both.
            match writer.deliveries.undo(mark) {
                Ok(()) => archive::take_back(&folder),
                Err(why) => tracing::error!(%why, "unable to take back a journal entry"),
            }
            Err(error)
        }
        Fate::Unknown => Err(StoreError::Failed),
    }
}

/// Writes the files of the batch's folder, and sums up their rows. A file goes to the disk while its rows are summed up.
fn write_parts(
    delivery: &Delivery,
    inner: &Inner,
    manifest: &Manifest,
) -> Result<(Unfinished, Vec<FileEntry>, Parts), StoreError> {
    let name = archive::batch_name(manifest.batch);
    let folder = Unfinished::start(&inner.settings.paths().batches(), &name)?;
    let table = &delivery.table.name;
    let (mut sealed, mut files) = (Parts::default(), Vec::new());
    let parts = [
        (manifest.opened, Part::Opened, archive::opened_name(table), &mut sealed.opened),
        (manifest.closed, Part::Closed, archive::closed_name(table), &mut sealed.closed),
        (manifest.identities, Part::Identities, archive::IDENTITIES.to_owned(), &mut sealed.identities),
    ];
    for (expected, part, file, into) in parts {
        if expected == 0 {
            continue;
        }
        let path = folder.file(&file);
        let written = delivery.rows.archive(manifest.batch, part, &path)?;
        let by = if part == Part::Closed { "known_to" } else { "known_from" };
        let (entry, sums) = thread::scope(|scope| {
            let entry = scope.spawn(|| archive::written(&path));
            let sums = sums::of(by, |each| delivery.rows.archived(manifest.batch, part, each));
            (entry.join(), sums)
        });
        files.push(entry.map_err(|_| StoreError::Inconsistent(format!("writing {file}")))??);
        *into = sums?.remove(&manifest.batch.0).unwrap_or_default();
        if written != expected || into.rows != expected {
            return Err(StoreError::Inconsistent(format!("{file}: {written} rows written of {expected}")));
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((folder, files, sealed))
}

/// Keeps a delivery that changed nothing.
fn record(
    delivery: &mut Delivery,
    inner: &Inner,
    writer: &mut Writer,
    line: DeliveryLine,
) -> Result<Receipt, StoreError> {
    delivery.rows.roll_back()?;
    let number = writer.add_delivery(&line)?;
    inner.learn(None, number, &line);
    Ok(line.receipt(number))
}

fn line(delivery: &Delivery, digest: &str, bytes: u64) -> DeliveryLine {
    let start = &delivery.start;
    let mut faults: Vec<FaultLine> = delivery.faults.iter().take(FAULTS_KEPT).map(FaultLine::from).collect();
    // As the ledger gives them back: what the store itself held back comes last otherwise.
    faults.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let mut fault_counts = delivery.fault_counts.clone();
    fault_counts.sort_by_cached_key(|c| (Reverse(c.rows), c.column.clone(), deliveries::kind_code(c.kind)));
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
        // Said once it is judged.
        outcome: OutcomeWord::Unchanged,
        why: None,
        batch: None,
        rows: delivery.rows(),
        opened: 0,
        closed: 0,
        unchanged: 0,
        quarantined: delivery.bad_rows.len() as u64,
        held: 0,
        // Said once it is resolved.
        stale: false,
        faults,
        counted: None,
        fault_counts,
        merged: Vec::new(),
        unread: delivery.unread.clone(),
        hold: None,
        by_person: start.confirmed,
        left_out: delivery.left_out(),
        known_from: None,
        told: delivery.told.clone(),
        head: None,
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

/// Files of one moment come one after the other: no more apart than this.
const AT_ONCE: SignedDuration = SignedDuration::from_millis(1);

/// Strictly increasing, whatever the clock does. A replay's own stamps must not go back by themselves.
fn accepted_at(delivery: &Delivery, inner: &Inner) -> Result<Timestamp, StoreError> {
    let given = Timestamp::from_microsecond(delivery.start.received_at.as_microsecond())
        .map_err(|_| StoreError::NotLater)?;
    match inner.last_accepted() {
        Some(last) if delivery.start.replay && last.duration_since(given) > AT_ONCE => {
            Err(StoreError::NotLater)
        }
        Some(last) if given <= last => {
            last.checked_add(SignedDuration::from_micros(1)).map_err(|_| StoreError::NotLater)
        }
        _ => Ok(given),
    }
}
