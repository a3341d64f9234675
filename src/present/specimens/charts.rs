//! Each kind of chart, of figures that are made up.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use maud::{Markup, PreEscaped, html};

use super::super::layout::Look;
use super::panels::{SAMPLE, WIDE};
use crate::draw;
use crate::draw::chart::{
    Across, Band, Bars, Calendar, Caption, Chart, Curve, Estimate, Forest, Heat, Incomplete, Interval, Kind,
    Mark, Pyramid, Series, Size, Stay, Survival, Timeline,
};

pub(super) fn chart(name: &str, kind: Kind, look: Look) -> Markup {
    let plot = look.plot(WIDE);
    // Without heading and footer.
    let size = Size { height: plot.height + 90, ..plot };
    let caption = Caption {
        name: format!("{SAMPLE} {name}"),
        unit: "人".into(),
        bare: true,
        stamp: SAMPLE.into(),
        ..Caption::default()
    };
    match draw::svg(&Chart { caption, kind }, size, look.theme) {
        Ok(svg) => PreEscaped(svg),
        Err(error) => html! { p.none { (error) } },
    }
}

/// Each kind of chart with what it may have.
pub(super) fn charts() -> Vec<(&'static str, Kind)> {
    let days: Vec<Date> = (0..28).map(|n| date(2026, 10, 26).saturating_add(n.days())).collect();
    let weeks: Vec<Date> = (0..26).map(|n| date(2026, 6, 1).saturating_add((n * 7).days())).collect();
    let wave = |n: usize| 20.0 + ((n * 7) % 11) as f64 * 3.0 + n as f64;
    let series = |label: &str, days: &[Date], value: &dyn Fn(usize) -> Option<f64>| Series {
        label: label.into(),
        points: days.iter().enumerate().map(|(n, day)| (*day, value(n))).collect(),
    };
    let mean = |n: usize| (n >= 6).then(|| (n - 6..=n).map(wave).sum::<f64>() / 7.0);
    let bands: Vec<String> =
        ["10歳未満", "10代", "20代", "30代", "40代", "50代", "60代以上"].map(str::to_owned).to_vec();
    let mark = |value: f64, label: &str| Mark { value, label: label.into() };
    let ahead = |n: usize| (n >= 14).then(|| 40.0 + (n - 14) as f64 * 1.5);
    let band = |(level, wide): (u8, f64)| Band {
        level,
        points: (14..28)
            .map(|n| (days[n], 40.0 - wide * (n - 13) as f64 * 0.3, 40.0 + wide * (n - 13) as f64))
            .collect(),
    };
    let stay = |mean: f64| {
        (1..=28)
            .map(|day| {
                let value = 100.0 * (-f64::from(day) / mean).exp();
                Stay {
                    day: f64::from(day),
                    value: Some(value),
                    limits: Some((value * 0.85, (value * 1.1).min(100.0))),
                    at_risk: Some(value.round()),
                }
            })
            .collect()
    };
    vec![
        (
            "折れ線 目安と切れ目",
            Kind::Line(Timeline {
                series: vec![series("見本の割合", &days, &|n| (n != 12).then(|| wave(n)))],
                marks: vec![mark(20.0, "20 目安の名 2021-04-15"), mark(50.0, "50 目安の名 2021-04-15")],
                incomplete_from: days.get(26).copied(),
                ..Timeline::default()
            }),
        ),
        (
            "折れ線 二つの系列",
            Kind::Line(Timeline {
                series: vec![
                    series("入院", &days, &|n| Some(wave(n))),
                    series("退院", &days, &|n| Some(wave(n) * 0.7)),
                ],
                ..Timeline::default()
            }),
        ),
        (
            "見通し 検証を経ていないもの",
            Kind::Line(Timeline {
                series: vec![series("中央値", &days, &ahead)],
                over: vec![series("入院患者", &days[..14], &|n| Some(wave(n)))],
                bands: [(50, 1.0), (80, 2.0), (95, 3.0)].map(band).to_vec(),
                limit: Some(series("確保病床", &days, &|_| Some(62.0))),
                now: days.get(13).copied(),
                faint: true,
                ..Timeline::default()
            }),
        ),
        (
            "棒 7日平均と集計中の日",
            Kind::Bars(Timeline {
                series: vec![series("受理数", &days, &|n| Some(if n == 9 { 0.0 } else { wave(n) }))],
                over: vec![series("7日平均", &days, &mean)],
                incomplete_from: days.get(26).copied(),
                ..Timeline::default()
            }),
        ),
        (
            "積み上げ",
            Kind::Stacked(Timeline {
                series: ["入院", "宿泊", "自宅", "入院調整中"]
                    .into_iter()
                    .enumerate()
                    .map(|(k, name)| series(name, &days, &|n| Some(wave(n) * (k + 1) as f64 / 3.0)))
                    .collect(),
                ..Timeline::default()
            }),
        ),
        (
            "年齢と性別",
            Kind::Pyramid(Pyramid {
                male: (0..7).map(wave).collect(),
                female: (0..7).map(|n| wave(n + 3)).collect(),
                male_before: (0..7).map(|n| wave(n + 1)).collect(),
                female_before: (0..7).map(|n| wave(n + 2)).collect(),
                bands: bands.clone(),
                unknown: 4.0,
                unknown_before: 0.0,
                not_compared: String::new(),
                named: ("直近28日".into(), "前の28日".into()),
                counts: true,
            }),
        ),
        (
            "週×年齢",
            Kind::Heat(Heat {
                values: (0..7)
                    .map(|b| (0..26).map(|w| (w != 5).then(|| wave(b * 3 + w % 9))).collect())
                    .collect(),
                across: Across::Weeks(weeks.clone()),
                bands: bands.clone(),
                incomplete_from: weeks.last().copied(),
                incomplete: Incomplete(vec!["まだ増える週".into()]),
            }),
        ),
        (
            "地区×年齢",
            Kind::Heat(Heat {
                values: (0..7).map(|b| (0..4).map(|d| Some(wave(b * 2 + d))).collect()).collect(),
                across: Across::Names(["A地区", "B地区", "C地区", "不明"].map(str::to_owned).to_vec()),
                bands,
                incomplete_from: None,
                incomplete: Incomplete::default(),
            }),
        ),
        ("動きだけの線", Kind::Spark(series("見本", &days, &|n| Some(wave(n))))),
        (
            "名前ごとの棒",
            Kind::Marks(Bars {
                bars: vec![
                    ("A病院".into(), Some(82.0)),
                    ("国立B医療センター".into(), Some(35.0)),
                    ("C病院".into(), None),
                ],
                marks: vec![mark(50.0, "50 目安の名")],
                to: Some(100.0),
            }),
        ),
        (
            "推定と区間",
            Kind::Forest(Forest {
                rows: [("A地区", 1.4), ("B地区", 0.8), ("C地区", 2.1)]
                    .map(|(name, value)| Estimate {
                        name: name.into(),
                        found: Some(Interval { value, lower: value * 0.7, upper: value * 1.5 }),
                        reason: String::new(),
                    })
                    .into_iter()
                    .chain([Estimate {
                        name: "D地区".into(),
                        found: None,
                        reason: "5件未満のため推定しない".into(),
                    }])
                    .collect(),
                ratio: true,
            }),
        ),
        (
            "入院の継続",
            Kind::Survival(Survival {
                curves: [("全体", 9.0), ("65歳以上", 16.0)]
                    .map(|(label, mean)| Curve {
                        label: label.into(),
                        whole: label == "全体",
                        stays: stay(mean),
                    })
                    .to_vec(),
                from: "入院".into(),
            }),
        ),
        (
            "暦",
            Kind::Calendar(Calendar {
                days: (0..364)
                    .map(|n| {
                        (
                            date(2025, 11, 24).saturating_add((n as i64).days()),
                            (n % 90 != 60).then(|| wave(n % 40)),
                        )
                    })
                    .collect(),
                incomplete_from: Some(date(2026, 11, 21)),
            }),
        ),
    ]
}
