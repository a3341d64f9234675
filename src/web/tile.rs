//! Numbers in HTML: the hero, and tiles with their parts.

use jiff::Span;
use jiff::civil::{Date, Time};
use maud::{Markup, html};

use super::figures::{Block, PanelFigures};
use super::layout::Look;
use super::{marks, numbers, words};
use crate::answer::Cell;
use crate::catalog::indicator::Unit;
use crate::epi::calendar::{is_office_day, weekday_ja};
use crate::epi::clock::jst;

/// The number itself. `key` tells the display which number changed.
pub fn number(key: &str, cell: &Cell, unit: Unit) -> Markup {
    figure(key, cell, unit, words::unit(unit))
}

fn figure(key: &str, cell: &Cell, unit: Unit, follows: &str) -> Markup {
    let text = numbers::figure(cell, unit);
    let digits = format!("d{}", text.chars().count().min(10));
    html! {
        span.number.(digits) {
            span.digits data-n=(key) {
                @if text == numbers::MASKED { (marks::masked()) } @else { (text) }
            }
            @if !follows.is_empty() && !matches!(cell, Cell::Null) { span.unit { (follows) } }
        }
    }
}

/// The one large number of a board, with what it is compared to.
pub fn hero(panel: &PanelFigures, block: &Block, look: &Look) -> Markup {
    if block.table.index("yesterday").is_some() {
        return so_far(block, look.closing);
    }
    html! {
        (number("value", block.first("value"), block.about.unit))
        (parts(panel, block))
    }
}

/// Today so far against the same weekday at the same hour; before the morning's closing yesterday's
/// figure, so that no board opens with "▼100 %" at five past midnight.
fn so_far(block: &Block, closing: Time) -> Markup {
    let now = jst(block.as_of);
    let today = now.date();
    let unit = block.about.unit;
    let (value, yesterday) = (block.first("value"), block.first("yesterday"));
    let until = words::time(block.as_of);
    if before_closing(now.time(), closing) {
        return html! {
            (number("yesterday", yesterday, unit))
            dl.parts.lines {
                (line(&format!("本日 0:00–{until}"), "value", value, unit))
                (last_week(block, today))
            }
        };
    }
    html! {
        (number("value", value, unit))
        dl.parts.lines {
            (last_week(block, today))
            (line("昨日 確定", "yesterday", yesterday, unit))
        }
    }
}

/// Whether the hero still speaks of yesterday.
pub fn before_closing(now: Time, closing: Time) -> bool {
    now < closing
}

/// The hero's heading follows what its number means.
pub fn hero_title(block: &Block, look: &Look) -> Option<(String, String)> {
    block.table.index("yesterday")?;
    let now = jst(block.as_of);
    if before_closing(now.time(), look.closing) {
        let closing = format!("{}:{:02} まで速報", look.closing.hour(), look.closing.minute());
        return Some(("昨日受理".to_owned(), closing));
    }
    Some(("本日受理".to_owned(), format!("0:00–{} 速報", words::time(block.as_of))))
}

fn last_week(block: &Block, today: Date) -> Markup {
    let then = today.checked_sub(Span::new().days(7)).unwrap_or(today);
    let label = format!("前週{}曜 同時刻", weekday_ja(then));
    if is_office_day(then) != is_office_day(today) {
        // A holiday is compared with like days only.
        return html! { div.part { dt { (label) } dd { "比較不可" } } };
    }
    line(&label, "same_hour_last_week", block.first("same_hour_last_week"), block.about.unit)
}

fn line(label: &str, key: &str, cell: &Cell, unit: Unit) -> Markup {
    html! { div.part { dt { (label) } dd { (figure(key, cell, unit, "")) } } }
}

/// A number with its parts.
pub fn tile(panel: &PanelFigures, block: &Block) -> Markup {
    html! {
        (number("value", block.first("value"), block.about.unit))
        (parts(panel, block))
    }
}

fn parts(panel: &PanelFigures, block: &Block) -> Markup {
    let about = &block.about;
    let columns = block.table.numeric().filter(|(_, name)| *name != "value");
    html! {
        dl.parts {
            @for (_, name) in columns {
                @let urgent = panel.urgent.iter().any(|u| u == name);
                @let kind = if name.ends_with("_hours") { Unit::Hours } else { Unit::Persons };
                div.part.urgent[urgent] {
                    dt { (about.label(name)) }
                    dd { (figure(name, block.first(name), kind, words::part_unit(name, about.unit))) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::{CellKind, Table};
    use super::super::samples;
    use super::*;

    fn received(as_of: &str) -> Result<String, jiff::Error> {
        let mut block = samples::block("received_today");
        block.as_of = as_of.parse()?;
        let columns = ["value", "same_hour_last_week", "yesterday"];
        block.table = Table {
            columns: columns.iter().map(|c| ((*c).to_owned(), CellKind::Int)).collect(),
            rows: vec![vec![Cell::Int(42), Cell::Int(55), Cell::Int(61)]],
        };
        Ok(so_far(&block, Time::constant(9, 0, 0, 0)).into_string())
    }

    #[test]
    fn until_the_closing_the_hero_is_yesterdays() -> Result<(), jiff::Error> {
        let early = received("2026-11-21T15:05:00Z")?;
        assert!(early.find("61") < early.find("42"), "{early}");
        let late = received("2026-11-22T05:05:00Z")?;
        assert!(late.find("42") < late.find("61") && late.contains("前週日曜 同時刻"), "{late}");
        Ok(())
    }

    #[test]
    fn a_holiday_is_not_compared_with_a_working_day() -> Result<(), jiff::Error> {
        // 2026-11-23 is 勤労感謝の日; the Monday before is a working day.
        assert!(received("2026-11-23T05:05:00Z")?.contains("比較不可"));
        Ok(())
    }
}
