//! The first figure of a board, as large as its place allows.

use jiff::Span;
use jiff::civil::Date;
use maud::{Markup, html};

use super::super::figures::{Block, PanelFigures};
use super::super::layout::{CLOSE, LABEL, Look, in_a_word, lines_of};
use super::super::reached::Reached;
use super::super::{numbers, words};
use super::number::{difference, digits, number, number_width};
use super::parts::{flow, parts, reason};
use crate::answer::{Cell, is_closed};
use crate::definitions::indicator::Unit;
use crate::definitions::role::Role;
use crate::draw::font::{self, Weight};
use crate::epi::calendar::weekday_ja;
use crate::epi::clock::jst;

const HERO_SIZES: [u8; 6] = [16, 14, 13, 12, 10, 8];

/// The one large number of a board, with what it is compared to.
pub fn hero(panel: &PanelFigures, block: &Block, look: &Look) -> Markup {
    let unit = block.about.unit;
    let room = look.inside(panel.place).0;
    let size = |cell: &Cell| {
        let fits = |s: &&u8| number_width(cell, unit, **s, Reached::None) <= room;
        HERO_SIZES.iter().find(fits).copied().unwrap_or(HERO_SIZES[HERO_SIZES.len() - 1])
    };
    if !block.has(Role::Yesterday) {
        let value = block.first_of(Role::Value);
        let why = block.why().map(|why| vec![reason(why)]);
        return html! {
            (number("value", value, unit, size(value), Reached::None))
            (flow(&why.unwrap_or_else(|| parts(panel, block)), false))
        };
    }
    let (value, yesterday) = (block.first_of(Role::Value), block.first_of(Role::Yesterday));
    let today = jst(block.as_of).date();
    if !is_closed(block.as_of, look.closing) {
        let so_far = format!("本日 0:00–{}", words::time(block.as_of));
        return html! {
            (number("yesterday", yesterday, unit, size(yesterday), Reached::None))
            dl.parts.lines { (line(&so_far, "value", value, unit)) (last_week(block, today, room)) }
        };
    }
    // A dash says nothing of why it stands there.
    if *value == Cell::Null
        && let Some(why) = block.why()
    {
        // Two lines of words are read from afar; of more the first.
        let fits = lines_of(font::width(why, LABEL, Weight::Strong), room) <= 2.0;
        let said = if fits { why.to_owned() } else { in_a_word(why) };
        return html! {
            (number("value", value, unit, size(value), Reached::None))
            dl.parts.lines { div.part.said title=(why) { dd { (said) } } @if *yesterday != Cell::Null { (line("昨日", "yesterday", yesterday, unit)) } }
        };
    }
    // Nothing is settled of a day that is not on record.
    let before = if *yesterday == Cell::Null { "昨日" } else { "昨日 確定" };
    html! {
        (number("value", value, unit, size(value), Reached::None))
        dl.parts.lines { (last_week(block, today, room)) (line(before, "yesterday", yesterday, unit)) }
    }
}

/// The hero's heading follows what its number means: until the morning's closing it speaks of yesterday, so that no board
/// opens with "▼100 %" at five past midnight.
pub fn hero_title(block: &Block, look: &Look) -> Option<(String, String)> {
    block.place(Role::Yesterday)?;
    if !is_closed(block.as_of, look.closing) {
        let closing = format!("{}:{:02} まで速報", look.closing.hour(), look.closing.minute());
        return Some(("昨日受理".to_owned(), closing));
    }
    Some(("本日受理".to_owned(), format!("0:00–{} 速報", words::time(block.as_of))))
}

/// The same weekday at the same hour. Null: a holiday, or a day after one; those are not compared.
fn last_week(block: &Block, today: Date, room: f64) -> Markup {
    let then = today.checked_sub(Span::new().days(7)).unwrap_or(today);
    let unit = block.about.unit;
    let cell = block.first_of(Role::LastWeek);
    let value = numbers::number(block.first_of(Role::Value));
    let difference = value.zip(numbers::number(cell)).map(|(now, then)| difference(now - then, unit));
    // The longest name that leaves the figures their room.
    let figures = format!("{} {}", numbers::figure(cell, unit), difference.as_deref().unwrap_or("比較不可"));
    let fits = |label: &&String| {
        font::width(&format!("{label} {figures}"), LABEL, Weight::Strong) + 2.0 * CLOSE <= room
    };
    let labels = [format!("前週{}曜 同時刻", weekday_ja(then)), "先週同時刻".to_owned(), "先週".to_owned()];
    let label = labels.iter().find(fits).unwrap_or(&labels[2]);
    match cell {
        Cell::Null if block.first_of(Role::Value) != &Cell::Null => {
            html! { div.part { dt { (label) } dd { "比較不可" } } }
        }
        cell => {
            html! {
                div.part {
                    dt { (label) }
                    dd { (digits("same_hour_last_week", &numbers::figure(cell, unit))) }
                    @if let Some(difference) = difference { dd.past { (difference) } }
                }
            }
        }
    }
}

fn line(label: &str, key: &str, cell: &Cell, unit: Unit) -> Markup {
    html! { div.part { dt { (label) } dd { (digits(key, &numbers::figure(cell, unit))) } } }
}
