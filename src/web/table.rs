//! Tables in HTML: as they are on a manager's page; turned, shortened and paged on a wall.

mod fitted;
mod turned;

use fitted::{fitted, nothing};
use maud::{Markup, html};
use turned::turned;

use super::figures::{Block, CellKind};
use super::layout::{LABEL, Look};
use super::{marks, numbers, words};
use crate::answer::Cell;
use crate::catalog::board::Place;
use crate::catalog::indicator::Unit;
use crate::catalog::measure::REASON;
use crate::draw::font::{self, Weight};
use crate::draw::shorten;
use crate::measure::reason::Reason;

/// Width of four characters: what is left of a reason at least, in u.
const FEW_WORDS: f64 = 4.0 * LABEL;
/// Periods beside each other on a wall.
const PERIODS_SHOWN: usize = 5;

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
        return html! { p.none { "データがありません" small lang="en" { "No data in this period" } } };
    }
    if let Some(why) = nothing(block) {
        return html! { p.none { (why) small lang="en" { "No figure can be given" } } };
    }
    let room = look.inside(place).0;
    let turned = (1..=PERIODS_SHOWN).rev().filter_map(|shown| turned(block, shown));
    let grid = turned.reduce(|wider, narrower| if wider.width() <= room { wider } else { narrower });
    let grid = grid.unwrap_or_else(|| {
        let kept = fitted(block, room);
        let reason = kept.table.index(REASON);
        let grid = plain(&kept);
        reason.map_or(grid.clone(), |column| grid.shortened(column, room))
    });
    let pages = grid.rows.chunks(look.lines(place)).map(|rows| markup(&grid.head, rows)).collect();
    self::pages(pages)
}

/// All rows and columns, for a manager's page.
pub fn full(block: &Block) -> Markup {
    let grid = plain(block);
    html! { div.wide { (markup(&grid.head, &grid.rows)) } }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Grid {
    head: Vec<String>,
    rows: Vec<Vec<Entry>>,
}

impl Grid {
    /// Width of its columns as a wall writes them, in u.
    fn width(&self) -> f64 {
        let column = |place: usize| {
            let head = self.head.get(place).map_or(0.0, |h| font::width(h, 3.6, Weight::Text));
            let rows = self.rows.iter().filter_map(|r| r.get(place));
            rows.map(|e| font::width(&e.text, LABEL, Weight::Text)).fold(head, f64::max) + 1.6
        };
        (0..self.head.len()).map(column).sum()
    }

    /// With the words of a column cut, where all of it has no room.
    fn shortened(mut self, column: usize, room: f64) -> Self {
        let over = self.width() - room;
        let widest = self.rows.iter().filter_map(|r| r.get(column));
        let widest = widest.map(|e| font::width(&e.text, LABEL, Weight::Text)).fold(0.0, f64::max);
        if over > 0.0 {
            for entry in self.rows.iter_mut().filter_map(|r| r.get_mut(column)) {
                entry.text = shorten(&entry.text, (widest - over).max(FEW_WORDS), LABEL, Weight::Text);
            }
        }
        self
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    text: String,
    number: bool,
}

fn markup(head: &[String], rows: &[Vec<Entry>]) -> Markup {
    html! {
        table {
            thead { tr { @for (place, name) in head.iter().enumerate() {
                th.number[is_number(rows, place)] scope="col" { (name) }
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

fn plain(block: &Block) -> Grid {
    let table = &block.table;
    let head = table.columns.iter().map(|(name, _)| heading(block, name)).collect();
    let reason = table.index(REASON);
    let entries = |row: &Vec<Cell>| {
        let unrecorded = reason.is_some_and(|place| row[place].text() == Some(Reason::NoRecords.ja()));
        let one = |(cell, (name, kind)): (&Cell, &(String, CellKind))| match name.as_str() {
            // Neither over nor under way: nobody counted.
            "complete" if unrecorded => Entry { text: Reason::NoRecords.ja().to_owned(), number: false },
            name => entry(block, name, *kind, cell),
        };
        row.iter().zip(&table.columns).map(one).collect()
    };
    Grid { head, rows: table.rows.iter().map(entries).collect() }
}

fn heading(block: &Block, column: &str) -> String {
    let label = block.about.label(column);
    if label != column {
        return label.to_owned();
    }
    match column {
        "value" => words::titled(&block.about.title.ja, words::unit(block.about.unit)),
        "day" => "日".to_owned(),
        "week" => "週（月曜）".to_owned(),
        "period" => "期間".to_owned(),
        "band" => "年齢".to_owned(),
        "sex" => "性別".to_owned(),
        "district" => "地区".to_owned(),
        "area" => "自治体".to_owned(),
        other => other.to_owned(),
    }
}

fn entry(block: &Block, column: &str, kind: CellKind, cell: &Cell) -> Entry {
    let unit = match column {
        "value" | "lower" | "upper" | "quarter" | "three_quarters" => block.about.unit,
        other => side_unit(other),
    };
    let text = match (column, cell) {
        (key, Cell::Null) if block.is_key(key) => "不明".to_owned(),
        ("complete", Cell::Bool(over)) => if *over { "済" } else { "途中" }.to_owned(),
        (_, Cell::Text(code)) => block.name_of(code).to_owned(),
        (_, Cell::Day(day)) => day.to_string(),
        (_, Cell::Instant(at)) => words::moment(*at),
        _ => numbers::figure(cell, unit),
    };
    // A figure that is missing stands where the figures stand.
    Entry { text, number: kind.is_number() }
}

const fn side_unit(column: &str) -> Unit {
    match column.as_bytes() {
        b"per_100k" => Unit::Per100k,
        b"held50" | b"held80" | b"held95" => Unit::Percent,
        b"last_value" | b"week_mean" => Unit::Days,
        b"than_last" | b"than_last_lower" | b"than_last_upper" => Unit::Days,
        b"than_week" | b"than_week_lower" | b"than_week_upper" => Unit::Days,
        // 1.04 is over one.
        b"mase" | b"ratio" | b"ratio_lower" | b"ratio_upper" => Unit::Ratio,
        _ => Unit::Persons,
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::Table;
    use super::super::samples;
    use super::*;
    use crate::catalog::indicator::Shape;

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
            ],
        };
        let said: Vec<String> = plain(&block).rows.iter().map(|row| row[2].text.clone()).collect();
        assert_eq!(said[0], "記録なし");
        assert_ne!(said[1], "記録なし");
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
