//! The store's tables and their columns, as the lifting files of `queries/schema/` state them.

use std::sync::LazyLock;

use regex::Regex;

use super::error::CatalogError;
use super::files::File;

/// One table of facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    /// Rows belong to a case.
    pub subject: bool,
    pub columns: Vec<(String, ColumnType)>,
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

static COLUMN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*CAST\(\s*\w+\s+AS\s+(\w+)(?:\(\d+,\s*\d+\))?\s*\)\s+AS\s+(\w+)").ok()
});

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
        Ok(Self { name: name.to_owned(), subject: said("subject:") == Some("yes"), columns })
    }

    pub fn column(&self, name: &str) -> Option<ColumnType> {
        self.columns.iter().find(|(column, _)| column == name).map(|(_, kind)| *kind)
    }
}

fn column_type(name: &str) -> Option<ColumnType> {
    Some(match name.to_ascii_uppercase().as_str() {
        "VARCHAR" => ColumnType::Text,
        "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" => ColumnType::Whole,
        "DOUBLE" | "FLOAT" | "DECIMAL" => ColumnType::Decimal,
        "BOOLEAN" => ColumnType::Flag,
        "DATE" => ColumnType::Day,
        "TIMESTAMP" => ColumnType::Instant,
        _ => return None,
    })
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
        assert!(!read("population").subject);
        let path = "queries/schema/0002_aggregate_counts.sql";
        let totals = Table::parse(path, definitions.get(path).expect("there")).expect("parses");
        assert_eq!(totals.column("value"), Some(ColumnType::Decimal));
    }
}
