//! A data folder as an earlier program left it, whose mapping kept ages as whole numbers: opened, nothing of them is left.

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::epi::clock::Clock;
use crate::privacy::{Contents, Stored};
use crate::store::archive::{Manifest, Pack, Unfinished};
use crate::store::backup::{Backup, LIST};
use crate::store::types::{BatchId, BatchKind};
use crate::store::{AsOf, Query, Store, rebuild};

/// A version of a row: source, case, copy of a keyless row, age, decade, sex.
#[derive(Clone, Copy)]
struct Row(&'static str, Option<i32>, u64, Option<i64>, Option<i64>, &'static str);

impl Row {
    fn content(&self) -> u64 {
        let whole = |n: Option<i64>| n.map_or(Stored::Null, Stored::Whole);
        Contents::of(&["sex", "age", "age_decade"]).hash(&[
            Stored::Text(self.5),
            whole(self.3),
            whole(self.4),
        ])
    }

    fn key(&self) -> u64 {
        match (self.1, self.2) {
            (Some(_), _) => 0,
            (None, 1) => self.content(),
            (None, copy) => self.content() ^ copy.wrapping_mul(11_400_714_819_323_198_485),
        }
    }

    fn opened(&self, row: usize, batch: u32) -> String {
        let null = |n: Option<i64>| n.map_or("NULL".to_owned(), |n| n.to_string());
        format!(
            "('{}', '{}', CAST({} AS SMALLINT), CAST({} AS SMALLINT), CAST({} AS INTEGER), CAST({} AS UBIGINT),
              CAST({} AS UBIGINT), CAST({row} AS UINTEGER), CAST({batch} AS UINTEGER))",
            self.5, self.0, null(self.3), null(self.4), null(self.1.map(i64::from)), self.key(), self.content()
        )
    }

    fn closed(&self, from: u32, to: u32) -> String {
        let case = self.1.map_or("NULL".to_owned(), |n| n.to_string());
        format!(
            "('{}', CAST({case} AS INTEGER), CAST({} AS UBIGINT), CAST({} AS UBIGINT), CAST({from} AS UINTEGER),
              CAST({to} AS UINTEGER))",
            self.0, self.key(), self.content()
        )
    }
}

const ELDEST: Row = Row("ids", Some(1), 1, Some(105), None, "F");
const ELDER: Row = Row("ids", Some(1), 1, Some(106), None, "F");
const YOUNGER: Row = Row("ids", Some(2), 1, Some(45), None, "M");
const ODD: Row = Row("ids", Some(3), 1, Some(300), None, "M");
const UNKNOWN: Row = Row("ids", Some(4), 1, None, None, "M");
/// Two rows that differ in their ages alone, and one that is what they become; of one there is a second copy.
const OPEN: [Row; 5] = [
    Row("open", None, 1, Some(105), None, "F"),
    Row("open", None, 2, Some(105), None, "F"),
    Row("open", None, 1, Some(107), None, "F"),
    Row("open", None, 1, Some(90), Some(90), "F"),
    Row("open", None, 1, Some(30), Some(30), "F"),
];

/// What a batch opened, and what it closed with the batch that had opened it.
type Changed = (Vec<Row>, Vec<(Row, u32)>);

fn history() -> [Changed; 4] {
    [
        (vec![ELDEST, YOUNGER, ODD, UNKNOWN], vec![]),
        (vec![ELDER], vec![(ELDEST, 1)]),
        (OPEN.to_vec(), vec![]),
        (vec![], vec![(OPEN[0], 3), (OPEN[4], 3)]),
    ]
}

fn copy_out(conn: &Session, columns: &str, rows: &[String], file: &Path) {
    let sql =
        format!("COPY (SELECT * FROM (VALUES {}) t({columns})) TO $file (FORMAT parquet)", rows.join(", "));
    engine::run(conn, "an older file", &sql, &[("file", text(&file.to_string_lossy()))]).unwrap();
}

/// The archive of batches 1 and 2 as a pack, 3 and 4 each for itself.
fn older(settings: &StoreSettings) {
    let paths = settings.paths();
    paths.of_store().iter().for_each(|f| fs::create_dir_all(f).unwrap());
    let conn = Session::bare().unwrap();
    let (mut deliveries, _) = Journal::open(&paths.journal(), "deliveries", 0).unwrap();
    let batches: Vec<Manifest> = (1..)
        .zip(history())
        .map(|(batch, (opened, closed))| Manifest {
            batch: BatchId(batch),
            accepted_at: Timestamp::from_second(i64::from(batch)).unwrap(),
            kind: BatchKind::Regular,
            source: if batch < 3 { "ids".into() } else { "open".into() },
            table: "cases".into(),
            mapping: "older".into(),
            schema_version: 1,
            schema: "older".into(),
            delivery: u64::from(batch),
            opened: opened.len() as u64,
            closed: closed.len() as u64,
            identities: if batch == 1 { 4 } else { 0 },
            files: Vec::new(),
            seal: None,
        })
        .collect();
    for manifest in &batches {
        let line = serde_json::json!({
            "source": manifest.source, "table": "cases", "name": "f", "received_at": manifest.accepted_at,
            "stamp": null, "mapping": "older", "digest": "", "bytes": 0, "replay": false, "outcome": "accepted",
            "why": null, "batch": manifest.batch, "rows": 4, "opened": manifest.opened, "closed": manifest.closed,
            "unchanged": 0, "quarantined": 0, "held": 0, "stale": false, "faults": [],
        });
        deliveries.append(&line).unwrap();
    }
    let written = |folder: &Unfinished, range: std::ops::RangeInclusive<u32>| {
        let (mut opened, mut closed) = (Vec::new(), Vec::new());
        for (batch, (opens, closes)) in (1..).zip(history()).filter(|(batch, _)| range.contains(batch)) {
            opened.extend(opens.iter().enumerate().map(|(row, version)| version.opened(row + 2, batch)));
            closed.extend(closes.iter().map(|(version, from)| version.closed(*from, batch)));
        }
        let (own, ends) = ("source, case_id, key__, content__", "known_from, known_to");
        if !opened.is_empty() {
            let columns = "sex, source, age, age_decade, case_id, key__, content__, row__, known_from";
            copy_out(&conn, columns, &opened, &folder.file("cases.opened.parquet"));
        }
        if !closed.is_empty() {
            copy_out(&conn, &format!("{own}, {ends}"), &closed, &folder.file("cases.closed.parquet"));
        }
    };
    let pack = Unfinished::start(&paths.packs(), "00000001-00000002").unwrap();
    written(&pack, 1..=2);
    let people: Vec<String> = (1..=4)
        .map(|n| format!("('ward', CAST({n} AS UBIGINT), CAST(9 AS UBIGINT), {n}, CAST(1 AS UINTEGER))"))
        .collect();
    copy_out(&conn, "namespace, hi, lo, case_id, known_from", &people, &pack.file(archive::IDENTITIES));
    let files = pack.written().unwrap();
    pack.finish(&Pack { batches: batches[..2].to_vec(), files }).unwrap();
    for manifest in &batches[2..] {
        let folder = Unfinished::start(&paths.batches(), &archive::batch_name(manifest.batch)).unwrap();
        written(&folder, manifest.batch.0..=manifest.batch.0);
        let files = folder.written().unwrap();
        folder.finish(&Manifest { files, ..manifest.clone() }).unwrap();
    }
}

fn clock() -> Clock {
    Clock::fixed(Timestamp::from_second(1_000).unwrap())
}

fn parquets(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
        match path.is_dir() {
            true => found.extend(parquets(&path)),
            false if path.extension().is_some_and(|e| e == "parquet") => found.push(path),
            false => {}
        }
    }
    found
}

/// No opened file below a folder keeps too much; no file at all a hash that was made of it.
fn clean(folder: &Path) {
    let conn = Session::bare().unwrap();
    let old: Vec<String> =
        [ELDEST, ELDER, YOUNGER, ODD].iter().chain(&OPEN[..3]).map(|r| r.content().to_string()).collect();
    let mut looked = 0;
    for file in parquets(folder) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let read = |kept: &str| {
            let sql = format!("SELECT count(*) FROM read_parquet('{}') WHERE {kept}", file.display());
            engine::rows(&conn, "looking", &sql, &[], |row| row.get::<i64>(0)).unwrap()
        };
        if name.starts_with("cases") {
            looked += 1;
            assert_eq!(
                read(&format!("content__ IN ({0}) OR key__ IN ({0})", old.join(", "))),
                [0],
                "{}",
                file.display()
            );
        }
        if name == "cases.opened.parquet" {
            assert_eq!(read(sql::text("top_code.both").unwrap()), [0], "{}", file.display());
        }
    }
    assert_eq!(looked, 4, "{}", folder.display());
}

fn shown(store: &Store) -> Vec<Vec<String>> {
    let ask = |batch: u32| {
        let sql = "SELECT source, coalesce(CAST(case_id AS VARCHAR), '-') || ' ' || coalesce(CAST(age AS VARCHAR), '-')
            || ' ' || coalesce(CAST(age_decade AS VARCHAR), '-') || ' ' || sex AS row FROM cases ORDER BY 1, 2";
        let query = Query::new("shown", sql, []);
        let rows = store.query(&query, AsOf::Batch(BatchId(batch)), Duration::from_secs(9)).unwrap();
        let column = rows.column(1).clone();
        let texts = arrow::array::AsArray::as_string::<i32>(column.as_ref());
        texts.iter().map(|text| text.unwrap_or_default().to_owned()).collect()
    };
    (1..=4).map(ask).collect()
}

fn expected() -> Vec<Vec<String>> {
    let ids = ["1 90 90 F", "2 45 40 M", "3 90 90 M", "4 - - M"];
    let open = ["- 30 30 F", "- 90 90 F", "- 90 90 F", "- 90 90 F", "- 90 90 F"];
    let all = |open: &[&str]| ids.iter().chain(open).map(|row| (*row).to_owned()).collect();
    vec![all(&[]), all(&[]), all(&open), all(&open[1..4])]
}

fn mended(store: &Store) {
    assert_eq!(shown(store), expected());
    assert!(found(&store.0.connect().unwrap(), &store.0.schema).unwrap().is_empty());
    assert_eq!(store.verify(&|_| {}).unwrap().faults, Vec::<String>::new());
    clean(&store.0.settings.paths().archive());
    let notes = store.notes(NOTE, 9).unwrap();
    let own: Vec<Mended> = notes
        .iter()
        .filter_map(|note| serde_json::from_str(&note.body).ok())
        .filter(|mended: &Mended| mended.backup.is_none())
        .collect();
    let rows = |batch, rows| Rows { table: "cases".into(), batch, rows };
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].rows, [rows(1, 3), rows(2, 1), rows(3, 3)]);
    assert_eq!(own[0].files.len(), 4);
    let left: Vec<_> =
        fs::read_dir(&store.0.settings.data_dir).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(!left.iter().any(|name| name == "mending" || name == "archive.replaced"), "{left:?}");
}

#[test]
fn a_start_removes_them_from_archive_and_database_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings::new(folder.path());
    older(&settings);
    let store = Store::open(&settings, &clock()).unwrap();
    mended(&store);
    store.close().unwrap();
    let hashes = || -> BTreeMap<PathBuf, String> {
        parquets(folder.path())
            .into_iter()
            .map(|path| (path.clone(), archive::digest(&path).unwrap().1))
            .collect()
    };
    let before = hashes();
    let store = Store::open(&settings, &clock()).unwrap();
    mended(&store);
    assert_eq!(hashes(), before);
    // What is mended has the hashes that the gate would give it.
    let conn = store.0.connect().unwrap();
    let sql = "SELECT content__ FROM latest.cases WHERE source = 'ids' ORDER BY case_id";
    let contents = engine::rows(&conn, "looking", sql, &[], |row| row.get::<u64>(0)).unwrap();
    let today = [(1, Some(90), Some(90), "F"), (2, Some(45), Some(40), "M"), (3, Some(90), Some(90), "M")];
    for (content, (case, age, decade, sex)) in contents.iter().zip(today) {
        assert_eq!(*content, Row("ids", Some(case), 1, age, decade, sex).content());
    }
    assert_eq!(contents[3], UNKNOWN.content());
}

/// The database that the earlier program had: with what it had stored.
fn old_database(settings: &StoreSettings) -> Vec<u8> {
    let file = settings.paths().temporary().join("old.duckdb");
    rebuild::build(settings, &file, settings.memory_limit, &|_| {}).unwrap();
    let bytes = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    bytes
}

#[test]
fn a_process_that_ends_in_between_leaves_the_rest_to_the_next_start() {
    for step in ["nothing done", "half made beside", "moved aside", "archive mended"] {
        let folder = tempfile::tempdir().unwrap();
        let settings = StoreSettings::new(folder.path());
        let paths = settings.paths();
        older(&settings);
        let database = old_database(&settings);
        match step {
            "half made beside" => {
                fs::create_dir_all(paths.mending().batches()).unwrap();
                fs::write(paths.mending().batches().join("x"), "half").unwrap();
            }
            "moved aside" => fs::rename(paths.archive(), folder.path().join("archive.replaced")).unwrap(),
            "archive mended" => Store::open(&settings, &clock()).unwrap().close().unwrap(),
            _ => {}
        }
        fs::write(paths.database(), &database).unwrap();
        let store = Store::open(&settings, &clock()).unwrap();
        mended(&store);
        store.close().unwrap();
    }
}

#[test]
fn a_damaged_archive_stays_as_it_is_and_the_start_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings::new(folder.path());
    let paths = settings.paths();
    older(&settings);
    fs::write(paths.database(), old_database(&settings)).unwrap();
    let file = paths.batches().join("00000003/cases.opened.parquet");
    let whole = fs::read(&file).unwrap();
    let mut broken = whole.clone();
    broken[whole.len() / 2] ^= 1;
    fs::write(&file, &broken).unwrap();
    let store = Store::open(&settings, &clock()).unwrap();
    assert!(!found(&store.0.connect().unwrap(), &store.0.schema).unwrap().is_empty());
    assert!(store.verify(&|_| {}).unwrap().faults[0].contains("cases.opened.parquet"));
    store.close().unwrap();
    assert_eq!(fs::read(&file).unwrap(), broken);
    fs::write(&file, whole).unwrap();
    mended(&Store::open(&settings, &clock()).unwrap());
}

/// A backup as the earlier program took it.
fn old_backup(settings: &StoreSettings, into: &Path) {
    fs::create_dir_all(into).unwrap();
    let mut files = Vec::new();
    let mut pending = vec![settings.paths().archive()];
    while let Some(folder) = pending.pop() {
        for path in fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            let name = path.strip_prefix(&settings.data_dir).unwrap().to_string_lossy().into_owned();
            fs::create_dir_all(into.join(&name).parent().unwrap()).unwrap();
            fs::copy(&path, into.join(&name)).unwrap();
            let (bytes, sha256) = archive::digest(&path).unwrap();
            files.push(FileEntry { name, bytes, sha256 });
        }
    }
    let bytes = files.iter().map(|file| file.bytes).sum();
    let list = Backup { taken_at: Timestamp::from_second(9).unwrap(), batch: BatchId(4), bytes, files };
    archive::write_json(&into.join(LIST), &list).unwrap();
}

#[test]
fn backups_that_are_known_are_mended_and_what_is_restored_is() {
    let room = tempfile::tempdir().unwrap();
    let backups = room.path().join("backups");
    let settings = StoreSettings::new(room.path().join("data"));
    older(&settings);
    old_backup(&settings, &backups.join("old"));
    old_backup(&settings, &room.path().join("elsewhere"));
    let store = Store::open(&settings, &clock()).unwrap();
    // Where backups are written is known from the first one that this program takes.
    store.backup(&backups.join("new"), &|_| {}).unwrap();
    store.close().unwrap();
    let store = Store::open(&settings, &clock()).unwrap();
    clean(&backups.join("old"));
    clean(&backups.join("new"));
    let notes = store.notes(NOTE, 9).unwrap();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(
        notes
            .iter()
            .any(|note| note.body.contains("backups/old") && note.body.contains("cases.closed.parquet"))
    );
    let list: Backup = archive::read_json(&backups.join("old").join(LIST)).unwrap();
    list.files.iter().for_each(|said| archive::compare(&backups.join("old").join(&said.name), said).unwrap());
    assert_eq!(fs::read_dir(&backups).unwrap().count(), 2);
    store.restore(&backups.join("old"), &|_| {}).unwrap();
    assert_eq!(shown(&store), expected());
    assert_eq!(store.verify(&|_| {}).unwrap().faults, Vec::<String>::new());
    clean(&settings.paths().archive());
    store.close().unwrap();

    let other = StoreSettings::new(room.path().join("other"));
    crate::store::restore(&other, &clock(), &room.path().join("elsewhere"), &|_| {}).unwrap();
    mended(&Store::open(&other, &clock()).unwrap());
}
