//! Archives of older programs are lifted; a database of other tables is made again at the next start.

use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::epi::clock::Clock;
use crate::store::archive::{Manifest, Unfinished};
use crate::store::engine::number;
use crate::store::journal::Journal;
use crate::store::types::{BatchId, BatchKind};
use crate::store::{AsOf, Query, Store};

/// What the files of an older version held: fewer columns, and others of another type.
const OLDER: [&str; 3] = [
    // Batch 1 opens two rows; `secured` was a text then, `ready` was not there.
    "COPY (SELECT 'H01' AS facility_id, 'covid-19' AS disease, DATE '2021-01-01' AS from_day, '10' AS secured,
        'beds' AS source, CAST(NULL AS INTEGER) AS case_id, CAST(n AS UBIGINT) AS key__, CAST(n AS UBIGINT) AS content__,
        CAST(n AS UINTEGER) AS row__, CAST(1 AS UINTEGER) AS known_from FROM range(2) r(n)) TO $file (FORMAT parquet)",
    // Batch 2, of today's version, opens one of them anew …
    "COPY (SELECT 'H01' AS facility_id, 'covid-19' AS disease, DATE '2021-01-01' AS from_day, '11' AS secured, 7 AS ready,
        'beds' AS source, CAST(NULL AS INTEGER) AS case_id, CAST(1 AS UBIGINT) AS key__, CAST(9 AS UBIGINT) AS content__,
        CAST(5 AS UINTEGER) AS row__, CAST(2 AS UINTEGER) AS known_from) TO $file (FORMAT parquet)",
    // … and closes its first version.
    "COPY (SELECT 'beds' AS source, CAST(NULL AS INTEGER) AS case_id, CAST(1 AS UBIGINT) AS key__,
        CAST(1 AS UBIGINT) AS content__, CAST(1 AS UINTEGER) AS known_from, CAST(2 AS UINTEGER) AS known_to)
        TO $file (FORMAT parquet)",
];

fn manifest(batch: u32, opened: u64, closed: u64) -> Manifest {
    Manifest {
        batch: BatchId(batch),
        accepted_at: Timestamp::from_second(i64::from(batch)).unwrap(),
        kind: BatchKind::Initial,
        source: "beds".into(),
        table: "bed_capacity".into(),
        mapping: "m".into(),
        schema_version: 0,
        schema: "older".into(),
        delivery: u64::from(batch),
        opened,
        closed,
        identities: 0,
        files: Vec::new(),
        seal: None,
    }
}

fn older_archive(settings: &StoreSettings) {
    let paths = settings.paths();
    paths.of_store().iter().for_each(|f| fs::create_dir_all(f).unwrap());
    let conn = Session::bare().unwrap();
    let (mut journal, _) = Journal::open(&paths.journal(), "deliveries", 0).unwrap();
    let parts: [(u32, &[(&str, usize)]); 2] = [
        (1, &[("bed_capacity.opened.parquet", 0)]),
        (2, &[("bed_capacity.opened.parquet", 1), ("bed_capacity.closed.parquet", 2)]),
    ];
    for (batch, files) in parts {
        let folder = Unfinished::start(&paths.batches(), &archive::batch_name(BatchId(batch))).unwrap();
        for (name, made) in files {
            let file = text(&folder.file(name).to_string_lossy());
            engine::run(&conn, "an older file", OLDER[*made], &[("file", file)]).unwrap();
        }
        let (opened, closed) = if batch == 1 { (2, 0) } else { (1, 1) };
        let manifest = Manifest { files: folder.written().unwrap(), ..manifest(batch, opened, closed) };
        folder.finish(&manifest).unwrap();
        let line = serde_json::json!({
            "source": "beds", "table": "bed_capacity", "name": "f", "received_at": manifest.accepted_at,
            "stamp": null, "mapping": "m", "digest": "", "bytes": 0, "replay": false, "outcome": "accepted",
            "why": null, "batch": batch, "rows": 2, "opened": opened, "closed": closed, "unchanged": 0,
            "quarantined": 1, "held": 0, "stale": false, "faults": [[7, "数", "negative"]],
        });
        journal.append(&line).unwrap();
    }
}

/// Changes a database that no store holds.
fn change(settings: &StoreSettings, statements: &[&str]) {
    let conn = Session::open(&settings.paths().database(), settings, settings.memory_limit).unwrap();
    for text in statements {
        engine::run(&conn, "a change", text, &[]).unwrap();
    }
}

fn rows(store: &Store, as_of: u32) -> usize {
    let sql = "SELECT secured, ready FROM bed_capacity WHERE secured >= 10 AND (ready IS NULL OR ready = 7)";
    let query = Query::new("rows", sql, []);
    store.query(&query, AsOf::Batch(BatchId(as_of)), Duration::from_secs(9)).unwrap().num_rows()
}

#[test]
fn an_older_archive_is_lifted() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings::new(folder.path());
    older_archive(&settings);
    let store = Store::open(&settings, &Clock::running()).unwrap();
    assert_eq!((rows(&store, 0), rows(&store, 1), rows(&store, 2)), (0, 2, 2));
    assert_eq!(store.faults(2, 9).unwrap().len(), 1);
    assert_eq!(store.sources()[0].batch, Some(BatchId(2)));
    assert_eq!(store.verify(&|_| {}).unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_database_of_other_tables_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings::new(folder.path());
    older_archive(&settings);
    Store::open(&settings, &Clock::running()).unwrap().close().unwrap();
    // As an older program would have left it: another hash, and tables that lack a column.
    change(&settings, &["UPDATE vault.meta SET value = 'older'", "DROP VIEW main.bed_capacity"]);
    let store = Store::open(&settings, &Clock::running()).unwrap();
    assert_eq!((rows(&store, 1), rows(&store, 2)), (2, 2));
    store.close().unwrap();
    let leftovers = fs::read_dir(settings.paths().temporary()).unwrap().count();
    assert_eq!(leftovers, 0);
}

#[test]
fn a_database_of_other_tables_stays_when_the_archive_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings::new(folder.path());
    older_archive(&settings);
    Store::open(&settings, &Clock::running()).unwrap().close().unwrap();
    let database = settings.paths().database();
    change(&settings, &["UPDATE vault.meta SET value = 'older'", "CHECKPOINT"]);
    let before = fs::read(&database).unwrap();
    for name in ["bed_capacity.opened.parquet", "bed_capacity.closed.parquet"] {
        let file = settings.paths().batches().join("00000002").join(name);
        let whole = fs::read(&file).unwrap();
        let mut broken = whole.clone();
        broken[whole.len() / 2] ^= 1;
        fs::write(&file, broken).unwrap();
        let Err(StoreError::Damaged { path, .. }) = Store::open(&settings, &Clock::running()) else {
            panic!("{name} was taken for the truth")
        };
        assert_eq!(path, file);
        assert!(fs::read(&database).unwrap() == before, "the database was touched");
        fs::write(&file, whole).unwrap();
    }
    let store = Store::open(&settings, &Clock::running()).unwrap();
    assert_eq!((rows(&store, 1), rows(&store, 2)), (2, 2));
}

#[test]
fn a_row_changed_in_the_database_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings::new(folder.path());
    older_archive(&settings);
    let store = Store::open(&settings, &Clock::running()).unwrap();
    let fault = |change: &str| {
        let conn = store.0.connect().unwrap();
        engine::run(&conn, "a change", change, &[("n", number(1))]).unwrap();
        store.verify(&|_| {}).unwrap().faults
    };
    let changed = fault("UPDATE latest.bed_capacity SET ready = 8 WHERE ready = 7");
    assert!(changed[0].contains("known from batch 2") && changed[0].contains("other content"), "{changed:?}");
    let lost = fault("DELETE FROM vault.bed_capacity_closed");
    assert!(lost.iter().any(|f| f.contains("until 2: 1 in the archive, 0 in the database")), "{lost:?}");
    let ledger = fault("DELETE FROM vault.deliveries WHERE delivery > $n");
    assert!(ledger.iter().any(|f| f.contains("journal deliveries")), "{ledger:?}");
}
