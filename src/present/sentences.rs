//! What a table of scores comes to, in sentences: whether past bands held, how past projections stood to simple ones, how long
//! half of them stay. The table itself is on the indicator's page.

use maud::{Markup, html};

use super::figures::{Block, PanelFigures};
use super::layout::{COLUMN, FOOTNOTE, LABEL, Look, lines_of};
use super::{numbers, table, tile};
use crate::answer::Cell;
use crate::definitions::indicator::Shape;
use crate::definitions::role::Role;
use crate::draw::font::{self, Weight};

/// A panel as wide as the board has its sentences in two columns.
const WIDEST: u8 = 12;
/// Lines of a sentence and of what stands below it, in u.
const LEAD_LINE: f64 = 4.8;
const REST_LINE: f64 = 3.9;

/// A sentence and what stands below it.
#[derive(Debug, PartialEq)]
struct Sentence {
    lead: String,
    rest: String,
    /// A finding of the past, rather than a look ahead: only that is written boldly.
    firm: bool,
}

pub(super) fn sentences(panel: &PanelFigures, block: &Block, look: &Look) -> Markup {
    let said = if block.table.rows.is_empty() {
        Vec::new()
    } else if block.has(Role::Verdict) {
        verdicts(block)
    } else if block.about.shape == Shape::Value {
        ahead(panel, block)
    } else if block.has(Role::Expected) {
        held(block)
    } else {
        each(block)
    };
    if said.is_empty() {
        let why = block.why().unwrap_or("データがありません");
        return html! { p.none { (why) small lang="en" { "No figure can be given" } } };
    }
    let columns = if panel.place.width == WIDEST { 2 } else { 1 };
    let width = look.inside(panel.place).0 / columns as f64 - if columns > 1 { COLUMN } else { 0.0 };
    let height = |sentence: &Sentence| sentence.height(width);
    let tallest = said.iter().map(height).fold(1.0, f64::max);
    let page = look.rows(panel.place, tallest, 0.0).0 * columns;
    table::pages(
        said.chunks(page)
            .map(|page| {
                html! {
                    ul.sentences {
                        @for sentence in page {
                            li {
                                span.lead.firm[sentence.firm] { (sentence.lead) }
                                @if !sentence.rest.is_empty() { span.rest { (sentence.rest) } }
                            }
                        }
                    }
                }
            })
            .collect(),
    )
}

impl Sentence {
    /// In u, within a width, as the style sheet writes it.
    fn height(&self, width: f64) -> f64 {
        let lines = |text: &str, size: f64, weight: Weight| lines_of(font::width(text, size, weight), width);
        lines(&self.lead, LABEL, Weight::Strong) * LEAD_LINE
            + lines(&self.rest, FOOTNOTE, Weight::Text) * REST_LINE
    }
}

fn number(block: &Block, row: &[Cell], role: Role) -> Option<f64> {
    numbers::number(&row[block.place(role)?])
}

fn text<'a>(block: &Block, row: &'a [Cell], role: Role) -> Option<&'a str> {
    row[block.place(role)?].text()
}

fn last_count(block: &Block, row: &[Cell]) -> Option<String> {
    let counts = (0..block.table.columns.len()).rev().find(|place| block.role(*place) == Role::Count)?;
    numbers::number(&row[counts]).map(|n| numbers::decimal(n, 0))
}

/// How past projections stood to those that anyone could make: one sentence for horizons of one verdict.
fn verdicts(block: &Block) -> Vec<Sentence> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for row in &block.table.rows {
        let days = numbers::number(&row[0]).map_or_else(String::new, |n| numbers::decimal(n, 0));
        let verdict = text(block, row, Role::Verdict).or_else(|| text(block, row, Role::Reason));
        let verdict = verdict.map_or("判定なし", |verdict| block.name_of(verdict)).to_owned();
        let tried = number(block, row, Role::Count)
            .map_or_else(String::new, |n| format!("（直近{}回）", numbers::decimal(n, 0)));
        let of = format!("{days}日先{tried}");
        match found.iter_mut().find(|(said, _)| *said == verdict) {
            Some((_, all)) => all.push(of),
            None => found.push((verdict, vec![of])),
        }
    }
    let sentence =
        |(verdict, of): (String, Vec<String>)| Sentence { lead: verdict, rest: of.join("、"), firm: true };
    found.into_iter().map(sentence).collect()
}

/// A chance of what lies ahead, with what it follows from, and how far such projections can be trusted.
fn ahead(panel: &PanelFigures, block: &Block) -> Vec<Sentence> {
    let value = block.first_of(Role::Value);
    if *value == Cell::Null {
        return Vec::new();
    }
    let figure = numbers::figure(value, block.about.unit);
    let facts: Vec<String> =
        tile::facts(panel, block).into_iter().map(|(label, text)| format!("{label} {text}")).collect();
    let mut said = vec![Sentence {
        lead: format!("{figure}{}", block.about.unit.ja()),
        rest: facts.join("、"),
        firm: false,
    }];
    let trusted = panel.over.as_ref().filter(|over| over.has(Role::Verdict)).map(verdicts);
    if let Some(furthest) = trusted.and_then(|mut all| all.pop()) {
        let lead = format!("見通しの検証: {}", furthest.lead);
        said.push(Sentence { lead, ..furthest });
    }
    said
}

/// Whether past bands held as often as they should have: by the limits of the share, of all bands.
fn held(block: &Block) -> Vec<Sentence> {
    let known: Vec<&Vec<Cell>> =
        block.table.rows.iter().filter(|row| number(block, row, Role::Value).is_some()).collect();
    let Some(widest) = known.last() else { return Vec::new() };
    let compare = |row: &&&Vec<Cell>| {
        let expected = number(block, row, Role::Expected)?;
        let (lower, upper) = (number(block, row, Role::Lower(95))?, number(block, row, Role::Upper(95))?);
        Some((upper < expected, lower > expected))
    };
    let found: Vec<(bool, bool)> = known.iter().filter_map(|row| compare(&row)).collect();
    let words = if found.iter().any(|(narrow, _)| *narrow) {
        "幅が狭すぎた"
    } else if found.iter().any(|(_, wide)| *wide) {
        "幅が広すぎた"
    } else {
        "幅は理論の範囲内"
    };
    let nights = last_count(block, widest).map_or_else(String::new, |n| format!("過去{n}夜の"));
    let figure =
        |role: Role| number(block, widest, role).map_or_else(String::new, |n| numbers::decimal(n, 1));
    let level = widest[0].text().map_or("", |level| block.name_of(level));
    vec![Sentence {
        lead: format!("{nights}推計では{words}"),
        rest: format!(
            "{level}の幅に入った割合 {}%（95%区間 {}–{}%、理論値 {}%）",
            figure(Role::Value),
            figure(Role::Lower(95)),
            figure(Role::Upper(95)),
            figure(Role::Expected)
        ),
        firm: true,
    }]
}

/// A figure with its limits for each row: `全体: 半数が 8.0 日以内`.
fn each(block: &Block) -> Vec<Sentence> {
    let unit = block.about.unit;
    let one = |row: &Vec<Cell>| {
        let figure = |role: Role| number(block, row, role).map(|n| numbers::figure(&Cell::Float(n), unit));
        let name = block.name_of_row(row);
        let column = block.place(Role::Value)?;
        let label = block.about.label(&block.table.columns[column].0);
        let value = figure(Role::Value)?;
        let unit = unit.ja();
        let limits = match (figure(Role::Lower(95)), figure(Role::Upper(95))) {
            (Some(lower), Some(upper)) => format!("95%区間 {lower}–{upper}{unit}"),
            (Some(lower), None) => format!("95%区間 {lower}{unit}以上"),
            _ => String::new(),
        };
        let count = number(block, row, Role::Count).map(|n| format!("{}件", numbers::decimal(n, 0)));
        let rest: Vec<String> = Some(limits).filter(|l| !l.is_empty()).into_iter().chain(count).collect();
        Some(Sentence { lead: format!("{name}: {label} {value}{unit}"), rest: rest.join("、"), firm: true })
    };
    block.table.rows.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::super::figures::{CellKind, Table};
    use super::super::samples;
    use super::*;
    use crate::definitions::role::Column;

    fn block(columns: &[(&str, CellKind, Role)], rows: Vec<Vec<Cell>>) -> Block {
        let mut block = samples::block("scores");
        block.about.shape = Shape::Table;
        for (name, _, role) in columns {
            block.about.meanings.insert((*name).into(), Column::new("", *role).meaning);
        }
        block.table =
            Table { columns: columns.iter().map(|(name, kind, _)| ((*name).into(), *kind)).collect(), rows };
        block
    }

    fn coverage(value: f64, lower: f64, upper: f64) -> Block {
        let float = CellKind::Float;
        let columns = [
            ("level", CellKind::Text, Role::Other),
            ("value", float, Role::Value),
            ("lower", float, Role::Lower(95)),
            ("upper", float, Role::Upper(95)),
            ("expected", float, Role::Expected),
            ("nights", CellKind::Int, Role::Count),
        ];
        let numbers = [value, lower, upper, 89.5].map(Cell::Float);
        let mut row = vec![Cell::Text("80%".into())];
        row.extend(numbers);
        row.push(Cell::Int(22));
        block(&columns, vec![row])
    }

    #[test]
    fn bands_are_judged_by_the_limits_of_what_they_held() {
        let lead = |block: &Block| held(block).remove(0).lead;
        assert_eq!(lead(&coverage(92.0, 73.6, 98.0)), "過去22夜の推計では幅は理論の範囲内");
        assert_eq!(lead(&coverage(25.0, 3.7, 74.4)), "過去22夜の推計では幅が狭すぎた");
        assert_eq!(lead(&coverage(99.0, 95.0, 99.9)), "過去22夜の推計では幅が広すぎた");
    }

    #[test]
    fn horizons_of_one_verdict_are_one_sentence() {
        let columns = [
            ("ahead", CellKind::Int, Role::Other),
            ("value", CellKind::Float, Role::Value),
            ("forecasts", CellKind::Int, Role::Count),
            ("verdict", CellKind::Text, Role::Verdict),
        ];
        let row = |days: i64, tried: i64, verdict: &str| {
            vec![Cell::Int(days), Cell::Float(1.0), Cell::Int(tried), Cell::Text(verdict.into())]
        };
        let rows = vec![
            row(7, 14, "優劣は判定できない"),
            row(14, 10, "試行が少なく判定せず"),
            row(21, 7, "試行が少なく判定せず"),
        ];
        let said = verdicts(&block(&columns, rows));
        assert_eq!(said.len(), 2, "{said:?}");
        assert_eq!(said[1].lead, "試行が少なく判定せず");
        assert_eq!(said[1].rest, "14日先（直近10回）、21日先（直近7回）");
    }

    #[test]
    fn a_look_ahead_is_never_bold_and_says_how_far_it_can_be_trusted() {
        let mut main = samples::block("bed_reach");
        main.about.shape = Shape::Value;
        main.about.unit = crate::definitions::indicator::Unit::Percent;
        main.about.title = samples::title("21日以内に満床となる確率", "chance");
        main.table =
            Table { columns: vec![("value".into(), CellKind::Float)], rows: vec![vec![Cell::Float(22.7)]] };
        let columns = [
            ("ahead", CellKind::Int, Role::Other),
            ("value", CellKind::Float, Role::Value),
            ("verdict", CellKind::Text, Role::Verdict),
        ];
        let row = vec![Cell::Int(21), Cell::Float(1.0), Cell::Text("試行が少なく判定せず".into())];
        let panel = PanelFigures { over: Some(block(&columns, vec![row])), ..samples::panel(main.clone()) };
        let said = ahead(&panel, &main);
        assert!(!said[0].firm && said[0].lead.contains("22.7"), "{said:?}");
        assert!(said[1].lead.ends_with("試行が少なく判定せず"), "{said:?}");
        main.table.rows[0][0] = Cell::Null;
        assert_eq!(ahead(&panel, &main), []);
    }
}
