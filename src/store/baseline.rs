//! What the engine alone needs, for `hinomi bench`: a file made into a table, facts in plain tables without
//! history; and the same facts in the store's own tables.

use std::path::Path;

use duckdb::Connection;
use jiff::Timestamp;
use jiff::civil::Date;

use super::engine;
use super::error::StoreError;
use super::query::Query;
use super::schema::Schema;
use super::settings::StoreSettings;
use super::sql;
use super::{Store, query};
use crate::epi::clock::Clock;

/// Facts that are made up by the set.
#[derive(Clone, Copy, Debug)]
pub struct MadeUp {
    pub cases: u32,
    pub days: u32,
    pub today: Date,
    pub at: Timestamp,
}

const TABLES: [&str; 6] = ["cases", "placements", "facilities", "bed_capacity", "bed_reports", "population"];

/// Tables whose rows are as many as the cases; one row in twenty of them has an earlier version.
const LARGE: [&str; 2] = ["cases", "placements"];

impl MadeUp {
    /// The rows of a table with the table's own types, then more columns.
    fn rows(&self, schema: &Schema, table: &str, extra: &str, only: &str) -> Result<String, StoreError> {
        let section = format!("bench.{table}");
        let (rows, days, today) =
            (self.cases.to_string(), self.days.to_string(), format!("DATE '{}'", self.today));
        let made = sql::render(&section, &[("rows", &rows), ("days", &days), ("today", &today)])?;
        Ok(schema.table(table)?.lift(&format!("({made}) AS staged {only}"), extra))
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

    /// Plain tables, as a query names them.
    pub fn fill(&self, facts: &MadeUp) -> Result<(), StoreError> {
        let schema = Schema::load(&self.conn)?;
        for table in schema.tables.keys() {
            let made = TABLES.contains(&table.as_str());
            let rows = match made {
                true => facts.rows(&schema, table, "", "")?,
                false => schema.table(table)?.empty()?,
            };
            engine::system(&self.conn, "bench.plain", &[("table", table), ("rows", &rows)], &[])?;
        }
        engine::system(&self.conn, "schema.checkpoint", &[], &[])?;
        Ok(())
    }

    /// Runs a query; gives its rows.
    pub fn query(&self, query: &Query) -> Result<usize, StoreError> {
        query::run(&self.conn, query).map(|rows| rows.num_rows())
    }
}
