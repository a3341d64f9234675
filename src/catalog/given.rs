//! Tables that the definitions give to a query, beside the facts: they stand before its text as common table
//! expressions, so that every engine reads them alike.

use std::fmt::Write;
use std::sync::Arc;

use jiff::civil::Date;

use super::Catalog;
use super::indicator::Indicator;

/// One table: its name, its columns, its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Type)],
    pub rows: Vec<Vec<Value>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Text,
    Day,
    Whole,
    Decimal,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    Day(Date),
    Whole(i64),
    Decimal(f64),
}

impl Catalog {
    /// An indicator's text with the tables that it reads, for a choice of `$by` and days.
    pub fn text(&self, indicator: &Indicator, _by: Option<&str>, _days: (Date, Date)) -> Arc<str> {
        let mut tables: Vec<Given> = Vec::new();
        if indicator.reads(super::schemes::TABLE) {
            tables.push(super::schemes::given(&self.schemes));
        }
        if tables.is_empty() { Arc::clone(&indicator.sql) } else { with(&indicator.sql, &tables).into() }
    }
}

/// The text with the tables before it.
pub fn with(sql: &str, tables: &[Given]) -> String {
    if tables.is_empty() {
        return sql.to_owned();
    }
    let expressions: Vec<String> = tables.iter().map(expression).collect();
    let before = expressions.join(",\n");
    let (comments, text) = sql.split_at(start(sql));
    let own = text.get(..4).filter(|word| word.eq_ignore_ascii_case("with"));
    match own.and_then(|_| text.get(4..)).filter(|rest| rest.starts_with(char::is_whitespace)) {
        Some(rest) => format!("{comments}WITH {before},{rest}"),
        None => format!("{comments}WITH {before}\n{text}"),
    }
}

/// Where the text begins: after the comments of its head.
fn start(sql: &str) -> usize {
    let mut at = 0;
    for line in sql.split_inclusive('\n') {
        let bare = line.trim_start();
        if !bare.is_empty() && !bare.starts_with("--") {
            return at + (line.len() - bare.len());
        }
        at += line.len();
    }
    at
}

fn expression(table: &Given) -> String {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let row = |row: &Vec<Value>| {
        let cells = table.columns.iter().zip(row).map(|((_, kind), value)| literal(*kind, value));
        format!("({})", cells.collect::<Vec<_>>().join(", "))
    };
    let mut rows: Vec<String> = table.rows.iter().map(row).collect();
    let mut only = "";
    if rows.is_empty() {
        rows.push(row(&vec![Value::Null; names.len()]));
        only = " WHERE false";
    }
    let (name, names) = (table.name, names.join(", "));
    let mut text = String::new();
    // Writing to a String can't fail.
    let _ = write!(
        text,
        "{name} AS (SELECT {names} FROM (VALUES\n  {}) AS given ({names}){only})",
        rows.join(",\n  ")
    );
    text
}

fn literal(kind: Type, value: &Value) -> String {
    let name = match kind {
        Type::Text => "VARCHAR",
        Type::Day => "DATE",
        Type::Whole => "BIGINT",
        Type::Decimal => "DOUBLE",
    };
    let text = match value {
        Value::Null => "NULL".to_owned(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Day(day) => format!("'{day}'"),
        Value::Whole(number) => number.to_string(),
        Value::Decimal(number) => format!("'{number}'"),
    };
    format!("CAST({text} AS {name})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: Vec<Vec<Value>>) -> Given {
        Given { name: "marks", columns: &[("label", Type::Text), ("mark", Type::Decimal)], rows }
    }

    #[test]
    fn tables_stand_before_the_text() {
        let marks = [table(vec![vec![Value::Text("it's".into()), Value::Decimal(0.5)]])];
        let given = "marks AS (SELECT label, mark FROM (VALUES\n  (CAST('it''s' AS VARCHAR), CAST('0.5' AS DOUBLE))) AS given (label, mark))";
        assert_eq!(
            with("-- why\nSELECT label FROM marks", &marks),
            format!("-- why\nWITH {given}\nSELECT label FROM marks")
        );
        assert_eq!(
            with("WITH a AS (SELECT 1) SELECT 2", &marks),
            format!("WITH {given}, a AS (SELECT 1) SELECT 2")
        );
        assert_eq!(with("SELECT 1", &[]), "SELECT 1");
        assert!(with("SELECT label FROM marks", &[table(Vec::new())]).contains("WHERE false"));
    }
}
