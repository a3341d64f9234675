//! What the charts over time share: a y axis from zero, days below, reference marks, events, the days
//! that are not yet complete, and labels beside the lines' ends.

use jiff::civil::Date;

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::chart::{Caption, Mark, Timeline};
use crate::draw::days::Days;
use crate::draw::font::Weight;
use crate::draw::numbers::{Scale, sound};
use crate::draw::place;
use crate::draw::theme::Rgb;
use crate::draw::words::shorten;

/// A label beside the right end: where it wants to stand, what it says, the colour of its swatch.
#[derive(Clone, Debug)]
pub struct EndLabel {
    pub y: f64,
    pub name: String,
    /// Never shortened.
    pub figure: String,
    pub colour: Rgb,
}

/// The plot, laid out.
pub struct Axes {
    pub area: Rect,
    pub y: Scale,
    pub days: Days,
    /// Above the plot: events and the word over incomplete days.
    strip: Rect,
    named: bool,
}

impl Axes {
    /// Lays the plot into `room`, leaving `right` pixels for labels, and draws grid and axes.
    pub fn lay(
        canvas: &mut Canvas,
        room: Rect,
        caption: &Caption,
        time: &Timeline,
        mut days: Days,
        values: &[f64],
        right: f64,
    ) -> Axes {
        let ink = canvas.quiet();
        let (text, note) = (canvas.text, canvas.note());
        let named = room.h >= text * 3.2;
        let below = if named { text * 1.56 } else { canvas.hairline() };
        let wants_strip = !time.events.is_empty() || shows_incomplete(&days, time);
        let above = if wants_strip && room.h >= text * 5.0 { note * 1.35 } else { 0.0 };
        let unit = !caption.bare && caption.title.is_empty() && !caption.unit.is_empty() && above == 0.0;
        let above_unit = if unit && room.h >= text * 5.0 { note * 1.2 } else { 0.0 };
        let mut area = room.less(0.0, above + above_unit + text * 0.5, right.max(text * 0.5), below);
        let marks = time.marks.iter().filter_map(|m| sound(Some(m.value)));
        let all: Vec<f64> = values.iter().copied().chain(marks).collect();
        let y = Scale::holding(all.iter().copied(), ((area.h / (text * 2.0)) as usize).clamp(1, 6));
        let widest = y.ticks().map(|t| Canvas::measure(&y.label(t), ink)).fold(0.0, f64::max);
        let rows = ((y.high - y.low) / y.step).max(1.0);
        let labelled = widest + text * 0.4 < room.w * 0.4 && area.h / rows >= text * 1.1;
        if labelled {
            area = area.less(widest + text * 0.4, 0.0, 0.0, 0.0);
        }
        days.lay(&area);
        let strip = Rect::new(area.x, room.y, area.w, above);
        let axes = Axes { area, y, days, strip, named };
        axes.grid(canvas, ink, labelled);
        if above_unit > 0.0 {
            let small = canvas.small();
            canvas.write(&caption.unit, room.x, room.y + note * 0.5, Anchor::Start, small);
        }
        axes
    }

    pub fn y(&self, value: f64) -> f64 {
        self.area.bottom() - self.y.share(value) * self.area.h
    }

    fn grid(&self, canvas: &mut Canvas, ink: Ink, labelled: bool) {
        let (grid, line) = (canvas.palette.grid, canvas.hairline());
        for tick in self.y.ticks() {
            let y = self.y(tick);
            if tick != 0.0 {
                canvas.line((self.area.x, y), (self.area.right(), y), line, grid);
            }
            if labelled {
                canvas.write(&self.y.label(tick), self.area.x - canvas.text * 0.35, y, Anchor::End, ink);
            }
        }
    }

    /// The base line and the days' names: drawn after the data, so that bars don't cover the line.
    pub fn base(&self, canvas: &mut Canvas) {
        let (axis, line) = (canvas.palette.axis, canvas.hairline() * 1.4);
        let zero = self.y(0.0);
        canvas.line((self.area.x, zero), (self.area.right(), zero), line, axis);
        if self.named {
            let ink = canvas.quiet();
            self.days.draw(canvas, &self.area, ink);
        }
    }

    /// Events as labelled ticks, and the bracket over the days that will still grow.
    pub fn strip(&self, canvas: &mut Canvas, time: &Timeline) {
        let small = canvas.small();
        let (mark, line) = (canvas.palette.mark, canvas.hairline() * 1.2);
        let middle = self.strip.y + small.size * 0.5;
        let foot = self.strip.bottom() + canvas.text * 0.2;
        if self.strip.h > 0.0
            && let Some(from) = self.incomplete_edge(time)
        {
            let (left, right) = (from.max(self.area.x), self.area.right());
            canvas.path(
                vec![
                    (left, foot + small.size * 0.2),
                    (left, foot),
                    (right, foot),
                    (right, foot + small.size * 0.2),
                ],
                line,
                canvas.palette.axis,
            );
            for words in ["まだ増える日", "未確定", ""] {
                let room = Canvas::room(words, right, middle, Anchor::End, small);
                if room.x >= self.area.x && canvas.is_free(&room) {
                    canvas.write(words, right, middle, Anchor::End, small);
                    break;
                }
            }
        }
        for (day, words) in time.events.iter().filter(|(day, _)| self.days.holds(*day)) {
            let x = self.days.x(*day);
            canvas.line((x, foot), (x, self.area.bottom()), line * 0.8, canvas.palette.axis);
            canvas
                .polygon(vec![(x - line * 3.0, foot), (x + line * 3.0, foot), (x, foot + line * 4.0)], mark);
            if self.strip.h <= 0.0 {
                continue;
            }
            let words = shorten(words, self.area.w * 0.4, small.size, Weight::Text);
            let pad = small.size * 0.35;
            let places = [(Anchor::Middle, x), (Anchor::Start, x), (Anchor::End, x)];
            let free = places.into_iter().find(|(anchor, at)| {
                let room = Canvas::room(&words, *at, middle, *anchor, small);
                canvas.is_free(&Rect::new(room.x - pad, room.y, room.w + 2.0 * pad, room.h))
            });
            if let Some((anchor, at)) = free {
                canvas.write(&words, at, middle, anchor, Ink { colour: mark, ..small });
            }
        }
    }

    /// The left edge of the first bar that is not complete.
    pub fn incomplete_edge(&self, time: &Timeline) -> Option<f64> {
        let first = first_incomplete(&self.days, time)?;
        Some(self.days.x(first) - self.days.band() / 2.0)
    }

    /// Reference marks: thin lines across, each label where it covers the least.
    pub fn marks(&self, canvas: &mut Canvas, marks: &[Mark], obstacles: &[Rect]) {
        let small = canvas.small();
        let ink = Ink { colour: canvas.palette.mark, halo: true, ..small };
        for mark in marks {
            let Some(value) = sound(Some(mark.value)) else { continue };
            let y = self.y(value);
            let line = canvas.hairline() * 1.6;
            canvas.line((self.area.x, y), (self.area.right(), y), line, canvas.palette.mark);
            let words = shorten(&mark.label, self.area.w * 0.9, ink.size, Weight::Text);
            let wide = Canvas::measure(&words, ink);
            let pad = canvas.text * 0.2;
            let mut rooms = Vec::new();
            for share in [0.0, 1.0, 0.5, 0.25, 0.75, 0.12, 0.37, 0.62, 0.87] {
                let x = self.area.x + pad + (self.area.w - wide - 2.0 * pad) * share;
                for middle in [y - ink.size * 0.72, y + ink.size * 0.72] {
                    rooms.push(Canvas::room(&words, x, middle, Anchor::Start, ink));
                }
            }
            if let Some(best) = place::best(canvas, &rooms, obstacles) {
                let room = rooms[best];
                canvas.write(&words, room.x, room.y + room.h / 2.0, Anchor::Start, ink);
            }
        }
    }

    /// Names and last figures beside the ends of their lines, with a swatch of the line's colour.
    pub fn ends(&self, canvas: &mut Canvas, labels: &[EndLabel], plan: &EndPlan) {
        if plan.width <= 0.0 {
            return;
        }
        let wishes: Vec<f64> = labels.iter().map(|l| l.y).collect();
        let (top, bottom) = (self.area.y - canvas.text * 0.5, self.area.bottom() + canvas.text * 0.5);
        let Some(placed) = place::spread(&wishes, plan.size * 1.2, top, bottom) else { return };
        let x = self.area.right();
        let width = canvas.stroke();
        for (label, y) in labels.iter().zip(placed) {
            let swatch = x + canvas.text * 0.25;
            let start = swatch + canvas.text * 0.5;
            if (y - label.y).abs() > plan.size * 0.5 {
                canvas.line((x, label.y), (swatch, y), canvas.hairline(), label.colour);
            }
            canvas.line((swatch, y), (start, y), width.max(plan.size * 0.2), label.colour);
            let ink = Ink { size: plan.size, ..canvas.plain() };
            let name = if plan.names { label.name.as_str() } else { "" };
            let room = (plan.width - canvas.text).max(0.0);
            let figure = Ink { weight: Weight::Strong, ..ink };
            let figure_width = Canvas::measure(&label.figure, figure);
            let gap = if name.is_empty() || label.figure.is_empty() { 0.0 } else { plan.size * 0.3 };
            let name = shorten(name, room - figure_width - gap, ink.size, ink.weight);
            let at = canvas.text * 0.25 + start;
            let written = canvas.write(&name, at, y, Anchor::Start, ink);
            canvas.write(&label.figure, written.right() + gap, y, Anchor::Start, figure);
        }
    }
}

/// How the labels at the right are written, decided before the plot is laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EndPlan {
    pub width: f64,
    pub size: f64,
    pub names: bool,
}

impl EndPlan {
    /// Room for names and figures; smaller, then without names, then nothing, as the room asks.
    pub fn of(canvas: &Canvas, labels: &[(String, String)], room: &Rect) -> EndPlan {
        let none = EndPlan { width: 0.0, size: canvas.text, names: false };
        if labels.is_empty() {
            return none;
        }
        let below = if room.h >= canvas.text * 3.2 { canvas.text * 1.56 } else { 0.0 };
        let height = room.h - below;
        for (share, most) in [(1.0, 0.32), (0.88, 0.36), (0.76, 0.42)] {
            let size = canvas.text * share;
            let width = widest(labels, size, true) + canvas.text * 1.1;
            if labels.len() as f64 * size * 1.2 <= height && width <= room.w * most {
                return EndPlan { width, size, names: true };
            }
        }
        let size = canvas.note();
        if labels.len() as f64 * size * 1.2 > height {
            return none;
        }
        let figures = widest(labels, size, false) + canvas.text * 1.1;
        if figures + size * 4.0 <= room.w * 0.42 {
            return EndPlan { width: room.w * 0.42, size, names: true };
        }
        if figures <= room.w * 0.42 {
            return EndPlan { width: figures, size, names: false };
        }
        none
    }
}

/// Names with swatches in a row above the plot, where there's no room beside it. Gives back what is left.
pub fn legend(canvas: &mut Canvas, room: Rect, names: &[(String, Rgb)]) -> Rect {
    if room.h < canvas.text * 5.0 || names.len() < 2 {
        return room;
    }
    let small = Ink { colour: canvas.palette.text, ..canvas.small() };
    let (mut x, mut y) = (room.x, room.y + small.size * 0.55);
    for (name, colour) in names {
        let name = shorten(name, room.w * 0.45, small.size, small.weight);
        let wide = small.size * 1.1 + Canvas::measure(&name, small);
        if x > room.x && x + wide > room.right() {
            (x, y) = (room.x, y + small.size * 1.2);
        }
        if y > room.y + small.size * 2.0 {
            break;
        }
        let swatch = Rect::new(x, y - small.size * 0.4, small.size * 0.8, small.size * 0.8);
        canvas.fill(swatch, *colour);
        canvas.write(&name, x + small.size * 1.1, y, Anchor::Start, small);
        x += wide + small.size * 0.8;
    }
    room.less(0.0, y - room.y + small.size * 0.9, 0.0, 0.0)
}

fn widest(labels: &[(String, String)], size: f64, names: bool) -> f64 {
    let width = |(name, figure): &(String, String)| {
        let figure_width = crate::draw::font::width(figure, size, Weight::Strong);
        let name_width = if names { crate::draw::font::width(name, size, Weight::Text) } else { 0.0 };
        name_width + figure_width + if name_width > 0.0 && figure_width > 0.0 { size * 0.3 } else { 0.0 }
    };
    labels.iter().map(width).fold(0.0, f64::max)
}

fn shows_incomplete(days: &Days, time: &Timeline) -> bool {
    first_incomplete(days, time).is_some()
}

fn first_incomplete(days: &Days, time: &Timeline) -> Option<Date> {
    let points = time.series.iter().chain(&time.over).flat_map(|s| &s.points);
    points.map(|(day, _)| *day).filter(|day| days.is_incomplete(*day, time.incomplete_from)).min()
}
