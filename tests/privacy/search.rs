//! The search for what must not be there: in every decoded column of every table and Parquet file, in an
//! uncompressed copy of the database, and in the bytes of every other file. Searching a compressed file proves
//! nothing, so everything is decoded first.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use duckdb::Connection;
use regex::bytes::Regex;

/// What must not be found.
pub struct Traces {
    pattern: Regex,
}

impl Traces {
    /// In UTF-8, CP932 and UTF-16.
    pub fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut patterns = BTreeSet::new();
        for text in texts.into_iter().filter(|t| t.len() > 3) {
            patterns.insert(escape(text.as_bytes()));
            if !text.is_ascii() {
                patterns.insert(escape(&encoding_rs::SHIFT_JIS.encode(&text).0));
            }
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            patterns.insert(escape(&wide));
        }
        // The longest first: a match must not hide in a shorter one that a neighbour digit then rules out.
        let mut patterns: Vec<String> = patterns.into_iter().collect();
        patterns.sort_by_key(|p| std::cmp::Reverse(p.len()));
        let pattern = regex::bytes::RegexBuilder::new(&format!("(?-u){}", patterns.join("|")))
            .size_limit(1 << 30)
            .build()
            .expect("a pattern of literals");
        Self { pattern }
    }

    /// How many there are. A run of digits within a longer one is not one.
    pub fn count(&self, bytes: &[u8]) -> usize {
        let inside = |m: &regex::bytes::Match<'_>| {
            let digit = |at: Option<&u8>| at.is_some_and(u8::is_ascii_digit);
            let first =
                digit(bytes.get(m.start())) && digit(m.start().checked_sub(1).and_then(|b| bytes.get(b)));
            let last = digit(bytes.get(m.end() - 1)) && digit(bytes.get(m.end()));
            first || last
        };
        self.pattern.find_iter(bytes).filter(|m| !inside(m)).count()
    }
}

fn escape(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("\\x{b:02x}")).collect()
}

/// The places in a data folder where a trace was found.
pub fn found(folder: &Path, traces: &Traces) -> Vec<String> {
    let mut places = Vec::new();
    let scratch = tempfile::tempdir().expect("a folder");
    let mut tables = 0;
    for path in files(folder) {
        let shown = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        if let Ok(bytes) = fs::read(&path)
            && traces.count(&bytes) > 0
        {
            places.push(shown.clone());
        }
        match path.extension().and_then(|e| e.to_str()) {
            Some("parquet") => {
                let from = format!("read_parquet('{}')", path.display());
                tables += 1;
                decoded(&memory(), &from, &shown, traces, &mut places);
            }
            Some("duckdb") => {
                let plain = scratch.path().join(format!("{}.duckdb", places.len() + tables));
                let db = memory();
                for table in uncompressed(&db, &path, &plain) {
                    tables += 1;
                    decoded(&db, &table, &format!("{shown}: {table}"), traces, &mut places);
                }
                db.execute_batch("DETACH plain; DETACH stored").expect("detached");
                let bytes = fs::read(&plain).expect("the uncompressed copy");
                if traces.count(&bytes) > 0 {
                    places.push(format!("{shown}: uncompressed"));
                }
            }
            _ => {}
        }
    }
    assert!(tables > 10, "only {tables} tables and archive files were decoded");
    places
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() => all.push(path),
                _ => {}
            }
        }
    }
    all.sort();
    all
}

pub fn memory() -> Connection {
    Connection::open_in_memory().expect("a database in memory")
}

/// Copies every table of a database, without compression; their names in the copy's own connection.
fn uncompressed(db: &Connection, stored: &Path, plain: &Path) -> Vec<String> {
    let open = format!(
        "ATTACH '{}' AS stored (READ_ONLY); ATTACH '{}' AS plain; SET force_compression = 'uncompressed'",
        stored.display(),
        plain.display()
    );
    db.execute_batch(&open).expect("attached");
    let list = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'stored'";
    let mut query = db.prepare(list).expect("a list of tables");
    let tables: Vec<(String, String)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("tables").flatten().collect();
    assert!(!tables.is_empty(), "no tables in {}", stored.display());
    let mut names = Vec::new();
    for (schema, table) in tables {
        let copy = format!(
            "CREATE SCHEMA IF NOT EXISTS plain.\"{schema}\"; \
             CREATE TABLE plain.\"{schema}\".\"{table}\" AS SELECT * FROM stored.\"{schema}\".\"{table}\""
        );
        db.execute_batch(&copy).expect("copied");
        names.push(format!("plain.\"{schema}\".\"{table}\""));
    }
    db.execute_batch("CHECKPOINT plain").expect("written");
    names
}

/// Searches each column of a table or file as text.
fn decoded(db: &Connection, from: &str, shown: &str, traces: &Traces, places: &mut Vec<String>) {
    let mut query = db.prepare(&format!("DESCRIBE SELECT * FROM {from}")).expect("columns");
    let columns: Vec<String> = query.query_map([], |row| row.get(0)).expect("columns").flatten().collect();
    for column in columns {
        let sql = format!("SELECT string_agg(CAST(\"{column}\" AS VARCHAR), chr(10)) FROM {from}");
        let text: Option<String> = db.query_row(&sql, [], |row| row.get(0)).expect("a column");
        if text.is_some_and(|t| traces.count(t.as_bytes()) > 0) {
            places.push(format!("{shown}: column {column}"));
        }
    }
}
