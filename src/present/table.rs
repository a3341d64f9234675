//! Tables in HTML: as they are on a manager's page; turned and paged on a wall. Words that have no room in their column
//! stand whole in notes below the rows: a wall is read, not hovered.

mod fitted;
mod turned;

use fitted::{fitted, marked, nothing};
use maud::{Markup, html};
use turned::turned;

use super::figures::{Block, CellKind};
use super::layout::{FOOTNOTE, LABEL, LINE, Look};
use super::{marks, numbers, words};
use crate::answer::Cell;
use crate::definitions::Word;
use crate::definitions::board::Place;
use crate::definitions::indicator::Unit;
use crate::definitions::role::{Role, Scale};
use crate::draw::font::{self, Weight};
use crate::epi::period::Period;
use crate::epi::reason::Reason;

/// A line of notes, as the style sheet has it, in u.
const NOTE_LINE: f64 = 3.9;
/// The share of a line that words fill before the next one begins.
const FILLED: f64 = 0.92;
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

#[derive(Clone, Debug, Default, PartialEq)]
struct Grid {
    head: Vec<String>,
    rows: Vec<Vec<Entry>>,
    /// What 注1, 注2 … in the cells stand for.
    notes: Vec<String>,
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

    /// With the words of a column as notes, where all of it has no room.
    fn noted(mut self, column: usize, room: f64) -> Self {
        if self.width() <= room {
            return self;
        }
        let said = |entry: &&mut Entry| entry.text != numbers::MISSING && !entry.text.is_empty();
        for entry in self.rows.iter_mut().filter_map(|row| row.get_mut(column)).filter(said) {
            let place = self.notes.iter().position(|note| *note == entry.text).unwrap_or_else(|| {
                self.notes.push(entry.text.clone());
                self.notes.len() - 1
            });
            entry.text = mark(place);
        }
        self
    }

    /// The notes that rows refer to.
    fn notes_used(&self, rows: &[Vec<Entry>]) -> Vec<(String, &str)> {
        let notes = self.notes.iter().enumerate().map(|(place, note)| (mark(place), note.as_str()));
        notes.filter(|(mark, _)| rows.iter().flatten().any(|entry| entry.text == *mark)).collect()
    }

    /// Lines of the table that the notes of some rows take.
    fn lines_of_notes(&self, rows: &[Vec<Entry>], room: f64) -> f64 {
        let used = self.notes_used(rows);
        let width: f64 = used
            .iter()
            .map(|(mark, note)| font::width(&format!("{mark} {note}　"), FOOTNOTE, Weight::Text))
            .sum();
        (width / (room * FILLED)).ceil() * NOTE_LINE / LINE
    }

    /// As many rows a page as there are lines for, with their notes.
    fn paged(&self, lines: usize, room: f64) -> Vec<&[Vec<Entry>]> {
        let mut pages = Vec::new();
        let mut rest = self.rows.as_slice();
        while !rest.is_empty() {
            let most = lines.min(rest.len());
            let fits =
                |count: &usize| *count as f64 + self.lines_of_notes(&rest[..*count], room) <= lines as f64;
            let (page, later) = rest.split_at((1..=most).rev().find(fits).unwrap_or(1));
            pages.push(page);
            rest = later;
        }
        pages
    }

    fn notes_of(&self, rows: &[Vec<Entry>]) -> Markup {
        let used = self.notes_used(rows);
        html! {
            @if !used.is_empty() {
                p.notes-below { @for (mark, note) in &used { span { (mark) " " (note) } " " } }
            }
        }
    }
}

/// What stands in a cell in place of its words.
fn mark(place: usize) -> String {
    format!("注{}", place + 1)
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
    Grid { head, rows: table.rows.iter().map(entries).collect(), notes: Vec::new() }
}

/// A column's name for people: the header's label, or a word of the house.
pub fn heading(block: &Block, column: &str) -> String {
    let label = block.about.label(column);
    if label != column {
        return label.to_owned();
    }
    match block.about.meaning(column).role {
        Role::Value => match block.about.unit.ja() {
            "" => block.about.title.ja.clone(),
            unit => words::titled(&block.about.title.ja, unit),
        },
        Role::Complete => block.word(Word::CountStatus).to_owned(),
        role => words::role(role).unwrap_or(column).to_owned(),
    }
}

fn entry(block: &Block, column: &str, kind: CellKind, cell: &Cell, row: &[Cell]) -> Entry {
    // A figure that is missing stands where the figures stand.
    let number = kind.is_number();
    Entry { text: text(block, column, cell, row), number }
}

/// A cell in words; `row` is the row that it stands in.
pub fn text(block: &Block, column: &str, cell: &Cell, row: &[Cell]) -> String {
    match (block.about.meaning(column).role, cell) {
        (_, Cell::Null) if block.is_key(column) => "不明".to_owned(),
        (Role::Complete, Cell::Bool(over)) => block.word(count_status(block, *over, row)).to_owned(),
        (Role::InWard, Cell::Bool(inside)) => {
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
    let cell = |role: Role| block.place(role).and_then(|column| row.get(column));
    let unrecorded = match cell(Role::Reason) {
        Some(Cell::Text(why)) => why == Reason::NoRecords.ja(),
        Some(_) => false,
        None => cell(Role::Value) == Some(&Cell::Null),
    };
    let ended = || match (Period::parse(block.by.as_deref().unwrap_or("day")), cell(Role::Period)) {
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
    match block.about.meaning(column).scale {
        Scale::Own if !block.has(Role::RowUnit) => Some(block.about.unit),
        Scale::In(unit) => Some(unit),
        Scale::Own | Scale::Like(_) | Scale::Plain => None,
    }
}

/// The unit by which a column is rounded.
fn rounded_as(block: &Block, column: &str) -> Unit {
    match (unit_of(block, column), block.about.meaning(column).scale) {
        (Some(unit), _) | (None, Scale::Like(unit)) => unit,
        (None, _) => Unit::Persons,
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::Table;
    use super::super::samples;
    use super::*;
    use crate::definitions::PanelKind;
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
            ],
        };
        let said: Vec<String> = plain(&block).rows.iter().map(|row| row[2].text.clone()).collect();
        assert_eq!(said[0], "記録なし");
        assert_eq!(said[1], "一部記録", "it is long over");
        block.settled = Some(jiff::civil::date(2021, 1, 1));
        assert_eq!(plain(&block).rows[1][2].text, "集計中");
    }

    /// The longest reasons that there are, each of its own.
    fn reasons(row: i64) -> Cell {
        let words = [
            "当時のデータ未着のため比較不可",
            "年齢階級が基準人口と不一致（2番目の階級）",
            "記録は2026-08-03から（16週）。5年分が必要",
            "優劣は判定できない（中央値は前日値に劣る）",
        ];
        Cell::Text(format!("{}{row}", words[usize::try_from(row).unwrap_or_default() % words.len()]))
    }

    #[test]
    fn no_reason_on_any_board_is_cut() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        let look = samples::look();
        let mut noted = 0;
        for panel in catalog.boards.values().flat_map(|board| &board.panels) {
            if panel.kind != PanelKind::Table {
                continue;
            }
            let indicator = catalog.indicator(&panel.show).expect("there");
            let mut block = samples::block(&panel.show);
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
            let page = wall(&block, &look, panel.at).into_string();
            assert!(!page.contains('…'), "{}: {page}", panel.show);
            for row in 0..9 {
                let Cell::Text(why) = reasons(row) else { continue };
                assert!(page.contains(&why), "{}: {why} is not in {page}", panel.show);
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
