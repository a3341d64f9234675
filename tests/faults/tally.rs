//! An independent tally: what turn after turn delivers follows from the number of the turn alone, and what is known after
//! it is counted here without the store.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hinomi::store::{self, AsOf, BatchId, Query, Store};

use crate::store::room::{BEDS, KEYED, Room, lines};

/// Ids of a notification list as of a turn: some come, some go.
fn present(turn: u32) -> Vec<u32> {
    (0..40).filter(|n| !(n + turn / 2).is_multiple_of(9)).collect()
}

fn person(n: u32, turn: u32) -> (&'static str, String) {
    let sex = if (n + turn).is_multiple_of(5) { "F" } else { "M" };
    (sex, format!("2022-01-{:02}", (n + turn) % 28 + 1))
}

/// What a turn delivers: the whole list, or the beds of one facility.
pub fn delivery(turn: u32) -> (&'static str, String) {
    if turn.is_multiple_of(2) {
        let mut csv = "id,disease,sex,day\n".to_owned();
        for n in present(turn) {
            let (sex, day) = person(n, turn);
            writeln!(csv, "{},covid,{sex},{day}", 100_000 + n).expect("a line");
        }
        (KEYED, csv)
    } else {
        (BEDS, format!("facility,day,secured\nH{:02},2022-01-01,{turn}\n", turn % 7))
    }
}

/// What is known after so many turns: people by their case, and beds.
pub fn expected(turns: u32) -> (Vec<String>, Vec<String>) {
    let mut cases: BTreeMap<u32, usize> = BTreeMap::new();
    let (mut people, mut beds) = (Vec::new(), BTreeMap::new());
    for turn in 0..turns {
        if turn.is_multiple_of(2) {
            people = present(turn)
                .into_iter()
                .map(|n| {
                    let next = cases.len() + 1;
                    let case = *cases.entry(n).or_insert(next);
                    let (sex, day) = person(n, turn);
                    (case, format!("{case}|{sex}|{day}"))
                })
                .collect();
        } else {
            beds.insert(turn % 7, turn);
        }
    }
    people.sort_unstable();
    let people = people.into_iter().map(|(_, text)| text).collect();
    (people, beds.into_iter().map(|(n, turn)| format!("H{n:02}|{turn}")).collect())
}

fn shown(store: &Store, as_of: AsOf) -> (Vec<String>, Vec<String>) {
    let ask = |text: &str| {
        let query = Query::new("shown", text, []);
        lines(&store.query(&query, as_of, Duration::from_mins(5)).expect("rows"))
    };
    (
        ask("SELECT case_id, sex, reported_day FROM cases ORDER BY case_id"),
        ask("SELECT facility_id, secured FROM bed_capacity ORDER BY facility_id"),
    )
}

/// Delivers a turn, and keeps a note of it. Its batch.
pub fn deliver(room: &Room, turn: u32) -> u32 {
    let (mapping, csv) = delivery(turn);
    let batch = room.accept(mapping, &csv);
    room.store.keep_note("turn", &turn.to_string()).expect("kept");
    batch.0
}

/// Every batch says what was counted; nothing acknowledged is gone; it verifies; nothing lies about.
pub fn whole(store: &Store, data: &Path, acknowledged: u32, how: &str) {
    let latest = store.latest().0;
    assert!(latest >= acknowledged, "{how}: batch {acknowledged} was acknowledged, {latest} is there");
    for batch in (1..=latest).filter(|n| *n < 3 || n + 3 > latest || n % 5 == 0) {
        assert_eq!(shown(store, AsOf::Batch(BatchId(batch))), expected(batch), "{how}: as of batch {batch}");
    }
    assert_eq!(shown(store, AsOf::Latest), expected(latest), "{how}");
    let notes = store.notes("turn", 100_000).expect("notes");
    let told: BTreeSet<&str> = notes.iter().map(|note| note.body.as_str()).collect();
    assert_eq!(told.len(), notes.len(), "{how}: a note stands twice");
    assert!(
        notes.len() as u32 + 1 >= latest.min(acknowledged),
        "{how}: {} notes of {acknowledged}",
        notes.len()
    );
    let findings = store.verify(&|_| {}).expect("verified");
    assert_eq!(findings.faults, Vec::<String>::new(), "{how}");
    assert_eq!(findings.batches, u64::from(latest), "{how}");
    assert_eq!(orphans(data), Vec::<PathBuf>::new(), "{how}");
}

/// What a folder has no use for.
fn orphans(data: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["mending", "restoring", "archive.replaced"]
        .iter()
        .map(|name| data.join(name))
        .filter(|p| p.exists())
        .collect();
    let mut batches = BTreeMap::<u32, u32>::new();
    for part in ["tmp", "archive/batches", "archive/packs", "archive/journal"] {
        for path in fs::read_dir(data.join(part)).expect("a folder").flatten().map(|entry| entry.path()) {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if part == "tmp" || name.ends_with(".tmp") || path.join("manifest.json.tmp").exists() {
                found.push(path);
                continue;
            }
            let (first, last) = name.split_once('-').unwrap_or((&name, &name));
            if let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) {
                (first..=last).for_each(|batch| *batches.entry(batch).or_default() += 1);
            }
        }
    }
    let twice = batches
        .iter()
        .filter(|(_, times)| **times != 1)
        .map(|(batch, _)| data.join(format!("batch {batch} twice")));
    found.extend(twice);
    found
}

/// A folder of so many turns, closed.
pub fn filled(folder: &Path, turns: u32) -> Room {
    let room = Room::with(|settings| settings.data_dir = folder.to_owned());
    for turn in room.store.latest().0..turns {
        deliver(&room, turn);
    }
    room
}

pub fn quiet(_: store::Progress) {}
