//! The archive as the truth: rebuild, verify, backup, restore, compaction, damage.

use std::fs;
use std::path::{Path, PathBuf};

use hinomi::store::{self, AsOf, BatchId, Store, StoreError, Trouble};

use super::room::{BEDS, KEYED, KEYLESS, Room};

/// Corrections, withdrawals, copies and a source without subjects, over several batches.
fn history(room: &Room) {
    let ids = |rows: &[(u32, &str)]| {
        let rows = rows.iter().map(|(id, sex)| format!("{},covid,{sex},2022-01-01\n", 100_000 + id));
        format!("id,disease,sex,day\n{}", rows.collect::<String>())
    };
    room.accept(KEYED, &ids(&[(1, "M"), (2, "F"), (3, "M"), (4, "M")]));
    room.accept(KEYLESS, "sex,day\nM,2022-01-01\nM,2022-01-01\nF,2022-01-02\n");
    room.accept(KEYED, &ids(&[(1, "F"), (2, "F"), (5, "M")]));
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\nH02,2022-01-01,20\n");
    room.accept(KEYLESS, "sex,day\nM,2022-01-01\nF,2022-01-02\nF,2022-01-02\n");
    room.accept(KEYED, &ids(&[(1, "M"), (2, "F"), (3, "M"), (4, "M")]));
    room.deliver(KEYED, &ids(&[(1, "M"), (2, "090-1234-5678"), (3, "M"), (4, "M")]));
    room.accept(BEDS, "facility,day,secured\nH02,2022-01-01,21\n");
    room.store.keep_note("test", "{\"a\":1}").expect("a note");
    room.store.keep_definition("indicator", "beds", "SELECT 1").expect("a hash");
    let run = room.store.start_run("nightly", room.clock.now()).expect("a ledger").expect("a run");
    room.store.end_run(run, store::RunOutcome::Done, 3, "ok").expect("an end");
}

fn quiet(_: store::Progress) {}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn a_rebuild_gives_the_same_as_of_every_batch() {
    let room = Room::new();
    history(&room);
    let before = (room.everything(), room.store.deliveries(100).unwrap(), room.store.batches(100).unwrap());
    let sources = room.store.sources();
    room.store.rebuild(&quiet).unwrap();
    assert_eq!(
        (room.everything(), room.store.deliveries(100).unwrap(), room.store.batches(100).unwrap()),
        before
    );
    assert_eq!(room.store.sources(), sources);
    assert_eq!(room.store.notes("test", 5).unwrap().len(), 1);
    assert_eq!(room.store.runs(None, 5).unwrap().len(), 1);
    assert_eq!(room.store.faults(7, 5).unwrap().len(), 1);
    let findings = room.store.verify(&quiet).unwrap();
    assert_eq!(findings.faults, Vec::<String>::new());
    assert_eq!((findings.batches, findings.rows), (7, 16));
    // And it goes on from there.
    room.accept(KEYED, "id,disease,sex,day\n100001,covid,M,2022-01-01\n100002,covid,M,2022-01-01\n100009,covid,M,2022-01-01\n");
    assert_eq!(room.store.latest(), BatchId(8));
}

#[test]
fn a_database_that_is_gone_or_broken_is_made_again() {
    let mut room = Room::new();
    history(&room);
    let before = room.everything();
    let database = room.data().join("hinomi.duckdb");
    for damage in ["gone", "torn", "broken"] {
        room.store.close().unwrap();
        match damage {
            "gone" => fs::remove_file(&database).unwrap(),
            _ => fs::write(&database, b"this is no database").unwrap(),
        }
        if damage == "broken" {
            store::rebuild(&room.settings, &quiet).unwrap();
        }
        room.reopen();
        assert_eq!(room.everything(), before, "{damage}");
        assert_eq!(room.store.verify(&quiet).unwrap().faults, Vec::<String>::new());
    }
}

#[test]
fn a_flipped_byte_is_found() {
    let room = Room::new();
    history(&room);
    for file in files(&room.data().join("archive/batches"), ".parquet") {
        let whole = fs::read(&file).unwrap();
        let mut broken = whole.clone();
        let middle = broken.len() / 2;
        broken[middle] ^= 1;
        fs::write(&file, &broken).unwrap();
        let faults = room.store.verify(&quiet).unwrap().faults;
        let name = file.to_string_lossy().into_owned();
        assert!(faults.iter().any(|f| f.contains(&name)), "{name}: {faults:?}");
        fs::write(&file, whole).unwrap();
    }
    assert_eq!(room.store.verify(&quiet).unwrap().faults, Vec::<String>::new());
}

#[test]
fn an_archive_that_lacks_a_batch_is_said_to_and_nothing_is_made_of_it() {
    let room = Room::new();
    history(&room);
    let before = room.everything();
    room.store.close().unwrap();
    fs::remove_dir_all(room.data().join("archive/batches/00000003")).unwrap();
    let mut room = room;
    room.reopen_closed();
    assert!(room.store.fault().unwrap().contains("batch 3 is missing"), "{:?}", room.store.fault());
    assert_eq!(room.everything(), before);
    room.store.close().unwrap();
    fs::remove_file(room.data().join("hinomi.duckdb")).unwrap();
    assert!(matches!(Store::open(&room.settings, &room.clock), Err(StoreError::Damaged { .. })));
}

#[test]
fn what_a_crash_leaves_in_the_archive_is_dropped() {
    let mut room = Room::new();
    history(&room);
    let before = room.everything();
    room.store.close().unwrap();
    let batches = room.data().join("archive/batches");
    fs::create_dir(batches.join("00000009.tmp")).unwrap();
    // A batch that was archived and never committed.
    let orphan = batches.join("00000008");
    fs::create_dir(&orphan).unwrap();
    for file in fs::read_dir(batches.join("00000007")).unwrap().flatten() {
        fs::copy(file.path(), orphan.join(file.file_name())).unwrap();
    }
    let manifest = fs::read_to_string(orphan.join("manifest.json")).unwrap();
    fs::write(orphan.join("manifest.json"), manifest.replace("\"batch\": 7", "\"batch\": 8")).unwrap();
    room.reopen();
    assert!(!orphan.exists() && !batches.join("00000009.tmp").exists());
    assert_eq!(room.everything(), before);
    assert_eq!(room.accept(BEDS, "facility,day,secured\nH07,2022-01-01,7\n"), BatchId(8));
}

#[test]
fn a_backup_is_restored_elsewhere_and_in_place() {
    let room = Room::new();
    history(&room);
    let before = room.everything();
    let backup = room.beside("backup");
    let taken = room.store.backup(&backup, &quiet).unwrap();
    assert_eq!(taken.batch, BatchId(7));
    assert!(matches!(room.store.backup(&backup, &quiet), Err(StoreError::Exists { .. })));
    assert!(files(&backup, "key").is_empty() && files(&backup, "duckdb").is_empty());

    room.accept(BEDS, "facility,day,secured\nH09,2022-01-01,9\n");
    assert_ne!(room.everything(), before);
    room.store.restore(&backup, &quiet).unwrap();
    assert_eq!(room.everything(), before);
    assert_eq!(room.store.verify(&quiet).unwrap().faults, Vec::<String>::new());

    let other = Room::new();
    other.store.close().unwrap();
    store::restore(&other.settings, &other.clock, &backup, &quiet).unwrap();
    let mut other = other;
    other.reopen();
    assert_eq!(other.everything(), before);

    let part = files(&backup, ".parquet").remove(0);
    fs::write(&part, b"no").unwrap();
    assert!(matches!(room.store.restore(&backup, &quiet), Err(StoreError::Damaged { .. })));
    assert_eq!(room.everything(), before);
}

#[test]
fn packed_batches_say_the_same() {
    let mut room = Room::new();
    history(&room);
    for n in 0..40 {
        room.accept(BEDS, &format!("facility,day,secured\nH02,2022-01-01,{}\n", 100 + n));
    }
    let before = room.everything();
    assert_eq!(room.store.compact().unwrap(), 39);
    assert_eq!(room.store.compact().unwrap(), 0);
    assert_eq!(fs::read_dir(room.data().join("archive/batches")).unwrap().count(), 8);
    assert_eq!(room.store.verify(&quiet).unwrap().faults, Vec::<String>::new());
    room.store.rebuild(&quiet).unwrap();
    assert_eq!(room.everything(), before);
    room.reopen();
    assert_eq!(room.everything(), before);
    let backup = room.beside("backup");
    room.store.backup(&backup, &quiet).unwrap();
    room.store.restore(&backup, &quiet).unwrap();
    assert_eq!(room.everything(), before);
    assert_eq!(room.store.verify(&quiet).unwrap().batches, 47);
}

#[test]
fn rows_put_in_order_say_the_same() {
    let mut room = Room::new();
    let rows = 12_000;
    let file = |corrected: bool| {
        let sex = |id: u32| if corrected && id.is_multiple_of(20) { "F" } else { "M" };
        let day = |id: u32| format!("2022-{:02}-{:02}", 1 + id / 1_200, 1 + id % 1_200 / 50);
        let rows = (0..rows).map(|id| format!("{},covid,{},{}\n", 100_000 + id, sex(id), day(id)));
        format!("id,disease,sex,day\n{}", rows.collect::<String>())
    };
    room.accept(KEYED, &file(false));
    room.accept(KEYED, &file(true));
    let before = room.everything();
    assert_eq!(room.store.cluster().unwrap(), u64::from(rows));
    assert_eq!(room.everything(), before);
    assert_eq!(room.store.cluster().unwrap(), 0, "each lies where it belongs");
    assert_eq!(room.store.verify(&quiet).unwrap().faults, Vec::<String>::new());
    room.reopen();
    assert_eq!(room.everything(), before);
    room.accept(KEYED, &file(false));
    assert_eq!(room.store.verify(&quiet).unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_rebuild_waits_for_no_delivery_and_queries_go_on() {
    let room = Room::new();
    history(&room);
    let mapping = super::room::mapping(BEDS);
    let start = store::DeliveryStart::of(&mapping, &mapping.hash(), "f.csv", room.clock.now());
    let delivery = room.store.begin(start.clone()).unwrap();
    assert!(matches!(room.store.begin(start.clone()), Err(StoreError::Busy { .. })));
    assert!(matches!(room.store.rebuild(&quiet), Err(StoreError::NotQuiet { .. })));
    delivery.abandon();
    room.store.rebuild(&quiet).unwrap();
    assert_eq!(room.rows("SELECT count(*) FROM bed_capacity", AsOf::Latest), ["2"]);
    room.store.begin(start).unwrap().abandon();
}

#[test]
fn below_the_floor_of_free_disk_deliveries_are_held() {
    let room = Room::with(|s| s.free_disk_floor = u64::MAX);
    let held = room.deliver_as(BEDS, "f.csv", "facility,day,secured\nH01,2022-01-01,1\n", |_| {});
    assert!(matches!(held, Err(StoreError::DiskLow { .. })));
    assert!(room.store.disk().unwrap().is_low());
    assert_eq!(room.store.troubles().iter().map(Trouble::name).collect::<Vec<_>>(), ["disk_low"]);
    let refused = |what: &str, done: Result<(), StoreError>| {
        assert!(matches!(done, Err(StoreError::NoRoom { .. })), "{what}: {done:?}");
    };
    refused("checkpoint", room.store.checkpoint());
    refused("compaction", room.store.compact().map(drop));
    refused("rebuild", room.store.rebuild(&quiet));
    let elsewhere = tempfile::tempdir().unwrap();
    refused("backup", room.store.backup(&elsewhere.path().join("backup"), &quiet).map(drop));
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0, "nothing was begun");
    // The lines of ledgers are what the floor is for.
    room.store.keep_note("test", "{}").unwrap();
    room.store.close().unwrap();
}
