//! Tables by period, turned: the latest periods beside each other.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::cells::{entry, heading};
use super::grid::{Entry, Grid};
use crate::answer::Cell;
use crate::definitions::indicator::Missing;
use crate::definitions::role::Role;
use crate::epi::clock::jst;
use crate::epi::period::Period;
use crate::present::figures::Block;
use crate::present::{numbers, words};

/// Rows of (dimension…, period, [sex,] value) and no other figure with the latest periods beside each other; men and women
/// share a cell.
pub(super) fn turned(block: &Block, shown: usize) -> Option<Grid> {
    let table = &block.table;
    let period = block.place(Role::Period)?;
    let value = block.place(Role::Value)?;
    if table.numeric().any(|(column, _)| column != value) {
        return None;
    }
    let sex = block.place(Role::Sex);
    // A period's heading says its name; why there is no figure is said of one period alone.
    let said = |c: &usize| matches!(block.role(*c), Role::Label | Role::Complete | Role::Reason);
    let free = |c: &usize| *c != period && *c != value && Some(*c) != sex && !said(c);
    let dimensions: Vec<usize> = (0..table.columns.len()).filter(free).collect();
    let (name, kind) = &table.columns[*dimensions.first()?];
    let mut periods: Vec<&Cell> = Vec::new();
    for row in &table.rows {
        if !periods.contains(&&row[period]) {
            periods.push(&row[period]);
        }
    }
    periods.sort_by_key(|cell| if let Cell::Day(day) = cell { Some(*day) } else { None });
    let periods = periods.split_off(periods.len().saturating_sub(shown));
    let mut order: Vec<Vec<&Cell>> = Vec::new();
    let mut cells: BTreeMap<(usize, usize), Vec<(&Cell, &Cell)>> = BTreeMap::new();
    for row in &table.rows {
        let key: Vec<&Cell> = dimensions.iter().map(|c| &row[*c]).collect();
        let place = order.iter().position(|k| *k == key).unwrap_or_else(|| {
            order.push(key);
            order.len() - 1
        });
        let Some(at) = periods.iter().position(|c| *c == &row[period]) else { continue };
        cells.entry((place, at)).or_default().push((sex.map_or(&Cell::Null, |sex| &row[sex]), &row[value]));
    }
    let neither = |(sex, _): &&(&Cell, &Cell)| !matches!(sex.text(), Some("M" | "F"));
    let both = match sex {
        None => "",
        Some(_) if cells.values().flatten().any(|cell| neither(&cell)) => " 男/女+他",
        Some(_) => " 男/女",
    };
    let mut head = vec![format!("{}{both}", heading(block, name))];
    head.extend(periods.iter().map(|c| match c {
        Cell::Day(day) => period_label(*day, block.by.as_deref(), jst(block.as_of).date()),
        _ => numbers::MISSING.to_owned(),
    }));
    let rows = order.iter().enumerate().map(|(place, key)| {
        let known = order.iter().filter(|k| k[0] == key[0]).count();
        let mut first = entry(block, name, *kind, key[0], &[]);
        if matches!(key[0], Cell::Null) || known > 1 {
            // What the first column leaves open, the next one says: 都外, 調査中, another source.
            if let Some(Cell::Text(more)) = key.get(1) {
                let more = block.name_of(more);
                first.text = if matches!(key[0], Cell::Null) {
                    more.to_owned()
                } else {
                    format!("{} {more}", first.text)
                };
            }
        }
        let mut row = vec![first];
        row.extend((0..periods.len()).map(|at| {
            let found = cells.get(&(place, at)).map_or(&[][..], Vec::as_slice);
            Entry { text: shared(block, found, sex.is_some()), number: true }
        }));
        row
    });
    Some(Grid { head, rows: rows.collect(), notes: Vec::new() })
}

fn period_label(day: Date, by: Option<&str>, today: Date) -> String {
    match by {
        Some("month") if day.year() == today.year() => format!("{}月", day.month()),
        Some("month") => format!("{}年{}月", day.year(), day.month()),
        Some("fiscal_year") => format!("{}年度", day.year()),
        Some("quarter") => Period::Quarter.label_en(day),
        Some("season") => Period::Season.label_en(day),
        Some("week" | "wave") => format!("{}〜", words::day_seen_from(day, today)),
        _ => words::day_seen_from(day, today),
    }
}

/// What stands in one cell: the figure, or men and women, and those of neither sex or of none that is known.
fn shared(block: &Block, found: &[(&Cell, &Cell)], by_sex: bool) -> String {
    let figure = |cell: &Cell| numbers::figure(cell, block.about.unit);
    let (none, zero) = (block.about.missing == Missing::Zero, figure(&Cell::Int(0)));
    if found.is_empty() && !none {
        return numbers::MISSING.to_owned();
    }
    if !by_sex {
        return found.first().map_or(zero, |(_, value)| figure(value));
    }
    let of = |sex: &str| {
        let value = found.iter().find(|(of, _)| of.text() == Some(sex)).map(|(_, value)| figure(value));
        value.unwrap_or_else(|| zero.clone())
    };
    let others: Vec<&Cell> = found
        .iter()
        .filter(|(sex, _)| !matches!(sex.text(), Some("M" | "F")))
        .map(|(_, value)| *value)
        .collect();
    let sum: Option<i64> = others.iter().map(|value| value.int()).sum();
    let more = match sum {
        Some(0) => String::new(),
        Some(sum) => format!("+{}", figure(&Cell::Int(sum))),
        None => format!("+{}", numbers::MASKED),
    };
    format!("{}/{}{more}", of("M"), of("F"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::figures::{CellKind, Table};
    use crate::present::samples;

    #[test]
    fn periods_stand_beside_each_other() -> Result<(), jiff::Error> {
        let mut block = samples::block("age_sex_by_period");
        block.table = Table {
            columns: vec![
                ("period".into(), CellKind::Day),
                ("band".into(), CellKind::Text),
                ("sex".into(), CellKind::Text),
                ("value".into(), CellKind::Int),
            ],
            rows: vec![
                vec![
                    Cell::Day("2026-11-09".parse()?),
                    Cell::Text("20代".into()),
                    Cell::Text("M".into()),
                    Cell::Int(3),
                ],
                vec![
                    Cell::Day("2026-11-16".parse()?),
                    Cell::Text("20代".into()),
                    Cell::Text("M".into()),
                    Cell::Int(1_200),
                ],
                vec![
                    Cell::Day("2026-11-16".parse()?),
                    Cell::Text("20代".into()),
                    Cell::Text("F".into()),
                    Cell::Int(5),
                ],
                vec![Cell::Day("2026-11-16".parse()?), Cell::Text("20代".into()), Cell::Null, Cell::Int(2)],
                vec![
                    Cell::Day("2026-11-16".parse()?),
                    Cell::Text("30代".into()),
                    Cell::Text("M".into()),
                    Cell::Int(1),
                ],
            ],
        };
        let grid = turned(&block, 5).unwrap_or_default();
        let texts: Vec<Vec<&str>> =
            grid.rows.iter().map(|row| row.iter().map(|e| e.text.as_str()).collect()).collect();
        assert_eq!(texts, [["20代", "3/0", "1,200/5+2"], ["30代", "0/0", "1/0"]]);
        assert!(grid.head[0].ends_with("男/女+他"), "{:?}", grid.head);
        Ok(())
    }
}
