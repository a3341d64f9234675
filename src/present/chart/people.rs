//! Answers by age: pyramids and heat maps, in any bands.

use jiff::ToSpan;
use jiff::civil::Date;

use super::parts::{absent, label};
use super::timeline::{incomplete_from, today};
use crate::answer::Cell;
use crate::definitions::Word;
use crate::definitions::indicator::Unit;
use crate::definitions::role::Role;
use crate::draw::chart::{Across, Heat, Incomplete, Pyramid};
use crate::epi::against::Against;
use crate::present::figures::Block;
use crate::present::numbers;

/// A band's name; None for those of unknown age.
fn band(block: &Block, cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(code) if !code.is_empty() => Some(block.name_of(code).to_owned()),
        _ => None,
    }
}

/// Rows from young to old. Those of unknown age or sex are counted beside the picture.
pub(super) fn pyramid(block: &Block) -> Option<Pyramid> {
    let table = &block.table;
    let bands = block.place(Role::Band)?;
    let found = |row: usize, role: Role| numbers::number(block.cell_of(row, role));
    let number = |row: usize, role: Role| found(row, role).unwrap_or(0.0);
    let counts = matches!(block.about.unit, Unit::Persons | Unit::Count);
    let mut drawn = Pyramid { counts, named: named(block), ..Pyramid::default() };
    let compared = block.has(Role::MaleBefore) && block.has(Role::FemaleBefore);
    let before = [Role::MaleBefore, Role::FemaleBefore, Role::OtherSexBefore];
    for (row, cells) in table.rows.iter().enumerate() {
        let (male, female, other) =
            (number(row, Role::Male), number(row, Role::Female), number(row, Role::OtherSex));
        let Some(name) = band(block, &cells[bands]) else {
            drawn.unknown += male + female + other;
            drawn.unknown_before += before.iter().map(|role| number(row, *role)).sum::<f64>();
            continue;
        };
        drawn.bands.push(name);
        drawn.male.push(found(row, Role::Male).unwrap_or(f64::NAN));
        drawn.female.push(found(row, Role::Female).unwrap_or(f64::NAN));
        drawn.unknown += other;
        drawn.unknown_before += number(row, Role::OtherSexBefore);
        if compared {
            drawn.male_before.push(found(row, Role::MaleBefore).unwrap_or(f64::NAN));
            drawn.female_before.push(found(row, Role::FemaleBefore).unwrap_or(f64::NAN));
        }
    }
    if let Some(why) = &block.not_compared {
        drawn.male_before.clear();
        drawn.female_before.clear();
        drawn.not_compared.clone_from(&why.ja);
    }
    Some(drawn)
}

/// 直近28日 and 前の28日 where the period ends with the last whole day and the other comes just before it; their days else.
fn named(block: &Block) -> (String, String) {
    let Some((against, first, last)) = block.against else { return Default::default() };
    let days = |first: Date, last: Date| (last - first).get_days() + 1;
    let filled = |word: Word, days: i32| block.word(word).replace("{days}", &days.to_string());
    let span =
        |first: Date, last: Date| if first == last { first.to_string() } else { format!("{first}–{last}") };
    let (own, other) = (days(block.from, block.to), days(first, last));
    let yesterday = today(block).saturating_sub(1.day());
    let now = match block.to >= yesterday {
        true => filled(Word::RecentDays, own),
        false => span(block.from, block.to),
    };
    let before = match against {
        Against::LastYear => format!("{} {}", block.word(Word::SameDaysLastYear), span(first, last)),
        Against::Previous if own == other && last.saturating_add(1.day()) == block.from => {
            filled(Word::DaysBefore, other)
        }
        Against::Previous => span(first, last),
    };
    (now, before)
}

/// Bands stand in the order in which they come; across stand weeks, or districts with those of unknown district last.
pub(super) fn heat(block: &Block) -> Option<Heat> {
    let table = &block.table;
    let (value, bands) = (block.place(Role::Value)?, block.place(Role::Band)?);
    let columns = block.place(Role::Period).or_else(|| block.place(Role::District))?;
    let mut order: Vec<&Cell> = Vec::new();
    let known = |row: &&Vec<Cell>| band(block, &row[bands]).is_some();
    for row in table.rows.iter().filter(known) {
        if !order.contains(&&row[bands]) {
            order.push(&row[bands]);
        }
    }
    let mut across: Vec<&Cell> = Vec::new();
    let mut cells: Vec<(usize, usize, Option<f64>)> = Vec::new();
    for row in &table.rows {
        let Some(place) = order.iter().position(|cell| **cell == row[bands]) else { continue };
        let column = across.iter().position(|cell| **cell == row[columns]).unwrap_or_else(|| {
            across.push(&row[columns]);
            across.len() - 1
        });
        cells.push((place, column, numbers::number(&row[value])));
    }
    // Where an answer has more than one row of a band and a column (the sexes), they are one cell.
    let cell = |place: usize, column: usize| {
        let here = cells.iter().filter(|(b, c, _)| (*b, *c) == (place, column)).map(|(.., value)| *value);
        let sum = here.reduce(|one, other| match (one, other) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        });
        sum.unwrap_or(absent(block))
    };
    let mut shown: Vec<usize> = (0..across.len()).collect();
    let days: Vec<Option<Date>> = across.iter().map(|cell| cell.day()).collect();
    let weeks = days.iter().any(Option::is_some);
    if weeks {
        shown.retain(|column| days[*column].is_some());
        shown.sort_by_key(|column| days[*column]);
    } else {
        shown.sort_by_key(|column| *across[*column] == Cell::Null);
    }
    let line = |place: usize| shown.iter().map(|column| cell(place, *column)).collect();
    let values = (0..order.len()).map(line).collect();
    let across = if weeks {
        Across::Weeks(shown.iter().filter_map(|column| days[*column]).collect())
    } else {
        Across::Names(shown.iter().map(|column| label(block, across[*column])).collect())
    };
    Some(Heat {
        values,
        bands: order.iter().filter_map(|cell| band(block, cell)).collect(),
        across,
        incomplete_from: incomplete_from(block),
        incomplete: Incomplete(vec![block.word(Word::GrowingWeeks).to_owned()]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::figures::{CellKind, Table};
    use crate::present::samples;

    fn table(columns: &[(&str, CellKind)], rows: Vec<Vec<Cell>>) -> Block {
        let mut block = samples::block("age_sex");
        let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        block.table = Table { columns, rows };
        block
    }

    #[test]
    fn unknown_age_and_sex_are_counted_beside_the_pyramid() {
        let kind = |name| if name == "band" { CellKind::Text } else { CellKind::Int };
        let columns = ["band", "male", "female", "other"].map(|name| (name, kind(name)));
        let rows = vec![
            vec![Cell::Text("20代".into()), Cell::Int(3), Cell::Int(4), Cell::Int(1)],
            vec![Cell::Null, Cell::Int(2), Cell::Int(0), Cell::Int(0)],
        ];
        let drawn = pyramid(&table(&columns, rows)).unwrap_or_default();
        assert_eq!((drawn.bands, drawn.unknown), (vec!["20代".to_owned()], 3.0));
    }

    #[test]
    fn the_key_names_both_periods() -> Result<(), jiff::Error> {
        let mut block = samples::block("age_sex");
        (block.from, block.to) = ("2026-11-15".parse()?, "2026-11-21".parse()?);
        block.against = Some((Against::Previous, "2026-11-08".parse()?, "2026-11-14".parse()?));
        assert_eq!(named(&block), ("直近7日".to_owned(), "前の7日".to_owned()));
        block.against = Some((Against::LastYear, "2025-11-15".parse()?, "2025-11-21".parse()?));
        assert_eq!(named(&block).1, "前年同期 2025-11-15–2025-11-21");
        block.to = "2026-11-19".parse()?;
        assert_eq!(named(&block).0, "2026-11-15–2026-11-19", "days of the past are named");
        Ok(())
    }

    #[test]
    fn any_banding_stands_in_its_order() -> Result<(), jiff::Error> {
        let float = CellKind::Float;
        let columns = [
            ("band", CellKind::Text),
            ("male", float),
            ("female", float),
            ("male_before", float),
            ("female_before", float),
        ];
        let row = |band: &str, n: f64| {
            let mut row = vec![Cell::Text(band.into())];
            row.extend([n, n + 1.0, n + 2.0].map(Cell::Float));
            row.push(Cell::Null);
            row
        };
        let drawn = pyramid(&table(&columns, vec![row("0–4歳", 1.5), row("65歳以上", 9.0)]));
        let drawn = drawn.unwrap_or_default();
        assert_eq!(
            (drawn.bands, drawn.male),
            (vec!["0–4歳".to_owned(), "65歳以上".to_owned()], vec![1.5, 9.0])
        );
        assert!(drawn.male_before == [3.5, 11.0] && drawn.female_before.iter().all(|v| v.is_nan()));
        let columns = [("week", CellKind::Day), ("band", CellKind::Text), ("value", CellKind::Int)];
        let week: Date = "2026-11-16".parse()?;
        let rows = ["5–14歳", "0–4歳"].map(|b| vec![Cell::Day(week), Cell::Text(b.into()), Cell::Int(2)]);
        let drawn = heat(&table(&columns, rows.to_vec())).unwrap_or_default();
        assert_eq!(drawn.bands, ["5–14歳", "0–4歳"]);
        Ok(())
    }

    #[test]
    fn districts_stand_side_by_side_the_unknown_last() {
        let columns = [("district", CellKind::Text), ("band", CellKind::Text), ("value", CellKind::Int)];
        let row = |district: Option<&str>, band: &str, n: i64| {
            let district = district.map_or(Cell::Null, |d| Cell::Text(d.into()));
            vec![district, Cell::Text(band.into()), Cell::Int(n)]
        };
        let rows = vec![
            row(None, "20代", 7),
            row(Some("shiba"), "10代", 1),
            row(Some("shiba"), "20代", 2),
            row(Some("azabu"), "20代", 3),
        ];
        let drawn = heat(&table(&columns, rows)).unwrap_or_default();
        assert_eq!(drawn.bands, ["20代", "10代"]);
        assert_eq!(drawn.across, Across::Names(["shiba", "azabu", "不明"].map(str::to_owned).to_vec()));
        assert_eq!(drawn.values[0], [Some(2.0), Some(3.0), Some(7.0)]);
        assert_eq!(drawn.values[1], [Some(1.0), Some(0.0), Some(0.0)]);
    }
}
