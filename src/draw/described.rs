//! Series and parts of a chart in words, for its text alternative.

use crate::draw::bands::sound_bands;
use crate::draw::numbers::{decimals, number, sound};
use crate::draw::parts::{Band, Series, Timeline};

pub(super) fn timeline(time: &Timeline) -> Vec<String> {
    let mut said: Vec<String> = time.series.iter().chain(&time.over).filter_map(over_time).collect();
    said.extend(time.now.map(|now| format!("{now} 現在、その後は見込み")));
    said.extend(limits(time));
    said.extend(time.limit.as_ref().and_then(over_time));
    said.extend(time.marks.iter().map(|m| m.label.clone()));
    said.extend(time.events.iter().map(|(day, words)| format!("{day} {words}")));
    said
}

/// The last limits of each band.
fn limits(time: &Timeline) -> Vec<String> {
    let bands = sound_bands(time);
    let last = |band: &Band| {
        let (day, lower, upper) = band.points.last()?;
        let places = decimals([*lower, *upper].into_iter());
        Some(format!("{}%の幅 {}–{} ({day})", band.level, number(*lower, places), number(*upper, places)))
    };
    bands.iter().filter_map(last).collect()
}

pub(super) fn over_time(series: &Series) -> Option<String> {
    let points: Vec<_> = series.points.iter().filter_map(|(day, v)| Some((*day, sound(*v)?))).collect();
    let places = decimals(points.iter().map(|(_, v)| *v));
    let (first, last) = (points.iter().min_by_key(|p| p.0)?, points.iter().max_by_key(|p| p.0)?);
    let most = points.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(format!(
        "{} {} から {} まで、最後 {}、最大 {} ({})",
        series.label,
        first.0,
        last.0,
        number(last.1, places),
        number(most.1, places),
        most.0
    ))
}

/// The sum (rates have none) and the largest.
pub(super) fn largest<'a>(
    name: &str,
    values: impl Iterator<Item = (&'a String, f64)>,
    summed: bool,
) -> Option<String> {
    let values: Vec<(&String, f64)> = values.filter(|(_, v)| v.is_finite()).collect();
    let places = decimals(values.iter().map(|(_, v)| *v));
    let (band, most) = values.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let sum = match summed {
        true => format!(" {}", number(values.iter().map(|(_, v)| v).sum(), places)),
        false => String::new(),
    };
    Some(format!("{name}{sum}、最も多いのは {band} {}", number(*most, places)))
}
