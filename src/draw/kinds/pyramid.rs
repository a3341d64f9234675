//! The population pyramid: age bands upwards, men to the left, women to the right, on equal scales.

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::described::largest;
use crate::draw::numbers::{Scale, decimals, number, sound};
use crate::draw::parts::Caption;

/// Age bands from young to old, men to the left, women to the right, on equal scales.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pyramid {
    pub bands: Vec<String>,
    pub male: Vec<f64>,
    pub female: Vec<f64>,
    /// The period that it is compared with, as an outline; empty without one.
    pub male_before: Vec<f64>,
    pub female_before: Vec<f64>,
    /// What the period is called, and the one that it is compared with.
    pub named: (String, String),
    /// The values are counts, which have a sum; rates have none.
    pub counts: bool,
    /// Why there is no outline, though it was asked for.
    pub not_compared: String,
    /// How many of 性別・年代不明, said in words beside the picture, and how many in the period compared with.
    pub unknown: f64,
    pub unknown_before: f64,
}

/// What a pyramid says, in words.
pub(super) fn describe(pyramid: &Pyramid) -> Vec<String> {
    let side = |name: &str, values: &[f64]| {
        largest(name, pyramid.bands.iter().zip(values.iter().copied()), pyramid.counts)
    };
    let before = |name: &str, values: &[f64]| {
        (!values.is_empty()).then(|| side(&format!("{} {name}", pyramid.named.1), values)).flatten()
    };
    let mut said: Vec<String> = [
        side("男", &pyramid.male),
        side("女", &pyramid.female),
        before("男", &pyramid.male_before),
        before("女", &pyramid.female_before),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let Some(unknown) = sound(Some(pyramid.unknown)).filter(|n| *n > 0.0) {
        said.push(format!("性別・年代不明 {}", number(unknown, 0)));
    }
    if let Some(unknown) = sound(Some(pyramid.unknown_before)).filter(|n| *n > 0.0) {
        said.push(format!("{} 性別・年代不明 {}", pyramid.named.1, number(unknown, 0)));
    }
    if !pyramid.not_compared.is_empty() {
        said.push(pyramid.not_compared.clone());
    }
    said
}

/// Draws into `room`; false if there is no value to draw.
pub(super) fn draw(canvas: &mut Canvas, room: Rect, caption: &Caption, pyramid: &Pyramid) -> bool {
    let value = |side: &[f64], band: usize| sound(side.get(band).copied());
    let bands = pyramid.bands.len();
    let all: Vec<f64> = (0..bands)
        .flat_map(|b| [value(&pyramid.male, b), value(&pyramid.female, b)])
        .flatten()
        .map(|v| v.max(0.0))
        .collect();
    if all.is_empty() {
        return false;
    }
    let places = decimals(all.iter().copied());
    let before = |b| [value(&pyramid.male_before, b), value(&pyramid.female_before, b)];
    let before: Vec<f64> = (0..bands).flat_map(before).flatten().map(|v| v.max(0.0)).collect();
    let both = || all.iter().chain(&before).copied();
    let (text, plain) = (canvas.text, canvas.plain());
    let room = foot_words(canvas, room, caption, pyramid);
    let head = if room.h >= text * 4.0 { text * 1.35 } else { 0.0 };
    let foot = if room.h >= text * 6.0 { text * 1.4 } else { 0.0 };
    let area = room.less(text * 0.3, head, text * 0.3, foot);
    let row = area.h / bands as f64;
    let names = Ink { size: text.min(row.max(canvas.note())), ..plain };
    let every = (names.size / row.max(0.1)).ceil().max(1.0) as usize;
    let name_width = pyramid.bands.iter().map(|b| Canvas::measure(b, names)).fold(0.0, f64::max) + text * 0.8;
    let centre = if name_width <= area.w * 0.45 { name_width } else { text };
    let side = (area.w - centre) / 2.0;
    let figures = Ink { size: canvas.note().min(row * 0.95), ..plain };
    let figure_width =
        all.iter().map(|v| Canvas::measure(&number(*v, places), figures)).fold(0.0, f64::max) + text * 0.4;
    let with_figures = figures.size >= canvas.note() * 0.7 && figure_width <= side * 0.4;
    let reach = side - if with_figures { figure_width } else { text * 0.4 };
    let most = both().fold(0.0, f64::max);
    let intervals = ((reach / (text * 3.5)) as usize).clamp(2, 5);
    let scale = Scale::holding(both(), intervals).ending_at(most);
    let edges = [area.x + side, area.x + side + centre];
    grid(canvas, &area, &scale, edges, reach, foot > 0.0);
    let thick = row * if row > 6.0 { 0.78 } else { 1.0 };
    for band in 0..bands {
        // Young at the foot.
        let y = area.bottom() - row * (band as f64 + 0.5);
        let sides = [
            (
                value(&pyramid.male, band),
                value(&pyramid.male_before, band),
                canvas.palette.male,
                -1.0,
                edges[0],
            ),
            (
                value(&pyramid.female, band),
                value(&pyramid.female_before, band),
                canvas.palette.female,
                1.0,
                edges[1],
            ),
        ];
        for (value, before, colour, way, edge) in sides {
            let words = value.map_or("—".to_owned(), |v| number(v, places));
            let length = value.map_or(0.0, |v| scale.share(v.max(0.0)) * reach);
            let left = if way < 0.0 { edge - length } else { edge };
            canvas.fill(Rect::new(left, y - thick / 2.0, length, thick), colour);
            let outline = before.map_or(0.0, |v| scale.share(v.max(0.0)) * reach);
            if before.is_some() {
                let left = if way < 0.0 { edge - outline } else { edge };
                let (line, mark) = (canvas.hairline() * 1.8, canvas.palette.mark);
                canvas.outline(Rect::new(left, y - thick / 2.0, outline, thick), line, mark);
            }
            let length = length.max(outline);
            let anchor = if way < 0.0 { Anchor::End } else { Anchor::Start };
            if with_figures {
                canvas.write(&words, edge + way * (length + text * 0.2), y, anchor, figures);
            }
        }
        if band % every == 0 && centre > text {
            canvas.write(&pyramid.bands[band], area.x + area.w / 2.0, y, Anchor::Middle, names);
        }
    }
    if head > 0.0 {
        heads(canvas, pyramid, places, edges, side, room.y + text * 0.55);
    }
    true
}

/// 男 and 女 with their totals and a swatch of their colour, over their sides.
fn heads(canvas: &mut Canvas, pyramid: &Pyramid, places: usize, edges: [f64; 2], side: f64, y: f64) {
    let ink = canvas.strong();
    let sum = |values: &[f64]| {
        values
            .iter()
            .take(pyramid.bands.len())
            .filter_map(|v| sound(Some(*v)))
            .map(|v| v.max(0.0))
            .sum::<f64>()
    };
    let sides = [
        ("男", sum(&pyramid.male), canvas.palette.male, Anchor::End, edges[0], -1.0),
        ("女", sum(&pyramid.female), canvas.palette.female, Anchor::Start, edges[1], 1.0),
    ];
    for (name, total, colour, anchor, edge, way) in sides {
        let mut words = format!("{name} {}", number(total, places));
        let swatch = ink.size * 0.7;
        if !pyramid.counts || Canvas::measure(&words, ink) + swatch * 1.6 > side {
            words = name.to_owned();
        }
        let left = if way < 0.0 { edge - swatch } else { edge };
        canvas.fill(Rect::new(left, y - swatch / 2.0, swatch, swatch), colour);
        canvas.write(&words, edge + way * swatch * 1.5, y, anchor, ink);
    }
}

fn grid(canvas: &mut Canvas, area: &Rect, scale: &Scale, edges: [f64; 2], reach: f64, named: bool) {
    let ink = canvas.quiet();
    let (grid, axis, line) = (canvas.palette.grid, canvas.palette.axis, canvas.hairline());
    let y = area.bottom() + ink.size * 0.75;
    for (edge, way) in [(edges[0], -1.0), (edges[1], 1.0)] {
        for tick in scale.ticks() {
            let x = edge + way * scale.share(tick) * reach;
            let colour = if tick == 0.0 { axis } else { grid };
            canvas.line((x, area.y), (x, area.bottom()), line, colour);
        }
        if !named {
            continue;
        }
        for tick in scale.ticks() {
            let x = edge + way * scale.share(tick) * reach;
            let words = scale.label(tick);
            let room = Canvas::room(&words, x, y, Anchor::Middle, ink);
            let pad = ink.size * 0.3;
            if canvas.is_free(&Rect::new(room.x - pad, room.y, room.w + 2.0 * pad, room.h)) {
                canvas.write(&words, x, y, Anchor::Middle, ink);
            }
        }
    }
}

/// Below the picture: those of unknown age or sex, said in words and never left out in silence, and the
/// key of what it is compared with.
fn foot_words(canvas: &mut Canvas, room: Rect, caption: &Caption, pyramid: &Pyramid) -> Rect {
    if room.h < canvas.text * 5.0 {
        return room;
    }
    let ink = canvas.small();
    let y = room.bottom() - ink.size * 0.6;
    let keyed = match pyramid.male_before.is_empty() {
        true => why_alone(canvas, &pyramid.not_compared, &room, y, ink),
        false => key(canvas, &pyramid.named, &room, y, ink),
    };
    let mut said = false;
    let before = sound(Some(pyramid.unknown_before)).filter(|n| *n > 0.0);
    let count = sound(Some(pyramid.unknown)).filter(|n| *n > 0.0 || before.is_some());
    if let Some(count) = count {
        // Those of unknown age have no population: beside rates they are counted all the same.
        let short = caption.unit.chars().count() <= 2;
        let unit = if !pyramid.counts {
            "人"
        } else if short {
            caption.unit.as_str()
        } else {
            ""
        };
        let whole = |count: f64| number(count, decimals(std::iter::once(count)));
        let count = whole(count);
        let both = before.map(|before| format!("性別・年代不明 {count}{unit}（前 {}{unit}）", whole(before)));
        let alone =
            [format!("性別・年代不明 {count}{unit}"), format!("不明 {count}{unit}"), format!("不明 {count}")];
        let words: Vec<String> = both.into_iter().chain(alone).collect();
        let fits = |words: &&String| Canvas::measure(words, ink) + keyed <= room.w;
        if let Some(words) = words.iter().find(fits) {
            canvas.write(words, room.right(), y, Anchor::End, ink);
            said = true;
        }
    }
    if said || keyed > 0.0 { room.less(0.0, 0.0, 0.0, ink.size * 1.2) } else { room }
}

/// Why it stands alone, at the place of the key; gives back the width that it takes.
fn why_alone(canvas: &mut Canvas, why: &str, room: &Rect, y: f64, ink: Ink) -> f64 {
    let (pad, wide) = (ink.size * 0.35, Canvas::measure(why, ink));
    if why.is_empty() || wide + pad > room.w {
        return 0.0;
    }
    canvas.write(why, room.x + pad, y, Anchor::Start, ink);
    wide + 2.0 * pad
}

/// The period, filled, and the one before, an outline; gives back the width that it takes.
fn key(canvas: &mut Canvas, (now, before): &(String, String), room: &Rect, y: f64, ink: Ink) -> f64 {
    let swatch = ink.size * 0.75;
    let pad = ink.size * 0.35;
    let mut x = room.x + pad;
    let wide = 2.0 * swatch + Canvas::measure(&format!("{now}{before}"), ink) + 5.0 * pad;
    if wide > room.w || now.is_empty() {
        return 0.0;
    }
    for (name, before) in [(now, false), (before, true)] {
        let (half, top) = (swatch / 2.0, y - swatch / 2.0);
        if before {
            let (line, mark) = (canvas.hairline() * 1.8, canvas.palette.mark);
            canvas.outline(Rect::new(x, top, swatch, swatch), line, mark);
        } else {
            canvas.fill(Rect::new(x, top, half, swatch), canvas.palette.male);
            canvas.fill(Rect::new(x + half, top, half, swatch), canvas.palette.female);
        }
        x = canvas.write(name, x + swatch + pad * 0.7, y, Anchor::Start, ink).right() + pad * 1.5;
    }
    wide + pad
}
