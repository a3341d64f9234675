//! What the engine alone needs, for `hinomi bench`: a file made into a table, facts in plain tables without
//! history; and the same facts in the store's own tables.

use std::path::Path;

use duckdb::Connection;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::archive::{Manifest, Unfinished, batch_name};
use super::deliveries::DeliveryLine;
use super::error::StoreError;
use super::query::Query;
use super::schema::{Schema, Table};
use super::settings::StoreSettings;
use super::types::{BatchId, BatchKind};
use super::{Store, deliveries, engine, reader, sql};
use crate::epi::clock::Clock;

/// Facts that are made up by the set.
#[derive(Clone, Copy, Debug)]
pub struct MadeUp {
    pub cases: u32,
    pub days: u32,
    pub today: Date,
    /// When the last of them became known.
    pub at: Timestamp,
}

/// The tables that are filled, and the sources that the rows seem to come from.
const FILLED: [(&str, &str); 6] = [
    ("cases", "her-sys-cases"),
    ("placements", "care-ledger"),
    ("facilities", "facilities"),
    ("bed_capacity", "bed-capacity"),
    ("bed_reports", "hospital-beds"),
    ("population", "population-register"),
];

impl MadeUp {
    /// The rows of a table with the table's own types and then the columns of a section.
    fn rows(
        &self,
        table: &Table,
        source: &str,
        part: &str,
        columns: &str,
        known_from: &str,
    ) -> Result<String, StoreError> {
        let (rows, days) = (self.cases.to_string(), self.days.to_string());
        let today = format!("DATE {}", sql::quoted(&self.today.to_string()));
        let places = [("rows", rows.as_str()), ("days", days.as_str()), ("today", today.as_str())];
        let made = sql::render(&format!("bench.{}", table.name), &places)?;
        let from = sql::render(
            &format!("bench.{part}"),
            &[("made", made.trim()), ("rows", rows.as_str()), ("days", days.as_str())],
        )?;
        let case_id = if table.subject { "n + 1" } else { "NULL" };
        let places = [("source", source), ("case_id", case_id), ("known_from", known_from)];
        let extra = sql::render(&format!("bench.{columns}"), &places)?;
        table.lift(from.trim(), extra.trim())
    }
}

/// The engine without Hinomi.
pub struct Baseline {
    conn: Connection,
}

impl Baseline {
    /// A database file of its own in a folder; the engine reaches only the folder's `tmp`.
    pub fn open(folder: &Path, threads: usize, memory: u64) -> Result<Self, StoreError> {
        let settings = StoreSettings { threads, memory_limit: memory, ..StoreSettings::new(folder) };
        for place in settings.paths().folders() {
            std::fs::create_dir_all(&place).map_err(StoreError::file("unable to make", &place))?;
        }
        let conn = engine::open(&folder.join("plain.duckdb"), &settings, memory)?;
        Ok(Self { conn })
    }

    /// The engine's version.
    pub fn version() -> Result<String, StoreError> {
        let conn = Connection::open_in_memory().map_err(StoreError::database("bench.version"))?;
        let found = engine::system_rows(&conn, "bench.version", &[], &[], |row| row.get::<_, String>(0))?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// Makes a table of a UTF-8 CSV file, on disk; gives its rows.
    pub fn csv(&self, file: &Path) -> Result<u64, StoreError> {
        let file = sql::quoted(&file.to_string_lossy());
        engine::system(&self.conn, "bench.csv", &[("file", &file)], &[])?;
        engine::system(&self.conn, "schema.checkpoint", &[], &[])?;
        engine::count(&self.conn, "bench.csv_rows", &[], &[])
    }

    /// Plain tables under the names that queries read.
    pub fn fill(&self, facts: &MadeUp) -> Result<(), StoreError> {
        let schema = Schema::load(&self.conn)?;
        for table in schema.tables.values() {
            let (section, rows) = match FILLED.iter().find(|(name, _)| *name == table.name) {
                Some((_, source)) => {
                    ("bench.plain", facts.rows(table, source, "staged", "plain_columns", "1")?)
                }
                None => ("bench.plain_empty", table.lift_nothing(sql::text("schema.own_columns")?.trim())?),
            };
            engine::system(&self.conn, section, &[("table", &table.name), ("rows", &rows)], &[])?;
        }
        engine::system(&self.conn, "schema.checkpoint", &[], &[]).map(|_| ())
    }

    /// Runs a query; gives the number of its rows.
    pub fn query(&self, query: &Query) -> Result<usize, StoreError> {
        reader::run(&self.conn, query).map(|rows| rows.num_rows())
    }
}

impl Store {
    /// Fills a new data folder with these facts, in two batches: of every twentieth row there is an earlier
    /// version. The archive behind them is empty: the folder is good for measuring only.
    pub fn fill_made_up(settings: &StoreSettings, clock: &Clock, facts: &MadeUp) -> Result<(), StoreError> {
        Self::open(settings, clock)?.close()?;
        let conn = engine::open(&settings.paths().database(), settings, settings.memory_limit)?;
        let schema = Schema::load(&conn)?;
        for (name, source) in FILLED {
            let table = schema.table(name)?;
            for (into, part, columns, known_from) in [
                ("current", "staged_now", "current_columns", "CASE WHEN n % 20 = 0 THEN 2 ELSE 1 END"),
                ("closed", "staged_before", "closed_columns", "1"),
            ] {
                let rows = facts.rows(table, source, part, columns, known_from)?;
                engine::system(&conn, &format!("bench.{into}"), &[("table", name), ("rows", &rows)], &[])?;
            }
        }
        engine::system(&conn, "bench.identities", &[("rows", &facts.cases.to_string())], &[])?;
        for (batch, before) in [(1, 2), (2, 1)] {
            let manifest = Manifest {
                batch: BatchId(batch),
                accepted_at: facts.at.saturating_sub(SignedDuration::from_secs(before)).unwrap_or(facts.at),
                kind: BatchKind::Initial,
                source: "her-sys-cases".into(),
                table: "cases".into(),
                mapping: String::new(),
                schema_version: 1,
                schema: schema.hash.clone(),
                delivery: 0,
                opened: 0,
                closed: 0,
                identities: 0,
                files: Vec::new(),
            };
            deliveries::add_batch(&conn, &manifest)?;
            Unfinished::start(&settings.paths().batches(), &batch_name(manifest.batch))?.finish(&manifest)?;
        }
        engine::system(&conn, "schema.checkpoint", &[], &[])?;
        drop(conn);
        // Sources that have never spoken would show nothing.
        let store = Self::open(settings, clock)?;
        for (table, source) in FILLED {
            let line = DeliveryLine::unread(source, table, facts.at);
            store.0.with_writer(|writer| writer.add_delivery(&line))?;
        }
        store.close()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::{AsOf, BatchId};

    #[test]
    fn the_same_facts_stand_in_plain_tables_and_in_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let at: Timestamp = "2026-11-22T05:05:00Z".parse().unwrap();
        let facts = MadeUp { cases: 2_000, days: 100, today: "2026-11-22".parse().unwrap(), at };
        let settings = StoreSettings::new(folder.path().join("store"));
        let clock = Clock::fixed(at);
        Store::fill_made_up(&settings, &clock, &facts).unwrap();
        let store = Store::open(&settings, &clock).unwrap();
        let plain = folder.path().join("plain");
        std::fs::create_dir_all(&plain).unwrap();
        let plain = Baseline::open(&plain, 1, 1 << 30).unwrap();
        plain.fill(&facts).unwrap();
        for table in store.tables().iter().map(|(name, _)| name) {
            let sql = format!("SELECT * FROM {table}").into();
            let query = Query { id: table.clone(), sql, params: Vec::new() };
            let rows = plain.query(&query).unwrap();
            for batch in [1, 2] {
                let found =
                    store.query(&query, AsOf::Batch(BatchId(batch)), Duration::from_secs(60)).unwrap();
                // Of the first batch, every row that has changed since is there in its earlier version.
                assert_eq!(found.num_rows(), rows, "{table} as of batch {batch}");
            }
            assert_eq!(rows > 0, FILLED.iter().any(|(name, _)| name == table), "{table}");
        }
        assert!(!Baseline::version().unwrap().is_empty());
    }
}
