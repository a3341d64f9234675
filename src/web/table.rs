//! Tables in HTML: as they are on a manager's page; turned, shortened and paged on a wall.

use std::borrow::Cow;
use std::collections::BTreeMap;

use maud::{Markup, html};

use super::figures::{Block, CellKind};
use super::layout::{LABEL, Look};
use super::{marks, numbers, words};
use crate::answer::Cell;
use crate::catalog::board::Place;
use crate::catalog::indicator::{Missing, Unit};
use crate::catalog::measure::REASON;
use crate::draw::font::{self, Weight};
use crate::draw::shorten;
use crate::epi::period::Period;

/// Width of four characters: what is left of a reason at least, in u.
const FEW_WORDS: f64 = 4.0 * LABEL;
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
        let reason = kept.table.index(REASON);
        let grid = plain(&kept);
        reason.map_or(grid.clone(), |column| grid.shortened(column, room))
    });
    let pages = grid.rows.chunks(look.lines(place)).map(|rows| markup(&grid.head, rows)).collect();
    self::pages(pages)
}

/// All rows and columns, for a manager's page.
pub fn full(block: &Block) -> Markup {
    let grid = plain(block);
    html! { div.wide { (markup(&grid.head, &grid.rows)) } }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Grid {
    head: Vec<String>,
    rows: Vec<Vec<Entry>>,
}

impl Grid {
    /// Width of its columns as a wall writes them, in u.
    fn width(&self) -> f64 {
        let column = |place: usize| {
            let head = self.head.get(place).map_or(0.0, |h| font::width(h, 3.6, Weight::Text));
            let rows = self.rows.iter().filter_map(|r| r.get(place));
            rows.map(|e| font::width(&e.text, LABEL, Weight::Text)).fold(head, f64::max) + 1.6
        };
        (0..self.head.len()).map(column).sum()
    }

    /// With the words of a column cut, where all of it has no room.
    fn shortened(mut self, column: usize, room: f64) -> Self {
        let over = self.width() - room;
        let widest = self.rows.iter().filter_map(|r| r.get(column));
        let widest = widest.map(|e| font::width(&e.text, LABEL, Weight::Text)).fold(0.0, f64::max);
        if over > 0.0 {
            for entry in self.rows.iter_mut().filter_map(|r| r.get_mut(column)) {
                entry.text = shorten(&entry.text, (widest - over).max(FEW_WORDS), LABEL, Weight::Text);
            }
        }
        self
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    text: String,
    number: bool,
}

fn markup(head: &[String], rows: &[Vec<Entry>]) -> Markup {
    html! {
        table {
            thead { tr { @for (place, name) in head.iter().enumerate() {
                th.number[is_number(rows, place)] scope="col" { (name) }
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

/// Why nothing is said in any row, as a sentence instead of rows of dashes.
fn nothing(block: &Block) -> Option<&str> {
    let table = &block.table;
    let said = |row: &Vec<Cell>| {
        let figures = row.iter().zip(&table.columns).skip(1);
        figures
            .filter(|(_, (_, kind))| matches!(kind, CellKind::Int | CellKind::Float))
            .any(|(c, _)| *c != Cell::Null)
    };
    block.why().filter(|_| !table.rows.iter().any(said))
}

/// A table as a wall has room for it: no column of reasons when there are none, no day that a label says, and the days
/// that were judged are in the footer. Where it is too wide, the limits of differences go, then columns that have no figure but a reason, then what
/// was expected beside its bound.
fn fitted(block: &Block, room: f64) -> Cow<'_, Block> {
    let empty = |block: &Block, place: usize| block.table.rows.iter().all(|row| row[place] == Cell::Null);
    let said = block.judged().is_some();
    let labelled = block.table.index("label").is_some();
    let spare = |block: &Block, place: usize, name: &str| match name {
        REASON => empty(block, place),
        "period" => labelled,
        "before_days" => block.table.index("days").is_some_and(|days| same(block, days, place)),
        name => said && name.starts_with("judged_"),
    };
    let mut kept = without(Cow::Borrowed(block), spare);
    if plain(&kept).width() > room {
        kept = without(kept, |_, _, name| name.starts_with("than_"));
    }
    if plain(&kept).width() > room && kept.table.index(REASON).is_some() {
        let figure = |kind| matches!(kind, CellKind::Int | CellKind::Float);
        kept = without(kept, |block, place, _| figure(block.table.columns[place].1) && empty(block, place));
    }
    if plain(&kept).width() > room && kept.table.index("c1_upper").is_some() {
        kept = without(kept, |_, _, name| matches!(name, "expected" | "years_expected"));
    }
    kept
}

/// Do two columns say the same in all rows?
fn same(block: &Block, one: usize, other: usize) -> bool {
    block.table.rows.iter().all(|row| row[one] == row[other])
}

/// Without the columns that can be spared.
fn without(block: Cow<'_, Block>, spare: impl Fn(&Block, usize, &str) -> bool) -> Cow<'_, Block> {
    let names = block.table.columns.iter().enumerate();
    let gone: Vec<usize> =
        names.filter(|(place, (name, _))| spare(&block, *place, name)).map(|(place, _)| place).collect();
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

fn plain(block: &Block) -> Grid {
    let table = &block.table;
    let head = table.columns.iter().map(|(name, _)| heading(block, name)).collect();
    let entries = |row: &Vec<Cell>| {
        row.iter().zip(&table.columns).map(|(c, (n, kind))| entry(block, n, *kind, c)).collect()
    };
    Grid { head, rows: table.rows.iter().map(entries).collect() }
}

fn heading(block: &Block, column: &str) -> String {
    let label = block.about.label(column);
    if label != column {
        return label.to_owned();
    }
    match column {
        "value" => format!("{}（{}）", block.about.title.ja, words::unit(block.about.unit)),
        "day" => "日".to_owned(),
        "week" => "週（月曜）".to_owned(),
        "period" => "期間".to_owned(),
        "band" => "年齢".to_owned(),
        "sex" => "性別".to_owned(),
        "district" => "地区".to_owned(),
        "area" => "自治体".to_owned(),
        other => other.to_owned(),
    }
}

fn entry(block: &Block, column: &str, kind: CellKind, cell: &Cell) -> Entry {
    let unit = match column {
        "value" | "lower" | "upper" | "quarter" | "three_quarters" => block.about.unit,
        other => side_unit(other),
    };
    let text = match (column, cell) {
        (key, Cell::Null) if block.is_key(key) => "不明".to_owned(),
        ("complete", Cell::Bool(over)) => if *over { "済" } else { "途中" }.to_owned(),
        (_, Cell::Text(code)) => block.name_of(code).to_owned(),
        (_, Cell::Day(day)) => day.to_string(),
        (_, Cell::Instant(at)) => words::moment(*at),
        _ => numbers::figure(cell, unit),
    };
    // A figure that is missing stands where the figures stand.
    Entry { text, number: matches!(kind, CellKind::Int | CellKind::Float) }
}

const fn side_unit(column: &str) -> Unit {
    match column.as_bytes() {
        b"per_100k" => Unit::Per100k,
        b"held50" | b"held80" | b"held95" => Unit::Percent,
        b"last_value" | b"week_mean" => Unit::Days,
        b"than_last" | b"than_last_lower" | b"than_last_upper" => Unit::Days,
        b"than_week" | b"than_week_lower" | b"than_week_upper" => Unit::Days,
        // 1.04 is over one.
        b"mase" | b"ratio" | b"ratio_lower" | b"ratio_upper" => Unit::Ratio,
        _ => Unit::Persons,
    }
}

/// Rows of (dimension…, period, [sex,] value) and no other figure with the latest periods beside each other; men and women
/// share a cell.
fn turned(block: &Block, shown: usize) -> Option<Grid> {
    let table = &block.table;
    let period = ["period", "day", "week"].iter().find_map(|name| table.index(name))?;
    let value = table.index("value")?;
    if table.numeric().any(|(column, _)| column != value) {
        return None;
    }
    let sex = table.index("sex");
    // A period's heading says its name.
    let said = |c: &usize| matches!(table.columns[*c].0.as_str(), "label" | "complete");
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
        Cell::Day(day) => period_label(*day, block.by.as_deref()),
        _ => numbers::MISSING.to_owned(),
    }));
    let rows = order.iter().enumerate().map(|(place, key)| {
        let known = order.iter().filter(|k| k[0] == key[0]).count();
        let mut first = entry(block, name, *kind, key[0]);
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
    Some(Grid { head, rows: rows.collect() })
}

fn period_label(day: jiff::civil::Date, by: Option<&str>) -> String {
    match by {
        Some("month") => format!("{}月", day.month()),
        Some("fiscal_year") => format!("{}年度", day.year()),
        Some("quarter") => Period::Quarter.label_en(day),
        Some("season") => Period::Season.label_en(day),
        Some("week" | "wave") => format!("{}〜", words::short_day(day)),
        _ => words::short_day(day),
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
    use super::super::figures::Table;
    use super::super::samples;
    use super::*;
    use crate::catalog::indicator::Shape;

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
        let narrow = grid.clone().shortened(6, grid.width() - 2.0 * LABEL);
        assert!(
            narrow.rows[0][6].text.starts_with("例年") && narrow.rows[0][6].text.ends_with('…'),
            "{narrow:?}"
        );
        assert!(narrow.width() <= grid.width() - 2.0 * LABEL);
        assert_eq!(grid.clone().shortened(6, grid.width()), grid);
        assert!(
            super::super::chart::footer(&block).contains(" 判定 11/16–11/22 "),
            "the week is in the footer"
        );
        assert_eq!(nothing(&block), None);
        block.table.rows[0][1..4].fill(Cell::Null);
        assert_eq!(nothing(&block), Some("例年: 期間不足"), "in place of a row of dashes");
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
