//! What tests of many indicators share: the samples, and answers as lines.

use std::fs;
use std::path::Path;

use hinomi::answer::{Answers, Cell, Question};
use hinomi::definitions::role::Role;
use jiff::civil::Date;

/// No figure of its own: the length of a period, what it is divided by or held to.
pub fn beside(role: Role) -> bool {
    matches!(role, Role::Days | Role::DaysBefore | Role::Denominator | Role::Reference)
}

/// Name and text of each sample file.
pub fn samples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/expected");
    let files = fs::read_dir(folder).expect("the samples").map(|entry| entry.expect("a file").path());
    let mut files: Vec<_> = files
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("readable"))
        })
        .collect();
    files.sort();
    files
}

/// Value, ○ where it is complete, and the reason, of each row.
pub async fn by_period(answers: &Answers, indicator: &str, by: &str, from: Date, to: Date) -> Vec<String> {
    let question = Question {
        by: Some(by.to_owned()),
        from: Some(from),
        to: Some(to),
        ..Question::of(indicator, "covid-19")
    };
    let answer = answers.ask(&question).await.expect("answers");
    let value = |row| answer.cell(row, "value").int().map_or("—".to_owned(), |n| n.to_string());
    let over = |row| if answer.cell(row, "complete") == Cell::Bool(true) { "○" } else { "×" };
    let reason = |row| answer.cell(row, "reason").text().unwrap_or("").to_owned();
    (0..answer.len()).map(|row| format!("{}{}{}", value(row), over(row), reason(row))).collect()
}

/// No figure stands a hair beside the decimal that it is: 0.9999999999999999 is no answer to a question.
#[tokio::test]
async fn figures_are_the_decimals_that_they_are() {
    let ward = super::ward::Ward::told();
    let (answers, _) = ward.answers();
    let mut floats = 0;
    for indicator in ward.catalog.indicators.values() {
        let by =
            indicator.by.iter().map(|by| Some(by.clone())).chain(indicator.by.is_empty().then_some(None));
        for by in by {
            let question = Question { by, ..Question::of(&indicator.id, "covid-19") };
            let answer = answers.ask(&question).await.unwrap_or_else(|e| panic!("{}: {e}", indicator.id));
            for cell in (0..answer.len()).flat_map(|row| answer.row(row)) {
                if let Cell::Float(number) = cell {
                    let text = number.to_string();
                    floats += 1;
                    assert!(
                        !text.contains("999999999") && !text.contains("000000000"),
                        "{}: {text}",
                        indicator.id
                    );
                }
            }
        }
    }
    assert!(floats > 100, "{floats}");
}
