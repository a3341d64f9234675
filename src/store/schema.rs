//! The tables, as `queries/schema/NNNN_<table>.sql` states them: one lifting SELECT a table and version.
//!
//! A lifting SELECT reads `staged` (what a delivery brings, or an older archive held) and gives the table's
//! columns with their types. The store adds its own columns: `source`, `case_id` (null: none), `key__`, `content__`,
//! `row__`, `known_from`, and in the closed table `known_to`.

use std::collections::{BTreeMap, BTreeSet};

use duckdb::Connection;
use include_dir::{Dir, include_dir};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::engine;
use super::error::StoreError;
use super::sql;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/queries/schema");

const OWN: [&str; 8] =
    ["source", "case_id", "known_from", "known_to", "key__", "content__", "row__", "subject_hi__"];

#[derive(Clone, Debug)]
pub(super) struct Table {
    pub name: String,
    /// NNNN of the file.
    pub version: u32,
    /// Rows are about a case.
    pub subject: bool,
    /// Columns of `staged` that the lifting SELECT reads.
    pub inputs: Vec<String>,
    /// Name and SQL type of each public column.
    pub columns: Vec<(String, String)>,
    /// The select list, without comments.
    list: String,
}

impl Table {
    /// The public columns, quoted, comma-separated.
    pub fn public(&self) -> String {
        self.columns.iter().map(|(n, _)| sql::name(n)).collect::<Vec<_>>().join(", ")
    }

    /// The lifting SELECT over a relation that has every input, with more columns after the table's own.
    pub fn lift(&self, from: &str, extra: &str) -> Result<String, StoreError> {
        let comma = if extra.is_empty() { "" } else { ",\n  " };
        let list = format!("{}{comma}{extra}", self.list);
        sql::render("schema.lift", &[("list", &list), ("from", from)])
    }

    /// The lifting SELECT over one row in which everything is null.
    pub fn lift_nothing(&self, extra: &str) -> Result<String, StoreError> {
        let inputs = self.inputs_from(&BTreeSet::new(), "nothing");
        self.lift(sql::render("schema.nothing", &[("inputs", &inputs)])?.trim(), extra)
    }

    /// The inputs as a select list over a relation that may lack some of them: those are null.
    pub fn inputs_from(&self, present: &BTreeSet<String>, of: &str) -> String {
        let column = |n: &String| input_from(n, present, of);
        self.inputs.iter().map(column).collect::<Vec<_>>().join(", ")
    }

    pub fn has_column(&self, name: &str) -> bool {
        self.columns.iter().any(|(n, _)| n == name)
    }
}

/// One input, null where the relation lacks it.
pub(super) fn input_from(input: &str, present: &BTreeSet<String>, of: &str) -> String {
    match present.contains(input) {
        true => format!("{of}.{}", sql::name(input)),
        false => format!("NULL AS {}", sql::name(input)),
    }
}

/// The newest version of each table, in the order of their names.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    pub tables: BTreeMap<String, Table>,
    /// SHA-256 over everything that decides what the tables look like.
    pub hash: String,
}

impl Schema {
    /// Reads the embedded files; the database works out names and types.
    pub fn load(conn: &Connection) -> Result<Self, StoreError> {
        let mut files: Vec<_> = FILES.files().collect();
        files.sort_by_key(|f| f.path().to_owned());
        let mut tables = BTreeMap::new();
        for file in files {
            let name = file.path().to_string_lossy().into_owned();
            let text = file.contents_utf8().unwrap_or_default();
            let table =
                read(conn, &name, text).map_err(|why| StoreError::Schema { file: name.clone(), why })?;
            // Sorted by number: a later version replaces an earlier one.
            tables.insert(table.name.clone(), table);
        }
        let mut hash = Sha256::new();
        // What the store itself makes (ledgers, its own columns, views) is part of it.
        hash.update(sql::made("schema"));
        for table in tables.values() {
            hash.update(format!("\n{} {} {}\n{}", table.name, table.version, table.subject, table.list));
        }
        Ok(Self { tables, hash: hex(&hash.finalize()) })
    }

    pub fn table(&self, name: &str) -> Result<&Table, StoreError> {
        self.tables.get(name).ok_or_else(|| StoreError::NoTable { table: name.to_owned() })
    }
}

fn read(conn: &Connection, file: &str, text: &str) -> Result<Table, String> {
    let header = |key: &str| {
        text.lines().find_map(|l| l.strip_prefix("-- ")?.strip_prefix(key)?.strip_prefix(':').map(str::trim))
    };
    let name = header("table").ok_or("no `-- table:` line")?.to_owned();
    let subject = match header("subject") {
        Some("yes") => true,
        Some("no") => false,
        _ => return Err("no `-- subject: yes` or `no` line".into()),
    };
    let (number, rest) = file.split_once('_').ok_or("not named NNNN_<table>.sql")?;
    if rest != format!("{name}.sql") || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
        return Err(format!("the file's name does not fit its table {name}"));
    }
    let version = number.parse().map_err(|_| "not named NNNN_<table>.sql")?;
    let bare: Vec<&str> = text
        .lines()
        .map(|l| l.split("--").next().unwrap_or("").trim_end())
        .filter(|l| !l.is_empty())
        .collect();
    let body = bare.join("\n");
    let list = body
        .strip_prefix("SELECT\n")
        .and_then(|b| b.strip_suffix("\nFROM staged"))
        .ok_or("not one SELECT that ends in a line `FROM staged`")?
        .to_owned();
    let inputs = inputs(conn, &body)?;
    let mut table = Table { name, version, subject, inputs, columns: Vec::new(), list };
    let text = |e: StoreError| engine::chain(&e);
    let nothing = table.lift_nothing("").map_err(text)?;
    let describe = sql::render("schema.describe", &[("lift", &nothing)]).map_err(text)?;
    table.columns = engine::rows(conn, "reading the schema", &describe, &[], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })
    .map_err(text)?;
    if let Some((own, _)) = table.columns.iter().find(|(n, _)| OWN.contains(&n.as_str()) || n.ends_with("__"))
    {
        return Err(format!("the column name {own} belongs to the store"));
    }
    Ok(table)
}

/// The columns of `staged` that a lifting SELECT names.
fn inputs(conn: &Connection, select: &str) -> Result<Vec<String>, String> {
    let tree = engine::syntax_tree(conn, select)?;
    let mut found = Vec::new();
    collect(&tree, &mut found);
    Ok(found)
}

fn collect(node: &Value, found: &mut Vec<String>) {
    match node {
        Value::Array(items) => items.iter().for_each(|i| collect(i, found)),
        Value::Object(map) => {
            let names = map.get("column_names").and_then(Value::as_array);
            if let Some(name) = names.and_then(|n| n.last()).and_then(Value::as_str)
                && !found.iter().any(|f| f == name)
            {
                found.push(name.to_owned());
            }
            map.values().for_each(|v| collect(v, found));
        }
        _ => {}
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
