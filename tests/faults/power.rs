//! The power fails: what was acknowledged is on the disk, and not only handed to the system.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use hinomi::epi::clock::Clock;
use hinomi::store::{Store, StoreSettings};
use serde_json::json;

use super::recorded::{Disk, Record, Step};
use super::seeds::{Dice, each};
use super::tally::{self, quiet};
use crate::store::room::Room;

const CHILD: &str = "HINOMI_TEST_POWER_CHILD";
const TURNS: u32 = 30;

/// Not a test of its own: the process whose changes are recorded. Everything that an ordinary day does.
#[test]
fn child() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let folder = PathBuf::from(folder);
    let mut told = OpenOptions::new().create(true).append(true).open(folder.join("told")).expect("a file");
    let mut room = Room::with(|settings| settings.data_dir = folder.join("data"));
    for turn in 0..TURNS {
        let batch = tally::deliver(&room, turn);
        tell(&mut told, batch);
        match turn {
            8 => room.store.checkpoint().expect("folded"),
            17 => room.reopen(),
            26 => {
                assert_eq!(room.store.verify(&quiet).expect("verified").faults, Vec::<String>::new());
                assert!(room.store.compact().expect("packed") > 0);
                room.store.checkpoint().expect("folded");
            }
            _ => {}
        }
    }
    room.store.rebuild(&quiet).expect("rebuilt");
    // A restored archive is exchanged with the one that was there: a call that does not go through libc.
    room.store.backup(&folder.join("backup"), &quiet).expect("a backup");
    room.store.restore(&folder.join("backup"), &quiet).expect("restored");
    tell(&mut told, TURNS);
}

/// In one call.
fn tell(told: &mut File, batch: u32) {
    told.write_all(format!("acknowledged {batch}\n").as_bytes()).expect("told");
}

fn record(room: &Path) -> (PathBuf, Vec<u8>) {
    let library = room.join("recorded.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/recorded.c");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(source)
        .arg("-lpthread")
        .status()
        .expect("cc, which links the tests too");
    assert!(built.success());
    let (folder, to) = (room.join("watched"), room.join("record"));
    fs::create_dir(&folder).expect("made");
    let mut command = Command::new(std::env::current_exe().expect("a program"));
    command.args(["--exact", "faults::power::child", "--test-threads=1"]).env(CHILD, &folder);
    command.env("LD_PRELOAD", &library).env("HINOMI_RECORD", &to).env("HINOMI_RECORD_ROOT", &folder);
    let output = command.output().expect("a child");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    (folder, fs::read(to).expect("a record"))
}

fn files(folder: &Path, path: String, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let name = format!("{path}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files(&entry.path(), name, found);
        } else {
            found.insert(name, fs::read(entry.path()).expect("a file"));
        }
    }
}

/// The power fails here: what the disk has is opened.
fn fail(disk: &Disk, acknowledged: u32, dice: Option<&mut Dice>, how: &str) {
    let room = tempfile::tempdir().expect("a folder");
    let left = room.path().join("left");
    disk.leave(&left, dice);
    let data = left.join("data");
    let settings = StoreSettings { free_disk_floor: 0, ..StoreSettings::new(&data) };
    let store = Store::open(&settings, &Clock::running()).unwrap_or_else(|e| panic!("{how}: {e:?}"));
    assert_eq!(store.fault(), None, "{how}");
    tally::whole(&store, &data, acknowledged, how);
    store.close().expect("closed");
}

#[test]
fn what_was_acknowledged_is_on_the_disk_at_every_failure_of_the_power() {
    let room = tempfile::tempdir().expect("a folder");
    let (folder, bytes) = record(room.path());
    let mut record = Record::of(&bytes);
    let mut disk = Disk::at(&folder);
    let (mut steps, mut syncs) = (0_u64, 0);
    while let Some(step) = disk.step(&mut record) {
        steps += 1;
        syncs += u64::from(matches!(step, Step::Told(_)));
    }
    assert!(steps > 1_000 && syncs > u64::from(TURNS), "{steps} steps");
    assert!(bytes.windows(10).any(|part| part == b"\nexchange\t"), "calls beside libc are seen");
    // Nothing bypassed the record: no call, wherever it came from, and no mapped file.
    let mut there = BTreeMap::new();
    files(&folder, String::new(), &mut there);
    let recorded = disk.now();
    assert_eq!(recorded.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
    for (path, content) in &there {
        assert!(recorded[path] == *content, "{path} was changed by a call that was not seen");
    }

    each("power", 2, |seed| {
        let mut dice = Dice::of(seed);
        let (mut record, mut disk) = (Record::of(&bytes), Disk::at(&folder));
        let (mut acknowledged, mut at, mut failures) = (0, 0_u64, 0_u64);
        // In the short form a few of the moments after an acknowledgement and between them; others with each seed.
        let mut next = dice.below(steps / 4);
        while let Some(step) = disk.step(&mut record) {
            at += 1;
            if let Step::Told(line) = &step {
                acknowledged = line.rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a number");
                if u64::from(acknowledged) % 8 == seed % 8 {
                    fail(&disk, acknowledged, None, &format!("seed {seed}, after batch {acknowledged}"));
                    failures += 1;
                }
            }
            if at >= next && acknowledged > 0 {
                fail(&disk, acknowledged, Some(&mut dice), &format!("seed {seed}, step {at}"));
                failures += 1;
                next = at + 1 + dice.below(steps / 3);
            }
        }
        json!({ "failures": failures })
    });
}
