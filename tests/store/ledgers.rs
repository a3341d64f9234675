//! Runs, frames, definitions, notes, the key's fingerprint: kept, and there again after a rebuild.

use hinomi::store::{BatchId, Frame, Outcome, RunOutcome, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::room::{BEDS, Room, mapping, start_of_time};

fn minute(n: i64) -> Timestamp {
    start_of_time() + SignedDuration::from_mins(n)
}

#[test]
fn a_run_is_started_once_and_ended_once() {
    let room = Room::new();
    let due = minute(5);
    let run = room.store.start_run("nightly", due).unwrap().unwrap();
    assert_eq!(room.store.start_run("nightly", due).unwrap(), None);
    assert!(room.store.start_run("other", due).unwrap().is_some());
    room.store.end_run(run, RunOutcome::Done, 12, "fine").unwrap();
    assert!(room.store.end_run(run, RunOutcome::Failed, 0, "").is_err());
    let runs = room.store.runs(Some("nightly"), 5).unwrap();
    assert_eq!(
        (runs.len(), runs[0].outcome, runs[0].rows, runs[0].scheduled),
        (1, Some(RunOutcome::Done), 12, due)
    );
    assert_eq!(room.store.runs(None, 5).unwrap().len(), 2);
}

#[test]
fn a_run_left_open_was_interrupted() {
    let mut room = Room::new();
    room.store.start_run("nightly", minute(1)).unwrap();
    room.reopen();
    let check = |room: &Room| {
        let runs = room.store.runs(None, 5).unwrap();
        assert_eq!((runs.len(), runs[0].outcome), (1, Some(RunOutcome::Interrupted)));
    };
    check(&room);
    room.store.rebuild(&|_| {}).unwrap();
    check(&room);
    // A run under way goes on through a rebuild of its own.
    let run = room.store.start_run("rebuild", minute(2)).unwrap().unwrap();
    room.store.rebuild(&|_| {}).unwrap();
    assert_eq!(room.store.runs(Some("rebuild"), 1).unwrap()[0].outcome, None);
    room.store.end_run(run, RunOutcome::Done, 0, "").unwrap();
}

#[test]
fn what_a_board_showed_is_read_back() {
    let room = Room::new();
    let frame = |at: Timestamp, figures: &str| Frame {
        board: "today".into(),
        at,
        batch: BatchId(0),
        definitions: "d".into(),
        program: "0.1.0".into(),
        figures: figures.into(),
    };
    assert!(room.store.keep_frame(&frame(minute(1), "{\"受理\":1}")).unwrap());
    assert!(!room.store.keep_frame(&frame(minute(2), "{\"受理\":1}")).unwrap());
    assert!(room.store.keep_frame(&frame(minute(3), "{\"受理\":2}")).unwrap());
    let check = || {
        assert_eq!(room.store.frame_at("today", minute(0)).unwrap(), None);
        let second = room.store.frame_at("today", minute(2)).unwrap().unwrap();
        assert_eq!((second.at, second.figures.as_str()), (minute(1), "{\"受理\":1}"));
        assert_eq!(room.store.frame_at("today", minute(9)).unwrap().unwrap().figures, "{\"受理\":2}");
        assert_eq!(room.store.frame_at("beds", minute(9)).unwrap(), None);
        assert_eq!(room.store.frame_times("today", minute(0), minute(9)).unwrap(), [minute(1), minute(3)]);
        assert_eq!(room.store.first_frame("today").unwrap(), Some(minute(1)));
        assert_eq!(room.store.first_frame("beds").unwrap(), None);
        let day = hinomi::epi::clock::jst(minute(1)).date();
        assert_eq!(room.store.frame_days("today").unwrap(), [(day, 2)]);
    };
    check();
    room.store.rebuild(&|_| {}).unwrap();
    check();
    assert!(!room.store.keep_frame(&frame(minute(4), "{\"受理\":2}")).unwrap());
}

#[test]
fn definitions_are_dated() {
    let room = Room::new();
    let keep = |at: i64, text: &str| {
        room.clock.set(minute(at));
        room.store.keep_definition("indicator", "beds", text).unwrap()
    };
    let one = keep(1, "SELECT 1");
    assert_eq!(keep(2, "SELECT 1"), one);
    let two = keep(3, "SELECT 2");
    assert_ne!(one, two);
    keep(5, "SELECT 1");
    let check = || {
        let at = |n: i64| {
            let found = room.store.definition_at("indicator", "beds", minute(n)).unwrap();
            found.map(|d| (d.hash, d.known_at))
        };
        assert_eq!(at(0), None);
        assert_eq!(at(2), Some((one.clone(), minute(1))));
        assert_eq!(at(4), Some((two.clone(), minute(3))));
        assert_eq!(at(6), Some((one.clone(), minute(5))));
        assert_eq!(room.store.definitions_at(minute(6)).unwrap().len(), 1);
    };
    check();
    room.store.rebuild(&|_| {}).unwrap();
    check();
}

#[test]
fn a_store_is_bound_to_one_key() {
    let mut room = Room::new();
    assert_eq!(room.store.key_fingerprint().unwrap(), None);
    room.store.set_key_fingerprint("abc").unwrap();
    room.store.set_key_fingerprint("abc").unwrap();
    assert!(matches!(room.store.set_key_fingerprint("abd"), Err(StoreError::OtherKey)));
    room.store.rebuild(&|_| {}).unwrap();
    room.reopen();
    assert_eq!(room.store.key_fingerprint().unwrap().as_deref(), Some("abc"));
}

#[test]
fn a_refusal_is_kept_and_does_not_count_as_fresh() {
    let room = Room::new();
    let mapping = mapping(BEDS);
    let start = hinomi::store::DeliveryStart::of(&mapping, &mapping.hash(), "bad.csv", minute(1));
    let receipt = room.store.record_refusal(&start, "no column facility").unwrap();
    assert_eq!(receipt.outcome, Outcome::Refused("no column facility".into()));
    let state = room.store.sources().remove(0);
    assert_eq!(
        (state.source.as_str(), state.last_delivery_at, state.last_name.as_str()),
        ("beds", None, "bad.csv")
    );
    assert_eq!(room.store.deliveries(5).unwrap().len(), 1);
    assert_eq!(room.store.latest(), BatchId(0));
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,1\n");
    let state = room.store.sources().remove(0);
    assert_eq!((state.outcome, state.batch), (Outcome::Accepted, Some(BatchId(1))));
}
