//! How long people stay: the share still in, by days since admission. Steps from 100 per cent, a line a
//! group; half of them and the day on which it is reached are dotted.

use crate::draw::canvas::{Anchor, Canvas, Ink, Point, Rect};
use crate::draw::days::{FOOT, MIDDLE};
use crate::draw::font::Weight;
use crate::draw::key::{Entry, Key};
use crate::draw::kinds::lines::along;
use crate::draw::numbers::{number, sound};

/// Step functions from 100 per cent at day 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survival {
    pub curves: Vec<Curve>,
    /// What the days are counted from: 入院.
    pub from: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// Empty for one curve alone.
    pub label: String,
    /// What the other curves are parts of.
    pub whole: bool,
    pub stays: Vec<Stay>,
}

/// From this day on, so many per cent are still in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stay {
    pub day: f64,
    pub value: Option<f64>,
    pub limits: Option<(f64, f64)>,
    pub at_risk: Option<f64>,
}

/// What the curves say, in words.
pub(super) fn describe(survival: &Survival) -> Vec<String> {
    Some(survival.in_words()).filter(|words| !words.is_empty()).into_iter().collect()
}

const MEDIAN: &str = "中央値";

impl Curve {
    /// What can be drawn, in order of day.
    fn known(&self) -> Vec<Stay> {
        let usable = |stay: &&Stay| sound(Some(stay.day)).is_some_and(|day| day >= 0.0);
        let mut known: Vec<Stay> = self.stays.iter().filter(usable).copied().collect();
        known.sort_by(|a, b| a.day.total_cmp(&b.day));
        known
    }

    fn values(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> {
        self.known().into_iter().filter_map(|stay| Some((stay.day, sound(stay.value)?.clamp(0.0, 100.0))))
    }

    /// The first day on which half of them or fewer are still in.
    pub fn median(&self) -> Option<f64> {
        self.values().find(|(_, value)| *value <= 50.0).map(|(day, _)| day)
    }

    /// Stretches of steps, broken where the share is not known.
    fn steps(&self) -> Vec<Vec<(f64, f64)>> {
        let mut runs: Vec<Vec<(f64, f64)>> = vec![vec![(0.0, 100.0)]];
        for stay in self.known() {
            let Some(value) = sound(stay.value).map(|v| v.clamp(0.0, 100.0)) else {
                runs.push(Vec::new());
                continue;
            };
            let Some(run) = runs.last_mut() else { continue };
            if let Some((_, before)) = run.last().copied() {
                run.push((stay.day, before));
            }
            run.push((stay.day, value));
        }
        runs.retain(|run| run.len() > 1);
        runs
    }

    /// The limits as an area of steps.
    fn area(&self) -> Vec<(f64, f64)> {
        let limits: Vec<(f64, f64, f64)> = self
            .known()
            .iter()
            .filter_map(|stay| {
                let (lower, upper) = stay.limits?;
                Some((stay.day, sound(Some(lower))?.clamp(0.0, 100.0), sound(Some(upper))?.clamp(0.0, 100.0)))
            })
            .filter(|(_, lower, upper)| lower <= upper)
            .collect();
        let edge = |limit: fn(&(f64, f64, f64)) -> f64| {
            let mut points: Vec<(f64, f64)> = Vec::new();
            for found in &limits {
                if let Some((_, before)) = points.last().copied() {
                    points.push((found.0, before));
                }
                points.push((found.0, limit(found)));
            }
            points
        };
        let mut outline = edge(|l| l.2);
        outline.extend(edge(|l| l.1).into_iter().rev());
        outline
    }

    /// The median, or that it lies beyond the last day.
    fn median_in_words(&self) -> String {
        let last = self.values().next_back().map(|(day, _)| day);
        match (self.median(), last) {
            (Some(day), _) => days(day),
            (None, Some(last)) => format!("{}超", days(last)),
            (None, None) => "—".to_owned(),
        }
    }

    fn in_words(&self, from: &str) -> Option<String> {
        let (last, value) = self.values().next_back()?;
        let name = if self.label.is_empty() { String::new() } else { format!("{} ", self.label) };
        let median = self.median_in_words();
        Some(format!("{name}{MEDIAN} {median}、{from}から{}で {}%。", days(last), number(value, 0)))
    }
}

impl Survival {
    /// Median and last share of each group.
    pub fn in_words(&self) -> String {
        self.curves.iter().filter_map(|curve| curve.in_words(&self.from)).collect()
    }

    /// The curve that is drawn with its limits: all of them, or the only one.
    fn main(&self) -> Option<usize> {
        match self.curves.as_slice() {
            [_] => Some(0),
            curves => curves.iter().position(|curve| curve.whole),
        }
    }
}

fn days(day: f64) -> String {
    format!("{}日", number(day, usize::from(day.fract() != 0.0)))
}

/// Where days and per cents lie.
struct Plane {
    area: Rect,
    last: f64,
}

impl Plane {
    fn at(&self, (day, value): (f64, f64)) -> Point {
        let x = self.area.x + (day / self.last).clamp(0.0, 1.0) * self.area.w;
        (x, self.area.bottom() - value / 100.0 * self.area.h)
    }
}

/// Draws into `room`; false if there is no value to draw.
pub(super) fn draw(canvas: &mut Canvas, room: Rect, survival: &Survival) -> bool {
    let last = survival.curves.iter().flat_map(Curve::values).map(|(day, _)| day).reduce(f64::max);
    let Some(last) = last else { return false };
    let entries = entries(canvas, survival);
    let key = Key::beside(canvas, &entries, &room, &[100.0]);
    let (text, note) = (canvas.text, canvas.note());
    let main = survival.main();
    let at_risk = main.filter(|_| room.h >= text * 9.0).map(|n| &survival.curves[n]);
    let at_risk = at_risk.filter(|curve| curve.stays.iter().any(|stay| sound(stay.at_risk).is_some()));
    let below = if room.h >= text * 3.2 { note * FOOT } else { canvas.hairline() };
    let below = below + if at_risk.is_some() { note * 1.25 } else { 0.0 };
    let area = room.less(0.0, note * 0.42, key.right().max(text * 0.9), below);
    let beside = Canvas::measure("100", canvas.small()) + text * 0.4;
    let labelled = beside < room.w * 0.3 && area.h >= text * 2.2;
    let area = if labelled { area.less(beside, 0.0, 0.0, 0.0) } else { area };
    let plane = Plane { area, last: last.max(1.0) };
    canvas.plot = Some(area);
    shares(canvas, &plane, labelled);
    if let Some(main) = main {
        let tint = canvas.palette.pale(canvas.palette.series(main));
        let outline = survival.curves[main].area().into_iter().map(|p| plane.at(p)).collect();
        canvas.polygon(outline, tint);
    }
    let obstacles = curves(canvas, &plane, survival);
    let obstacles = medians(canvas, &plane, survival, obstacles);
    if key == Key::Nowhere {
        names(canvas, &plane, &entries, &obstacles);
    }
    let ends: Vec<(Entry, f64)> = survival
        .curves
        .iter()
        .zip(entries)
        .filter_map(|(curve, entry)| Some((entry, plane.at(curve.values().next_back()?).1)))
        .collect();
    key.write_beside(canvas, &ends, area.right(), room.y, room.bottom() - below);
    if room.h >= text * 3.2 {
        let ticks = ticks(canvas, &plane, &survival.from);
        if let Some(curve) = at_risk {
            remaining(canvas, &plane, curve, &ticks, room.bottom() - note * 0.6);
        }
    }
    true
}

/// The groups with their medians; one alone has its median at the axis.
fn entries(canvas: &Canvas, survival: &Survival) -> Vec<Entry> {
    if survival.curves.len() < 2 {
        return Vec::new();
    }
    let entry = |(n, curve): (usize, &Curve)| Entry {
        name: curve.label.clone(),
        figure: curve.median_in_words(),
        colour: canvas.palette.series(n),
    };
    survival.curves.iter().enumerate().map(entry).collect()
}

/// The names of the groups with their medians in the plot, where they cover no curve: from the top, at its right end first.
fn names(canvas: &mut Canvas, plane: &Plane, entries: &[Entry], obstacles: &[Rect]) {
    const PLACES: usize = 25;
    let mut covered = obstacles.to_vec();
    for entry in entries {
        let placed = [1.0, 0.88, 0.76].into_iter().find_map(|share| {
            let size = canvas.note() * share;
            let ink = Ink { size, halo: true, ..canvas.plain() };
            let name = Canvas::measure(&entry.name, ink);
            let figure = Canvas::measure(&entry.figure, Ink { weight: Weight::Strong, ..ink });
            let wide = size * 1.3 + name + figure;
            let free = plane.area.w - wide;
            let rows = ((plane.area.h - size) / (size * 0.4)).max(0.0) as usize;
            let places = (0..rows).flat_map(|row| {
                let y = plane.area.y + size * (0.6 + 0.4 * row as f64);
                (0..PLACES).rev().map(move |n| {
                    let x = plane.area.x + free * n as f64 / (PLACES - 1) as f64;
                    Rect::new(x, y - size * 0.5, wide, size)
                })
            });
            let clear = |room: &Rect| {
                free >= 0.0 && canvas.is_free(room) && covered.iter().all(|taken| taken.shared(room) <= 0.0)
            };
            Some((places.into_iter().find(clear)?, ink, name))
        });
        let Some((room, ink, name)) = placed else { continue };
        let y = room.middle().1;
        canvas.fill(Rect::new(room.x, y - ink.size * 0.35, ink.size * 0.7, ink.size * 0.7), entry.colour);
        let x = room.x + ink.size;
        canvas.write(&entry.name, x, y, Anchor::Start, ink);
        let figure = Ink { weight: Weight::Strong, ..ink };
        canvas.write(&entry.figure, x + name + ink.size * 0.3, y, Anchor::Start, figure);
        covered.push(room);
    }
}

/// The grid of per cents, as dense as can be read.
fn shares(canvas: &mut Canvas, plane: &Plane, labelled: bool) {
    let (ink, line) = (canvas.small(), canvas.hairline());
    let step = if plane.area.h >= ink.size * 6.0 { 25.0 } else { 50.0 };
    let mut share = 0.0;
    while share <= 100.0 {
        let (_, y) = plane.at((0.0, share));
        let colour = if share == 0.0 { canvas.palette.axis } else { canvas.palette.grid };
        canvas.line((plane.area.x, y), (plane.area.right(), y), line, colour);
        if labelled {
            canvas.write(&number(share, 0), plane.area.x - ink.size * 0.35, y, Anchor::End, ink);
        }
        share += step;
    }
}

fn curves(canvas: &mut Canvas, plane: &Plane, survival: &Survival) -> Vec<Rect> {
    let mut covered = Vec::new();
    for (n, curve) in survival.curves.iter().enumerate() {
        let colour = canvas.palette.series(n);
        let width = canvas.stroke();
        for run in curve.steps() {
            let points: Vec<Point> = run.into_iter().map(|p| plane.at(p)).collect();
            for pair in points.windows(2) {
                covered.extend(along(pair[0], pair[1], canvas.text * 0.5));
            }
            canvas.path(points, width, colour);
        }
        if let Some(end) = curve.values().next_back() {
            canvas.dot(plane.at(end), width * 1.3, colour);
        }
    }
    covered
}

/// Half of them across, and the days on which they are reached down to the axis; the main one in words.
/// Gives back what is covered.
fn medians(canvas: &mut Canvas, plane: &Plane, survival: &Survival, mut covered: Vec<Rect>) -> Vec<Rect> {
    let (mark, line) = (canvas.palette.mark, canvas.hairline() * 1.8);
    let (left, half) = plane.at((0.0, 50.0));
    let main = survival.main();
    let reached = main.and_then(|n| survival.curves[n].median());
    let end = match (survival.curves.len(), reached) {
        (1, Some(day)) => plane.at((day, 50.0)).0,
        _ => plane.area.right(),
    };
    canvas.dotted((left, half), (end, half), line, mark);
    covered.extend(along((left, half), (end, half), canvas.text * 0.3));
    for (n, curve) in survival.curves.iter().enumerate() {
        let Some(day) = curve.median() else { continue };
        let colour = if Some(n) == main { mark } else { canvas.palette.series(n) };
        let from = plane.at((day, 50.0));
        canvas.dotted(from, (from.0, plane.area.bottom()), line, colour);
        covered.extend(along(from, (from.0, plane.area.bottom()), canvas.text * 0.3));
    }
    let ink = Ink { colour: mark, halo: true, ..canvas.small() };
    let pad = ink.size * 0.4;
    // The figure beside its line down to the axis; else the word alone at the line across.
    if let Some(day) = reached {
        let (words, at) = (format!("{MEDIAN} {}", days(day)), plane.at((day, 50.0)).0);
        let wide = Canvas::measure(&words, ink);
        let foot = plane.area.bottom() - ink.size * 0.8;
        let rooms = [foot, half + ink.size, f64::midpoint(foot, half)]
            .into_iter()
            .flat_map(|y| [(at + pad, y), (at - pad - wide, y)])
            .map(|(x, y)| Canvas::room(&words, x, y, Anchor::Start, ink));
        let rooms: Vec<Rect> = rooms.collect();
        if write_clear(canvas, plane, &words, &rooms, &covered, ink) {
            return covered;
        }
    }
    let alone = main.map(|n| &survival.curves[n]).filter(|_| reached.is_none() && survival.curves.len() == 1);
    let words = alone.map_or(MEDIAN.to_owned(), |curve| format!("{MEDIAN} {}", curve.median_in_words()));
    let wide = Canvas::measure(&words, ink);
    let rooms: Vec<Rect> =
        [left + pad, plane.area.right() - wide - pad, (left + plane.area.right() - wide) / 2.0]
            .into_iter()
            .flat_map(|x| [(x, half + ink.size * 0.75), (x, half - ink.size * 0.75)])
            .map(|(x, y)| Canvas::room(&words, x, y, Anchor::Start, ink))
            .collect();
    write_clear(canvas, plane, &words, &rooms, &covered, ink);
    covered
}

/// Writes the words into the first room that lies in the plot and covers nothing.
fn write_clear(
    canvas: &mut Canvas,
    plane: &Plane,
    words: &str,
    rooms: &[Rect],
    covered: &[Rect],
    ink: Ink,
) -> bool {
    let clear = |room: &&Rect| {
        room.x >= plane.area.x
            && room.right() <= plane.area.right()
            && canvas.is_free(room)
            && covered.iter().all(|taken| taken.shared(room) <= 0.0)
    };
    let Some(room) = rooms.iter().find(clear) else { return false };
    canvas.write(words, room.x, room.middle().1, Anchor::Start, ink);
    true
}

/// The days on the axis, from the admission on; gives back which.
fn ticks(canvas: &mut Canvas, plane: &Plane, from: &str) -> Vec<f64> {
    let (ink, line) = (canvas.small(), canvas.hairline() * 1.4);
    let wide = Canvas::measure(&days(plane.last), ink).max(Canvas::measure(from, ink)) + ink.size * 0.7;
    let fives = if plane.last <= 20.0 { 5.0 } else { 7.0 };
    let steps = [1.0, 2.0, fives, 7.0, 14.0, 28.0, 56.0, 91.0, 182.0, 364.0, 1_820.0, 18_200.0, 1e6, 1e9];
    let step = steps.into_iter().find(|step| step / plane.last * plane.area.w >= wide).unwrap_or(1e12);
    let (axis, bottom) = (canvas.palette.axis, plane.area.bottom());
    let (mut day, mut found) = (0.0, Vec::new());
    while day <= plane.last && found.len() < 200 {
        let (x, _) = plane.at((day, 0.0));
        let words = if day == 0.0 { from.to_owned() } else { days(day) };
        let half = Canvas::measure(&words, ink) / 2.0;
        let at = x.min(canvas.width - half).max(half);
        canvas.line((x, bottom), (x, bottom + ink.size * 0.2), line, axis);
        if half * 2.0 <= canvas.width {
            canvas.write(&words, at, bottom + ink.size * MIDDLE, Anchor::Middle, ink);
        }
        found.push(day);
        day += step;
    }
    found
}

/// How many are still watched on the days of the axis.
fn remaining(canvas: &mut Canvas, plane: &Plane, curve: &Curve, ticks: &[f64], y: f64) {
    let ink = canvas.small();
    let known = curve.known();
    let all = known.first().and_then(|stay| sound(stay.at_risk)).map_or(0.0, |n| n);
    let beside = Canvas::measure(&number(all, 0), ink) / 2.0 + ink.size * 0.4;
    let name = Canvas::room("対象", (plane.area.x - beside).max(0.0), y, Anchor::End, ink);
    let x = name.x.max(0.0);
    let name = Canvas::room("対象", x, y, Anchor::Start, ink);
    canvas.write("対象", x, y, Anchor::Start, ink);
    for day in ticks {
        // Those at risk on a day are those of the next step, or of the day itself.
        let next = known.iter().find(|stay| stay.day >= *day).and_then(|stay| sound(stay.at_risk));
        if let Some(count) = next {
            let words = number(count, 0);
            let half = Canvas::measure(&words, ink) / 2.0;
            let x =
                plane.at((*day, 0.0)).0.min(canvas.width - half).max(name.right() + ink.size * 0.4 + half);
            canvas.write(&words, x, y, Anchor::Middle, ink);
        }
    }
}
