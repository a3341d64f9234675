//! What a query may name: the public views, its own CTEs and the tables given with it, nothing else.
//!
//! Identities, earlier versions and ledgers live in the schema `vault`; the tables as known now in `latest`, and as
//! known at some moment in `main`. A text is read
//! by the database's own parser, and every relation in its syntax tree must be an unqualified public view, one of
//! the text's CTEs, a table given with it, or a row-making function from a short list. So neither `vault.…`, nor a system table, nor a
//! file, nor a function that takes SQL as text can be reached. The parser also says that the text is one SELECT.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::chain::chain;
use super::super::value::text;
use super::session::{Session, system_rows};

const ROW_MAKERS: [&str; 3] = ["generate_series", "range", "unnest"];
const REFERENCES: [&str; 7] =
    ["BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EMPTY", "EMPTY_FROM", "EXPRESSION_LIST"];
/// Functions that tell of the database rather than of its facts, or that would see past the moment asked for.
const KEPT_BACK: [&str; 12] = [
    "getvariable",
    "current_setting",
    "nextval",
    "currval",
    "setseed",
    "write_log",
    "current_query",
    "current_schema",
    "current_schemas",
    "current_database",
    "txid_current",
    "getenv",
];

/// How a text names the columns that it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Columns {
    Named,
    /// With a `*` or a row as a whole somewhere: it may be shown a table's own columns only.
    All,
}

/// How the database reads a SELECT. An error for anything that is not SELECTs only.
pub(super) fn syntax_tree(conn: &Session, sql: &str) -> Result<Value, String> {
    let found =
        system_rows(conn, "schema.syntax_tree", &[], &[("text", text(sql))], |row| row.get::<String>(0))
            .map_err(|e| chain(&e))?;
    let tree: Value =
        found.first().and_then(|t| serde_json::from_str(t).ok()).ok_or("its syntax tree can't be read")?;
    match tree.get("error_message").and_then(Value::as_str) {
        Some(why) => Err(why.to_owned()),
        None => Ok(tree),
    }
}

/// Refuses a text whose syntax tree names more than it may; the reason is in words.
pub(super) fn check(tree: &Value, views: &[&str]) -> Result<Columns, String> {
    let statements = tree.get("statements").and_then(Value::as_array).map_or(0, Vec::len);
    if statements != 1 {
        return Err(format!("{statements} statements where one SELECT is wanted"));
    }
    let mut readable: Vec<String> = views.iter().map(|v| (*v).to_owned()).collect();
    own_tables(tree, &mut readable);
    walk(tree, &readable)?;
    let mut named = Named::default();
    names(tree, &mut named);
    // A name of both kinds means the column.
    let rows: Vec<&str> = named.relations.difference(&named.columns).copied().collect();
    Ok(if names_all(tree, &rows) { Columns::All } else { Columns::Named })
}

/// What a text calls its relations, and its columns.
#[derive(Default)]
struct Named<'a> {
    relations: BTreeSet<&'a str>,
    columns: BTreeSet<&'a str>,
}

fn names<'a>(node: &'a Value, named: &mut Named<'a>) {
    match node {
        Value::Array(items) => items.iter().for_each(|i| names(i, named)),
        Value::Object(map) => {
            let text = |key: &str| map.get(key).and_then(Value::as_str).filter(|t| !t.is_empty());
            match text("type") {
                Some(kind) if REFERENCES.contains(&kind) && text("class").is_none() => {
                    named.relations.extend(text("alias"));
                    named.relations.extend(text("table_name"));
                }
                _ => named.columns.extend(text("alias")),
            }
            map.values().for_each(|v| names(v, named));
        }
        _ => {}
    }
}

fn names_all(node: &Value, rows: &[&str]) -> bool {
    match node {
        Value::Array(items) => items.iter().any(|i| names_all(i, rows)),
        Value::Object(map) => {
            let is = |key: &str, wanted: &str| map.get(key).and_then(Value::as_str) == Some(wanted);
            let names = map.get("column_names").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let row = match names {
                [Value::String(only)] => rows.iter().any(|row| row.eq_ignore_ascii_case(only)),
                _ => false,
            };
            is("class", "STAR")
                || (is("type", "COLUMN_REF") && row)
                || map.values().any(|v| names_all(v, rows))
        }
        _ => false,
    }
}

/// The names of the text's CTEs.
fn own_tables(node: &Value, names: &mut Vec<String>) {
    match node {
        Value::Array(items) => items.iter().for_each(|i| own_tables(i, names)),
        Value::Object(map) => {
            let ctes = map.get("cte_map").and_then(|c| c.get("map")).and_then(Value::as_array);
            for cte in ctes.into_iter().flatten() {
                if let Some(name) = cte.get("key").and_then(Value::as_str) {
                    names.push(name.to_owned());
                }
            }
            map.values().for_each(|v| own_tables(v, names));
        }
        _ => {}
    }
}

fn walk(node: &Value, names: &[String]) -> Result<(), String> {
    match node {
        Value::Array(items) => items.iter().try_for_each(|i| walk(i, names)),
        Value::Object(map) => {
            relation(map, names)?;
            function(map)?;
            column(map)?;
            for key in ["from_table", "left", "right"] {
                let kind = map.get(key).filter(|r| r.get("sample").is_some());
                if let Some(kind) = kind.and_then(|r| r.get("type")).and_then(Value::as_str)
                    && !REFERENCES.contains(&kind)
                    && !kind.ends_with("_NODE")
                {
                    return Err(format!("a relation of the kind {kind} may not be read"));
                }
            }
            map.values().try_for_each(|v| walk(v, names))
        }
        _ => Ok(()),
    }
}

fn relation(map: &Map<String, Value>, names: &[String]) -> Result<(), String> {
    let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or("");
    match text("type") {
        "BASE_TABLE" => {
            let table = text("table_name");
            let qualified = !text("schema_name").is_empty() || !text("catalog_name").is_empty();
            if qualified || !names.iter().any(|n| n.eq_ignore_ascii_case(table)) {
                return Err(format!("the relation {table} is not one of the tables"));
            }
            Ok(())
        }
        "SHOW_REF" => Err("it asks for the database's own description".into()),
        "TABLE_FUNCTION" => {
            let name = map.get("function").and_then(|f| f.get("function_name")).and_then(Value::as_str);
            match name {
                Some(name) if ROW_MAKERS.contains(&name) => Ok(()),
                name => Err(format!("the function {} may not stand for a table", name.unwrap_or("?"))),
            }
        }
        _ => Ok(()),
    }
}

fn function(map: &Map<String, Value>) -> Result<(), String> {
    let Some(name) = map.get("function_name").and_then(Value::as_str) else { return Ok(()) };
    let lower = name.to_ascii_lowercase();
    if KEPT_BACK.contains(&lower.as_str()) || lower.starts_with("pragma_") || lower.starts_with("duckdb_") {
        return Err(format!("the function {name} may not be used"));
    }
    Ok(())
}

fn column(map: &Map<String, Value>) -> Result<(), String> {
    if map.get("type").and_then(Value::as_str) != Some("COLUMN_REF") {
        return Ok(());
    }
    let names = map.get("column_names").and_then(Value::as_array).into_iter().flatten();
    match names.filter_map(Value::as_str).find(|name| kept_back(name)) {
        Some(name) => Err(format!("the column {name} is the store's own")),
        None => Ok(()),
    }
}

/// The store's own columns beside those of a table: versions, keys, content.
fn kept_back(column: &str) -> bool {
    column.ends_with("__") || ["known_from", "known_to"].iter().any(|own| column.eq_ignore_ascii_case(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Result<Columns, String> {
        let conn = Session::bare().unwrap();
        check(&syntax_tree(&conn, text)?, &["cases", "placements"])
    }

    #[test]
    fn stars_are_seen() {
        for (text, columns) in [
            ("SELECT count(*) FROM cases", Columns::Named),
            ("SELECT sex FROM cases WHERE age * 2 > 3", Columns::Named),
            ("SELECT * FROM cases", Columns::All),
            ("SELECT sex FROM (SELECT c.* FROM cases c) x", Columns::All),
            ("WITH a AS (SELECT * EXCLUDE (age) FROM cases) SELECT sex FROM a", Columns::All),
            ("SELECT count(COLUMNS(*)) FROM cases", Columns::All),
            ("SELECT count(DISTINCT cases) FROM cases", Columns::All),
            ("SELECT c FROM cases c", Columns::All),
            ("SELECT c.sex FROM cases c", Columns::Named),
            (
                "WITH a AS (SELECT count(*) AS cases FROM cases) SELECT sum(cases) FROM (SELECT cases FROM a) b",
                Columns::Named,
            ),
        ] {
            assert_eq!(verdict(text), Ok(columns), "{text}");
        }
    }

    #[test]
    fn ordinary_queries_pass() {
        for text in [
            "SELECT received_day AS day, count(*) AS value FROM cases WHERE disease = $disease GROUP BY ALL",
            "WITH days AS (SELECT d FROM generate_series(1, 3) g(d)) SELECT d FROM days LEFT JOIN cases ON true",
            "SELECT * FROM (VALUES (1), (2)) v(x) WHERE EXISTS (SELECT 1 FROM placements p WHERE p.stay = x)",
            "SELECT age, count(*) FILTER (WHERE sex = 'M') FROM cases c JOIN placements USING (case_id)
             GROUP BY GROUPING SETS ((age), ()) UNION ALL SELECT 1, 2 ORDER BY 1",
            "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t",
        ] {
            assert_eq!(verdict(text).map(drop), Ok(()), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "SELECT * FROM vault.identities",
            "SELECT * FROM identities",
            "SELECT * FROM main.cases",
            "SELECT (SELECT max(hi) FROM vault.identities) FROM cases",
            "SELECT * FROM cases WHERE case_id IN (SELECT case_id FROM vault.cases_closed)",
            "SELECT case_id FROM latest.cases",
            "SELECT sex FROM cases WHERE known_from = 1",
            "SELECT c.key__ FROM cases c",
            "SELECT count(*) FROM cases GROUP BY content__",
            "FROM query('SELECT * FROM vault.identities')",
            "FROM query_table('vault.identities')",
            "SELECT * FROM 'archive/batches/00000001/identities.parquet'",
            "SELECT * FROM read_parquet('x')",
            "SELECT * FROM duckdb_tables()",
            "SELECT * FROM given_rows(0)",
            "SELECT * FROM (SHOW TABLES)",
            "DESCRIBE cases",
            "SELECT getvariable('as_of_batch')",
            "SELECT 1; SELECT 2",
            "DELETE FROM cases",
            "COPY cases TO 'x'",
            "SET VARIABLE as_of_batch = 1",
            "SELECT",
        ] {
            assert!(verdict(text).is_err(), "{text}");
        }
    }
}
