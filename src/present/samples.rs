//! Figures for unit tests.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Time, date};

use super::figures::{About, Block, Figures, PanelFigures, StripFigures, Table};
use super::layout::Look;
use crate::answer::{FreshState, Freshness};
use crate::definitions::PanelKind;
use crate::definitions::board::Place;
use crate::definitions::indicator::{HighIs, Missing, Shape, Unit};
use crate::definitions::mapping::Title;
use crate::draw::chart::Theme;
use crate::store::BatchId;

/// 2026-11-22 14:05 in Japan, a Sunday.
pub fn now() -> Timestamp {
    Timestamp::from_second(1_795_323_900).unwrap_or_default()
}

pub fn title(ja: &str, en: &str) -> Title {
    Title { ja: ja.into(), en: en.into() }
}

pub fn block(indicator: &str) -> Block {
    Block {
        about: About {
            id: indicator.into(),
            title: title("受理数", "Cases received"),
            unit: Unit::Persons,
            shape: Shape::Series,
            bars: false,
            basis: "受理".into(),
            date: "受理日".into(),
            numerator: "cases received".into(),
            denominator: None,
            source: vec!["cases".into()],
            lag_days: 0,
            missing: Missing::Zero,
            high_is: HighIs::Neither,
            reference: Vec::new(),
            columns: Vec::new(),
            meanings: BTreeMap::new(),
            ranged: true,
            hash: "0".into(),
        },
        from: date(2026, 11, 16),
        to: date(2026, 11, 22),
        by: None,
        bands: None,
        against: None,
        unlike: false,
        not_compared: None,
        as_of: now(),
        batch: BatchId(7),
        table: Table::default(),
        sources: vec![source()],
        undated: Vec::new(),
        untold: Vec::new(),
        caveats: Vec::new(),
        settled: None,
        judged_at: None,
        names: BTreeMap::new(),
        marks: BTreeMap::new(),
    }
}

pub fn panel(main: Block) -> PanelFigures {
    let place = Place { column: 1, row: 1, width: 4, height: 4 };
    let empty = PanelFigures::empty(main.about.id.clone(), PanelKind::Tile, None, place);
    PanelFigures { main: Some(main), ..empty }
}

pub fn look() -> Look {
    Look { theme: Theme::Light, notes: false, closing: Time::constant(9, 0, 0, 0) }
}

pub fn source() -> Freshness {
    Freshness {
        source: "her-sys-cases".into(),
        title: "発生届".into(),
        last_delivery: Some(now()),
        source_time: None,
        expected_by: None,
        state: FreshState::Fresh,
        held_back: None,
        waiting: None,
    }
}

pub fn figures(board: &str) -> Figures {
    Figures {
        board: board.into(),
        title: title("病床の状況", "Beds"),
        disease: "新型コロナウイルス感染症".into(),
        at: now(),
        batch: BatchId(7),
        panels: Vec::new(),
        headline: None,
    }
}

pub fn strip() -> StripFigures {
    StripFigures {
        at: now(),
        batch: BatchId(7),
        urgent: Vec::new(),
        systems: vec![source()],
        unknown: false,
        troubles: Vec::new(),
        faults: Vec::new(),
    }
}

#[test]
fn the_sample_moment_is_the_one_it_says() {
    assert_eq!(super::words::moment(now()), "2026-11-22 14:05");
}
