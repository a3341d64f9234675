//! How long people stay in hospital: Kaplan–Meier by age band, and over all.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;
use jiff::civil::Date;

use super::Days;
use super::columns::{batch, days, floats, numbers, reasons, words};
use crate::measure::intervals::Level;
use crate::measure::reason::Reason;
use crate::measure::survival::{CurveLimits, Stay, kaplan_meier};
use crate::measure::survival_curve::{Curve, StayQuantile};

/// All ages together, in the first column.
pub const ALL: &str = "全体";
/// Why there is no step: all are in still.
const NOBODY_LEFT: &str = "退院した者なし";

/// The stays of each band in the order in which the bands come, all together first. Whose age is not known is in no
/// band but in all.
fn by_band(rows: &RecordBatch, window: Days) -> Result<Vec<(String, Vec<Stay>)>, ArrowError> {
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

fn estimated(stays: &[Stay]) -> Result<Curve, Reason> {
    kaplan_meier(stays, Level::P95, CurveLimits::Log)
}

/// One row a band: median with its limits, quartiles, how many stays, how many still in.
pub fn length(rows: &RecordBatch, window: Days) -> Result<RecordBatch, ArrowError> {
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

/// One row a step of each band's curve, per cent still in; where there is no step, one row that says why.
pub fn curve(rows: &RecordBatch, window: Days) -> Result<RecordBatch, ArrowError> {
    let (mut band, mut since, mut at_risk) = (Vec::new(), Vec::new(), Vec::new());
    let (mut value, mut lower, mut upper, mut why) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (name, stays) in by_band(rows, window)? {
        let curve = match estimated(&stays) {
            Ok(curve) => curve,
            Err(reason) if name == ALL => {
                why = vec![Some(reason.in_full())];
                break;
            }
            Err(_) => continue,
        };
        for step in curve.steps().iter().filter(|step| step.ended > 0) {
            band.push(name.clone());
            since.push(Some(step.time as i64));
            value.push(Some(step.survival * 100.0));
            lower.push(step.limits.map(|limits| limits.lower * 100.0));
            upper.push(step.limits.map(|limits| limits.upper * 100.0));
            at_risk.push(Some(i64::try_from(step.at_risk).unwrap_or(i64::MAX)));
            why.push(None);
        }
    }
    if band.is_empty() {
        // Nobody, or nobody seen to leave: one row says which.
        band.push(ALL.to_owned());
        since.push(None);
        at_risk.push(None);
        for column in [&mut value, &mut lower, &mut upper] {
            column.push(None);
        }
        why.resize(1, Some(NOBODY_LEFT.into()));
    }
    batch(vec![
        ("band", names(band.iter().map(String::as_str))),
        ("days", Arc::new(Int64Array::from(since))),
        ("value", floats(value.into_iter())),
        ("lower", floats(lower.into_iter())),
        ("upper", floats(upper.into_iter())),
        ("at_risk", Arc::new(Int64Array::from(at_risk))),
        ("reason", Arc::new(why.into_iter().collect::<StringArray>())),
    ])
}

fn names<'a>(words: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(words.map(Some).collect::<StringArray>())
}

#[cfg(test)]
#[path = "stays_tests.rs"]
mod tests;
