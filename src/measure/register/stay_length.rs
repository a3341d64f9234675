//! `stay_length()`: from stays by `band`, how long they last, with those still in censored.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;
use jiff::civil::Date;

use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::reason::Reason;
use crate::measure::columns::{batch, days, floats, numbers, reasons, words};
use crate::measure::common::{BAND, LOWER, REASON, UPPER, VALUE};
use crate::measure::intervals::Level;
use crate::measure::method::{Beside, Days, Formula, Making, Method, Part, USUAL};
use crate::measure::survival::{Stay, kaplan_meier};
use crate::measure::survival_curve::{Curve, StayQuantile};

/// Stays that are alike, by band, first and last day.
pub(super) const STAYS: &[Column] = &[
    BAND,
    Column::new("from_day", Role::Other),
    Column::new("to_day", Role::Other),
    Column::new("stays", Role::Count),
];

pub(super) const FORMULA: Formula = Formula {
    ja: "入院から退院までの日数の Kaplan–Meier 推定。在院中の者は打ち切り、期間の初めにすでに入院していた者は左側切断。\
         95%信頼区間は Greenwood の分散による対数変換（Kaplan & Meier, JASA 1958）",
    en: "Kaplan–Meier estimate of the days from admission to discharge; those still in are censored, those \
         already in when the window opens are left-truncated; 95 % limits from Greenwood's variance on the \
         logarithmic scale (Kaplan & Meier, JASA 1958)",
};

pub static METHOD: Method = Method {
    name: "stay_length",
    needs: STAYS,
    makes: &[
        Part::Made(BAND),
        Part::Made(VALUE),
        Part::Made(LOWER),
        Part::Made(UPPER),
        Part::Made(Column::new("quarter", Role::Quartile).own()),
        Part::Made(Column::new("three_quarters", Role::Quartile).own()),
        Part::Made(Column::new("stays", Role::Count)),
        Part::Made(Column::new("still_in", Role::Count)),
        Part::Made(REASON),
    ],
    formula: |_| FORMULA,
    making: Making::Rows(|_: &MeasureCall, rows: &RecordBatch, beside: &Beside<'_>| {
        length(rows, beside.days)
    }),
    ..USUAL
};

/// All ages together, in the first column.
pub(super) const ALL: &str = "全体";
/// The stays of each band in the order in which the bands come, all together first. Whose age is not known is in no
/// band but in all.
pub(super) fn by_band(rows: &RecordBatch, window: Days) -> Result<Vec<(String, Vec<Stay>)>, ArrowError> {
    let (bands, counts) = (words(rows, "band")?, numbers(rows, "stays")?);
    let (from, to) = (days(rows, "from_day")?, days(rows, "to_day")?);
    let last = window.to.min(window.view);
    let mut found: Vec<(String, Vec<Stay>)> = vec![(ALL.to_owned(), Vec::new())];
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for row in 0..rows.num_rows() {
        let (Some(first), Some(count)) = (from[row], counts[row]) else { continue };
        let since = |day: Date| f64::from((day - first).get_days());
        let (entry, exit) = (since(window.from.max(first)), since(to[row].unwrap_or(last)));
        let stay = Stay { entry, exit, ended: to[row].is_some() };
        let copies = std::iter::repeat_n(stay, count.max(0.0) as usize);
        found[0].1.extend(copies.clone());
        if let Some(band) = bands[row].as_deref() {
            let place = *places.entry(band).or_insert_with(|| {
                found.push((band.to_owned(), Vec::new()));
                found.len() - 1
            });
            found[place].1.extend(copies);
        }
    }
    Ok(found)
}

pub(super) fn estimated(stays: &[Stay]) -> Result<Curve, Reason> {
    kaplan_meier(stays, Level::P95)
}

/// One row a band: median with its limits, quartiles, how many stays, how many still in.
pub(super) fn length(rows: &RecordBatch, window: Days) -> Result<RecordBatch, ArrowError> {
    let bands = by_band(rows, window)?;
    let curves: Vec<Result<Curve, Reason>> = bands.iter().map(|(_, stays)| estimated(stays)).collect();
    let quantile = |p: f64| -> Vec<Result<StayQuantile, Reason>> {
        curves.iter().map(|curve| curve.as_ref().map_err(Clone::clone).and_then(|c| c.quantile(p))).collect()
    };
    let middle = quantile(0.5);
    let time = |found: &[Result<StayQuantile, Reason>], part: fn(&StayQuantile) -> Option<f64>| {
        floats(found.iter().map(|q| q.as_ref().ok().and_then(part)))
    };
    // Where no stay is known, how many there were is not known to be none.
    let count = |counted: fn(&[Stay]) -> usize| -> ArrayRef {
        let counted =
            |stays: &[Stay]| if stays.is_empty() { None } else { i64::try_from(counted(stays)).ok() };
        Arc::new(bands.iter().map(|(_, stays)| counted(stays)).collect::<Int64Array>())
    };
    batch(vec![
        ("band", names(bands.iter().map(|(band, _)| band.as_str()))),
        ("value", time(&middle, |q| Some(q.days))),
        ("lower", time(&middle, |q| q.lower)),
        ("upper", time(&middle, |q| q.upper)),
        ("quarter", time(&quantile(0.25), |q| Some(q.days))),
        ("three_quarters", time(&quantile(0.75), |q| Some(q.days))),
        ("stays", count(<[Stay]>::len)),
        ("still_in", count(|stays| stays.iter().filter(|stay| !stay.ended).count())),
        ("reason", reasons(&middle)),
    ])
}

pub(super) fn names<'a>(words: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(words.map(Some).collect::<StringArray>())
}
