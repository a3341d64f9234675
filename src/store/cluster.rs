//! The night's tidying of the database: a table's rows lie in the order of their days again.
//!
//! A corrected row is written behind all others, so that the rows of one day come to lie apart: the columns pack less
//! well, and a question about some days reads more of them. No row and no version changes.

use super::disk::length;
use super::engine::{self, Session, number};
use super::error::StoreError;
use super::handle::Store;
use super::schema::Table;
use super::settings::wal;
use super::sql;

/// A table of fewer rows is read at once, in whatever order they lie.
const FEWEST: u64 = 10_000;
/// At one row in so many that lies astray a table is put in order.
const ONE_IN: u64 = 100;

impl Store {
    /// Puts tables in order of which more than one row in 100 lies astray. How many rows were written anew. Deliveries
    /// wait meanwhile, queries go on.
    pub fn cluster(&self) -> Result<u64, StoreError> {
        let database = self.0.settings.paths().database();
        let mut written = 0;
        for table in self.0.schema.tables.values() {
            let Some(by) = order(table) else { continue };
            let places = [("table", table.name.as_str()), ("by", &by)];
            written += self.0.with_writer(|writer| {
                let conn = &writer.conn;
                let rows = astray(conn, &places)?;
                if rows > 0 {
                    // The old rows go when the new ones are there: for a while the file has both.
                    let bytes = length(&database) + length(&wal(&database));
                    self.has_room("putting rows in order", bytes)?;
                    in_order(conn, &places)?;
                }
                Ok(rows)
            })?;
        }
        Ok(written)
    }
}

/// The day by which a table's rows lie in order.
fn order(table: &Table) -> Option<String> {
    let days: Vec<String> = table.cluster.iter().map(|day| sql::name(day)).collect();
    (!days.is_empty()).then(|| format!("coalesce({})", days.join(", ")))
}

/// The rows of a table that is to be put in order; 0 when it need not be.
fn astray(conn: &Session, places: &[(&str, &str)]) -> Result<u64, StoreError> {
    let found = engine::system_rows(conn, "cluster.astray", places, &[], |row| {
        Ok((row.get::<i64>(0)?.unsigned_abs(), row.get::<i64>(1)?.unsigned_abs()))
    })?;
    let (rows, astray) = found.into_iter().next().unwrap_or_default();
    Ok(if rows >= FEWEST && astray > rows / ONE_IN { rows } else { 0 })
}

/// All or nothing.
fn in_order(conn: &Session, places: &[(&str, &str)]) -> Result<(), StoreError> {
    engine::within(conn, || {
        let last = engine::system_rows(conn, "cluster.last", places, &[], |row| row.get::<i64>(0))?;
        let last = last.first().map_or(0, |last| last.unsigned_abs());
        let appended = engine::system(conn, "cluster.append", places, &[])?;
        let removed = engine::system(conn, "cluster.remove", places, &[("last", number(last))])?;
        if appended == removed {
            return Ok(());
        }
        Err(StoreError::Inconsistent(format!("{removed} rows put in order came to {appended}")))
    })
}
