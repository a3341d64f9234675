use super::*;
use crate::epi::clock::Clock;
use crate::store::{RunOutcome, Store, StoreSettings};

#[test]
fn what_the_program_never_writes_is_an_error_and_not_read_as_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&StoreSettings::new(folder.path()), &Clock::running()).unwrap();
    let writing = |sql: &str| store.spoil(sql);
    writing(
        "INSERT INTO vault.deliveries SELECT 1, 'ids', 'cases', 'f', TIMESTAMP '2026-01-01', NULL, 'accepted', NULL, \
         NULL, '', '', 0, 0, 0, 0, 0, 0, 0, false, false, 0, 0, 0, 0, 0, 0, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
    );
    writing("INSERT INTO vault.quarantine VALUES (1, 3, 'sex', 'unknown_code', NULL)");
    writing("INSERT INTO vault.fault_counts VALUES (1, 'sex', 'unknown_code', 1)");
    writing("INSERT INTO vault.unread_cells VALUES (1, 'sex', 'unknown_code', 1, 9, '[3]')");
    writing(
        "INSERT INTO vault.batches VALUES (1, TIMESTAMP '2026-01-01', 'regular', 'ids', 'cases', '', 1, 0, 0, 0)",
    );
    let run = store.start_run("nightly", Timestamp::UNIX_EPOCH).unwrap().unwrap();
    store.end_run(run, RunOutcome::Done, 0, "").unwrap();
    store.keep_note("note", "{}").unwrap();
    let all = || -> Result<(), StoreError> {
        store.deliveries(9)?;
        store.delivery(1)?;
        store.faults(1, 9)?;
        store.batches(9)?;
        store.runs(None, 9)?;
        store.notes("note", 9)?;
        store.sources_at(Timestamp::MAX).map(drop)
    };
    all().expect("as the program writes it");
    for (table, column, wrong, says) in [
        ("deliveries", "outcome", "'postponed'", "unknown variant `postponed`"),
        ("deliveries", "received_at", "NULL", "no moment"),
        ("deliveries", "sign_met", "'{\"sign\":\"odd\"}'", "unknown variant `odd`"),
        ("deliveries", "left_out", "'[3'", "EOF"),
        ("deliveries", "told_columns", "'[3'", "invalid type"),
        ("quarantine", "reason", "'odd'", "unknown variant `odd`"),
        ("fault_counts", "reason", "'odd'", "unknown variant `odd`"),
        ("unread_cells", "reason", "'odd'", "unknown variant `odd`"),
        ("unread_cells", "row_numbers", "'3'", "invalid type"),
        ("batches", "kind", "'odd'", "unknown variant `odd`"),
        ("batches", "accepted_at", "NULL", "no moment"),
        ("runs", "outcome", "'odd'", "unknown variant `odd`"),
        ("runs", "started_at", "NULL", "no moment"),
        ("notes", "noted_at", "NULL", "no moment"),
    ] {
        store.spoil(&format!("CREATE OR REPLACE TABLE vault.kept AS SELECT * FROM vault.{table}"));
        store.spoil(&format!("UPDATE vault.{table} SET {column} = {wrong}"));
        let error = all().expect_err(column);
        let said = engine::chain(&error);
        assert!(said.contains(says), "{table}.{column}: {said}");
        store.spoil(&format!("DELETE FROM vault.{table}"));
        store.spoil(&format!("INSERT INTO vault.{table} SELECT * FROM vault.kept"));
    }
    all().expect("as it was");
}
