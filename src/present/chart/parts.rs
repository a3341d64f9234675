//! What kinds of charts share: names of rows, what a missing row is, reference lines.

use crate::answer::Cell;
use crate::definitions::indicator::{Missing, Reference};
use crate::definitions::role::Role;
use crate::draw::chart::Mark;
use crate::epi::clock::jst;
use crate::present::figures::Block;
use crate::present::{numbers, words};

/// A reference value's label: on a wall its date and its name, without who named it (the footer's place
/// and the description have that).
pub(super) fn mark(reference: &Reference, bare: bool) -> Mark {
    let whole = reference.label_ja();
    let words: Vec<&str> = whole.split_whitespace().collect();
    let label = match words.as_slice() {
        [date, _, .., name] if bare => format!("{date} {name}"),
        _ => whole,
    };
    Mark { value: reference.value, label }
}

/// The first column that is no figure.
pub(super) fn dimension(block: &Block) -> Option<usize> {
    let table = &block.table;
    (0..table.columns.len()).find(|c| !table.columns[*c].1.is_number())
}

/// What a period without a row is.
pub(super) fn absent(block: &Block) -> Option<f64> {
    match block.about.missing {
        // Where there is no row at all nothing is known.
        Missing::Zero if !block.table.rows.is_empty() => Some(0.0),
        Missing::Zero | Missing::Gap => None,
    }
}

pub(super) fn label(block: &Block, cell: &Cell) -> String {
    match cell {
        Cell::Text(code) => block.name_of(code).to_owned(),
        Cell::Null => "不明".to_owned(),
        Cell::Day(day) => words::day_seen_from(*day, jst(block.as_of).date()),
        other => numbers::figure(other, block.about.unit),
    }
}

/// The columns of an estimate and its limits.
pub(super) fn limits(block: &Block) -> Option<[usize; 3]> {
    Some([block.place(Role::Value)?, block.place(Role::Lower(95))?, block.place(Role::Upper(95))?])
}
