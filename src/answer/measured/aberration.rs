//! Alerts: is the last count of each name above what those before lead us to expect?

use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::columns::{batch, days, floats, grouped, named, numbers, reasons};
use crate::measure::ears::{Method, Settings, Verdict, judge};
use crate::measure::farrington;
use crate::measure::reason::Reason;

/// Where nothing came for weeks one case is no alarm: the spread is taken to be no less (Burkom's floor).
const LEAST_SPREAD: f64 = 0.5;

/// One row for each name: its last day against those before.
pub fn ears(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let cases = numbers(rows, "cases")?;
    let groups = grouped(rows)?;
    let found: Vec<Judged> = groups
        .iter()
        .map(|group| Judged::of(&group.iter().map(|row| cases[*row]).collect::<Vec<_>>()))
        .collect();
    let words = found.iter().map(|one| (!one.loud.is_empty()).then(|| one.loud.join(" ")));
    let found: Vec<_> = found.iter().map(|one| one.c2.clone()).collect();
    let part = |part: fn(&Verdict) -> f64| floats(found.iter().map(|f| f.as_ref().ok().map(part)));
    let last = groups.iter().map(|group| group.last().and_then(|row| cases[*row]));
    batch(vec![
        named(rows, &groups)?,
        ("value", cast(&floats(last), &DataType::Int64)?),
        ("expected", part(|v| v.expected)),
        ("upper", part(|v| v.upper)),
        ("alarm", Arc::new(words.collect::<StringArray>())),
        ("reason", reasons(&found)),
    ])
}

/// One row for each name: its last week against the weeks before, and against the same season of past years.
pub fn alerts(rows: &RecordBatch, years: usize) -> Result<RecordBatch, ArrowError> {
    let (cases, weeks) = (numbers(rows, "cases")?, days(rows, "day")?);
    let groups = grouped(rows)?;
    let counts: Vec<Vec<Option<f64>>> =
        groups.iter().map(|group| group.iter().map(|row| cases[*row]).collect()).collect();
    let last = |counts: &[Option<f64>]| counts.len().saturating_sub(1);
    let recent: Vec<Judged> = counts.iter().map(|c| Judged::of(c)).collect();
    let settings = farrington::Settings { years, ..farrington::Settings::noufaily_2013() };
    let seasonal: Vec<Result<farrington::Verdict, Reason>> = groups
        .iter()
        .zip(&counts)
        .map(|(group, counts)| {
            let first = group.first().and_then(|row| weeks[*row]).ok_or(Reason::NoValues)?;
            let series = farrington::Series { first, step: farrington::Step::Week, counts, population: None };
            farrington::judge(&series, last(counts), &settings)
        })
        .collect();
    let words = recent.iter().zip(&seasonal).map(|(recent, seasonal)| {
        let mut words = recent.loud.clone();
        if seasonal.as_ref().is_ok_and(|v| v.alarm) {
            words.push("Farrington");
        }
        (!words.is_empty()).then(|| words.join(" "))
    });
    let part = |part: fn(&Verdict) -> f64| floats(recent.iter().map(|r| r.c2.as_ref().ok().map(part)));
    let season =
        |part: fn(&farrington::Verdict) -> f64| floats(seasonal.iter().map(|f| f.as_ref().ok().map(part)));
    batch(vec![
        named(rows, &groups)?,
        ("value", cast(&floats(counts.iter().map(|c| c.last().copied().flatten())), &DataType::Int64)?),
        ("expected", part(|v| v.expected)),
        ("upper", part(|v| v.upper)),
        ("years_expected", season(|v| v.expected)),
        ("years_upper", season(|v| v.upper)),
        ("alarm", Arc::new(words.collect::<StringArray>())),
        ("reason", reasons(&seasonal)),
    ])
}

/// The last count of a series by all methods of EARS.
struct Judged {
    c2: Result<Verdict, Reason>,
    loud: Vec<&'static str>,
}

impl Judged {
    fn of(counts: &[Option<f64>]) -> Self {
        let at = counts.len().saturating_sub(1);
        let judged =
            |method| judge(counts, at, &Settings { min_sigma: LEAST_SPREAD, ..Settings::usual(method) });
        let methods = [(Method::C1, "C1"), (Method::C2, "C2"), (Method::C3, "C3")];
        let loud = methods.into_iter().filter(|(method, _)| judged(*method).is_ok_and(|v| v.alarm));
        Self { c2: judged(Method::C2), loud: loud.map(|(_, name)| name).collect() }
    }
}

#[cfg(test)]
#[path = "aberration_tests.rs"]
mod tests;
