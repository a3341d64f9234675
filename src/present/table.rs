//! Tables in HTML: as they are on a manager's page; turned, shortened and paged on a wall.

mod fitted;
mod turned;

use fitted::{fitted, marked, nothing};
use maud::{Markup, html};
use turned::turned;

use super::figures::{Block, CellKind};
use super::layout::{LABEL, Look};
use super::{marks, numbers, words};
use crate::answer::Cell;
use crate::definitions::Word;
use crate::definitions::board::Place;
use crate::definitions::indicator::Unit;
use crate::definitions::measure::REASON;
use crate::draw::font::{self, Weight};
use crate::draw::shorten;
use crate::epi::period::Period;
use crate::measure::reason::Reason;

/// Width of four characters: what is left of a reason at least, in u.
const FEW_WORDS: f64 = 4.0 * LABEL;
/// Characters from which on a heading is broken.
const LONG_HEAD: usize = 10;
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
        let words = [REASON, "verdict"].iter().filter_map(|name| kept.table.index(name));
        words.fold(plain(&kept), |grid, column| grid.shortened(column, room))
    });
    let second = grid.head.iter().any(|head| !broken(head).1.is_empty());
    let lines = look.lines(place).saturating_sub(usize::from(second)).max(1);
    let pages = grid.rows.chunks(lines).map(|rows| markup(&grid.head, rows)).collect();
    self::pages(pages)
}

/// All rows and columns, for a manager's page.
pub fn full(block: &Block) -> Markup {
    let grid = plain(&marked(block));
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
            let (first, second) = self.head.get(place).map_or(("", ""), |head| broken(head));
            let head = [first, second]
                .map(|part| font::width(part, 3.6, Weight::Text))
                .into_iter()
                .fold(0.0, f64::max);
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

/// A heading of two lines, where it explains itself in brackets: as wide as the longer one.
fn broken(head: &str) -> (&str, &str) {
    match head.find('（') {
        Some(at) if at > 0 && head.chars().count() > LONG_HEAD => head.split_at(at),
        _ => (head, ""),
    }
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

fn plain(block: &Block) -> Grid {
    let table = &block.table;
    let head = table.columns.iter().map(|(name, _)| heading(block, name)).collect();
    let entries = |row: &Vec<Cell>| {
        row.iter().zip(&table.columns).map(|(c, (n, kind))| entry(block, n, *kind, c, row)).collect()
    };
    Grid { head, rows: table.rows.iter().map(entries).collect() }
}

/// A column's name for people: the header's label, or a word of the house.
pub fn heading(block: &Block, column: &str) -> String {
    let label = block.about.label(column);
    if label != column {
        return label.to_owned();
    }
    match column {
        "value" => match words::unit(block.about.unit) {
            "" => block.about.title.ja.clone(),
            unit => words::titled(&block.about.title.ja, unit),
        },
        "complete" => block.word(Word::CountStatus).to_owned(),
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

fn entry(block: &Block, column: &str, kind: CellKind, cell: &Cell, row: &[Cell]) -> Entry {
    // A figure that is missing stands where the figures stand.
    let number = kind.is_number();
    Entry { text: text(block, column, cell, row), number }
}

/// A cell in words; `row` is the row that it stands in.
pub fn text(block: &Block, column: &str, cell: &Cell, row: &[Cell]) -> String {
    match (column, cell) {
        (key, Cell::Null) if block.is_key(key) => "不明".to_owned(),
        ("complete", Cell::Bool(over)) => block.word(count_status(block, *over, row)).to_owned(),
        ("in_ward", Cell::Bool(inside)) => {
            block.word(if *inside { Word::InsideWard } else { Word::OutsideWard }).to_owned()
        }
        (_, Cell::Text(code)) => block.name_of(code).to_owned(),
        (_, Cell::Day(day)) => day.to_string(),
        (_, Cell::Instant(at)) => words::moment(*at),
        _ => numbers::figure(cell, rounded_as(block, column)),
    }
}

/// How far a period has been counted. One before the first record has no figure, and is not being counted either.
fn count_status(block: &Block, over: bool, row: &[Cell]) -> Word {
    let table = &block.table;
    let cell = |name: &str| table.index(name).and_then(|column| row.get(column));
    let unrecorded = match cell(REASON) {
        Some(Cell::Text(why)) => why == Reason::NoRecords.ja(),
        Some(_) => false,
        None => cell("value") == Some(&Cell::Null),
    };
    let ended = || match (Period::parse(block.by.as_deref().unwrap_or("day")), cell("day")) {
        (Some(period), Some(Cell::Day(day))) => period.end(*day) <= block.settled(),
        _ => false,
    };
    match (unrecorded, over) {
        (true, _) => Word::NoRecord,
        (false, true) => Word::Final,
        // It is over and grows no more, and is not whole all the same: the record began in it.
        (false, false) if ended() => Word::PartRecord,
        (false, false) => Word::Counting,
    }
}

/// The unit of a column, where it is known. A table that says the unit of each row has none of its own.
pub fn unit_of(block: &Block, column: &str) -> Option<Unit> {
    Some(match column {
        "value" | "lower" | "upper" | "quarter" | "three_quarters" if block.table.index("unit").is_none() => {
            block.about.unit
        }
        "per_100k" => Unit::Per100k,
        "held50" | "held80" | "held95" => Unit::Percent,
        "ratio" | "ratio_lower" | "ratio_upper" => Unit::Ratio,
        _ => return None,
    })
}

/// The unit by which a column is rounded.
fn rounded_as(block: &Block, column: &str) -> Unit {
    unit_of(block, column).unwrap_or(match column {
        "last_value" | "week_mean" => Unit::Days,
        "than_last" | "than_last_lower" | "than_last_upper" => Unit::Days,
        "than_week" | "than_week_lower" | "than_week_upper" => Unit::Days,
        // 1.04 is over one.
        "mase" => Unit::Number,
        _ => Unit::Persons,
    })
}

#[cfg(test)]
mod tests {
    use super::super::figures::Table;
    use super::super::samples;
    use super::*;
    use crate::definitions::indicator::Shape;

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
        assert_eq!(said[1], "一部記録", "it is long over");
        block.settled = Some(jiff::civil::date(2021, 1, 1));
        assert_eq!(plain(&block).rows[1][2].text, "集計中");
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
