//! A flipped bit and a torn tail in every kind of file: it is found, or changes nothing; and it is healed.

use std::fs;
use std::path::{Path, PathBuf};

use hinomi::epi::clock::Clock;
use hinomi::store::{self, Store, StoreSettings};
use jiff::Timestamp;
use serde_json::json;

use super::seeds::{Dice, each};
use super::tally::{self, quiet};
use crate::store::kept::copied;

const TURNS: u32 = 30;

/// Every kind of file that the store keeps.
const KINDS: [&str; 14] = [
    "archive/batches/00000026/bed_capacity.opened.parquet",
    "archive/batches/00000026/bed_capacity.closed.parquet",
    "archive/batches/00000027/cases.opened.parquet",
    "archive/batches/00000027/manifest.json",
    "pack/cases.opened.parquet",
    "pack/identities.parquet",
    "pack/manifest.json",
    "archive/journal/deliveries.jsonl",
    "archive/journal/notes.jsonl",
    "archive/journal/runs.jsonl",
    "archive/journal/frames.jsonl",
    "archive/journal/definitions.jsonl",
    "hinomi.duckdb",
    "hinomi.duckdb.wal",
];

fn path(data: &Path, kind: &str) -> PathBuf {
    match kind.strip_prefix("pack/") {
        Some(name) => {
            let packs = fs::read_dir(data.join("archive/packs")).expect("packs");
            packs.flatten().next().expect("a pack").path().join(name)
        }
        None => data.join(kind),
    }
}

/// A folder with a pack and every ledger, as a process that was killed leaves it.
fn killed(room: &Path) {
    let data = room.join("filled");
    let filled = tally::filled(&data, TURNS - 2);
    assert!(filled.store.compact().expect("a pack") > 15);
    filled.store.checkpoint().expect("folded");
    for n in 0..3_u64 {
        let now = filled.clock.now();
        let run = filled.store.start_run("nightly", now).expect("a ledger").expect("a run");
        filled.store.end_run(run, store::RunOutcome::Done, n, "ok").expect("an end");
        let frame = store::Frame {
            board: "today".into(),
            at: now,
            batch: filled.store.latest(),
            definitions: "d".into(),
            program: "p".into(),
            figures: format!("{{\"n\":{n}}}"),
        };
        filled.store.keep_frame(&frame).expect("kept");
        filled.store.keep_definition("indicator", "beds", &format!("SELECT {n}")).expect("kept");
        filled.clock.set(now + jiff::SignedDuration::from_mins(1));
    }
    for turn in TURNS - 2..TURNS {
        tally::deliver(&filled, turn);
    }
    copied(filled.data(), &room.join("data"));
}

/// A copy of such a folder, which is filled once.
fn placed(filled: &mut Option<tempfile::TempDir>, room: &Path) -> PathBuf {
    let own = filled.get_or_insert_with(|| {
        let folder = tempfile::tempdir().expect("a folder");
        killed(folder.path());
        folder
    });
    let data = room.join("data");
    copied(&own.path().join("data"), &data);
    fs::copy(own.path().join("key"), room.join("key")).expect("the key");
    data
}

/// Is anything known to be wrong? The store refuses to open, or says what is damaged, or its verification does.
fn found(settings: &StoreSettings) -> bool {
    match Store::open(settings, &Clock::running()) {
        Err(_) => true,
        Ok(store) => {
            let degraded = store.fault().is_some();
            let said = degraded || store.verify(&quiet).map_or(true, |findings| !findings.faults.is_empty());
            // A database of which a block can't be read may not be closed in order either.
            drop(store.close());
            said
        }
    }
}

fn heal(data: &Path, how: &str, change: impl FnOnce(&Path)) -> (u64, u64) {
    let settings = StoreSettings { free_disk_floor: 0, ..StoreSettings::new(data) };
    change(data);
    let seen = found(&settings);
    if seen {
        let done = store::repair(&settings, &Clock::running(), &[], true, &quiet);
        let done = done.unwrap_or_else(|e| panic!("{how}: {e:?}"));
        assert!(done.done || done.damages.is_empty(), "{how}: {done:?}");
    }
    let store = Store::open(&settings, &Clock::running()).unwrap_or_else(|e| panic!("{how}: {e:?}"));
    // Not seen: then it changed nothing that anybody could read.
    tally::whole(&store, data, TURNS, how);
    store.rebuild(&quiet).unwrap_or_else(|e| panic!("{how}: {e}"));
    tally::whole(&store, data, TURNS, how);
    assert_eq!(store.runs(None, 9).expect("runs").len(), 3, "{how}");
    assert_eq!(store.frame_times("today", Timestamp::MIN, Timestamp::MAX).expect("frames").len(), 3, "{how}");
    let definitions = store.definitions_at(Timestamp::MAX).expect("definitions");
    assert_eq!(definitions.iter().map(|d| d.text.as_str()).collect::<Vec<_>>(), ["SELECT 2"], "{how}");
    store.close().expect("closed");
    (u64::from(seen), u64::from(!seen))
}

#[test]
fn a_flipped_bit_in_any_file_is_found_and_healed() {
    let mut filled = None;
    each("flips", KINDS.len() as u64, |seed| {
        let kind = KINDS[seed as usize % KINDS.len()];
        let mut dice = Dice::of(seed);
        let room = tempfile::tempdir().expect("a folder");
        let data = placed(&mut filled, room.path());
        let how = format!("seed {seed}, {kind}");
        let (seen, harmless) = heal(&data, &how, |data| {
            let path = path(data, kind);
            let mut bytes = fs::read(&path).expect("a file");
            let at = dice.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 << dice.below(8);
            fs::write(path, bytes).expect("written");
        });
        json!({ "flips": 1, "found": seen, "harmless": harmless })
    });
}

#[test]
fn a_torn_tail_of_any_file_is_found_and_healed() {
    let mut filled = None;
    each("tails", 4, |seed| {
        let kinds: Vec<&str> = KINDS.iter().copied().rev().collect();
        let kind = kinds[seed as usize % kinds.len()];
        let mut dice = Dice::of(seed);
        let room = tempfile::tempdir().expect("a folder");
        let data = placed(&mut filled, room.path());
        let how = format!("seed {seed}, {kind}");
        let (seen, harmless) = heal(&data, &how, |data| {
            let path = path(data, kind);
            let length = fs::metadata(&path).expect("a file").len();
            let file = fs::OpenOptions::new().write(true).open(path).expect("opened");
            file.set_len(dice.below(length)).expect("cut");
        });
        json!({ "tails": 1, "found": seen, "harmless": harmless })
    });
}
