//! The text alternative for a chart whose caption brings none: the period, the latest figure and the
//! largest, in words.

use crate::draw::chart::{Chart, Interval, Kind, Series};
use crate::draw::forest::usable;
use crate::draw::numbers::{decimals, number, sound};

pub fn describe(chart: &Chart) -> String {
    if !chart.caption.description.is_empty() {
        return chart.caption.description.clone();
    }
    let said = match &chart.kind {
        Kind::Line(time) | Kind::Bars(time) | Kind::Stacked(time) => {
            let mut said: Vec<String> = time.series.iter().chain(&time.over).filter_map(over_time).collect();
            said.extend(time.marks.iter().map(|m| m.label.clone()));
            said.extend(time.events.iter().map(|(day, words)| format!("{day} {words}")));
            said
        }
        Kind::Spark(series) => over_time(series).into_iter().collect(),
        Kind::Pyramid(pyramid) => {
            let side =
                |name: &str, values: &[f64]| largest(name, pyramid.bands.iter().zip(values.iter().copied()));
            let mut said: Vec<String> =
                [side("男", &pyramid.male), side("女", &pyramid.female)].into_iter().flatten().collect();
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
            said.extend(largest("合計", heat.bands.iter().zip(sums)));
            said
        }
        Kind::Forest(forest) => {
            let places = if forest.ratio { 2 } else { 1 };
            let row = |(name, found): &(String, Option<Interval>)| match found
                .and_then(|f| usable(f, forest.ratio))
            {
                Some(f) => format!(
                    "{name} {}（{}–{}）",
                    number(f.value, places),
                    number(f.lower, places),
                    number(f.upper, places)
                ),
                None => format!("{name} —"),
            };
            forest.rows.iter().map(row).collect()
        }
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

fn largest<'a>(name: &str, values: impl Iterator<Item = (&'a String, f64)>) -> Option<String> {
    let values: Vec<(&String, f64)> = values.filter(|(_, v)| v.is_finite()).collect();
    let places = decimals(values.iter().map(|(_, v)| *v));
    let total: f64 = values.iter().map(|(_, v)| v).sum();
    let (band, most) = values.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(format!("{name} {}、最も多いのは {band} {}", number(total, places), number(*most, places)))
}
