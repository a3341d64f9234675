use super::*;
use crate::epi::clock::Clock;
use crate::store::keep::NoteLine;
use crate::store::lock::lock;
use crate::store::{Frame, RunOutcome, Store};

/// The lengths of all journals.
fn written(settings: &StoreSettings) -> Vec<u64> {
    let length = |name: &str| {
        let path = super::super::journal::path(&settings.paths().journal(), name);
        path.metadata().map_or(0, |file| file.len())
    };
    JOURNALS.iter().map(|(name, _)| length(name)).collect()
}

#[test]
fn after_a_commit_of_which_nobody_knows_nothing_is_written_until_the_database_is_open_again() {
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings { free_disk_floor: 0, ..StoreSettings::new(folder.path()) };
    let store = Store::open(&settings, &Clock::running()).unwrap();
    let now = store.0.clock.now();
    let run = store.start_run("nightly", now).unwrap().unwrap();
    store.keep_note("turn", "1").unwrap();

    // The line is in the journal, the commit failed, and the database says nothing more.
    let unknown = store.0.with_writer(|writer| {
        let number = writer.notes.next();
        engine::system(&writer.conn, "accept.begin", &[], &[])?;
        assert!(engine::run(&writer.conn, "a failure", "SELECT error('a test')", &[]).is_err());
        writer.notes.append(&NoteLine { at: now, kind: "turn".into(), body: "2".into() })?;
        Ok(matches!(writer.fate("notes", number, StoreError::Failed), Fate::Unknown))
    });
    assert!(unknown.unwrap(), "an aborted transaction answers nothing");

    let before = written(&settings);
    let frame = Frame {
        board: "today".into(),
        at: now,
        batch: store.latest(),
        definitions: "d".into(),
        program: "p".into(),
        figures: "{}".into(),
    };
    let refused = |what: &str, done: Result<(), StoreError>| {
        assert!(matches!(done, Err(StoreError::Failed)), "{what}: {done:?}");
        assert_eq!(written(&settings), before, "{what}");
    };
    refused("a note", store.keep_note("turn", "3"));
    refused("a run", store.start_run("other", now).map(drop));
    refused("its end", store.end_run(run, RunOutcome::Done, 0, ""));
    refused("a frame", store.keep_frame(&frame).map(drop));
    refused("a definition", store.keep_definition("query", "q", "SELECT 1").map(drop));
    refused("a checkpoint", store.checkpoint());
    assert!(matches!(lock(&store.0.writer).as_mut().unwrap().settled(), Err(StoreError::Failed)));

    // That is a failure of the database: whoever tends the store opens it again, and the line is entered.
    assert!(store.tend().unwrap());
    let bodies = || -> Vec<String> {
        let mut notes: Vec<String> =
            store.notes("turn", 9).unwrap().into_iter().map(|note| note.body).collect();
        notes.sort();
        notes
    };
    assert_eq!(bodies(), ["1", "2"]);
    store.keep_note("turn", "3").unwrap();
    assert_eq!(bodies(), ["1", "2", "3"]);
    assert_eq!(store.verify(&|_| {}).unwrap().faults, Vec::<String>::new());
}
