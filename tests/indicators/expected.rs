//! `tests/indicators/expected/<id>.txt`: comments, then `ask key=value …`, the columns, the rows.
//!
//! `HINOMI_BLESS=1` writes the rows anew and leaves the comments and the questions; a person reads the diff.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use hinomi::answer::{Answer, Answers, Cell, Question};
use hinomi::definitions::{Catalog, Definitions};
use hinomi::epi::against::Against;
use hinomi::epi::clock::jst;
use hinomi::store::{AsOf, Param, Query};

use super::ward::{NOW, Ward, time};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/indicators/expected")
}

/// The expected files by the indicator's id.
pub(super) fn files() -> Vec<(String, PathBuf)> {
    let mut found: Vec<_> = fs::read_dir(folder())
        .expect("the expected files")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), path))
        .collect();
    found.sort();
    found
}

/// `ask as_of=2022-02-16T14:00 by=week from=…`
pub(super) fn question(indicator: &str, line: &str) -> Question {
    let mut question = Question::of(indicator, "covid-19");
    for word in line.split_whitespace().skip(1) {
        let (key, value) = word.split_once('=').expect("key=value");
        match key {
            "from" => question.from = Some(value.parse().expect("a day")),
            "to" => question.to = Some(value.parse().expect("a day")),
            "as_of" => question.as_of = Some(time(value)),
            "bands" => question.bands = Some(value.to_owned()),
            "against" => question.against = Some(Against::parse(value).expect("a comparison")),
            "by" => question.by = Some(value.to_owned()),
            "disease" => value.clone_into(&mut question.disease),
            other => panic!("{indicator}: what is {other}?"),
        }
    }
    question
}

/// Numbers with at most four places, nothing for null but a dash.
fn word(cell: &Cell) -> String {
    match cell {
        Cell::Null => "-".to_owned(),
        Cell::Float(number) => {
            let text = format!("{number:.4}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        other => other.to_string(),
    }
}

fn rows(answer: &Answer) -> String {
    let mut text = answer.column_names().join(" ");
    text.push('\n');
    for row in 0..answer.len() {
        let words: Vec<_> = answer.row(row).iter().map(word).collect();
        let _ = writeln!(text, "{}", words.join(" "));
    }
    text
}

/// The file with the rows as they are now.
async fn with_rows(answers: &Answers, indicator: &str, text: &str) -> String {
    let mut out = String::new();
    let mut skipping = false;
    for line in text.lines() {
        if line.starts_with("ask") {
            let answer = answers.ask(&question(indicator, line)).await;
            let answer = answer.unwrap_or_else(|e| panic!("{indicator}: {line}: {e}: {e:?}"));
            let _ = write!(out, "{line}\n{}", rows(&answer));
            skipping = true;
        } else if line.is_empty() || line.starts_with('#') {
            let _ = writeln!(out, "{line}");
            skipping = false;
        } else if !skipping {
            panic!("{indicator}: a row before any question");
        }
    }
    out
}

#[tokio::test]
async fn each_indicator_gives_the_expected_rows() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let bless = std::env::var_os("HINOMI_BLESS").is_some();
    let mut differ = Vec::new();
    for (indicator, path) in files() {
        let expected = fs::read_to_string(&path).expect("readable");
        assert!(expected.starts_with('#'), "{indicator}: say how a person gets the number");
        let got = with_rows(&answers, &indicator, &expected).await;
        if bless {
            fs::write(&path, &got).expect("written");
        } else if got != expected {
            differ.push(format!("{indicator}:\n--- expected\n{expected}\n--- got\n{got}"));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn each_indicator_has_expected_rows_and_each_file_an_indicator() {
    let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
    let indicators: BTreeSet<String> = catalog.indicators.keys().cloned().collect();
    let expected: BTreeSet<String> = files().into_iter().map(|(id, _)| id).collect();
    assert_eq!(indicators, expected);
    for id in &indicators {
        let asked = fs::read_to_string(folder().join(format!("{id}.txt"))).expect("readable");
        let by = &catalog.indicators[id].by;
        let periods = by.iter().any(|by| by == "fiscal_year");
        assert!(asked.contains("\nask "), "{id} asks nothing");
        assert!(!periods || asked.contains(" by="), "{id} is asked by no period but the first");
    }
}

#[test]
fn the_definitions_hold() {
    let ward = Ward::empty();
    let problems = hinomi::answer::check(&ward.catalog, &ward.store);
    assert!(problems.is_empty(), "{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>());
}

#[test]
fn a_query_that_does_not_keep_its_header_s_promise_is_named() {
    let ward = Ward::empty();
    let path = "queries/indicators/deaths_total.sql";
    let cases = [
        (" AS last7", " AS last_7", "returns [value, last_7, reason], promises [value, last7, reason]"),
        ("FROM cases", "FROM casses", "does not run"),
        ("death_day <= $as_of_day", "died_on <= $as_of_day", "does not run"),
        ("THEN count(*) END AS value", "THEN 'many' END AS value", "column value is of type Utf8"),
        (
            "FROM cases\nWHERE",
            "FROM cases\nGROUP BY disease, death_day, source, jurisdiction, class, status, unread\nHAVING",
            "one row",
        ),
    ];
    for (from, to, expected) in cases {
        let mut definitions = Definitions::embedded();
        let text = definitions.text(path).expect("there");
        assert!(text.contains(from), "{from}");
        let text = text.replace(from, to);
        definitions.put(path, &text);
        let problems = hinomi::answer::check(&Catalog::load(&definitions).expect("loads"), &ward.store);
        let found = problems.iter().any(|p| p.file == path && p.what.contains(expected));
        assert!(found, "{expected}: {problems:?}");
    }
}

#[test]
fn quality_finds_no_fault_in_the_small_ward_but_the_correction() {
    let ward = Ward::told();
    let mut faults = Vec::new();
    for quality in ward.catalog.quality.values() {
        let params = vec![
            ("as_of_at".to_owned(), Param::Instant(time(NOW))),
            ("as_of_day".to_owned(), Param::Day(jst(time(NOW)).date())),
        ];
        let query = Query::new(&*quality.id, quality.sql.clone(), params);
        let rows = ward.store.query(&query, AsOf::Latest, std::time::Duration::from_secs(20)).expect("runs");
        if rows.num_rows() > 0 {
            faults.push(format!("{} {}", quality.id, rows.num_rows()));
        }
    }
    assert_eq!(faults, ["cumulative_decreases 1"]);
}
