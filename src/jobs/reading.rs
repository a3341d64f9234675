//! A file on its way into the store: read and split on a thread of its own, checked and de-identified on another, staged
//! in the store here; bounded channels between them, so that memory does not grow with the file.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use jiff::ToSpan;
use jiff::civil::Date;
use tracing::info;

use super::context::Context;
use super::watch::Watch;
use crate::definitions::mapping::Mapping;
use crate::epi::clock::jst;
use crate::intake::error::{IntakeError, Refusal};
use crate::intake::fault::Unread;
use crate::intake::file::{FileSummary, Reader};
use crate::privacy::{Finding, Gate, GateError, Key, Passed};
use crate::store::{Delivery, DeliveryStart, Receipt, StoreError};

/// Rows that travel together.
const ROWS: usize = 16_384;

/// Batches that may wait between two threads.
const WAITING: usize = 2;

/// What is done with a file that was read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Accept,
    /// The same, from a transaction that is rolled back.
    Preview,
}

/// A file that was read to its end.
pub(super) struct Done {
    pub receipt: Receipt,
    pub findings: Vec<Finding>,
    pub encoding: &'static str,
}

/// How a reading ended when not by acceptance.
pub(super) enum Ended {
    Refused(String),
    Changed,
    /// The program or the database can't take what is in the file: the reason, without any value.
    Content(String),
    Store(StoreError),
    Other(anyhow::Error),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        match error.of_content() {
            Some(word) => Self::Content(format!(
                "データベースに入れられない値があります（{word}） · the database can't take a value ({word})"
            )),
            None => Self::Store(error),
        }
    }
}

impl From<IntakeError> for Ended {
    /// A file that the disk doesn't give is no bad delivery.
    fn from(error: IntakeError) -> Self {
        match error.why {
            Refusal::Changed => Self::Changed,
            Refusal::Unreadable(why) => {
                Self::Other(anyhow::Error::new(why).context("ファイルを読めません · the file can't be read"))
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

/// Nothing can have happened after this day: in a replay that of the file's stamp. Live, a clock may run fast where a
/// file is made.
fn last_day(cx: &Context, start: &DeliveryStart) -> Date {
    if start.replay { jst(start.received_at).date() } else { cx.clock.today().saturating_add(1.day()) }
}

/// Reads, gates and stages a file, and has the store accept it if it is still the file that was opened.
pub(super) fn read_through(
    cx: &Context,
    path: &Path,
    mapping: &Arc<Mapping>,
    start: &DeliveryStart,
    ending: Ending,
    watch: &dyn Watch,
    unchanged: impl Fn() -> bool,
) -> Result<Done, Ended> {
    let reader = Reader::open(path, mapping.clone())?;
    let encoding = reader.encoding();
    info!(source = %mapping.source, file = %start.name, encoding, "reading");
    let key = key(cx, mapping, ending).map_err(Ended::Other)?;
    let bound = reader.bound().clone();
    let mut gate = Gate::new(&bound, key.as_deref(), cx.domains())?.until(last_day(cx, start));
    let window = start.window.as_ref();
    gate = gate.within(window.map(|(column, first, last)| (column.as_str(), *first, *last)));
    if start.replay {
        gate = gate.known_at(start.received_at);
    }
    let mut delivery = cx.store.begin(start.clone())?;
    delivery.tells(bound.columns());

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
        let gating = threads.spawn(move || -> Result<(Vec<Finding>, Vec<Unread>), GateError> {
            for raw in raw_in {
                let read = raw.len() as u64 + raw.faults.len() as u64;
                if safe_out.send((read, gate.pass(raw)?)).is_err() {
                    break;
                }
            }
            // Nobody listens any more where the store has failed.
            let _ = safe_out.send((0, gate.end()));
            Ok((gate.findings(), gate.unread()))
        });
        let staged = stage(&mut delivery, safe_in, watch);
        let gated = gating.join().map_err(|_| broken("the gate"))?;
        let summary = reading.join().map_err(|_| broken("the reader"))?;
        staged?;
        let gated = gated?;
        Ok((summary?.ok_or_else(|| broken("the reader"))?, gated))
    });
    match ended {
        Ok((summary, (findings, unread))) if unchanged() => {
            watch.at(summary.rows, Some(summary.rows), "storing");
            delivery.unread(unread);
            delivery.ends_torn(summary.torn);
            delivery.ends_open(summary.unended);
            let receipt = match ending {
                Ending::Accept => delivery.accept(&summary.digest, summary.bytes)?,
                Ending::Preview => delivery.preview(&summary.digest, summary.bytes)?,
            };
            Ok(Done { receipt, findings, encoding: summary.encoding })
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

/// Where nothing is kept and no key is known, any key shows the same. While the key of what is stored can't be used, every
/// source waits, those without pseudonyms too: the folder may not be what it seems to be.
fn key(cx: &Context, mapping: &Mapping, ending: Ending) -> anyhow::Result<Option<Arc<Key>>> {
    if ending == Ending::Preview && !cx.has_key()? {
        return Ok(Some(Arc::new(Key::throwaway())));
    }
    if let Some(why) = cx.store.key_fault() {
        anyhow::bail!(why);
    }
    cx.key_for(mapping)
}

fn broken(part: &str) -> Ended {
    Ended::Content(format!("取り込みが途中で止まりました（プログラムの誤り） · {part} stopped short"))
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
        delivery.leave_out(&passed.left_out);
        if let Some(safe) = passed.safe {
            delivery.stage(safe)?;
        }
        watch.at(rows, None, "reading");
    }
    Ok(())
}
