//! Tables in HTML: as they are on a manager's page; turned and paged on a wall. Words that have no room in their column
//! stand whole in notes below the rows: a wall is read, not hovered.

mod cells;
mod fitted;
mod grid;
mod turned;

pub use cells::{heading, text, unit_of};

use cells::plain;
use fitted::{fitted, marked, nothing};
use grid::{Entry, broken};
use maud::{Markup, html};
use turned::turned;

use super::figures::Block;
use super::layout::{Look, in_a_word};
use super::{marks, numbers};
use crate::definitions::board::Place;
use crate::definitions::role::Role;

/// Periods beside each other on a wall.
const PERIODS_SHOWN: usize = 5;

/// There is no row: why, where the answer says it.
pub(super) fn no_data(block: &Block) -> Markup {
    let nothing = ("データがありません", "No data in this period");
    let (ja, en) = block.untold.first().map_or(nothing, |said| (said.ja.as_str(), said.en.as_str()));
    html! { p.none title=(ja) { (in_a_word(ja)) small lang="en" { (in_a_word(en)) } } }
}

/// Rows a page, at most `most`, so that the pages of all are about alike.
pub(super) fn alike(all: usize, most: usize) -> usize {
    all.div_ceil(all.div_ceil(most).max(1)).max(1)
}

/// Pages of one panel; the display turns them over, all show the same one at the same time.
pub fn pages(pages: Vec<Markup>) -> Markup {
    let count = pages.len();
    html! {
        @if count <= 1 {
            @for page in pages { (page) }
        } @else {
            div.pages data-pages=(count) {
                @for (place, page) in pages.into_iter().enumerate() {
                    div.page hidden[place > 0] { (page) p.turn { (place + 1) " / " (count) } }
                }
            }
        }
    }
}

/// A wall's table: rows with a period column are turned, so that as many periods as fit stand beside each other.
pub fn wall(block: &Block, look: &Look, place: Place) -> Markup {
    if block.table.rows.is_empty() {
        return no_data(block);
    }
    if let Some(why) = nothing(block) {
        return html! { p.none title=(why) { (in_a_word(why)) small lang="en" { "No figure can be given" } } };
    }
    let room = look.inside(place).0;
    let turned = (1..=PERIODS_SHOWN).rev().filter_map(|shown| turned(block, shown));
    let grid = turned.reduce(|wider, narrower| if wider.width() <= room { wider } else { narrower });
    let grid = grid.unwrap_or_else(|| {
        let kept = fitted(block, room);
        let words = [Role::Reason, Role::Verdict].into_iter().filter_map(|role| kept.place(role));
        words.fold(plain(&kept), |grid, column| grid.noted(column, room))
    });
    let second = grid.head.iter().any(|head| !broken(head).1.is_empty());
    let lines = look.lines(place).saturating_sub(usize::from(second)).max(1);
    let pages = grid.paged(lines, room).into_iter().map(|rows| {
        html! { (markup(&grid.head, rows)) (grid.notes_of(rows)) }
    });
    self::pages(pages.collect())
}

/// All rows and columns, for a manager's page.
pub fn full(block: &Block) -> Markup {
    let grid = plain(&marked(block));
    html! { div.wide { (markup(&grid.head, &grid.rows)) } }
}

fn markup(head: &[String], rows: &[Vec<Entry>]) -> Markup {
    html! {
        table {
            thead { tr { @for (place, name) in head.iter().enumerate() {
                @let (first, second) = broken(name);
                th.number[is_number(rows, place)] scope="col" { (first) @if !second.is_empty() { br; (second) } }
            } } }
            tbody {
                @for row in rows {
                    tr {
                        @for entry in row {
                            td.number[entry.number] {
                                @if entry.text == numbers::MASKED { (marks::masked()) } @else { (entry.text) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A column's heading stands where its cells stand.
fn is_number(rows: &[Vec<Entry>], column: usize) -> bool {
    rows.iter().any(|row| row.get(column).is_some_and(|entry| entry.number))
}

#[cfg(test)]
mod tests {
    use super::super::figures::{CellKind, Table};
    use super::super::layout::LABEL;
    use super::super::samples;
    use super::grid::Grid;
    use super::*;
    use crate::answer::Cell;
    use crate::definitions::indicator::Shape;
    use crate::definitions::{Catalog, Definitions};

    #[test]
    fn a_period_without_records_is_neither_over_nor_under_way() {
        let mut block = samples::block("new_cases_received");
        let day = |day| Cell::Day(jiff::civil::date(2021, 1, day));
        block.table = Table {
            columns: vec![
                ("day".into(), CellKind::Day),
                ("value".into(), CellKind::Int),
                ("complete".into(), CellKind::Bool),
                ("reason".into(), CellKind::Text),
            ],
            rows: vec![
                vec![day(1), Cell::Null, Cell::Bool(false), Cell::Text("記録なし".into())],
                vec![day(2), Cell::Int(3), Cell::Bool(false), Cell::Null],
                vec![day(3), Cell::Int(3), Cell::Bool(true), Cell::Text("記録なし".into())],
            ],
        };
        let said: Vec<String> = plain(&block).rows.iter().map(|row| row[2].text.clone()).collect();
        assert_eq!(said[0], "記録なし");
        assert_eq!(said[1], "一部記録", "it is long over");
        assert_eq!(said[2], "確定", "the period compared with has no records");
        block.settled = Some(jiff::civil::date(2021, 1, 1));
        assert_eq!(plain(&block).rows[1][2].text, "集計中");
    }

    /// The longest reasons that there are, each of its own.
    fn reasons(row: i64) -> Cell {
        let words = [
            "当時のデータ未着のため比較不可",
            "年齢階級が基準人口と不一致（2番目の階級）",
            "記録は2026-08-03から（16週）。例年の判定には5年と前後の分（265週）が必要",
            "優劣は判定できない（中央値は前日値に劣る）",
        ];
        Cell::Text(format!("{}{row}", words[usize::try_from(row).unwrap_or_default() % words.len()]))
    }

    #[test]
    fn no_reason_of_any_table_is_cut() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        let look = samples::look();
        let mut noted = 0;
        let tables = catalog.indicators.values().filter(|indicator| indicator.shape == Shape::Table);
        for (indicator, width) in tables.flat_map(|table| [(table, 12), (table, 6)]) {
            let place = Place { column: 1, row: 1, width, height: 8 };
            let mut block = samples::block(&indicator.id);
            block.about.shape = indicator.shape;
            block.about.unit = indicator.unit;
            block.about.columns.clone_from(&indicator.columns);
            let is_words = |name: &str| matches!(name, "reason" | "verdict");
            let first = indicator.columns.first().map(|(name, _)| name.clone()).unwrap_or_default();
            let kind = |name: &String| match name.as_str() {
                name if is_words(name) || *name == first => CellKind::Text,
                _ => CellKind::Float,
            };
            let columns: Vec<(String, CellKind)> =
                indicator.columns.iter().map(|(name, _)| (name.clone(), kind(name))).collect();
            let cell = |row: i64, (name, kind): &(String, CellKind)| match kind {
                CellKind::Text if is_words(name) => reasons(row),
                CellKind::Text => Cell::Text(format!("地区{row}")),
                _ => Cell::Float(12_345.6),
            };
            let rows = (0..9).map(|row| columns.iter().map(|column| cell(row, column)).collect());
            block.table = Table { rows: rows.collect(), columns };
            if !block.table.columns.iter().any(|(name, _)| is_words(name)) {
                continue;
            }
            let page = wall(&block, &look, place).into_string();
            assert!(!page.contains('…'), "{}: {page}", indicator.id);
            for row in 0..9 {
                let Cell::Text(why) = reasons(row) else { continue };
                assert!(page.contains(&why), "{}: {why} is not in {page}", indicator.id);
            }
            noted += usize::from(page.contains("注1"));
        }
        assert!(noted >= 3, "{noted} tables with notes");
    }

    #[test]
    fn notes_and_rows_share_the_lines_of_a_page() {
        let entry = |text: &str| Entry { text: text.to_owned(), number: false };
        let rows = (0..8).map(|row| vec![entry("地区"), entry(&format!("長い理由その{row}"))]).collect();
        let grid = Grid { head: vec!["地区".into(), "理由".into()], rows, notes: Vec::new() };
        let room = grid.width() - LABEL;
        let grid = grid.noted(1, room);
        assert_eq!((grid.notes.len(), grid.rows[7][1].text.as_str()), (8, "注8"));
        let pages = grid.paged(6, 60.0);
        assert_eq!(pages.iter().map(|rows| rows.len()).sum::<usize>(), 8);
        for rows in pages {
            assert!(rows.len() as f64 + grid.lines_of_notes(rows, 60.0) <= 6.0 || rows.len() == 1);
            let notes = grid.notes_of(rows).into_string();
            assert_eq!(notes.matches("長い理由").count(), rows.len(), "{notes}");
        }
    }

    #[test]
    fn headings_stand_where_their_cells_stand() {
        let mut block = samples::block("alerts");
        block.about.shape = Shape::Table;
        block.table = Table {
            columns: vec![
                ("district".into(), CellKind::Text),
                ("cases".into(), CellKind::Int),
                ("reason".into(), CellKind::Text),
            ],
            rows: vec![
                vec![Cell::Text("芝".into()), Cell::Null, Cell::Text("少ない".into())],
                vec![Cell::Text("麻布".into()), Cell::Int(3), Cell::Null],
            ],
        };
        let page = full(&block).into_string();
        assert!(page.contains("<th class=\"number\" scope=\"col\">cases</th>"), "{page}");
        assert!(page.contains("<th class=\"\" scope=\"col\">reason</th>"), "{page}");
        assert!(page.contains("<td class=\"number\">—</td>"), "a missing figure too: {page}");
    }
}
