use super::super::figures::{CellKind, Table};
use super::super::samples;
use super::*;

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
