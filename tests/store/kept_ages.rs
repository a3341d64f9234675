//! A folder of a program that let a mapping keep ages as whole numbers (`data-samples/kept-ages`): opened, no age above 90
//! is left, and the next delivery through a mapping that keeps the rule finds what is stored unchanged.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use duckdb::Connection;
use hinomi::store::{AsOf, BatchId, Outcome};
use tempfile::TempDir;

use super::kept::copied;
use super::room::Room;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/kept-ages")
}

/// The folder with its own key, opened by this program.
fn opened() -> (TempDir, Room) {
    let folder = tempfile::tempdir().expect("a folder");
    copied(&sample().join("data"), &folder.path().join("data"));
    let key = folder.path().join("key");
    fs::copy(sample().join("key"), &key).expect("the key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("for its owner alone");
    let room = Room::with(|settings| settings.data_dir = folder.path().join("data"));
    (folder, room)
}

/// A source's mapping as it has to be today.
fn mended(source: &str) -> String {
    let text = fs::read_to_string(sample().join(format!("input/{source}.toml"))).expect("the mapping");
    let (kept, rule) = (
        "privacy = \"keep\", field = \"age\", type = \"integer\"",
        "privacy = \"coarsen\", field = \"age\", type = \"age\"",
    );
    assert!(text.contains(kept));
    text.replace(kept, rule)
}

fn parquets(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => parquets(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|e| e == "parquet"))
        .collect()
}

/// Every age and decade in a table or file, whatever it was packed with: the column and the number.
fn ages(conn: &Connection, from: &str) -> Vec<(String, i64)> {
    let mut columns = conn.prepare(&format!("DESCRIBE SELECT * FROM {from}")).expect("columns");
    let columns = columns.query_map([], |row| row.get::<_, String>(0)).expect("columns");
    let mut found = Vec::new();
    for name in columns.map(|name| name.expect("a name")) {
        if ["age", "age_decade"].contains(&name.as_str()) {
            let sql = format!("SELECT CAST({name} AS BIGINT) FROM {from} WHERE {name} IS NOT NULL");
            let mut query = conn.prepare(&sql).expect("a query");
            let numbers = query.query_map([], |row| row.get::<_, i64>(0)).expect("numbers");
            found.extend(numbers.map(|number| (name.clone(), number.expect("a number"))));
        }
    }
    found
}

/// Every age and decade in the archive of a data folder or of a backup.
fn archived(data: &Path) -> Vec<(String, i64)> {
    let conn = Connection::open_in_memory().expect("a database in memory");
    let files = parquets(&data.join("archive"));
    assert!(files.len() > 5, "{files:?}");
    let mut found: Vec<_> =
        files.iter().flat_map(|path| ages(&conn, &format!("read_parquet('{}')", path.display()))).collect();
    found.sort_unstable();
    found
}

/// Every age and decade in every table of the database, closed versions too. The store is closed.
fn stored(database: &Path) -> Vec<(String, i64)> {
    let conn = Connection::open_in_memory().expect("a database in memory");
    conn.execute_batch(&format!("ATTACH '{}' AS stored (READ_ONLY)", database.display())).expect("attached");
    let list = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'stored'";
    let mut query = conn.prepare(list).expect("a list of tables");
    let tables = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let tables = tables.expect("tables").map(|table| table.expect("a table"));
    let mut found: Vec<_> =
        tables.flat_map(|(schema, table)| ages(&conn, &format!("stored.\"{schema}\".\"{table}\""))).collect();
    found.sort_unstable();
    found
}

#[test]
fn no_age_above_ninety_is_left() {
    let before = archived(&sample().join("data"));
    let holds = |number: i64| before.iter().any(|(_, found)| *found == number);
    assert!([100, 105, 106, 107, 300].into_iter().all(holds), "the sample holds what is looked for");
    let (_folder, room) = opened();
    let text =
        "SELECT source, coalesce(CAST(case_id AS VARCHAR), '-'), age, age_decade FROM cases ORDER BY ALL";
    let ids = |first: &str| {
        vec![
            first.to_owned(),
            "ages-ids|2|90|90".into(),
            "ages-ids|3|45|40".into(),
            "ages-ids|4|-|-".into(),
            "ages-ids|5|90|90".into(),
        ]
    };
    let open = |old: usize| {
        let old = std::iter::repeat_n("ages-open|-|90|90".to_owned(), old);
        std::iter::once("ages-open|-|30|30".to_owned()).chain(old).collect::<Vec<_>>()
    };
    for (batch, expected) in [
        (1, ids("ages-ids|1|90|90")),
        (2, ids("ages-ids|1|90|90")),
        (3, [ids("ages-ids|1|90|90"), open(3)].concat()),
        (5, [ids("ages-ids|1|90|90"), open(2)].concat()),
    ] {
        assert_eq!(room.rows(text, AsOf::Batch(BatchId(batch))), expected, "as of batch {batch}");
    }
    assert_eq!(room.rows("SELECT age_decade FROM aggregate_counts ORDER BY 1", AsOf::Latest), ["40", "90"]);
    assert_eq!(room.store.verify(&|_| {}).unwrap().faults, Vec::<String>::new());
    let notes = room.store.notes("age_top_coded", 9).unwrap();
    assert_eq!(notes.len(), 1);
    for value in ["105", "106", "107", "300"] {
        assert!(!notes[0].body.contains(value), "{}", notes[0].body);
    }
    assert!(notes[0].body.contains("cases.opened.parquet") && notes[0].body.contains("aggregate_counts"));
    // In every file and in every table there are as many ages as there were, each with its decade.
    let backup = room.beside("backup");
    room.store.backup(&backup, &|_| {}).unwrap();
    room.store.close().unwrap();
    let count =
        |found: &[(String, i64)], name: &str| found.iter().filter(|(column, _)| column == name).count();
    for place in [archived(room.data()), archived(&backup), stored(&room.data().join("hinomi.duckdb"))] {
        assert_eq!(count(&place, "age"), count(&before, "age"), "{place:?}");
        assert_eq!(
            count(&place, "age_decade"),
            count(&before, "age") + count(&before, "age_decade"),
            "{place:?}"
        );
        assert!(place.iter().all(|(_, number)| (0..=90).contains(number)), "{place:?}");
    }
}

#[test]
fn the_next_delivery_finds_what_is_stored_unchanged() {
    let (_folder, room) = opened();
    let csv = "番号,性別,年齢,公表日\nK00001,女,106,2026-11-02\nK00003,男,45,2026-11-03\nK00004,女,,2026-11-03\nK00005,女,90,2026-11-04\n";
    let receipt = room.deliver(&mended("ages-ids"), csv);
    assert_eq!((receipt.outcome, receipt.unchanged, receipt.opened), (Outcome::Unchanged, 4, 0));
    let csv = fs::read_to_string(sample().join("input/open2.csv")).unwrap();
    let receipt = room.deliver(&mended("ages-open"), &csv);
    assert_eq!((receipt.outcome, receipt.unchanged, receipt.opened), (Outcome::Unchanged, 3, 0));
}
