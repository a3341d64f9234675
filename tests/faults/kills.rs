//! `kill -9` at a random moment of everything that the store does: nothing acknowledged is lost, nothing half there.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hinomi::epi::clock::Clock;
use hinomi::store::{self, Store, StoreSettings};
use serde_json::json;

use super::seeds::{Dice, each};
use super::tally::{self, quiet};
use crate::store::kept::copied;
use crate::store::room::Room;

const CHILD: &str = "HINOMI_TEST_FAULTS_CHILD";
const DOING: &str = "HINOMI_TEST_FAULTS_DOING";

/// What is under way when the process is killed.
const PHASES: [&str; 8] =
    ["running", "start", "start without a log", "nightly", "rebuild", "backup", "repair", "restore"];
/// Batches of a folder before it is killed: enough for a pack.
const TURNS: u32 = 27;

fn settings(folder: &Path) -> StoreSettings {
    StoreSettings { free_disk_floor: 0, ..StoreSettings::new(folder) }
}

/// Not a test of its own: the process that is killed. Says what it begins, and what is acknowledged.
#[test]
fn child() {
    let (Ok(folder), Ok(doing)) = (std::env::var(CHILD), std::env::var(DOING)) else { return };
    let folder = PathBuf::from(folder);
    let mut out = std::io::stdout();
    let mut say = |words: &str| {
        writeln!(out, "{words}").and_then(|()| out.flush()).expect("said");
    };
    if doing == "repair" {
        say("begun");
        store::repair(&settings(&folder), &Clock::running(), &[], true, &quiet).expect("repaired");
    } else if doing.starts_with("start") {
        say("begun");
        Store::open(&settings(&folder), &Clock::running()).expect("opened");
    } else {
        let room = Room::with(|s| s.data_dir = folder.clone());
        let turn = room.store.latest().0;
        if doing == "running" {
            say("begun");
            for turn in turn.. {
                let batch = tally::deliver(&room, turn);
                say(&format!("acknowledged {batch}"));
            }
        }
        tally::deliver(&room, turn);
        say(&format!("acknowledged {}", turn + 1));
        say("begun");
        let backup = folder.parent().expect("a folder").join("backup");
        match doing.as_str() {
            "nightly" => {
                assert_eq!(room.store.verify(&quiet).expect("verified").faults, Vec::<String>::new());
                room.store.compact().expect("packed");
                room.store.checkpoint().expect("folded");
            }
            "rebuild" => room.store.rebuild(&quiet).expect("rebuilt"),
            "backup" => drop(
                room.store
                    .backup(&folder.parent().expect("a folder").join("another"), &quiet)
                    .expect("a backup"),
            ),
            _ => drop(room.store.restore(&backup, &quiet).expect("restored")),
        }
    }
    say("ended");
    std::thread::sleep(Duration::from_mins(1));
}

fn spawn(folder: &Path, doing: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("a program"));
    command.args(["--exact", "faults::kills::child", "--nocapture", "--test-threads=1"]);
    command.env(CHILD, folder).env(DOING, doing).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().expect("a child")
}

/// Kills the child a while after it began. The last batch that it acknowledged, and whether it had ended its work.
fn killed(mut child: Child, after: Duration) -> (u32, bool) {
    let (told, heard) = std::sync::mpsc::channel();
    let lines = BufReader::new(child.stdout.take().expect("lines")).lines();
    let listening = std::thread::spawn(move || {
        let (mut last, mut ended) = (0, false);
        for line in lines.map_while(Result::ok) {
            if let Some(at) = line.find("acknowledged ") {
                last = line[at + 13..].trim().parse().expect("a number");
            }
            ended |= line.contains("ended");
            if line.contains("begun") {
                let _ = told.send(());
            }
        }
        (last, ended)
    });
    heard.recv_timeout(Duration::from_mins(5)).expect("the child ended before it began");
    std::thread::sleep(after);
    child.kill().expect("killed");
    let status = child.wait().expect("ended");
    assert!(status.code().is_none(), "the child failed by itself: {status}");
    listening.join().expect("heard")
}

/// What each round begins with, filled once.
struct Filled(tempfile::TempDir);

impl Filled {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let [data, killed, closed, backup] =
            ["data", "killed", "closed", "backup"].map(|name| folder.path().join(name));
        let filled = tally::filled(&data, TURNS);
        // As a process that was killed leaves it: the log of changes is not folded in.
        copied(&data, &killed);
        filled.store.backup(&backup, &quiet).expect("a backup");
        filled.store.close().expect("closed");
        copied(&data, &closed);
        // What a restore replaces has a batch more.
        tally::filled(&data, TURNS + 1).store.close().expect("closed");
        Self(folder)
    }

    fn placed(&self, doing: &str, room: &Path) -> PathBuf {
        let own = self.0.path();
        let data = room.join("data");
        fs::copy(own.join("key"), room.join("key")).expect("the key");
        match doing {
            "start" | "start without a log" => copied(&own.join("killed"), &data),
            "restore" => {
                copied(&own.join("data"), &data);
                copied(&own.join("backup"), &room.join("backup"));
            }
            _ => copied(&own.join("closed"), &data),
        }
        if doing == "start without a log" {
            fs::remove_file(data.join("hinomi.duckdb.wal")).expect("a log");
        }
        data
    }
}

/// Damages something that the database can make again.
fn damage(data: &Path, dice: &mut Dice) {
    let names = [
        "archive/batches/00000026/manifest.json",
        "archive/journal/deliveries.jsonl",
        "archive/batches/00000025",
    ];
    let path = data.join(dice.pick(&names));
    if path.is_dir() {
        fs::remove_dir_all(path).expect("removed");
    } else {
        let mut bytes = fs::read(&path).expect("a file");
        let at = dice.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1;
        fs::write(path, bytes).expect("written");
    }
}

#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    let mut filled = None;
    each("kills", PHASES.len() as u64, |seed| {
        let mut dice = Dice::of(seed);
        let doing = PHASES[seed as usize % PHASES.len()];
        let how = format!("seed {seed}, {doing}");
        let room = tempfile::tempdir().expect("a folder");
        let data = filled.get_or_insert_with(Filled::new).placed(doing, room.path());
        if doing == "repair" {
            damage(&data, &mut dice);
        }
        // Soon or late: nobody knows how long the work takes here.
        let longest = 16 << dice.below(8);
        let (acknowledged, ended) = killed(spawn(&data, doing), Duration::from_millis(dice.below(longest)));
        // A backup was put in the place of what came after it, or was not.
        let acknowledged = if doing == "restore" { TURNS } else { acknowledged.max(TURNS) };
        if doing == "repair" {
            let found =
                store::repair(&settings(&data), &Clock::running(), &[], true, &quiet).expect("a repair");
            assert!(found.damages.is_empty() || found.done, "{how}: {found:?}");
        }
        let store =
            Store::open(&settings(&data), &Clock::running()).unwrap_or_else(|e| panic!("{how}: {e:?}"));
        assert_eq!(store.fault(), None, "{how}");
        tally::whole(&store, &data, acknowledged, &how);
        store.close().expect("closed");
        // And it goes on from there.
        let again = tally::filled(&data, TURNS + 4);
        tally::whole(&again.store, &data, TURNS + 4, &how);
        if doing == "backup" {
            let to = room.path().join("another");
            if !to.exists() {
                again.store.backup(&to, &quiet).expect("a backup");
            }
            let other = Room::new();
            other.store.restore(&to, &quiet).unwrap_or_else(|e| panic!("{how}: {e}"));
            tally::whole(&other.store, other.data(), TURNS, &how);
        }
        again.store.rebuild(&quiet).unwrap_or_else(|e| panic!("{how}: {e}"));
        tally::whole(&again.store, &data, TURNS + 4, &how);
        json!({ "kills": 1, "after the work": u64::from(ended), doing: 1 })
    });
}
