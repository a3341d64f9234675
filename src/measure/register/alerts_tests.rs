//! Weeks that are steady, and weeks with a burst.

use jiff::ToSpan;
use jiff::civil::date;

use super::*;
use crate::measure::columns::{day_column, words};

/// Asked for from before the record on.
const LONG_AGO: Date = Date::constant(2010, 1, 1);

/// Six years and a few weeks of three to nine a week, more in winter; the last week as told.
fn weeks(name: &'static str, n: i64, last: f64) -> Vec<(&'static str, i64, Option<f64>)> {
    let count = |week: i64| {
        let season = (week as f64 / 52.18 * std::f64::consts::TAU).cos();
        (6.0 + 2.0 * season + (week * 5 % 3) as f64 - 1.0).round()
    };
    (0..n).map(|week| (name, week, Some(if week == n - 1 { last } else { count(week) }))).collect()
}

fn rows(weeks: &[(&'static str, i64, Option<f64>)]) -> RecordBatch {
    let first = date(2020, 1, 6);
    batch(vec![
        ("disease", Arc::new(weeks.iter().map(|w| Some(w.0)).collect::<StringArray>())),
        ("day", day_column(weeks.iter().map(|w| first.checked_add((7 * w.1).days()).unwrap()))),
        ("cases", floats(weeks.iter().map(|w| w.2))),
    ])
    .unwrap()
}

fn texts(made: &RecordBatch, column: &str) -> Vec<Option<String>> {
    words(made, column).unwrap()
}

fn all_finite(made: &RecordBatch) {
    for name in ["value", "expected", "upper", "c1_upper", "c3_upper", "years_expected", "years_upper"] {
        let values = numbers(made, name).unwrap();
        assert!(values.iter().flatten().all(|v| v.is_finite() && *v >= 0.0), "{name} {values:?}");
    }
}

#[test]
fn a_burst_is_loud_by_all_and_a_steady_week_by_none() {
    let mut all = weeks("burst", 320, 60.0);
    all.extend(weeks("steady", 320, 6.0));
    let made = alerts(&rows(&all), 5, Step::Week, LONG_AGO).unwrap();
    all_finite(&made);
    assert_eq!(texts(&made, "alarm"), [Some("C1 C2 C3 例年".to_owned()), None]);
    assert_eq!(texts(&made, "reason"), [None, None]);
    assert_eq!(numbers(&made, "value").unwrap(), [Some(60.0), Some(6.0)]);
    // What is expected of both is what such weeks have always been, and the burst is not part of it.
    let (expected, upper) =
        (numbers(&made, "years_expected").unwrap(), numbers(&made, "years_upper").unwrap());
    assert_eq!((expected[0], upper[0]), (expected[1], upper[1]));
    assert!(expected[0].is_some_and(|n| (3.0..9.0).contains(&n)), "{expected:?}");
}

#[test]
fn days_are_judged_by_the_days_before_and_by_the_years_before() {
    let days = |name, last: f64| {
        let count = |day: i64| (4.0 + 2.0 * (day as f64 / 365.25 * std::f64::consts::TAU).cos()).round();
        (0..2_200).map(move |day| (name, day, Some(if day == 2_199 { last } else { count(day) })))
    };
    let all: Vec<_> = days("burst", 30.0).chain(days("steady", 5.0)).collect();
    let first = date(2020, 1, 6);
    let rows = batch(vec![
        ("disease", Arc::new(all.iter().map(|d| Some(d.0)).collect::<StringArray>())),
        ("day", day_column(all.iter().map(|d| first.checked_add(d.1.days()).unwrap()))),
        ("cases", floats(all.iter().map(|d| d.2))),
    ]);
    let made = alerts(&rows.unwrap(), 5, Step::Day, LONG_AGO).unwrap();
    all_finite(&made);
    assert_eq!(texts(&made, "alarm"), [Some("C1 C2 C3 例年".to_owned()), None]);
    assert_eq!(texts(&made, "judged_from"), texts(&made, "judged_to"), "one day");
    let expected = numbers(&made, "years_expected").unwrap();
    assert!(
        expected[0].is_some_and(|n| (4.0..6.5).contains(&n)) && expected[0] == expected[1],
        "{expected:?}"
    );
}

#[test]
fn no_steady_week_of_a_year_alarms_by_the_years_before() {
    for n in 268..320 {
        let mut one = weeks("steady", n + 1, 0.0);
        one.pop();
        let made = alerts(&rows(&one), 5, Step::Week, LONG_AGO).unwrap();
        assert_eq!((texts(&made, "reason"), n), (vec![None], n));
        assert!(!texts(&made, "alarm")[0].as_deref().unwrap_or("").contains("例年"), "week {n}");
    }
}

#[test]
fn a_short_series_is_judged_by_its_last_weeks_alone() {
    let made = alerts(&rows(&weeks("new", 30, 60.0)), 5, Step::Week, LONG_AGO).unwrap();
    all_finite(&made);
    assert_eq!(texts(&made, "alarm"), [Some("C1 C2 C3".to_owned())]);
    assert_eq!(
        (numbers(&made, "years_upper").unwrap(), texts(&made, "reason")),
        (
            vec![None],
            vec![Some(
                "例年: 記録は2020-01-06から（30週）。例年の判定には5年と前後の分（265週）が必要".to_owned()
            )]
        )
    );
    // Of the thirtieth week, from a Monday to its Sunday.
    assert_eq!(days(&made, "judged_from").unwrap(), [Some(date(2020, 7, 27))]);
    assert_eq!(days(&made, "judged_to").unwrap(), [Some(date(2020, 8, 2))]);
    // Ten weeks are enough for C1 and C2, not for C3.
    let made = alerts(&rows(&weeks("newer", 10, 60.0)), 5, Step::Week, LONG_AGO).unwrap();
    assert_eq!(texts(&made, "alarm"), [Some("C1 C2".to_owned())]);
    assert_eq!(
        texts(&made, "reason"),
        [Some(
            "C3: 期間不足（9週分、11週分が必要） 例年: 記録は2020-01-06から（10週）。例年の判定には5年と前後の分（265週）が必要".to_owned()
        )]
    );
    let short = alerts(&rows(&weeks("short", 30, 60.0)), 5, Step::Week, date(2020, 1, 8)).unwrap();
    let said_so = "例年: 指定期間は2020-01-08から（30週）。例年の判定には5年と前後の分（265週）が必要";
    assert_eq!(texts(&short, "reason"), [Some(said_so.to_owned())], "a longer period may tell");
    let made = alerts(&rows(&weeks("newer", 5, 60.0)), 5, Step::Week, LONG_AGO).unwrap();
    assert_eq!((texts(&made, "alarm")[0].clone(), numbers(&made, "expected").unwrap()[0]), (None, None));
}

#[test]
fn what_is_missing_is_no_alarm() {
    let mut gap = weeks("gap", 320, 60.0);
    gap[319].2 = None;
    let made = alerts(&rows(&gap), 5, Step::Week, LONG_AGO).unwrap();
    all_finite(&made);
    assert_eq!((texts(&made, "alarm")[0].clone(), numbers(&made, "value").unwrap()[0]), (None, None));
    assert_eq!(texts(&made, "reason")[0].as_deref(), Some(Reason::Missing.ja()));
    let nobody = alerts(&rows(&[]), 5, Step::Week, LONG_AGO).unwrap();
    assert_eq!(
        (texts(&nobody, "disease"), texts(&nobody, "reason")),
        (vec![None], vec![Some("報告なし".into())])
    );
    assert_eq!(numbers(&nobody, "value").unwrap(), [None]);
}

#[test]
fn an_alarm_of_c3_alone_has_its_bound() {
    // Seven of 2 3 2 3 2 3 2 and two more weeks of them, then 4, 4 and 3: each under C1's and C2's bounds, together over C3's.
    let counts = [2.0, 3.0, 2.0, 3.0, 2.0, 3.0, 2.0, 3.0, 2.0, 4.0, 4.0, 3.0];
    let slow: Vec<_> = (0..).zip(counts).map(|(week, n)| ("slow", week, Some(n))).collect();
    let made = alerts(&rows(&slow), 5, Step::Week, LONG_AGO).unwrap();
    assert_eq!(texts(&made, "alarm"), [Some("C3".to_owned())]);
    let bound = |name: &str| numbers(&made, name).unwrap()[0].unwrap();
    assert!(bound("upper") > 3.0 && bound("c1_upper") > 3.0 && bound("c3_upper") < 3.0);
}

#[test]
fn a_few_cases_are_no_outbreak_however_rare() {
    // Four in four weeks where for six years there was one a quarter: fewer than five, whatever the bound.
    let rare: Vec<_> =
        (0..320).map(|w| ("rare", w, Some(f64::from(u8::from(w % 13 == 0 || w > 315))))).collect();
    let made = alerts(&rows(&rare), 5, Step::Week, LONG_AGO).unwrap();
    all_finite(&made);
    assert!(!texts(&made, "alarm")[0].as_deref().unwrap_or("").contains("例年"));
}
