//! Every kind of chart on every place that the boards give it, with values at, over and near each reference line, with nothing,
//! with 12,345 and with long names, at three sizes of display.

use jiff::civil::{Date, Time, date};

use crate::definitions::board::Place;
use crate::definitions::{Catalog, Definitions, PanelKind};
use crate::draw::chart::{
    Across, Band, Bars, Calendar, Caption, Chart, Curve, Estimate, Forest, Heat, Incomplete, Interval, Kind,
    Mark, Pyramid, Series, Size, Stay, Step, Survival, Theme, Timeline,
};
use crate::draw::seen::{Seen, runs_through, seen};
use crate::present::layout::Look;
use crate::present::numbers::decimal;

/// The shares of the reference display, of 1920.
const DISPLAYS: [(u32, f64); 3] = [(1366, 1366.0 / 1920.0), (1920, 1.0), (3840, 2.0)];

const MARKS: [(f64, &str); 2] = [(20.0, "20% ステージIII 2021-04-15"), (50.0, "50% ステージIV 2021-04-15")];

fn days(count: usize, step: usize) -> Vec<Date> {
    (0..count as i64)
        .map(|n| date(2026, 10, 3).checked_add(jiff::Span::new().days(n * step as i64)).expect("a day"))
        .collect()
}

/// Values that the first series takes: level ones and such as rise and fall.
fn waves(level: f64) -> [Vec<f64>; 3] {
    let steep = (0..56).map(|n| level * f64::from(n % 14) / 13.0).collect();
    let late = (0..56).map(|n| if n < 40 { level / 8.0 } else { level }).collect();
    [vec![level; 56], steep, late]
}

fn levels() -> Vec<f64> {
    let near = MARKS.iter().flat_map(|(mark, _)| [mark - 1.0, *mark, mark + 1.0]);
    near.chain([0.0, 0.4, 82.1, 100.0, 12_345.0]).collect()
}

fn series(label: &str, days: &[Date], values: &[f64]) -> Series {
    Series {
        label: label.into(),
        points: days.iter().copied().zip(values.iter().map(|v| Some(*v))).collect(),
    }
}

fn bands() -> Vec<String> {
    ["10歳未満", "10代", "20代", "30代", "40代", "50代", "60代", "70代", "80代", "90歳以上"]
        .map(str::to_owned)
        .to_vec()
}

/// What is drawn of a kind, with the words that must be found in it. `wide`: a place as wide as projections have on boards, which
/// name five things; in others the long name of theirs is not tried.
fn drawn(kind: PanelKind, wide: bool, level: f64, values: &[f64], long: bool) -> Vec<(Kind, Vec<String>)> {
    let days_of = days(values.len(), 1);
    let name = if long {
        "国立国際医療研究センター病院附属港南臨時医療施設"
    } else {
        "A病院"
    };
    let own = if long { "社会福祉施設等での療養者数" } else { "入院" };
    let marks: Vec<Mark> = MARKS.map(|(value, label)| Mark { value, label: label.into() }).to_vec();
    let marked =
        || MARKS.map(|(_, label)| label.rsplit_once(' ').map_or(label, |(name, _)| name).to_owned()).to_vec();
    let plain = || Timeline {
        series: vec![series(own, &days_of, values)],
        incomplete_from: days_of.get(54).copied(),
        ..Timeline::default()
    };
    let halves: Vec<f64> = values.iter().map(|v| v / 2.0).collect();
    let over = || vec![series("7日平均", &days_of, &halves)];
    match kind {
        PanelKind::Line => {
            let band = |(level, share): (u8, f64)| Band {
                level,
                points: days_of
                    .iter()
                    .zip(values)
                    .map(|(day, v)| (*day, v * (1.0 - share), v * (1.0 + share)))
                    .collect(),
            };
            let called = if wide { own } else { "中央値" };
            let ahead = Timeline {
                series: vec![series(called, &days_of, values)],
                bands: [(50, 0.1), (80, 0.2), (95, 0.4)].map(band).to_vec(),
                limit: Some(series("確保病床", &days_of, &vec![level * 0.9 + 5.0; 56])),
                now: days_of.get(40).copied(),
                over: vec![series("実績", &days_of[..40], &values[..40])],
                incomplete_from: None,
                ..plain()
            };
            let growth =
                Timeline { marks: vec![Mark { value: 1.0, label: "1 増減の境".into() }], ..plain() };
            vec![
                (Kind::Line(Timeline { marks: marks.clone(), ..plain() }), marked()),
                (Kind::Line(Timeline { over: over(), ..plain() }), vec![own.into(), "7日平均".into()]),
                (
                    Kind::Line(ahead),
                    vec![
                        called.into(),
                        "実績".into(),
                        "確保病床".into(),
                        "現在".into(),
                        "50・80・95%".into(),
                    ],
                ),
                (Kind::Line(growth), vec!["1 増減の境".into()]),
            ]
        }
        PanelKind::Bars => vec![
            (Kind::Bars(Timeline { over: over(), ..plain() }), vec!["7日平均".into()]),
            (Kind::Bars(Timeline { marks, ..plain() }), marked()),
            (
                Kind::Bars(Timeline {
                    step: Step::Week,
                    series: vec![series(own, &days(52, 7), &values[..52])],
                    ..plain()
                }),
                vec![],
            ),
        ],
        PanelKind::Stacked => {
            let names = ["入院", "宿泊療養", "自宅療養", "社会福祉施設等", "療養先調整中", "入院調整中"];
            let all = names.map(|name| series(name, &days_of, &halves)).to_vec();
            let said = names.map(str::to_owned).to_vec();
            vec![(Kind::Stacked(Timeline { series: all, ..plain() }), said)]
        }
        PanelKind::Spark => vec![(Kind::Spark(series(own, &days_of, values)), vec![])],
        PanelKind::Marks => {
            let rows =
                |count: usize| (0..count).map(|n| (format!("{name}{n}"), Some(values[n % 56]))).collect();
            vec![
                (Kind::Marks(Bars { bars: rows(6), marks: marks.clone(), to: None }), marked()),
                (Kind::Marks(Bars { bars: rows(14), marks: Vec::new(), to: None }), vec![]),
            ]
        }
        PanelKind::Forest => {
            let row = |n: usize| {
                let value = values[n % 56].max(if n.is_multiple_of(2) { 0.5 } else { 0.0 });
                let found = Some(Interval { value, lower: value * 0.7, upper: value * 1.4 });
                Estimate {
                    name: if long { format!("芝浦港南台場地区{n}") } else { format!("地区{n}") },
                    found,
                    reason: String::new(),
                }
            };
            let rows: Vec<Estimate> = (0..5).map(row).collect();
            let names = rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>();
            [false, true]
                .map(|ratio| (Kind::Forest(Forest { rows: rows.clone(), ratio }), names.clone()))
                .to_vec()
        }
        PanelKind::Survival => {
            let curve = |(label, mean): (&str, f64)| Curve {
                label: label.into(),
                whole: label == "全体",
                stays: (1..=28)
                    .map(|day| {
                        let value = 100.0 * (-f64::from(day) / mean).exp();
                        Stay {
                            day: f64::from(day),
                            value: Some(value),
                            limits: Some((value * 0.8, (value * 1.2).min(100.0))),
                            at_risk: Some(level.round()),
                        }
                    })
                    .collect(),
            };
            let names = ["全体", "40歳未満", "40–64歳", "65歳以上"];
            let curves = names.into_iter().zip([9.0, 5.0, 8.0, level.max(1.0)]).map(curve).collect();
            vec![(
                Kind::Survival(Survival { curves, from: "入院".into() }),
                names.map(str::to_owned).to_vec(),
            )]
        }
        PanelKind::Calendar => {
            let all: Vec<(Date, Option<f64>)> =
                days(364, 1).into_iter().enumerate().map(|(n, day)| (day, Some(values[n % 56]))).collect();
            vec![(
                Kind::Calendar(Calendar { incomplete_from: all.last().map(|(day, _)| *day), days: all }),
                vec!["祝日".into()],
            )]
        }
        PanelKind::Pyramid => {
            let bands = bands();
            let side = values[..10].to_vec();
            let pyramid = Pyramid {
                bands: bands.clone(),
                male: side.clone(),
                female: halves[..10].to_vec(),
                unknown: level.round(),
                unknown_before: 0.0,
                not_compared: String::new(),
                male_before: side,
                female_before: halves[..10].to_vec(),
                named: ("直近28日".into(), "前の28日".into()),
                counts: true,
            };
            vec![(Kind::Pyramid(pyramid), bands)]
        }
        PanelKind::Heat => {
            let bands = bands();
            let row = |n: usize| (0..26).map(|w| Some(values[(n + w) % 56])).collect();
            let heat = Heat {
                across: Across::Weeks(days(26, 7)),
                values: (0..10).map(row).collect(),
                bands: bands.clone(),
                incomplete_from: days(26, 7).last().copied(),
                incomplete: Incomplete(vec!["集計途中".into()]),
            };
            vec![(Kind::Heat(heat), bands)]
        }
        _ => Vec::new(),
    }
}

/// The places at which boards draw each kind of chart.
fn places() -> Vec<(PanelKind, Place)> {
    let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
    let panels = catalog.boards.values().flat_map(|board| &board.panels);
    let mut found: Vec<(PanelKind, Place)> = Vec::new();
    for panel in panels {
        let place = Place { column: 1, row: 1, ..panel.at };
        if !found.contains(&(panel.kind, place)) {
            found.push((panel.kind, place));
        }
    }
    found
}

fn look(notes: bool) -> Look {
    Look { theme: Theme::Light, notes, closing: Time::constant(9, 0, 0, 0) }
}

/// What a person would see as broken.
fn faults(seen: &Seen, wanted: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    // A name may be wrapped over several labels; the longer are taken out first, so that none is found within another.
    let mut whole: String = seen.labels.iter().map(|(text, _)| text.replace(' ', "")).collect();
    let mut wanted: Vec<String> = wanted.iter().map(|name| name.replace(' ', "")).collect();
    wanted.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in wanted {
        match whole.contains(&name) {
            true => whole = whole.replacen(&name, "\n", 1),
            false => found.push(format!("「{name}」 is lost")),
        }
    }
    for (n, (text, room)) in seen.labels.iter().enumerate() {
        let (w, h) = (room[2] - room[0], room[3] - room[1]);
        if text.contains('…') {
            found.push(format!("「{text}」 is cut"));
        }
        if room[0] < -0.6
            || room[2] > seen.size.0 + 0.6
            || room[1] < -h * 0.2
            || room[3] > seen.size.1 + h * 0.2
        {
            found.push(format!("「{text}」 leaves the picture"));
        }
        let core = [room[0] + 0.3, room[1] + h * 0.11, room[2] - 0.3, room[3] - h * 0.11];
        for (other, taken) in &seen.labels[..n] {
            let shared = |a: usize| core[a + 2].min(taken[a + 2]) - core[a].max(taken[a]);
            if shared(0) > 0.0 && shared(1) > 0.0 {
                found.push(format!("「{text}」 over 「{other}」"));
            }
        }
        let ink = [room[0] + w * 0.02, room[1] + h * 0.2, room[2] - w * 0.02, room[3] - h * 0.2];
        if seen.plot.is_some() && seen.lines.iter().any(|line| runs_through(line, ink)) {
            found.push(format!("a line runs through 「{text}」"));
        }
    }
    found
}

#[test]
fn every_name_of_every_chart_is_whole_and_stands_apart_on_every_board() {
    let mut wrong = std::collections::BTreeMap::<String, (usize, String)>::new();
    let mut drawn_count = 0;
    for (kind, place) in places() {
        // The lower of the two heights that a panel may have, and the higher on one display.
        for (notes, displays) in [(true, &DISPLAYS[..]), (false, &DISPLAYS[1..2])] {
            let look = look(notes);
            let size = if kind == PanelKind::Spark { look.spark(place) } else { look.plot(place) };
            for (display, share) in displays.iter().copied() {
                let scaled = |n: u32| (f64::from(n) * share).round() as u32;
                let size =
                    Size { width: scaled(size.width), height: scaled(size.height), text: size.text * share };
                for level in levels() {
                    for (wave, values) in waves(level).iter().enumerate() {
                        let long = level != 12_345.0;
                        for (n, (kind_drawn, wanted)) in
                            drawn(kind, place.width >= 8, level, values, long).into_iter().enumerate()
                        {
                            let unit = if level <= 100.0 { "%" } else { "人" };
                            let caption = Caption { unit: unit.into(), bare: true, ..Caption::default() };
                            let seen = seen(&Chart { caption, kind: kind_drawn }, size, Theme::Light);
                            drawn_count += 1;
                            for fault in faults(&seen, &wanted) {
                                let at =
                                    format!("{} {n} {}×{}: {fault}", kind.word(), place.width, place.height);
                                let first =
                                    format!("{display} notes {notes} level {level} wave {wave} long {long}");
                                wrong.entry(at).or_insert((0, first)).0 += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(drawn_count > 2_000, "{drawn_count}");
    let said: Vec<String> =
        wrong.iter().map(|(at, (count, first))| format!("{count}× {at} ({first})")).collect();
    assert!(wrong.is_empty(), "{} kinds of faults\n{}", wrong.len(), said.join("\n"));
}

/// A panel's height and width in pixels of the reference display, with its heading, footer and padding.
#[test]
fn the_plot_has_its_share_of_the_panel_on_every_board() {
    let mut wrong = std::collections::BTreeSet::new();
    let mut measured = 0;
    for (kind, place) in places().into_iter().filter(|(kind, _)| *kind != PanelKind::Spark) {
        for notes in [false, true] {
            let look = look(notes);
            let size = look.plot(place);
            for level in levels() {
                for values in waves(level) {
                    for (kind_drawn, _) in drawn(kind, place.width >= 8, level, &values, true) {
                        let unit = if level <= 100.0 { "%" } else { "人" };
                        let caption = Caption { unit: unit.into(), bare: true, ..Caption::default() };
                        let seen = seen(&Chart { caption, kind: kind_drawn }, size, Theme::Light);
                        let Some([left, top, right, bottom]) = seen.plot else { continue };
                        measured += 1;
                        let (width, height) = look.whole(place);
                        let shares = ((right - left) / width, (bottom - top) / height);
                        if shares.0 < 0.7 || shares.1 < 0.55 {
                            wrong.insert(format!(
                                "{} {}×{} notes {notes}: {}% of the width, {}% of the height",
                                kind.word(),
                                place.width,
                                place.height,
                                decimal(100.0 * shares.0, 0),
                                decimal(100.0 * shares.1, 0)
                            ));
                        }
                    }
                }
            }
        }
    }
    assert!(measured > 1_000, "{measured} had a plot");
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}
