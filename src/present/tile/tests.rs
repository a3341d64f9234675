use super::super::figures::{CellKind, Table};
use super::super::samples;
use super::*;
use crate::definitions::indicator::{Reference, Unit};

fn received(as_of: &str, last_week: Cell) -> Result<String, jiff::Error> {
    let mut block = samples::block("received_today");
    block.as_of = as_of.parse()?;
    let columns = ["value", "same_hour_last_week", "yesterday"];
    block.table = Table {
        columns: columns.iter().map(|c| ((*c).to_owned(), CellKind::Int)).collect(),
        rows: vec![vec![Cell::Int(42), last_week, Cell::Int(61)]],
    };
    Ok(hero(&samples::panel(block.clone()), &block, &samples::look()).into_string())
}

#[test]
fn until_the_closing_the_hero_is_yesterdays() -> Result<(), jiff::Error> {
    let early = received("2026-11-21T15:05:00Z", Cell::Int(55))?;
    assert!(early.find(">61<") < early.find(">42<"), "{early}");
    let late = received("2026-11-22T05:05:00Z", Cell::Int(55))?;
    assert!(late.find(">42<") < late.find(">61<") && late.contains("前週日曜 同時刻"), "{late}");
    Ok(())
}

#[test]
fn a_holiday_is_not_compared_with_a_working_day() -> Result<(), jiff::Error> {
    assert!(received("2026-11-23T05:05:00Z", Cell::Null)?.contains("比較不可"));
    Ok(())
}

#[test]
fn a_number_shrinks_before_it_is_cut() {
    let size = |value: i64| {
        let mut block = samples::block("received_today");
        block.table =
            Table { columns: vec![("value".into(), CellKind::Int)], rows: vec![vec![Cell::Int(value)]] };
        hero(&samples::panel(block.clone()), &block, &samples::look()).into_string()
    };
    assert!(size(1_234).contains("s16"), "{}", size(1_234));
    assert!(size(12_345).contains("s13") || size(12_345).contains("s14"), "{}", size(12_345));
}

#[test]
fn a_limit_that_is_not_there_has_its_reason() {
    let mut block = samples::block("doubling_time");
    block.about.shape = Shape::Value;
    block.table = Table {
        columns: vec![
            ("value".into(), CellKind::Float),
            ("upper".into(), CellKind::Float),
            ("reason".into(), CellKind::Text),
        ],
        rows: vec![vec![Cell::Float(30.6), Cell::Null, Cell::Text("上限なし".into())]],
    };
    let said = tile(&samples::panel(block.clone()), &block, &samples::look()).into_string();
    assert!(said.contains("上限なし") && !said.contains(numbers::MISSING), "{said}");
    assert!(said.contains("class=\"part said\""), "it may take more lines: {said}");
}

#[test]
fn who_is_counted_again_stands_beside_the_whole() {
    let mut block = samples::block("under_care");
    block.about.columns = vec![("suspected".into(), "（再掲）疑似症".into())];
    let columns = ["value", "hospital", "awaiting", "suspected"];
    block.table = Table {
        columns: columns.iter().map(|c| ((*c).to_owned(), CellKind::Int)).collect(),
        rows: vec![[724, 60, 2, 43].map(Cell::Int).to_vec()],
    };
    let said = tile(&samples::panel(block.clone()), &block, &samples::look()).into_string();
    assert!(said.find("（再掲）疑似症") < said.find("hospital"), "{said}");
    assert!(said.find(">724<") < said.find("（再掲）疑似症"), "{said}");
}

#[test]
fn parts_wrap_around_the_number() {
    assert_eq!(lines_taken(&[10.0, 10.0], 25.0, 50.0), 2);
    assert_eq!(lines_taken(&[20.0, 20.0, 20.0, 20.0], 25.0, 50.0), 3);
    assert_eq!(lines_taken(&[30.0, 30.0], 25.0, 50.0), 4);
    assert_eq!(lines_taken(&[120.0, 30.0], 25.0, 50.0), 6, "three lines of a reason below the number");
}

fn beds(percent: f64, reached: &[f64], width: u8) -> String {
    let mut block = samples::block("bed_occupancy_now");
    block.about.shape = Shape::Value;
    block.about.unit = Unit::Percent;
    let mark = |value: f64| Reference {
        value,
        label: "2021-04-15 分科会".into(),
        diseases: Vec::new(),
        area: None,
        comparison: crate::epi::comparison::Comparison::AtLeast,
        back: 2.0,
    };
    block.about.reference = vec![mark(20.0), mark(50.0)];
    block.table =
        Table { columns: vec![("value".into(), CellKind::Float)], rows: vec![vec![Cell::Float(percent)]] };
    let mut panel = samples::panel(block.clone());
    panel.place.width = width;
    panel.place.height = 2;
    panel.reached = reached.to_vec();
    panel.week_ago = Some(50.0);
    tile(&panel, &block, &samples::look()).into_string()
}

#[test]
fn a_figure_with_a_limit_has_a_state_beside_it() {
    let over = beds(62.5, &[20.0, 50.0], 5);
    assert!(over.contains("main s9 over") && over.contains("class=\"reached over\""), "{over}");
    assert!(over.contains("目安") && over.contains(">50%<") && !over.contains(">20%<"), "{over}");
    assert!(over.contains("先週より") && over.contains("+12.5") && over.contains("pt"), "{over}");
    let near = beds(31.0, &[20.0], 5);
    assert!(near.contains(" near") && near.contains(">20%<") && near.contains("−19.0"), "{near}");
    let calm = beds(7.0, &[], 5);
    assert!(
        !calm.contains("reached") && calm.contains(">20%<"),
        "the limit stands there all the same: {calm}"
    );
}

#[test]
fn a_figure_that_has_reached_a_mark_goes_back_before_it_is_calm() {
    let mark = Reference {
        value: 50.0,
        label: String::new(),
        diseases: Vec::new(),
        area: None,
        comparison: crate::epi::comparison::Comparison::AtLeast,
        back: 2.0,
    };
    let of = |value: f64, before: bool| mark.is_reached(value, before);
    assert!(of(50.0, false) && !of(49.0, false), "as its definition says");
    assert!(of(49.0, true) && !of(47.9, true));
    let at_most = Reference { comparison: crate::epi::comparison::Comparison::AtMost, ..mark.clone() };
    assert!(at_most.is_reached(51.0, true) && !at_most.is_reached(51.0, false));
}

#[test]
fn a_difference_has_its_sign() {
    let of = |by: f64, unit: Unit| difference(by, unit);
    assert_eq!(
        [of(12.0, Unit::Persons), of(-3.0, Unit::Persons), of(0.0, Unit::Persons)],
        ["+12", "−3", "±0"]
    );
    assert_eq!([of(0.04, Unit::Percent), of(-0.04, Unit::Percent)], ["±0", "±0"]);
    assert_eq!(of(-10.0, Unit::Percent), "−10.0");
}
