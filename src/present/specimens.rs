//! The design system to look at: every kind of panel in every state, and every kind of chart, by the code that boards use. The
//! figures are made up, and each says so.

use jiff::civil::{Date, Time, date};
use jiff::{Timestamp, ToSpan};
use maud::{Markup, PreEscaped, html};

use super::figures::{About, Block, CellKind, PanelFigures, StripFigures, Table, Urgent};
use super::layout::Look;
use super::{marks, panel, strip};
use crate::answer::{Cell, FreshState, Freshness};
use crate::definitions::board::Place;
use crate::definitions::mapping::Title;
use crate::definitions::{Catalog, PanelKind};
use crate::draw;
use crate::draw::chart::{
    Across, Band, Bars, Calendar, Caption, Chart, Curve, Estimate, Forest, Heat, Incomplete, Interval, Kind,
    Mark, Pyramid, Series, Size, Stay, Survival, Theme, Timeline,
};
use crate::draw::style::{COLOURS, PAGE_TYPE, TYPE};
use crate::draw::theme::Palette;
use crate::store::BatchId;

/// Said of every figure here.
const SAMPLE: &str = "見本";

/// All of it in one theme.
pub fn sheet(catalog: &Catalog, theme: Theme) -> Markup {
    let look = Look { theme, notes: false, closing: Time::constant(9, 0, 0, 0) };
    html! {
        h2 { "色" small lang="en" { "Colours" } }
        (colours(theme))
        h2 { "文字の大きさ" small lang="en" { "Sizes of type" } }
        (sizes())
        h2 { "状態と向きの印" small lang="en" { "Marks of state and direction" } }
        (states())
        h2 { "急ぐ" small lang="en" { "The strip" } }
        (strip::strip(&urgent(false))) (strip::strip(&urgent(true)))
        h2 { "パネル" small lang="en" { "Panels" } }
        div.specimens {
            @for (place, (name, one)) in panels(catalog).into_iter().enumerate() {
                (specimen(&name, one.place, &panel::panel("specimen", place, &one, &look)))
            }
        }
        h2 { "図" small lang="en" { "Charts" } }
        div.specimens {
            @for (name, kind) in charts() {
                (specimen(name, WIDE, &html! { section.panel { div.plot { (chart(name, kind, look)) } } }))
            }
        }
    }
}

fn specimen(name: &str, place: Place, shown: &Markup) -> Markup {
    html! {
        figure.specimen {
            figcaption { b { (SAMPLE) } " " (name) }
            div.frame.(format!("f{}x{}", place.width, place.height)) { (shown) }
        }
    }
}

fn colours(theme: Theme) -> Markup {
    let palette = Palette::of(theme);
    let swatch = |colour: &str| {
        html! { svg.swatch viewBox="0 0 10 10" aria-hidden="true" { rect x="0" y="0" width="10" height="10" fill=(colour) {} } }
    };
    html! {
        ul.swatches {
            @for colour in COLOURS {
                @let hex = (colour.of)(palette).hex();
                li { (swatch(&hex)) span { b { (colour.ja) } " " (colour.name) " " (hex) small lang="en" { (colour.en) } } }
            }
            @for n in 0..8 {
                @let hex = palette.series(n).hex();
                @let of: Vec<&str> = draw::theme::CATEGORIES.iter().filter(|(_, place)| *place == n).map(|(name, _)| *name).collect();
                li { (swatch(&hex)) span { b { "区分" (n + 1) } " " (of.join("・")) " " (hex) } }
            }
            @for (name, colour) in [("男", palette.male), ("女", palette.female)] {
                li { (swatch(&colour.hex())) span { b { (name) } " " (colour.hex()) } }
            }
        }
    }
}

fn sizes() -> Markup {
    html! {
        ul.scale {
            @for size in TYPE { li.(size.name) { "人123 " small { (size.ja) "・" (size.u) "u" } } }
        }
        p.beside {
            "ページ: " @for (name, rem) in PAGE_TYPE { (name) " " (rem) "rem " }
        }
    }
}

fn states() -> Markup {
    html! {
        p.marks {
            @for state in [FreshState::Fresh, FreshState::Late, FreshState::Stopped, FreshState::Maintenance, FreshState::Never] {
                (marks::mark(state, None))
            }
            span { "秘匿 " (marks::masked()) } span { "不明 —" }
        }
        p.marks { span { "増 " b { "+12" } } span { "減 " b { "−3" } } span { "同じ " b { "±0" } } span { "比較できない " b { "比較不可" } } }
    }
}

const WIDE: Place = Place { column: 1, row: 1, width: 6, height: 4 };
const TILE: Place = Place { column: 1, row: 1, width: 4, height: 4 };
const LOW: Place = Place { column: 1, row: 1, width: 5, height: 2 };

/// 2026-11-22 14:05 in Japan.
fn now() -> Timestamp {
    Timestamp::from_second(1_795_323_900).unwrap_or_default()
}

fn urgent(is_urgent: bool) -> StripFigures {
    let text = Title { ja: "入院調整 緊急".into(), en: "Awaiting admission, emergency".into() };
    let one = Urgent {
        indicator: "awaiting_admission".into(),
        column: "emergency".into(),
        text,
        value: 1.0,
        unit: "人".into(),
    };
    StripFigures {
        at: now(),
        batch: BatchId(1),
        urgent: if is_urgent { vec![one] } else { Vec::new() },
        systems: vec![source(FreshState::Fresh)],
        unknown: false,
        troubles: Vec::new(),
        faults: Vec::new(),
    }
}

fn source(state: FreshState) -> Freshness {
    Freshness {
        source: "sample".into(),
        title: SAMPLE.into(),
        last_delivery: Some(now()),
        source_time: None,
        expected_by: None,
        state,
        held_back: None,
        waiting: None,
    }
}

fn text(said: &str) -> Cell {
    Cell::Text(said.to_owned())
}

fn block(
    catalog: &Catalog,
    indicator: &str,
    columns: &[(&str, CellKind)],
    rows: Vec<Vec<Cell>>,
) -> Option<Block> {
    let indicator = catalog.indicator(indicator)?;
    Some(Block {
        about: About::from(&**indicator),
        from: date(2026, 10, 26),
        to: date(2026, 11, 22),
        by: None,
        bands: None,
        against: None,
        unlike: false,
        as_of: now(),
        batch: BatchId(1),
        table: Table {
            columns: columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect(),
            rows,
        },
        sources: vec![source(FreshState::Fresh)],
        undated: Vec::new(),
        caveats: Vec::new(),
        untold: Vec::new(),
        judged_at: None,
        settled: None,
        names: std::collections::BTreeMap::new(),
        marks: std::collections::BTreeMap::new(),
    })
}

fn shown(kind: PanelKind, place: Place, main: Block) -> PanelFigures {
    PanelFigures {
        show: main.about.id.clone(),
        kind,
        title: Some(Title { ja: SAMPLE.into(), en: "Sample".into() }),
        place,
        main: Some(main),
        over: None,
        urgent: Vec::new(),
        bounds: std::collections::BTreeMap::new(),
        reached: Vec::new(),
        week_ago: None,
        trail: Vec::new(),
        faint: false,
        failed: None,
    }
}

/// Panels of each kind, and tiles in each state.
fn panels(catalog: &Catalog) -> Vec<(String, PanelFigures)> {
    let mut all: Vec<(String, Option<PanelFigures>)> = Vec::new();
    let int = CellKind::Int;
    let beds = |value: Cell| {
        let columns = [("value", CellKind::Float), ("occupied", int), ("secured", int), ("ready", int)];
        block(
            catalog,
            "bed_occupancy_now",
            &columns,
            vec![vec![value, Cell::Int(8), Cell::Int(16), Cell::Int(12)]],
        )
    };
    let tile = |place: Place, value: f64, reached: &[f64]| {
        beds(Cell::Float(value)).map(|main| PanelFigures {
            reached: reached.to_vec(),
            week_ago: Some(value - 6.3),
            ..shown(PanelKind::Tile, place, main)
        })
    };
    all.push(("タイル 目安に達していない".into(), tile(LOW, 12.5, &[])));
    all.push(("タイル 目安の一部に該当".into(), tile(LOW, 43.8, &[20.0])));
    all.push(("タイル 目安に該当".into(), tile(LOW, 68.8, &[20.0, 50.0])));
    all.push(("タイル 大きな数".into(), count(catalog, 12_345, FreshState::Fresh)));
    for (name, state) in [
        ("遅れ", FreshState::Late),
        ("停止", FreshState::Stopped),
        ("保守中", FreshState::Maintenance),
        ("未受信", FreshState::Never),
    ] {
        all.push((format!("タイル {name}"), count(catalog, 42, state)));
    }
    all.push(("タイル 値なし".into(), beds(Cell::Null).map(|main| shown(PanelKind::Tile, LOW, main))));
    let failed = count(catalog, 42, FreshState::Fresh);
    all.push((
        "集計の失敗".into(),
        failed.map(|panel| PanelFigures {
            main: None,
            failed: Some("この指標の集計に失敗しました".into()),
            ..panel
        }),
    ));
    let trail = |n: i64| {
        (
            date(2026, 11, 22).saturating_sub((27 - n).days()),
            (n != 9).then_some(60.0 + (n % 9) as f64 * 6.0 + n as f64),
        )
    };
    let tall = count(catalog, 87, FreshState::Fresh);
    all.push((
        "タイル これまでの動き（切れ目は当時の不明）".into(),
        tall.map(|panel| PanelFigures { place: TILE, trail: (0..28).map(trail).collect(), ..panel }),
    ));
    let hero = [("value", int), ("same_hour_last_week", int), ("yesterday", int), ("closed", CellKind::Bool)];
    let hero = block(
        catalog,
        "received_today",
        &hero,
        vec![vec![Cell::Int(42), Cell::Int(55), Cell::Int(61), Cell::Bool(true)]],
    );
    all.push(("主な数".into(), hero.map(|main| shown(PanelKind::Hero, TILE, main))));
    let days = (0..28).map(|n| date(2026, 10, 26).saturating_add(n.days()));
    let rows = days
        .enumerate()
        .map(|(n, day)| vec![Cell::Day(day), Cell::Float(12.0 + (n % 7) as f64 * 2.5)])
        .collect();
    let spark =
        block(catalog, "cases_per_100k_week", &[("day", CellKind::Day), ("value", CellKind::Float)], rows);
    all.push((
        "折れ線付きの数".into(),
        spark.map(|main| PanelFigures { reached: vec![15.0, 25.0], ..shown(PanelKind::Spark, TILE, main) }),
    ));
    let hospital = |name: &str, occupied: i64, secured: i64, severe: i64| {
        vec![text(name), Cell::Int(occupied), Cell::Int(secured), Cell::Int(severe), Cell::Bool(true)]
    };
    let columns = [
        ("facility_id", CellKind::Text),
        ("occupied", int),
        ("secured", int),
        ("severe", int),
        ("in_ward", CellKind::Bool),
    ];
    let rows = vec![
        hospital("A病院", 7, 7, 2),
        hospital("B病院", 3, 12, 0),
        hospital("国立C医療センター附属臨時医療施設", 9, 20, 1),
    ];
    all.push((
        "病床".into(),
        block(catalog, "hospital_beds", &columns, rows).map(|main| shown(PanelKind::Beds, WIDE, main)),
    ));
    let columns = [("span", CellKind::Text), ("value", int), ("before", int), ("last_year", int)];
    let rows = vec![
        vec![text("年度"), Cell::Int(812), Cell::Int(640), Cell::Int(655)],
        vec![text("月"), Cell::Int(64), Cell::Int(120), Cell::Int(88)],
    ];
    all.push((
        "前と比べる棒".into(),
        block(catalog, "to_date", &columns, rows).map(|main| shown(PanelKind::Gauges, WIDE, main)),
    ));
    let columns = [
        ("district", CellKind::Text),
        ("value", int),
        ("expected", CellKind::Float),
        ("upper", CellKind::Float),
        ("alarm", CellKind::Text),
        ("reason", CellKind::Text),
    ];
    let row = |name: &str, value: i64, alarm: Option<&str>| {
        vec![
            text(name),
            Cell::Int(value),
            Cell::Float(4.2),
            Cell::Float(9.0),
            alarm.map_or(Cell::Null, text),
            Cell::Null,
        ]
    };
    let rows =
        |alarm: Option<&str>| vec![row("A地区", 14, alarm), row("B地区", 3, None), row("C地区", 5, None)];
    for (name, alarm) in [("検知", Some("C1・C2")), ("検知なし", None)] {
        let made = block(catalog, "alerts_by_district", &columns, rows(alarm));
        all.push((name.into(), made.map(|main| shown(PanelKind::Alarms, WIDE, main))));
    }
    let columns = [
        ("band", CellKind::Text),
        ("value", CellKind::Float),
        ("quarter", CellKind::Float),
        ("three_quarters", CellKind::Float),
        ("stays", int),
        ("still_in", int),
    ];
    let row = |name: &str, value: f64| {
        vec![
            text(name),
            Cell::Float(value),
            Cell::Float(value - 3.0),
            Cell::Float(value + 5.0),
            Cell::Int(120),
            Cell::Int(4),
        ]
    };
    let made = block(catalog, "length_of_stay", &columns, vec![row("全体", 9.0), row("65歳以上", 14.0)]);
    all.push(("文".into(), made.map(|main| shown(PanelKind::Sentences, WIDE, main))));
    let made = block(
        catalog,
        "cases_by_district",
        &[("district", CellKind::Text), ("value", int), ("per_100k", CellKind::Float)],
        vec![
            vec![text("A地区"), Cell::Int(12), Cell::Float(24.1)],
            vec![text("B地区"), Cell::Int(0), Cell::Float(0.0)],
            vec![text("C地区"), Cell::Null, Cell::Null],
        ],
    );
    all.push(("表".into(), made.map(|main| shown(PanelKind::Table, WIDE, main))));
    all.into_iter().filter_map(|(name, panel)| Some((name, panel?))).collect()
}

fn count(catalog: &Catalog, value: i64, state: FreshState) -> Option<PanelFigures> {
    let mut main = block(catalog, "inpatients", &[("value", CellKind::Int)], vec![vec![Cell::Int(value)]])?;
    main.sources = vec![source(state)];
    Some(PanelFigures { week_ago: Some(value as f64 - 4.0), ..shown(PanelKind::Tile, LOW, main) })
}

fn chart(name: &str, kind: Kind, look: Look) -> Markup {
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
fn charts() -> Vec<(&'static str, Kind)> {
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
