//! Bars over time: the epi curve. One series a bar with lines over it, or several stacked; days that
//! are not yet complete are hatched; a zero draws nothing: the base line goes on, where a gap has none.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::draw::axes::{Axes, Plan};
use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::days::Days;
use crate::draw::key::Key;
use crate::draw::kinds::lines;
use crate::draw::numbers::{decimals, number, sound};
use crate::draw::parts::{Caption, Series, Timeline};

/// Bars of `series[0]` with `over` as lines; false if there is no value to draw.
pub(super) fn single(canvas: &mut Canvas, room: Rect, caption: &Caption, time: &Timeline) -> bool {
    let Some(series) = time.series.first() else { return false };
    let over: Vec<&Series> = time.over.iter().collect();
    let all: Vec<&Series> = std::iter::once(series).chain(over.iter().copied()).collect();
    let values = lines::values(&all);
    let days = Days::over(all.iter().flat_map(|s| &s.points).map(|(day, _)| *day), time.step);
    let Some(days) = days.filter(|_| !values.is_empty()) else { return false };
    let entries = lines::entries(&over, 1, canvas.palette);
    let key = Key::beside(canvas, &entries, &room, &values);
    let covers = |axes: &Axes, canvas: &Canvas| -> Vec<Rect> {
        let bars = series.points.iter().filter_map(|(day, v)| Some(bar(canvas, axes, *day, 0.0, sound(*v)?)));
        bars.chain(over.iter().flat_map(|series| lines::covered(canvas, axes, series))).collect()
    };
    let plan = Plan { caption, time, days, values, entries: &entries, covers: &covers, hatched: false };
    let axes = Axes::lay(canvas, room, &key, plan);
    let colour = canvas.palette.series(0);
    axes.upright(canvas, time);
    let mut tops = Vec::new();
    for (day, value) in &series.points {
        let Some(value) = sound(*value) else { continue };
        let bar = bar(canvas, &axes, *day, 0.0, value);
        if axes.is_incomplete(*day, time) {
            canvas.fill(bar, canvas.palette.pale(colour));
            canvas.hatch(bar, colour);
            // Around a low bar a frame would fill it.
            if bar.h > canvas.hairline() * 4.0 {
                canvas.outline(bar, canvas.hairline(), colour);
            }
        } else {
            canvas.fill(bar, colour);
        }
        tops.push((bar, value));
    }
    axes.base(canvas);
    axes.marks(canvas, time);
    let mut ends = Vec::new();
    for (series, entry) in over.iter().zip(entries.iter().cloned()) {
        lines::line(canvas, &axes, series, entry.colour);
        ends.extend(lines::end(&axes, series).map(|y| (entry, y)));
    }
    axes.label(canvas, &key, &ends);
    if over.is_empty() {
        figures(canvas, &axes, &tops);
    }
    true
}

/// Bars of all series on top of each other; false if there is no value to draw.
pub(super) fn stacked(canvas: &mut Canvas, room: Rect, caption: &Caption, time: &Timeline) -> bool {
    let all: Vec<&Series> = time.series.iter().collect();
    let over: Vec<&Series> = time.over.iter().collect();
    let both: Vec<&Series> = all.iter().chain(&over).copied().collect();
    let days = Days::over(both.iter().flat_map(|s| &s.points).map(|(day, _)| *day), time.step);
    let Some(days) = days.filter(|_| !lines::values(&both).is_empty()) else { return false };
    let stacks = stacks(&all);
    let mut totals = lines::values(&over);
    totals.extend(stacks.values().map(|stack| stack.iter().map(|(_, v)| v).sum::<f64>()));
    let entries = lines::entries(&both, 0, canvas.palette);
    let key = Key::beside(canvas, &entries, &room, &totals);
    let covers = |axes: &Axes, canvas: &Canvas| -> Vec<Rect> {
        let total = |stack: &[(usize, f64)]| stack.iter().map(|(_, v)| v).sum::<f64>();
        let bars = stacks.iter().map(|(day, stack)| bar(canvas, axes, *day, 0.0, total(stack)));
        bars.chain(over.iter().flat_map(|series| lines::covered(canvas, axes, series))).collect()
    };
    let plan =
        Plan { caption, time, days, values: totals, entries: &entries, covers: &covers, hatched: false };
    let axes = Axes::lay(canvas, room, &key, plan);
    axes.upright(canvas, time);
    let mut middles = BTreeMap::new();
    for (day, stack) in &stacks {
        let mut base = 0.0;
        for (n, value) in stack {
            let bar = bar(canvas, &axes, *day, base, base + value);
            base += value;
            canvas.fill(bar, entries[*n].colour);
            middles.insert(*n, bar.middle().1);
        }
        let whole = bar(canvas, &axes, *day, 0.0, base);
        if axes.is_incomplete(*day, time) {
            canvas.hatch(whole, canvas.palette.ground);
        }
    }
    axes.base(canvas);
    axes.marks(canvas, time);
    let mut ends = Vec::new();
    for (n, entry) in entries.iter().cloned().enumerate() {
        let end = match n.checked_sub(all.len()) {
            None => middles.get(&n).copied(),
            Some(line) => {
                lines::line(canvas, &axes, over[line], entry.colour);
                lines::end(&axes, over[line])
            }
        };
        ends.extend(end.map(|y| (entry, y)));
    }
    axes.label(canvas, &key, &ends);
    true
}

/// For each day the values from the base upwards, with the number of their series. Values below zero
/// can't be stacked and are left out.
fn stacks(series: &[&Series]) -> BTreeMap<Date, Vec<(usize, f64)>> {
    let mut stacks: BTreeMap<Date, Vec<(usize, f64)>> = BTreeMap::new();
    for (n, one) in series.iter().enumerate() {
        for (day, value) in &one.points {
            if let Some(value) = sound(*value).filter(|v| *v >= 0.0) {
                stacks.entry(*day).or_default().push((n, value));
            }
        }
    }
    stacks
}

/// The bar of a day between two values.
fn bar(canvas: &Canvas, axes: &Axes, day: Date, from: f64, to: f64) -> Rect {
    let band = axes.days.band();
    let width = if band < 3.0 { band } else { band - (band * 0.18).min(canvas.text * 0.6) };
    let (a, b) = (axes.y(from), axes.y(to));
    let height = (a - b).abs();
    let x = axes.days.x(day) - width / 2.0;
    Rect::new(x, a.min(b), width, height)
}

/// Figures over the bars, if each has room.
fn figures(canvas: &mut Canvas, axes: &Axes, tops: &[(Rect, f64)]) {
    let places = decimals(tops.iter().map(|(_, v)| *v));
    for size in [canvas.text, canvas.note()] {
        let ink = Ink { size, ..canvas.plain() };
        let room = axes.days.band() - size * 0.3;
        let fits = tops.iter().all(|(_, v)| Canvas::measure(&number(*v, places), ink) <= room);
        if !fits || axes.area.h < size * 4.0 {
            continue;
        }
        for (bar, value) in tops {
            let y = if *value < 0.0 { bar.bottom() + size * 0.65 } else { bar.y - size * 0.65 };
            let words = number(*value, places);
            let x = bar.middle().0;
            if canvas.is_free(&Canvas::room(&words, x, y, Anchor::Middle, ink)) {
                canvas.write(&words, x, y, Anchor::Middle, ink);
            } else if bar.h > size * 1.3 {
                let within = Ink { colour: canvas.palette.ground, ..ink };
                canvas.write(&words, x, bar.y + size * 0.7, Anchor::Middle, within);
            }
        }
        return;
    }
}
