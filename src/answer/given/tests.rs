use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::definitions::given::WAVE;

#[test]
fn shared_queries_stand_before_the_text() {
    let marks = ["marks AS (\nSELECT 1 AS mark\n)".to_owned()];
    assert_eq!(
        with("-- why\nSELECT mark FROM marks", &marks),
        "-- why\nWITH marks AS (\nSELECT 1 AS mark\n)\nSELECT mark FROM marks"
    );
    assert_eq!(
        with("WITH a AS (SELECT 1) SELECT 2", &marks),
        "WITH marks AS (\nSELECT 1 AS mark\n), a AS (SELECT 1) SELECT 2"
    );
    assert_eq!(with("SELECT 1", &[]), "SELECT 1");
}

#[test]
fn every_text_is_the_same_for_every_question() {
    let catalog = catalog();
    let texts = Texts::of(&catalog);
    for indicator in catalog.indicators.values() {
        assert!(Arc::ptr_eq(&texts.get(indicator), &texts.get(indicator)), "{}", indicator.id);
        assert_eq!(texts.get(indicator), text(&catalog, indicator));
    }
    let text = texts.get(catalog.indicator("new_cases_received").expect("there"));
    assert!(text.contains("recorded AS (") && !text.contains("first_days AS ("), "{text}");
}

#[test]
fn rows_become_columns_of_their_types() {
    let table = Table {
        name: "marks",
        columns: &[("label", Type::Text), ("day", Type::Day), ("place", Type::Whole)],
        rows: vec![
            vec![Value::Text("it's".into()), Value::Day(date(1970, 1, 3)), Value::Whole(7)],
            vec![Value::Null, Value::Day(date(9999, 12, 31)), Value::Null],
        ],
    };
    let given = table.given().expect("a table");
    assert_eq!(&*given.name, "marks");
    assert_eq!(given.rows.column(0).as_ref(), &StringArray::from(vec![Some("it's"), None]));
    assert_eq!(given.rows.column(1).as_ref(), &Date32Array::from(vec![2, 2_932_896]));
    assert_eq!(given.rows.column(2).as_ref(), &Int64Array::from(vec![Some(7), None]));
    let none = Table { rows: Vec::new(), ..table }.given().expect("a table");
    assert_eq!((none.rows.num_rows(), none.rows.num_columns()), (0, 3));
}

fn catalog() -> Catalog {
    Catalog::load(&crate::definitions::Definitions::embedded()).expect("loads")
}

fn days(given: &Table) -> Vec<(Date, Date)> {
    let day = |value: &Value| if let Value::Day(day) = value { *day } else { Date::MIN };
    given.rows.iter().map(|row| (day(&row[0]), day(&row[1]))).collect()
}

#[test]
fn waves_are_those_of_the_disease_that_the_days_touch() {
    let (catalog, from, to) = (catalog(), date(2021, 12, 16), date(2022, 6, 25));
    let mut chosen =
        Chosen { by: Some(WAVE), bands: None, against: None, disease: "covid-19", from, to, mute: &[] };
    let labels = |given: Table| given.rows.iter().map(|row| row[2].clone()).collect::<Vec<_>>();
    let named = ["第5波", "第6波", "第7波"].map(|wave| Value::Text(wave.to_owned()));
    assert_eq!(labels(periods(&catalog, &chosen)), named);
    chosen.disease = "measles";
    assert_eq!(periods(&catalog, &chosen).rows, Vec::<Vec<Value>>::new());
}

proptest! {
    #[test]
    fn periods_neither_gap_nor_overlap(start in 0i32..40_000, length in 0i32..1500) {
        let from = date(1960, 1, 1).saturating_add(i64::from(start).days());
        let to = from.saturating_add(i64::from(length).days());
        for period in Period::ALL {
            let by = Some(period.name());
            let chosen = Chosen { by, bands: None, against: None, disease: "covid-19", from, to, mute: &[] };
            let found = days(&periods(&Catalog::default(), &chosen));
            prop_assert!(found[0].0 <= from && found[found.len() - 1].1 >= to);
            for (first, last) in &found {
                prop_assert!(first <= last && *first <= to && *last >= from);
            }
            for two in found.windows(2) {
                prop_assert_eq!(two[0].1.tomorrow().expect("a day"), two[1].0);
            }
        }
    }
}
