//! A program with more tables than the one that made the database: what is new is added, and nothing else is touched.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;

use hinomi::definitions::Schema;
use hinomi::store::AsOf;

use super::room::{BEDS, KEYED, Room};

/// The tables of the program but for one.
fn without(table: &str) -> Arc<Schema> {
    let mut schema = Schema::clone(&Schema::embedded());
    schema.tables.remove(table).expect("a table of the program");
    Arc::new(schema)
}

/// Which file the database is: one that is made again is another.
fn database(room: &Room) -> u64 {
    fs::metadata(room.data().join("hinomi.duckdb")).expect("a database").ino()
}

fn reopen_with(room: &mut Room, schema: Arc<Schema>) {
    room.settings.schema = schema;
    room.reopen();
}

#[test]
fn a_new_table_is_added_and_the_database_stays() {
    let mut room = Room::with(|settings| settings.schema = without("bed_capacity"));
    room.accept(KEYED, "id,disease,sex,day\n000001,covid,F,2022-01-01\n");
    room.accept(KEYED, "id,disease,sex,day\n000001,covid,M,2022-01-01\n000002,covid,F,2022-01-02\n");
    let (file, before) = (database(&room), room.everything());
    reopen_with(&mut room, Schema::embedded());
    assert_eq!(database(&room), file, "the same file");
    assert!(room.rows("SELECT * FROM bed_capacity", AsOf::Latest).is_empty());
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\n");
    for table in ["cases", "bed_capacity"] {
        let count = room.rows(&format!("SELECT count(*) FROM {table}"), AsOf::Latest);
        assert_eq!(count, [if table == "cases" { "2" } else { "1" }], "{table}");
    }
    let all = room.everything();
    let shown =
        |rows: &Vec<Vec<String>>| rows.iter().filter(|rows| !rows.is_empty()).cloned().collect::<Vec<_>>();
    assert!(shown(&before).iter().all(|rows| all.contains(rows)), "what was known is known");
    assert!(room.store.verify(&|_| {}).expect("compared").faults.is_empty());
    room.reopen();
    assert_eq!((database(&room), room.everything()), (file, all), "once is enough");
    room.store.rebuild(&|_| {}).expect("rebuilt");
    assert!(room.store.verify(&|_| {}).expect("compared").faults.is_empty());
}

#[test]
fn a_table_about_cases_is_added_with_what_became_known_of_it() {
    let mut room = Room::with(|settings| settings.schema = without("cases"));
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\n");
    let file = database(&room);
    reopen_with(&mut room, Schema::embedded());
    assert_eq!(database(&room), file);
    room.accept(KEYED, "id,disease,sex,day\n000001,covid,F,2022-01-01\n");
    room.accept(KEYED, "id,disease,sex,day\n000001,covid,M,2022-01-01\n");
    let changes = room.rows("SELECT sex, delta FROM cases_changes ORDER BY ALL", AsOf::Latest);
    assert_eq!(changes, ["M|1"], "what first came says nothing of delays");
}

#[test]
fn what_an_archive_has_of_a_table_comes_back_with_it() {
    let mut room = Room::new();
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\n");
    room.accept(KEYED, "id,disease,sex,day\n000001,covid,F,2022-01-01\n");
    let before = room.everything();
    reopen_with(&mut room, without("bed_capacity"));
    let file = database(&room);
    reopen_with(&mut room, Schema::embedded());
    assert_ne!(database(&room), file, "made again from the archive");
    assert_eq!(room.everything(), before);
}

#[test]
fn a_change_beside_the_new_table_makes_the_database_again() {
    let mut other = Schema::clone(&without("bed_capacity"));
    other.tables.get_mut("cases").expect("the table").version += 1;
    let mut room = Room::with(|settings| settings.schema = Arc::new(other));
    room.accept(KEYED, "id,disease,sex,day\n000001,covid,F,2022-01-01\n");
    let file = database(&room);
    reopen_with(&mut room, Schema::embedded());
    assert_ne!(database(&room), file);
    assert_eq!(room.rows("SELECT sex FROM cases", AsOf::Latest), ["F"]);
}
