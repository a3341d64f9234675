//! What holds for every picture: labels stand apart and inside, and nothing odd in the data breaks it.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::chart::{
    Across, Band, Bars, Calendar, Caption, Chart, Curve, Estimate, Forest, Heat, Incomplete, Interval, Kind,
    Mark, Pyramid, Series, Size, Stay, Step, Survival, Theme, Timeline,
};
use super::{compose, png, svg};

fn days(count: usize) -> impl Iterator<Item = Date> {
    (0..count).map(|n| date(2026, 10, 26).checked_add(jiff::Span::new().days(n as i64)).expect("a day"))
}

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        4 => (0..200_i32).prop_map(|n| Some(f64::from(n))),
        2 => (0.0..20_000.0_f64).prop_map(Some),
        1 => Just(None),
        1 => Just(Some(0.0)),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-3.0), Just(1e300), Just(1e-9)].prop_map(Some),
    ]
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("入院".to_owned()),
        Just("7日平均".to_owned()),
        Just("国立国際医療研究センター病院附属港南臨時医療施設 1,234床".to_owned()),
        Just("中等症Ⅱ & <重症>".to_owned()),
    ]
}

fn series() -> impl Strategy<Value = Series> {
    (words(), prop::collection::vec(value(), 0..60))
        .prop_map(|(label, values)| Series { label, points: days(values.len()).zip(values).collect() })
}

fn marks() -> impl Strategy<Value = Vec<Mark>> {
    let mark = (words(), value()).prop_map(|(label, v)| Mark { value: v.unwrap_or(20.0), label });
    prop::collection::vec(mark, 0..4)
}

fn timeline() -> impl Strategy<Value = Timeline> {
    let lines = prop::collection::vec(series(), 0..7);
    let over = prop::collection::vec(series(), 0..2);
    let events = prop::collection::vec((0..60_usize, words()), 0..4);
    (lines, over, marks(), prop::option::of(0..60_usize), events, 0..3_u8).prop_map(
        |(series, over, marks, incomplete, events, step)| {
            let day = |n| days(n + 1).last().expect("a day");
            let band = |(level, wide): (u8, f64)| Band {
                level,
                points: series
                    .first()
                    .map(|s: &Series| {
                        let around = |v: f64| (v - wide, v + 2.0 * wide);
                        let point = |(d, v): &(Date, Option<f64>)| v.map(around).map(|(l, u)| (*d, l, u));
                        s.points.iter().filter_map(point).collect()
                    })
                    .unwrap_or_default(),
            };
            let levels = [(50, 1.0), (80, 2.0), (95, 4.0)];
            Timeline {
                bands: levels[..=usize::from(step)].iter().copied().map(band).collect(),
                limit: over.first().cloned(),
                now: incomplete.map(|n| day(n + 3)),
                faint: step == 1,
                series,
                over,
                marks,
                incomplete_from: incomplete.map(day),
                incomplete: Incomplete::default(),
                events: events.into_iter().map(|(n, words)| (day(n), words)).collect(),
                step: [Step::Day, Step::Week, Step::Month][usize::from(step)],
            }
        },
    )
}

fn kind() -> impl Strategy<Value = Kind> {
    let bands = || prop::collection::vec(words(), 0..12);
    let figures = || prop::collection::vec(value().prop_map(|v| v.unwrap_or(f64::NAN)), 0..14);
    prop_oneof![
        timeline().prop_map(Kind::Line),
        timeline().prop_map(Kind::Bars),
        timeline().prop_map(Kind::Stacked),
        (bands(), figures(), figures(), value(), figures(), any::<bool>()).prop_map(
            |(bands, male, female, unknown, before, counts)| {
                let female_before = before.iter().rev().copied().collect();
                let unknown = unknown.unwrap_or(0.0);
                Kind::Pyramid(Pyramid {
                    bands,
                    male,
                    female,
                    unknown,
                    unknown_before: unknown,
                    not_compared: String::new(),
                    male_before: before,
                    female_before,
                    named: ("直近28日".to_owned(), "前の28日".to_owned()),
                    counts,
                })
            }
        ),
        prop::collection::vec((words(), prop::collection::vec(value(), 0..40), any::<bool>()), 0..6)
            .prop_map(|curves| {
                let stay = |(day, value): (usize, Option<f64>)| Stay {
                    day: day as f64 * 1.5,
                    value: value.map(|v| 100.0 - v),
                    limits: value.map(|v| (90.0 - v, 104.0 - v)),
                    at_risk: value,
                };
                let curve = |(label, values, whole): (String, Vec<Option<f64>>, bool)| Curve {
                    label,
                    whole,
                    stays: values.into_iter().enumerate().map(stay).collect(),
                };
                let curves = curves.into_iter().map(curve).collect();
                Kind::Survival(Survival { curves, from: "入院".to_owned() })
            }),
        (prop::collection::vec(value(), 0..400), prop::option::of(0..400_usize)).prop_map(
            |(values, incomplete)| {
                let incomplete_from = incomplete.and_then(|n| days(n + 1).last());
                Kind::Calendar(Calendar { days: days(values.len()).zip(values).collect(), incomplete_from })
            }
        ),
        (bands(), prop::collection::vec(prop::collection::vec(value(), 0..20), 0..12)).prop_map(
            |(bands, values)| {
                let weeks = days(19 * 7 + 1).step_by(7).collect();
                let incomplete_from = days(19 * 7).last();
                Kind::Heat(Heat {
                    across: Across::Weeks(weeks),
                    bands,
                    values,
                    incomplete_from,
                    incomplete: Incomplete::default(),
                })
            }
        ),
        series().prop_map(Kind::Spark),
        (prop::collection::vec((words(), value()), 0..45), marks(), prop::option::of(Just(100.0)))
            .prop_map(|(bars, marks, to)| Kind::Marks(Bars { bars, marks, to })),
        (prop::collection::vec((words(), value(), value()), 0..45), any::<bool>()).prop_map(
            |(rows, ratio)| {
                let row = |(name, value, wide): (String, Option<f64>, Option<f64>)| {
                    let found =
                        value.zip(wide).map(|(v, w)| Interval { value: v, lower: v - w, upper: v + w });
                    Estimate { reason: name.clone(), name, found }
                };
                Kind::Forest(Forest { rows: rows.into_iter().map(row).collect(), ratio })
            }
        ),
    ]
}

fn chart() -> impl Strategy<Value = Chart> {
    (words(), words(), words(), any::<bool>(), kind()).prop_map(|(title, unit, footer, bare, kind)| Chart {
        caption: Caption { title, unit, footer, bare, ..Caption::default() },
        kind,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn labels_stand_apart_and_inside(
        chart in chart(),
        width in 60..1800_u32,
        height in 40..900_u32,
        text in 10.0..46.0_f64,
    ) {
        let canvas = compose(&chart, Size { width, height, text }, Theme::Light);
        for (i, label) in canvas.labels.iter().enumerate() {
            let room = label.room;
            prop_assert!(
                room.x >= -0.6 && room.right() <= canvas.width + 0.6
                    && room.y >= -text * 0.2 && room.bottom() <= canvas.height + text * 0.2,
                "{:?} leaves the picture: {room:?}", label.text
            );
            for other in &canvas.labels[..i] {
                let shared = room.less(0.3, room.h * 0.11, 0.3, room.h * 0.11).shared(&other.room);
                prop_assert!(shared <= 0.0, "{:?} {room:?} covers {:?} {:?}", label.text, other.text, other.room);
            }
        }
    }
}

/// What stands around a picture that leaves the house, with as long words as there are.
fn signed(title: &str) -> Caption {
    Caption {
        title: title.to_owned(),
        unit: "人口10万対".to_owned(),
        footer: "訓練データ　港区　重症熱性血小板減少症候群（病原体がフレボウイルス属）　区内病院・区外病院・各病院の最終報告　\
                 2020-11-28–2026-11-26　2026-11-27 11:27 時点"
            .to_owned(),
        notes: vec![
            "出典 発生届（HER-SYS） 2026-11-27 11:20・病床の報告（G-MIS、病院別） 2026-11-27 09:00・確保病床 2026-10-01 00:00"
                .to_owned(),
            "定義の版 0123456789ab・データ更新番号 471・hinomi 0.1.0".to_owned(),
        ],
        stamp: "訓練データ".to_owned(),
        ..Caption::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_words_of_a_picture_that_leaves_the_house_are_whole_at_every_size(
        title in words(),
        kind in kind(),
        width in 200..4000_u32,
        share in 0.3..1.2_f64,
    ) {
        let height = ((f64::from(width) * share) as u32).max(120);
        let caption = signed(&title);
        let chart = Chart { caption: caption.clone(), kind };
        let canvas = compose(&chart, Size::of_picture(width, height), Theme::Light);
        let plain = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
        let written: String = canvas.labels.iter().map(|label| plain(&label.text)).collect();
        prop_assert!(written.contains(&plain(&caption.footer)), "{width}×{height}: {written}");
        for (i, label) in canvas.labels.iter().enumerate() {
            let room = label.room;
            prop_assert!(room.x >= -0.6 && room.right() <= canvas.width + 0.6, "{:?} {room:?}", label.text);
            prop_assert!(room.y >= -2.0 && room.bottom() <= canvas.height + 2.0, "{:?} {room:?}", label.text);
            for other in &canvas.labels[..i] {
                let shared = room.less(0.3, room.h * 0.11, 0.3, room.h * 0.11).shared(&other.room);
                prop_assert!(shared <= 0.0, "{:?} covers {:?}", label.text, other.text);
            }
        }
        if width >= 800 && share > 0.5 {
            prop_assert!(written.contains("定義の版0123456789ab"), "{width}×{height}: {written}");
        }
    }
}

#[test]
fn the_stamp_and_the_hidden_words_are_in_the_document() {
    let caption =
        Caption {
            metadata: "{\"a\":\"<&\"}".to_owned(), name: "訓練 表題".to_owned(), ..signed("表題")
        };
    let chart = Chart { caption, kind: Kind::Bars(Timeline::default()) };
    let picture = svg(&chart, Size::of_picture(1200, 675), Theme::Light).expect("a picture");
    assert!(picture.contains("<title>訓練 表題</title>"));
    assert!(picture.contains("<metadata>{&quot;a&quot;:&quot;&lt;&amp;&quot;}</metadata>"));
    assert!(picture.matches("rotate(-20)").count() >= 4, "again and again");
    png(&picture, 1200).expect("a file");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn every_chart_becomes_a_picture(chart in chart(), dark in any::<bool>()) {
        let theme = if dark { Theme::Dark } else { Theme::Light };
        let size = Size { width: 300, height: 160, text: 14.0 };
        let picture = svg(&chart, size, theme).expect("a picture");
        prop_assert!(!picture.contains("NaN") && !picture.contains("inf"));
        prop_assert!(!picture.contains(" id=") && !picture.contains("style") && !picture.contains("<script"));
        png(&picture, 300).expect("a file");
    }
}

#[test]
fn a_chart_without_a_value_says_so() {
    let empty = Timeline::default();
    for kind in [
        Kind::Line(empty.clone()),
        Kind::Bars(empty.clone()),
        Kind::Stacked(empty),
        Kind::Pyramid(Pyramid::default()),
        Kind::Heat(Heat::default()),
        Kind::Spark(Series { label: String::new(), points: Vec::new() }),
        Kind::Marks(Bars { bars: vec![("A病院".to_owned(), None)], ..Bars::default() }),
        Kind::Forest(Forest { rows: vec![Estimate::default()], ratio: true }),
        Kind::Survival(Survival::default()),
        Kind::Survival(Survival { curves: vec![Curve::default()], from: String::new() }),
        Kind::Calendar(Calendar::default()),
        Kind::Calendar(Calendar { days: vec![(date(2026, 11, 1), None)], incomplete_from: None }),
    ] {
        let chart = Chart { caption: Caption::default(), kind };
        let picture =
            svg(&chart, Size { width: 600, height: 300, text: 20.0 }, Theme::Light).expect("a picture");
        assert!(picture.contains(">データなし</text>"), "{picture}");
    }
}

#[test]
fn sizes_beyond_reason_are_refused() {
    let chart = Chart {
        caption: Caption::default(),
        kind: Kind::Spark(Series { label: String::new(), points: Vec::new() }),
    };
    let size = Size { width: 0, height: 0, text: f64::NAN };
    let picture = svg(&chart, size, Theme::Dark).expect("still a picture");
    assert!(png(&picture, 0).is_err());
    assert!(png(&picture, u32::MAX).is_err());
    assert!(png("<p>not a picture</p>", 100).is_err());
}
