//! The one path for every file: read and split on a thread of its own, checked and de-identified on another,
//! staged in the store here; bounded channels between them, so that memory does not grow with the file.
//!
//! A file comes to exactly one of these ends: accepted (or found to change nothing), and only then deleted,
//! moved or left as the mapping says; refused, with its receipt, in `refused/`; held for a person in `held/`;
//! or, when the fault is ours (disk, store) or the file is still being written, left where it is and tried again.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use tracing::{info, warn};

use super::context::Context;
pub use super::disposal::Disposal;
use super::disposal::dispose;
use super::look::look;
use super::stamp;
use super::watch::Watch;
use crate::intake::error::{IntakeError, Refusal};
use crate::intake::fault::Unread;
use crate::intake::file::{FileSummary, Reader};
use crate::intake::mapping::{After, Mapping};
use crate::privacy::{Gate, GateError, Passed};
use crate::store::{Delivery, DeliveryStart, Outcome, Receipt, StoreError};

/// Rows that travel together.
const ROWS: usize = 16_384;

/// Batches that may wait between two threads.
const WAITING: usize = 2;

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The time that the source gives its data; read from the file's name when absent.
    pub stamp: Option<Timestamp>,
    /// History: the batch counts as known from its stamp.
    pub replay: bool,
    /// A person has said that a held delivery is right.
    pub confirmed: bool,
    pub disposal: Disposal,
}

/// Why a file came to no end yet. It is where it was.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    #[error("{0}: the file is not there")]
    Gone(String),
    #[error("{0}: the file changed while it was read; nothing of it was taken")]
    Changed(String),
    /// The disk is full, the store failed.
    #[error("{file}: nothing of it was taken")]
    Store { file: String, source: Box<StoreError> },
    #[error("{file}: {why:#}")]
    Other { file: String, why: anyhow::Error },
}

/// A clock may run fast where a file is made.
fn tomorrow(cx: &Context) -> Date {
    cx.clock.today().saturating_add(1.day())
}

/// Delivers one file. Blocks; run it where blocking is allowed.
pub fn deliver(
    cx: &Context,
    path: &Path,
    mapping: &Arc<Mapping>,
    options: &Options,
    watch: &dyn Watch,
) -> Result<Receipt, DeliverError> {
    let _one_at_a_time = cx.writing();
    let file = file_name(path);
    let before = look(path).ok_or_else(|| DeliverError::Gone(file.clone()))?;
    let other = |why| DeliverError::Other { file: file.clone(), why };
    let start = start(cx, path, mapping, options).map_err(other)?;
    let ended = read_through(cx, path, mapping, &start, watch, || look(path) == Some(before));
    let receipt = match ended {
        Ok(receipt) => receipt,
        Err(Ended::Changed) => return Err(DeliverError::Changed(file)),
        Err(Ended::Store(source)) => return Err(DeliverError::Store { file, source: source.into() }),
        Err(Ended::Other(why)) => return Err(other(why)),
        Err(Ended::Refused(_)) if look(path) != Some(before) => return Err(DeliverError::Changed(file)),
        Err(Ended::Refused(why)) => cx
            .store
            .record_refusal(&start, &why)
            .map_err(|source| DeliverError::Store { file: file.clone(), source: source.into() })?,
    };
    tell(mapping, &file, &receipt);
    if options.disposal == Disposal::ByRule {
        dispose(cx, path, mapping, &receipt).map_err(other)?;
    }
    Ok(receipt)
}

/// How a reading ended when not by acceptance.
enum Ended {
    Refused(String),
    Changed,
    Store(StoreError),
    Other(anyhow::Error),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<IntakeError> for Ended {
    /// A file that the disk doesn't give is no bad delivery.
    fn from(error: IntakeError) -> Self {
        match error.why {
            Refusal::Changed => Self::Changed,
            Refusal::Unreadable(why) => {
                Self::Other(anyhow::Error::new(why).context("the file can't be read"))
            }
            why => Self::Refused(why.to_string()),
        }
    }
}

impl From<GateError> for Ended {
    fn from(error: GateError) -> Self {
        Self::Refused(error.to_string())
    }
}

fn start(
    cx: &Context,
    path: &Path,
    mapping: &Arc<Mapping>,
    options: &Options,
) -> anyhow::Result<DeliveryStart> {
    // What is read again and again is no fresher for it: a left file's own time stands for the source's.
    let left = options.disposal == Disposal::ByRule && cx.after(mapping) == After::Leave;
    let named = || if left { stamp::stamp_of(path) } else { stamp::stamp_in_name(path) };
    let stamp = options.stamp.or_else(named);
    let received_at = match (options.replay, stamp) {
        (false, _) => cx.clock.now(),
        (true, Some(stamp)) => stamp,
        (true, None) => anyhow::bail!("history needs its stamp: in the file's name, or by --stamp"),
    };
    let known = DeliveryStart::of(mapping, &mapping.hash(), &file_name(path), received_at);
    Ok(DeliveryStart { stamp, replay: options.replay, confirmed: options.confirmed, ..known })
}

/// Reads, gates and stages a file, and has the store accept it if it is still the file that was opened.
fn read_through(
    cx: &Context,
    path: &Path,
    mapping: &Arc<Mapping>,
    start: &DeliveryStart,
    watch: &dyn Watch,
    unchanged: impl Fn() -> bool,
) -> Result<Receipt, Ended> {
    let reader = Reader::open(path, mapping.clone())?;
    info!(source = %mapping.source, file = %start.name, encoding = reader.encoding(), "reading");
    let key = cx.key_for(mapping).map_err(Ended::Other)?;
    let bound = reader.bound().clone();
    let mut gate = Gate::new(&bound, key.as_deref(), cx.districts())?.until(tomorrow(cx));
    let mut delivery = cx.store.begin(start.clone())?;

    let ended = std::thread::scope(|threads| {
        let (raw_out, raw_in) = sync_channel(WAITING);
        let (safe_out, safe_in) = sync_channel(WAITING);
        let reading = threads.spawn(move || -> Result<Option<FileSummary>, IntakeError> {
            let mut reader = reader;
            while let Some(batch) = reader.next_batch(ROWS)? {
                if raw_out.send(batch).is_err() {
                    return Ok(None);
                }
            }
            reader.finish().map(Some)
        });
        let gating = threads.spawn(move || -> Result<Vec<Unread>, GateError> {
            for raw in raw_in {
                let read = raw.len() as u64 + raw.faults.len() as u64;
                if safe_out.send((read, gate.pass(raw)?)).is_err() {
                    break;
                }
            }
            Ok(gate.unread())
        });
        let staged = stage(&mut delivery, safe_in, watch);
        let gated = gating.join().map_err(|_| broken("the gate"))?;
        let summary = reading.join().map_err(|_| broken("the reader"))?;
        staged?;
        delivery.unread(gated?);
        summary?.ok_or_else(|| broken("the reader"))
    });
    match ended {
        Ok(summary) if unchanged() => {
            watch.at(summary.rows, Some(summary.rows), "storing");
            Ok(delivery.accept(&summary.digest, summary.bytes)?)
        }
        Ok(_) => {
            delivery.abandon();
            Err(Ended::Changed)
        }
        Err(ended) => {
            delivery.abandon();
            Err(ended)
        }
    }
}

fn broken(part: &str) -> Ended {
    Ended::Other(anyhow::anyhow!("{part} stopped short"))
}

fn stage(
    delivery: &mut Delivery,
    passed: Receiver<(u64, Passed)>,
    watch: &dyn Watch,
) -> Result<(), StoreError> {
    let mut rows = 0;
    for (read, passed) in passed {
        rows += read;
        delivery.rows_read(read);
        delivery.quarantine(&passed.faults);
        delivery.hold(&passed.held);
        if let Some(safe) = passed.safe {
            delivery.stage(safe)?;
        }
        watch.at(rows, None, "reading");
    }
    Ok(())
}

/// One line for the log: what became of a file.
fn tell(mapping: &Mapping, file: &str, receipt: &Receipt) {
    let Receipt { rows, opened, closed, quarantined, .. } = receipt;
    match &receipt.outcome {
        Outcome::Accepted | Outcome::Unchanged => {
            let batch = receipt.batch.map_or(0, |b| b.0);
            info!(source = %mapping.source, file, batch, rows, opened, closed, quarantined, "delivered");
        }
        Outcome::Refused(why) => warn!(source = %mapping.source, file, why, "refused"),
        Outcome::Held(why) => warn!(source = %mapping.source, file, why, "held for a person"),
    }
}

/// The name by which a file is spoken of.
pub fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

/// Finds a file that a person names: a path, or the name of one that waits in `held/`.
pub fn find(cx: &Context, source: &str, named: &Path) -> anyhow::Result<std::path::PathBuf> {
    if named.is_file() {
        return Ok(named.to_owned());
    }
    let held = cx.folders.held().join(source).join(named.file_name().unwrap_or_default());
    Some(held).filter(|h| h.is_file()).with_context(|| format!("{}: the file is not there", named.display()))
}
