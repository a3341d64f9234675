//! Limits around a line, within each other: the wider, the paler; and the key that says how certain each is.

use jiff::civil::Date;

use crate::draw::canvas::{Anchor, Canvas, Ink, Rect};
use crate::draw::numbers::sound;
use crate::draw::parts::{Band, Timeline};

/// The bands that can be drawn, the widest first, each in order of day.
pub(super) fn sound_bands(time: &Timeline) -> Vec<Band> {
    let point = |(day, lower, upper): &(Date, f64, f64)| {
        let (lower, upper) = (sound(Some(*lower))?, sound(Some(*upper))?);
        (lower <= upper).then_some((*day, lower, upper))
    };
    let mut bands: Vec<Band> = time
        .bands
        .iter()
        .map(|band| Band { level: band.level, points: band.points.iter().filter_map(point).collect() })
        .filter(|band| !band.points.is_empty())
        .collect();
    for band in &mut bands {
        band.points.sort_by_key(|(day, ..)| *day);
    }
    bands.sort_by_key(|band| std::cmp::Reverse(band.level));
    bands
}

/// 50, 80 and 95%, each with its tint, over the plot where the strip is free. One band alone needs none:
/// the description and the table have its level.
pub(super) fn key(canvas: &mut Canvas, strip: &Rect, bands: &[Band]) {
    if bands.len() < 2 || strip.h <= 0.0 {
        return;
    }
    let words = |n: usize| format!("{}{}", bands[n].level, if n == 0 { "%" } else { "" });
    let whole = canvas.small();
    for share in [1.0, 0.9, 0.8] {
        let ink = Ink { size: whole.size * share, ..whole };
        let (swatch, gap) = (ink.size * 0.75, ink.size * 0.22);
        let entry = |n: usize| swatch + gap + Canvas::measure(&words(n), ink);
        let apart = ink.size * 0.4;
        let wide = (0..bands.len()).map(|n| entry(n) + apart).sum::<f64>() - apart;
        let y = strip.y + whole.size * 0.5;
        let free = |x: &f64| {
            wide <= strip.w && canvas.is_free(&Rect::new(*x, y - ink.size * 0.5, wide + gap, ink.size))
        };
        let starts = [0.0, 1.0, 0.5, 0.25, 0.75].map(|part| strip.x + (strip.w - wide) * part);
        let Some(mut x) = starts.into_iter().find(free) else { continue };
        let colour = canvas.palette.series(0);
        for n in (0..bands.len()).rev() {
            let square = Rect::new(x, y - swatch / 2.0, swatch, swatch);
            canvas.fill(square, canvas.palette.band(colour, n, bands.len()));
            canvas.outline(square, canvas.hairline() * 0.8, canvas.palette.axis);
            x = canvas.write(&words(n), x + swatch + gap, y, Anchor::Start, ink).right() + apart;
        }
        return;
    }
}
