//! What the charts over time share: a y axis from zero, days below, reference marks, events, the days
//! that are not yet complete, and labels beside the lines' ends.

use jiff::civil::Date;

use crate::draw::bands;
use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::days::Days;
use crate::draw::font::Weight;
use crate::draw::key::{Entry, Key};
use crate::draw::numbers::{Scale, sound};
use crate::draw::parts::{Caption, Timeline};
use crate::draw::words;

/// Said over the as-of day, where days after it follow.
const NOW: &str = "現在";

/// The plot, laid out.
pub(super) struct Axes {
    pub area: Rect,
    pub y: Scale,
    pub days: Days,
    /// All that the plot was given, ticks and labels included.
    room: Rect,
    /// Above the plot: events, the word over incomplete days, the as-of day, the key of the bands.
    strip: Rect,
    named: bool,
}

impl Axes {
    /// Lays the plot into `room`, with the names of `entries` where `key` says, and draws the grid.
    pub(super) fn lay(
        canvas: &mut Canvas,
        room: Rect,
        (caption, time): (&Caption, &Timeline),
        mut days: Days,
        values: &[f64],
        (key, entries): (&Key, &[Entry]),
    ) -> Axes {
        let ink = canvas.quiet();
        let (text, note) = (canvas.text, canvas.note());
        let named = room.h >= text * 3.2;
        let below = if named { text * 1.56 } else { canvas.hairline() };
        let incomplete = first_incomplete(&days, time).is_some();
        let said = incomplete || !time.events.is_empty() || time.now.is_some() || time.bands.len() > 1;
        let strip = if room.h >= text * 5.0 && said { note * 1.35 } else { 0.0 };
        let beside =
            if incomplete { Canvas::measure(time.incomplete.longest(), canvas.small()) + note } else { 0.0 };
        let low = room.h < text * 8.0;
        let lone = time.events.is_empty() && time.now.is_none() && time.bands.len() < 2;
        let share_row = strip > 0.0 && (low || lone) && key.leaves(entries, &room, beside);
        let rows = if share_row { 0.0 } else { key.height() };
        key.write_above(canvas, entries, &room);
        let unit =
            !caption.bare && caption.title.is_empty() && !caption.unit.is_empty() && strip + rows == 0.0;
        let above_unit = if unit && room.h >= text * 5.0 { note * 1.2 } else { 0.0 };
        let above = rows + strip + above_unit + text * 0.5;
        let mut area = room.less(0.0, above, key.right().max(text * 0.5), below);
        let marks = time.marks.iter().filter_map(|m| sound(Some(m.value)));
        let limits = time.limit.iter().flat_map(|s| &s.points).filter_map(|(_, v)| sound(*v));
        let all: Vec<f64> = values.iter().copied().chain(marks).chain(limits).collect();
        let y = Scale::holding(all.iter().copied(), ((area.h / (text * 2.0)) as usize).clamp(1, 6));
        let widest = y.ticks().map(|t| Canvas::measure(&y.label(t), ink)).fold(0.0, f64::max);
        let intervals = ((y.high - y.low) / y.step).max(1.0);
        let labelled = widest + text * 0.4 < room.w * 0.4 && area.h / intervals >= text * 1.1;
        if labelled {
            area = area.less(widest + text * 0.4, 0.0, 0.0, 0.0);
        }
        days.lay(&area);
        let strip = Rect::new(area.x, room.y + rows, area.w, strip);
        let axes = Axes { area, y, days, room, strip, named };
        axes.grid(canvas, ink, labelled);
        if above_unit > 0.0 {
            let small = canvas.small();
            canvas.write(&caption.unit, room.x, room.y + note * 0.5, Anchor::Start, small);
        }
        axes
    }

    pub(super) fn y(&self, value: f64) -> f64 {
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

    /// The base line: drawn after bars, so that they don't cover it.
    pub(super) fn base(&self, canvas: &mut Canvas) {
        let (axis, line) = (canvas.palette.axis, canvas.hairline() * 1.4);
        let zero = self.y(0.0);
        canvas.line((self.area.x, zero), (self.area.right(), zero), line, axis);
    }

    /// The days' names, in the room that the labels beside the lines' ends leave.
    pub(super) fn names(&self, canvas: &mut Canvas) {
        if !self.named {
            return;
        }
        let ink = canvas.quiet();
        let row = Rect::new(self.area.right(), self.area.bottom(), canvas.width, ink.size * 1.5);
        let taken = canvas.labels.iter().filter(|label| label.room.shared(&row) > 0.0);
        let end = taken.map(|label| label.room.x - ink.size * 0.9).fold(canvas.width, f64::min);
        self.days.draw(canvas, &self.area, end, ink);
    }

    /// Events as labelled ticks, and the bracket over the days that will still grow.
    pub(super) fn strip(&self, canvas: &mut Canvas, time: &Timeline) {
        let small = canvas.small();
        let (mark, line) = (canvas.palette.mark, canvas.hairline() * 1.2);
        let middle = self.strip.y + small.size * 0.5;
        let foot = self.strip.bottom() + canvas.text * 0.2;
        let before_now = self.now_word(canvas, time).unwrap_or(f64::INFINITY);
        bands::key(canvas, &self.strip, &bands::sound_bands(time));
        if self.strip.h > 0.0
            && let Some((left, right)) = self.incomplete_edges(time)
        {
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
            for words in &time.incomplete.0 {
                let end = right.min(before_now);
                let room = Canvas::room(words, end, middle, Anchor::End, small);
                if room.x >= self.area.x && canvas.is_free(&room) {
                    canvas.write(words, end, middle, Anchor::End, small);
                    break;
                }
            }
        }
        for (day, named) in time.events.iter().filter(|(day, _)| self.days.holds(*day)) {
            let x = self.days.x(*day);
            canvas.line((x, foot), (x, self.area.bottom()), line * 0.8, canvas.palette.axis);
            canvas
                .polygon(vec![(x - line * 3.0, foot), (x + line * 3.0, foot), (x, foot + line * 4.0)], mark);
            if self.strip.h <= 0.0 {
                continue;
            }
            let name = words::name(named, (self.area.w * 0.4, small.size), small.size, Weight::Text);
            let (words, small) = (name.lines.concat(), Ink { size: name.size, ..small });
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

    /// The edges of the bars that are not complete.
    pub(super) fn incomplete_edges(&self, time: &Timeline) -> Option<(f64, f64)> {
        let first = first_incomplete(&self.days, time)?;
        let half = self.days.band() / 2.0;
        let end = time.now.filter(|now| self.days.holds(*now)).map(|now| self.days.x(now) + half);
        let end = end.unwrap_or(self.area.right()).min(self.area.right());
        Some(((self.days.x(first) - half).max(self.area.x), end))
    }

    pub(super) fn is_incomplete(&self, day: Date, time: &Timeline) -> bool {
        is_incomplete(&self.days, day, time)
    }

    /// The line between what is known and what is projected, under the data.
    pub(super) fn now(&self, canvas: &mut Canvas, time: &Timeline) {
        let Some(now) = time.now.filter(|now| self.days.holds(*now)) else { return };
        let (x, foot) = (self.days.x(now), self.strip.bottom() + canvas.text * 0.2);
        canvas.line((x, foot), (x, self.area.bottom()), canvas.hairline() * 1.2, canvas.palette.mark);
    }

    /// The word over that line; gives back where it begins.
    fn now_word(&self, canvas: &mut Canvas, time: &Timeline) -> Option<f64> {
        let now = time.now.filter(|now| self.strip.h > 0.0 && self.days.holds(*now))?;
        let ink = Ink { colour: canvas.palette.mark, ..canvas.small() };
        let half = Canvas::measure(NOW, ink) / 2.0;
        let x = self.days.x(now).min(canvas.width - half).max(half);
        let middle = self.strip.y + ink.size * 0.5;
        Some(canvas.write(NOW, x, middle, Anchor::Middle, ink).x - ink.size * 0.3)
    }

    /// Names and last figures beside the ends of their lines.
    pub(super) fn ends(&self, canvas: &mut Canvas, key: &Key, ends: &[(Entry, f64)]) {
        key.write_beside(canvas, ends, self.area.right(), self.room.y, self.room.bottom());
    }
}

fn is_incomplete(days: &Days, day: Date, time: &Timeline) -> bool {
    days.is_incomplete(day, time.incomplete_from) && time.now.is_none_or(|now| day <= now)
}

fn first_incomplete(days: &Days, time: &Timeline) -> Option<Date> {
    let points = time.series.iter().chain(&time.over).flat_map(|s| &s.points);
    points.map(|(day, _)| *day).filter(|day| is_incomplete(days, *day, time)).min()
}
