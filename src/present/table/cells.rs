//! Cells and headings in words.

use super::grid::{Entry, Grid};
use crate::answer::Cell;
use crate::definitions::Word;
use crate::definitions::indicator::Unit;
use crate::definitions::role::{Role, Scale};
use crate::epi::period::Period;
use crate::epi::reason::{NOT_TOLD, Reason};
use crate::present::figures::{Block, CellKind};
use crate::present::{numbers, words};

pub(super) fn plain(block: &Block) -> Grid {
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

pub(super) fn entry(block: &Block, column: &str, kind: CellKind, cell: &Cell, row: &[Cell]) -> Entry {
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
    // Where there is a figure the reason is of something beside it: of the period compared with.
    let none = cell(Role::Value).is_none_or(|value| *value == Cell::Null);
    let unrecorded = none
        && match cell(Role::Reason) {
            Some(Cell::Text(why)) => why.starts_with(Reason::NoRecords.ja()) || why.starts_with(NOT_TOLD),
            Some(_) => false,
            None => block.has(Role::Value),
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
