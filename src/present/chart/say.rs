//! A chart in words: what the picture says, for those who do not see it.

use super::parts::{dimension, label};
use super::{survival, timeline};
use crate::answer::Cell;
use crate::definitions::indicator::Shape;
use crate::definitions::role::Role;
use crate::present::figures::Block;
use crate::present::{numbers, words};

/// Says what the picture says.
pub fn describe(block: &Block) -> String {
    let about = &block.about;
    let unit = about.unit.ja();
    let days = match about.ranged {
        true => format!("{}から{}まで", block.from, block.to),
        false => format!("{} 時点", words::moment(block.as_of)),
    };
    let mut text = format!("{} {days}。", words::titled(&about.title.ja, &about.basis));
    if let Some(curves) = survival::survival(block) {
        return text + &curves.in_words();
    }
    if let Some((against, first, last)) = block.against {
        let why = block.not_compared.as_ref().map_or_else(String::new, |why| format!("、{}", why.ja));
        text += &format!("{}（{first}から{last}まで{why}）と比較。", against.ja_of(block.from, block.to));
    }
    let place = dimension(block);
    let points: Vec<(&Vec<Cell>, f64)> = block
        .place(Role::Value)
        .map(|v| block.table.rows.iter().filter_map(|r| Some((r, numbers::number(&r[v])?))).collect())
        .unwrap_or_default();
    let name = |row: &Vec<Cell>| place.map_or_else(String::new, |p| label(block, &row[p]));
    let most = points.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let least = points.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let say = |x: f64| numbers::figure(&Cell::Float(x), about.unit);
    if let (Some((row, last)), Some((top, most)), Some((bottom, least))) = (points.last(), most, least) {
        if about.shape == Shape::Series {
            text += &match ahead(block, row) {
                false => format!("最新 {} {}{unit}、", name(row), say(*last)),
                true => format!("見込み {} {}{unit}{}、", name(row), say(*last), limits(block, row)),
            };
        }
        text += &format!(
            "最大 {} {}{unit}、最小 {} {}{unit}。",
            name(top),
            say(*most),
            name(bottom),
            say(*least)
        );
    }
    if let Some((column, last)) = block.place(Role::Reference).zip(block.table.rows.last())
        && let Some(value) = numbers::number(&last[column])
    {
        text += &format!("{} {}{unit}。", about.label(&block.table.columns[column].0), say(value));
    }
    for reference in &about.reference {
        text += &format!("目安 {}{unit}（{}）。", say(reference.value), reference.label_ja());
    }
    text
}

/// Whether a row is of a day that has not come.
fn ahead(block: &Block, row: &[Cell]) -> bool {
    row.iter().any(|cell| matches!(cell, Cell::Day(day) if *day > timeline::today(block)))
}

/// The limits of the widest band in a row.
fn limits(block: &Block, row: &[Cell]) -> String {
    let number = |role: Role| block.place(role).and_then(|c| numbers::number(&row[c]));
    let say = |x: f64| numbers::figure(&Cell::Float(x), block.about.unit);
    match (number(Role::Lower(95)), number(Role::Upper(95))) {
        (Some(lower), Some(upper)) => format!("（95%の幅 {}–{}）", say(lower), say(upper)),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::figures::CellKind;
    use crate::present::samples;

    fn days(values: &[(&str, i64)]) -> Result<Block, jiff::Error> {
        let mut block = samples::block("new_cases_received");
        (block.from, block.to) = ("2026-11-20".parse()?, "2026-11-22".parse()?);
        block.table.columns = vec![("day".into(), CellKind::Day), ("value".into(), CellKind::Int)];
        for (day, value) in values {
            block.table.rows.push(vec![Cell::Day(day.parse()?), Cell::Int(*value)]);
        }
        Ok(block)
    }

    #[test]
    fn the_description_says_what_the_picture_says() -> Result<(), jiff::Error> {
        let text = describe(&days(&[("2026-11-20", 3), ("2026-11-21", 1_200), ("2026-11-22", 5)])?);
        assert!(text.contains("最新 11/22 5人") && text.contains("最大 11/21 1,200人"), "{text}");
        Ok(())
    }

    #[test]
    fn the_days_compared_with_are_said_with_their_years() -> Result<(), jiff::Error> {
        let mut block = days(&[("2026-11-20", 3)])?;
        block.to = block.from;
        let day: jiff::civil::Date = "2025-11-21".parse()?;
        block.against = Some((crate::epi::against::Against::LastYear, day, day));
        let text = describe(&block);
        assert!(text.contains("前年の同じ曜日（52週前）（2025-11-21から2025-11-21まで）と比較。"), "{text}");
        Ok(())
    }

    #[test]
    fn what_is_ahead_is_not_called_the_latest() -> Result<(), jiff::Error> {
        let mut block = days(&[("2026-11-22", 5), ("2026-11-30", 8)])?;
        for name in ["lower", "upper"] {
            block.table.columns.push((name.into(), CellKind::Int));
        }
        block.table.rows[0].extend([Cell::Null, Cell::Null]);
        block.table.rows[1].extend([Cell::Int(2), Cell::Int(15)]);
        let text = describe(&block);
        assert!(text.contains("見込み 11/30 8人（95%の幅 2–15）") && !text.contains("最新"), "{text}");
        Ok(())
    }
}
