//! Batches are chained by what they changed: damage that was hashed anew is found, packing changes nothing, and an archive
//! from before is sealed once it is known to equal the database.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hinomi::epi::clock::Clock;
use hinomi::store::{BatchId, Store, StoreError, StoreSettings};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::kept::copied;
use super::room::{BEDS, Room};

fn quiet(_: hinomi::store::Progress) {}

fn manifest(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("manifest.json")).expect("a manifest")).expect("JSON")
}

/// Of each batch the head of the chain, packed or not.
fn heads(data: &Path) -> BTreeMap<u64, Option<String>> {
    let mut found = BTreeMap::new();
    for part in ["archive/packs", "archive/batches"] {
        for folder in fs::read_dir(data.join(part)).expect("a folder").flatten() {
            let said = manifest(&folder.path());
            let batches = said["batches"].as_array().cloned().unwrap_or_else(|| vec![said.clone()]);
            for batch in batches {
                let head = batch["seal"]["head"].as_str().map(str::to_owned);
                found.insert(batch["batch"].as_u64().expect("a number"), head);
            }
        }
    }
    found
}

/// Writes a manifest as the program would, with its check.
fn rewrite(folder: &Path, change: impl FnOnce(&mut Value)) {
    let mut said = manifest(folder);
    change(&mut said);
    said.as_object_mut().expect("an object").remove("check");
    let text = serde_json::to_string_pretty(&said).expect("JSON");
    let body = text.strip_suffix("\n}").expect("an object");
    let check = hex::encode(Sha256::digest(body));
    fs::write(folder.join("manifest.json"), format!("{body},\n  \"check\": \"{check}\"\n}}"))
        .expect("written");
}

fn beds(room: &Room, from: u32, to: u32, odd: u32) {
    for n in from..to {
        let secured = if n == odd { 999 } else { n };
        room.accept(BEDS, &format!("facility,day,secured\nH02,2022-01-01,{secured}\n"));
    }
}

fn batch(room: &Room, n: u32) -> PathBuf {
    room.data().join(format!("archive/batches/{n:08}"))
}

#[test]
fn packing_keeps_the_chain_and_each_batch_moves_it() {
    let room = Room::new();
    beds(&room, 1, 30, 0);
    let before = heads(room.data());
    assert_eq!(before.len(), 29);
    let told: std::collections::BTreeSet<_> =
        before.values().map(|head| head.clone().expect("sealed")).collect();
    assert_eq!(told.len(), 29, "every head is another");
    assert!(room.store.compact().unwrap() > 16);
    assert_eq!(heads(room.data()), before);
    assert_eq!(room.store.verify(&quiet).unwrap().faults, Vec::<String>::new());
    let line = fs::read_to_string(room.data().join("archive/journal/deliveries.jsonl")).unwrap();
    let last: Value = serde_json::from_str(line.lines().last().unwrap()).unwrap();
    assert_eq!(last["head"].as_str(), before[&29].as_deref());
    // Another history has other heads from where it differs on.
    let other = Room::new();
    beds(&other, 1, 30, 7);
    let others = heads(other.data());
    let same: Vec<u64> = before.keys().copied().filter(|n| others[n] == before[n]).collect();
    assert_eq!(same, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_value_that_was_changed_and_hashed_anew_is_found_by_its_batch() {
    let mut room = Room::new();
    beds(&room, 1, 30, 0);
    let other = Room::new();
    beds(&other, 1, 30, 7);
    let name = "bed_capacity.opened.parquet";
    let folder = batch(&room, 7);
    let wrong = fs::read(batch(&other, 7).join(name)).unwrap();
    fs::write(folder.join(name), &wrong).unwrap();
    rewrite(&folder, |said| {
        let files = said["files"].as_array_mut().expect("files");
        let file = files.iter_mut().find(|file| file["name"] == name).expect("the file");
        file["bytes"] = wrong.len().into();
        file["sha256"] = hex::encode(Sha256::digest(&wrong)).into();
    });
    room.reopen();
    let faults = room.store.verify(&quiet).unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("00000007") && fault.contains("sealed")), "{faults:?}");
    let refused = |done: Result<(), StoreError>| {
        let error = done.expect_err("refused").to_string();
        assert!(error.contains("batch 7 are not those that were sealed"), "{error}");
    };
    refused(room.store.rebuild(&quiet));
    refused(room.store.compact().map(drop));
    assert!(folder.exists() && fs::read_dir(room.data().join("archive/packs")).unwrap().next().is_none());
}

#[test]
fn a_batch_of_another_history_does_not_follow() {
    let room = Room::new();
    beds(&room, 1, 10, 0);
    let other = Room::new();
    beds(&other, 1, 10, 7);
    fs::remove_dir_all(batch(&room, 7)).unwrap();
    copied(&batch(&other, 7), &batch(&room, 7));
    let error = room.store.rebuild(&quiet).expect_err("refused").to_string();
    assert!(error.contains("00000008/manifest.json") && error.contains("does not follow"), "{error}");
}

#[test]
fn a_last_batch_of_a_history_that_parted_is_not_entered() {
    let mut room = Room::new();
    beds(&room, 1, 6, 0);
    room.reopen();
    let parted = room.beside("parted");
    copied(room.data(), &parted);
    beds(&room, 6, 7, 0);
    let other = Room::with(|settings| settings.data_dir = parted);
    beds(&other, 6, 7, 6);
    let last = batch(&room, other.store.latest().0);
    let whole = room.beside("whole");
    copied(&last, &whole);
    // As the process that was killed leaves it, without the log.
    let killed = room.data().to_owned();
    room.settings.data_dir = room.beside("killed");
    copied(&killed, room.data());
    fs::remove_file(room.data().join("hinomi.duckdb.wal")).unwrap();
    let here = batch(&room, other.store.latest().0);
    fs::remove_dir_all(&here).unwrap();
    copied(&batch(&other, other.store.latest().0), &here);
    let store = Store::open(&room.settings, &room.clock).unwrap();
    let fault = store.fault().expect("a fault");
    assert!(fault.contains("is not the journal's"), "{fault}");
    assert_eq!(store.latest(), BatchId(5), "nothing of it is shown");
    store.close().unwrap();
    // Put back, it is entered.
    fs::remove_dir_all(&here).unwrap();
    copied(&whole, &here);
    let store = Store::open(&room.settings, &room.clock).unwrap();
    assert_eq!((store.fault(), store.latest()), (None, BatchId(6)));
    assert_eq!(store.verify(&quiet).unwrap().faults, Vec::<String>::new());
}

#[test]
fn every_flipped_bit_of_a_manifest_is_found() {
    let room = Room::new();
    beds(&room, 1, 4, 0);
    let path = batch(&room, 2).join("manifest.json");
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut broken = whole.clone();
        broken[at] ^= 1 << (at % 8);
        fs::write(&path, &broken).unwrap();
        let faults = room.store.verify(&quiet).unwrap().faults;
        assert!(faults.iter().any(|fault| fault.contains("00000002")), "byte {at}: {faults:?}");
    }
    fs::write(&path, whole).unwrap();
    assert_eq!(room.store.verify(&quiet).unwrap().faults, Vec::<String>::new());
}

#[test]
fn an_archive_from_before_is_sealed_once_it_equals_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    copied(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/kept-folder/data"), &data);
    let settings = StoreSettings { free_disk_floor: 0, ..StoreSettings::new(&data) };
    let clock = Clock::fixed("2026-12-31T03:00:00Z".parse().unwrap());
    let store = Store::open(&settings, &clock).unwrap();
    assert!(heads(&data).values().all(Option::is_none));
    let found = store.verify(&quiet).unwrap();
    assert_eq!((found.faults.len(), found.sealed), (0, 64));
    assert!(heads(&data).values().all(Option::is_some));
    let again = store.verify(&quiet).unwrap();
    assert_eq!((again.faults.len(), again.sealed), (0, 0));
    let note = store.notes("sealed", 1).unwrap().remove(0).body;
    assert!(note.contains("\"batch\":64") && note.contains(heads(&data)[&64].as_deref().unwrap()), "{note}");
    store.rebuild(&quiet).unwrap();
    store.close().unwrap();
    // A bit of a journal's line from before has no check of its own: the seal has one.
    let journal = data.join("archive/journal/deliveries.jsonl");
    let whole = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, whole.replacen("\"rows\":", "\"rows\": ", 1)).unwrap();
    let store = Store::open(&settings, &clock).unwrap();
    let faults = store.verify(&quiet).unwrap().faults;
    assert!(
        faults.iter().any(|fault| fault.contains("deliveries.jsonl") && fault.contains("sealed")),
        "{faults:?}"
    );
    fs::write(&journal, whole).unwrap();
    assert_eq!(store.verify(&quiet).unwrap().faults, Vec::<String>::new());
}

#[test]
fn what_differs_from_the_database_is_not_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    copied(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/kept-folder/data"), &data);
    let settings = StoreSettings { free_disk_floor: 0, ..StoreSettings::new(&data) };
    let store = Store::open(&settings, &Clock::fixed("2026-12-31T03:00:00Z".parse().unwrap())).unwrap();
    // An archive whose manifest says another moment than the ledger.
    let path = data.join("archive/batches/00000060/manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"kind\": \"regular\"", "\"kind\": \"remap\"", 1)).unwrap();
    let changed = fs::read_to_string(&path).unwrap() != text;
    assert!(changed);
    let found = store.verify(&quiet).unwrap();
    assert!(!found.faults.is_empty() && found.sealed == 0, "{found:?}");
    assert!(heads(&data).values().all(Option::is_none));
}
