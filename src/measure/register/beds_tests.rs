//! Made-up wards whose occupancy and history are known by hand.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::beds_ahead::ahead;
use super::beds_reached::reached;
use super::beds_tested::{tested, verdict};
use crate::epi::reason::Reason;
use crate::measure::beds::backtest::HorizonScore;
use crate::measure::beds::ward::Ward;
use crate::measure::beds::{Settings, project};
use crate::measure::columns::{batch, days, floats, numbers, words};
use crate::measure::intervals::Estimate;
use crate::measure::nowcast::{self, History};
use crate::measure::paired::Compared;
use crate::measure::score::Coverage;

const FIRST: Date = date(2026, 1, 1);

/// A stay: band, first day, last day, and the days on which its beginning and its end became known.
#[derive(Clone, Debug)]
struct Reported {
    band: Option<&'static str>,
    from: Date,
    to: Option<Date>,
    known: Date,
    end_known: Date,
}

fn on(day: i64) -> Date {
    FIRST.checked_add(day.days()).unwrap()
}

/// One stay by days since the first; its end becomes known on the day it happens.
fn told(band: Option<&'static str>, from: i64, to: Option<i64>, known: i64) -> Reported {
    let end_known = on(to.unwrap_or(0).max(known));
    Reported { band, from: on(from), to: to.map(on), known: on(known), end_known }
}

/// The rows that the query gives: stays as known by the day of the view, and what became known when.
fn rows(stays: &[Reported], view: Date, secured: Option<f64>, others: Option<f64>) -> RecordBatch {
    type Row = (Option<&'static str>, Date, Option<Date>, Option<Date>, i64);
    let mut all: Vec<Row> = Vec::new();
    for stay in stays.iter().filter(|stay| stay.known <= view) {
        let ended = stay.to.filter(|_| stay.end_known <= view);
        all.push((stay.band, stay.from, ended, None, 1));
        let first = stay.to.filter(|_| stay.end_known == stay.known);
        all.push((stay.band, stay.from, first, Some(stay.known), 1));
        if ended != first {
            all.push((stay.band, stay.from, None, Some(stay.end_known), -1));
            all.push((stay.band, stay.from, ended, Some(stay.end_known), 1));
        }
    }
    let days = |of: fn(&Row) -> Option<Date>| -> ArrayRef {
        let epoch = date(1970, 1, 1);
        let days = all.iter().map(|row| of(row).map(|day| (day - epoch).get_days()));
        Arc::new(days.collect::<arrow::array::Date32Array>())
    };
    batch(vec![
        ("band", Arc::new(all.iter().map(|row| row.0).collect::<StringArray>())),
        ("from_day", days(|row| Some(row.1))),
        ("to_day", days(|row| row.2)),
        ("known_day", days(|row| row.3)),
        ("stays", Arc::new(all.iter().map(|row| row.4).collect::<Int64Array>())),
        ("secured", floats(all.iter().map(|_| secured))),
        ("others", floats(all.iter().map(|_| others))),
        ("left_out", Arc::new(all.iter().map(|_| None::<&str>).collect::<StringArray>())),
    ])
    .unwrap()
}

/// Six admissions a day, of which the first three become known on the day and the others one to three days later; each
/// stays 4 to 11 days, 7.5 on average.
fn steady(days: i64, bands: &[Option<&'static str>]) -> Vec<Reported> {
    let one = |day: i64, nth: i64| {
        let length = 4 + (day + 3 * nth) % 8;
        let band = bands[((day + nth) % bands.len() as i64).unsigned_abs() as usize];
        told(band, day, Some(day + length), day + (nth - 2).max(0))
    };
    (0..days).flat_map(|day| (0..6).map(move |nth| one(day, nth))).collect()
}

/// Each row has its number, finite and (but for differences) not negative, or a reason; never both, never neither.
fn number_or_reason(made: &RecordBatch) {
    for (field, column) in made.schema().fields().iter().zip(made.columns()) {
        if field.data_type() == &DataType::Float64 {
            let values = numbers(made, field.name()).unwrap();
            let difference = field.name().starts_with("than_");
            assert!(
                values.iter().flatten().all(|v| v.is_finite() && (difference || *v >= 0.0)),
                "{}: {column:?}",
                field.name()
            );
        }
    }
    let (values, why) = (numbers(made, "value").unwrap(), words(made, "reason").unwrap());
    for (value, why) in values.iter().zip(&why) {
        assert!(value.is_some() != why.is_some(), "{value:?} {why:?}");
    }
}

/// All three answers of a ward.
fn answers(stays: &[Reported], view: Date, secured: Option<f64>, others: Option<f64>) -> [RecordBatch; 3] {
    let rows = rows(stays, view, secured, others);
    let made =
        [ahead(&rows, 21, view), reached(&rows, 21, view), tested(&rows, 21, view)].map(Result::unwrap);
    assert_eq!(made.each_ref().map(RecordBatch::num_rows), [21, 1, 3]);
    made.iter().for_each(number_or_reason);
    made
}

fn first_reason(made: &RecordBatch) -> Option<String> {
    words(made, "reason").unwrap()[0].clone()
}

#[test]
fn what_was_known_on_a_day() {
    // In from day 1 to day 5, told on day 2; the end was told on day 7.
    let stay = Reported { end_known: on(7), ..told(None, 1, Some(5), 2) };
    let ward = Ward::read(&rows(&[stay], on(10), None, None)).unwrap();
    let known = |day: i64| -> Vec<(Option<Date>, i64)> {
        ward.known_on(on(day)).into_iter().map(|(kept, stays)| (kept.to, stays)).collect()
    };
    assert_eq!(known(1), []);
    assert_eq!((known(2), known(6)), (vec![(None, 1)], vec![(None, 1)]));
    assert_eq!((known(7), known(10)), (vec![(Some(on(5)), 1)], vec![(Some(on(5)), 1)]));
}

#[test]
fn occupancy_by_hand() {
    let stays = [
        told(Some("a"), 1, Some(4), 1),
        told(None, 2, None, 2),
        // Gone on the day of admission; gone before it: no bed overnight.
        told(None, 3, Some(3), 3),
        told(Some("a"), 5, Some(2), 5),
    ];
    let ward = Ward::read(&rows(&stays, on(6), None, None)).unwrap();
    let expected = [0.0, 1.0, 2.0, 2.0, 1.0, 1.0].map(Some);
    assert_eq!(ward.occupancy(on(0), on(5)), expected);
    let known: Vec<i64> = ward.known_on(on(6)).into_values().collect();
    assert_eq!(known, [1, 1]);
}

#[test]
fn a_steady_ward_is_projected_steady() {
    let view = on(150);
    let stays = steady(151, &[Some("40歳未満"), Some("70歳以上"), None]);
    let [ahead, reached, tested] = answers(&stays, view, Some(60.0), Some(20.0));
    // Little's law: 6 a day for 7.5 days are 45.
    for value in numbers(&ahead, "value").unwrap() {
        let value = value.unwrap();
        assert!((value - 45.0).abs() < 6.0, "{value}");
    }
    assert_eq!(numbers(&ahead, "limit").unwrap(), [Some(40.0); 21]);
    // 45 are in, 40 beds are left for ours: reached on the first day, but where many go at once and few come.
    assert!(numbers(&reached, "value").unwrap()[0].is_some_and(|chance| chance >= 97.0));
    assert_eq!(days(&reached, "middle").unwrap(), [Some(view)]);
    let forecasts = numbers(&tested, "forecasts").unwrap();
    assert!(forecasts.iter().all(|n| n.is_some_and(|n| n >= 20.0)), "{forecasts:?}");
    // A day without news of admissions, and beds without end: no day on which they are taken.
    let [_, never, _] = answers(&stays, view, Some(100_000.0), None);
    assert_eq!(numbers(&never, "value").unwrap(), [Some(0.0)]);
    assert_eq!((days(&never, "middle").unwrap(), first_reason(&never)), (vec![None], None));
}

#[test]
fn beds_that_others_have_taken_are_none_left() {
    let stays = steady(100, &[None]);
    let [ahead, reached, _] = answers(&stays, on(99), Some(20.0), Some(30.0));
    assert_eq!(numbers(&ahead, "limit").unwrap()[0], Some(0.0));
    assert_eq!(numbers(&reached, "value").unwrap(), [Some(100.0)]);
}

#[test]
fn no_capacity_is_a_reason_of_its_own() {
    let [ahead, reached, tested] = answers(&steady(100, &[None]), on(99), None, None);
    assert_eq!(numbers(&ahead, "limit").unwrap()[0], None);
    assert_eq!((first_reason(&ahead), first_reason(&tested)), (None, None), "these need none");
    assert_eq!(first_reason(&reached).as_deref(), Some(Reason::NoCapacity.ja()));
}

#[test]
fn what_can_not_be_projected_says_why() {
    let view = on(40);
    let none = answers(&[], view, None, None);
    assert_eq!(first_reason(&none[0]).as_deref(), Some(Reason::NoHistory.ja()));
    // Each ends before it begins, or on the day.
    let impossible: Vec<Reported> = (20..40).map(|day| told(None, day, Some(day - day % 3), day)).collect();
    // One that came long ago and is in still.
    let one = [told(None, 2, None, 2)];
    let short = steady(3, &[None]);
    for (stays, why) in
        [(&impossible[..], Reason::NoHistory), (&one, Reason::EmptyBaseline), (&short, Reason::EmptyBaseline)]
    {
        let [ahead, reached, _] = answers(stays, view, Some(30.0), Some(1.0));
        for made in [ahead, reached] {
            assert!(
                words(&made, "reason").unwrap().iter().all(|said| said.as_deref() == Some(why.ja())),
                "{made:?}"
            );
        }
    }
    // A fortnight of news is too short a series for a trend of 17 days from its own past: nothing was tried.
    let [.., tested] = answers(&steady(14, &[None]), on(13), Some(30.0), None);
    assert!(words(&tested, "reason").unwrap().iter().all(Option::is_some), "{tested:?}");
}

#[test]
fn those_of_unknown_age_alone_are_projected_by_the_curve_of_all() {
    let of = |band: Option<&'static str>| answers(&steady(120, &[band]), on(119), Some(60.0), None);
    let [ahead, ..] = of(None);
    assert_eq!(first_reason(&ahead), None);
    assert_eq!(ahead, of(Some("70歳以上"))[0], "one band is all");
}

#[test]
fn a_verdict_is_given_where_there_is_a_score() {
    let [.., tested] = answers(&steady(150, &[None]), on(149), None, None);
    let verdict = tested.column_by_name("verdict").unwrap().as_string::<i32>().clone();
    let column = |name: &str| numbers(&tested, name).unwrap();
    for row in 0..tested.num_rows() {
        let better = ["than_last", "than_week"].iter().all(|than| {
            let score = if *than == "than_last" { "last_value" } else { "week_mean" };
            let (own, other) = (column("value")[row].unwrap(), column(score)[row].unwrap());
            assert!((column(than)[row].unwrap() - (own - other)).abs() < 1e-9);
            column(&format!("{than}_upper"))[row].unwrap() < 0.0
        });
        assert_eq!(verdict.value(row).starts_with("前日値・週平均の両方より良い"), better, "row {row}");
        let behind = column("mase")[row].unwrap() > 1.0;
        assert_eq!(verdict.value(row).contains("（中央値は前日値に劣る）"), behind, "row {row}");
    }
    assert_eq!(verdict.null_count(), 0);
}

#[test]
fn a_lower_mean_alone_is_no_verdict() {
    let than = |lower: f64, upper: f64| {
        Ok(Compared { difference: Estimate { value: f64::midpoint(lower, upper), lower, upper }, spans: 9 })
    };
    let said = |than_last, than_week, mase| {
        verdict(&HorizonScore {
            horizon: 7,
            origins: 40,
            wis: 1.8,
            wis_last_value: 2.0,
            wis_week_mean: 2.1,
            coverage: Coverage::default(),
            mase,
            than_last,
            than_week,
        })
    };
    assert_eq!(
        said(than(-0.4, 0.1), than(-0.6, 0.2), Ok(1.05)),
        "優劣は判定できない（中央値は前日値に劣る）"
    );
    assert_eq!(said(than(-0.4, -0.1), than(-0.6, -0.2), Ok(0.9)), "前日値・週平均の両方より良い");
    assert_eq!(said(than(-0.4, 0.1), than(-0.6, -0.2), Err(Reason::NoScale)), "前日値との優劣は判定できない");
    assert_eq!(said(than(0.1, 0.4), than(-0.6, -0.2), Ok(1.0)), "前日値に劣る");
    assert_eq!(
        said(than(-0.4, -0.1), than(-0.6, 0.2), Ok(1.2)),
        "週平均との優劣は判定できない（中央値は前日値に劣る）"
    );
    let few = || Err(Reason::TooFew { have: 2, need: 3 });
    assert_eq!(said(few(), few(), Ok(1.2)), "試行が少なく判定せず");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    /// What becomes known later changes nothing that is projected from an earlier day: no stay that comes later, no end
    /// that is told later, no age band that nobody had been in.
    #[test]
    fn no_projection_of_the_past_sees_its_future(
        later in prop::collection::vec((0..3_usize, 1..100_i64, 0..30_i64, 62..100_i64), 1..40),
        taken in 62..100_i64,
    ) {
        let (day, view) = (on(60), on(100));
        let bands = [None, Some("40歳未満"), Some("a band of its own")];
        let base = steady(101, &[Some("40歳未満"), Some("70歳以上")]);
        let mut more = base.clone();
        more.extend(later.into_iter().map(|(band, from, length, known)| {
            let stay = told(bands[band], from.min(known), Some(from.min(known) + length), known);
            Reported { end_known: stay.end_known.max(on(known)), ..stay }
        }));
        let groups = |stays: &[Reported]| {
            let ward = Ward::read(&rows(stays, view, None, None)).unwrap();
            let triangle = ward.triangle(view).unwrap();
            let settings = nowcast::Settings::default();
            let history = History::prepare(&triangle, settings, on(61), view).unwrap();
            ward.groups(day, &history).unwrap()
        };
        let (before, after) = (groups(&base), groups(&more));
        prop_assert_eq!(&before, &after);
        let settings = Settings { paths: 100, ..Settings::default() };
        prop_assert_eq!(project(&before, &settings), project(&after, &settings));
        // One of those in on the day is told, later, to have gone before it.
        let mut corrected = base.clone();
        let place = corrected.iter().position(|stay| stay.from == on(58)).unwrap();
        corrected[place].to = Some(on(59));
        corrected[place].end_known = on(taken);
        let mut still_in = base;
        still_in[place].end_known = on(taken);
        prop_assert_eq!(groups(&corrected), groups(&still_in));
    }
}
