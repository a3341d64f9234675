//! The benches measure something, and what they read is what is there.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use hinomi::app::store_settings;
use hinomi::config::Settings;
use hinomi::definitions::Schema;
use hinomi::epi::clock::Clock;
use hinomi::store::{AsOf, BatchId, Query, Store, Unversioned};

use crate::bench::facts::{FILLED, Facts, History};
use crate::bench::wall::Line;
use crate::bench::{self, plain};

#[test]
fn statistics_are_measured_on_figures() {
    let folder = tempfile::tempdir().expect("a folder");
    let there = folder.path().join("bench");
    let mut said = Vec::new();
    let line = ["bench", "stats", "--cases", "20000", "--times", "1", "--folder"];
    let args = line.iter().map(OsString::from).chain([there.clone().into()]);
    bench::run(args, &mut said).expect("measured");
    let said = String::from_utf8(said).expect("text");
    for line in [
        "machine: ",
        "after a batch: the playlist's boards and the strip",
        "after a batch: all ",
        "forecasts tried, once a night",
        "Rt of 1096 days",
        "the slowest 10",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    for of in ["figures: ", "forecasts tried: "] {
        let (_, rest) = said.split_once(&format!("\n{of}")).unwrap_or_else(|| panic!("no {of} in {said}"));
        let mut lines = rest.lines().skip(1);
        assert_eq!(lines.next(), Some("  answers with no row: none"), "{said}");
        assert_eq!(lines.next(), Some("  answers with no value: none"), "{said}");
    }
    assert!(!there.exists(), "the made-up data is gone");
}

#[test]
fn frames_are_found_however_the_bytes_come() {
    let text = b"HTTP/1.1 200 OK\r\n\r\n1f\r\nevent: beat\ndata: {\"now\":1}\n\n\r\n80\r\nevent: frame\n\
        data: {\"program\":\"p\",\"board\":\"today\",\"frame\":3,\"version\":12,\"panels\":{}}\n\n\r\n80\r\n\
        event: frame\ndata: {\"program\":\"p\",\"board\":\"strip\",\"frame\":3,\"version\":13}\n\n\r\n";
    for size in [1, 7, 64, 4096] {
        let mut line = Line::default();
        let found: Vec<u32> = text.chunks(size).flat_map(|part| line.frames(part).expect("read")).collect();
        assert_eq!(found, [12], "in pieces of {size}");
    }
}

#[test]
fn the_same_facts_stand_in_plain_tables_and_in_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let (plain, store) = both(History::Twice, folder.path());
    for table in store.tables().iter().map(|(name, _)| name) {
        let there = plain.query(&all_of(table)).expect("answers").num_rows();
        // Of the first batch, every row that has changed since is there in its earlier version.
        for batch in [1, 2] {
            assert_eq!(rows(&store, table, batch), there, "{table} as of batch {batch}");
        }
        let is_filled = FILLED.iter().any(|(name, _)| name == table);
        assert_eq!(there > 0, is_filled, "{table}");
    }
    assert!(!plain::version().expect("a version").is_empty());
}

#[test]
fn facts_become_known_day_by_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let (plain, store) = both(History::Daily, folder.path());
    assert_eq!(store.latest().0, 100);
    for table in ["cases", "placements", "bed_reports"] {
        let there = plain.query(&all_of(table)).expect("answers").num_rows();
        assert_eq!(rows(&store, table, 100), there, "{table}");
        let halfway = rows(&store, table, 50);
        assert!(halfway > there / 4 && halfway < there * 3 / 4, "{table}: {halfway} of {there}");
    }
    let still_in = rows(&store, "placements WHERE to_day IS NULL", 50);
    assert!(still_in > 0 && still_in < rows(&store, "placements", 50), "stays of that day went on");
}

/// Facts of a hundred days in plain tables, and in a store.
fn both(history: History, folder: &Path) -> (Unversioned, Store) {
    let at = "2026-11-22T05:05:00Z".parse().expect("a moment");
    let today = "2026-11-22".parse().expect("a day");
    let facts = Facts { cases: 2_000, days: 100, today, at, history };
    let mut settings = Settings::read(None).expect("settings");
    settings.data_dir = folder.join("store");
    let clock = Clock::fixed(at);
    facts.fill(&settings, &clock).expect("filled");
    let plain = plain::tables(&facts, &settings, &folder.join("plain")).expect("filled");
    let of_store = store_settings(&settings, Schema::embedded());
    (plain, Store::open(&of_store, &clock).expect("opens"))
}

fn rows(store: &Store, table: &str, batch: u32) -> usize {
    let as_of = AsOf::Batch(BatchId(batch));
    store.query(&all_of(table), as_of, Duration::from_mins(1)).expect("answers").num_rows()
}

fn all_of(table: &str) -> Query {
    Query::new(table, format!("SELECT * FROM {table}"), [])
}
