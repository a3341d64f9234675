//! Near-real-time work: files are taken as they land, one at a time, in the order of their stamps. What comes to no end is
//! tried again, and keeps its source's later files waiting for a while; a full disk, a permission or the store's own fault
//! never refuses a file, and a file whose content fails again and again is refused with its receipt.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::deliver::{DeliverError, Options, deliver, refuse, told_name};
use super::reload::{waiting, was_taken};
use super::{Context, Unwatched};
use crate::definitions::mapping::After;
use crate::intake::stamp::{self, Named};
use crate::store::{Outcome, Receipt, RunOutcome, Trouble};

/// How often a file that is still growing, or a full disk, is looked at again.
const A_MOMENT: Duration = Duration::from_secs(2);
const A_WHILE: Duration = Duration::from_secs(20);
const LONGEST: Duration = Duration::from_mins(5);

/// A file that comes to no end keeps its source's later ones waiting for so long.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// A file whose content fails so many times in the same way is refused.
const TIMES: u32 = 3;

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
    queue: UnboundedSender<Vec<Arrival>>,
    taken: Mutex<Option<UnboundedReceiver<Vec<Arrival>>>>,
    /// Files that have come to no end yet, with what became of the attempts.
    pending: Mutex<BTreeMap<Arrival, Attempts>>,
}

/// What became of the attempts on a file.
#[derive(Clone, Debug, Default)]
struct Attempts {
    failed: u32,
    /// When the first failed.
    since: Option<Timestamp>,
    /// How its content failed last, and how often in that way.
    content: Option<(String, u32)>,
    /// Its source's later files no longer wait for it.
    aside: bool,
}

/// What to do with a file after an attempt.
enum Next {
    Done,
    Again(Duration),
    /// The store takes nothing now: it and all behind it wait.
    Hold,
}

/// Files that are in hand: those ready, and of each source the one that is tried again, with those that wait for it.
#[derive(Default)]
struct InHand {
    ready: Vec<Arrival>,
    behind: BTreeMap<String, (Arrival, Vec<Arrival>)>,
}

impl InHand {
    /// Must this file wait for an earlier one of its source? Then it does.
    fn waits(&mut self, arrival: &Arrival) -> bool {
        match self.behind.get_mut(&arrival.source) {
            Some((first, waiting)) if first != arrival => {
                waiting.push(arrival.clone());
                true
            }
            _ => false,
        }
    }

    /// The source's later files wait for this one.
    fn keep_behind(&mut self, arrival: &Arrival) {
        self.behind.entry(arrival.source.clone()).or_insert_with(|| (arrival.clone(), Vec::new()));
    }

    /// The source's later files wait no longer.
    fn release(&mut self, arrival: &Arrival) {
        if let Some((first, waiting)) = self.behind.remove(&arrival.source) {
            match first == *arrival {
                true => self.ready.extend(waiting),
                false => drop(self.behind.insert(arrival.source.clone(), (first, waiting))),
            }
        }
    }
}

impl Arrivals {
    pub fn new(cx: Arc<Context>, shutdown: CancellationToken) -> Arc<Self> {
        let (queue, taken) = unbounded_channel();
        Arc::new(Self { cx, shutdown, queue, taken: Mutex::new(Some(taken)), pending: Mutex::default() })
    }

    /// Puts complete files into the queue, but for those that are there. Files that are complete at once come at once, so
    /// that none of them is taken before an older one.
    pub fn add(&self, mut arrivals: Vec<Arrival>) {
        let mut pending = self.pending();
        arrivals.retain(|arrival| !pending.contains_key(arrival));
        pending.extend(arrivals.iter().map(|arrival| (arrival.clone(), Attempts::default())));
        // Nobody takes any more only when the server stops.
        let _ = self.queue.send(arrivals);
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
        let of_source = |path| Arrival { source: source.to_owned(), path };
        self.add(found.await.unwrap_or_default().into_iter().map(of_source).collect());
    }

    /// Delivers what is in the queue until the shutdown, by the stamps; the file in hand is finished first. While a file is
    /// tried again the later ones of its source wait, for a while.
    pub async fn run(self: Arc<Self>) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut taken) = taken else { return };
        let mut hand = InHand::default();
        loop {
            let mut more: Vec<Arrival> = std::iter::from_fn(|| taken.try_recv().ok()).flatten().collect();
            if hand.ready.is_empty() && more.is_empty() {
                tokio::select! {
                    biased;
                    () = self.shutdown.cancelled() => return,
                    arrivals = taken.recv() => match arrivals {
                        Some(arrivals) => more.extend(arrivals),
                        None => return,
                    },
                }
            }
            if self.shutdown.is_cancelled() {
                return;
            }
            hand.ready.append(&mut more);
            if hand.ready.is_empty() {
                continue;
            }
            let now = self.cx.clock.now();
            hand.ready.sort_by_cached_key(|arrival| self.stamp(arrival, now));
            let arrival = hand.ready.remove(0);
            if hand.waits(&arrival) {
                continue;
            }
            let before = self.free();
            match self.attempt(&arrival).await {
                Next::Done => {
                    self.pending().remove(&arrival);
                    hand.release(&arrival);
                }
                Next::Again(after) => {
                    match self.is_aside(&arrival) {
                        true => hand.release(&arrival),
                        false => hand.keep_behind(&arrival),
                    }
                    self.again(arrival, after);
                }
                Next::Hold => {
                    hand.ready.push(arrival);
                    if self.shutdown.run_until_cancelled(self.hold(before)).await.is_none() {
                        return;
                    }
                }
            }
        }
    }

    /// Bytes free on the disk of the data folder.
    fn free(&self) -> u64 {
        self.cx.store.disk().map_or(0, |disk| disk.free)
    }

    /// Waits a while, or until there is clearly more room than `before` the attempt, or until what kept deliveries waiting
    /// has passed. A database that failed is no sign: it is open again soon, on a disk as full as it was.
    async fn hold(&self, before: u64) {
        let kept = || self.cx.store.troubles().iter().any(|t| !matches!(t, Trouble::Failed { .. }));
        let waited = kept();
        let until = tokio::time::Instant::now() + A_WHILE;
        while tokio::time::Instant::now() < until {
            tokio::time::sleep(A_MOMENT).await;
            if self.free() > before + before / 2 + (1 << 20) || (waited && !kept()) {
                return;
            }
        }
    }

    /// The time that a file is of: one without a stamp is of now.
    fn stamp(&self, arrival: &Arrival, now: Timestamp) -> Timestamp {
        let Ok(mapping) = self.cx.mapping(&arrival.source) else { return now };
        if self.cx.after(&mapping) == After::Leave {
            return stamp::of_left(&arrival.path, &mapping).unwrap_or(now);
        }
        match stamp::in_name(&arrival.path, &mapping) {
            Some(Named::Stamp(stamp)) => stamp.instant(now),
            _ => now,
        }
    }

    /// Was the file tried for so long that the later ones of its source go on without it? It is told once.
    fn is_aside(&self, arrival: &Arrival) -> bool {
        let now = self.cx.clock.now();
        let mut pending = self.pending();
        let attempts = pending.entry(arrival.clone()).or_default();
        let since = *attempts.since.get_or_insert(now);
        let first = !attempts.aside;
        attempts.aside |= now.duration_since(since) >= PATIENCE;
        let (aside, tried) = (attempts.aside, attempts.failed);
        drop(pending);
        if aside && first {
            let file = told_name(&arrival.path);
            error!(
                source = arrival.source,
                file, tried, "set aside: the source's later files go on without it"
            );
            let note = format!(
                "{file}: 取り込めないまま時間が過ぎたため後回しにし、後のファイルを先に取り込みます · set aside: it could not be taken, and \
                 the later files go on without it"
            );
            self.write_run(&arrival.source, now, (RunOutcome::Failed, note), 0);
        }
        aside
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
        let file = told_name(&arrival.path);
        let mapping = match self.cx.mapping(&arrival.source) {
            Ok(mapping) => mapping,
            Err(why) => {
                error!(source = arrival.source, file, %why, "not taken");
                return Next::Done;
            }
        };
        if self.cx.after(&mapping) == After::Leave && was_taken(&self.cx, &mapping, &arrival.path) {
            return Next::Done;
        }
        let started = self.cx.clock.now();
        let work = || deliver(&self.cx, &arrival.path, &mapping, &Options::default(), &Unwatched);
        let ended = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            let why = "取り込みが途中で止まりました（プログラムの誤り） · a fault in the program ended it"
                .to_owned();
            Err(DeliverError::Content { file: file.clone(), why })
        });
        let why = match ended {
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
            DeliverError::Store { source: why, .. } if why.passes() => {
                warn!(source = arrival.source, file, %why, "deliveries wait");
                Next::Hold
            }
            DeliverError::Content { why, .. } if self.fails_again(arrival, &why) => {
                let (ja, en) = why.split_once(" · ").unwrap_or((&why, &why));
                let why = format!(
                    "同じ誤りで{TIMES}回失敗しました: {ja} · failed {TIMES} times in the same way: {en}"
                );
                match refuse(&self.cx, &arrival.path, &mapping, &why) {
                    Ok(receipt) => {
                        self.record(&arrival.source, started, &file, &receipt);
                        Next::Done
                    }
                    Err(why) => self.failed(arrival, why),
                }
            }
            DeliverError::Content { .. } | DeliverError::Store { .. } | DeliverError::Other { .. } => {
                self.failed(arrival, why)
            }
        }
    }

    /// Counts how the content of a file failed: was it so many times in the same way?
    fn fails_again(&self, arrival: &Arrival, why: &str) -> bool {
        let mut pending = self.pending();
        let attempts = pending.entry(arrival.clone()).or_default();
        let times = match &attempts.content {
            Some((before, times)) if before == why => times + 1,
            _ => 1,
        };
        attempts.content = Some((why.to_owned(), times));
        times >= TIMES
    }

    /// The file stays where it is and is tried again, later each time.
    fn failed(&self, arrival: &Arrival, why: DeliverError) -> Next {
        let failed = {
            let mut pending = self.pending();
            let attempts = pending.entry(arrival.clone()).or_default();
            attempts.failed = attempts.failed.saturating_add(1);
            attempts.failed
        };
        let why = format!("{:#}", anyhow::Error::new(why));
        error!(source = arrival.source, why, attempt = failed, "not taken, tried again");
        Next::Again(LONGEST.min(A_MOMENT * 2_u32.saturating_pow(failed.min(10))))
    }

    /// Each delivery is a run of its source's near-real-time job.
    fn record(&self, source: &str, started: Timestamp, file: &str, receipt: &Receipt) {
        let (outcome, note) = noted(file, &receipt.outcome);
        self.write_run(source, started, (outcome, note), receipt.rows);
    }

    fn write_run(&self, source: &str, started: Timestamp, (outcome, note): (RunOutcome, String), rows: u64) {
        let store = &self.cx.store;
        let written = store.start_run(&run_name(source), started).and_then(|run| match run {
            Some(run) => store.end_run(run, outcome, rows, &note),
            None => Ok(()),
        });
        if let Err(why) = written {
            error!(source, %why, "unable to write the run ledger");
        }
    }

    /// Puts a file at the end of the queue after a while.
    fn again(&self, arrival: Arrival, after: Duration) {
        let (shutdown, queue) = (self.shutdown.clone(), self.queue.clone());
        tokio::spawn(async move {
            if shutdown.run_until_cancelled(tokio::time::sleep(after)).await.is_some() {
                let _ = queue.send(vec![arrival]);
            }
        });
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, BTreeMap<Arrival, Attempts>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a run says of a file, in Japanese and then in English.
fn noted(file: &str, outcome: &Outcome) -> (RunOutcome, String) {
    let of = |ja: &str, en: &str, why: &str| {
        let (why_ja, why_en) = why.split_once(" · ").unwrap_or((why, why));
        format!("{file}: {ja}: {why_ja} · {en}: {why_en}")
    };
    match outcome {
        Outcome::Accepted => (RunOutcome::Done, format!("{file}: 受け入れました · taken")),
        Outcome::Unchanged => (RunOutcome::Done, format!("{file}: 新しい内容はありません · nothing new")),
        Outcome::Refused(why) => (RunOutcome::Failed, of("受入拒否", "refused", why)),
        Outcome::Held(why) => (RunOutcome::Failed, of("保留", "held", why)),
    }
}

/// The name of a source's near-real-time job in the run ledger.
pub fn run_name(source: &str) -> String {
    format!("deliver:{source}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_notes_begins_in_japanese() {
        let held = crate::store::Hold::Empty.words();
        for outcome in [
            Outcome::Accepted,
            Outcome::Unchanged,
            Outcome::Refused("ファイルが空です · the file is empty".into()),
            Outcome::Held(held),
        ] {
            let (_, note) = noted("a.csv", &outcome);
            let (ja, en) = note.split_once(" · ").unwrap();
            assert!(ja.starts_with("a.csv: ") && ja.contains(|c: char| c > '\u{3040}'), "{note}");
            assert!(!en.is_empty() && !en.contains(|c: char| c > '\u{3040}'), "{note}");
        }
    }
}
