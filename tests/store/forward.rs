//! The database's log is gone, cut or torn: what was acknowledged is in journal and archive, and is there after the start.

use std::fs;
use std::path::{Path, PathBuf};

use hinomi::store::{AsOf, BatchId, DeliveryStart, Frame, Outcome, Run, RunOutcome, StoreError};
use jiff::Timestamp;

use super::kept::copied;
use super::room::{BEDS, KEYED, Room, mapping};

fn people(rows: &[(u32, &str)]) -> String {
    let rows = rows.iter().map(|(id, sex)| format!("{},covid,{sex},2022-01-01\n", 100_000 + id));
    format!("id,disease,sex,day\n{}", rows.collect::<String>())
}

/// Everything that there is, in words.
#[derive(Debug, PartialEq)]
struct All {
    tables: Vec<Vec<String>>,
    deliveries: Vec<String>,
    faults: usize,
    batches: Vec<String>,
    runs: Vec<Run>,
    frames: Vec<Timestamp>,
    definitions: usize,
    notes: usize,
}

fn all(room: &Room) -> All {
    let store = &room.store;
    let deliveries = store.deliveries(1_000).expect("deliveries");
    let faults =
        deliveries.iter().map(|d| store.faults(d.receipt.delivery, 100).expect("faults").len()).sum();
    All {
        tables: room.everything(),
        deliveries: deliveries.iter().map(|d| format!("{d:?}")).collect(),
        faults,
        batches: store.batches(1_000).expect("batches").iter().map(|b| format!("{b:?}")).collect(),
        runs: store.runs(None, 100).expect("runs"),
        frames: store.frame_times("today", Timestamp::MIN, Timestamp::MAX).expect("frames"),
        definitions: store.definitions_at(Timestamp::MAX).expect("definitions").len(),
        notes: store.notes("test", 100).expect("notes").len(),
    }
}

/// A database that was folded, and after it one entry of each kind that stands in its log alone.
fn after_a_checkpoint() -> Room {
    let mut room = Room::new();
    room.accept(KEYED, &people(&[(1, "M"), (2, "F"), (3, "M")]));
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\n");
    room.reopen();
    // Opens, closes and withdraws; somebody is new.
    room.accept(KEYED, &people(&[(1, "F"), (3, "M"), (4, "F")]));
    assert_eq!(room.deliver(KEYED, &people(&[(1, "F"), (3, "M"), (4, "F")])).outcome, Outcome::Unchanged);
    room.deliver(KEYED, &format!("{}x,covid,M,2022-01-01\n", people(&[(1, "F"), (3, "M"), (4, "F")])));
    let beds = mapping(BEDS);
    let start = DeliveryStart::of(&beds, &beds.hash(), "bad.csv", room.clock.now());
    room.store.record_refusal(&start, "no column facility").expect("kept");
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,11\nH02,2022-01-01,3\n");
    let run = room.store.start_run("nightly", room.clock.now()).expect("a ledger").expect("a run");
    room.store.end_run(run, RunOutcome::Done, 3, "ok").expect("an end");
    let frame = Frame {
        board: "today".into(),
        at: room.clock.now(),
        batch: BatchId(4),
        definitions: "d".into(),
        program: "p".into(),
        figures: "{}".into(),
    };
    room.store.keep_frame(&frame).expect("kept");
    room.store.keep_definition("indicator", "beds", "SELECT 1").expect("kept");
    room.store.keep_note("test", "{}").expect("kept");
    room.accept(KEYED, &people(&[(1, "F"), (3, "M"), (4, "F"), (5, "M")]));
    room
}

/// The data folder as it would be found if the process ended now.
fn killed(room: &Room, name: &str) -> PathBuf {
    let folder = room.beside(name);
    copied(room.data(), &folder);
    for lock in ["lock", "hinomi.duckdb.lock"] {
        drop(fs::remove_file(folder.join(lock)));
    }
    folder
}

fn opened(room: &Room, folder: &Path) -> Room {
    let clock = room.clock.now();
    let other = Room::with(|settings| settings.data_dir = folder.to_owned());
    other.clock.set(clock);
    other
}

type Break = Box<dyn Fn(&Path)>;

#[test]
fn a_log_that_is_gone_cut_or_torn_loses_nothing_acknowledged() {
    let room = after_a_checkpoint();
    let before = all(&room);
    assert_eq!(
        (before.deliveries.len(), before.faults, before.runs.len(), before.frames.len()),
        (8, 1, 1, 1)
    );
    let wal = "hinomi.duckdb.wal";
    let length = fs::metadata(room.data().join(wal)).expect("a log").len();
    let mut damages: Vec<(String, Break)> = vec![
        ("gone".into(), Box::new(|wal| fs::remove_file(wal).expect("removed"))),
        (
            "torn".into(),
            Box::new(|wal| {
                let mut bytes = fs::read(wal).expect("the log");
                let half = bytes.len() / 2;
                bytes[half..].fill(0);
                fs::write(wal, bytes).expect("written");
            }),
        ),
    ];
    for part in 0..8 {
        let cut = length * part / 8 + part;
        damages.push((
            format!("cut to {cut}"),
            Box::new(move |wal| {
                fs::OpenOptions::new().write(true).open(wal).expect("the log").set_len(cut).expect("cut");
            }),
        ));
    }
    for (n, (how, damage)) in damages.iter().enumerate() {
        let folder = killed(&room, &format!("killed{n}"));
        damage(&folder.join(wal));
        let found = opened(&room, &folder);
        assert_eq!(all(&found), before, "{how}");
        assert_eq!(found.store.verify(&|_| {}).unwrap().faults, Vec::<String>::new(), "{how}");
        // Whoever was not told what became of a delivery sends it again.
        let again = found.deliver(KEYED, &people(&[(1, "F"), (3, "M"), (4, "F"), (5, "M")]));
        assert_eq!(again.outcome, Outcome::Unchanged, "{how}");
        found.store.keep_definition("indicator", "beds", "SELECT 1").expect("kept");
        assert_eq!(all(&found).definitions, before.definitions, "{how}");
        // And it goes on from there.
        let beds = "facility,day,secured\nH01,2022-01-01,12\n";
        assert_eq!(found.accept(BEDS, beds), BatchId(6), "{how}");
        found.store.close().unwrap();
    }
}

#[test]
fn without_an_archive_folder_the_ledgers_alone_are_rolled_forward() {
    let mut room = Room::new();
    room.reopen();
    let beds = mapping(BEDS);
    let start = DeliveryStart::of(&beds, &beds.hash(), "bad.csv", room.clock.now());
    room.store.record_refusal(&start, "no column facility").expect("kept");
    room.store.keep_note("test", "{}").expect("kept");
    let folder = killed(&room, "killed");
    fs::remove_file(folder.join("hinomi.duckdb.wal")).unwrap();
    let found = opened(&room, &folder);
    assert_eq!(all(&found), all(&room));
    assert_eq!(found.store.deliveries(9).unwrap().len(), 1);
}

#[test]
fn a_whole_line_whose_commit_never_came_counts_and_a_torn_one_does_not() {
    let room = after_a_checkpoint();
    let before = all(&room);
    let journal = "archive/journal/notes.jsonl";
    for (n, (tail, notes)) in
        [("{\"n\":2,\"at\":\"2022-01-01T00:00:00Z\",\"ki", 1), ("{\"n\":2}\0\0\0\n", 1)].iter().enumerate()
    {
        let folder = killed(&room, &format!("torn{n}"));
        let mut text = fs::read_to_string(folder.join(journal)).unwrap();
        text.push_str(tail);
        fs::write(folder.join(journal), text).unwrap();
        let found = opened(&room, &folder);
        assert_eq!(found.store.notes("test", 9).unwrap().len(), *notes);
        assert_eq!(all(&found), before);
    }
    // The database of a moment before: its note was written and not committed.
    let folder = killed(&room, "before");
    let more = room.store.keep_note("test", "{\"more\":1}");
    more.unwrap();
    fs::copy(room.data().join(journal), folder.join(journal)).unwrap();
    assert_eq!(opened(&room, &folder).store.notes("test", 9).unwrap().len(), 2);
}

#[test]
fn a_batch_that_the_journal_has_and_the_archive_lacks_is_named() {
    let room = after_a_checkpoint();
    let folder = killed(&room, "lost");
    fs::remove_file(folder.join("hinomi.duckdb.wal")).unwrap();
    fs::remove_dir_all(folder.join("archive/batches/00000005")).unwrap();
    let found = opened(&room, &folder);
    let fault = found.store.fault().expect("a fault");
    assert!(fault.contains("journal/deliveries.jsonl") && fault.contains("batch 5"), "{fault}");
    assert!(matches!(found.store.keep_note("test", "{}"), Err(StoreError::Degraded { .. })));
    // Everything that the database has can be asked.
    let people = "SELECT count(*) FROM cases";
    assert_eq!(found.rows(people, AsOf::Latest), room.rows(people, AsOf::Batch(BatchId(4))));
}
