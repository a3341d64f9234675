//! What kinds of charts share: names of rows, what a missing row is, reference lines.

use crate::answer::Cell;
use crate::definitions::Word;
use crate::definitions::indicator::{Missing, Reference, Shape, Unit};
use crate::definitions::role::Role;
use crate::draw::chart::Mark;
use crate::epi::clock::jst;
use crate::present::figures::Block;
use crate::present::{numbers, words};

/// The reference lines of a chart: those of the indicator, each with its value, its name and its date; for a ratio or a
/// reproduction number the line above which it grows.
pub(super) fn marks(block: &Block, bare: bool) -> Vec<Mark> {
    let unit = block.about.unit;
    let mut marks: Vec<Mark> = block.about.reference.iter().map(|r| mark(r, unit, bare)).collect();
    if block.about.shape == Shape::Series && matches!(unit, Unit::Ratio | Unit::Number) {
        marks.push(Mark { value: 1.0, label: block.word(Word::GrowthLine).to_owned() });
    }
    marks
}

/// On a wall without who named it, and without the area that it was made for, which the footer says once: the description and
/// the page of the indicator have both.
fn mark(reference: &Reference, unit: Unit, bare: bool) -> Mark {
    let label = if bare { reference.label.clone() } else { reference.label_ja() };
    let words: Vec<&str> = label.split_whitespace().collect();
    let value = numbers::figure(
        &Cell::Float(reference.value),
        if unit == Unit::Percent { Unit::Count } else { unit },
    );
    let value = format!("{value}{}", if unit == Unit::Percent { "%" } else { "" });
    let label = match words.as_slice() {
        [date, _, .., name] if bare => format!("{value} {name} {date}"),
        _ => format!("{value} {label}"),
    };
    Mark { value: reference.value, label }
}

/// Whom the reference lines of a chart were made for: `都道府県の目安`.
pub fn held_to(block: &Block) -> Option<String> {
    let area = block.about.reference.first()?.area?;
    block.about.reference.iter().all(|r| r.area == Some(area)).then(|| format!("{}の目安", area.ja()))
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
