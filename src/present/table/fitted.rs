//! What a wall leaves out of a table that is too wide for it.

use std::borrow::Cow;

use super::cells::plain;
use crate::answer::Cell;
use crate::definitions::role::Role;
use crate::definitions::schemes::{NO_MARKS, NO_VALUES};
use crate::present::figures::{Block, CellKind};

/// Why nothing is said in any row, as a sentence instead of rows of dashes.
pub(super) fn nothing(block: &Block) -> Option<&str> {
    let table = &block.table;
    let said = |row: &Vec<Cell>| {
        let figures = row.iter().zip(&table.columns).skip(1);
        figures.filter(|(_, (_, kind))| kind.is_number()).any(|(c, _)| *c != Cell::Null)
    };
    block.why().filter(|_| !table.rows.iter().any(said))
}

/// A table as a wall has room for it: no column of reasons when there are none, no day that a label says, and the days
/// that were judged are in the footer. Where it is too wide, the limits of differences go, then columns that have no figure but a reason, then what
/// was expected beside its bound.
pub(super) fn fitted(block: &Block, room: f64) -> Cow<'_, Block> {
    let empty = |block: &Block, place: usize| block.table.rows.iter().all(|row| row[place] == Cell::Null);
    let said = block.judged().is_some();
    let labelled = block.has(Role::Label);
    let spare = |block: &Block, place: usize| match block.role(place) {
        Role::Reason => empty(block, place),
        Role::Period => labelled,
        Role::DaysBefore => block.place(Role::Days).is_some_and(|days| same(block, days, place)),
        Role::JudgedFrom | Role::JudgedTo => said,
        _ => false,
    };
    let mut kept = without(marked(block), spare);
    if plain(&kept).width() > room {
        let difference = |block: &Block, place: usize| block.role(place) == Role::Difference;
        kept = without(kept, |block, place| difference(block, block.limited(place).unwrap_or(place)));
    }
    if plain(&kept).width() > room && kept.has(Role::Reason) {
        let figure = |kind: CellKind| kind.is_number();
        kept = without(kept, |block, place| figure(block.table.columns[place].1) && empty(block, place));
    }
    if plain(&kept).width() > room && kept.has(Role::Bound) {
        kept = without(kept, |block, place| block.role(place) == Role::Expected);
    }
    kept
}

/// Values that no marks were ever set for stand alone: nothing is said of marks that are not there.
pub(super) fn marked(block: &Block) -> Cow<'_, Block> {
    let table = &block.table;
    let Some(marks) = block.place(Role::Marks) else { return Cow::Borrowed(block) };
    let is = |cell: &Cell, text: &str| matches!(cell, Cell::Text(said) if said == text);
    if !table.rows.iter().all(|row| is(&row[marks], NO_MARKS)) {
        return Cow::Borrowed(block);
    }
    let mut kept = block.clone();
    if let Some(reason) = block.place(Role::Reason) {
        let reasons = kept.table.rows.iter_mut().map(|row| &mut row[reason]);
        reasons.filter(|cell| is(cell, NO_VALUES)).for_each(|cell| *cell = Cell::Null);
    }
    without(Cow::Owned(kept), |block, place| match block.role(place) {
        Role::Marks | Role::Reached => true,
        Role::Reason => block.table.rows.iter().all(|row| row[place] == Cell::Null),
        _ => false,
    })
}

/// Do two columns say the same in all rows?
fn same(block: &Block, one: usize, other: usize) -> bool {
    block.table.rows.iter().all(|row| row[one] == row[other])
}

/// Without the columns that can be spared.
fn without(block: Cow<'_, Block>, spare: impl Fn(&Block, usize) -> bool) -> Cow<'_, Block> {
    let gone: Vec<usize> = (0..block.table.columns.len()).filter(|place| spare(&block, *place)).collect();
    if gone.is_empty() {
        return block;
    }
    let mut block = block.into_owned();
    for place in gone.into_iter().rev() {
        block.table.columns.remove(place);
        for row in &mut block.table.rows {
            row.remove(place);
        }
    }
    Cow::Owned(block)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::figures::Table;
    use crate::present::layout::LABEL;
    use crate::present::samples;

    #[test]
    fn values_without_marks_stand_alone() {
        let mut block = samples::block("against_reference");
        let columns = ["item", "value", "unit", "marks", "reached", "reason"];
        let kind = |name: &str| if name == "value" { CellKind::Float } else { CellKind::Text };
        block.table.columns = columns.iter().map(|name| ((*name).to_owned(), kind(name))).collect();
        let text = |text: &str| Cell::Text(text.into());
        let alone = [text("a"), Cell::Float(1.0), text("人"), text(NO_MARKS), Cell::Null, text(NO_VALUES)];
        block.table.rows = vec![alone.to_vec()];
        let names = |block: &Block| -> Vec<String> {
            marked(block).table.columns.iter().map(|(name, _)| name.clone()).collect()
        };
        assert_eq!(names(&block), ["item", "value", "unit"]);
        let lacking =
            [text("b"), Cell::Null, text("%"), text(NO_MARKS), Cell::Null, text("検査数のデータなし")];
        block.table.rows.push(lacking.to_vec());
        assert_eq!(names(&block), ["item", "value", "unit", "reason"], "why there is no value is said");
        assert_eq!(marked(&block).table.rows[0][3], Cell::Null);
        block.table.rows[0][3] = text("20%以上");
        assert_eq!(names(&block), columns);
    }

    #[test]
    fn a_wall_leaves_out_what_it_has_no_room_for() {
        let mut block = samples::block("alerts_weekly");
        let day = jiff::civil::date(2026, 11, 16);
        block.table = Table {
            columns: vec![
                ("disease".into(), CellKind::Text),
                ("value".into(), CellKind::Int),
                ("than_last".into(), CellKind::Float),
                ("years_upper".into(), CellKind::Float),
                ("judged_from".into(), CellKind::Day),
                ("judged_to".into(), CellKind::Day),
                ("reason".into(), CellKind::Text),
            ],
            rows: vec![vec![
                Cell::Text("measles".into()),
                Cell::Int(3),
                Cell::Float(0.5),
                Cell::Null,
                Cell::Day(day),
                Cell::Day(day.saturating_add(jiff::Span::new().days(6))),
                Cell::Text("例年: 期間不足".into()),
            ]],
        };
        let names = |room: f64| -> Vec<String> {
            fitted(&block, room).table.columns.iter().map(|(name, _)| name.clone()).collect()
        };
        assert_eq!(names(1000.0), ["disease", "value", "than_last", "years_upper", "reason"]);
        assert_eq!(names(10.0), ["disease", "value", "reason"]);
        let grid = plain(&block);
        let narrow = grid.clone().noted(6, grid.width() - 2.0 * LABEL);
        assert_eq!(narrow.rows[0][6].text, "注1");
        assert_eq!(narrow.notes, ["例年: 期間不足"], "whole, below the rows");
        assert!(narrow.width() <= grid.width() - 2.0 * LABEL);
        assert_eq!(grid.clone().noted(6, grid.width()), grid);
        assert!(
            crate::present::chart::footer(&block).contains(" 判定 11/16–11/22 "),
            "the week is in the footer"
        );
        assert_eq!(nothing(&block), None);
        block.table.rows[0][1..4].fill(Cell::Null);
        assert_eq!(nothing(&block), Some("例年: 期間不足"), "in place of a row of dashes");
    }
}
