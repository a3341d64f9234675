//! What is named within the plot: series with their last figures, reference lines, bands, events, days that are not settled.
//! Each name stands where it covers nothing that was drawn; where the data leave no room, the axis ends higher.

use jiff::civil::Date;

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::font::Weight;
use crate::draw::numbers::sound;
use crate::draw::parts::{Series, Timeline};
use crate::draw::plot::Plot;
use crate::draw::theme::Rgb;
use crate::draw::{bands, key};

/// From one row of names to the next, in text sizes.
pub(super) const ROW: f64 = 1.22;
/// Rows from the top in which a name may stand anywhere, beside those that the axis leaves free for it.
const ROWS: usize = 2;
/// Where names are tried along the plot, from the left.
const PLACES: usize = 17;
/// How often names are placed anew, each time with another that chooses first.
const TRIES: usize = 6;
/// Said of the as-of day, where days after it follow.
const NOW: &str = "現在";

/// What stands before a name that is not beside its line.
#[derive(Clone, Debug)]
enum Swatch {
    Square(Rgb),
    Line(Rgb),
    Hatch(Rgb),
    Tints(Vec<Rgb>),
}

/// Where a name stands best.
#[derive(Clone, Debug)]
enum Near {
    /// In the upper rows, at the latest days.
    End,
    /// Along a line across the plot.
    Value(f64),
    /// Along a line in steps.
    Steps(Series),
    /// Beside an upright line.
    Day(Date),
}

/// Something that has a name.
#[derive(Clone, Debug)]
pub(super) struct Item {
    swatch: Swatch,
    /// What it is called, whole and shorter.
    names: Vec<String>,
    /// Never shortened.
    figure: String,
    near: Near,
}

/// A name in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    item: usize,
    name: usize,
    room: Rect,
    size: f64,
    /// Away from its line: with its swatch.
    apart: bool,
}

/// All that is named of a chart over time; `entries`: series that are not named beside their ends; `main`: the colour of the first.
pub(super) fn items(
    canvas: &Canvas,
    time: &Timeline,
    entries: &[key::Entry],
    main: Rgb,
    unsettled: bool,
) -> Vec<Item> {
    let palette = canvas.palette;
    let mut items = Vec::new();
    if let Some(day) = time.now {
        let (swatch, near) = (Swatch::Line(palette.mark), Near::Day(day));
        items.push(Item { swatch, names: vec![NOW.to_owned()], figure: String::new(), near });
    }
    for (day, name) in &time.events {
        let (swatch, near) = (Swatch::Line(palette.axis), Near::Day(*day));
        items.push(Item { swatch, names: vec![name.clone()], figure: String::new(), near });
    }
    for mark in time.marks.iter().filter(|mark| sound(Some(mark.value)).is_some()) {
        let (swatch, near) = (Swatch::Line(palette.mark), Near::Value(mark.value));
        items.push(Item { swatch, names: forms(&mark.label), figure: String::new(), near });
    }
    if let Some(limit) = &time.limit {
        let (swatch, near) = (Swatch::Line(palette.mark), Near::Steps(limit.clone()));
        items.push(Item { swatch, names: forms(&limit.label), figure: String::new(), near });
    }
    for entry in entries {
        items.push(Item {
            swatch: Swatch::Square(entry.colour),
            names: vec![entry.name.clone()],
            figure: entry.figure.clone(),
            near: Near::End,
        });
    }
    let bands = bands::sound_bands(time);
    if bands.len() > 1 {
        let tints = (0..bands.len()).rev().map(|n| palette.band(main, n, bands.len()));
        let levels: Vec<String> = bands.iter().rev().map(|band| band.level.to_string()).collect();
        let names = vec![format!("{}%", levels.join("・"))];
        items.push(Item {
            swatch: Swatch::Tints(tints.collect()),
            names,
            figure: String::new(),
            near: Near::End,
        });
    }
    if unsettled {
        items.push(Item {
            swatch: Swatch::Hatch(palette.axis),
            names: time.incomplete.0.clone(),
            figure: String::new(),
            near: Near::End,
        });
    }
    items.retain(|item| item.names.iter().any(|name| !name.is_empty()) || !item.figure.is_empty());
    items
}

/// Places as many as there is room for; `covered`: what is drawn in the plot, and where it is hatched from top to foot. The
/// first `head` rows are free of it. What found no place, or only one for its value alone, chooses before the others in another try.
pub(super) fn place(
    canvas: &Canvas,
    plot: &Plot,
    items: &[Item],
    taken: (&[Rect], Option<Rect>),
    head: usize,
) -> Vec<Placed> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    let mut best: Vec<Placed> = Vec::new();
    let worth = |placed: &[Placed]| (placed.len(), placed.len() - nameless(items, placed));
    for _ in 0..TRIES {
        let found = place_in_order(canvas, plot, items, &order, taken, head);
        let said = |item: &usize| found.iter().any(|one| one.item == *item && !is_nameless(items, one));
        let wanting = order.iter().position(|item| !said(item));
        if best.is_empty() || worth(&found) > worth(&best) {
            best = found;
        }
        match wanting {
            Some(place) if place > 0 => order[..=place].rotate_right(1),
            _ => break,
        }
    }
    best
}

fn place_in_order(
    canvas: &Canvas,
    plot: &Plot,
    items: &[Item],
    order: &[usize],
    (covered, hatch): (&[Rect], Option<Rect>),
    head: usize,
) -> Vec<Placed> {
    let mut found: Vec<Placed> = Vec::new();
    for place in order {
        let item = &items[*place];
        let free = |room: &Rect| {
            let padded = Rect::new(room.x - room.h * 0.15, room.y, room.w + room.h * 0.3, room.h);
            canvas.is_free(room)
                && found.iter().all(|other| other.room.shared(&padded) <= 0.0)
                && covered.iter().all(|taken| taken.shared(room) <= 0.0)
                // The as-of day is where unsettled days end.
                && (matches!(item.near, Near::Day(_)) || hatch.is_none_or(|hatch| hatch.shared(room) <= 0.0))
        };
        let all = (0..item.names.len()).flat_map(|name| [1.0, 0.88].map(|share| (name, share)));
        let placed = all.into_iter().find_map(|(name, share)| {
            let size = canvas.note() * share;
            let beside = item.beside(plot, canvas, name, size).into_iter().map(|room| (room, false));
            let apart = item.apart(plot, canvas, name, size, head).into_iter().map(|room| (room, true));
            let (room, apart) = beside.chain(apart).find(|(room, _)| free(room))?;
            Some(Placed { item: *place, name, room, size, apart })
        });
        found.extend(placed);
    }
    found
}

/// How many lines across stand there by their value alone, though they have a name.
pub(super) fn nameless(items: &[Item], placed: &[Placed]) -> usize {
    placed.iter().filter(|one| is_nameless(items, one)).count()
}

fn is_nameless(items: &[Item], one: &Placed) -> bool {
    let item = &items[one.item];
    let across = matches!(item.near, Near::Value(_) | Near::Steps(_));
    across && one.name > 0 && !item.names[one.name].contains(' ')
}

/// Writes the names in their places.
pub(super) fn write(canvas: &mut Canvas, items: &[Item], placed: &[Placed]) {
    for one in placed {
        let item = &items[one.item];
        let (size, y) = (one.size, one.room.middle().1);
        let colour =
            if matches!(item.swatch, Swatch::Line(_)) { canvas.palette.mark } else { canvas.palette.text };
        let ink = Ink { size, colour, halo: true, ..canvas.small() };
        let mut x = one.room.x;
        if one.apart {
            item.swatch.draw(canvas, x, y, size);
            x += item.swatch.width(size) + size * 0.25;
        }
        let name = &item.names[one.name];
        let written = canvas.write(name, x, y, Anchor::Start, ink);
        if !item.figure.is_empty() {
            let gap = if name.is_empty() { 0.0 } else { size * 0.3 };
            let figure = Ink { weight: Weight::Strong, ..ink };
            canvas.write(&item.figure, written.right() + gap, y, Anchor::Start, figure);
        }
    }
}

impl Item {
    fn width(&self, name: usize, size: f64, canvas: &Canvas) -> f64 {
        let ink = Ink { size, ..canvas.small() };
        let gap = if self.figure.is_empty() || self.names[name].is_empty() { 0.0 } else { size * 0.3 };
        Canvas::measure(&self.names[name], ink)
            + gap
            + Canvas::measure(&self.figure, Ink { weight: Weight::Strong, ..ink })
    }

    /// Along its own line.
    fn beside(&self, plot: &Plot, canvas: &Canvas, name: usize, size: f64) -> Vec<Rect> {
        let (area, wide, pad) = (&plot.area, self.width(name, size, canvas), size * 0.3);
        let room = |x: f64, middle: f64| Rect::new(x, middle - size * 0.5, wide, size);
        let rows = |place: f64| plot.area.y + size * (0.6 + ROW * place);
        let mut rooms = Vec::new();
        match &self.near {
            Near::End => {}
            Near::Day(day) if plot.days.holds(*day) => {
                let x = plot.days.x(*day);
                for row in 0..3 {
                    rooms.push(room(x + pad, rows(f64::from(row))));
                    rooms.push(room(x - pad - wide, rows(f64::from(row))));
                }
            }
            Near::Day(_) => {}
            Near::Value(value) => {
                let y = plot.y(*value);
                for x in along(area, wide) {
                    rooms.extend([-0.68, 0.68].map(|away| room(x, y + size * away)));
                }
            }
            Near::Steps(steps) => {
                for x in along(area, wide) {
                    let heights = plot.steps(steps, (x, x + wide));
                    let (Some(top), Some(foot)) =
                        (heights.iter().copied().reduce(f64::min), heights.iter().copied().reduce(f64::max))
                    else {
                        continue;
                    };
                    rooms.extend([room(x, top - size * 0.68), room(x, foot + size * 0.68)]);
                }
            }
        }
        rooms.retain(|room| {
            room.x >= area.x
                && room.right() <= area.right()
                && room.y >= area.y
                && room.bottom() <= area.bottom()
        });
        rooms
    }

    /// In the upper rows, behind its swatch.
    fn apart(&self, plot: &Plot, canvas: &Canvas, name: usize, size: f64, head: usize) -> Vec<Rect> {
        let area = &plot.area;
        let wide = self.width(name, size, canvas) + self.swatch.width(size) + size * 0.25;
        let mut places = along(area, wide);
        if matches!(self.near, Near::End) {
            places.reverse();
        }
        let fits = |row: &usize| size * (0.6 + ROW * *row as f64) + size * 0.5 <= area.h;
        (0..ROWS + head)
            .filter(fits)
            .flat_map(|row| {
                let middle = area.y + canvas.note() * (0.6 + ROW * row as f64);
                places.iter().map(move |x| Rect::new(*x, middle - size * 0.5, wide, size))
            })
            .collect()
    }
}

/// Left edges of a name, from the left of the plot to its right.
fn along(area: &Rect, wide: f64) -> Vec<f64> {
    let free = area.w - wide;
    if free < 0.0 {
        return Vec::new();
    }
    (0..PLACES).map(|n| area.x + free * n as f64 / (PLACES - 1) as f64).collect()
}

impl Swatch {
    fn width(&self, size: f64) -> f64 {
        match self {
            Self::Square(_) => size * 0.7,
            Self::Line(_) | Self::Hatch(_) => size,
            Self::Tints(tints) => size * 0.6 * tints.len() as f64,
        }
    }

    fn draw(&self, canvas: &mut Canvas, x: f64, y: f64, size: f64) {
        let square = |x: f64, w: f64| Rect::new(x, y - size * 0.35, w, size * 0.7);
        match self {
            Self::Square(colour) => canvas.fill(square(x, size * 0.7), *colour),
            Self::Line(colour) => canvas.line((x, y), (x + size, y), canvas.hairline() * 1.6, *colour),
            Self::Hatch(colour) => {
                canvas.hatch(square(x, size), *colour);
                canvas.outline(square(x, size), canvas.hairline(), *colour);
            }
            Self::Tints(tints) => {
                for (n, tint) in tints.iter().enumerate() {
                    let one = square(x + size * 0.6 * n as f64, size * 0.6);
                    canvas.fill(one, *tint);
                    canvas.outline(one, canvas.hairline() * 0.8, canvas.palette.axis);
                }
            }
        }
    }
}

/// A label, without its date, and its first and last words alone.
fn forms(label: &str) -> Vec<String> {
    let dated = |word: &&str| {
        word.matches('-').count() == 2 && word.chars().all(|c| c.is_ascii_digit() || "-()".contains(c))
    };
    let undated: Vec<&str> = label.split_whitespace().filter(|word| !dated(word)).collect();
    let mut forms = vec![label.to_owned(), undated.join(" ")];
    if let [first, .., last] = undated.as_slice() {
        // What stands in brackets goes last before the name itself.
        let bare = last.split('（').next().unwrap_or(last);
        forms.extend([format!("{first} {last}"), format!("{first} {bare}"), (*first).to_owned()]);
    }
    forms.retain(|form| !form.is_empty());
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_gives_up_its_date_first_and_its_value_never() {
        let found = forms("50% 2021-04-15 分科会 ステージIII");
        assert_eq!(
            found,
            ["50% 2021-04-15 分科会 ステージIII", "50% 分科会 ステージIII", "50% ステージIII", "50%"]
        );
        assert_eq!(forms("50% ステージIV（都道府県）")[1..], ["50% ステージIV", "50%"]);
        assert_eq!(forms("確保病床"), ["確保病床"]);
    }
}
