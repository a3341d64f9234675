//! The ledger of runs: each job at each scheduled time runs once, and says how it ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::deliveries::{at, maybe_word, moment, word};
use super::engine::{self, Row, Session, Value, instant, number, text};
use super::error::StoreError;
use super::handle::Store;
use super::types::{Run, RunId, RunOutcome};
use super::writer::Writer;

/// An entry of the journal of runs.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum RunLine {
    Started { run: u64, job: String, scheduled: Timestamp, started: Timestamp },
    Ended { run: u64, ended: Timestamp, outcome: RunOutcome, rows: u64, note: String },
}

impl Store {
    /// Starts the run of a job that was due at `scheduled`; None when that run is there already.
    pub fn start_run(&self, job: &str, scheduled: Timestamp) -> Result<Option<RunId>, StoreError> {
        let started = self.0.clock.now();
        self.0.with_writer(|writer| {
            let values = [("job", text(job)), ("scheduled_at", instant(scheduled))];
            if engine::count(&writer.conn, "ledger.same_run", &[], &values)? > 0 {
                return Ok(None);
            }
            let run = engine::count(&writer.conn, "ledger.last_run", &[], &[])? + 1;
            let line = RunLine::Started { run, job: job.to_owned(), scheduled, started };
            writer.keep(|w| &mut w.runs, &line, |conn| add(conn, &line))?;
            Ok(Some(RunId(run)))
        })
    }

    /// Ends a run. The note names no value of a row.
    pub fn end_run(&self, id: RunId, outcome: RunOutcome, rows: u64, note: &str) -> Result<(), StoreError> {
        let ended = self.0.clock.now();
        let line = RunLine::Ended { run: id.0, ended, outcome, rows, note: note.to_owned() };
        self.0.with_writer(|writer| writer.keep(|w| &mut w.runs, &line, |conn| add(conn, &line)))
    }

    /// The last `n` runs of a job, or of all jobs, the newest first.
    pub fn runs(&self, job: Option<&str>, n: usize) -> Result<Vec<Run>, StoreError> {
        let conn = self.0.connect()?;
        let values = [("job", job.map_or(Value::Null, text)), ("n", number(n as u64))];
        engine::system_rows(&conn, "ledger.runs", &[], &values, |row| {
            Ok(Run {
                id: RunId(row.get(0)?),
                job: row.get(1)?,
                scheduled: moment(row, 2)?,
                started: moment(row, 3)?,
                ended: at(row, 4)?,
                outcome: maybe_word(row, 5)?,
                rows: row.get(6)?,
                note: row.get(7)?,
            })
        })
    }
}

/// Runs that a process left open when it ended are interrupted.
pub(super) fn interrupt_open(writer: &mut Writer, now: Timestamp) -> Result<(), StoreError> {
    let open = engine::system_rows(&writer.conn, "ledger.open_runs", &[], &[], |row| row.get::<i64>(0))?;
    for run in open {
        let line = RunLine::Ended {
            run: run.unsigned_abs(),
            ended: now,
            outcome: RunOutcome::Interrupted,
            rows: 0,
            note: "the process ended while it ran".into(),
        };
        writer.keep(|w| &mut w.runs, &line, |conn| add(conn, &line))?;
    }
    Ok(())
}

/// Adds an event inside the caller's transaction.
pub(super) fn add(conn: &Session, line: &RunLine) -> Result<(), StoreError> {
    let done = match line {
        RunLine::Started { run, job, scheduled, started } => {
            let values = [
                ("run", number(*run)),
                ("job", text(job)),
                ("scheduled_at", instant(*scheduled)),
                ("started_at", instant(*started)),
            ];
            engine::system(conn, "ledger.add_run", &[], &values)?
        }
        RunLine::Ended { run, ended, outcome, rows, note } => {
            let values = [
                ("run", number(*run)),
                ("ended_at", instant(*ended)),
                ("outcome", text(outcome_code(*outcome))),
                ("rows", number(*rows)),
                ("note", text(note)),
            ];
            engine::system(conn, "ledger.end_run", &[], &values)?
        }
    };
    if done == 1 {
        Ok(())
    } else {
        Err(StoreError::Inconsistent("a run ended that never started, or twice".into()))
    }
}

impl RunLine {
    /// The run, and whether this is its end.
    pub(super) fn which(&self) -> (u64, bool) {
        match self {
            Self::Started { run, .. } => (*run, false),
            Self::Ended { run, .. } => (*run, true),
        }
    }

    const fn at(&self) -> Timestamp {
        match self {
            Self::Started { started, .. } => *started,
            Self::Ended { ended, .. } => *ended,
        }
    }
}

/// The events of all runs in the order of their times; no run ends before it started.
pub(super) fn events(conn: &Session) -> Result<Vec<RunLine>, StoreError> {
    let mut events = Vec::new();
    let read = |row: &Row<'_>| {
        let (run, started) = (row.get(0)?, moment(row, 3)?);
        let start = RunLine::Started { run, job: row.get(1)?, scheduled: moment(row, 2)?, started };
        let end = match at(row, 4)? {
            Some(ended) => Some(RunLine::Ended {
                run,
                ended,
                outcome: word(row, 5)?,
                rows: row.get(6)?,
                note: row.get(7)?,
            }),
            None => None,
        };
        Ok((start, end))
    };
    for (start, end) in engine::system_rows(conn, "ledger.run_lines", &[], &[], read)? {
        events.push(start);
        events.extend(end);
    }
    events.sort_by_key(|event| (event.at(), event.which().1, event.which().0));
    Ok(events)
}

fn outcome_code(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::Done => "done",
        RunOutcome::Failed => "failed",
        RunOutcome::Panicked => "panicked",
        RunOutcome::TimedOut => "timed_out",
        RunOutcome::Interrupted => "interrupted",
    }
}
