//! How long people stay: the share still in, by day since admission.

use super::parts::label;
use crate::answer::Cell;
use crate::definitions::role::Role;
use crate::draw::chart::{Curve, Stay, Survival};
use crate::present::figures::{Block, CellKind};
use crate::present::numbers;

/// What all others are parts of.
const ALL: [&str; 3] = ["all", "全体", "total"];

/// None unless the answer has days, a figure with its limits, and how many were at risk. A first column beside them
/// names the groups.
pub(super) fn survival(block: &Block) -> Option<Survival> {
    let table = &block.table;
    let days = block.place(Role::Days)?;
    let (value, at_risk) = (block.place(Role::Value)?, block.place(Role::AtRisk)?);
    let (lower, upper) = (block.place(Role::Lower(95))?, block.place(Role::Upper(95))?);
    if table.columns.iter().any(|(_, kind)| *kind == CellKind::Day) {
        return None;
    }
    let group = (0..table.columns.len()).find(|c| ![days, value, lower, upper, at_risk].contains(c));
    let mut order: Vec<&Cell> = Vec::new();
    let mut curves: Vec<Curve> = Vec::new();
    for row in &table.rows {
        let (number, key) =
            (|column: usize| numbers::number(&row[column]), group.map_or(&Cell::Null, |g| &row[g]));
        let place = order.iter().position(|known| *known == key).unwrap_or_else(|| {
            let whole = matches!(key, Cell::Text(code) if ALL.contains(&code.as_str()));
            let name = match key {
                _ if group.is_none() => String::new(),
                _ if whole => "全体".to_owned(),
                _ => label(block, key),
            };
            order.push(key);
            curves.push(Curve { label: name, whole, stays: Vec::new() });
            order.len() - 1
        });
        let limits = number(lower).zip(number(upper));
        let Some(day) = number(days) else { continue };
        curves[place].stays.push(Stay { day, value: number(value), limits, at_risk: number(at_risk) });
    }
    let said = block.about.label(&table.columns[days].0);
    let from = said.split_once("から").map_or("入院", |(from, _)| from).to_owned();
    Some(Survival { curves, from })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::samples;

    #[test]
    fn groups_are_curves_and_all_of_them_the_whole() {
        let mut block = samples::block("stay");
        let columns = ["band", "days", "value", "lower", "upper", "at_risk"];
        let kind = |name: &str| if name == "band" { CellKind::Text } else { CellKind::Float };
        block.table.columns = columns.iter().map(|name| ((*name).to_owned(), kind(name))).collect();
        for (band, day, value) in [("all", 3, 80.0), ("all", 9, 45.0), ("65歳以上", 4, 90.0)] {
            let numbers = [value, value - 5.0, value + 5.0, 40.0].map(Cell::Float);
            let mut row = vec![Cell::Text(band.into()), Cell::Int(day)];
            row.extend(numbers);
            block.table.rows.push(row);
        }
        let drawn = survival(&block).unwrap_or_default();
        assert_eq!(drawn.curves.len(), 2);
        assert!(drawn.curves[0].whole && drawn.curves[0].label == "全体");
        assert_eq!((drawn.curves[0].median(), drawn.curves[1].median()), (Some(9.0), None));
        assert_eq!(drawn.from, "入院");
    }
}
