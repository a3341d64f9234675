//! The engine boundary: opening a database file, running a statement, reading rows. DuckDB's own words end here.

use std::path::Path;

use arrow::array::RecordBatch;
use duckdb::types::Value;
use duckdb::{Connection, Row, Statement, params_from_iter};

use super::error::StoreError;
use super::settings::StoreSettings;
use super::sql;

/// Opens a database file (made when absent) so that it reaches nothing outside the data folder, and stays so.
pub(super) fn open(file: &Path, settings: &StoreSettings, memory: u64) -> Result<Connection, StoreError> {
    let conn = Connection::open(file).map_err(|e| match e.to_string() {
        text if text.contains("lock on file") => StoreError::InUse { path: file.to_owned() },
        _ => StoreError::Database { doing: format!("opening {}", file.display()), source: e },
    })?;
    configure(&conn, &[&settings.paths().archive()], settings, memory)?;
    Ok(conn)
}

/// A database in memory that reads and writes files below some folders, and nowhere else.
pub(super) fn scratch(settings: &StoreSettings, folders: &[&Path]) -> Result<Connection, StoreError> {
    let conn = Connection::open_in_memory().map_err(StoreError::database("opening a database in memory"))?;
    configure(&conn, folders, settings, settings.memory_limit / 2)?;
    Ok(conn)
}

fn configure(
    conn: &Connection,
    folders: &[&Path],
    settings: &StoreSettings,
    memory: u64,
) -> Result<(), StoreError> {
    let quoted = |path: &Path| sql::quoted(&path.to_string_lossy());
    let temporary = quoted(&settings.paths().temporary());
    let folders = folders.iter().map(|folder| quoted(folder)).collect::<Vec<_>>().join(", ");
    let memory = format!("'{}MiB'", memory >> 20);
    let spill = format!("'{}MiB'", settings.spill_limit >> 20);
    let threads = settings.threads.max(1).to_string();
    let places: [(&str, &str); 5] = [
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
        "lock",
    ] {
        let doing = format!("settings.{section}");
        let text = sql::render(&doing, &places)?;
        conn.execute_batch(&text).map_err(StoreError::database(&doing))?;
    }
    Ok(())
}

/// Runs one statement with named parameters; those that the text does not name are left out.
pub(super) fn run(
    conn: &Connection,
    doing: &str,
    text: &str,
    params: &[(&str, Value)],
) -> Result<usize, StoreError> {
    let mut statement = conn.prepare(text).map_err(StoreError::database(doing))?;
    bind(&mut statement, doing, params)?;
    statement.raw_execute().map_err(StoreError::database(doing))
}

/// Runs a section of the system's SQL.
pub(super) fn system(
    conn: &Connection,
    section: &str,
    with: &[(&str, &str)],
    params: &[(&str, Value)],
) -> Result<usize, StoreError> {
    let started = std::time::Instant::now();
    let done = run(conn, section, &sql::render(section, with)?, params)?;
    tracing::trace!(section, rows = done, seconds = started.elapsed().as_secs_f64());
    Ok(done)
}

/// Runs one statement and reads its rows.
pub(super) fn rows<T>(
    conn: &Connection,
    doing: &str,
    text: &str,
    params: &[(&str, Value)],
    read: impl Fn(&Row<'_>) -> duckdb::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = conn.prepare(text).map_err(StoreError::database(doing))?;
    bind(&mut statement, doing, params)?;
    statement.raw_execute().map_err(StoreError::database(doing))?;
    let mut found = statement.raw_query();
    let mut out = Vec::new();
    while let Some(row) = found.next().map_err(StoreError::database(doing))? {
        out.push(read(row).map_err(StoreError::database(doing))?);
    }
    Ok(out)
}

/// Runs a section of the system's SQL and reads its rows.
pub(super) fn system_rows<T>(
    conn: &Connection,
    section: &str,
    with: &[(&str, &str)],
    params: &[(&str, Value)],
    read: impl Fn(&Row<'_>) -> duckdb::Result<T>,
) -> Result<Vec<T>, StoreError> {
    rows(conn, section, &sql::render(section, with)?, params, read)
}

/// Runs a section of the system's SQL and hands out its rows as they come, without holding them all.
pub(super) fn streamed(
    conn: &Connection,
    section: &str,
    with: &[(&str, &str)],
    params: &[(&str, Value)],
    mut each: impl FnMut(RecordBatch),
) -> Result<(), StoreError> {
    let failed = StoreError::database;
    let mut statement = conn.prepare(&sql::render(section, with)?).map_err(failed(section))?;
    let values = in_order(&statement, section, params)?;
    for batch in statement.stream_arrow(params_from_iter(values)).map_err(failed(section))? {
        each(batch.map_err(failed(section))?);
    }
    Ok(())
}

/// One whole number from a section of the system's SQL; null and no row are 0.
pub(super) fn count(
    conn: &Connection,
    section: &str,
    with: &[(&str, &str)],
    params: &[(&str, Value)],
) -> Result<u64, StoreError> {
    let found = system_rows(conn, section, with, params, |row| row.get::<_, Option<i64>>(0))?;
    Ok(found.into_iter().flatten().next().and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
}

/// Gives a statement's parameters their values, by name; those that the text does not name are left out.
pub(super) fn bind(
    statement: &mut Statement<'_>,
    doing: &str,
    params: &[(&str, Value)],
) -> Result<(), StoreError> {
    for (at, value) in (1..).zip(in_order(statement, doing, params)?) {
        statement.raw_bind_parameter(at, value).map_err(StoreError::database(doing))?;
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

/// How the database reads a SELECT. An error for anything that is not SELECTs only.
pub(super) fn syntax_tree(conn: &Connection, text: &str) -> Result<serde_json::Value, String> {
    let params = [("text", Value::Text(text.to_owned()))];
    let found = system_rows(conn, "schema.syntax_tree", &[], &params, |row| row.get::<_, String>(0))
        .map_err(|e| chain(&e))?;
    let tree: serde_json::Value =
        found.first().and_then(|t| serde_json::from_str(t).ok()).ok_or("its syntax tree can't be read")?;
    match tree.get("error_message").and_then(serde_json::Value::as_str) {
        Some(why) => Err(why.to_owned()),
        None => Ok(tree),
    }
}

/// An error and its causes in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::epi::clock::Clock;
    use crate::store::reader::{Moment, lock};
    use crate::store::{Query, Store};

    #[test]
    fn every_connection_keeps_the_order_of_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreSettings::new(folder.path()), &Clock::running()).unwrap();
        let text = "SELECT current_setting('preserve_insertion_order') AS kept";
        let kept = |conn: &Connection| {
            rows(conn, "asking", text, &[], |row| row.get::<_, bool>(0)).unwrap() == [true]
        };
        assert!(kept(&lock(&store.0.writer).as_ref().unwrap().conn), "the writer's");
        assert!(kept(&store.0.connect().unwrap()), "a delivery's");
        // Two at a time, so that the pool clones another.
        std::thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| {
                    let query = Query { id: "asking".into(), sql: text.into(), params: Vec::new() };
                    let moment = Moment { batch: 0, is_last: None };
                    let asked = store.0.with_readers(|r| r.query(&query, &moment, Duration::from_secs(9)));
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
