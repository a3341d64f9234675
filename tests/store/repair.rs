//! Damage that can be healed is healed by a command: from the copies that are whole, which it names, and never silently.

use std::fs;
use std::path::{Path, PathBuf};

use hinomi::store::{self, Copy, Of, Repair, StoreError};

use super::kept::copied;
use super::room::{BEDS, KEYED, KEYLESS, Room};

fn quiet(_: store::Progress) {}

fn people(rows: &[(u32, &str)]) -> String {
    let rows = rows.iter().map(|(id, sex)| format!("{},covid,{sex},2022-01-01\n", 100_000 + id));
    format!("id,disease,sex,day\n{}", rows.collect::<String>())
}

/// A pack, batches after it, every ledger.
fn filled() -> Room {
    let room = Room::new();
    room.accept(KEYED, &people(&[(1, "M"), (2, "F"), (3, "M")]));
    room.accept(KEYLESS, "sex,day\nM,2022-01-01\nM,2022-01-01\nF,2022-01-02\n");
    room.accept(KEYED, &people(&[(1, "F"), (2, "F"), (3, "M"), (4, "M")]));
    for n in 10..34 {
        room.accept(BEDS, &format!("facility,day,secured\nH02,2022-01-01,{n}\n"));
    }
    assert!(room.store.compact().expect("a pack") > 15);
    room.accept(KEYED, &people(&[(1, "M"), (3, "M"), (4, "M"), (5, "F")]));
    room.deliver(
        KEYED,
        &format!("{}x,covid,M,2022-01-01\n", people(&[(1, "M"), (3, "M"), (4, "M"), (5, "F")])),
    );
    let beds = super::room::mapping(BEDS);
    let start = store::DeliveryStart::of(&beds, &beds.hash(), "bad.csv", room.clock.now());
    room.store.record_refusal(&start, "no column facility").expect("kept");
    for n in 0..3 {
        room.store.keep_note("test", &format!("{{\"n\":{n}}}")).expect("kept");
        room.store.keep_definition("indicator", "beds", &format!("SELECT {n}")).expect("kept");
        let run = room.store.start_run("nightly", room.clock.now()).expect("a ledger").expect("a run");
        room.store.end_run(run, store::RunOutcome::Done, n, "ok").expect("an end");
        room.clock.set(room.clock.now() + jiff::SignedDuration::from_mins(1));
        let frame = store::Frame {
            board: "today".into(),
            at: room.clock.now(),
            batch: room.store.latest(),
            definitions: "d".into(),
            program: "p".into(),
            figures: format!("{{\"n\":{n}}}"),
        };
        room.store.keep_frame(&frame).expect("kept");
    }
    room
}

/// What is known, in words: tables as of every batch, and the ledgers.
fn known(room: &Room) -> (Vec<Vec<String>>, Vec<String>) {
    let store = &room.store;
    let mut ledgers: Vec<String> =
        store.batches(1_000).expect("batches").iter().map(|b| format!("{b:?}")).collect();
    for delivery in store.deliveries(1_000).expect("deliveries") {
        let whole = store.delivery(delivery.receipt.delivery).expect("read").expect("there");
        ledgers.push(format!("{whole:?}"));
    }
    ledgers.extend(store.runs(None, 100).expect("runs").iter().map(|run| format!("{run:?}")));
    ledgers.extend(store.notes("test", 100).expect("notes").iter().map(|note| format!("{note:?}")));
    let far = jiff::Timestamp::MAX;
    ledgers.extend(store.definitions_at(far).expect("definitions").iter().map(|d| format!("{d:?}")));
    for at in store.frame_times("today", jiff::Timestamp::MIN, far).expect("frames") {
        ledgers.push(format!("{:?}", store.frame_at("today", at).expect("read")));
    }
    (room.everything(), ledgers)
}

fn repair(room: &Room, from: &[PathBuf], apply: bool) -> Result<Repair, StoreError> {
    store::repair(&room.settings, &room.clock, from, apply, &quiet)
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.clone(), fs::read(path).expect("a file")));
        }
    }
    found.sort();
    found
}

fn flip(file: &Path) {
    let mut bytes = fs::read(file).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0b100;
    fs::write(file, bytes).expect("written");
}

/// Says it without writing, then does it; everything is as it was, and verified.
fn healed(room: &mut Room, from: &[PathBuf], how: &str, before: &(Vec<Vec<String>>, Vec<String>)) -> Repair {
    let archive = room.data().join("archive");
    let lay = files(&archive);
    let told = repair(room, from, false).unwrap_or_else(|e| panic!("{how}: {e}"));
    assert!(!told.damages.is_empty() && told.can_be_done() && !told.done, "{how}: {told:?}");
    assert!(files(&archive) == lay, "{how}: a look wrote something");
    let done = repair(room, from, true).unwrap_or_else(|e| panic!("{how}: {e:?}"));
    assert!(done.done, "{how}");
    assert_eq!(done.damages, told.damages, "{how}");
    room.reopen_closed();
    assert_eq!(room.store.verify(&quiet).expect("verified").faults, Vec::<String>::new(), "{how}");
    assert!(known(room) == *before, "{how}: something is other than it was");
    assert_eq!(room.store.notes("repaired", 1).expect("notes").len(), 1, "{how}");
    room.store.rebuild(&quiet).unwrap_or_else(|e| panic!("{how}: {e}"));
    assert!(known(room) == *before, "{how}: a rebuild says something else");
    room.store.close().expect("closes");
    assert!(repair(room, from, true).expect("a look").damages.is_empty(), "{how}: not for good");
    done
}

#[test]
fn nothing_damaged_nothing_done() {
    let room = filled();
    assert!(matches!(repair(&room, &[], true), Err(StoreError::InUse { .. })));
    room.store.close().unwrap();
    let found = repair(&room, &[], true).unwrap();
    assert_eq!((found.damages.len(), found.done), (0, false));
    let new = Room::new();
    new.store.close().unwrap();
    assert!(repair(&new, &[], true).unwrap().damages.is_empty());
}

type Break = Box<dyn Fn(&Path)>;

/// Damage of every kind that leaves the database whole, with what is damaged and what it is made of.
fn damages() -> Vec<(&'static str, Of, Break)> {
    let file =
        |name: &'static str| -> Break { Box::new(move |data: &Path| flip(&data.join("archive").join(name))) };
    let gone = |name: &'static str| -> Break {
        Box::new(move |data: &Path| {
            let path = data.join("archive").join(name);
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.expect("removed");
        })
    };
    let half = |name: &'static str| -> Break {
        Box::new(move |data: &Path| {
            let path = data.join("archive").join(name);
            let bytes = fs::read(&path).expect("a file");
            fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
        })
    };
    let ledger = |name: &str| Of::Ledger(name.to_owned());
    vec![
        ("a flipped bit", Of::Batch(28), file("batches/00000028/cases.opened.parquet")),
        ("a flipped bit of who is who", Of::Batch(28), file("batches/00000028/identities.parquet")),
        ("a damaged manifest", Of::Batch(28), file("batches/00000028/manifest.json")),
        ("half a manifest", Of::Batch(24), half("batches/00000024/manifest.json")),
        ("a missing folder", Of::Batch(28), gone("batches/00000028")),
        ("a missing folder in between", Of::Batch(25), gone("batches/00000025")),
        ("a missing file", Of::Batch(24), gone("batches/00000024/bed_capacity.closed.parquet")),
        ("a damaged pack", Of::Batch(1), file("packs/00000001-00000019/cases.opened.parquet")),
        ("a damaged manifest of a pack", Of::Batch(1), file("packs/00000001-00000019/manifest.json")),
        ("a missing pack", Of::Batch(1), gone("packs/00000001-00000019")),
        ("a missing ledger", ledger("deliveries"), gone("journal/deliveries.jsonl")),
        ("half a ledger", ledger("deliveries"), half("journal/deliveries.jsonl")),
        ("a damaged ledger", ledger("deliveries"), file("journal/deliveries.jsonl")),
        ("missing runs", ledger("runs"), gone("journal/runs.jsonl")),
        ("damaged runs", ledger("runs"), file("journal/runs.jsonl")),
        ("half the runs", ledger("runs"), half("journal/runs.jsonl")),
        ("damaged frames", ledger("frames"), file("journal/frames.jsonl")),
        ("half the definitions", ledger("definitions"), half("journal/definitions.jsonl")),
        ("missing notes", ledger("notes"), gone("journal/notes.jsonl")),
        ("damaged notes", ledger("notes"), file("journal/notes.jsonl")),
    ]
}

#[test]
fn every_damage_of_the_archive_is_healed_from_the_database() {
    let mut room = filled();
    let before = known(&room);
    room.store.close().unwrap();
    let whole = room.data().to_owned();
    for (n, (how, of, damage)) in damages().into_iter().enumerate() {
        room.settings.data_dir = room.beside(&format!("damaged{n}"));
        copied(&whole, room.data());
        damage(room.data());
        let done = healed(&mut room, &[], how, &before);
        let found =
            done.damages.iter().find(|damage| damage.of == of).unwrap_or_else(|| panic!("{how}: {done:?}"));
        assert_eq!(found.whole.first(), Some(&Copy::Database), "{how}");
    }
}

#[test]
fn a_database_that_is_damaged_is_made_of_the_archive() {
    let mut room = filled();
    let before = known(&room);
    room.store.close().unwrap();
    let whole = room.data().to_owned();
    for how in ["half", "gone", "flipped"] {
        room.settings.data_dir = room.beside(how);
        copied(&whole, room.data());
        let file = room.data().join("hinomi.duckdb");
        let bytes = fs::read(&file).unwrap();
        match how {
            "half" => fs::write(&file, &bytes[..bytes.len() / 2]).unwrap(),
            "gone" => fs::remove_file(&file).unwrap(),
            _ => fs::write(&file, vec![7; bytes.len()]).unwrap(),
        }
        let done = healed(&mut room, &[], how, &before);
        assert_eq!(done.damages.len(), 1, "{how}");
        assert_eq!(
            (&done.damages[0].of, &done.damages[0].whole[..]),
            (&Of::Database, &[Copy::Archive][..]),
            "{how}"
        );
    }
}

#[test]
fn where_archive_and_database_are_damaged_a_backup_helps() {
    let mut room = filled();
    let backup = room.beside("backup");
    room.store.backup(&backup, &quiet).unwrap();
    let before = known(&room);
    room.store.close().unwrap();
    fs::write(room.data().join("hinomi.duckdb"), b"this is no database").unwrap();
    flip(&room.data().join("archive/batches/00000028/cases.opened.parquet"));
    flip(&room.data().join("archive/packs/00000001-00000019/cases.opened.parquet"));
    flip(&room.data().join("archive/journal/runs.jsonl"));
    let found = repair(&room, &[], true).unwrap();
    assert!(!found.can_be_done() && !found.done, "{found:?}");
    let of_28 = found.damages.iter().find(|damage| damage.of == Of::Batch(28)).unwrap();
    assert!(of_28.whole.is_empty() && of_28.why.contains("SHA-256"), "{of_28:?}");
    assert_eq!(fs::read(room.data().join("hinomi.duckdb")).unwrap(), b"this is no database");
    let done = healed(&mut room, std::slice::from_ref(&backup), "a backup", &before);
    let of_28 = done.damages.iter().find(|damage| damage.of == Of::Batch(28)).unwrap();
    assert_eq!(of_28.whole, [Copy::Backup(backup)]);
}

#[test]
fn a_copy_of_another_history_is_no_copy() {
    let room = filled();
    let other = Room::new();
    for n in 0..30 {
        other.accept(BEDS, &format!("facility,day,secured\nH02,2022-01-01,{n}\n"));
    }
    let backup = other.beside("backup");
    other.store.backup(&backup, &quiet).unwrap();
    room.store.close().unwrap();
    fs::write(room.data().join("hinomi.duckdb"), b"this is no database").unwrap();
    flip(&room.data().join("archive/batches/00000025/bed_capacity.opened.parquet"));
    let found = repair(&room, &[backup], true).unwrap();
    assert!(!found.can_be_done(), "{found:?}");
}

#[test]
fn a_start_makes_a_database_that_can_not_be_read_again_or_names_the_command() {
    let mut room = filled();
    let before = known(&room);
    room.store.close().unwrap();
    let whole = room.data().to_owned();
    let length = fs::metadata(whole.join("hinomi.duckdb")).unwrap().len();
    let mut made = 0;
    for part in 0..8 {
        room.settings.data_dir = room.beside(&format!("cut{part}"));
        copied(&whole, room.data());
        let file = fs::OpenOptions::new().write(true).open(room.data().join("hinomi.duckdb")).unwrap();
        file.set_len(length * part / 8).unwrap();
        drop(file);
        let how = format!("{part} of 8 parts");
        match store::Store::open(&room.settings, &room.clock) {
            Err(error) => assert!(error.to_string().contains("hinomi repair"), "{how}: {error}"),
            Ok(store) => {
                room.store = store;
                let faults = room.store.verify(&quiet).map(|findings| findings.faults);
                if matches!(&faults, Ok(faults) if faults.is_empty()) {
                    made += 1;
                    assert!(known(&room) == before, "{how}: something is other than it was");
                }
                drop(room.store.close());
            }
        }
        repair(&room, &[], true).unwrap_or_else(|e| panic!("{how}: {e:?}"));
        room.reopen_closed();
        assert!(known(&room) == before, "{how}: something is other than it was");
        room.store.close().unwrap();
    }
    assert!(made > 0, "a database of which nothing is left is made again");
}
