//! What statistics make: projections in bands, stays, calendars, and reference lines in low pictures.

use hinomi::draw::chart::{Band, Calendar, Curve, Kind, Series, Size, Stay, Survival, Timeline};
use jiff::civil::{Date, date};

use super::samples::{Sample, mark, mean7, run, sample, series, wave};

/// Sizes of panels on a wall: 12 × 4, 6 × 4 and 5 × 4 of the grid.
const WIDE: Size = Size { width: 1847, height: 301, text: 45.4 };
const HALF: Size = Size { width: 896, height: 301, text: 45.4 };
const LOW: Size = Size { width: 738, height: 258, text: 45.4 };

/// Inpatients seen until today, and where they may go in three weeks.
fn fan() -> Timeline {
    let days = run(date(2026, 10, 26), 49, 1);
    let now = 27;
    let median = |n: usize| (n >= now).then(|| 60.0 + 2.2 * (n - now) as f64);
    let band = |(level, wide): (u8, f64)| {
        let limits = |n: usize| {
            median(n).map(|m| {
                (days[n], m - wide * ((n - now) as f64).sqrt(), m + 1.6 * wide * ((n - now) as f64).sqrt())
            })
        };
        Band { level, points: (now..days.len()).filter_map(limits).collect() }
    };
    Timeline {
        series: vec![series("見込み", &days, median)],
        over: vec![series("実績", &days[..=now], |n| {
            Some(40.0 + (wave(n, 12.0) + n as f64 * 0.5).round())
        })],
        bands: [(50, 3.0), (80, 6.0), (95, 10.0)].map(band).to_vec(),
        limit: Some(series("確保病床", &days, |n| Some(if n < 14 { 110.0 } else { 140.0 }))),
        incomplete_from: Some(days[now - 1]),
        now: Some(days[now]),
        ..Timeline::default()
    }
}

/// Days of onset, the last ones estimated from delays.
fn nowcast() -> Timeline {
    let days = run(date(2026, 10, 26), 28, 1);
    let value = |n: usize| mean7(n + 6, 60.0);
    let band = |(level, wide): (u8, f64)| {
        let limits = |n: usize| {
            value(n)
                .map(|v| (days[n], v * (1.0 - wide * n as f64 / 60.0), v * (1.0 + wide * n as f64 / 40.0)))
        };
        Band { level, points: (14..28).filter_map(limits).collect() }
    };
    Timeline {
        series: vec![series("推計", &days, value)],
        bands: [(80, 0.8), (95, 1.4)].map(band).to_vec(),
        incomplete_from: Some(date(2026, 11, 9)),
        ..Timeline::default()
    }
}

fn stays(groups: &[(&str, f64)]) -> Survival {
    let curve = |(label, mean): &(&str, f64)| {
        let stay = |day: usize| {
            let value = 100.0 * (-(day as f64 / mean).powf(1.3)).exp();
            Stay {
                day: day as f64,
                value: Some(value),
                limits: Some((
                    (value - 2.0 - day as f64 * 0.3).max(0.0),
                    (value + 2.0 + day as f64 * 0.3).min(100.0),
                )),
                at_risk: Some((320.0 * value / 100.0).round()),
            }
        };
        Curve { label: (*label).to_owned(), whole: *label == "全体", stays: (1..=28).map(stay).collect() }
    };
    Survival { curves: groups.iter().map(curve).collect(), from: "入院".to_owned() }
}

fn calendar(from: Date, count: usize) -> Calendar {
    let days = run(from, count, 1);
    let value = |n: usize| (n % 97 < 90).then(|| wave(n, 130.0));
    let days: Vec<(Date, Option<f64>)> =
        days.into_iter().enumerate().map(|(n, day)| (day, value(n))).collect();
    let incomplete_from = days.iter().rev().nth(2).map(|(day, _)| *day);
    Calendar { days, incomplete_from }
}

/// As on the board 病床の状況: two reference lines in a low picture.
fn low() -> Timeline {
    let days = run(date(2026, 9, 28), 56, 1);
    Timeline {
        series: vec![series("重症病床使用率", &days, |n| {
            Some(18.0 + 22.0 * (n as f64 / 9.0).sin().abs())
        })],
        marks: vec![mark(20.0, "2021-04-15 ステージIII"), mark(50.0, "2021-04-15 ステージIV")],
        incomplete_from: Some(date(2026, 11, 22)),
        ..Timeline::default()
    }
}

pub fn samples() -> Vec<Sample> {
    let ages = [("全体", 9.0), ("40歳未満", 5.0), ("40–64歳", 8.0), ("65歳以上", 22.0)];
    let flat = |values: Vec<Option<f64>>| Calendar {
        days: run(date(2026, 10, 1), values.len(), 1).into_iter().zip(values).collect(),
        incomplete_from: None,
    };
    let one: Series = series("確保病床使用率", &[date(2026, 11, 22)], |_| Some(31.0));
    let one = Timeline {
        series: vec![one],
        marks: vec![mark(20.0, "2021-04-15 ステージIII")],
        ..Timeline::default()
    };
    let mut all = vec![
        sample("fan", "入院患者の見込み", "人", Kind::Line(fan())),
        sample("fan-dark", "入院患者の見込み", "人", Kind::Line(fan())),
        sample("fan-wide", "入院患者の見込み", "人", Kind::Line(fan())),
        sample("fan-half", "入院患者の見込み", "人", Kind::Line(fan())),
        sample("nowcast", "発症日別の推計", "人", Kind::Line(nowcast())),
        sample("survival", "在院日数", "%", Kind::Survival(stays(&ages))),
        sample("survival-dark", "在院日数", "%", Kind::Survival(stays(&ages))),
        sample("survival-one", "在院日数", "%", Kind::Survival(stays(&[("", 9.0)]))),
        sample("survival-half", "在院日数", "%", Kind::Survival(stays(&ages))),
        sample("survival-low", "在院日数", "%", Kind::Survival(stays(&[("", 40.0)]))),
        sample("calendar", "新規陽性者", "人", Kind::Calendar(calendar(date(2025, 11, 17), 371))),
        sample("calendar-dark", "新規陽性者", "人", Kind::Calendar(calendar(date(2025, 11, 17), 371))),
        sample("calendar-wide", "新規陽性者", "人", Kind::Calendar(calendar(date(2025, 11, 17), 371))),
        sample("calendar-half", "新規陽性者", "人", Kind::Calendar(calendar(date(2025, 11, 17), 371))),
        sample("calendar-56-wide", "新規陽性者", "人", Kind::Calendar(calendar(date(2026, 9, 28), 56))),
        sample("calendar-56-half", "新規陽性者", "人", Kind::Calendar(calendar(date(2026, 9, 28), 56))),
        sample("calendar-zero", "死亡", "人", Kind::Calendar(flat(vec![Some(0.0); 40]))),
        sample("marks-low", "重症病床（都基準）", "%", Kind::Line(low())),
        sample("marks-low-one", "確保病床使用率", "%", Kind::Line(one)),
    ];
    for sample in &mut all {
        let size = match sample.name.rsplit('-').next() {
            Some("wide") => WIDE,
            Some("half") => HALF,
            _ if sample.name.contains("low") => LOW,
            _ => continue,
        };
        (sample.size, sample.chart.caption.bare) = (size, true);
    }
    all
}
