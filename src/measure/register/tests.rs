//! From a query's rows to an answer's, as a header calls for it.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, RecordBatch, StringArray};
use jiff::civil::date;

use crate::definitions::measure::MeasureCall;
use crate::definitions::{Catalog, Definitions};
use crate::epi::reason::Reason;
use crate::measure::columns::{batch, numbers};
use crate::measure::method::{Beside, Days, Making};
use crate::measure::register::called;

fn ints(values: &[i64]) -> ArrayRef {
    Arc::new(arrow::array::Int64Array::from(values.to_vec()))
}

fn value(rows: &RecordBatch, column: &str, row: usize) -> Option<f64> {
    numbers(rows, column).unwrap()[row]
}

fn made(measure: &str, rows: RecordBatch) -> RecordBatch {
    let call = MeasureCall::parse(measure).unwrap().unwrap();
    let method = called(&call).unwrap();
    let days = Days { from: date(2026, 11, 20), to: date(2026, 11, 30), view: date(2026, 11, 30) };
    let query: Vec<String> = rows.schema().fields().iter().map(|f| f.name().clone()).collect();
    let promised = method.columns(&query.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    let (catalog, _) = Catalog::read(&Definitions::embedded());
    let Making::Rows(apply) = method.making else { panic!("{measure} asks others") };
    let made = apply(&call, &rows, &Beside { catalog: &catalog, disease: "covid-19", days }).unwrap();
    let got: Vec<String> = made.schema().fields().iter().map(|f| f.name().clone()).collect();
    assert_eq!(got, promised);
    made
}

#[test]
fn rates_have_limits_or_a_reason() {
    let name: ArrayRef = Arc::new(StringArray::from(vec!["shiba", "azabu"]));
    let rows = batch(vec![("district", name), ("cases", ints(&[65, 3])), ("population", ints(&[100, 0]))]);
    let rows = made("rate(per=100)", rows.unwrap());
    // 65 cases: 50.1632 to 82.8491 by Byar (PHEindicatormethods).
    assert_eq!(value(&rows, "value", 0), Some(65.0));
    assert!((value(&rows, "lower", 0).unwrap() - 50.1632).abs() < 1e-4);
    assert!((value(&rows, "upper", 0).unwrap() - 82.8491).abs() < 1e-4);
    assert_eq!(value(&rows, "value", 1), None);
    let reason = rows.column_by_name("reason").unwrap().as_string::<i32>().clone();
    assert!(reason.is_null(0));
    assert_eq!(reason.value(1), Reason::NoPopulation.ja());
}

#[test]
fn a_share_says_how_many_ages_are_unknown() {
    let day: ArrayRef = Arc::new(Date32Array::from(vec![0, 7, 14, 21]));
    let rows = batch(vec![
        ("day", day),
        ("cases", ints(&[1, 0, 1, 0])),
        ("total", ints(&[4, 0, 2, 0])),
        ("unknown", ints(&[4, 5, 3, 0])),
    ]);
    let rows = made("share()", rows.unwrap());
    let shares: Vec<_> = (0..4).map(|row| value(&rows, "value", row)).collect();
    assert_eq!(shares, [Some(25.0), None, Some(50.0), None]);
    let reason = rows.column_by_name("reason").unwrap().as_string::<i32>().clone();
    assert!(reason.is_null(0), "half of them");
    assert_eq!(reason.value(1), "年齢の分かる者なし（不明 5人）");
    assert_eq!(reason.value(2), "年齢の分かる者が半数未満（2人、不明 3人）");
    assert_eq!(reason.value(3), Reason::NoTrials.ja());
}

#[test]
fn limits_are_those_that_the_header_names() {
    let of = |measure: &str| {
        let name: ArrayRef = Arc::new(StringArray::from(vec!["shiba", "azabu"]));
        let rows =
            batch(vec![("district", name), ("cases", ints(&[65, 3])), ("population", ints(&[100, 100]))]);
        let rows = made(measure, rows.unwrap());
        [0, 1].map(|row| (value(&rows, "lower", row).unwrap(), value(&rows, "upper", row).unwrap()))
    };
    let near = |got: (f64, f64), lower: f64, upper: f64| {
        assert!((got.0 - lower).abs() < 1e-6 && (got.1 - upper).abs() < 1e-6, "{got:?}");
    };
    // ½ χ²(0.025; 2x) and ½ χ²(0.975; 2x + 2), as Garwood has them.
    let [many, few] = of("rate(per=100, limits=exact)");
    near(many, 50.165628, 82.847836);
    near(few, 0.618672, 8.767273);
    let [many, few] = of("rate(per=100, limits=byar)");
    near(many, 50.163188, 82.849139);
    near(few, 0.602973, 8.765364);
    assert_eq!(of("rate(per=100)"), of("rate(per=100, limits=byar)"));
}

#[test]
fn standardised_limits_are_those_that_the_header_names() {
    // Two bands of 1,000 people: those from 65 on weigh what Japan's model population of 1985 gives them.
    let of = |measure: &str, cases: [i64; 4]| {
        let name: ArrayRef = Arc::new(StringArray::from(vec!["shiba", "shiba", "azabu", "azabu"]));
        let rows = batch(vec![
            ("district", name),
            ("age_from", ints(&[0, 65, 0, 65])),
            ("cases", ints(&cases)),
            ("population", ints(&[1000; 4])),
        ]);
        made(measure, rows.unwrap())
    };
    let limits = |rows: &RecordBatch| (value(rows, "lower", 0).unwrap(), value(rows, "upper", 0).unwrap());
    let both = ["dobson", "fay_feuer"]
        .map(|limits| format!("standardised(standard=japan_1985, per=1000, limits={limits})"));
    let [dobson, fay_feuer] = both.each_ref().map(|measure| of(measure, [20, 45, 4, 5]));
    let near = |got: (f64, f64), lower: f64, upper: f64| {
        assert!((got.0 - lower).abs() < 1e-4 && (got.1 - upper).abs() < 1e-4, "{got:?}");
    };
    near(limits(&dobson), 15.142858, 31.620689);
    near(limits(&fay_feuer), 15.368830, 32.348247);
    let unsaid = of("standardised(standard=japan_1985, per=1000)", [20, 45, 4, 5]);
    assert_eq!(unsaid, dobson);
    for rows in [dobson, fay_feuer] {
        let reason = rows.column_by_name("reason").unwrap().as_string::<i32>().clone();
        assert_eq!((value(&rows, "value", 1), reason.value(1)), (None, Reason::FewerThanTenCases.ja()));
    }
}

#[test]
fn rt_is_given_from_the_first_day_asked_for() {
    let days: Vec<i32> = (0..30).map(|n| (date(2026, 11, 1) - date(1970, 1, 1)).get_days() + n).collect();
    let rows =
        batch(vec![("day", Arc::new(Date32Array::from(days)) as ArrayRef), ("cases", ints(&[20; 30]))]);
    let rows = made("rt(window=7)", rows.unwrap());
    assert_eq!(rows.num_rows(), 11, "the 20th to the 30th");
    let steady = value(&rows, "value", 10).unwrap();
    assert!((steady - 1.0).abs() < 0.05, "{steady}");
}

#[test]
fn a_sudden_day_alarms() {
    let mut days = Vec::new();
    let (mut names, mut cases) = (Vec::new(), Vec::new());
    for (name, last) in [("shiba", 30), ("azabu", 3)] {
        for day in 0..14 {
            names.push(name);
            days.push(day);
            cases.push(if day == 13 { last } else { 2 + i64::from(day % 3) });
        }
    }
    let names: ArrayRef = Arc::new(StringArray::from(names));
    let days: ArrayRef = Arc::new(Date32Array::from(days));
    let rows = batch(vec![("district", names), ("day", days), ("cases", ints(&cases))]);
    let rows = made("alerts(years=5, step=day)", rows.unwrap());
    let alarm = rows.column_by_name("alarm").unwrap().as_string::<i32>().clone();
    assert_eq!((alarm.value(0), alarm.is_null(1)), ("C1 C2 C3", true));
    assert_eq!(value(&rows, "value", 0), Some(30.0));
    // The days 4 to 10: 3 4 2 3 4 2 3, mean 3, standard deviation 0.8165; 3 + 3.0902 × 0.8165.
    assert!((value(&rows, "upper", 1).unwrap() - 5.5232).abs() < 1e-3, "{:?}", value(&rows, "upper", 1));
}

#[test]
fn what_does_not_grow_does_not_double() {
    let days: Vec<i32> = (0..14).collect();
    let series = |cases: Vec<i64>| {
        let days: ArrayRef = Arc::new(Date32Array::from(days.clone()));
        made("doubling()", batch(vec![("day", days), ("cases", ints(&cases))]).unwrap())
    };
    let growing = series((0..14).map(|n| (100.0 * 2f64.powf(f64::from(n) / 7.0)).round() as i64).collect());
    assert!((value(&growing, "value", 0).unwrap() - 7.0).abs() < 0.05);
    let falling = series((0..14).rev().map(|n| 10 + n * 10).collect());
    assert_eq!(value(&falling, "value", 0), None);
    assert!(value(&falling, "growth", 0).unwrap() < 0.0);
}

#[test]
fn shares_of_a_whole_add_up_to_it() {
    let name: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "c", "d"]));
    let cases = ints(&[3, 5, 2, 0]);
    let rows = batch(vec![("age", name), ("cases", cases), ("total", ints(&[10, 10, 10, 0]))]);
    let rows = made("share()", rows.unwrap());
    let shares: Vec<Option<f64>> = numbers(&rows, "value").unwrap();
    assert!((shares[..3].iter().flatten().sum::<f64>() - 100.0).abs() < 1e-9, "{shares:?}");
    let reason = rows.column_by_name("reason").unwrap().as_string::<i32>().clone();
    assert_eq!((shares[3], reason.value(3)), (None, Reason::NoTrials.ja()));
}
