//! The names of the series, with their last figures: beside the ends of the lines where the width allows,
//! else in rows above the plot.

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::font::{Weight, width};
use crate::draw::place;
use crate::draw::theme::Rgb;
use crate::draw::words;

/// From one label beside the plot to the next, in text sizes.
const LINE: f64 = 1.12;

#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Empty where the title says it.
    pub name: String,
    /// Never shortened.
    pub figure: String,
    pub colour: Rgb,
}

/// Where the names go, decided before the plot is laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Key {
    Nowhere,
    Beside { width: f64, size: f64, names: bool },
    Above { size: f64, rows: usize },
}

impl Key {
    pub(super) fn of(canvas: &Canvas, entries: &[Entry], room: &Rect) -> Key {
        if entries.is_empty() {
            return Key::Nowhere;
        }
        let swatch = canvas.text * 1.1;
        let stacks = |size: f64| entries.len() as f64 * size * LINE <= room.h;
        for (share, most) in [(1.0, 0.3), (0.88, 0.33), (0.76, 0.36)] {
            let size = canvas.text * share;
            let width = widest(entries, size, true) + swatch;
            if stacks(size) && width <= room.w * most {
                return Key::Beside { width, size, names: true };
            }
        }
        if entries.iter().all(|e| !e.name.is_empty())
            && let Some(above) = Key::above(canvas, entries, room)
        {
            return above;
        }
        let (size, most) = (canvas.note(), room.w * 0.48);
        let figures = widest(entries, size, false) + swatch;
        if !stacks(size) || figures > most {
            return Key::Nowhere;
        }
        if figures + size * 3.5 <= most {
            let width = (widest(entries, size, true) + swatch).min(most);
            return Key::Beside { width, size, names: true };
        }
        Key::Beside { width: figures, size, names: false }
    }

    /// Beside the plot where that leaves it its width; else the names stand in the plot.
    pub(super) fn beside(canvas: &Canvas, entries: &[Entry], room: &Rect) -> Key {
        if entries.is_empty() {
            return Key::Nowhere;
        }
        let swatch = canvas.text * 1.1;
        for (share, most) in [(1.0, 0.15), (0.88, 0.17), (0.76, 0.18)] {
            let size = canvas.text * share;
            let width = widest(entries, size, true) + swatch;
            if entries.len() as f64 * size * LINE <= room.h && width <= room.w * most {
                return Key::Beside { width, size, names: true };
            }
        }
        Key::Nowhere
    }

    fn above(canvas: &Canvas, entries: &[Entry], room: &Rect) -> Option<Key> {
        let heights = room.h / canvas.text;
        let most = if heights >= 7.5 { 2 } else { 1 };
        if heights < 4.5 {
            return None;
        }
        [1.0, 0.88, 0.76].into_iter().find_map(|share| {
            let size = canvas.note() * share;
            let places = places(entries, size, room.w)?;
            let rows = places.last().map_or(0, |(_, row)| row + 1);
            (rows <= most).then_some(Key::Above { size, rows })
        })
    }

    /// The width taken at the right of the plot.
    pub(super) fn right(&self) -> f64 {
        if let Key::Beside { width, .. } = self { *width } else { 0.0 }
    }

    /// Height of the rows above the plot.
    pub(super) fn height(&self) -> f64 {
        if let Key::Above { size, rows } = self { (*rows as f64 * 1.2 + 0.3) * size } else { 0.0 }
    }

    /// Writes the rows above the plot, from the top of `room`.
    pub(super) fn write_above(&self, canvas: &mut Canvas, entries: &[Entry], room: &Rect) {
        let Key::Above { size, .. } = *self else { return };
        for (entry, (x, row)) in entries.iter().zip(places(entries, size, room.w).unwrap_or_default()) {
            let ink = Ink { size, ..canvas.plain() };
            let (x, y) = (room.x + x, room.y + size * (0.55 + 1.2 * row as f64));
            canvas.fill(Rect::new(x, y - size * 0.35, size * 0.7, size * 0.7), entry.colour);
            let name = canvas.write(&entry.name, x + size, y, Anchor::Start, ink);
            let figure = Ink { weight: Weight::Strong, ..ink };
            canvas.write(&entry.figure, name.right() + size * 0.3, y, Anchor::Start, figure);
        }
    }

    /// Writes the names beside the plot, each as near as can be to the height `wishes` gives it.
    pub(super) fn write_beside(
        &self,
        canvas: &mut Canvas,
        entries: &[(Entry, f64)],
        x: f64,
        top: f64,
        bottom: f64,
    ) {
        let Key::Beside { width, size, names } = *self else { return };
        let wishes: Vec<f64> = entries.iter().map(|(_, y)| *y).collect();
        let Some(placed) = place::spread(&wishes, size * LINE, top, bottom) else { return };
        let stroke = canvas.stroke();
        for ((entry, wish), y) in entries.iter().zip(placed) {
            let swatch = x + canvas.text * 0.25;
            let start = swatch + canvas.text * 0.5;
            if (y - wish).abs() > size * 0.5 {
                canvas.line((x, *wish), (swatch, y), canvas.hairline(), entry.colour);
            }
            canvas.line((swatch, y), (start, y), stroke.max(size * 0.2), entry.colour);
            let ink = Ink { size, ..canvas.plain() };
            let figure = Ink { weight: Weight::Strong, ..ink };
            let gap =
                if entry.name.is_empty() || entry.figure.is_empty() || !names { 0.0 } else { size * 0.3 };
            let room = (width - canvas.text).max(0.0) - Canvas::measure(&entry.figure, figure) - gap;
            let shown = if names { entry.name.as_str() } else { "" };
            let name = words::name(shown, (room, ink.size), ink.size, ink.weight);
            let (line, ink) = (name.lines.concat(), Ink { size: name.size, ..ink });
            let written = canvas.write(&line, start + canvas.text * 0.25, y, Anchor::Start, ink);
            canvas.write(&entry.figure, written.right() + gap, y, Anchor::Start, figure);
        }
    }
}

/// Where each entry begins and in which row, or None if one is wider than the room.
fn places(entries: &[Entry], size: f64, room: f64) -> Option<Vec<(f64, usize)>> {
    let (mut x, mut row) = (0.0, 0);
    let mut found = Vec::new();
    for entry in entries {
        let wide = entry_width(entry, size);
        if wide > room {
            return None;
        }
        if x > 0.0 && x + wide > room {
            (x, row) = (0.0, row + 1);
        }
        found.push((x, row));
        x += wide + size * 0.8;
    }
    Some(found)
}

fn entry_width(entry: &Entry, size: f64) -> f64 {
    size * 1.3 + width(&entry.name, size, Weight::Text) + width(&entry.figure, size, Weight::Strong)
}

fn widest(entries: &[Entry], size: f64, names: bool) -> f64 {
    let wide = |entry: &Entry| {
        let figure = width(&entry.figure, size, Weight::Strong);
        let name = if names { width(&entry.name, size, Weight::Text) } else { 0.0 };
        name + figure + if name > 0.0 && figure > 0.0 { size * 0.3 } else { 0.0 }
    };
    entries.iter().map(wide).fold(0.0, f64::max)
}
