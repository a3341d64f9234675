//! The tables as the store makes them: what [`crate::definitions::schema`] read, with the SQL that lifts rows into them. The
//! store adds its own columns: `source`, `case_id` (null: none), `key__`, `content__`, `row__`, `known_from`, and in the closed
//! table `known_to`.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::sql;
use crate::definitions::schema;

pub(super) use schema::NOTE;

/// The ledgers of the database, and the tables beside them, by their sections in `queries/system/schema.sql`.
pub(super) const LEDGERS: [&str; 12] = [
    "identities",
    "meta",
    "batches",
    "deliveries",
    "quarantine",
    "fault_counts",
    "merged_rows",
    "unread_cells",
    "runs",
    "frames",
    "definitions",
    "notes",
];

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
    /// Of each beginning and end the columns, of which the second never comes before the first.
    pub spans: Vec<Vec<(String, String)>>,
    /// The days in whose order rows lie.
    pub cluster: Vec<String>,
    /// The select list, without comments.
    list: String,
}

impl Table {
    fn of(stated: &schema::Table) -> Self {
        let mut inputs: Vec<String> = Vec::new();
        for column in &stated.columns {
            if !inputs.contains(&column.input) {
                inputs.push(column.input.clone());
            }
        }
        Self {
            name: stated.name.clone(),
            version: stated.version,
            subject: stated.subject,
            inputs,
            columns: stated.columns.iter().map(|c| (c.name.clone(), c.sql_type.clone())).collect(),
            spans: stated.span_columns(),
            cluster: stated.cluster.clone(),
            list: stated.list.clone(),
        }
    }

    /// The public columns, quoted, comma-separated.
    pub(super) fn public(&self) -> String {
        self.columns.iter().map(|(n, _)| sql::name(n)).collect::<Vec<_>>().join(", ")
    }

    /// The lifting SELECT over a relation that has every input, with more columns after the table's own.
    pub(super) fn lift(&self, from: &str, extra: &str) -> Result<String, StoreError> {
        let comma = if extra.is_empty() { "" } else { ",\n  " };
        let list = format!("{}{comma}{extra}", self.list);
        sql::render("schema.lift", &[("list", &list), ("from", from)])
    }

    /// The lifting SELECT over one row in which everything is null.
    pub(super) fn lift_nothing(&self, extra: &str) -> Result<String, StoreError> {
        let inputs = self.inputs_from(&BTreeSet::new(), "nothing");
        self.lift(sql::render("schema.nothing", &[("inputs", &inputs)])?.trim(), extra)
    }

    /// The inputs as a select list over a relation that may lack some of them: those are null.
    pub(super) fn inputs_from(&self, present: &BTreeSet<String>, of: &str) -> String {
        let column = |n: &String| input_from(n, present, of);
        self.inputs.iter().map(column).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn has_column(&self, name: &str) -> bool {
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
    /// The store's tables of those that the definitions state.
    pub(super) fn of(stated: &schema::Schema) -> Self {
        let tables: BTreeMap<String, Table> =
            stated.tables.iter().map(|(name, table)| (name.clone(), Table::of(table))).collect();
        let hash = Self::hash_of(tables.values());
        Self { tables, hash }
    }

    /// The hash that a schema of these tables, in the order of their names, has.
    pub(super) fn hash_of<'a>(tables: impl IntoIterator<Item = &'a Table>) -> String {
        let mut hash = Sha256::new();
        // What the store itself makes (ledgers, its own columns, views) is part of it.
        hash.update(sql::made("schema"));
        for table in tables {
            hash.update(format!("\n{} {} {}\n{}", table.name, table.version, table.subject, table.list));
        }
        hex::encode(hash.finalize())
    }

    /// The names that a query may read: each table, and of those about cases their changes.
    pub(super) fn readable(&self) -> Vec<String> {
        let changes = self.tables.values().filter(|table| table.subject);
        let changes = changes.map(|table| format!("{}_changes", table.name));
        self.tables.keys().cloned().chain(changes).collect()
    }

    pub(super) fn table(&self, name: &str) -> Result<&Table, StoreError> {
        self.tables.get(name).ok_or_else(|| StoreError::NoTable { table: name.to_owned() })
    }
}
