//! The population pyramid: age bands upwards, men to the left, women to the right, on equal scales.

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::chart::{Caption, Pyramid};
use crate::draw::numbers::{Scale, decimals, number, sound};

/// Draws into `room`; false if there is no value to draw.
pub fn draw(canvas: &mut Canvas, room: Rect, caption: &Caption, pyramid: &Pyramid) -> bool {
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
    let (text, plain) = (canvas.text, canvas.plain());
    let room = unknown(canvas, room, caption, pyramid.unknown);
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
    let most = all.iter().copied().fold(0.0, f64::max);
    let intervals = ((reach / (text * 3.5)) as usize).clamp(2, 5);
    let scale = Scale::holding(all.iter().copied(), intervals).ending_at(most);
    let edges = [area.x + side, area.x + side + centre];
    grid(canvas, &area, &scale, edges, reach, foot > 0.0);
    let thick = row * if row > 6.0 { 0.78 } else { 1.0 };
    for band in 0..bands {
        // Young at the foot.
        let y = area.bottom() - row * (band as f64 + 0.5);
        let sides = [
            (value(&pyramid.male, band), canvas.palette.male, -1.0, edges[0]),
            (value(&pyramid.female, band), canvas.palette.female, 1.0, edges[1]),
        ];
        for (value, colour, way, edge) in sides {
            let words = value.map_or("—".to_owned(), |v| number(v, places));
            let length = value.map_or(0.0, |v| scale.share(v.max(0.0)) * reach);
            let left = if way < 0.0 { edge - length } else { edge };
            canvas.fill(Rect::new(left, y - thick / 2.0, length, thick), colour);
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
        if Canvas::measure(&words, ink) + swatch * 1.6 > side {
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

/// Those of unknown age or sex are said in words, never left out in silence.
fn unknown(canvas: &mut Canvas, room: Rect, caption: &Caption, unknown: f64) -> Rect {
    let Some(count) = sound(Some(unknown)).filter(|n| *n > 0.0) else { return room };
    if room.h < canvas.text * 5.0 {
        return room;
    }
    let unit = if caption.unit.chars().count() <= 2 { caption.unit.as_str() } else { "" };
    let count = number(count, decimals(std::iter::once(count)));
    let ink = canvas.small();
    for words in [format!("性別・年代不明 {count}{unit}"), format!("不明 {count}")] {
        if Canvas::measure(&words, ink) <= room.w {
            canvas.write(&words, room.right(), room.bottom() - ink.size * 0.6, Anchor::End, ink);
            return room.less(0.0, 0.0, 0.0, ink.size * 1.2);
        }
    }
    room
}
