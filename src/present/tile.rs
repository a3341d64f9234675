//! Numbers in HTML: the hero, and tiles with their parts. Sizes are chosen so that all of it fits: a
//! number is never cut.

use jiff::Span;
use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};

use super::figures::{Block, CellKind, PanelFigures};
use super::layout::{FOOTNOTE, LABEL, Look, in_a_word, lines_of};
use super::reached::Reached;
use super::{marks, numbers, words};
use crate::answer::{Cell, is_closed};
use crate::definitions::indicator::{Reference, Shape, Unit};
use crate::definitions::role::{Role, Scale};
use crate::draw::chart::{Caption, Chart, Kind, Series};
use crate::draw::font::{self, Weight};
use crate::epi::calendar::weekday_ja;
use crate::epi::clock::jst;

/// Sizes of a tile's number, in u, from the wanted one down.
const TILE_SIZES: [u8; 5] = [9, 8, 7, 6, 5];
const HERO_SIZES: [u8; 6] = [16, 14, 13, 12, 10, 8];
/// The unit beside the number, and the gaps around numbers and parts, in u.
const UNIT: f64 = 3.6;
const GAP: f64 = 2.0;
const INNER_GAP: f64 = 0.9;
/// The width of the sign of a limit that is reached, in sizes of its number.
const SIGN: f64 = 0.92;
/// The least size of a number beside which the difference from a week ago is said.
const LEAST_WITH_PAST: u8 = 7;
/// The keys of the parts that say the limit and the difference from a week ago.
const LIMIT: &str = "limit";
const PAST: &str = "week_ago";
/// The key of the part that says why there is no figure.
const WHY: &str = "reason";
/// Text of parts that fit no other way.
const DENSE: f64 = 3.2;
/// The gap between the number and such parts.
const DENSE_GAP: f64 = 1.2;

/// A number and what follows it, at a size of the style sheet's (`s9` is 9 u).
fn number(key: &str, cell: &Cell, unit: Unit, size: u8, state: Reached) -> Markup {
    number_with(key, cell, unit, unit.ja(), size, state)
}

fn number_with(key: &str, cell: &Cell, unit: Unit, follows: &str, size: u8, state: Reached) -> Markup {
    html! {
        span.number.main.(format!("s{size}")).(state.class()) {
            (state.shape())
            (digits(key, &numbers::figure(cell, unit)))
            @if !matches!(cell, Cell::Null) && !follows.is_empty() { span.unit { (follows) } }
        }
    }
}

/// The digits, with the key by which a display knows which number changed.
fn digits(key: &str, text: &str) -> Markup {
    html! {
        span.digits data-n=(key) {
            @if text == numbers::MASKED { (marks::masked()) } @else { (text) }
        }
    }
}

/// A masked figure is drawn, wider than the sign that stands for it.
fn digits_width(text: &str, size: f64) -> f64 {
    if text == numbers::MASKED { 0.8 * size } else { font::width(text, size, Weight::Strong) }
}

fn number_width(cell: &Cell, unit: Unit, size: u8, state: Reached) -> f64 {
    let digits = digits_width(&numbers::figure(cell, unit), f64::from(size));
    let sign = if state == Reached::None { 0.0 } else { SIGN * f64::from(size) };
    sign + digits + 0.6 + font::width(unit.ja(), UNIT, Weight::Text)
}

/// One figure of a tile beside its main number.
struct Part {
    key: String,
    label: String,
    text: String,
    unit: String,
    urgent: bool,
}

impl Part {
    /// Width with text of a size, in u.
    fn width(&self, size: f64) -> f64 {
        font::width(&self.label, size, Weight::Text)
            + INNER_GAP
            + digits_width(&self.text, size)
            + font::width(&self.unit, 3.2, Weight::Text)
            + if self.unit.is_empty() { 0.0 } else { 0.6 }
    }

    fn markup(&self) -> Markup {
        html! {
            div.part.urgent[self.urgent].said[self.key == WHY] {
                @if !self.label.is_empty() { dt { (self.label) } }
                dd { (digits(&self.key, &self.text)) @if !self.unit.is_empty() { span.unit { (self.unit) } } }
            }
        }
    }
}

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
        font::width(&format!("{label} {figures}"), LABEL, Weight::Strong) + 2.0 * INNER_GAP <= room
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

/// `+12`, `−3`, `±0`; of shares in points.
fn difference(by: f64, unit: Unit) -> String {
    let places = numbers::places(unit);
    let text = numbers::decimal(by, places);
    match text.trim_start_matches('−').trim_matches(['0', '.']).is_empty() {
        true => "±0".to_owned(),
        false if by > 0.0 => format!("+{text}"),
        false => text,
    }
}

fn line(label: &str, key: &str, cell: &Cell, unit: Unit) -> Markup {
    html! { div.part { dt { (label) } dd { (digits(key, &numbers::figure(cell, unit))) } } }
}

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
            let gap = if text < LABEL { DENSE_GAP } else { GAP };
            let beside = width - number_width(value, unit, **s, state) - gap;
            beside > 0.0 && lines_taken(&widths, beside, width) <= lines
        };
        TILE_SIZES.iter().find(fits).copied()
    };
    let fits = |parts: &[Part]| {
        let plain = fitting(parts, LABEL, lines).map(|size| (size, false));
        plain.or_else(|| fitting(parts, DENSE, closer).map(|size| (size, true)))
    };
    // A reason has one line; a longer one is said in a word, and one that has no room then not at all.
    if let Some(why) = parts.iter_mut().find(|part| part.key == WHY) {
        if why.width(LABEL) > width {
            why.text = in_a_word(&why.text);
        }
        let none = why.width(LABEL) > width;
        parts.retain(|part| part.key != WHY || !none);
    }
    let mut found = fits(&parts);
    if found.is_none() && parts.iter().any(|part| part.key == WHY) {
        parts.retain(|part| part.key == WHY || part.urgent);
        found = fits(&parts);
    }
    if found.is_none() {
        parts.retain(|part| part.key != WHY);
        found = fits(&parts);
    }
    // The number comes first: what it was a week ago is said where that leaves it large.
    if found.is_none_or(|(size, _)| size < LEAST_WITH_PAST) && parts.iter().any(|part| part.key == PAST) {
        parts.retain(|part| part.key != PAST);
        found = fits(&parts);
    }
    // So many digits that they fit only in smaller text: better small than cut.
    let (size, dense) = found.unwrap_or((TILE_SIZES[TILE_SIZES.len() - 1], true));
    let text = if dense { DENSE } else { LABEL };
    let widths: Vec<f64> = parts.iter().map(|part| part.width(text)).collect();
    let gap = if dense { DENSE_GAP } else { GAP };
    let taken = lines_taken(&widths, width - number_width(value, unit, size, state) - gap, width);
    html! {
        (number("value", value, unit, size, state))
        (flow(&parts, dense))
        (trail(panel, block, look, taken))
    }
}

/// Days with a figure from which a trail says something.
const LEAST_DAYS: usize = 4;

/// The way that a number has come, where its tile has room: the same figure at the end of each of the days before.
fn trail(panel: &PanelFigures, block: &Block, look: &Look, lines: usize) -> Markup {
    let known = panel.trail.iter().filter(|(_, value)| value.is_some()).count();
    let Some(size) = look.trail(panel.place, lines).filter(|_| known >= LEAST_DAYS) else {
        return Markup::default();
    };
    let days = panel.trail.len();
    let title = block.about.title.ja.clone();
    let description = format!("{title} 直近{days}日の各日24時の値と現在の値。");
    let caption = Caption { title: title.clone(), description, bare: true, ..Caption::default() };
    let points = Series { label: title, points: panel.trail.clone() };
    match crate::draw::svg(&Chart { caption, kind: Kind::Spark(points) }, size, look.theme) {
        Ok(svg) => html! {
            div.trail {
                div.drawn { (PreEscaped(svg)) }
                p.beside { "直近" (days) "日（各日24時・当時の把握）" }
            }
        },
        Err(error) => {
            tracing::error!(indicator = %block.about.id, %error, "unable to draw a trail");
            Markup::default()
        }
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
        let widths: Vec<f64> = parts.iter().map(|part| part.width(DENSE)).collect();
        lines_taken(&widths, width, width) as f64 * DENSE * 1.12
    };
    let beside = others > 0.0 && takes(why, DENSE) + others <= height;
    let room = height - if beside { others } else { 0.0 };
    let short = in_a_word(why);
    let short = short.as_str();
    let choices = [(why, LABEL), (why, DENSE), (short, LABEL)];
    let (text, size) =
        choices.into_iter().find(|(text, size)| takes(text, *size) <= room).unwrap_or((short, DENSE));
    html! {
        p.why.dense[size < LABEL] title=(why) { (said(text)) }
        @if beside { (flow(parts, true)) }
    }
}

/// Why there is no figure, as a part beside it.
fn reason(why: &str) -> Part {
    Part {
        key: WHY.to_owned(),
        label: String::new(),
        text: why.to_owned(),
        unit: String::new(),
        urgent: false,
    }
}

/// Parts one after the other, broken between them like words.
fn flow(parts: &[Part], dense: bool) -> Markup {
    html! {
        dl.parts.dense[dense] { @for part in parts { (part.markup()) " " } }
    }
}

/// The latest point of a series, for a sparkline's number, with its day, its limit and the difference from a week before.
pub(super) fn latest(panel: &PanelFigures, block: &Block, title: &str, look: &Look) -> Markup {
    let Some(value) = block.place(Role::Value) else { return Markup::default() };
    let row = block.table.rows.iter().rev().find(|row| !matches!(row[value], Cell::Null));
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
    let room = look.inside(panel.place).0 - beside - GAP;
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

/// Lines that parts take: the first two beside the number, the others below it.
fn lines_taken(widths: &[f64], beside: f64, below: f64) -> usize {
    let room = |line: usize| if line < 2 { beside } else { below };
    let (mut line, mut used) = (0, 0.0);
    for width in widths {
        let start = if used > 0.0 { used + GAP } else { 0.0 };
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

fn parts(panel: &PanelFigures, block: &Block) -> Vec<Part> {
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
        let day = |day: Date| words::day_seen_from(day, today);
        let days = if from == to { day(from) } else { format!("{}–{}", day(from), day(to)) };
        found.push(plain("reported_from", "報告日", days, ""));
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
fn limit(panel: &PanelFigures, block: &Block) -> Option<Part> {
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
pub(super) fn facts(panel: &PanelFigures, block: &Block) -> Vec<(String, String)> {
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

#[cfg(test)]
mod tests;
