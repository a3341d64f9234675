//! Totals of days that a newer file of the same days leaves out: by a snapshot nobody tells of them any more, neither by the old
//! figure nor by a zero.

use hinomi::answer::{Answer, Question};
use hinomi::definitions::Definitions;
use jiff::civil::date;

use super::ward::{Ward, time};

const MAPPING: &str = r#"
source = "totals"
title = { ja = "集計", en = "Totals" }
table = "aggregate_counts"
mode = "snapshot"
key = ["series", "area", "day"]
files = "totals_*.csv"
rhythm = { by = "17:00", calendar = "weekly", grace_minutes = 120 }
constants = { disease = "covid-19", area = "131032", area_class = "municipality" }
WINDOW
column = [
  { headings = ["日付"], privacy = "keep", field = "day", type = "date", expected = true, required = true },
  { headings = ["入院者数"], privacy = "keep", series = "weekly_inpatients", type = "count" },
  { headings = ["陽性者数"], privacy = "keep", series = "cumulative_positive", type = "count" },
]
"#;

const WINDOW: &str = r"window = { column = 'day', in_name = '^totals_(\d{8})-(\d{8})\.csv' }";

fn ward(mapping: &str) -> Ward {
    let mut definitions = Definitions::embedded();
    definitions.put("queries/sources/totals.toml", mapping);
    Ward::with(&definitions)
}

/// The 14th to the 20th without some rows, and without some days' inpatients.
fn file(without: &[i32], empty: &[i32]) -> String {
    let rows = (14..=20).filter(|day| !without.contains(day)).map(|day| {
        let inpatients = if empty.contains(&day) { String::new() } else { (10 * day).to_string() };
        format!("2026-11-{day},{inpatients},{}\n", 1_000 + day)
    });
    format!("日付,入院者数,陽性者数\n{}", rows.collect::<String>())
}

fn question(indicator: &str, by: Option<&str>) -> Question {
    Question {
        by: by.map(str::to_owned),
        from: Some(date(2026, 11, 14)),
        to: Some(date(2026, 11, 20)),
        ..Question::of(indicator, "covid-19")
    }
}

async fn asked(ward: &Ward, indicator: &str, by: Option<&str>, at: &str) -> Answer {
    Answer::clone(&*ward.answers_at(at).ask(&question(indicator, by)).await.expect("answers"))
}

async fn inpatients(ward: &Ward, at: &str) -> Vec<(i8, f64)> {
    let answer = asked(ward, "aggregate_series", Some("weekly_inpatients"), at).await;
    let row = |row| {
        (answer.cell(row, "day").day().expect("a day").day(), answer.number(row, "value").expect("a figure"))
    };
    (0..answer.len()).map(row).collect()
}

fn days(without: &[i8]) -> Vec<(i8, f64)> {
    (14..=20).filter(|day| !without.contains(day)).map(|day| (day, 10.0 * f64::from(day))).collect()
}

#[tokio::test]
async fn a_day_that_a_newer_snapshot_leaves_out_is_told_by_nobody() {
    for window in ["", WINDOW] {
        let ward = ward(&MAPPING.replace("WINDOW", window));
        let name = "totals_20261114-20261120.csv";
        ward.told_at(name, &file(&[], &[]), "2026-11-21T17:00");
        assert_eq!(inpatients(&ward, "2026-11-21T17:10").await, days(&[]));
        // A row is gone; then a cell is.
        ward.told_at(name, &file(&[16], &[]), "2026-11-22T17:00");
        assert_eq!(inpatients(&ward, "2026-11-22T17:10").await, days(&[16]), "{window}");
        ward.told_at(name, &file(&[], &[18]), "2026-11-23T17:00");
        assert_eq!(inpatients(&ward, "2026-11-23T17:10").await, days(&[18]), "{window}");
        // What was known then stays known of then.
        let then = Question {
            as_of: Some(time("2026-11-21T18:00")),
            ..question("aggregate_series", Some("weekly_inpatients"))
        };
        let then = ward.answers_at("2026-11-23T17:10").ask(&then).await.expect("answers");
        assert_eq!(then.len(), 7, "{window}");
        // A difference over the day that is gone is no day's figure.
        ward.told_at(name, &file(&[17], &[]), "2026-11-24T17:00");
        let steps = asked(&ward, "published_by_area", None, "2026-11-24T17:10").await;
        let of: Vec<_> = (0..steps.len())
            .map(|row| (steps.cell(row, "day").day().expect("a day").day(), steps.number(row, "value")))
            .collect();
        let right = [(15, Some(1.0)), (16, Some(1.0)), (18, None), (19, Some(1.0)), (20, Some(1.0))];
        assert_eq!(of, right, "{window}");
        assert!(steps.cell(2, "reason").text().is_some_and(|why| why.contains("2日前")), "{window}");
    }
}

/// Days outside a window are not left out by it.
#[tokio::test]
async fn a_window_withdraws_its_own_days_alone() {
    let ward = ward(&MAPPING.replace("WINDOW", WINDOW));
    ward.told_at("totals_20261114-20261120.csv", &file(&[], &[]), "2026-11-21T17:00");
    let part = "日付,入院者数,陽性者数\n2026-11-17,170,1017\n2026-11-19,190,1019\n";
    ward.told_at("totals_20261117-20261119.csv", part, "2026-11-22T17:00");
    assert_eq!(inpatients(&ward, "2026-11-22T17:10").await, days(&[18]));
}

/// What only replaces by key says nothing of what it leaves out.
#[tokio::test]
async fn totals_by_key_stay_until_they_are_told_anew() {
    let ward = ward(&MAPPING.replace("WINDOW", "").replace("\"snapshot\"", "\"aggregate\""));
    ward.told_at("totals_1.csv", &file(&[], &[]), "2026-11-21T17:00");
    ward.told_at("totals_2.csv", &file(&[16], &[18]), "2026-11-22T17:00");
    assert_eq!(inpatients(&ward, "2026-11-22T17:10").await, days(&[]));
}
