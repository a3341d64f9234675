//! Alerts: is the last count of each name above what those before lead us to expect?

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use super::columns::{batch, day_or_none, days, floats, grouped, named, numbers};
use crate::measure::ears::{Method, Settings, Verdict, judge};
use crate::measure::farrington::{self, Step};
use crate::measure::reason::{Reason, Unit};

/// Where nothing came for weeks one case is no alarm: the spread is taken to be no less (Burkom's floor).
const LEAST_SPREAD: f64 = 0.5;

/// One row for each name: its last week or day against those before, and against the same season of past years. `asked`: the
/// first day that was asked for.
pub fn alerts(rows: &RecordBatch, years: usize, step: Step, asked: Date) -> Result<RecordBatch, ArrowError> {
    let judged = Table::of(rows)?;
    let last = |counts: &[Option<f64>]| counts.len().saturating_sub(1);
    let settings = farrington::Settings { years, ..farrington::Settings::noufaily_2013().by(step) };
    let seasonal: Vec<Result<farrington::Verdict, Reason>> = judged
        .counts
        .iter()
        .zip(&judged.first)
        .map(|(counts, first)| {
            let first = first.ok_or(Reason::NoCases)?;
            let series = farrington::Series { first, step, counts, population: None };
            // The record begins before the days asked for, or it does not reach back as far as them.
            let short = Reason::HistoryTooShort {
                since: first,
                have: counts.len(),
                unit: unit(step),
                years,
                by_choice: first <= asked,
            };
            farrington::judge(&series, last(counts), &settings).map_err(|why| match why {
                Reason::SeriesTooShort { .. } => short,
                other => other,
            })
        })
        .collect();
    let both = || judged.recent.iter().zip(&seasonal);
    let alarm = both().map(|(recent, seasonal)| {
        let mut words = recent.loud();
        if seasonal.as_ref().is_ok_and(|v| v.alarm) {
            words.push("例年");
        }
        words
    });
    let why = both().map(|(recent, seasonal)| {
        let mut parts = recent.parts();
        parts.push(("例年", seasonal.as_ref().err()));
        why(&parts, unit(step))
    });
    let (alarm, why) = (alarm.collect(), why.collect());
    let season =
        |part: fn(&farrington::Verdict) -> f64| floats(seasonal.iter().map(|f| f.as_ref().ok().map(part)));
    let of_years = vec![("years_expected", season(|v| v.expected)), ("years_upper", season(|v| v.upper))];
    judged.batch(rows, step.days(), of_years, alarm, why)
}

/// A row for each name, its last period judged by EARS. Without any name one row says why.
struct Table {
    groups: Vec<Vec<usize>>,
    counts: Vec<Vec<Option<f64>>>,
    /// First and last day or week of each name.
    first: Vec<Option<Date>>,
    last: Vec<Option<Date>>,
    recent: Vec<Recent>,
}

impl Table {
    fn of(rows: &RecordBatch) -> Result<Self, ArrowError> {
        let (cases, periods) = (numbers(rows, "cases")?, days(rows, "day")?);
        let mut groups = grouped(rows)?;
        if groups.is_empty() {
            groups.push(Vec::new());
        }
        let counts: Vec<Vec<Option<f64>>> =
            groups.iter().map(|group| group.iter().map(|row| cases[*row]).collect()).collect();
        let at = |row: Option<&usize>| row.and_then(|row| periods[*row]);
        Ok(Self {
            recent: counts.iter().map(|counts| Recent::of(counts)).collect(),
            first: groups.iter().map(|group| at(group.first())).collect(),
            last: groups.iter().map(|group| at(group.last())).collect(),
            counts,
            groups,
        })
    }

    /// The answer; `length` is that of a period in days.
    fn batch(
        &self,
        rows: &RecordBatch,
        length: i64,
        of_years: Vec<(&'static str, ArrayRef)>,
        alarm: Vec<Vec<&'static str>>,
        why: Vec<Option<String>>,
    ) -> Result<RecordBatch, ArrowError> {
        let part = |of: fn(&Recent) -> &Found, part: fn(&Verdict) -> f64| {
            floats(self.recent.iter().map(|recent| of(recent).as_ref().ok().map(part)))
        };
        let value = floats(self.counts.iter().map(|c| c.last().copied().flatten()));
        let until = |from: &Option<Date>| from.and_then(|from| from.checked_add((length - 1).days()).ok());
        let alarm = alarm.iter().map(|words| (!words.is_empty()).then(|| words.join(" ")));
        let mut columns = vec![
            named(rows, &self.groups)?,
            ("value", cast(&value, &DataType::Int64)?),
            ("expected", part(|r| &r.c2, |v| v.expected)),
            ("c1_upper", part(|r| &r.c1, |v| v.upper)),
            ("upper", part(|r| &r.c2, |v| v.upper)),
            ("c3_upper", part(|r| &r.c3, |v| v.upper)),
        ];
        columns.extend(of_years);
        columns.extend([
            ("alarm", Arc::new(alarm.collect::<StringArray>()) as ArrayRef),
            ("judged_from", day_or_none(self.last.iter().copied())),
            ("judged_to", day_or_none(self.last.iter().map(until))),
            ("reason", Arc::new(why.into_iter().collect::<StringArray>())),
        ]);
        batch(columns)
    }
}

type Found = Result<Verdict, Reason>;

/// The last count of a series by all methods of EARS.
struct Recent {
    c1: Found,
    c2: Found,
    c3: Found,
}

impl Recent {
    fn of(counts: &[Option<f64>]) -> Self {
        let judged = |method| {
            let at = counts.len().checked_sub(1).ok_or(Reason::NoCases)?;
            judge(counts, at, &Settings { min_sigma: LEAST_SPREAD, ..Settings::usual(method) })
        };
        Self { c1: judged(Method::C1), c2: judged(Method::C2), c3: judged(Method::C3) }
    }

    fn named(&self) -> [(&'static str, &Found); 3] {
        [("C1", &self.c1), ("C2", &self.c2), ("C3", &self.c3)]
    }

    /// The methods that alarm.
    fn loud(&self) -> Vec<&'static str> {
        let loud = self.named().into_iter().filter(|(_, found)| found.as_ref().is_ok_and(|v| v.alarm));
        loud.map(|(name, _)| name).collect()
    }

    fn parts(&self) -> Vec<(&'static str, Option<&Reason>)> {
        self.named().into_iter().map(|(name, found)| (name, found.as_ref().err())).collect()
    }
}

const fn unit(step: Step) -> Unit {
    match step {
        Step::Day => Unit::Day,
        Step::Week => Unit::Week,
    }
}

/// Which methods could not speak, and why: `例年: 記録は2026-08-03から（16週）。5年分が必要`. Where none could for one reason, that
/// alone.
fn why(parts: &[(&'static str, Option<&Reason>)], unit: Unit) -> Option<String> {
    let mut told: Vec<(Cow<'static, str>, Vec<&str>)> = Vec::new();
    for (name, reason) in parts {
        let Some(reason) = reason.map(|reason| reason.in_full_by(unit)) else { continue };
        match told.iter_mut().find(|(said, _)| *said == reason) {
            Some((_, names)) => names.push(name),
            None => told.push((reason, vec![name])),
        }
    }
    match told.as_slice() {
        [] => None,
        [(reason, names)] if names.len() == parts.len() => Some(reason.to_string()),
        all => {
            let each = all.iter().map(|(reason, names)| {
                let names = names.join("・").replace("C1・C2・C3", "直近");
                format!("{names}: {reason}")
            });
            Some(each.collect::<Vec<_>>().join(" "))
        }
    }
}

#[cfg(test)]
#[path = "aberration_tests.rs"]
mod tests;
