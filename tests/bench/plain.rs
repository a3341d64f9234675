//! DuckDB alone: a file made into a table, facts in plain tables without history.

use std::path::Path;

use hinomi::app::store_settings;
use hinomi::config::Settings;
use hinomi::definitions::Schema;
use hinomi::store::Unversioned;

use super::facts::{Facts, connect};
use super::sql;

/// The engine's version.
pub fn version() -> anyhow::Result<String> {
    let conn = duckdb::Connection::open_in_memory()?;
    Ok(conn.query_row("SELECT version()", [], |row| row.get(0))?)
}

/// Makes a table of a UTF-8 CSV file, in a new database on disk; gives its rows.
pub fn read_csv(database: &Path, settings: &Settings, file: &Path) -> anyhow::Result<u64> {
    let conn = connect(database, settings)?;
    let file = sql::quoted(&file.to_string_lossy());
    conn.execute_batch(&sql::render("csv", &[("file", &file)])?)?;
    conn.execute_batch("CHECKPOINT")?;
    Ok(conn.query_row("SELECT count(*) FROM notifications", [], |row| row.get(0))?)
}

/// Plain tables under the names that queries read.
pub fn tables(facts: &Facts, settings: &Settings, folder: &Path) -> anyhow::Result<Unversioned> {
    std::fs::create_dir_all(folder.join("tmp"))?;
    let database = folder.join("plain.duckdb");
    let conn = connect(&database, settings)?;
    let schema = Schema::embedded();
    for table in schema.tables.values() {
        let rows = facts.plain(table)?;
        conn.execute_batch(&sql::render("plain", &[("table", &table.name), ("rows", &rows)])?)?;
    }
    conn.execute_batch("CHECKPOINT")?;
    drop(conn);
    let settings = Settings { data_dir: folder.to_owned(), ..settings.clone() };
    Ok(Unversioned::open(&database, &store_settings(&settings, schema))?)
}
