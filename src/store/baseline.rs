//! What the engine alone needs, for `hinomi bench`: a file made into a table, facts in plain tables without history.

use std::path::Path;

use super::engine::{self, Query, Session};
use super::error::StoreError;
use super::made_up::{FILLED, MadeUp};
use super::schema::Schema;
use super::settings::StoreSettings;
use super::sql;
use crate::definitions;

/// The engine without Hinomi.
pub struct Baseline {
    conn: Session,
}

impl Baseline {
    /// A database file of its own in a folder; the engine reaches only the folder's `tmp`.
    pub fn open(folder: &Path, threads: usize, memory: u64) -> Result<Self, StoreError> {
        let settings = StoreSettings { threads, memory_limit: memory, ..StoreSettings::new(folder) };
        for place in settings.paths().of_store() {
            std::fs::create_dir_all(&place).map_err(StoreError::file("unable to make", &place))?;
        }
        let conn = Session::open(&folder.join("plain.duckdb"), &settings, memory)?;
        Ok(Self { conn })
    }

    /// The engine's version.
    pub fn version() -> Result<String, StoreError> {
        let conn = Session::bare()?;
        let found = engine::system_rows(&conn, "bench.version", &[], &[], |row| row.get::<String>(0))?;
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
        let schema = Schema::of(&definitions::Schema::embedded());
        for table in schema.tables.values() {
            let (section, rows) = match FILLED.iter().find(|(name, _)| *name == table.name) {
                Some((_, source)) => ("bench.plain", facts.plain(table, source)?),
                None => ("bench.plain_empty", table.lift_nothing(sql::text("schema.own_columns")?.trim())?),
            };
            engine::system(&self.conn, section, &[("table", &table.name), ("rows", &rows)], &[])?;
        }
        engine::system(&self.conn, "schema.checkpoint", &[], &[]).map(|_| ())
    }

    /// Runs a query; gives the number of its rows.
    pub fn query(&self, query: &Query) -> Result<usize, StoreError> {
        engine::answer(&self.conn, query).map(|rows| rows.num_rows())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::epi::clock::Clock;
    use crate::store::{AsOf, BatchId, History, Store};

    fn facts(history: History) -> MadeUp {
        let at: Timestamp = "2026-11-22T05:05:00Z".parse().unwrap();
        MadeUp { cases: 2_000, days: 100, today: "2026-11-22".parse().unwrap(), at, history }
    }

    fn store(facts: &MadeUp, folder: &Path) -> Store {
        let settings = StoreSettings::new(folder.join("store"));
        let clock = Clock::fixed(facts.at);
        Store::fill_made_up(&settings, &clock, facts).unwrap();
        Store::open(&settings, &clock).unwrap()
    }

    fn plain(facts: &MadeUp, folder: &Path) -> Baseline {
        let plain = folder.join("plain");
        std::fs::create_dir_all(&plain).unwrap();
        let plain = Baseline::open(&plain, 1, 1 << 30).unwrap();
        plain.fill(facts).unwrap();
        plain
    }

    fn all_of(table: &str) -> Query {
        Query::new(table, format!("SELECT * FROM {table}"), [])
    }

    #[test]
    fn the_same_facts_stand_in_plain_tables_and_in_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let facts = facts(History::Twice);
        let (store, plain) = (store(&facts, folder.path()), plain(&facts, folder.path()));
        for table in store.tables().iter().map(|(name, _)| name) {
            let query = all_of(table);
            let rows = plain.query(&query).unwrap();
            for batch in [1, 2] {
                let found = store.query(&query, AsOf::Batch(BatchId(batch)), Duration::from_mins(1)).unwrap();
                // Of the first batch, every row that has changed since is there in its earlier version.
                assert_eq!(found.num_rows(), rows, "{table} as of batch {batch}");
            }
            assert_eq!(rows > 0, FILLED.iter().any(|(name, _)| name == table), "{table}");
        }
        assert!(!Baseline::version().unwrap().is_empty());
    }

    #[test]
    fn facts_become_known_day_by_day() {
        let folder = tempfile::tempdir().unwrap();
        let facts = facts(History::Daily);
        let (store, plain) = (store(&facts, folder.path()), plain(&facts, folder.path()));
        assert_eq!(store.latest(), BatchId(100));
        let known = |table: &str, batch: u32| {
            let as_of = AsOf::Batch(BatchId(batch));
            store.query(&all_of(table), as_of, Duration::from_mins(1)).unwrap().num_rows()
        };
        for table in ["cases", "placements", "bed_reports"] {
            let rows = plain.query(&all_of(table)).unwrap();
            assert_eq!(known(table, 100), rows, "{table}");
            assert!(known(table, 50) > rows / 4 && known(table, 50) < rows * 3 / 4, "{table}");
        }
        let still_in = |batch: u32| {
            let sql = "SELECT stay FROM placements WHERE to_day IS NULL";
            let query = Query::new("still_in", sql, []);
            store.query(&query, AsOf::Batch(BatchId(batch)), Duration::from_mins(1)).unwrap().num_rows()
        };
        assert!(still_in(50) > 0 && still_in(50) < known("placements", 50), "stays of that day went on");
    }
}
