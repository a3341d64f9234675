//! No figure is missing without a word: whatever has been told, by the catalog, each cell that holds no figure has its reason, in
//! its row or beside the answer, on every route; and nothing is up to date of which nobody has told.

use hinomi::answer::{Answer, Answers, Cell, FreshState, Question};
use hinomi::config::Settings;
use hinomi::definitions::indicator::{Indicator, Shape};
use hinomi::definitions::role::Role;
use hinomi::present::{self, Facts, Format};

use super::figures::samples;
use super::ward::Ward;

/// What has been told: the files whose names begin so.
const STATES: [(&str, &[&str]); 5] = [
    ("nothing", &[]),
    ("the notifications", &["hersys"]),
    ("the ledger", &["ledger"]),
    ("the beds", &["beds", "capacity", "facilities"]),
    ("everything", &[""]),
];

fn told(files: &[&str]) -> Ward {
    let ward = Ward::empty();
    for (minute, (name, text)) in samples().into_iter().enumerate() {
        if files.iter().any(|own| name.starts_with(own)) {
            ward.told_at(&name, &text, &format!("2022-02-16T13:{:02}", 30 + minute));
        }
    }
    ward
}

/// Says whom a row is of, or how it stands: an empty cell of it is no missing figure.
fn is_figure(answer: &Answer, column: usize) -> bool {
    let schema = answer.rows.schema();
    let field = schema.field(column);
    let role = answer.indicator.meaning(field.name()).role;
    let first = column == 0 && answer.indicator.shape == Shape::Breakdown;
    field.data_type().is_numeric() && !role.is_key() && !first
}

/// Columns of rows that have no figure, and no reason in the row.
fn dashes(answer: &Answer) -> Vec<String> {
    let names = answer.column_names();
    let reason = names.iter().position(|name| answer.indicator.meaning(name).role == Role::Reason);
    let mut found = Vec::new();
    for row in 0..answer.len() {
        let cells = answer.row(row);
        if reason.is_some_and(|reason| cells[reason] != Cell::Null) {
            continue;
        }
        let none = (0..names.len()).filter(|at| is_figure(answer, *at) && cells[*at] == Cell::Null);
        found.extend(none.map(|at| format!("{} of row {row}", names[at])));
    }
    found
}

/// What a reader of each route misses.
fn unsaid(ward: &Ward, answer: &Answer, disease: &str) -> Vec<String> {
    let block = present::block_of(answer, &ward.catalog);
    let facts = Facts::of(&Settings::default(), &ward.catalog, disease, &block);
    let said: Vec<&str> = block.untold.iter().map(|said| said.ja.as_str()).collect();
    let mut wrong = Vec::new();
    // A list of items has a reason for each of them in its row.
    if said.is_empty() || answer.indicator.lists_items() {
        wrong.extend(dashes(answer));
    }
    if answer.is_empty() && said.is_empty() && !answer.indicator.lists_items() {
        wrong.push("no row, and no reason".to_owned());
    }
    if said.iter().any(|said| said.trim().is_empty()) || block.untold.iter().any(|said| said.en.is_empty()) {
        wrong.push("an empty reason".to_owned());
    }
    let value = answer.indicator.column_of(Role::Value);
    let known = |row: usize| value.is_none_or(|value| answer.cell(row, value) != Cell::Null);
    if answer.is_empty() || (0..answer.len()).any(known) {
        return wrong;
    }
    let Some(why) = block.why() else {
        wrong.push("no figure at all, and no reason".to_owned());
        return wrong;
    };
    let file = |format| {
        let bytes = present::write_answer(answer, &block, format, &facts).expect("written");
        String::from_utf8(bytes).expect("text")
    };
    let json: serde_json::Value = serde_json::from_str(&file(Format::Json)).expect("JSON");
    if json["reason"] != why {
        wrong.push(format!("the JSON says {} and not {why}", json["reason"]));
    }
    for (route, text) in [("CSV", file(Format::Csv)), ("Excel", file(Format::Excel))] {
        if !text.contains(why.split(['"', ',']).next().unwrap_or(why)) {
            wrong.push(format!("{route} does not say {why}"));
        }
    }
    wrong
}

fn choices(indicator: &Indicator) -> Vec<Option<String>> {
    if indicator.by.is_empty() { vec![None] } else { indicator.by.iter().cloned().map(Some).collect() }
}

async fn ask(answers: &Answers, indicator: &Indicator, by: Option<String>, disease: &str) -> Answer {
    let question = Question { by, ..Question::of(&indicator.id, disease) };
    let answer = answers.ask(&question).await.unwrap_or_else(|e| panic!("{}: {e}", indicator.id));
    Answer::clone(&answer)
}

#[tokio::test]
async fn every_figure_that_is_not_there_has_its_reason() {
    let mut wrong = Vec::new();
    let mut asked = 0;
    for (what, files) in STATES {
        let ward = told(files);
        let answers = ward.answers_at("2022-02-16T14:00");
        for indicator in ward.catalog.indicators.values() {
            for disease in ["covid-19", "measles", "rubella"] {
                for by in choices(indicator) {
                    let answer = ask(&answers, indicator, by.clone(), disease).await;
                    let by = by.unwrap_or_default();
                    let unsaid = unsaid(&ward, &answer, disease);
                    wrong.extend(
                        unsaid.into_iter().map(|w| format!("{what}: {} {by} {disease}: {w}", indicator.id)),
                    );
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 500, "{asked}");
    assert!(wrong.is_empty(), "{} of {asked}\n{}", wrong.len(), wrong.join("\n"));
}

/// Where the ledger never came nothing of it is up to date, and each panel says why, though the notifications are.
#[tokio::test]
async fn no_badge_says_up_to_date_where_nobody_has_told() {
    for (what, files) in STATES {
        let ward = told(files);
        let answers = ward.answers_at("2022-02-16T14:00");
        for indicator in ward.catalog.indicators.values().filter(|indicator| !indicator.lists_items()) {
            for disease in ["covid-19", "measles", "rubella"] {
                let answer = ask(&answers, indicator, None, disease).await;
                let block = present::block_of(&answer, &ward.catalog);
                if block.why().is_some_and(|why| why.starts_with("未着") || why.starts_with("記録なし（"))
                {
                    assert_ne!(block.state(), Some(FreshState::Fresh), "{what}: {} {disease}", indicator.id);
                }
            }
        }
    }
    let ward = told(&["hersys"]);
    let answers = ward.answers_at("2022-02-16T14:00");
    for id in ["under_care", "inpatients", "awaiting_admission"] {
        let answer = ask(&answers, &ward.catalog.indicators[id], None, "covid-19").await;
        assert_eq!(answer.cell(0, "reason").text(), Some("未着（感染者管理台帳が届いていません）"), "{id}");
        let ledger = answer.sources.iter().find(|source| source.source == "care-ledger");
        assert_eq!(ledger.map(|ledger| ledger.state), Some(FreshState::Never), "{id}");
    }
    let answer = ask(&answers, &ward.catalog.indicators["deaths_total"], None, "rubella").await;
    assert_eq!(answer.cell(0, "reason").text(), Some("記録なし（風しんについて届けた系統なし）"));
    assert_eq!(answer.untold[0].ja, "記録なし（風しんについて届けた系統なし）");
}

/// What came and was refused did not stay away.
#[tokio::test]
async fn a_refused_file_is_not_called_one_that_never_came() {
    let ward = told(&["hersys"]);
    let ledger = samples().into_iter().find(|(name, _)| name.starts_with("ledger"));
    let (name, text) = ledger.expect("a ledger among the samples");
    // A telephone number in each row's id holds it back.
    let (head, rows) = text.split_once('\n').expect("headings and rows");
    let rows: String =
        rows.lines().map(|row| format!("{}\n", row.replacen(",1", ",090-1234-5678 1", 1))).collect();
    ward.refused_at(&name, &format!("{head}\n{rows}"), "2022-02-16T13:50");
    let answers = ward.answers_at("2022-02-16T14:00");
    for id in ["under_care", "inpatients", "awaiting_admission"] {
        let answer = ask(&answers, &ward.catalog.indicators[id], None, "covid-19").await;
        let why = Some("未着（感染者管理台帳は届きましたが、取り込まれていません）");
        assert_eq!(answer.cell(0, "reason").text(), why, "{id}");
    }
}
