//! From an answer to what can be drawn, with the words that stand around and for the picture.

mod parts;
mod people;
mod say;
mod survival;
mod timeline;
#[cfg(test)]
mod wall;

pub use say::describe;

pub use parts::held_to;
use std::borrow::Cow;

use parts::{dimension, label, limits, marks};
use people::{heat, pyramid};
use survival::survival;
use timeline::{calendar, series, timeline};

use super::figures::Block;
use super::{numbers, words};
use crate::answer::Cell;
use crate::definitions::PanelKind;
use crate::definitions::indicator::Shape;
use crate::definitions::role::Role;
use crate::draw::chart::{Bars, Caption, Chart, Estimate, Forest, Interval, Kind};
use crate::draw::font::{self, Weight};
use crate::epi::clock::jst;

/// None when the answer's columns do not fit the form.
pub fn of(kind: PanelKind, block: &Block, over: Option<&Block>, bare: bool) -> Option<Chart> {
    let drawn = match kind {
        PanelKind::Line => Kind::Line(timeline(block, over, bare)?),
        PanelKind::Bars => Kind::Bars(timeline(block, over, bare)?),
        PanelKind::Stacked => Kind::Stacked(timeline(block, over, bare)?),
        PanelKind::Spark => Kind::Spark(series(&of_what_is_over(block))?.into_iter().next()?),
        PanelKind::Pyramid => Kind::Pyramid(pyramid(block)?),
        PanelKind::Heat => Kind::Heat(heat(block)?),
        PanelKind::Marks => Kind::Marks(bars(block, bare)?),
        PanelKind::Forest => Kind::Forest(forest(block)?),
        PanelKind::Survival => Kind::Survival(survival(block)?),
        PanelKind::Calendar => Kind::Calendar(calendar(block)?),
        PanelKind::Hero
        | PanelKind::Tile
        | PanelKind::Table
        | PanelKind::Beds
        | PanelKind::Gauges
        | PanelKind::Alarms
        | PanelKind::Sentences => return None,
    };
    Some(Chart { caption: caption(block, bare), kind: drawn })
}

/// Without the periods that go on: beside the last figure of a small line nothing says that they do.
fn of_what_is_over(block: &Block) -> Cow<'_, Block> {
    let Some(complete) = block.place(Role::Complete) else { return Cow::Borrowed(block) };
    let mut over = block.clone();
    over.table.rows.retain(|row| row[complete] != Cell::Bool(false));
    Cow::Owned(over)
}

/// The form in which an indicator is drawn where nobody chose one.
pub fn natural(block: &Block) -> Option<PanelKind> {
    if survival(block).is_some() {
        return Some(PanelKind::Survival);
    }
    match block.about.shape {
        Shape::Series if !block.has(Role::Value) && block.table.numeric().count() > 2 => {
            Some(PanelKind::Stacked)
        }
        Shape::Series if block.about.bars => Some(PanelKind::Bars),
        Shape::Series => Some(PanelKind::Line),
        Shape::Breakdown if limits(block).is_some() => Some(PanelKind::Forest),
        Shape::Breakdown => Some(PanelKind::Marks),
        Shape::Pyramid => Some(PanelKind::Pyramid),
        Shape::Heat => Some(PanelKind::Heat),
        Shape::Value | Shape::Table => None,
    }
}

fn caption(block: &Block, bare: bool) -> Caption {
    Caption {
        title: block.about.title.ja.clone(),
        unit: block.about.unit.ja().to_owned(),
        footer: footer(block),
        description: describe(block),
        bare,
        ..Caption::default()
    }
}

/// Why periods stand without those that they were to be compared with: `前年同期: 記録なし `.
pub fn alone(block: &Block, kind: PanelKind) -> Option<String> {
    let before = block.place(Role::Before).filter(|_| kind == PanelKind::Line)?;
    if block.table.rows.iter().any(|row| row[before] != Cell::Null) {
        return None;
    }
    let reason = block.place(Role::Reason)?;
    let why = block.table.rows.iter().find_map(|row| row[reason].text())?;
    let (against, ..) = block.against?;
    Some(format!("{}: {} ", against.ja(), block.name_of(why)))
}

/// Basis and date, period, as-of and sources: `受理・受理日 10/26–11/22 14:05 時点 発生届`.
pub fn footer(block: &Block) -> String {
    footer_with(block, true, &source_titles(block).join("・"))
}

/// The same within a width (u). What does not fit goes in this order: sources after the first (counted),
/// what the first says in brackets, what the date is, the as-of time, which a board says at its head, and last the sources.
pub fn footer_within(block: &Block, room: f64, size: f64) -> String {
    let fits = |text: &String| font::width(text, size, Weight::Text) <= room;
    let sources = source_titles(block);
    let shortened = match sources.as_slice() {
        [first, rest @ ..] if !rest.is_empty() => format!("{first} ほか{}", rest.len()),
        all => all.join("・"),
    };
    let bare = shortened.split('（').next().unwrap_or_default();
    let first = sources.first().map_or("", |first| first.split('（').next().unwrap_or(first));
    let candidates = [(true, shortened.as_str()), (true, bare), (false, bare)];
    let candidates = candidates.map(|(dated, sources)| footer_with(block, dated, sources));
    let least = basis_and_days(block, false);
    let untimed = [bare, first].map(|sources| format!("{least} {sources}"));
    let candidates = std::iter::once(footer(block)).chain(candidates).chain(untimed).chain([least]);
    let mut narrowest = String::new();
    for candidate in candidates {
        if fits(&candidate) {
            return candidate;
        }
        narrowest = candidate;
    }
    narrowest
}

fn source_titles(block: &Block) -> Vec<&str> {
    match block.sources.as_slice() {
        [] => vec!["系統なし"],
        sources => sources.iter().map(|s| s.title.as_str()).collect(),
    }
}

fn footer_with(block: &Block, dated: bool, sources: &str) -> String {
    let text = format!(
        "{} {} 時点 {sources}",
        basis_and_days(block, dated),
        words::time_seen_from(block.as_of, block.today())
    );
    text.trim_end().to_owned()
}

/// Basis and date, period, and how many hospitals have reported.
pub(super) fn basis_and_days(block: &Block, dated: bool) -> String {
    let about = &block.about;
    let now = jst(block.as_of).date();
    let judged = block.judged();
    let (from, to) = judged.unwrap_or((block.from, block.to));
    let same_year = from.year() == to.year() && to.year() == now.year();
    let what = if judged.is_some() { "判定 " } else { "" };
    let period = match about.ranged {
        false => String::new(),
        true if same_year && judged.is_some() && from == to => format!(" {what}{}", words::short_day(to)),
        true if same_year => format!(" {what}{}–{}", words::short_day(from), words::short_day(to)),
        true => format!(" {what}{from}–{to}"),
    };
    let basis = words::basis_and_date(&about.basis, if dated { &about.date } else { "" });
    let reporting = block.reporting().map(|(reported, hospitals)| format!(" 報告{reported}/{hospitals}病院"));
    let reporting = reporting.unwrap_or_default();
    format!("{basis}{period}{reporting}")
}

fn forest(block: &Block) -> Option<Forest> {
    let [value, lower, upper] = limits(block)?;
    let place = dimension(block)?;
    let row = |row: &Vec<Cell>| {
        let number = |column: usize| numbers::number(&row[column]);
        let found = || Some(Interval { value: number(value)?, lower: number(lower)?, upper: number(upper)? });
        let reason = match block.place(Role::Reason).map(|column| &row[column]) {
            Some(Cell::Text(code)) if !code.is_empty() => block.name_of(code).to_owned(),
            _ => String::new(),
        };
        Estimate { name: label(block, &row[place]), found: found(), reason }
    };
    let ratio = block.about.unit == crate::definitions::indicator::Unit::Ratio;
    Some(Forest { rows: block.table.rows.iter().map(row).collect(), ratio })
}

fn bars(block: &Block, bare: bool) -> Option<Bars> {
    let value = block.place(Role::Value)?;
    let place = dimension(block);
    let name =
        |row: &Vec<Cell>| place.map_or_else(|| block.about.title.ja.clone(), |p| label(block, &row[p]));
    let percent = block.about.unit == crate::definitions::indicator::Unit::Percent;
    Some(Bars {
        bars: block.table.rows.iter().map(|r| (name(r), numbers::number(&r[value]))).collect(),
        marks: marks(block, bare),
        to: percent.then_some(100.0),
    })
}
