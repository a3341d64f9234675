//! CSV twice: for programs, with every digit and the columns' own names; for Excel, with Japanese headings and figures
//! as the pages show them. The facts about the figures stand above the rows of both.

use super::super::facts::Facts;
use super::super::figures::{Block, CellKind};
use super::super::{numbers, table};
use crate::answer::Cell;
use crate::definitions::indicator::Unit;

/// What begins a line that is no row: readers skip it by this character.
pub(super) const COMMENT: char = '#';

/// Comment lines `# key: text`, a line of column names, then the rows. A key that is not known is 不明, a figure that is
/// missing nothing. Texts that a spreadsheet would take for a formula get an apostrophe.
pub(super) fn plain(block: &Block, facts: &Facts) -> String {
    let mut text = String::new();
    for fact in facts.all() {
        text += &format!("{COMMENT} {}: {}\r\n", fact.key, fact.text);
    }
    text += &rows(block);
    text
}

fn rows(block: &Block) -> String {
    let table = &block.table;
    let mut text = String::new();
    line(&mut text, table.columns.iter().map(|(name, _)| field(name)));
    let keys: Vec<bool> = table.columns.iter().map(|(name, _)| block.is_key(name)).collect();
    for row in &table.rows {
        let one = |(of, key): (&Cell, &bool)| match of {
            Cell::Null if *key => "不明".to_owned(),
            of => cell(of),
        };
        line(&mut text, row.iter().zip(&keys).map(one));
    }
    text
}

/// For Excel: a byte order mark, two columns of facts, an empty line, then headings with their units and the figures
/// rounded as on the pages.
pub(super) fn excel(block: &Block, facts: &Facts) -> String {
    let mut text = String::from('\u{feff}');
    for fact in facts.all() {
        line(&mut text, [field(&fact.name), field(&harmless(fact.beside_name()))].into_iter());
    }
    text += "\r\n";
    let columns = &block.table.columns;
    line(&mut text, columns.iter().map(|(name, kind)| field(&heading(block, name, *kind))));
    for row in &block.table.rows {
        line(
            &mut text,
            columns.iter().zip(row).map(|((name, kind), cell)| shown(block, name, *kind, cell, row)),
        );
    }
    text
}

fn line(text: &mut String, fields: impl Iterator<Item = String>) {
    text.push_str(&fields.collect::<Vec<_>>().join(","));
    text.push_str("\r\n");
}

/// `確保病床使用率（%）`
fn heading(block: &Block, column: &str, kind: CellKind) -> String {
    let heading = table::heading(block, column);
    if !kind.is_number() {
        return heading;
    }
    let unit = table::unit_of(block, column).map(Unit::ja).unwrap_or_default();
    if unit.is_empty() || heading.contains(unit) { heading } else { format!("{heading}（{unit}）") }
}

/// A cell as a page shows it, but so that Excel takes a number for a number and a day for a day.
fn shown(block: &Block, column: &str, kind: CellKind, cell: &Cell, row: &[Cell]) -> String {
    let text = table::text(block, column, cell, row);
    if kind.is_number() {
        return match text.as_str() {
            numbers::MISSING => String::new(),
            figure => figure.replace(',', "").replace('−', "-"),
        };
    }
    match cell {
        Cell::Null if text == numbers::MISSING => String::new(),
        Cell::Text(_) | Cell::Null => field(&harmless(&text)),
        _ => field(&text),
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Int(n) => n.to_string(),
        Cell::Float(x) if x.is_finite() => x.to_string(),
        Cell::Float(_) => String::new(),
        Cell::Decimal(decimal) => decimal.to_string(),
        Cell::Text(text) => field(&harmless(text)),
        Cell::Day(day) => day.to_string(),
        Cell::Instant(at) => at.to_string(),
        Cell::Bool(yes) => yes.to_string(),
    }
}

fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Quoted where it must be, and where a reader that skips comments would take it for one.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r', COMMENT]) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::figures::Table;
    use super::super::super::samples;
    use super::*;
    use crate::config::Settings;
    use crate::definitions::indicator::{Shape, Unit};
    use crate::definitions::{Catalog, Definitions};

    fn facts(block: &Block) -> Facts {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        Facts::of(&Settings { training: true, ..Settings::default() }, &catalog, "covid-19", block)
    }

    fn block() -> Block {
        let mut block = samples::block("deaths");
        block.table = Table {
            columns: vec![("area".into(), CellKind::Text), ("value".into(), CellKind::Int)],
            rows: vec![
                vec![Cell::Text("=HYPERLINK(\"x\")".into()), Cell::Int(-2)],
                vec![Cell::Text("港区, 東京".into()), Cell::Null],
            ],
        };
        block
    }

    #[test]
    fn csv_carries_no_formula_and_keeps_negative_numbers() {
        let text = rows(&block());
        assert_eq!(text, "area,value\r\n\"'=HYPERLINK(\"\"x\"\")\",-2\r\n\"港区, 東京\",\r\n");
        assert_eq!(field("a#1"), "\"a#1\"");
    }

    #[test]
    fn a_key_that_is_not_known_is_said_in_words_and_a_missing_figure_is_not() {
        let mut block = block();
        block.about.shape = Shape::Breakdown;
        block.table = Table {
            columns: vec![("route".into(), CellKind::Text), ("value".into(), CellKind::Int)],
            rows: vec![vec![Cell::Null, Cell::Int(2)], vec![Cell::Text("家庭内".into()), Cell::Null]],
        };
        assert_eq!(rows(&block), "route,value\r\n不明,2\r\n家庭内,\r\n");
        block.about.shape = Shape::Table;
        assert_eq!(rows(&block), "route,value\r\n,2\r\n家庭内,\r\n", "a table's first column may be open");
        block.table.columns[0].0 = "district".into();
        assert!(rows(&block).contains("不明,2"));
    }

    #[test]
    fn facts_are_comments_above_the_rows() {
        let block = block();
        let text = plain(&block, &facts(&block));
        let (comments, rest): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.starts_with(COMMENT));
        assert!(comments[0].starts_with("# notice: 訓練データ"), "{comments:?}");
        assert!(comments.contains(&"# period: 2026-11-16/2026-11-22"), "{comments:?}");
        assert_eq!(rest[0], "area,value");
        assert_eq!(text.lines().position(|line| line == "area,value"), Some(comments.len()), "none is below");
    }

    #[test]
    fn excel_gets_headings_units_and_rounded_figures() {
        let mut block = block();
        block.about.unit = Unit::Percent;
        block.about.columns = vec![("day".into(), "日".into()), ("value".into(), "確保病床使用率".into())];
        block.table = Table {
            columns: vec![
                ("day".into(), CellKind::Day),
                ("value".into(), CellKind::Float),
                ("occupied".into(), CellKind::Int),
                ("complete".into(), CellKind::Bool),
            ],
            rows: vec![
                vec![
                    Cell::Day(jiff::civil::date(2026, 11, 21)),
                    Cell::Float(67.164_179_104_477_61),
                    Cell::Int(12_345),
                    Cell::Bool(true),
                ],
                vec![
                    Cell::Day(jiff::civil::date(2026, 11, 22)),
                    Cell::Null,
                    Cell::Int(-3),
                    Cell::Bool(false),
                ],
            ],
        };
        let text = excel(&block, &facts(&block));
        assert!(text.starts_with("\u{feff}訓練データ,架空のデータです。"), "{text}");
        assert_eq!(text.matches("訓練データ").count(), 1, "it is said once");
        assert!(text.contains("\r\n時点,2026-11-22T14:05:00+09:00\r\n"), "{text}");
        let (_, table) = text.split_once("\r\n\r\n").expect("an empty line");
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], "日,確保病床使用率（%）,occupied,集計状況");
        assert_eq!(lines[1], "2026-11-21,67.2,12345,確定");
        assert_eq!(lines[2], "2026-11-22,,-3,記録なし");
        assert!(text.lines().all(|line| !line.contains("67.16")));
    }
}
