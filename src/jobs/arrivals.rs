//! Near-real-time work: files are taken as they land, one at a time, in the order in which they were seen.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::deliver::{DeliverError, Options, deliver, file_name};
use super::reload::waiting;
use super::stamp;
use super::{Context, Unwatched};
use crate::definitions::mapping::{After, Mapping};
use crate::store::{Outcome, Receipt, RunOutcome, StoreError};

/// How often a file that is still growing, or a full disk, is looked at again.
const A_MOMENT: Duration = Duration::from_secs(2);
const A_WHILE: Duration = Duration::from_secs(20);
const LONGEST: Duration = Duration::from_mins(5);

/// A complete file in a source's folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival {
    pub source: String,
    pub path: PathBuf,
}

/// The queue of complete files, and the one who empties it.
pub struct Arrivals {
    cx: Arc<Context>,
    shutdown: CancellationToken,
    queue: UnboundedSender<Arrival>,
    taken: Mutex<Option<UnboundedReceiver<Arrival>>>,
    /// Files in the queue, with the number of failed attempts.
    pending: Mutex<BTreeMap<Arrival, u32>>,
}

/// What to do with a file after an attempt.
enum Next {
    Done,
    Again(Duration),
    /// The disk is full: it and all behind it wait.
    Hold,
}

impl Arrivals {
    pub fn new(cx: Arc<Context>, shutdown: CancellationToken) -> Arc<Self> {
        let (queue, taken) = unbounded_channel();
        Arc::new(Self { cx, shutdown, queue, taken: Mutex::new(Some(taken)), pending: Mutex::default() })
    }

    /// Puts a complete file into the queue, unless it is there.
    pub fn add(&self, arrival: Arrival) {
        let mut pending = self.pending();
        if !pending.contains_key(&arrival) {
            pending.insert(arrival.clone(), 0);
            // Nobody takes any more only when the server stops.
            let _ = self.queue.send(arrival);
        }
    }

    /// Looks into a source's folder for files that watching missed. A file that changed in the last moments
    /// may still be growing: it is left to the next look.
    pub async fn look(&self, source: &str) {
        let Ok(mapping) = self.cx.mapping(source) else { return };
        if self.cx.after(&mapping) == After::Leave {
            return;
        }
        let inbox = self.cx.inbox(source);
        let found = tokio::task::spawn_blocking(move || {
            let mut found = waiting(&inbox, &mapping);
            found.retain(|path| {
                let changed = std::fs::metadata(path).and_then(|m| m.modified());
                changed.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > A_WHILE))
            });
            found
        });
        for path in found.await.unwrap_or_default() {
            self.add(Arrival { source: source.to_owned(), path });
        }
    }

    /// Delivers what is in the queue until the shutdown; the file in hand is finished first.
    pub async fn run(self: Arc<Self>) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut taken) = taken else { return };
        loop {
            let arrival = tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return,
                arrival = taken.recv() => match arrival {
                    Some(arrival) => arrival,
                    None => return,
                },
            };
            loop {
                match self.attempt(&arrival).await {
                    Next::Done => {
                        self.pending().remove(&arrival);
                    }
                    Next::Again(after) => self.again(arrival.clone(), after),
                    Next::Hold => {
                        let waited = self.shutdown.run_until_cancelled(tokio::time::sleep(A_WHILE)).await;
                        if waited.is_none() {
                            return;
                        }
                        continue;
                    }
                }
                break;
            }
        }
    }

    async fn attempt(self: &Arc<Self>, arrival: &Arrival) -> Next {
        let (arrivals, arrival) = (self.clone(), arrival.clone());
        match tokio::task::spawn_blocking(move || arrivals.deliver(&arrival)).await {
            Ok(next) => next,
            Err(why) => {
                error!(%why, "a delivery ended in a fault of the program");
                Next::Again(LONGEST)
            }
        }
    }

    fn deliver(&self, arrival: &Arrival) -> Next {
        let file = file_name(&arrival.path);
        let mapping = match self.cx.mapping(&arrival.source) {
            Ok(mapping) => mapping,
            Err(why) => {
                error!(source = arrival.source, file, %why, "not taken");
                return Next::Done;
            }
        };
        if self.was_taken(&mapping, &arrival.path) {
            return Next::Done;
        }
        let started = self.cx.clock.now();
        let why = match deliver(&self.cx, &arrival.path, &mapping, &Options::default(), &Unwatched) {
            Ok(receipt) => {
                self.record(&arrival.source, started, &file, &receipt);
                return Next::Done;
            }
            Err(why) => why,
        };
        match why {
            DeliverError::Gone(_) => Next::Done,
            DeliverError::Changed(_) => {
                info!(source = arrival.source, file, "still being written: tried again");
                Next::Again(A_MOMENT)
            }
            DeliverError::Store { source, .. } if matches!(*source, StoreError::DiskLow { .. }) => {
                warn!(source = arrival.source, file, "the disk is nearly full: deliveries wait");
                Next::Hold
            }
            DeliverError::Store { .. } | DeliverError::Other { .. } => {
                let failed = self.failed(arrival);
                let why = format!("{:#}", anyhow::Error::new(why));
                error!(source = arrival.source, why, attempt = failed, "not taken, tried again");
                Next::Again(LONGEST.min(A_MOMENT * 2_u32.saturating_pow(failed.min(10))))
            }
        }
    }

    /// A file that its source leaves in place is seen again after each start: if it is the one that was last taken,
    /// the source has not spoken.
    fn was_taken(&self, mapping: &Mapping, path: &Path) -> bool {
        if self.cx.after(mapping) != After::Leave {
            return false;
        }
        let states = self.cx.store.sources();
        states.iter().any(|state| {
            state.source == mapping.source
                && state.last_name == file_name(path)
                && state.stamp.is_some()
                && state.stamp == stamp::of_left(path, mapping)
        })
    }

    /// Each delivery is a run of its source's near-real-time job.
    fn record(&self, source: &str, started: jiff::Timestamp, file: &str, receipt: &Receipt) {
        let (outcome, note) = match &receipt.outcome {
            Outcome::Accepted => (RunOutcome::Done, file.to_owned()),
            Outcome::Unchanged => (RunOutcome::Done, format!("{file}: nothing new")),
            Outcome::Refused(why) => (RunOutcome::Failed, format!("{file}: refused: {why}")),
            Outcome::Held(why) => (RunOutcome::Failed, format!("{file}: held: {why}")),
        };
        let store = &self.cx.store;
        let written = store.start_run(&run_name(source), started).and_then(|run| match run {
            Some(run) => store.end_run(run, outcome, receipt.rows, &note),
            None => Ok(()),
        });
        if let Err(why) = written {
            error!(source, %why, "unable to write the run ledger");
        }
    }

    fn failed(&self, arrival: &Arrival) -> u32 {
        let mut pending = self.pending();
        let attempts = pending.entry(arrival.clone()).or_default();
        *attempts = attempts.saturating_add(1);
        *attempts
    }

    /// Puts a file at the end of the queue after a while.
    fn again(&self, arrival: Arrival, after: Duration) {
        let (shutdown, queue) = (self.shutdown.clone(), self.queue.clone());
        tokio::spawn(async move {
            if shutdown.run_until_cancelled(tokio::time::sleep(after)).await.is_some() {
                let _ = queue.send(arrival);
            }
        });
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, BTreeMap<Arrival, u32>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a source's near-real-time job in the run ledger.
pub fn run_name(source: &str) -> String {
    format!("deliver:{source}")
}
