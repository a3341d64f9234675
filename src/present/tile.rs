//! Numbers in HTML: the hero, and tiles with their parts. Sizes are chosen so that all of it fits: a
//! number is never cut.

mod hero;
mod number;
mod parts;
mod trail;

pub use hero::{hero, hero_title};
use jiff::Span;
use maud::{Markup, html};
use number::{difference, number, number_width, number_with};
pub(super) use parts::facts;
use parts::{LIMIT, PAST, Part, WHY, flow, limit, lines_taken, parts, reason};
use trail::trail;

use super::figures::{Block, PanelFigures};
use super::layout::{FOOTNOTE, ITEM, LABEL, Look, PART, in_a_word, lines_of};
use super::reached::Reached;
use super::{numbers, words};
use crate::answer::Cell;
use crate::definitions::indicator::Shape;
use crate::definitions::role::Role;
use crate::draw::font::{self, Weight};
use crate::epi::clock::jst;

/// Sizes of a tile's number, in u, from the wanted one down.
const TILE_SIZES: [u8; 5] = [9, 8, 7, 6, 5];
/// The least size of a number beside which the difference from a week ago is said.
const LEAST_WITH_PAST: u8 = 7;

/// Which parts stand beside a number, from all of them on: the first choice that fits. The number comes first: what it was a week
/// ago is said where that leaves it large.
const BESIDE_A_NUMBER: [fn(&Part) -> bool; 2] = [|_| true, |part| part.key != PAST];
/// The same beside a reason, which goes when no part has room with it.
const BESIDE_A_REASON: [fn(&Part) -> bool; 6] = [
    |_| true,
    |part| [WHY, LIMIT, PAST].contains(&part.key.as_str()) || part.urgent,
    |part| [WHY, LIMIT].contains(&part.key.as_str()) || part.urgent,
    |part| part.key == WHY || part.urgent,
    |part| part.key != WHY,
    |part| part.key != WHY && part.key != PAST,
];

/// A number with its parts: two lines of parts beside it, the others below.
pub fn tile(panel: &PanelFigures, block: &Block, look: &Look) -> Markup {
    let mut parts = parts(panel, block);
    // Why there is no number, or no limit, says more than a dash.
    let why = match block.first_of(Role::Reason) {
        Cell::Text(why) if block.table.rows.len() == 1 => Some(why.as_str()),
        _ => None,
    };
    if let Some(why) = block.why().or(why) {
        parts.retain(|part| part.text != numbers::MISSING);
        parts.insert(0, reason(why));
    }
    if block.about.shape == Shape::Breakdown {
        return flow(&parts, false);
    }
    let (value, unit) = (block.first_of(Role::Value), block.about.unit);
    if *value == Cell::Null
        && let Some(why) = parts.iter().position(|part| part.key == WHY)
    {
        let why = parts.remove(why);
        return nothing(&why.text, &parts, look, panel);
    }
    // Where there is no number, the dash in its place says it for the parts that are not known either.
    if *value == Cell::Null {
        parts.retain(|part| part.text != numbers::MISSING);
    }
    let state = Reached::of(panel.reached.len(), block.about.reference.len());
    let (width, lines) = look.inside(panel.place);
    let closer = lines * 13 / 10;
    let fitting = |parts: &[Part], text: f64, lines: usize| {
        let widths: Vec<f64> = parts.iter().map(|p| p.width(text)).collect();
        let fits = |s: &&u8| {
            let gap = if text < LABEL { ITEM } else { PART };
            let beside = width - number_width(value, unit, **s, state) - gap;
            beside > 0.0 && lines_taken(&widths, beside, width) <= lines
        };
        TILE_SIZES.iter().find(fits).copied()
    };
    let fits = |parts: &[Part]| {
        let plain = fitting(parts, LABEL, lines).map(|size| (size, false));
        plain.or_else(|| fitting(parts, FOOTNOTE, closer).map(|size| (size, true)))
    };
    // A reason has one line; a longer one is said in a word, and one that has no room then not at all.
    if let Some(at) = parts.iter().position(|part| part.key == WHY) {
        if parts[at].width(LABEL) > width {
            parts[at].text = in_a_word(&parts[at].text);
        }
        if parts[at].width(LABEL) > width {
            parts.remove(at);
        }
    }
    let said = parts.iter().any(|part| part.key == WHY);
    let choices: &[fn(&Part) -> bool] = if said { &BESIDE_A_REASON } else { &BESIDE_A_NUMBER };
    let mut found = None;
    for kept in choices {
        let chosen: Vec<Part> = parts.iter().filter(|part| kept(part)).cloned().collect();
        let past = chosen.iter().any(|part| part.key == PAST);
        found = fits(&chosen).filter(|(size, _)| !past || *size >= LEAST_WITH_PAST);
        if found.is_some() {
            parts = chosen;
            break;
        }
    }
    if found.is_none() {
        parts.retain(|part| part.key != WHY && part.key != PAST);
    }
    // So many digits that they fit only in smaller text: better small than cut.
    let (size, dense) = found.unwrap_or((TILE_SIZES[TILE_SIZES.len() - 1], true));
    let text = if dense { FOOTNOTE } else { LABEL };
    let widths: Vec<f64> = parts.iter().map(|part| part.width(text)).collect();
    let gap = if dense { ITEM } else { PART };
    let taken = lines_taken(&widths, width - number_width(value, unit, size, state) - gap, width);
    html! {
        (number("value", value, unit, size, state))
        (flow(&parts, dense))
        (trail(panel, block, look, taken))
    }
}

/// No number, and why: the longest that has room.
fn nothing(why: &str, parts: &[Part], look: &Look, panel: &PanelFigures) -> Markup {
    let (width, lines) = look.inside(panel.place);
    let height = lines as f64 * LABEL * 1.12;
    let said = |text: &str| format!("{} {text}", numbers::MISSING);
    let takes =
        |text: &str, size: f64| lines_of(font::width(&said(text), size, Weight::Strong), width) * size * 1.12;
    let others = if parts.is_empty() {
        0.0
    } else {
        let widths: Vec<f64> = parts.iter().map(|part| part.width(FOOTNOTE)).collect();
        lines_taken(&widths, width, width) as f64 * FOOTNOTE * 1.12
    };
    let beside = others > 0.0 && takes(why, FOOTNOTE) + others <= height;
    let room = height - if beside { others } else { 0.0 };
    let short = in_a_word(why);
    let short = short.as_str();
    let choices = [(why, LABEL), (why, FOOTNOTE), (short, LABEL)];
    let (text, size) =
        choices.into_iter().find(|(text, size)| takes(text, *size) <= room).unwrap_or((short, FOOTNOTE));
    html! {
        p.why.dense[size < LABEL] title=(why) { (said(text)) }
        @if beside { (flow(parts, true)) }
    }
}

/// The latest point of a series that is not still being counted, for a sparkline's number, with its day, its limit and the difference from a week before.
pub(super) fn latest(panel: &PanelFigures, block: &Block, title: &str, look: &Look) -> Markup {
    let Some(value) = block.place(Role::Value) else { return Markup::default() };
    let complete = block.place(Role::Complete);
    let counted = |row: &&Vec<Cell>| complete.is_none_or(|place| !matches!(row[place], Cell::Bool(false)));
    let row = block.table.rows.iter().rev().filter(counted).find(|row| !matches!(row[value], Cell::Null));
    let cell = row.map_or(&Cell::Null, |row| &row[value]);
    let day = block.place(Role::Period);
    let at = row.and_then(|row| row[day?].day());
    let before = at.and_then(|at| at.checked_sub(Span::new().days(7)).ok());
    let before =
        block.table.rows.iter().find(|row| before.is_some() && day.and_then(|day| row[day].day()) == before);
    let past = numbers::number(cell).zip(before.and_then(|row| numbers::number(&row[value])));
    let past = past.map(|(now, then)| difference(now - then, block.about.unit));
    let state = Reached::of(panel.reached.len(), block.about.reference.len());
    let limit = limit(panel, block).filter(|_| *cell != Cell::Null);
    let limit = limit.map_or_else(String::new, |limit| format!("{} {}", limit.label, limit.text));
    let at =
        at.map_or_else(String::new, |at| format!("{} ", words::day_seen_from(at, jst(block.as_of).date())));
    let first = format!("{at}{limit}");
    let second = past.as_ref().map_or_else(String::new, |past| format!("7日前より {past}"));
    let beside = [&first, &second]
        .map(|line| font::width(line, FOOTNOTE, Weight::Text))
        .into_iter()
        .fold(0.0, f64::max);
    let room = look.inside(panel.place).0 - beside - PART;
    let fits = |size: &&u8| number_width(cell, block.about.unit, **size, state) <= room;
    let size = TILE_SIZES.iter().find(fits).copied().unwrap_or(TILE_SIZES[TILE_SIZES.len() - 1]);
    html! {
        div.latest {
            @let unit = block.about.unit.ja();
            (number_with("value", cell, block.about.unit, if title.contains(unit) { "" } else { unit }, size, state))
            span.beside-latest {
                span.at { (first) }
                @if let Some(past) = past { span.at { "7日前より " b { (past) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests;
