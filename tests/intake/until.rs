//! In a replay nothing knows of what lay ahead of its stamp.

use hinomi::privacy::Gate;

use super::delivery::House;
use super::house;
use crate::support::gated::{Gated, mapping as mapped, no_towns};
use crate::support::ward::moment;

/// Does a table tell of what has happened? Capacities, stays and events may be planned.
fn has_happened(table: &str) -> bool {
    let text = std::fs::read_to_string(house(&format!("queries/schema/0001_{table}.sql"))).expect("a table");
    text.contains("\n-- happened: yes\n")
}

/// The days and times of these tables: table, column, is it a time.
fn columns() -> Vec<(String, String, bool)> {
    let ours = House::new();
    let tables = ours.store().tables().into_iter().filter(|(table, _)| has_happened(table));
    let columns = tables.flat_map(|(table, columns)| {
        let of_time = columns.into_iter().filter(|(_, kind)| matches!(kind.as_str(), "DATE" | "TIMESTAMP"));
        of_time.map(move |(column, kind)| (table.clone(), column, kind == "TIMESTAMP")).collect::<Vec<_>>()
    });
    columns.collect()
}

/// How many rows of a column with these cells come through, as of 2021-02-25 21:00.
fn passed(table: &str, field: &str, kind: &str, cells: &[&str]) -> usize {
    let text = format!(
        "source = \"s\"\ntitle = {{ ja = \"s\", en = \"s\" }}\ntable = \"{table}\"\nmode = \"append\"\n\
         rhythm = {{ calendar = \"once\" }}\ncolumn = [\n  {{ headings = [\"x\"], privacy = \"keep\", \
         field = \"{field}\", type = \"{kind}\", required = true }},\n]\n"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.csv");
    std::fs::write(&path, format!("x\n{}\n", cells.join("\n"))).expect("written");
    let known = moment("2021-02-25T21:00:30");
    let told = |gate: Gate| gate.until("2021-02-25".parse().expect("a day")).known_at(known);
    Gated::by(&path, &mapped(&text), &no_towns(), 99, told).facts()
}

#[test]
fn no_day_and_no_minute_after_it_comes_through() {
    let columns = columns();
    assert!(columns.len() > 15, "{columns:?}");
    for (table, column, is_time) in &columns {
        if *is_time {
            let field = column.strip_suffix("_at").unwrap_or_else(|| panic!("{table}.{column}"));
            let cells = ["2021-02-25 20:59", "2021-02-25 21:00:59", "2021-02-25 21:01", "2021-02-26 00:00"];
            assert_eq!(passed(table, field, "datetime", &cells), 2, "{table}.{column}");
        } else {
            let cells = ["2021-02-24", "2021-02-25", "2021-02-26", "2021-11-30"];
            assert_eq!(passed(table, column, "date", &cells), 2, "{table}.{column}");
        }
    }
    // What may be planned is another matter.
    assert_eq!(passed("bed_capacity", "from_day", "date", &["2021-02-25", "2021-11-30"]), 2);
}

#[test]
fn the_quality_query_looks_at_every_one_of_them() {
    let text = std::fs::read_to_string(house("queries/quality/received_after_now.sql")).expect("the query");
    for (table, column, is_time) in columns() {
        let limit = if is_time { "$as_of_at" } else { "$as_of_day" };
        let looked = text.split("UNION ALL").any(|part| {
            part.contains(&format!("FROM {table}")) && part.contains(&format!("{column} > {limit}"))
        });
        assert!(looked, "{table}.{column}");
    }
}
