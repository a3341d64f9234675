//! Limits around a line, within each other: the wider, the paler.

use jiff::civil::Date;

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
