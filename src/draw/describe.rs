//! The text alternative for a chart whose caption brings none: the period, the latest figure and the
//! largest, in words.

use crate::draw::bands::sound_bands;
use crate::draw::chart::{Chart, Estimate, Kind, Series, Timeline};
use crate::draw::forest::usable;
use crate::draw::numbers::{decimals, number, sound};

pub fn describe(chart: &Chart) -> String {
    if !chart.caption.description.is_empty() {
        return chart.caption.description.clone();
    }
    let said = match &chart.kind {
        Kind::Line(time) | Kind::Bars(time) | Kind::Stacked(time) => {
            let mut said: Vec<String> = time.series.iter().chain(&time.over).filter_map(over_time).collect();
            said.extend(time.now.map(|now| format!("{now} 現在、その後は見込み")));
            said.extend(limits(time));
            said.extend(time.limit.as_ref().and_then(over_time));
            said.extend(time.marks.iter().map(|m| m.label.clone()));
            said.extend(time.events.iter().map(|(day, words)| format!("{day} {words}")));
            said
        }
        Kind::Spark(series) => over_time(series).into_iter().collect(),
        Kind::Pyramid(pyramid) => {
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
            said
        }
        Kind::Heat(heat) => {
            let sums = heat.values.iter().map(|row| row.iter().filter_map(|v| sound(*v)).sum());
            let period = heat.weeks.iter().min().zip(heat.weeks.iter().max());
            let mut said: Vec<String> =
                period.map(|(first, last)| format!("{first} の週から {last} の週まで")).into_iter().collect();
            said.extend(largest("合計", heat.bands.iter().zip(sums), true));
            said
        }
        Kind::Forest(forest) => {
            let places = if forest.ratio { 2 } else { 1 };
            let row = |row: &Estimate| match row.found.and_then(|f| usable(f, forest.ratio)) {
                Some(f) => format!(
                    "{} {}（{}–{}）",
                    row.name,
                    number(f.value, places),
                    number(f.lower, places),
                    number(f.upper, places)
                ),
                None if row.reason.is_empty() => format!("{} —", row.name),
                None => format!("{} {}", row.name, row.reason),
            };
            forest.rows.iter().map(row).collect()
        }
        Kind::Survival(survival) => {
            Some(survival.in_words()).filter(|words| !words.is_empty()).into_iter().collect()
        }
        Kind::Calendar(calendar) => calendar.in_words(),
        Kind::Marks(bars) => {
            let places = decimals(bars.bars.iter().filter_map(|(_, v)| sound(*v)));
            let row = |(name, value): &(String, Option<f64>)| {
                format!("{name} {}", sound(*value).map_or("—".to_owned(), |v| number(v, places)))
            };
            bars.bars.iter().map(row).chain(bars.marks.iter().map(|m| m.label.clone())).collect()
        }
    };
    let said = if said.is_empty() { vec!["データなし".to_owned()] } else { said };
    let parts = [chart.caption.title.clone(), said.join("、"), chart.caption.footer.clone()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("。")
}

/// The last limits of each band.
fn limits(time: &Timeline) -> Vec<String> {
    let bands = sound_bands(time);
    let last = |band: &crate::draw::chart::Band| {
        let (day, lower, upper) = band.points.last()?;
        let places = decimals([*lower, *upper].into_iter());
        Some(format!("{}%の幅 {}–{} ({day})", band.level, number(*lower, places), number(*upper, places)))
    };
    bands.iter().filter_map(last).collect()
}

fn over_time(series: &Series) -> Option<String> {
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
fn largest<'a>(name: &str, values: impl Iterator<Item = (&'a String, f64)>, summed: bool) -> Option<String> {
    let values: Vec<(&String, f64)> = values.filter(|(_, v)| v.is_finite()).collect();
    let places = decimals(values.iter().map(|(_, v)| *v));
    let (band, most) = values.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let sum = match summed {
        true => format!(" {}", number(values.iter().map(|(_, v)| v).sum(), places)),
        false => String::new(),
    };
    Some(format!("{name}{sum}、最も多いのは {band} {}", number(*most, places)))
}
