//! Numbers: at a size of the style sheet's, with their unit, and how wide that is.

use maud::{Markup, html};

use super::super::layout::{TIGHT, UNIT};
use super::super::reached::Reached;
use super::super::{marks, numbers};
use crate::answer::Cell;
use crate::definitions::indicator::Unit;
use crate::draw::font::{self, Weight};

/// The width of the sign of a limit that is reached, in sizes of its number.
pub(super) const SIGN: f64 = 0.92;

/// A number and what follows it, at a size of the style sheet's (`s9` is 9 u).
pub(super) fn number(key: &str, cell: &Cell, unit: Unit, size: u8, state: Reached) -> Markup {
    number_with(key, cell, unit, unit.ja(), size, state)
}

pub(super) fn number_with(
    key: &str,
    cell: &Cell,
    unit: Unit,
    follows: &str,
    size: u8,
    state: Reached,
) -> Markup {
    html! {
        span.number.main.(format!("s{size}")).(state.class()) {
            (state.shape())
            (digits(key, &numbers::figure(cell, unit)))
            @if !matches!(cell, Cell::Null) && !follows.is_empty() { span.unit { (follows) } }
        }
    }
}

/// The digits, with the key by which a display knows which number changed.
pub(super) fn digits(key: &str, text: &str) -> Markup {
    html! {
        span.digits data-n=(key) {
            @if text == numbers::MASKED { (marks::masked()) } @else { (text) }
        }
    }
}

/// A masked figure is drawn, wider than the sign that stands for it.
pub(super) fn digits_width(text: &str, size: f64) -> f64 {
    if text == numbers::MASKED { 0.8 * size } else { font::width(text, size, Weight::Strong) }
}

pub(super) fn number_width(cell: &Cell, unit: Unit, size: u8, state: Reached) -> f64 {
    let digits = digits_width(&numbers::figure(cell, unit), f64::from(size));
    let sign = if state == Reached::None { 0.0 } else { SIGN * f64::from(size) };
    sign + digits + TIGHT + font::width(unit.ja(), UNIT, Weight::Text)
}

/// `+12`, `−3`, `±0`; of shares in points.
pub(super) fn difference(by: f64, unit: Unit) -> String {
    let places = numbers::places(unit);
    let text = numbers::decimal(by, places);
    match text.trim_start_matches('−').trim_matches(['0', '.']).is_empty() {
        true => "±0".to_owned(),
        false if by > 0.0 => format!("+{text}"),
        false => text,
    }
}
