//! Panels of each kind, and tiles in each state, of figures that are made up.

use jiff::civil::date;
use jiff::{Timestamp, ToSpan};

use super::super::figures::{About, Block, CellKind, PanelFigures, StripFigures, Table, Urgent};
use crate::answer::{Cell, FreshState, Freshness};
use crate::definitions::board::Place;
use crate::definitions::mapping::Title;
use crate::definitions::{Catalog, PanelKind};
use crate::store::BatchId;

/// Said of every figure here.
pub(super) const SAMPLE: &str = "見本";
pub(super) const WIDE: Place = Place { column: 1, row: 1, width: 6, height: 4 };

const TILE: Place = Place { column: 1, row: 1, width: 4, height: 4 };

const LOW: Place = Place { column: 1, row: 1, width: 5, height: 2 };

/// 2026-11-22 14:05 in Japan.
fn now() -> Timestamp {
    Timestamp::from_second(1_795_323_900).unwrap_or_default()
}

pub(super) fn urgent(is_urgent: bool) -> StripFigures {
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
        not_compared: None,
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
    let title = Title { ja: SAMPLE.into(), en: "Sample".into() };
    let empty = PanelFigures::empty(main.about.id.clone(), kind, Some(title), place);
    PanelFigures { main: Some(main), ..empty }
}

/// Panels of each kind, and tiles in each state.
pub(super) fn panels(catalog: &Catalog) -> Vec<(String, PanelFigures)> {
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
