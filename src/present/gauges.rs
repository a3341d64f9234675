//! Figures on scales of their own: bars against dated marks, or against the same point of an earlier period. What has no
//! figure is said in a line below.

use maud::{Markup, html};

use super::figures::Block;
use super::layout::{FOOTNOTE, Look, TITLE, in_a_word, lines_of};
use super::length::of_hundred;
use super::reached::Reached;
use super::{numbers, table};
use crate::answer::{Cell, NOT_APPLIED};
use crate::definitions::board::Place;
use crate::definitions::role::Role;
use crate::draw::font::{self, Weight};
use crate::epi::comparison::Comparison;

/// Height of a row, and of a line of what has no figure, in u.
const ROW: f64 = 7.0;
const LINE: f64 = 3.9;
/// The share of the width that what is said beside a figure may take.
const SAID: f64 = 0.36;
/// Height of a row of figures that stand alone, in large type, and what such a figure takes beside its name, in u.
const LARGE: f64 = 9.5;
const BESIDE_LARGE: f64 = 48.0;

struct Gauge {
    name: String,
    value: f64,
    /// The figure and its unit.
    figure: String,
    unit: String,
    marks: Vec<f64>,
    reached: Reached,
    /// What is said beside the figure, and below that.
    said: String,
    beside: String,
}

pub(super) fn gauges(block: &Block, look: &Look, place: Place) -> Markup {
    let Some(value) = block.place(Role::Value).filter(|_| !block.table.rows.is_empty()) else {
        return table::no_data(block);
    };
    let (known, absent): (Vec<&Vec<Cell>>, Vec<&Vec<Cell>>) =
        block.table.rows.iter().partition(|row| numbers::number(&row[value]).is_some());
    let mut absent = missing(block, &absent);
    let width = look.rows(place, ROW, 0.0).1;
    let mut all: Vec<Gauge> = known.iter().filter_map(|row| gauge(block, row)).collect();
    // What a figure lacks stands beside it where that leaves the bars their room, else below.
    let long = |text: &str| font::width(text, FOOTNOTE, Weight::Strong) > width * SAID;
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for gauge in all.iter_mut().filter(|gauge| long(&gauge.said)) {
        let (said, lacks) = gauge.said.split_once('（').unwrap_or(("", &gauge.said));
        let lacks = lacks.strip_suffix('）').filter(|_| !said.is_empty()).unwrap_or(lacks);
        let (said, lacks) = (said.to_owned(), in_a_word(lacks));
        gauge.said = said;
        note(&mut told, lacks, &gauge.name);
    }
    for (lacks, names) in told {
        absent += &format!("{}{}: {lacks}", if absent.is_empty() { "" } else { "、" }, names.join("・"));
    }
    let below = match absent.as_str() {
        "" => 0.0,
        text => lines_of(font::width(text, FOOTNOTE, Weight::Text), width) * LINE,
    };
    if known.is_empty() {
        return html! { p.none { (absent) small lang="en" { "No figure can be given" } } };
    }
    let rows = look.rows(place, ROW, below).0;
    // Where nothing is held to anything the figures stand alone, without bars.
    let bare = all.iter().all(|gauge| gauge.marks.is_empty());
    let widest = all.iter().map(|gauge| font::width(&gauge.name, TITLE, Weight::Text)).fold(0.0, f64::max);
    let large = bare && all.len() <= look.rows(place, LARGE, below).0 && widest + BESIDE_LARGE <= width;
    table::pages(
        all.chunks(table::alike(all.len(), rows))
            .map(|rows| {
                html! {
                    div.held {
                        ul.gauges.bare[bare].large[large] { @for gauge in rows { (one(gauge, bare)) } }
                        @if !absent.is_empty() { p.absent { (absent) } }
                    }
                }
            })
            .collect(),
    )
}

/// `値なし: PCR陽性率（検査数のデータなし）`, those of one reason together.
fn missing(block: &Block, rows: &[&Vec<Cell>]) -> String {
    let reason = block.place(Role::Reason);
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows {
        let why =
            reason.and_then(|column| row[column].text()).map_or("", |why| block.name_of(why)).to_owned();
        let name = block.name_of_row(row).to_owned();
        note(&mut told, why, &name);
    }
    let each = told.iter().map(|(why, names)| match why.as_str() {
        "" => names.join("、"),
        why => format!("{}（{why}）", names.join("、")),
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() { String::new() } else { format!("値なし: {}", each.join("、")) }
}

/// A reason with the names of which it is said, each reason once.
fn note(told: &mut Vec<(String, Vec<String>)>, why: String, name: &str) {
    match told.iter_mut().find(|(said, _)| *said == why) {
        Some((_, names)) => names.push(name.to_owned()),
        None => told.push((why, vec![name.to_owned()])),
    }
}

fn gauge(block: &Block, row: &[Cell]) -> Option<Gauge> {
    let cell = |role: Role| block.place(role).map(|column| &row[column]);
    let text = |role: Role| cell(role).and_then(Cell::text).unwrap_or_default();
    let column = block.place(Role::Value)?;
    let value = numbers::number(&row[column])?;
    let figure = table::text(block, &block.table.columns[column].0, &row[column], row);
    let reason = text(Role::Reason);
    let mut found = Gauge {
        name: block.name_of_row(row).to_owned(),
        value,
        figure,
        unit: cell(Role::RowUnit).and_then(Cell::text).unwrap_or_else(|| block.about.unit.ja()).to_owned(),
        marks: Vec::new(),
        reached: Reached::None,
        said: if reason.is_empty() { String::new() } else { block.name_of(reason).to_owned() },
        beside: String::new(),
    };
    if let Some(held) = row.first().and_then(Cell::text).and_then(|code| block.marks.get(code)) {
        found.marks.clone_from(&held.values);
        // What does not apply has reached nothing.
        let reached = text(Role::Reached);
        let holds = held.values.iter().filter(|mark| held.comparison.holds(value, **mark)).count();
        if !reached.is_empty() && reached != NOT_APPLIED {
            found.reached = Reached::of(holds, held.values.len());
            found.said = match reason {
                "" => reached.to_owned(),
                lacks => format!("{reached}（{}）", block.name_of(lacks)),
            };
        }
        found.beside = format!("目安 {}", in_words(held.comparison, &held.values, &found.unit));
    } else if block.has(Role::Marks) {
        // A frame of an earlier program has the marks in words alone.
        let marks = text(Role::Marks);
        let none = marks.is_empty() || marks == crate::definitions::schemes::NO_MARKS;
        found.said = if none { String::new() } else { text(Role::Reached).to_owned() };
        found.beside = if none { String::new() } else { format!("目安 {marks}") };
    } else if let Some((before, label)) = earlier(block, row) {
        found.marks.push(before);
        let then = numbers::figure(&Cell::Float(before), block.about.unit);
        found.beside = format!("{label} {then}{}", block.about.unit.ja());
        found.said = ratio(block, row).unwrap_or(found.said);
    }
    Some(found)
}

/// `20%・50%以上`
fn in_words(comparison: Comparison, values: &[f64], unit: &str) -> String {
    let unit = if unit == "%" { "%" } else { "" };
    let values: Vec<String> = values
        .iter()
        .map(|value| format!("{}{unit}", numbers::decimal(*value, usize::from(value.fract() != 0.0))))
        .collect();
    format!("{}{}", values.join("・"), comparison.ja())
}

/// The figure of the same point of the period before, and what it is called without what stands in brackets.
fn earlier<'a>(block: &'a Block, row: &[Cell]) -> Option<(f64, &'a str)> {
    let column = block.place(Role::Before)?;
    let before = numbers::number(&row[column])?;
    let label = block.about.label(&block.table.columns[column].0);
    Some((before, label.split('（').next().unwrap_or(label)))
}

/// `0.15倍（0.10–0.21）`
fn ratio(block: &Block, row: &[Cell]) -> Option<String> {
    let column = block.place(Role::Ratio)?;
    let ratio = numbers::number(&row[column])?;
    let limit = |role: Role| {
        let mut all = 0..block.table.columns.len();
        let limit = all.find(|at| block.role(*at) == role && block.limited(*at) == Some(column))?;
        Some(numbers::decimal(numbers::number(&row[limit])?, 2))
    };
    let times = numbers::decimal(ratio, 2);
    Some(match (limit(Role::PartLower), limit(Role::PartUpper)) {
        (Some(lower), Some(upper)) => format!("{times}倍（{lower}–{upper}）"),
        _ => format!("{times}倍"),
    })
}

fn one(gauge: &Gauge, bare: bool) -> Markup {
    html! {
        li.gauge.(gauge.reached.class()) {
            span.name { (gauge.name) }
            @if !bare { (bar(gauge)) }
            span.figure {
                (gauge.reached.shape())
                span.digits data-n=(gauge.name) { (gauge.figure) }
                span.unit { (gauge.unit) }
            }
            @if !bare {
                span.said {
                    @if !gauge.said.is_empty() { b { (gauge.said) } }
                    @if !gauge.beside.is_empty() { span { (gauge.beside) } }
                }
            }
        }
    }
}

/// The figure as a bar, its marks as lines across it. The widths are attributes of a drawing: the page's policy allows no style
/// in the markup.
fn bar(gauge: &Gauge) -> Markup {
    let most = gauge.marks.iter().copied().fold(gauge.value, f64::max);
    // A share has its whole as its scale.
    let most = if gauge.unit == "%" && most <= 100.0 { 100.0 } else { most * 1.15 };
    let place = |n: f64| of_hundred(n, most);
    let label = format!("{} {}{} {}", gauge.name, gauge.figure, gauge.unit, gauge.beside);
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label=(label) {
            rect.track x="0" y="1.5" width="100" height="7" {}
            @if gauge.value > 0.0 { rect.occupied x="0" y="1.5" width=(place(gauge.value)) height="7" {} }
            @for mark in &gauge.marks {
                line.mark-line x1=(place(*mark)) x2=(place(*mark)) y1="0" y2="10" {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::{CellKind, RowMarks, Table};
    use super::super::samples;
    use super::*;

    fn whole() -> Place {
        Place { column: 1, row: 1, width: 12, height: 8 }
    }

    fn held(value: Cell, reason: Cell) -> Block {
        let mut block = samples::block("against_reference");
        let columns = ["item", "value", "unit", "marks", "reached", "reason"];
        let kind = |name: &str| if name == "value" { CellKind::Float } else { CellKind::Text };
        let columns = columns.iter().map(|name| ((*name).to_owned(), kind(name))).collect();
        let text = |text: &str| Cell::Text(text.into());
        let row =
            vec![text("s/beds"), value, text("%"), text("20%以上・50%以上"), text("50%以上に該当"), reason];
        block.table = Table { columns, rows: vec![row] };
        let meanings = [("marks", Role::Marks), ("reached", Role::Reached)];
        for (name, role) in meanings {
            let meaning = crate::definitions::role::Column::new("", role).meaning;
            block.about.meanings.insert(name.into(), meaning);
        }
        block.names.insert("s/beds".into(), samples::title("病床使用率", "beds"));
        let marks = RowMarks { comparison: Comparison::AtLeast, values: vec![20.0, 50.0] };
        block.marks.insert("s/beds".into(), marks);
        block
    }

    #[test]
    fn a_figure_stands_against_its_marks() {
        let said = |block: &Block| gauges(block, &samples::look(), whole()).into_string();
        let page = said(&held(Cell::Float(62.5), Cell::Null));
        assert!(page.contains("gauge over") && page.contains("50%以上に該当"), "{page}");
        assert!(page.contains("目安 20%・50%以上") && page.contains("x1=\"50.00\""), "{page}");
        let page = said(&held(Cell::Float(31.0), Cell::Null));
        assert!(page.contains("gauge near"), "{page}");
        let lacking = said(&held(Cell::Float(62.5), Cell::Text("麻布訓練病院を除く".into())));
        assert!(
            lacking.contains("gauge over") && lacking.contains("50%以上に該当（麻布訓練病院を除く）"),
            "{lacking}"
        );
        let mut block = held(Cell::Float(62.5), Cell::Text("検査数が少ない間は用いない".into()));
        let reached = block.place(Role::Reached).expect("a column");
        block.table.rows[0][reached] = Cell::Text("適用外".into());
        let page = said(&block);
        assert!(page.contains("gauge calm") && page.contains("用いない"), "what does not apply: {page}");
    }

    #[test]
    fn what_has_no_figure_is_said_with_its_reason() {
        let block = held(Cell::Null, Cell::Text("検査数のデータなし".into()));
        let page = gauges(&block, &samples::look(), whole()).into_string();
        assert!(page.contains("値なし: 病床使用率（検査数のデータなし）"), "{page}");
    }
}
