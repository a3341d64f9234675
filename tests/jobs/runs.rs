//! The run ledger and those who keep to it.

use std::sync::Arc;
use std::time::Duration;

use hinomi::jobs::deliver::Options;
use hinomi::jobs::{Done, Job, Ran, Unwatched, job};
use hinomi::store::RunOutcome;

use super::Ward;

/// Said in Japanese, and then in English.
fn in_both_languages(said: &str) -> bool {
    let japanese = |c: char| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    said.split_once(" · ").is_some_and(|(ja, en)| ja.contains(japanese) && !en.contains(japanese))
}

/// What a run notes is read by staff, whether it did its work or failed.
#[tokio::test]
async fn every_run_notes_in_both_languages() {
    let ward = Ward::new("leave").await;
    ward.deliver(&ward.lay("a.csv", 10), &Options::default()).unwrap();
    let mut notes = Vec::new();
    for name in ["nightly", "reload", "backtest", "verify", "housekeeping"] {
        let job = job(name).unwrap();
        assert!(in_both_languages(job.title), "{name}: {}", job.title);
        ward.app.runner.run(job, ward.clock.now(), Arc::new(Unwatched)).await;
        // The archive lacks a file: what compares it fails.
        let batches = ward.data("archive/batches");
        let away = ward.data("archive/away");
        std::fs::rename(&batches, &away).unwrap();
        ward.at("2026-11-21T10:00:00");
        ward.app.runner.run(job, ward.clock.now(), Arc::new(Unwatched)).await;
        std::fs::rename(&away, &batches).unwrap();
        ward.at("2026-11-20T10:00:00");
        notes.extend(
            ward.app.store.runs(Some(name), 9).unwrap().into_iter().map(|run| (name, run.outcome, run.note)),
        );
    }
    ward.app.runner.run(&FAULTY, ward.clock.now(), Arc::new(Unwatched)).await;
    ward.app.runner.run(&ENDLESS, ward.clock.now(), Arc::new(Unwatched)).await;
    for name in ["faulty", "endless"] {
        notes.extend(
            ward.app.store.runs(Some(name), 9).unwrap().into_iter().map(|run| (name, run.outcome, run.note)),
        );
    }
    assert!(
        notes.iter().any(|(name, outcome, _)| *name == "verify" && *outcome == Some(RunOutcome::Failed)),
        "{notes:?}"
    );
    for (name, outcome, note) in &notes {
        assert!(in_both_languages(note), "{name} {outcome:?}: {note}");
    }
}

static SLOW: Job = Job {
    name: "slow",
    title: "takes a while",
    when: |_| None,
    deadline: Duration::from_mins(1),
    run: |_| {
        std::thread::sleep(Duration::from_millis(300));
        Ok(Done { rows: 7, note: "slept".into() })
    },
};

static ENDLESS: Job = Job {
    name: "endless",
    title: "ends only when it is told to",
    when: |_| None,
    deadline: Duration::from_millis(200),
    run: |work| loop {
        work.go_on()?;
        std::thread::sleep(Duration::from_millis(20));
    },
};

static FAULTY: Job = Job {
    name: "faulty",
    title: "has a fault",
    when: |_| None,
    deadline: Duration::from_mins(1),
    run: |_| panic!("on purpose"),
};

fn outcomes(ward: &Ward, job: &str) -> Vec<Option<RunOutcome>> {
    ward.app.store.runs(Some(job), 10).expect("the ledger").into_iter().map(|run| run.outcome).collect()
}

#[tokio::test]
async fn a_run_never_overlaps_itself() {
    let ward = Ward::new("delete").await;
    let now = ward.clock.now();
    let later = now + jiff::SignedDuration::from_secs(1);
    let runner = &ward.app.runner;
    let (first, second) = tokio::join!(
        runner.run(&SLOW, now, Arc::new(Unwatched)),
        runner.run(&SLOW, later, Arc::new(Unwatched))
    );
    assert_eq!(first, Ran::Done(Done { rows: 7, note: "slept".into() }));
    assert_eq!(second, Ran::Busy);
    assert_eq!(runner.run(&SLOW, now, Arc::new(Unwatched)).await, Ran::Already, "this time has had its run");
    assert_eq!(outcomes(&ward, "slow"), [Some(RunOutcome::Done)]);
}

#[tokio::test]
async fn a_fault_and_a_long_run_are_told_and_harm_nobody() {
    let ward = Ward::new("delete").await;
    let now = ward.clock.now();
    assert!(matches!(ward.app.runner.run(&FAULTY, now, Arc::new(Unwatched)).await, Ran::Failed(_)));
    assert_eq!(outcomes(&ward, "faulty"), [Some(RunOutcome::Panicked)]);
    assert!(matches!(ward.app.runner.run(&ENDLESS, now, Arc::new(Unwatched)).await, Ran::Failed(_)));
    assert_eq!(outcomes(&ward, "endless"), [Some(RunOutcome::TimedOut)]);
    assert!(!ward.app.runner.is_running("faulty") && !ward.app.runner.is_running("endless"));
}

#[tokio::test]
async fn what_was_missed_is_caught_up_once() {
    let ward = Ward::new("delete").await;
    let nightly = job("nightly").unwrap();
    ward.deliver(&ward.lay("a.csv", 10), &Options::default()).unwrap();
    ward.app.runner.catch_up().await;
    let first = ward.app.store.runs(Some("nightly"), 10).unwrap();
    assert_eq!((first.len(), first[0].rows), (1, 0), "at the first start nothing was missed");

    ward.at("2026-11-21T09:00:00");
    ward.app.runner.catch_up().await;
    ward.app.runner.catch_up().await;
    let runs = ward.app.store.runs(Some("nightly"), 10).unwrap();
    assert_eq!((runs.len(), runs[0].rows), (2, 10), "ten rows verified");
    ward.at("2026-11-22T02:30:00");
    ward.app.runner.run_due(nightly).await;
    ward.app.runner.run_due(nightly).await;
    assert_eq!(outcomes(&ward, "nightly").len(), 3);
    ward.at("2026-11-26T09:00:00");
    ward.app.runner.catch_up().await;
    assert_eq!(outcomes(&ward, "nightly").len(), 4, "once for all that was missed");
}

#[tokio::test]
async fn an_interrupted_run_is_run_once_more() {
    let ward = Ward::new("delete").await;
    ward.deliver(&ward.lay("a.csv", 10), &Options::default()).unwrap();
    ward.at("2026-11-21T02:30:00");
    let run = ward.app.store.start_run("nightly", ward.clock.now()).unwrap().unwrap();
    ward.app.store.end_run(run, RunOutcome::Interrupted, 0, "").unwrap();
    ward.at("2026-11-21T02:40:00");
    ward.app.runner.catch_up().await;
    let mut ended = outcomes(&ward, "nightly");
    ended.sort_by_key(|o| *o != Some(RunOutcome::Done));
    assert_eq!(ended, [Some(RunOutcome::Done), Some(RunOutcome::Interrupted)]);
}

#[tokio::test]
async fn the_night_reads_again_what_is_left_in_place() {
    let ward = Ward::new("leave").await;
    ward.lay("a.csv", 10);
    let ran = ward.app.runner.run(job("nightly").unwrap(), ward.clock.now(), Arc::new(Unwatched)).await;
    let Ran::Done(done) = ran else { panic!("{ran:?}") };
    assert_eq!(done.rows, 10 + 10, "read, and verified");
    assert!(done.note.contains("1 files read again"), "{}", done.note);
}
