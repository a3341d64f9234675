//! The store's tables and their columns, as the lifting files of `queries/schema/` state them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::error::CatalogError;
use super::files::File;
use crate::intake::mapping::{Column, Kind, Mapping};

/// One table of facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    /// Rows belong to a case.
    pub subject: bool,
    pub columns: Vec<(String, ColumnType)>,
    /// The codes that a column may hold, where its list is closed.
    pub codes: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    Text,
    /// SMALLINT, INTEGER, BIGINT.
    Whole,
    Decimal,
    Flag,
    Day,
    Instant,
}

static COLUMN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*CAST\(\s*\w+\s+AS\s+(\w+)\s*\)\s+AS\s+(\w+)").ok());

/// `AS sex,   -- codes: M F X`
static CODES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)\bAS\s+(\w+),?\s*--[^\n]*\bcodes:([\w ]+)$").ok());

impl Table {
    /// Reads `-- table:`, `-- subject:` and the casts.
    pub fn parse(path: &str, file: &File) -> Result<Self, CatalogError> {
        let text = file.text(path)?;
        let said =
            |key: &str| text.lines().find_map(|l| l.strip_prefix("-- ")?.strip_prefix(key)).map(str::trim);
        let (Some(name), Some(column)) = (said("table:"), COLUMN.as_ref()) else {
            return Err(CatalogError::NoTable { file: path.to_owned() });
        };
        let columns = column
            .captures_iter(text)
            .filter_map(|found| Some((found[2].to_owned(), column_type(&found[1])?)))
            .collect();
        let listed = CODES.iter().flat_map(|codes| codes.captures_iter(text));
        let codes = listed
            .map(|found| (found[1].to_owned(), found[2].split_whitespace().map(str::to_owned).collect()))
            .collect();
        Ok(Self { name: name.to_owned(), subject: said("subject:") == Some("yes"), columns, codes })
    }

    pub fn column(&self, name: &str) -> Option<ColumnType> {
        self.columns.iter().find(|(column, _)| column == name).map(|(_, kind)| *kind)
    }
}

fn column_type(name: &str) -> Option<ColumnType> {
    Some(match name.to_ascii_uppercase().as_str() {
        "VARCHAR" => ColumnType::Text,
        "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" => ColumnType::Whole,
        "DOUBLE" | "FLOAT" => ColumnType::Decimal,
        "BOOLEAN" => ColumnType::Flag,
        "DATE" => ColumnType::Day,
        "TIMESTAMP" => ColumnType::Instant,
        _ => return None,
    })
}

/// What a mapping feeds that its table has no fitting column for.
pub(super) fn mapping_faults(mapping: &Mapping, tables: &BTreeMap<String, Table>) -> Vec<String> {
    let Some(table) = tables.get(&mapping.table) else {
        return vec![format!("table {} is not in queries/schema", mapping.table)];
    };
    let mut found: Vec<String> =
        mapping.columns.iter().flat_map(|column| column_faults(column, table)).collect();
    for field in mapping.constants.keys().filter(|field| table.column(field).is_none()) {
        found.push(format!("constant {field}: {} has no such column", table.name));
    }
    if let Some(window) = mapping.window.as_ref().filter(|w| table.column(&w.column) != Some(ColumnType::Day))
    {
        found.push(format!("window: {} has no day column {}", table.name, window.column));
    }
    found
}

fn column_faults(column: &Column, table: &Table) -> Vec<String> {
    let heading = column.headings.first().map_or("?", String::as_str);
    let Some(field) = column.field.as_deref() else { return Vec::new() };
    if field == "subject" {
        let missing = format!("column {heading}: rows of {} have no subject", table.name);
        return if table.subject { Vec::new() } else { vec![missing] };
    }
    let needs: Vec<(String, &[ColumnType])> = match column.kind {
        Some(Kind::Datetime) => {
            vec![
                (format!("{field}_at"), &[ColumnType::Instant]),
                (format!("{field}_day"), &[ColumnType::Day]),
            ]
        }
        Some(Kind::Age) => {
            vec![(field.to_owned(), &[ColumnType::Whole]), (format!("{field}_decade"), &[ColumnType::Whole])]
        }
        Some(Kind::Date) => vec![(field.to_owned(), &[ColumnType::Day])],
        Some(Kind::Count | Kind::Integer) => {
            vec![(field.to_owned(), &[ColumnType::Whole, ColumnType::Decimal])]
        }
        Some(Kind::Decimal) => vec![(field.to_owned(), &[ColumnType::Decimal])],
        Some(Kind::Flag) => vec![(field.to_owned(), &[ColumnType::Flag])],
        Some(Kind::Code | Kind::Id | Kind::District) => vec![(field.to_owned(), &[ColumnType::Text])],
        None => Vec::new(),
    };
    let fault = |(name, kinds): (String, &[ColumnType])| match table.column(&name) {
        None => Some(format!("column {heading}: {} has no column {name}", table.name)),
        Some(kind) if !kinds.contains(&kind) => {
            Some(format!("column {heading}: {}.{name} is of another type ({kind:?})", table.name))
        }
        Some(_) => None,
    };
    let mut found: Vec<String> = needs.into_iter().filter_map(fault).collect();
    if let Some(allowed) = table.codes.get(field) {
        for code in column.codes.keys().filter(|code| !allowed.contains(code)) {
            found.push(format!(
                "column {heading}: {}.{field} has no code {code}; it may be {}",
                table.name,
                allowed.join(", ")
            ));
        }
    }
    if let Some(other) = column.table.as_deref().filter(|table| *table != "districts") {
        found.push(format!("column {heading}: there is no table {other}; towns are in districts"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::files::Definitions;
    use super::*;

    #[test]
    fn the_tables_are_read() {
        let definitions = Definitions::embedded();
        let read = |name: &str| {
            let path = format!("queries/schema/0001_{name}.sql");
            Table::parse(&path, definitions.get(&path).expect("there")).expect("parses")
        };
        let cases = read("cases");
        assert!(cases.subject);
        assert_eq!(cases.column("received_at"), Some(ColumnType::Instant));
        assert_eq!(cases.column("received_day"), Some(ColumnType::Day));
        assert_eq!(cases.column("name"), None);
        assert_eq!(cases.codes["sex"], ["M", "F", "X"]);
        assert_eq!(cases.codes["class"][0], "confirmed");
        assert!(!cases.codes.contains_key("disease"));
        assert!(!read("population").subject);
    }
}
