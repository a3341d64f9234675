//! Yesterday is settled from the morning's closing on, on every page alike: wall, explore, API.

use std::sync::Arc;

use hinomi::answer::{Cell, Question};
use hinomi::config::Settings;
use hinomi::present::{Desk, Facts, Format, block_of, write_answer};
use jiff::civil::{Date, date};

use super::ward::{Ward, time};

const YESTERDAY: Date = date(2022, 2, 15);

/// The last settled day on the wall, on /explore and in a file, and whether the file says that yesterday is over.
async fn told(ward: &Ward, at: &str) -> ([Option<Date>; 2], serde_json::Value) {
    let answers = ward.answers_at(at);
    let question = Question {
        from: Some(date(2022, 2, 10)),
        to: Some(date(2022, 2, 16)),
        ..Question::of("new_cases_received", "covid-19")
    };
    let answer = answers.ask(&question).await.expect("an answer");
    let explored = block_of(&answer, &ward.catalog);
    let desk = Desk { answers, catalog: Arc::clone(&ward.catalog), disease: "covid-19".into(), as_of: None };
    let board = desk.board(&ward.catalog.boards["today"], None, time(at)).await;
    let shown = board.panels.iter().find(|panel| panel.show == "new_cases_received").expect("the panel");
    let hung = shown.main.as_ref().expect("its figures");
    assert_eq!(hung.about.lag_days, 1, "the definition's own lag stands");
    let facts = Facts::of(&Settings::default(), &ward.catalog, "covid-19", &explored);
    let bytes = write_answer(&answer, &explored, Format::Json, &facts).expect("JSON");
    let file: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    ([hung.settled, explored.settled], file)
}

fn complete(file: &serde_json::Value, day: &str) -> serde_json::Value {
    let columns = file["columns"].as_array().expect("columns");
    let place = columns.iter().position(|c| c["name"] == "complete").expect("the column");
    let rows = file["rows"].as_array().expect("rows");
    rows.iter().find(|row| row[0] == day).expect("the day")[place].clone()
}

#[tokio::test]
async fn the_closing_settles_yesterday_on_every_page() {
    let ward = Ward::told();
    let (settled, file) = told(&ward, "2022-02-16T08:59").await;
    assert_eq!(settled, [Some(date(2022, 2, 14)); 2]);
    assert_eq!(complete(&file, "2022-02-15"), false);
    assert_eq!(complete(&file, "2022-02-14"), true);
    let (settled, file) = told(&ward, "2022-02-16T09:01").await;
    assert_eq!(settled, [Some(YESTERDAY); 2]);
    assert_eq!(complete(&file, "2022-02-15"), true);
    assert_eq!(complete(&file, "2022-02-16"), false, "today is not over");
}

#[tokio::test]
async fn the_closing_is_the_ward_s() {
    let ward = Ward::told();
    let closing = jiff::civil::time(8, 30, 0, 0);
    let answers = ward.answers_at("2022-02-16T08:59").closing_at(closing);
    let answer = answers.ask(&Question::of("new_cases_received", "covid-19")).await.expect("an answer");
    assert_eq!(answer.settled, YESTERDAY);
    let last = (0..answer.len()).rev().find(|row| answer.cell(*row, "day") == Cell::Day(YESTERDAY));
    assert_eq!(last.map(|row| answer.cell(row, "complete")), Some(Cell::Bool(true)));
}
