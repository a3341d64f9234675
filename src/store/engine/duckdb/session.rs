//! A connection to the database: opening a file, running a statement, reading and appending rows.

use std::cell::RefCell;
use std::path::Path;
use std::sync::{Arc, Weak};

use arrow::array::RecordBatch;
use duckdb::{Appender, Connection, InterruptHandle, Statement, appender_params_from_iter, params_from_iter};

use super::super::super::disk::{self, Disk};
use super::super::super::error::StoreError;
use super::super::super::settings::StoreSettings;
use super::super::super::sql;
use super::super::queries::Given;
use super::super::value::Value;
use super::cells::{Row, bound};
use super::given::{self, Tables};

/// Bytes that may be spilled whatever the disk has.
const LEAST_SPILL: u64 = 16 << 20;
/// How the engine names files that it spills to.
const SPILLED: &str = "duckdb_temp_";
/// Bytes that the log of changes may have, at least and at most, before it is folded in: a small part of the floor.
const LOG: (u64, u64) = (4 << 20, 64 << 20);

/// A connection, with the tables that were given with its last query.
pub(crate) struct Session {
    pub(super) conn: Connection,
    given: RefCell<Tables>,
    /// Shared by all connections to the database.
    open: Arc<()>,
}

/// Tables that are given to a connection until this is dropped.
pub(super) struct Filled<'a>(&'a RefCell<Tables>);

impl Drop for Filled<'_> {
    fn drop(&mut self) {
        self.0.borrow().empty();
    }
}

/// Where a table is to which rows are added.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// A temporary table of the connection.
    Temporary,
    /// A table of the store's own.
    Vault,
}

impl Session {
    /// Opens a database file (made when absent) so that it reaches nothing outside the data folder, and stays so.
    pub(crate) fn open(file: &Path, settings: &StoreSettings, memory: u64) -> Result<Self, StoreError> {
        let conn = Connection::open(file).map_err(|e| match e.to_string() {
            text if text.contains("lock on file") => StoreError::InUse { path: file.to_owned() },
            _ => StoreError::database(&format!("opening {}", file.display()))(e),
        })?;
        Self::of(conn)?.configured(&[&settings.paths().archive()], settings, memory)
    }

    /// A database in memory that reads and writes files below some folders, and nowhere else.
    pub(crate) fn scratch(settings: &StoreSettings, folders: &[&Path]) -> Result<Self, StoreError> {
        Self::bare()?.configured(folders, settings, settings.memory_limit / 2)
    }

    /// A database in memory with the engine's own settings.
    pub(crate) fn bare() -> Result<Self, StoreError> {
        Self::of(Connection::open_in_memory().map_err(StoreError::database("opening a database in memory"))?)
    }

    /// The first connection to a database.
    fn of(conn: Connection) -> Result<Self, StoreError> {
        given::register(&conn).map_err(StoreError::database("registering the tables given with queries"))?;
        Ok(Self { conn, given: RefCell::default(), open: Arc::new(()) })
    }

    /// Another connection to the same database.
    pub(crate) fn another(&self) -> Result<Self, StoreError> {
        let conn = self.conn.try_clone().map_err(StoreError::database("opening a connection"))?;
        Ok(Self { conn, given: RefCell::default(), open: Arc::clone(&self.open) })
    }

    /// Ends with the last connection to the database.
    pub(super) fn reading(&self) -> Weak<()> {
        Arc::downgrade(&self.open)
    }

    /// Keeps statements that were prepared once, for when their text comes again.
    pub(super) fn keep_prepared(&self, statements: usize) {
        self.conn.set_prepared_statement_cache_capacity(statements);
    }

    /// Puts tables where the next query finds them, until what comes back is dropped.
    pub(super) fn fill(&self, tables: &[Given]) -> Result<Filled<'_>, StoreError> {
        let filled = Filled(&self.given);
        for table in tables {
            let Some(slot) = self.given.borrow_mut().put(table) else { continue };
            let (name, slot) = (sql::name(&table.name), slot.to_string());
            let made = system(self, "given.view", &[("name", &name), ("slot", &slot)], &[]);
            if made.is_err() {
                self.given.borrow_mut().forget(&table.name);
            }
            made?;
            // What was prepared knows the view of before.
            self.conn.flush_prepared_statement_cache();
        }
        Ok(filled)
    }

    /// By which another thread stops what this connection runs.
    pub(super) fn interrupt(&self) -> Arc<InterruptHandle> {
        self.conn.interrupt_handle()
    }

    fn configured(
        self,
        folders: &[&Path],
        settings: &StoreSettings,
        memory: u64,
    ) -> Result<Self, StoreError> {
        let quoted = |path: &Path| sql::quoted(&path.to_string_lossy());
        let temporary = quoted(&settings.paths().temporary());
        let folders = folders.iter().map(|folder| quoted(folder)).collect::<Vec<_>>().join(", ");
        let memory = format!("'{}MiB'", memory >> 20);
        let spill = format!("'{}MiB'", spill(settings) >> 20);
        let log = (settings.free_disk_floor / 16).clamp(LOG.0, LOG.1);
        let log = format!("'{}MiB'", log >> 20);
        let threads = settings.threads.max(1).to_string();
        let places: [(&str, &str); 6] = [
            ("log", &log),
            ("memory", &memory),
            ("spill", &spill),
            ("threads", &threads),
            ("folders", &folders),
            ("temporary", &temporary),
        ];
        for section in [
            "no_autoinstall",
            "no_autoload",
            "memory",
            "threads",
            "temporary",
            "spill",
            "order",
            "checkpoint",
            "directories",
            "no_outside",
            "open",
            "lock",
        ] {
            let doing = format!("settings.{section}");
            let text = sql::render(&doing, &places)?;
            self.conn.execute_batch(&text).map_err(StoreError::database(&doing))?;
        }
        Ok(self)
    }
}

/// What may be spilled in all: never so much that less than the floor is left free. Some is always allowed: without it the
/// smallest sort would fail, and the floor bears it.
pub(super) fn spill(settings: &StoreSettings) -> u64 {
    let temporary = settings.paths().temporary();
    let Ok(disk) = Disk::of(&settings.data_dir, settings.free_disk_floor) else { return LEAST_SPILL };
    let spilled = std::fs::read_dir(&temporary).map_or(0, |files| {
        let files = files.flatten().filter(|file| file.file_name().to_string_lossy().starts_with(SPILLED));
        files.map(|file| disk::length(&file.path())).sum()
    });
    let room = disk.free.saturating_sub(disk.floor).saturating_add(spilled);
    settings.spill_limit.min(room.max(LEAST_SPILL))
}

/// Runs one statement with named parameters; those that the text does not name are left out.
pub(crate) fn run(
    conn: &Session,
    doing: &str,
    text: &str,
    params: &[(&str, Value)],
) -> Result<usize, StoreError> {
    let mut statement = conn.conn.prepare(text).map_err(StoreError::database(doing))?;
    bind(&mut statement, doing, params)?;
    statement.raw_execute().map_err(StoreError::database(doing))
}

/// Runs a section of the system's SQL.
pub(crate) fn system(
    conn: &Session,
    section: &str,
    with: &[(&str, &str)],
    params: &[(&str, Value)],
) -> Result<usize, StoreError> {
    let started = std::time::Instant::now();
    let done = run(conn, section, &sql::render(section, with)?, params)?;
    tracing::trace!(section, rows = done, seconds = started.elapsed().as_secs_f64());
    Ok(done)
}

/// Works in a transaction: all of it is committed, or nothing.
pub(crate) fn within(
    conn: &Session,
    work: impl FnOnce() -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    system(conn, "accept.begin", &[], &[])?;
    let done = work().and_then(|()| system(conn, "accept.commit", &[], &[]).map(drop));
    if done.is_err() {
        // The error that matters is the first one.
        let _ = system(conn, "accept.rollback", &[], &[]);
    }
    done
}

/// Runs one statement and reads its rows.
pub(crate) fn rows<T>(
    conn: &Session,
    doing: &str,
    text: &str,
    params: &[(&str, Value)],
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = conn.conn.prepare(text).map_err(StoreError::database(doing))?;
    bind(&mut statement, doing, params)?;
    statement.raw_execute().map_err(StoreError::database(doing))?;
    let mut found = statement.raw_query();
    let mut out = Vec::new();
    while let Some(row) = found.next().map_err(StoreError::database(doing))? {
        out.push(read(&Row::of(row, doing))?);
    }
    Ok(out)
}

/// Runs a section of the system's SQL and reads its rows.
pub(crate) fn system_rows<T>(
    conn: &Session,
    section: &str,
    with: &[(&str, &str)],
    params: &[(&str, Value)],
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows(conn, section, &sql::render(section, with)?, params, read)
}

/// Runs a section of the system's SQL and hands out its rows as they come, without holding them all.
pub(crate) fn streamed(
    conn: &Session,
    section: &str,
    with: &[(&str, &str)],
    params: &[(&str, Value)],
    mut each: impl FnMut(RecordBatch),
) -> Result<(), StoreError> {
    let failed = StoreError::database;
    let mut statement = conn.conn.prepare(&sql::render(section, with)?).map_err(failed(section))?;
    let values = in_order(&statement, section, params)?.into_iter().map(bound);
    for batch in statement.stream_arrow(params_from_iter(values)).map_err(failed(section))? {
        each(batch.map_err(failed(section))?);
    }
    Ok(())
}

/// One whole number from a section of the system's SQL; null and no row are 0.
pub(crate) fn count(
    conn: &Session,
    section: &str,
    with: &[(&str, &str)],
    params: &[(&str, Value)],
) -> Result<u64, StoreError> {
    let found = system_rows(conn, section, with, params, |row| row.get::<Option<i64>>(0))?;
    Ok(found.into_iter().flatten().next().and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
}

/// Adds a record batch to a table.
pub(crate) fn append(
    conn: &Session,
    doing: &str,
    (place, table): (Place, &str),
    batch: RecordBatch,
) -> Result<(), StoreError> {
    let mut rows = appender(conn, place, table).map_err(StoreError::database(doing))?;
    rows.append_record_batch(batch).map_err(StoreError::database(doing))?;
    rows.flush().map_err(StoreError::database(doing))
}

/// Adds rows to a table, one by one.
pub(crate) fn append_rows<const N: usize>(
    conn: &Session,
    doing: &str,
    (place, table): (Place, &str),
    entries: impl IntoIterator<Item = [Value; N]>,
) -> Result<(), StoreError> {
    let mut rows = appender(conn, place, table).map_err(StoreError::database(doing))?;
    for entry in entries {
        let row = appender_params_from_iter(entry.iter().map(bound));
        rows.append_row(row).map_err(StoreError::database(doing))?;
    }
    rows.flush().map_err(StoreError::database(doing))
}

fn appender<'a>(conn: &'a Session, place: Place, table: &str) -> duckdb::Result<Appender<'a>> {
    match place {
        Place::Temporary => conn.conn.appender_to_catalog_and_db(table, "temp", "main"),
        Place::Vault => conn.conn.appender_to_db(table, "vault"),
    }
}

/// Gives a statement's parameters their values, by name; those that the text does not name are left out.
pub(super) fn bind(
    statement: &mut Statement<'_>,
    doing: &str,
    params: &[(&str, Value)],
) -> Result<(), StoreError> {
    for (at, value) in (1..).zip(in_order(statement, doing, params)?) {
        statement.raw_bind_parameter(at, bound(value)).map_err(StoreError::database(doing))?;
    }
    Ok(())
}

/// The values of the parameters that a statement names, in its own order.
fn in_order<'a>(
    statement: &Statement<'_>,
    doing: &str,
    params: &'a [(&str, Value)],
) -> Result<Vec<&'a Value>, StoreError> {
    let value = |at: usize| {
        let name = statement.parameter_name(at).map_err(StoreError::database(doing))?;
        let value = params.iter().find(|(n, _)| *n == name).map(|(_, v)| v);
        let why = format!("it names ${name}, for which there is no value");
        value.ok_or(StoreError::Query { query: doing.to_owned(), why })
    };
    (1..=statement.parameter_count()).map(value).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::epi::clock::Clock;
    use crate::store::Store;
    use crate::store::engine::{Lane, Moment, Query};
    use crate::store::lock::lock;

    #[test]
    fn every_connection_keeps_the_order_of_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreSettings::new(folder.path()), &Clock::running()).unwrap();
        let text = "SELECT current_setting('preserve_insertion_order') AS kept";
        let kept =
            |conn: &Session| rows(conn, "asking", text, &[], |row| row.get::<bool>(0)).unwrap() == [true];
        assert!(kept(&lock(&store.0.writer).as_ref().unwrap().conn), "the writer's");
        assert!(kept(&store.0.connect().unwrap()), "a delivery's");
        // Two at a time, so that the pool clones another.
        std::thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| {
                    let query = Query::new("asking", text, []);
                    let moment = Moment { batch: 0, is_last: None, lane: Lane::Direct };
                    let asked = store.0.with_readers(|r| r.ask(&query, &moment, Duration::from_secs(9)));
                    let answer = asked.unwrap();
                    assert!(arrow::array::AsArray::as_boolean(answer.column(0)).value(0), "a reader's");
                });
            }
        });
        let changed =
            run(&store.0.connect().unwrap(), "changing", "SET preserve_insertion_order = false", &[]);
        assert!(changed.is_err(), "settings are locked");
    }
}
