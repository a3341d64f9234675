//! Lines over time, with their names beside their ends; one line alone stands on a pale area.

use jiff::civil::Date;

use crate::draw::axes::{Axes, Plan};
use crate::draw::bands;
use crate::draw::canvas::{Canvas, Point, Rect};
use crate::draw::days::Days;
use crate::draw::key::{Entry, Key};
use crate::draw::numbers::{decimals, number, sound};
use crate::draw::parts::{Band, Caption, Series, Timeline};
use crate::draw::theme::{Palette, Rgb, blend};

/// Draws `time` into `room`; false if there is no value to draw.
pub(crate) fn draw(canvas: &mut Canvas, room: Rect, caption: &Caption, time: &Timeline) -> bool {
    let lines: Vec<&Series> = time.series.iter().chain(&time.over).collect();
    let mut values = values(&lines);
    let bands = bands::sound_bands(time);
    values.extend(bands.iter().flat_map(|band| &band.points).flat_map(|(_, lower, upper)| [*lower, *upper]));
    let days = Days::over(lines.iter().flat_map(|s| &s.points).map(|(day, _)| *day), time.step);
    let Some(days) = days.filter(|_| !values.is_empty()) else { return false };
    let palette = canvas.palette;
    let mut entries = entries(&lines, 0, palette);
    if let [only] = entries.as_mut_slice() {
        // The title has said it.
        only.name.clear();
        only.colour = palette.series(0);
    }
    let main = entries.first().map_or(palette.series(0), |entry| entry.colour);
    let key = Key::beside(canvas, &entries, &room, &values);
    let covers = |axes: &Axes, canvas: &Canvas| -> Vec<Rect> {
        lines.iter().flat_map(|series| covered(canvas, axes, series)).collect()
    };
    let plan = Plan { caption, time, days, values, entries: &entries, covers: &covers, hatched: true };
    let axes = Axes::lay(canvas, room, &key, plan);
    axes.upright(canvas, time);
    draw_bands(canvas, &axes, &bands, main);
    if let ([only], true) = (lines.as_slice(), bands.is_empty()) {
        let pale = palette.pale(palette.series(0));
        for run in runs(only, &axes.days) {
            let mut outline: Vec<Point> =
                run.iter().map(|(day, value)| (axes.days.x(*day), axes.y(*value))).collect();
            if let (Some(first), Some(last)) = (outline.first().copied(), outline.last().copied()) {
                outline.extend([(last.0, axes.y(0.0)), (first.0, axes.y(0.0))]);
            }
            canvas.polygon(outline, pale);
        }
    }
    if let Some((left, right)) = axes.incomplete_edges(time) {
        let area = axes.area;
        let rect = Rect::new(left, area.y, right - left, area.h);
        canvas.hatch(rect, blend(palette.ground, palette.axis, 0.5));
    }
    axes.base(canvas);
    axes.marks(canvas, time);
    let mut ends = Vec::new();
    for (n, (series, entry)) in lines.iter().zip(entries.iter().cloned()).enumerate() {
        if time.faint && n < time.series.len() {
            faint_line(canvas, &axes, series, entry.colour);
        } else {
            line(canvas, &axes, series, entry.colour);
        }
        ends.extend(end(&axes, series).map(|y| (entry, y)));
    }
    axes.label(canvas, &key, &ends);
    true
}

/// All values that can be drawn.
pub(crate) fn values(series: &[&Series]) -> Vec<f64> {
    series.iter().flat_map(|s| &s.points).filter_map(|(_, v)| sound(*v)).collect()
}

/// The name and the last figure of each series, with the colours from the `first` on.
pub(crate) fn entries(series: &[&Series], first: usize, palette: &Palette) -> Vec<Entry> {
    let places = decimals(values(series).into_iter());
    let figure = |s: &Series| last(s).map_or(String::new(), |(_, v)| number(v, places));
    let names: Vec<&str> = series.iter().map(|series| series.label.as_str()).collect();
    let entry = |(s, colour): (&&Series, Rgb)| Entry { name: s.label.clone(), figure: figure(s), colour };
    series.iter().zip(palette.of_names(&names, first)).map(entry).collect()
}

fn last(series: &Series) -> Option<(Date, f64)> {
    series.points.iter().filter_map(|(day, v)| Some((*day, sound(*v)?))).max_by_key(|(day, _)| *day)
}

/// The height at which a line ends; none for a line without a value.
pub(crate) fn end(axes: &Axes, series: &Series) -> Option<f64> {
    last(series).map(|(_, value)| axes.y(value))
}

/// Draws one line, broken where days are missing.
pub(crate) fn line(canvas: &mut Canvas, axes: &Axes, series: &Series, colour: Rgb) {
    let width = canvas.stroke();
    let runs = runs(series, &axes.days);
    let last_run = runs.len().saturating_sub(1);
    for (n, run) in runs.into_iter().enumerate() {
        let points: Vec<Point> = run.iter().map(|(day, value)| (axes.days.x(*day), axes.y(*value))).collect();
        if let (Some(end), true) = (points.last(), points.len() == 1 || n == last_run) {
            canvas.dot(*end, width * if points.len() == 1 { 1.8 } else { 1.3 }, colour);
        }
        canvas.path(points, width, colour);
    }
}

/// A line that says no more than it may: dotted, and without a dot at its end.
fn faint_line(canvas: &mut Canvas, axes: &Axes, series: &Series, colour: Rgb) {
    let width = canvas.stroke() * 0.6;
    for run in runs(series, &axes.days) {
        let points: Vec<Point> = run.iter().map(|(day, value)| (axes.days.x(*day), axes.y(*value))).collect();
        for pair in points.windows(2) {
            canvas.dotted(pair[0], pair[1], width, colour);
        }
    }
}

/// What a line covers.
pub(crate) fn covered(canvas: &Canvas, axes: &Axes, series: &Series) -> Vec<Rect> {
    let radius = canvas.stroke() * 1.8;
    let mut covered = Vec::new();
    for run in runs(series, &axes.days) {
        let points: Vec<Point> = run.iter().map(|(day, value)| (axes.days.x(*day), axes.y(*value))).collect();
        for pair in points.windows(2) {
            covered.extend(along(pair[0], pair[1], canvas.text * 0.5));
        }
        if let Some(end) = points.last() {
            covered.push(Rect::new(end.0 - radius, end.1 - radius, radius * 2.0, radius * 2.0));
        }
    }
    covered
}

/// Small squares along a stretch of line.
pub(crate) fn along(from: Point, to: Point, step: f64) -> Vec<Rect> {
    let length = (to.0 - from.0).hypot(to.1 - from.1);
    let count = ((length / step).ceil() as usize).clamp(1, 400);
    (0..=count)
        .map(|i| {
            let share = i as f64 / count as f64;
            let (x, y) = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            Rect::new(x - step / 4.0, y - step / 4.0, step / 2.0, step / 2.0)
        })
        .collect()
}

/// Stretches without a gap, in order of day.
pub(crate) fn runs(series: &Series, days: &Days) -> Vec<Vec<(Date, f64)>> {
    let mut points: Vec<(Date, Option<f64>)> = series.points.iter().map(|(d, v)| (*d, sound(*v))).collect();
    points.sort_by_key(|(day, _)| *day);
    let mut runs: Vec<Vec<(Date, f64)>> = Vec::new();
    let mut open = false;
    for (day, value) in points {
        let Some(value) = value else {
            open = false;
            continue;
        };
        match runs.last_mut() {
            Some(run) if open && run.last().is_some_and(|(before, _)| days.adjoin(*before, day)) => {
                run.push((day, value));
            }
            _ => runs.push(vec![(day, value)]),
        }
        open = true;
    }
    runs
}

/// Draws what `bands::sound_bands` gave, in the tints of the first series.
fn draw_bands(canvas: &mut Canvas, axes: &Axes, bands: &[Band], colour: Rgb) {
    for (n, band) in bands.iter().enumerate() {
        let tint = canvas.palette.band(colour, n, bands.len());
        for run in band.points.chunk_by(|a, b| axes.days.adjoin(a.0, b.0)) {
            if let [(day, lower, upper)] = run {
                let x = axes.days.x(*day);
                canvas.line((x, axes.y(*lower)), (x, axes.y(*upper)), canvas.stroke() * 2.0, tint);
                continue;
            }
            let place = |day: Date, value: f64| (axes.days.x(day), axes.y(value));
            let mut outline: Vec<Point> = run.iter().map(|p| place(p.0, p.2)).collect();
            outline.extend(run.iter().rev().map(|p| place(p.0, p.1)));
            canvas.polygon(outline, tint);
        }
    }
}
