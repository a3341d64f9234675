//! What stands beside a number: its parts, its limit, what it was a week ago, why there is none; and how they flow.

use maud::{Markup, html};

use super::super::figures::{Block, CellKind, PanelFigures};
use super::super::layout::{CLOSE, FOOTNOTE, PART, TIGHT, lines_of};
use super::super::{numbers, words};
use super::number::{difference, digits, digits_width};
use crate::answer::Cell;
use crate::definitions::indicator::{Reference, Shape, Unit};
use crate::definitions::role::{Role, Scale};
use crate::draw::font::{self, Weight};
use crate::epi::clock::jst;

/// The keys of the parts that say the limit and the difference from a week ago.
pub(super) const LIMIT: &str = "limit";

pub(super) const PAST: &str = "week_ago";

/// The key of the part that says why there is no figure.
pub(super) const WHY: &str = "reason";

/// One figure of a tile beside its main number.
#[derive(Clone)]
pub(super) struct Part {
    pub key: String,
    pub label: String,
    pub text: String,
    pub unit: String,
    pub urgent: bool,
}

impl Part {
    /// Width with text of a size, in u.
    pub(super) fn width(&self, size: f64) -> f64 {
        font::width(&self.label, size, Weight::Text)
            + CLOSE
            + digits_width(&self.text, size)
            + font::width(&self.unit, FOOTNOTE, Weight::Text)
            + if self.unit.is_empty() { 0.0 } else { TIGHT }
    }

    pub(super) fn markup(&self) -> Markup {
        html! {
            div.part.urgent[self.urgent].said[self.key == WHY] {
                @if !self.label.is_empty() { dt { (self.label) } }
                dd { (digits(&self.key, &self.text)) @if !self.unit.is_empty() { span.unit { (self.unit) } } }
            }
        }
    }
}

/// Why there is no figure, as a part beside it.
pub(super) fn reason(why: &str) -> Part {
    Part {
        key: WHY.to_owned(),
        label: String::new(),
        text: why.to_owned(),
        unit: String::new(),
        urgent: false,
    }
}

/// Parts one after the other, broken between them like words.
pub(super) fn flow(parts: &[Part], dense: bool) -> Markup {
    html! {
        dl.parts.dense[dense] { @for part in parts { (part.markup()) " " } }
    }
}

/// Lines that parts take: the first two beside the number, the others below it.
pub(super) fn lines_taken(widths: &[f64], beside: f64, below: f64) -> usize {
    let room = |line: usize| if line < 2 { beside } else { below };
    let (mut line, mut used) = (0, 0.0);
    for width in widths {
        let start = if used > 0.0 { used + PART } else { 0.0 };
        if start + width <= room(line) {
            used = start + width;
            continue;
        }
        if used > 0.0 {
            line += 1;
        }
        while line < 2 && *width > room(line) {
            line += 1;
        }
        used = *width;
        if *width > below {
            // A reason goes on in the lines that follow.
            line += lines_of(*width, below) as usize - 1;
            used = below;
        }
    }
    (line + 1).max(2)
}

/// A part with its limits: `46 (34–94)`.
fn within(block: &Block, place: usize, part: Part) -> Part {
    let limit = |role: Role| {
        let mut others = 0..block.table.columns.len();
        let limit =
            others.find(|other| block.role(*other) == role && block.limited(*other) == Some(place))?;
        let limit = numbers::number(block.table.rows.first()?.get(limit)?)?;
        Some(numbers::decimal(limit, 0))
    };
    match (limit(Role::PartLower), limit(Role::PartUpper)) {
        (Some(lower), Some(upper)) => Part { text: format!("{} ({lower}–{upper})", part.text), ..part },
        _ => part,
    }
}

pub(super) fn parts(panel: &PanelFigures, block: &Block) -> Vec<Part> {
    let (table, about) = (&block.table, &block.about);
    if about.shape == Shape::Breakdown {
        return rows_as_parts(block);
    }
    let plain = |key: &str, label: &str, text: String, unit: &str| Part {
        key: key.to_owned(),
        label: label.to_owned(),
        text,
        unit: unit.to_owned(),
        urgent: panel.urgent.iter().any(|u| u == key),
    };
    let mut found = Vec::new();
    let share = about.unit == Unit::Percent && block.has(Role::Occupied) && block.has(Role::Secured);
    if share {
        let of = |role| numbers::figure(block.first_of(role), Unit::Beds);
        let beds = format!("{}/{}", of(Role::Occupied), of(Role::Secured));
        found.push(plain("occupied", "", beds, Unit::Beds.ja()));
    }
    let value = numbers::number(block.first_of(Role::Value));
    found.extend(value.and_then(|_| limit(panel, block)));
    if let Some((now, then)) = value.zip(panel.week_ago) {
        let unit = if about.unit == Unit::Percent { "pt" } else { "" };
        found.push(plain(PAST, "先週より", difference(now - then, about.unit), unit));
    }
    let reporting = block.reporting();
    if let Some((reported, hospitals)) = reporting {
        found.push(plain("reported", "報告", format!("{reported}/{hospitals}"), "病院"));
    }
    for (place, name) in table.numeric() {
        let said = match block.role(place) {
            Role::Value | Role::Reported | Role::Reporters => true,
            Role::Occupied | Role::Secured => share,
            Role::PartLower | Role::PartUpper => block.limited(place).is_some(),
            // Who has not reported is said in its place: a tile has no room for both.
            Role::Ready => reporting.is_some() || !about.reference.is_empty(),
            _ => false,
        };
        if said {
            continue;
        }
        let cell = block.first(name);
        let waited = about.meaning(name).scale == Scale::Like(Unit::Hours);
        let part = match (waited, numbers::number(cell)) {
            (true, Some(hours)) => {
                let bound = panel.bounds.get(name).map(|bound| format!("・目安{}", numbers::hours(*bound)));
                let unit = format!("{}{}", Unit::Hours.ja(), bound.unwrap_or_default());
                plain(name, about.label(name), numbers::hours(hours), &unit)
            }
            _ => plain(name, &block.label(name), numbers::figure(cell, Unit::Persons), ""),
        };
        found.push(within(block, place, part));
    }
    // A part of the whole that is counted again stands beside the whole, not behind a part of it.
    found.sort_by_key(|part| about.meaning(&part.key).role != Role::Again);
    // A day that is not there says nothing.
    let today = jst(block.as_of).date();
    let reports = block.first_of(Role::ReportedFrom).day().zip(block.first_of(Role::ReportedTo).day());
    if let Some((from, to)) = reports.filter(|(from, _)| *from < today) {
        found.push(plain("reported_from", "報告日", words::days_seen_from(from, to, today), ""));
    }
    let is_report = |name: &str| matches!(about.meaning(name).role, Role::ReportedFrom | Role::ReportedTo);
    for (name, _) in table.columns.iter().filter(|(name, kind)| *kind == CellKind::Day && !is_report(name)) {
        if let Cell::Day(day) = block.first(name) {
            let day = words::day_seen_from(*day, jst(block.as_of).date());
            found.push(plain(name, about.label(name), day, ""));
        }
    }
    found
}

/// The highest reference value that is reached, or the first of those that are not: `目安 50%`.
pub(super) fn limit(panel: &PanelFigures, block: &Block) -> Option<Part> {
    let marks = &block.about.reference;
    let is_reached = |mark: &&Reference| panel.reached.contains(&mark.value);
    let mark = marks.iter().rev().find(is_reached).or_else(|| marks.first())?;
    let places = usize::from(mark.value.fract() != 0.0);
    let percent = if block.about.unit == Unit::Percent { "%" } else { "" };
    Some(Part {
        key: LIMIT.to_owned(),
        label: "目安".to_owned(),
        text: format!("{}{percent}", numbers::decimal(mark.value, places)),
        unit: String::new(),
        urgent: false,
    })
}

/// The figures beside the main one, with their labels.
pub(crate) fn facts(panel: &PanelFigures, block: &Block) -> Vec<(String, String)> {
    let known = parts(panel, block).into_iter().filter(|part| part.text != numbers::MISSING);
    known.map(|part| (part.label, format!("{}{}", part.text, part.unit))).collect()
}

fn rows_as_parts(block: &Block) -> Vec<Part> {
    let value = block.place(Role::Value);
    let rows = block.table.rows.iter().filter_map(|row| {
        let name = match row.first()? {
            Cell::Text(code) => block.name_of(code).to_owned(),
            Cell::Null => "不明".to_owned(),
            other => numbers::figure(other, block.about.unit),
        };
        let text = numbers::figure(&row[value?], block.about.unit);
        Some(Part { key: name.clone(), label: name, text, unit: String::new(), urgent: false })
    });
    rows.collect()
}
