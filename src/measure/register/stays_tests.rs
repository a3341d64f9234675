//! Curves of a few stays, reckoned by hand.

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch, StringArray};
use jiff::civil::{Date, date};

use super::stay_curve::{NOBODY_LEFT, curve};
use super::stay_length::{ALL, length};
use crate::epi::reason::Reason;
use crate::measure::columns::{batch, day_column, numbers, words};
use crate::measure::method::Days;

type Told = (Option<&'static str>, Date, Option<Date>, i64);

const JUNE: Days = Days { from: date(2026, 6, 1), to: date(2026, 6, 30), view: date(2026, 6, 30) };

fn rows(stays: &[Told]) -> RecordBatch {
    let epoch = date(1970, 1, 1);
    let to = stays.iter().map(|stay| stay.2.map(|day| (day - epoch).get_days()));
    batch(vec![
        ("band", Arc::new(stays.iter().map(|stay| stay.0).collect::<StringArray>())),
        ("from_day", day_column(stays.iter().map(|stay| stay.1))),
        ("to_day", Arc::new(to.collect::<arrow::array::Date32Array>())),
        ("stays", Arc::new(stays.iter().map(|stay| stay.3).collect::<Int64Array>())),
    ])
    .unwrap()
}

fn june(day: i8) -> Date {
    date(2026, 6, day)
}

/// 3, 5 and 10 days and out; since the 24th and still in (6 days); and one of 14 days, seen from its seventh day on.
fn known_by_hand() -> Vec<Told> {
    vec![
        (Some("70歳以上"), june(1), Some(june(4)), 1),
        (Some("70歳以上"), june(2), Some(june(7)), 1),
        (Some("70歳以上"), june(5), Some(june(15)), 1),
        (Some("70歳以上"), june(24), None, 1),
        (Some("70歳以上"), date(2026, 5, 25), Some(june(8)), 1),
    ]
}

fn all_finite(made: &RecordBatch) {
    for name in ["value", "lower", "upper", "quarter", "three_quarters"] {
        let values = numbers(made, name).unwrap();
        assert!(values.iter().flatten().all(|v| v.is_finite() && *v >= 0.0), "{name} {values:?}");
    }
    let (values, why) = (numbers(made, "value").unwrap(), words(made, "reason").unwrap());
    for (value, why) in values.iter().zip(&why) {
        assert!(value.is_some() != why.is_some(), "{value:?} {why:?}");
    }
}

#[test]
fn the_curve_by_hand() {
    // Day 3: four at risk (the one seen from day 7 is not yet), S = 3/4. Day 5: three, S = 1/2. Day 6: one is censored.
    // Day 10: the one of 10 days and the one seen late, S = 1/4. Day 14: the last leaves.
    let made = curve(&rows(&known_by_hand()), JUNE).unwrap();
    let of = |name: &str| numbers(&made, name).unwrap();
    assert_eq!(of("days"), [3.0, 5.0, 10.0, 14.0, 3.0, 5.0, 10.0, 14.0].map(Some), "all ages, then the band");
    assert_eq!(of("at_risk"), [4.0, 3.0, 2.0, 1.0, 4.0, 3.0, 2.0, 1.0].map(Some));
    let shares = [75.0, 50.0, 25.0, 0.0];
    for (got, expected) in of("value").iter().zip(shares.iter().chain(&shares)) {
        assert!((got.unwrap() - expected).abs() < 1e-9, "{got:?} {expected}");
    }
    // Greenwood after day 3: 1/(4 × 3); 75 exp(−1.959964 √(1/12)) = 42.5932; the upper limit is cut at 100.
    assert!((of("lower")[0].unwrap() - 42.5932).abs() < 1e-4, "{:?}", of("lower")[0]);
    assert_eq!((of("upper")[0], of("upper")[3]), (Some(100.0), None), "nobody left: no limits");
}

#[test]
fn the_median_by_hand() {
    let made = length(&rows(&known_by_hand()), JUNE).unwrap();
    all_finite(&made);
    assert_eq!(words(&made, "band").unwrap(), [ALL, "70歳以上"].map(|b| Some(b.to_owned())));
    let of = |name: &str| numbers(&made, name).unwrap()[0];
    // S is a half from day 5 to day 10: the middle. Three quarters from 3 to 5; a quarter from 10 to 14.
    assert_eq!((of("value"), of("quarter"), of("three_quarters")), (Some(7.5), Some(4.0), Some(12.0)));
    assert_eq!((of("stays"), of("still_in")), (Some(5.0), Some(1.0)));
}

#[test]
fn counted_stays_are_so_many_stays() {
    let one_by_one =
        [(None, june(1), Some(june(4)), 1), (None, june(1), Some(june(4)), 1), (None, june(3), None, 1)];
    let counted = [(None, june(1), Some(june(4)), 2), (None, june(3), None, 1)];
    assert_eq!(length(&rows(&one_by_one), JUNE).unwrap(), length(&rows(&counted), JUNE).unwrap());
}

#[test]
fn those_of_unknown_age_are_in_no_band_but_in_all() {
    let made = length(&rows(&[(None, june(1), Some(june(4)), 3)]), JUNE).unwrap();
    all_finite(&made);
    assert_eq!(words(&made, "band").unwrap(), [Some(ALL.to_owned())]);
    assert_eq!(
        (numbers(&made, "value").unwrap()[0], numbers(&made, "stays").unwrap()[0]),
        (Some(3.0), Some(3.0))
    );
}

#[test]
fn no_curve_is_a_reason() {
    let none: &[Told] = &[];
    let backwards = [(Some("a"), june(9), Some(june(4)), 2)];
    let nobody_left = [(Some("a"), june(9), None, 2)];
    for (stays, why) in [
        (none, Reason::NoStays { refused: 0 }),
        (&backwards, Reason::NoStays { refused: 2 }),
        (&nobody_left, Reason::NotReached),
    ] {
        let made = length(&rows(stays), JUNE).unwrap();
        all_finite(&made);
        assert_eq!(words(&made, "reason").unwrap()[0].as_deref(), Some(&*why.in_full()), "{stays:?}");
        let made = curve(&rows(stays), JUNE).unwrap();
        assert_eq!(numbers(&made, "days").unwrap(), [None], "no step");
        let said = if why == Reason::NotReached { NOBODY_LEFT.into() } else { why.in_full() };
        assert_eq!(words(&made, "reason").unwrap(), [Some(said.into_owned())], "{stays:?}");
    }
}
