//! The heat map: weeks or places across, age bands upwards, one hue from few to many, with its scale.

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::days::Days;
use crate::draw::described::largest;
use crate::draw::numbers::{decimals, number, sound};
use crate::draw::parts::Incomplete;
use crate::draw::parts::Step;
use crate::draw::theme::blend;
use crate::draw::words;
use jiff::civil::Date;

/// What stands side by side.
#[derive(Clone, Debug, PartialEq)]
pub enum Across {
    Weeks(Vec<Date>),
    /// Districts, by name.
    Names(Vec<String>),
}

impl Default for Across {
    fn default() -> Self {
        Self::Weeks(Vec::new())
    }
}

impl Across {
    fn count(&self) -> usize {
        match self {
            Self::Weeks(weeks) => weeks.len(),
            Self::Names(names) => names.len(),
        }
    }

    fn weeks(&self) -> &[Date] {
        if let Self::Weeks(weeks) = self { weeks } else { &[] }
    }
}

/// Weeks or places across, age bands upwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    pub across: Across,
    pub bands: Vec<String>,
    /// `values[band][column]`; None is a gap.
    pub values: Vec<Vec<Option<f64>>>,
    /// Weeks with this day or a later one still grow.
    pub incomplete_from: Option<Date>,
    pub incomplete: Incomplete,
}

/// What a heat map says, in words.
pub(super) fn describe(heat: &Heat) -> Vec<String> {
    let sums = heat.values.iter().map(|row| row.iter().filter_map(|v| sound(*v)).sum());
    let weeks = heat.across.weeks();
    let period = weeks.iter().min().zip(weeks.iter().max());
    let mut said: Vec<String> =
        period.map(|(first, last)| format!("{first} の週から {last} の週まで")).into_iter().collect();
    if let Across::Names(names) = &heat.across {
        let of = |column: usize| heat.values.iter().filter_map(|row| sound(*row.get(column)?)).sum::<f64>();
        said.extend(largest("合計", names.iter().zip((0..names.len()).map(of)), true));
    }
    said.extend(largest("合計", heat.bands.iter().zip(sums), true));
    said
}

/// Draws into `room`; false if there is no value to draw.
pub(super) fn draw(canvas: &mut Canvas, room: Rect, heat: &Heat) -> bool {
    let value = |band: usize, column: usize| {
        heat.values.get(band).and_then(|row| row.get(column)).copied().flatten().and_then(|v| sound(Some(v)))
    };
    let (bands, columns) = (heat.bands.len(), heat.across.count());
    let all: Vec<f64> = (0..bands).flat_map(|b| (0..columns).filter_map(move |c| value(b, c))).collect();
    let mut days = Days::over(heat.across.weeks().iter().copied(), Step::Week);
    if all.is_empty() || columns == 0 {
        return false;
    }
    let most = all.iter().copied().fold(0.0, f64::max);
    let places = decimals(all.iter().copied());
    let text = canvas.text;
    let head = if room.h >= text * 5.0 { canvas.note() * 1.45 } else { 0.0 };
    let foot = if room.h >= text * 3.5 { text * 1.56 } else { 0.0 };
    let mut area = room.less(0.0, head, 0.0, foot);
    let row = area.h / bands as f64;
    let names = Ink { size: text.min(row.max(canvas.note())), ..canvas.plain() };
    let every = (names.size / row.max(0.1)).ceil().max(1.0) as usize;
    let name_width = heat.bands.iter().map(|b| Canvas::measure(b, names)).fold(0.0, f64::max);
    let named = name_width <= room.w * 0.4;
    area = area.less(if named { name_width + text * 0.4 } else { 0.0 }, 0.0, text * 0.3, 0.0);
    canvas.plot = Some(area);
    if let Some(days) = &mut days {
        days.lay(&area);
    }
    let band = days.as_ref().map_or(area.w / columns as f64, Days::band);
    // The left edge of a column, and whether it still grows.
    let column = |place: usize| match (&days, heat.across.weeks().get(place)) {
        (Some(days), Some(week)) => {
            (days.x(*week) - band / 2.0, days.is_incomplete(*week, heat.incomplete_from))
        }
        _ => (area.x + band * place as f64, false),
    };
    let between = if band > 6.0 && row > 6.0 { canvas.hairline() } else { 0.0 };
    let figures = Ink { size: canvas.note().min(row * 0.8), ..canvas.plain() };
    let widest = Canvas::measure(&number(most, places), figures);
    let with_figures = figures.size >= canvas.note() * 0.75 && widest + figures.size * 0.5 <= band;
    for b in 0..bands {
        // Young at the foot.
        let top = area.bottom() - row * (b as f64 + 1.0);
        for place in 0..columns {
            let Some(value) = value(b, place) else { continue };
            let colour = canvas.palette.heat(share(value, most));
            let (x, growing) = column(place);
            canvas.fill(Rect::new(x, top, band - between, row - between), colour);
            if growing {
                let cell = Rect::new(x, top, band - between, row - between);
                canvas.hatch(cell, blend(colour, canvas.palette.text_on(colour), 0.3));
            }
            if with_figures {
                let ink = Ink { colour: canvas.palette.text_on(colour), ..figures };
                let middle = (x + (band - between) / 2.0, top + row / 2.0);
                canvas.write(&number(value, places), middle.0, middle.1, Anchor::Middle, ink);
            }
        }
        if named && b % every == 0 {
            canvas.write(&heat.bands[b], area.x - text * 0.4, top + row / 2.0, Anchor::End, names);
        }
    }
    if foot > 0.0 {
        let ink = canvas.quiet();
        let end = canvas.width;
        match (&days, &heat.across) {
            (Some(days), _) => days.draw(canvas, &area, end, ink),
            (None, Across::Names(names)) => {
                let y = area.bottom() + ink.size * 0.72;
                for (place, name) in names.iter().enumerate() {
                    let fitted = words::name(name, (band * 0.96, ink.size * 1.4), ink.size, ink.weight);
                    canvas.write_lines(&fitted, column(place).0 + band / 2.0, y, Anchor::Middle, ink);
                }
            }
            (None, Across::Weeks(_)) => {}
        }
    }
    if head > 0.0 {
        let left = legend(canvas, &room, most, places);
        let grows = (0..columns).any(|place| column(place).1);
        let words = heat.incomplete.longest();
        if grows && area.x + canvas.text * 1.5 + Canvas::measure(words, canvas.small()) < left {
            let ink = canvas.small();
            let y = room.y + ink.size * 0.55;
            let swatch = Rect::new(area.x, y - ink.size * 0.35, canvas.text, ink.size * 0.7);
            canvas.outline(swatch, canvas.hairline(), canvas.palette.axis);
            canvas.hatch(swatch, canvas.palette.axis);
            canvas.write(words, area.x + canvas.text * 1.3, y, Anchor::Start, ink);
        }
    }
    true
}

fn share(value: f64, most: f64) -> f64 {
    if most > 0.0 { value.max(0.0) / most } else { 0.0 }
}

/// The scale at the top right: 0, the hue in steps, the largest value. Gives where it begins.
fn legend(canvas: &mut Canvas, room: &Rect, most: f64, places: usize) -> f64 {
    const STEPS: usize = 24;
    let ink = canvas.small();
    let y = room.y + ink.size * 0.55;
    let words = number(most, places);
    let wide = (canvas.text * 6.0).min(room.w * 0.3);
    let right = room.right() - canvas.text * 0.3;
    let start = right - Canvas::measure(&words, ink) - ink.size * 0.4 - wide;
    let zero = start - ink.size * 0.4;
    if zero - Canvas::measure("0", ink) < room.x {
        return right;
    }
    canvas.write(&words, right, y, Anchor::End, ink);
    canvas.write("0", zero, y, Anchor::End, ink);
    let height = ink.size * 0.7;
    for step in 0..STEPS {
        let x = start + wide * step as f64 / STEPS as f64;
        let colour = canvas.palette.heat(step as f64 / (STEPS - 1) as f64);
        canvas.fill(Rect::new(x, y - height / 2.0, wide / STEPS as f64 + 0.2, height), colour);
    }
    let frame = Rect::new(start, y - height / 2.0, wide, height);
    canvas.outline(frame, canvas.hairline(), canvas.palette.axis);
    zero - Canvas::measure("0", ink)
}
