//! Estimates with their intervals, one row a name: a dot on a line, the figures in words beside it. Ratios stand on a
//! logarithmic axis around 1.

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::font::Weight;
use crate::draw::numbers::{Scale, decimals, number, sound};
use crate::draw::words::{self, Fitted, LINE, fit, within};

/// An estimate and its limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub value: f64,
    pub lower: f64,
    pub upper: f64,
}

/// One row of a forest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estimate {
    pub name: String,
    /// None: there is no estimate.
    pub found: Option<Interval>,
    /// Why there is none.
    pub reason: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    pub rows: Vec<Estimate>,
    /// The estimates are ratios: a logarithmic axis, with a line at 1.
    pub ratio: bool,
}

/// What a forest says, in words.
pub(super) fn describe(forest: &Forest) -> Vec<String> {
    let places = if forest.ratio { 2 } else { 1 };
    let row = |row: &Estimate| match row.found.and_then(|f| usable(f, forest.ratio)) {
        Some(f) => format!(
            "{} {}（{}–{}）",
            row.name,
            number(f.value, places),
            number(f.lower, places),
            number(f.upper, places)
        ),
        None if row.reason.is_empty() => format!("{} —", row.name),
        None => format!("{} {}", row.name, row.reason),
    };
    forest.rows.iter().map(row).collect()
}

/// Draws into `room`; false if there is no value to draw.
pub(super) fn draw(canvas: &mut Canvas, room: Rect, forest: &Forest) -> bool {
    let rows: Vec<(&str, Option<Interval>)> = forest
        .rows
        .iter()
        .map(|row| (row.name.as_str(), row.found.and_then(|f| usable(f, forest.ratio))))
        .collect();
    let found: Vec<Interval> = rows.iter().filter_map(|(_, found)| *found).collect();
    if found.is_empty() {
        return false;
    }
    let places = if forest.ratio { 2 } else { decimals(found.iter().map(|f| f.value)).min(1) };
    let in_words = |found: Option<Interval>| match found {
        Some(f) => {
            let limit = |v: f64| number(v, places);
            (number(f.value, places), format!("{}–{}", limit(f.lower), limit(f.upper)))
        }
        None => ("—".to_owned(), String::new()),
    };
    let said: Vec<(String, String)> = rows.iter().map(|(_, found)| in_words(*found)).collect();
    let inks = |size: f64| {
        let ink = Ink { size, ..canvas.plain() };
        (ink, Ink { weight: Weight::Strong, ..ink }, Ink { size: size * 0.8, ..canvas.quiet() })
    };
    let widths = |size: f64| {
        let (_, figure, limits) = inks(size);
        let widest = |part: &dyn Fn(&(String, String)) -> f64| said.iter().map(part).fold(0.0, f64::max);
        (widest(&|w| Canvas::measure(&w.0, figure)), widest(&|w| Canvas::measure(&w.1, limits)))
    };
    let has_room = |size: &f64| {
        let (figures, spans) = widths(*size);
        room.w > (figures + spans) * 2.4
    };
    // Smaller words with their limits say more than large ones without.
    let least = canvas.text * 0.6;
    let size_in = |height: f64| {
        let large = (height / (rows.len() as f64 + 1.6) / 1.15).clamp(least, canvas.text);
        let smaller = (0..6).map(|n| large * 0.92_f64.powi(n)).filter(|size| *size >= least);
        smaller.into_iter().find(has_room).unwrap_or(large)
    };
    let names_at = |size: f64| {
        let (figures, spans) = widths(size);
        let gap = size * 0.4;
        // The limits are in the picture; in words only where there is room for them.
        let spans = if has_room(&size) { spans + gap } else { 0.0 };
        let beside = figures + spans + gap;
        let names = rows.iter().map(|(name, _)| Canvas::measure(name, inks(size).0)).fold(0.0, f64::max);
        (names.min((room.w - beside) * 0.5).max(0.0), spans, beside)
    };
    // A reason is read whole: in its row, else as a note below the axis.
    let size = size_in(room.h);
    let wide = room.w - names_at(size).0 - size * 0.4;
    let mut notes: Vec<&str> = Vec::new();
    for (row, _) in forest.rows.iter().zip(&rows).filter(|(_, (_, found))| found.is_none()) {
        let reason = row.reason.as_str();
        if !notes.contains(&reason) && fitted_reason(reason, (wide, size * LINE), size).is_none() {
            notes.push(reason);
        }
    }
    let noted: Vec<Fitted> = notes
        .iter()
        .enumerate()
        .map(|(n, reason)| {
            fit(&format!("{} {reason}", mark(n)), room.w, canvas.note(), Weight::Text, 8, 0.65)
        })
        .collect();
    let foot: f64 = noted.iter().map(|note| note.lines.len() as f64 * note.size * NOTE).sum();
    let size = size_in(room.h - foot);
    let below = size * 1.4 + foot;
    let shown = rows.len().min(((room.h - below) / (size * 1.05)).floor().max(1.0) as usize);
    let (ink, figure, limits) = inks(size);
    let gap = size * 0.4;
    let (names, spans, beside) = names_at(size);
    let area = room.less(names + gap, 0.0, beside, below);
    let height = (area.h / shown as f64).min(size * 2.6);
    let area = Rect::new(area.x, area.y, area.w, height * shown as f64);
    let axis = Axis::over(&found, forest.ratio, ((area.w / (canvas.note() * 4.0)) as usize).max(1));
    axis.draw(canvas, &area);
    let (colour, width) = (canvas.palette.series(0), canvas.stroke());
    for (n, (name, found)) in rows.iter().take(shown).enumerate() {
        let y = area.y + height * (n as f64 + 0.5);
        if let Some(f) = found {
            let x = |value: f64| area.x + axis.share(value) * area.w;
            canvas.line((x(f.lower), y), (x(f.upper), y), width, colour);
            for end in [f.lower, f.upper] {
                canvas.line((x(end), y - size * 0.2), (x(end), y + size * 0.2), width, colour);
            }
            canvas.dot((x(f.value), y), (size * 0.22).max(width * 1.4), colour);
        }
        let name = words::name(name, (names + 0.5, height), size, Weight::Text);
        canvas.write_lines(&name, room.x + names, y, Anchor::End, ink);
        let reason = forest.rows.get(n).map_or("", |row| row.reason.as_str());
        if found.is_none() && !reason.is_empty() {
            let quiet = Ink { size: size * 0.9, halo: true, ..canvas.quiet() };
            match notes.iter().position(|note| *note == reason) {
                Some(n) => {
                    canvas.write(&mark(n), room.right(), y, Anchor::End, quiet);
                }
                None => {
                    if let Some(fitted) = fitted_reason(reason, (room.right() - area.x, height), size) {
                        canvas.write_lines(&fitted, room.right(), y, Anchor::End, quiet);
                    }
                }
            }
            continue;
        }
        let (value, span) = in_words(*found);
        canvas.write(&value, room.right() - spans, y, Anchor::End, figure);
        if spans > 0.0 {
            canvas.write(&span, room.right(), y, Anchor::End, limits);
        }
    }
    if shown < rows.len() {
        let small = canvas.small();
        let rest = format!("ほか {}", rows.len() - shown);
        canvas.write(&rest, room.x, room.bottom() - foot - small.size * 0.6, Anchor::Start, small);
    }
    let mut top = room.bottom() - foot;
    for note in &noted {
        let ink = Ink { size: note.size, ..canvas.small() };
        for line in &note.lines {
            canvas.write(line, room.x, top + note.size * NOTE / 2.0, Anchor::Start, ink);
            top += note.size * NOTE;
        }
    }
    true
}

/// From one line of notes to the next, in text sizes.
const NOTE: f64 = 1.2;

/// What stands in a row in place of its reason, and before that below.
fn mark(note: usize) -> String {
    format!("注{}", note + 1)
}

/// A reason in its row, a little smaller than the figures; None where it has no room there.
fn fitted_reason(reason: &str, room: (f64, f64), size: f64) -> Option<Fitted> {
    within(reason, room, size * 0.9, Weight::Text, 0.8)
}

/// An interval that can be drawn: a ratio of zero has no place on a logarithmic axis.
pub(super) fn usable(found: Interval, ratio: bool) -> Option<Interval> {
    let [value, lower, upper] = [found.value, found.lower, found.upper].map(|v| sound(Some(v)));
    let found = Interval { value: value?, lower: lower?, upper: upper? };
    (found.lower <= found.upper && (!ratio || found.value > 0.0)).then_some(found)
}

/// What lies how far to the right.
enum Axis {
    Linear(Scale),
    /// Powers of two from the first to the last.
    Powers(f64, f64),
}

impl Axis {
    fn over(found: &[Interval], ratio: bool, intervals: usize) -> Axis {
        if !ratio {
            let ends = found.iter().flat_map(|f| [f.lower, f.upper, f.value]);
            return Axis::Linear(Scale::holding(ends, intervals));
        }
        let ends =
            || found.iter().flat_map(|f| [f.lower, f.value, f.upper]).filter(|v| *v > 0.0).map(f64::log2);
        let low = ends().fold(-1.0, f64::min).floor().max(-6.0);
        let high = ends().fold(1.0, f64::max).ceil().min(6.0);
        Axis::Powers(low, high)
    }

    fn share(&self, value: f64) -> f64 {
        match self {
            Axis::Linear(scale) => scale.share(value),
            Axis::Powers(low, high) => ((value.max(1e-12).log2() - low) / (high - low)).clamp(0.0, 1.0),
        }
    }

    fn draw(&self, canvas: &mut Canvas, area: &Rect) {
        let ticks: Vec<(f64, String)> = match self {
            Axis::Linear(scale) => scale.ticks().map(|tick| (tick, scale.label(tick))).collect(),
            Axis::Powers(low, high) => (*low as i32..=*high as i32)
                .map(|power| 2f64.powi(power))
                .map(|tick| {
                    (tick, if tick < 1.0 { format!("1/{}", number(1.0 / tick, 0)) } else { number(tick, 0) })
                })
                .collect(),
        };
        let ink = canvas.small();
        let y = area.bottom() + ink.size * 0.75;
        let ratio = matches!(self, Axis::Powers(..));
        for (tick, words) in ticks {
            let x = area.x + self.share(tick) * area.w;
            let middle = ratio && tick == 1.0;
            let colour = if middle { canvas.palette.mark } else { canvas.palette.grid };
            let width = canvas.hairline() * if middle { 1.6 } else { 1.0 };
            canvas.line((x, area.y), (x, area.bottom()), width, colour);
            let room = Canvas::room(&words, x, y, Anchor::Middle, ink);
            if canvas.is_free(&Rect::new(room.x - ink.size * 0.3, room.y, room.w + ink.size * 0.6, room.h)) {
                canvas.write(&words, x, y, Anchor::Middle, ink);
            }
        }
    }
}
