//! What the charts over time share: a y axis from zero, days below, reference marks, events, the days
//! that are not yet complete, and names within the plot or beside the lines' ends.

use std::ops::Deref;

use jiff::civil::Date;

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::days::{self, Days};
use crate::draw::key::{Entry, Key};
use crate::draw::legend::{self, Item, Placed};
use crate::draw::numbers::{Scale, sound};
use crate::draw::parts::{Caption, Timeline};
use crate::draw::plot::Plot;

/// Rows at the top of the plot that the data may be asked to leave free.
const MOST_HEAD: usize = 5;
/// What the highest tick's figure takes above the plot, in its own sizes.
const HALF_TICK: f64 = 0.42;

/// The plot, laid out.
pub(super) struct Axes {
    plot: Plot,
    /// All that the plot was given, ticks and labels included.
    room: Rect,
    named: bool,
    items: Vec<Item>,
    placed: Vec<Placed>,
}

/// What is to be laid out.
pub(super) struct Plan<'a> {
    pub caption: &'a Caption,
    pub time: &'a Timeline,
    pub days: Days,
    /// All values that must be on the axis.
    pub values: Vec<f64>,
    pub entries: &'a [Entry],
    /// What will be drawn, once the axes are known: names stand clear of it.
    pub covers: &'a dyn Fn(&Axes, &Canvas) -> Vec<Rect>,
    /// Are unsettled days hatched from top to foot, and not bar by bar?
    pub hatched: bool,
}

impl Deref for Axes {
    type Target = Plot;

    fn deref(&self) -> &Plot {
        &self.plot
    }
}

impl Axes {
    /// Lays the plot into `room` and draws the grid. The axis ends as high as the names in the plot need.
    pub(super) fn lay(canvas: &mut Canvas, room: Rect, key: &Key, plan: Plan<'_>) -> Axes {
        let Plan { caption, time, mut days, values, entries, covers, hatched } = plan;
        let ink = canvas.small();
        let named = room.h >= canvas.text * 3.2;
        let below = if named { ink.size * days::FOOT } else { canvas.hairline() };
        let unit = !caption.bare && caption.title.is_empty() && !caption.unit.is_empty();
        let above_unit = if unit && room.h >= canvas.text * 5.0 { ink.size * 1.2 } else { 0.0 };
        let area = room.less(0.0, above_unit + ink.size * HALF_TICK, key.right().max(ink.size * 0.5), below);
        let inside = if matches!(key, Key::Beside { .. }) { &[] } else { entries };
        let unsettled = first_incomplete(&days, time).is_some();
        let main = entries.first().map_or(canvas.palette.series(0), |entry| entry.colour);
        let enough = area.h >= ink.size * 2.5 && area.w >= ink.size * 6.0;
        let items = if enough { legend::items(canvas, time, inside, main, unsettled) } else { Vec::new() };
        let marks = time.marks.iter().filter_map(|m| sound(Some(m.value)));
        let limits = time.limit.iter().flat_map(|s| &s.points).filter_map(|(_, v)| sound(*v));
        let all: Vec<f64> = values.into_iter().chain(marks).chain(limits).collect();
        let highest = all.iter().copied().fold(0.0, f64::max);
        let most = ((area.h * 0.62 / (ink.size * legend::ROW)) as usize).min(MOST_HEAD);
        let mut best: Option<(Axes, bool)> = None;
        // A share's ticks end where shares end.
        let shares = caption.unit == "%" && highest <= 100.0;
        for head in 0..=most {
            let free = ink.size * (legend::ROW * head as f64 + if head > 0 { 0.2 } else { 0.0 });
            let intervals = ((area.h / (ink.size * 1.5)) as usize).clamp(1, 5);
            let y = Scale::holding(all.iter().copied(), intervals);
            let y = y.with_head(highest, free / area.h, shares.then_some(100.0));
            let widest = y.ticks().map(|t| Canvas::measure(&y.label(t), ink)).fold(0.0, f64::max);
            let steps = ((y.high - y.low) / y.step).max(1.0);
            let labelled = widest + ink.size * 0.5 < room.w * 0.4 && area.h / steps >= ink.size * 1.1;
            let area = if labelled { area.less(widest + ink.size * 0.5, 0.0, 0.0, 0.0) } else { area };
            days.lay(&area);
            let mut axes = Axes {
                plot: Plot { area, y, days: days.clone() },
                room,
                named,
                items: items.clone(),
                placed: Vec::new(),
            };
            let mut covered = covers(&axes, canvas);
            covered.extend(axes.lines(canvas, time));
            let hatch = axes.incomplete_edges(time).filter(|_| hatched);
            let hatch = hatch.map(|(left, right)| Rect::new(left, area.y, right - left, area.h));
            axes.placed = legend::place(canvas, &axes, &axes.items, (&covered, hatch), head);
            // A line with its name is worth a higher axis; a value alone says of what only to those who know it.
            let said = |axes: &Axes| {
                (axes.placed.len(), axes.placed.len() - legend::nameless(&axes.items, &axes.placed))
            };
            let (count, called) = said(&axes);
            let whole = count == axes.items.len() && called == count;
            if best.as_ref().is_none_or(|(known, _)| (count, called) > said(known)) {
                best = Some((axes, labelled));
            }
            if whole {
                break;
            }
        }
        let (axes, labelled) = best.unwrap_or_else(|| {
            let y = Scale::holding(all.iter().copied(), 1);
            days.lay(&area);
            (Axes { plot: Plot { area, y, days }, room, named, items: Vec::new(), placed: Vec::new() }, false)
        });
        canvas.plot = Some(axes.area);
        axes.grid(canvas, ink, labelled);
        if above_unit > 0.0 {
            canvas.write(&caption.unit, room.x, room.y + ink.size * 0.5, Anchor::Start, ink);
        }
        axes
    }

    /// Lines across and upright: no name stands on one.
    fn lines(&self, canvas: &Canvas, time: &Timeline) -> Vec<Rect> {
        let thin = canvas.hairline() * 2.0;
        let across = time.marks.iter().filter_map(|m| sound(Some(m.value)));
        let across = across.map(|v| Rect::new(self.area.x, self.y(v) - thin / 2.0, self.area.w, thin));
        let upright = time.events.iter().map(|(day, _)| *day).chain(time.now);
        let upright = upright.filter(|day| self.days.holds(*day));
        let upright =
            upright.map(|day| Rect::new(self.days.x(day) - thin / 2.0, self.area.y, thin, self.area.h));
        let half = self.days.band() / 2.0;
        let steps = time.limit.iter().flat_map(|limit| &limit.points).filter_map(|(day, value)| {
            let y = self.y(sound(*value)?);
            Some(Rect::new(self.days.x(*day) - half, y - thin / 2.0, half * 2.0, thin))
        });
        across.chain(upright).chain(steps).collect()
    }

    fn grid(&self, canvas: &mut Canvas, ink: Ink, labelled: bool) {
        let (grid, line) = (canvas.palette.grid, canvas.hairline());
        for tick in self.y.ticks() {
            let y = self.y(tick);
            if tick != 0.0 {
                canvas.line((self.area.x, y), (self.area.right(), y), line, grid);
            }
            if labelled {
                canvas.write(&self.y.label(tick), self.area.x - ink.size * 0.4, y, Anchor::End, ink);
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
        let ink = canvas.small();
        let row = Rect::new(self.area.right(), self.area.bottom(), canvas.width, ink.size * days::FOOT);
        let taken = canvas.labels.iter().filter(|label| label.room.shared(&row) > 0.0);
        let end = taken.map(|label| label.room.x - ink.size * 0.9).fold(canvas.width, f64::min);
        self.days.draw(canvas, &self.area, end, ink);
    }

    /// Events and the as-of day as upright lines, under the data.
    pub(super) fn upright(&self, canvas: &mut Canvas, time: &Timeline) {
        let (mark, line) = (canvas.palette.mark, canvas.hairline() * 1.2);
        let (top, foot) = (self.area.y, self.area.bottom());
        for (day, _) in time.events.iter().filter(|(day, _)| self.days.holds(*day)) {
            let x = self.days.x(*day);
            canvas.line((x, top), (x, foot), line * 0.8, canvas.palette.axis);
            canvas.polygon(vec![(x - line * 3.0, top), (x + line * 3.0, top), (x, top + line * 4.0)], mark);
        }
        if let Some(now) = time.now.filter(|now| self.days.holds(*now)) {
            let x = self.days.x(now);
            canvas.line((x, top), (x, foot), line, mark);
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

    /// Names and last figures beside the ends of their lines, or in the plot; over all that was drawn.
    pub(super) fn label(&self, canvas: &mut Canvas, key: &Key, ends: &[(Entry, f64)]) {
        legend::write(canvas, &self.items, &self.placed);
        key.write_beside(canvas, ends, self.area.right(), self.room.y, self.room.bottom());
        self.names(canvas);
    }
}

fn is_incomplete(days: &Days, day: Date, time: &Timeline) -> bool {
    days.is_incomplete(day, time.incomplete_from) && time.now.is_none_or(|now| day <= now)
}

fn first_incomplete(days: &Days, time: &Timeline) -> Option<Date> {
    let points = time.series.iter().chain(&time.over).flat_map(|s| &s.points);
    points.map(|(day, _)| *day).filter(|day| is_incomplete(days, *day, time)).min()
}
