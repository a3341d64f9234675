//! Runs jobs by the ledger in the store: each scheduled time at most once, never over itself, with a deadline,
//! a few patient attempts, and a panic kept from the rest.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use super::context::Context;
use super::register::{JOBS, Job};
use super::watch::{Unwatched, Watch};
use super::work::{Done, Work};
use crate::epi::text::in_both;
use crate::store::{RunId, RunOutcome, Store, StoreError};

/// Waits before the second and the third attempt.
const PATIENCE: [Duration; 2] = [Duration::from_mins(1), Duration::from_mins(5)];

/// How long a run's end waits to be written.
const LATER: Duration = Duration::from_mins(1);

/// What became of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    Done(Done),
    Failed(String),
    /// This scheduled time has had its run.
    Already,
    /// The job is running at this moment.
    Busy,
}

pub struct Runner {
    cx: Arc<Context>,
    shutdown: CancellationToken,
    running: Mutex<BTreeSet<&'static str>>,
    runs: TaskTracker,
}

impl Runner {
    pub fn new(cx: Arc<Context>, shutdown: CancellationToken) -> Self {
        Self { cx, shutdown, running: Mutex::default(), runs: TaskTracker::new() }
    }

    /// After a start: what was missed is caught up once, and what the server's end cut short is run once more.
    pub async fn catch_up(&self) {
        for job in JOBS.iter().filter(|job| job.schedule(&self.cx.settings).is_some()) {
            let cx = self.cx.clone();
            let last = tokio::task::spawn_blocking(move || last_outcome(&cx, job)).await;
            match last {
                Ok(Ok(Some(RunOutcome::Interrupted))) => {
                    info!(job = job.name, "the last run was interrupted: once more");
                    self.run_patiently(job, self.cx.clock.now()).await;
                }
                Ok(Ok(_)) => self.run_due(job).await,
                Ok(Err(why)) => error!(job = job.name, %why, "unable to read the run ledger"),
                Err(why) => error!(job = job.name, %why, "a fault in the program"),
            }
        }
    }

    /// Runs a job if its last due time has had no run and is not too long ago.
    pub async fn run_due(&self, job: &'static Job) {
        let Some(schedule) = job.schedule(&self.cx.settings) else { return };
        let now = self.cx.clock.now();
        let due = schedule.last_due(now);
        if now.duration_since(due) > CATCH_UP {
            return;
        }
        self.run_patiently(job, due).await;
    }

    async fn run_patiently(&self, job: &'static Job, scheduled: Timestamp) {
        let mut scheduled = scheduled;
        for wait in PATIENCE.iter().map(Some).chain([None]) {
            match self.run(job, scheduled, Arc::new(Unwatched)).await {
                Ran::Done(_) | Ran::Already | Ran::Busy => return,
                Ran::Failed(_) => {
                    let Some(wait) = wait else { return };
                    warn!(job = job.name, seconds = wait.as_secs(), "tried again after a while");
                    if self.shutdown.run_until_cancelled(tokio::time::sleep(*wait)).await.is_none() {
                        return;
                    }
                    scheduled = self.cx.clock.now();
                }
            }
        }
    }

    /// Runs a job once for a scheduled time and writes the ledger.
    pub async fn run(&self, job: &'static Job, scheduled: Timestamp, watch: Arc<dyn Watch>) -> Ran {
        if !self.running().insert(job.name) {
            return Ran::Busy;
        }
        let ran = self.run_alone(job, scheduled, watch).await;
        self.running().remove(job.name);
        ran
    }

    async fn run_alone(&self, job: &'static Job, scheduled: Timestamp, watch: Arc<dyn Watch>) -> Ran {
        let (cx, shutdown, until) = (self.cx.clone(), self.shutdown.clone(), Instant::now() + job.deadline);
        let mut work = self.runs.spawn_blocking(move || {
            run_blocking(job, scheduled, &Work { cx: &cx, watch: &*watch, shutdown, until })
        });
        let ran = if let Ok(ran) = tokio::time::timeout(job.deadline, &mut work).await {
            ran
        } else {
            error!(job = job.name, "runs longer than its deadline; it ends at its next step");
            work.await
        };
        ran.unwrap_or_else(|why| failed(job, why.to_string()))
    }

    /// Waits until nothing runs, for so long at most; false when something still runs.
    pub async fn drain(&self, longest: Duration) -> bool {
        self.runs.close();
        tokio::time::timeout(longest, self.runs.wait()).await.is_ok()
    }

    pub fn is_running(&self, job: &str) -> bool {
        self.running().contains(job)
    }

    fn running(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A due time longer ago than this is let go.
const CATCH_UP: SignedDuration = SignedDuration::from_hours(24);

/// How a job's last run ended. Before the first run nothing was missed: the ledger begins with the last due time as
/// done, so that from now on what is missed shows.
fn last_outcome(cx: &Context, job: &Job) -> Result<Option<RunOutcome>, StoreError> {
    if let Some(run) = cx.store.runs(Some(job.name), 1)?.first() {
        return Ok(run.outcome);
    }
    let Some(schedule) = job.schedule(&cx.settings) else { return Ok(None) };
    if let Some(run) = cx.store.start_run(job.name, schedule.last_due(cx.clock.now()))? {
        cx.store.end_run(
            run,
            RunOutcome::Done,
            0,
            "はじめての起動: 逃した処理はありません · the first start: nothing was missed",
        )?;
    }
    Ok(Some(RunOutcome::Done))
}

/// One run, and its entry in the ledger. Waits for the store's writer: not to be called where others wait in turn.
fn run_blocking(job: &'static Job, scheduled: Timestamp, work: &Work<'_>) -> Ran {
    let store = &work.cx.store;
    let id = match store.start_run(job.name, scheduled) {
        Ok(Some(id)) => id,
        Ok(None) => return Ran::Already,
        Err(why) => {
            return failed(job, format!("処理の記録を書けません · unable to write the run ledger: {why}"));
        }
    };
    info!(job = job.name, %scheduled, "started");
    let (ran, outcome) = match catch_unwind(AssertUnwindSafe(|| (job.run)(work))) {
        Ok(Ok(done)) => (Ran::Done(done), RunOutcome::Done),
        Ok(Err(why)) if Instant::now() >= work.until => {
            (failed(job, format!("{why:#}")), RunOutcome::TimedOut)
        }
        Ok(Err(why)) => (failed(job, format!("{why:#}")), RunOutcome::Failed),
        Err(_) => (
            failed(job, "プログラムの誤りで終わりました · a fault in the program ended it".to_owned()),
            RunOutcome::Panicked,
        ),
    };
    let (rows, note) = match &ran {
        Ran::Done(done) => {
            info!(job = job.name, rows = done.rows, note = done.note, "ended");
            (done.rows, done.note.as_str())
        }
        Ran::Failed(why) => (0, why.as_str()),
        Ran::Already | Ran::Busy => (0, ""),
    };
    if let Err(why) = end_run(store, id, outcome, rows, note) {
        error!(job = job.name, %why, "unable to write the run ledger");
    }
    ran
}

/// What a full disk or a database that failed keeps from being written is written a little later.
fn end_run(store: &Store, id: RunId, outcome: RunOutcome, rows: u64, note: &str) -> Result<(), StoreError> {
    let until = Instant::now() + LATER;
    loop {
        match store.end_run(id, outcome, rows, note) {
            Err(why) if why.passes() && Instant::now() < until => std::thread::sleep(Duration::from_secs(1)),
            other => return other,
        }
    }
}

fn failed(job: &Job, why: String) -> Ran {
    let why = in_both("失敗しました", &why);
    error!(job = job.name, why, "failed");
    Ran::Failed(why)
}
