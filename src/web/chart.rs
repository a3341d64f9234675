//! From an answer to what can be drawn, with the words that stand around and for the picture.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::figures::{Block, CellKind};
use super::{numbers, table, words};
use crate::answer::Cell;
use crate::catalog::board::PanelKind;
use crate::catalog::indicator::{Missing, Reference, Shape};
use crate::draw::chart::{
    Bars, Caption, Chart, Forest, Heat, Interval, Kind, Mark, Pyramid, Series, Step, Timeline,
};
use crate::draw::font::{self, Weight};
use crate::epi::clock::jst;

/// None when the answer's columns do not fit the form.
pub fn of(kind: PanelKind, block: &Block, over: Option<&Block>, bare: bool) -> Option<Chart> {
    let drawn = match kind {
        PanelKind::Line => Kind::Line(timeline(block, over, bare)?),
        PanelKind::Bars => Kind::Bars(timeline(block, over, bare)?),
        PanelKind::Stacked => Kind::Stacked(timeline(block, over, bare)?),
        PanelKind::Spark => Kind::Spark(series(block)?.into_iter().next()?),
        PanelKind::Pyramid => Kind::Pyramid(pyramid(block)?),
        PanelKind::Heat => Kind::Heat(heat(block)?),
        PanelKind::Marks => Kind::Marks(bars(block, bare)?),
        PanelKind::Forest => Kind::Forest(forest(block)?),
        PanelKind::Hero | PanelKind::Tile | PanelKind::Table | PanelKind::Beds => return None,
    };
    Some(Chart { caption: caption(block, bare), kind: drawn })
}

/// The form in which an indicator is drawn where nobody chose one.
pub fn natural(block: &Block) -> Option<PanelKind> {
    match block.about.shape {
        Shape::Series if block.table.index("value").is_none() && block.table.numeric().count() > 2 => {
            Some(PanelKind::Stacked)
        }
        Shape::Series
            if block.about.id.starts_with("new_cases_")
                && block.about.unit == crate::catalog::indicator::Unit::Persons =>
        {
            Some(PanelKind::Bars)
        }
        Shape::Series => Some(PanelKind::Line),
        Shape::Breakdown if limits(block).is_some() => Some(PanelKind::Forest),
        Shape::Breakdown => Some(PanelKind::Marks),
        Shape::Pyramid => Some(PanelKind::Pyramid),
        Shape::Heat => Some(PanelKind::Heat),
        Shape::Value | Shape::Table => None,
    }
}

/// A reference value's label: on a wall its date and its name, without who named it (the footer's place
/// and the description have that).
fn mark(reference: &Reference, bare: bool) -> Mark {
    let words: Vec<&str> = reference.label.split_whitespace().collect();
    let label = match words.as_slice() {
        [date, _, .., name] if bare => format!("{date} {name}"),
        _ => reference.label.clone(),
    };
    Mark { value: reference.value, label }
}

fn caption(block: &Block, bare: bool) -> Caption {
    Caption {
        title: block.about.title.ja.clone(),
        unit: words::unit(block.about.unit).to_owned(),
        footer: footer(block),
        description: describe(block),
        bare,
    }
}

/// Basis and date, period, as-of and sources: `受理・受理日 10/26–11/22 14:05 時点 発生届`.
pub fn footer(block: &Block) -> String {
    footer_with(block, true, &source_titles(block).join("・"))
}

/// The same within a width (u). What does not fit goes in this order: sources after the first (counted),
/// what the first says in brackets, what the date is.
pub fn footer_within(block: &Block, room: f64, size: f64) -> String {
    let fits = |text: &String| font::width(text, size, Weight::Text) <= room;
    let sources = source_titles(block);
    let shortened = match sources.as_slice() {
        [first, rest @ ..] if !rest.is_empty() => format!("{first} ほか{}", rest.len()),
        all => all.join("・"),
    };
    let bare = shortened.split('（').next().unwrap_or_default();
    let candidates = [footer(block), footer_with(block, true, &shortened), footer_with(block, true, bare)];
    candidates.into_iter().find(fits).unwrap_or_else(|| footer_with(block, false, bare))
}

fn source_titles(block: &Block) -> Vec<&str> {
    match block.sources.as_slice() {
        [] => vec!["系統なし"],
        sources => sources.iter().map(|s| s.title.as_str()).collect(),
    }
}

fn footer_with(block: &Block, dated: bool, sources: &str) -> String {
    let about = &block.about;
    let now = jst(block.as_of).date();
    let same_year = block.from.year() == block.to.year() && block.to.year() == now.year();
    let period = match about.ranged {
        false => String::new(),
        true if same_year => format!(" {}–{}", words::short_day(block.from), words::short_day(block.to)),
        true => format!(" {}–{}", block.from, block.to),
    };
    // The header may explain itself in brackets; a footer has room for the words alone.
    let word = |text: &str| text.split('（').next().unwrap_or_default().to_owned();
    let (basis, date) = (word(&about.basis), if dated { word(&about.date) } else { String::new() });
    let dot = if date.is_empty() || basis.is_empty() { "" } else { "・" };
    format!("{basis}{dot}{date}{period} {} 時点 {sources}", words::time(block.as_of))
}

/// Says what the picture says.
pub fn describe(block: &Block) -> String {
    let about = &block.about;
    let unit = words::unit(about.unit);
    let mut text = format!("{}（{}）{}から{}まで。", about.title.ja, about.basis, block.from, block.to);
    let place = dimension(block);
    let points: Vec<(&Vec<Cell>, f64)> = block
        .table
        .index("value")
        .map(|v| block.table.rows.iter().filter_map(|r| Some((r, numbers::number(&r[v])?))).collect())
        .unwrap_or_default();
    let name = |row: &Vec<Cell>| place.map_or_else(String::new, |p| label(block, &row[p]));
    let most = points.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let least = points.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let say = |x: f64| numbers::figure(&Cell::Float(x), about.unit);
    if let (Some((row, last)), Some((top, most)), Some((bottom, least))) = (points.last(), most, least) {
        if about.shape == Shape::Series {
            text += &format!("最新 {} {}{unit}、", name(row), say(*last));
        }
        text += &format!(
            "最大 {} {}{unit}、最小 {} {}{unit}。",
            name(top),
            say(*most),
            name(bottom),
            say(*least)
        );
    }
    for reference in &about.reference {
        text += &format!("目安 {}{unit}（{}）。", say(reference.value), reference.label);
    }
    text
}

/// The first column that is no figure.
fn dimension(block: &Block) -> Option<usize> {
    let table = &block.table;
    (0..table.columns.len()).find(|c| {
        let (name, kind) = &table.columns[*c];
        name == "age_decade" || !matches!(kind, CellKind::Int | CellKind::Float)
    })
}

fn label(block: &Block, cell: &Cell) -> String {
    match cell {
        Cell::Text(code) => block.name_of(code).to_owned(),
        Cell::Int(decade) => table::band(*decade),
        Cell::Null => "不明".to_owned(),
        other => numbers::figure(other, block.about.unit),
    }
}

fn step(block: &Block) -> Step {
    match block.by.as_deref() {
        // Seasons begin with a week; waves stand at their own days.
        Some("week" | "season" | "wave") => Step::Week,
        Some("month" | "quarter" | "fiscal_year") => Step::Month,
        _ => Step::Day,
    }
}

fn timeline(block: &Block, over: Option<&Block>, bare: bool) -> Option<Timeline> {
    let today = jst(block.as_of).date();
    let lag = Span::new().days(i64::from(block.about.lag_days));
    let growing = today.checked_sub(lag).ok().filter(|day| *day <= block.to);
    let marks = block.about.reference.iter().map(|r| mark(r, bare));
    Some(Timeline {
        series: series(block)?,
        over: over.and_then(series).unwrap_or_default(),
        band: band(block).unwrap_or_default(),
        marks: marks.collect(),
        incomplete_from: growing.into_iter().chain(not_over(block)).min(),
        events: Vec::new(),
        step: step(block),
    })
}

/// The first day of the last periods, if they are not over.
fn not_over(block: &Block) -> Option<Date> {
    let table = &block.table;
    let (day, complete) = (table.index("day")?, table.index("complete")?);
    let open = table.rows.iter().rev().take_while(|row| row[complete] == Cell::Bool(false));
    match open.last()?[day] {
        Cell::Day(first) => Some(first),
        _ => None,
    }
}

/// One series for each column of numbers. Days without a row are gaps, unless the header says that they are zero.
fn series(block: &Block) -> Option<Vec<Series>> {
    let table = &block.table;
    let day = ["day", "week", "month", "period"].iter().find_map(|name| table.index(name))?;
    let rows: BTreeMap<Date, &Vec<Cell>> = table
        .rows
        .iter()
        .filter_map(|row| if let Cell::Day(at) = row[day] { Some((at, row)) } else { None })
        .collect();
    let days: Vec<Date> = match step(block) {
        Step::Day => every_day(block.from, block.to),
        _ => rows.keys().copied().collect(),
    };
    let absent = match block.about.missing {
        Missing::Zero => Some(0.0),
        Missing::Gap => None,
    };
    let columns: Vec<(usize, &str)> = table.numeric().collect();
    // With a `value` the other numbers are what it was made from, not series of their own.
    let value = columns.iter().find(|(_, name)| *name == "value").copied();
    let columns = value.map_or(columns, |only| vec![only]);
    let all = columns.into_iter().map(|(column, name)| Series {
        label: match block.about.label(name) {
            "value" => block.about.title.ja.clone(),
            label => label.to_owned(),
        },
        points: days
            .iter()
            .map(|at| (*at, rows.get(at).map_or(absent, |row| numbers::number(&row[column]))))
            .collect(),
    });
    Some(all.collect())
}

/// The columns of an estimate and its limits.
fn limits(block: &Block) -> Option<[usize; 3]> {
    let table = &block.table;
    Some([table.index("value")?, table.index("lower")?, table.index("upper")?])
}

fn band(block: &Block) -> Option<Vec<(Date, f64, f64)>> {
    let ([_, lower, upper], day) = (limits(block)?, block.table.index("day")?);
    let point = |row: &Vec<Cell>| match &row[day] {
        Cell::Day(day) => Some((*day, numbers::number(&row[lower])?, numbers::number(&row[upper])?)),
        _ => None,
    };
    Some(block.table.rows.iter().filter_map(point).collect())
}

fn forest(block: &Block) -> Option<Forest> {
    let [value, lower, upper] = limits(block)?;
    let place = dimension(block)?;
    let row = |row: &Vec<Cell>| {
        let number = |column: usize| numbers::number(&row[column]);
        let found = || Some(Interval { value: number(value)?, lower: number(lower)?, upper: number(upper)? });
        (label(block, &row[place]), found())
    };
    let ratio = block.about.unit == crate::catalog::indicator::Unit::Ratio;
    Some(Forest { rows: block.table.rows.iter().map(row).collect(), ratio })
}

fn every_day(from: Date, to: Date) -> Vec<Date> {
    from.series(1.day()).take_while(|day| *day <= to).collect()
}

fn pyramid(block: &Block) -> Option<Pyramid> {
    let table = &block.table;
    let decade = table.index("age_decade")?;
    let number = |row: usize, column: &str| numbers::number(table.cell(row, column)).unwrap_or(0.0);
    let mut drawn = Pyramid::default();
    for (row, cells) in table.rows.iter().enumerate() {
        let (male, female, other) = (number(row, "male"), number(row, "female"), number(row, "other"));
        match &cells[decade] {
            Cell::Int(decade) => {
                drawn.bands.push(table::band(*decade));
                drawn.male.push(male);
                drawn.female.push(female);
                drawn.unknown += other;
            }
            _ => drawn.unknown += male + female + other,
        }
    }
    Some(drawn)
}

fn heat(block: &Block) -> Option<Heat> {
    let table = &block.table;
    let (week, decade, value) = (table.index("week")?, table.index("age_decade")?, table.index("value")?);
    let mut cells: BTreeMap<(i64, Date), Option<f64>> = BTreeMap::new();
    for row in &table.rows {
        if let (Cell::Day(at), Cell::Int(band)) = (&row[week], &row[decade]) {
            cells.insert((*band, *at), numbers::number(&row[value]));
        }
    }
    let mut weeks: Vec<Date> = cells.keys().map(|(_, at)| *at).collect();
    weeks.sort_unstable();
    weeks.dedup();
    let mut bands: Vec<i64> = cells.keys().map(|(band, _)| *band).collect();
    bands.dedup();
    let absent = match block.about.missing {
        Missing::Zero => Some(0.0),
        Missing::Gap => None,
    };
    let line =
        |band: &i64| weeks.iter().map(|at| cells.get(&(*band, *at)).copied().unwrap_or(absent)).collect();
    Some(Heat {
        values: bands.iter().map(line).collect(),
        bands: bands.iter().map(|band| table::band(*band)).collect(),
        weeks,
    })
}

fn bars(block: &Block, bare: bool) -> Option<Bars> {
    let value = block.table.index("value")?;
    let place = dimension(block);
    let name =
        |row: &Vec<Cell>| place.map_or_else(|| block.about.title.ja.clone(), |p| label(block, &row[p]));
    let percent = block.about.unit == crate::catalog::indicator::Unit::Percent;
    Some(Bars {
        bars: block.table.rows.iter().map(|r| (name(r), numbers::number(&r[value]))).collect(),
        marks: block.about.reference.iter().map(|r| mark(r, bare)).collect(),
        to: percent.then_some(100.0),
    })
}

#[cfg(test)]
mod tests {
    use super::super::figures::Table;
    use super::super::samples;
    use super::*;

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
    fn a_day_without_a_row_is_a_gap_unless_the_header_says_zero() -> Result<(), jiff::Error> {
        let mut block = days(&[("2026-11-20", 3), ("2026-11-22", 5)])?;
        block.about.missing = Missing::Gap;
        let values = |block: &Block| -> Vec<Option<f64>> {
            series(block).unwrap_or_default()[0].points.iter().map(|p| p.1).collect()
        };
        assert_eq!(values(&block), [Some(3.0), None, Some(5.0)]);
        block.about.missing = Missing::Zero;
        assert_eq!(values(&block), [Some(3.0), Some(0.0), Some(5.0)]);
        Ok(())
    }

    #[test]
    fn days_within_the_lag_are_incomplete() -> Result<(), jiff::Error> {
        let mut block = days(&[("2026-11-20", 3)])?;
        block.as_of = "2026-11-22T05:05:00Z".parse()?;
        block.about.lag_days = 2;
        let drawn = timeline(&block, None, true).unwrap_or_default();
        assert_eq!(drawn.incomplete_from, Some("2026-11-20".parse()?));
        Ok(())
    }

    #[test]
    fn a_quarter_that_is_not_over_is_incomplete() -> Result<(), jiff::Error> {
        let mut block = days(&[("2026-07-01", 9), ("2026-10-01", 3)])?;
        block.by = Some("quarter".into());
        block.as_of = "2026-11-22T05:05:00Z".parse()?;
        block.table.columns.push(("complete".into(), CellKind::Bool));
        for (row, over) in block.table.rows.iter_mut().zip([true, false]) {
            row.push(Cell::Bool(over));
        }
        let drawn = timeline(&block, None, true).unwrap_or_default();
        assert_eq!(drawn.incomplete_from, Some("2026-10-01".parse()?));
        assert_eq!(drawn.step, Step::Month);
        Ok(())
    }

    #[test]
    fn the_description_says_what_the_picture_says() -> Result<(), jiff::Error> {
        let text = describe(&days(&[("2026-11-20", 3), ("2026-11-21", 1_200), ("2026-11-22", 5)])?);
        assert!(text.contains("最新 11/22 5人") && text.contains("最大 11/21 1,200人"), "{text}");
        Ok(())
    }

    #[test]
    fn unknown_age_and_sex_are_counted_beside_the_pyramid() {
        let mut block = samples::block("age_sex");
        block.table = Table {
            columns: vec![
                ("age_decade".into(), CellKind::Int),
                ("male".into(), CellKind::Int),
                ("female".into(), CellKind::Int),
                ("other".into(), CellKind::Int),
            ],
            rows: vec![
                vec![Cell::Int(20), Cell::Int(3), Cell::Int(4), Cell::Int(1)],
                vec![Cell::Null, Cell::Int(2), Cell::Int(0), Cell::Int(0)],
            ],
        };
        let drawn = pyramid(&block).unwrap_or_default();
        assert_eq!((drawn.bands, drawn.unknown), (vec!["20代".to_owned()], 3.0));
    }
}
