//! The names of the series, with their last figures, beside the ends of the lines where the width allows.

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::font::{Weight, width};
use crate::draw::numbers::Scale;
use crate::draw::place;
use crate::draw::theme::Rgb;
use crate::draw::words;

/// From one label beside the plot to the next, in text sizes.
const LINE: f64 = 1.12;
/// The share of a panel's width that names and the figures of the axis take beside a plot at most.
const BESIDE_PLOT: f64 = 0.25;

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
    Beside { width: f64, size: f64 },
}

impl Key {
    /// Beside the plot where that leaves it its width, of which the figures of the axis take some; else the names stand in
    /// the plot.
    pub(super) fn beside(canvas: &Canvas, entries: &[Entry], room: &Rect, values: &[f64]) -> Key {
        if entries.is_empty() {
            return Key::Nowhere;
        }
        let axis = Scale::holding(values.iter().copied(), 4);
        let ink = canvas.small();
        let ticks = axis.ticks().map(|tick| Canvas::measure(&axis.label(tick), ink)).fold(0.0, f64::max);
        let most = room.w * BESIDE_PLOT - ticks - ink.size * 0.5;
        let swatch = canvas.text * 1.1;
        for share in [1.0, 0.88, 0.76] {
            let size = canvas.text * share;
            let width = widest(entries, size) + swatch;
            if entries.len() as f64 * size * LINE <= room.h && width <= most {
                return Key::Beside { width, size };
            }
        }
        Key::Nowhere
    }

    /// The width taken at the right of the plot.
    pub(super) fn right(&self) -> f64 {
        if let Key::Beside { width, .. } = self { *width } else { 0.0 }
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
        let Key::Beside { width, size } = *self else { return };
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
            let gap = if entry.name.is_empty() || entry.figure.is_empty() { 0.0 } else { size * 0.3 };
            let room = (width - canvas.text).max(0.0) - Canvas::measure(&entry.figure, figure) - gap;
            let name = words::name(&entry.name, (room, ink.size), ink.size, ink.weight);
            let (line, ink) = (name.lines.concat(), Ink { size: name.size, ..ink });
            let written = canvas.write(&line, start + canvas.text * 0.25, y, Anchor::Start, ink);
            canvas.write(&entry.figure, written.right() + gap, y, Anchor::Start, figure);
        }
    }
}

fn widest(entries: &[Entry], size: f64) -> f64 {
    let wide = |entry: &Entry| {
        let figure = width(&entry.figure, size, Weight::Strong);
        let name = width(&entry.name, size, Weight::Text);
        name + figure + if name > 0.0 && figure > 0.0 { size * 0.3 } else { 0.0 }
    };
    entries.iter().map(wide).fold(0.0, f64::max)
}
