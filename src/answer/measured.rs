//! From a query's rows to an answer's: what the indicator's measure makes of them.

mod late;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Float64Array, RecordBatch, StringArray, UInt64Array,
};
use arrow::compute::{cast, filter_record_batch, take};
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use arrow::error::ArrowError;
use jiff::civil::Date;

use crate::catalog::measure::Measure;
use crate::catalog::reference::Standard;
use crate::measure::ears::{Method, Settings, Verdict, judge};
use crate::measure::growth::growth;
use crate::measure::intervals::{Estimate, Level, PoissonLimits};
use crate::measure::rate_ratio::{Group, rate_ratio};
use crate::measure::rates::rate;
use crate::measure::reason::Reason;
use crate::measure::rt::{RtSettings, cori};
use crate::measure::serial_interval::SerialInterval;
use crate::measure::standardised::{DirectLimits, Stratum, standardised};

/// The days that an answer is of: a series may have been read from before the first.
#[derive(Clone, Copy)]
pub(super) struct Days {
    pub from: Date,
    pub to: Date,
    /// The day of the moment asked for.
    pub view: Date,
}

/// Makes the answer's rows.
pub(super) fn apply(
    measure: &Measure,
    standards: &BTreeMap<String, Standard>,
    rows: RecordBatch,
    days: Days,
) -> Result<RecordBatch, ArrowError> {
    match measure {
        // Composites are put together by those who can ask.
        Measure::None | Measure::Against | Measure::ToDate => Ok(rows),
        Measure::Rate { per } => {
            let (cases, people) = (numbers(&rows, "cases")?, numbers(&rows, "population")?);
            let found = cases.iter().zip(&people).map(|(cases, people)| {
                rate(some(*cases)?, some(*people)?, *per, Level::P95, PoissonLimits::Byar)
            });
            beside(&rows, found.collect())
        }
        Measure::RateRatio => {
            let (cases, people) = (numbers(&rows, "cases")?, numbers(&rows, "population")?);
            let total = |all: &[Option<f64>]| all.iter().flatten().sum::<f64>();
            let (all_cases, all_people) = (total(&cases), total(&people));
            let found = cases.iter().zip(&people).map(|(cases, people)| {
                let (cases, people) = (some(*cases)?, some(*people)?);
                let own = Group { cases, person_time: people };
                let others = Group { cases: all_cases - cases, person_time: all_people - people };
                rate_ratio(own, others, Level::P95)
            });
            beside(&rows, found.collect())
        }
        Measure::Standardised { standard, per } => {
            let standard = standards.get(standard);
            by_name(&rows, |strata| match standard {
                Some(standard) => adjusted(standard, strata, *per),
                None => Err(Reason::NoBands),
            })
        }
        Measure::Rt { window, serial_interval } => reproduction(&rows, *window, serial_interval, days.from),
        Measure::Ears => alarms(&rows),
        Measure::Nowcast { longest } => late::nowcast(&rows, *longest, days),
        Measure::NowcastCoverage { longest } => late::coverage(&rows, *longest, days.view),
        Measure::Doubling => doubling(&rows),
    }
}

fn some(value: Option<f64>) -> Result<f64, Reason> {
    value.ok_or(Reason::DayMissing)
}

/// A column as numbers.
fn numbers(rows: &RecordBatch, name: &str) -> Result<Vec<Option<f64>>, ArrowError> {
    let column = rows.column_by_name(name);
    let column = column.ok_or_else(|| ArrowError::SchemaError(format!("there is no column {name}")))?;
    Ok(cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().iter().collect())
}

type Figures = Vec<Result<Estimate, Reason>>;

fn floats(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.collect::<Float64Array>())
}

fn reasons<T>(found: &[Result<T, Reason>]) -> ArrayRef {
    Arc::new(found.iter().map(|f| f.as_ref().err().map(Reason::ja)).collect::<StringArray>())
}

fn figure(found: &Figures) -> [(&'static str, ArrayRef); 3] {
    let part = |part: fn(&Estimate) -> f64| floats(found.iter().map(|f| f.as_ref().ok().map(part)));
    [("value", part(|e| e.value)), ("lower", part(|e| e.lower)), ("upper", part(|e| e.upper))]
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, ArrowError> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, c)| c).collect())
}

/// The figures after the first column, the query's other columns, the reasons.
fn beside(rows: &RecordBatch, found: Figures) -> Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let mut columns: Vec<(&str, ArrayRef)> =
        schema.fields().iter().zip(rows.columns()).map(|(f, c)| (f.name().as_str(), c.clone())).collect();
    let rest = columns.split_off(columns.len().min(1));
    columns.extend(figure(&found));
    columns.extend(rest);
    columns.push(("reason", reasons(&found)));
    batch(columns)
}

/// The rows of each name in the first column, in the order in which the names come.
fn grouped(rows: &RecordBatch) -> Result<Vec<Vec<usize>>, ArrowError> {
    let words = cast(rows.column(0), &DataType::Utf8)?;
    let words = words.as_string::<i32>();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for row in 0..rows.num_rows() {
        let key = words.is_valid(row).then(|| words.value(row));
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(row);
    }
    Ok(groups)
}

/// The first column, one row a group.
fn named<'a>(rows: &'a RecordBatch, groups: &[Vec<usize>]) -> Result<(&'a str, ArrayRef), ArrowError> {
    let first = UInt64Array::from_iter_values(groups.iter().filter_map(|g| g.first()).map(|row| *row as u64));
    Ok((rows.schema_ref().field(0).name().as_str(), take(rows.column(0), &first, None)?))
}

/// Those from an age on.
#[derive(Clone, Copy)]
struct Band {
    from: u16,
    cases: f64,
    people: f64,
}

/// One row for each name, from its rows by age.
fn by_name(
    rows: &RecordBatch,
    each: impl Fn(&[Band]) -> Result<(Estimate, f64), Reason>,
) -> Result<RecordBatch, ArrowError> {
    let (ages, cases) = (numbers(rows, "age_from")?, numbers(rows, "cases")?);
    let people = numbers(rows, "population")?;
    let groups = grouped(rows)?;
    let band =
        |row: &usize| Some(Band { from: ages[*row]? as u16, cases: cases[*row]?, people: people[*row]? });
    let strata: Vec<Vec<Band>> = groups.iter().map(|g| g.iter().filter_map(band).collect()).collect();
    let found: Vec<_> = strata.iter().map(|strata| each(strata)).collect();
    let figures: Figures = found.iter().map(|f| f.clone().map(|(estimate, _)| estimate)).collect();
    let crude = floats(found.iter().map(|f| f.as_ref().ok().map(|(_, crude)| *crude)));
    let cases = floats(strata.iter().map(|strata| Some(strata.iter().map(|s| s.cases).sum())));
    let mut columns = vec![named(rows, &groups)?];
    columns.extend(figure(&figures));
    columns.extend([
        ("crude", crude),
        ("cases", cast(&cases, &DataType::Int64)?),
        ("reason", reasons(&figures)),
    ]);
    batch(columns)
}

/// One row for each name: its last day against those before.
fn alarms(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let cases = numbers(rows, "cases")?;
    let groups = grouped(rows)?;
    let judged = |group: &Vec<usize>, method| {
        let counts: Vec<Option<f64>> = group.iter().map(|row| cases[*row]).collect();
        judge(&counts, counts.len().saturating_sub(1), &Settings::usual(method))
    };
    let found: Vec<_> = groups.iter().map(|group| judged(group, Method::C2)).collect();
    let words = groups.iter().map(|group| {
        let methods = [(Method::C1, "C1"), (Method::C2, "C2"), (Method::C3, "C3")];
        let loud = methods.into_iter().filter(|(method, _)| judged(group, *method).is_ok_and(|v| v.alarm));
        let words: Vec<&str> = loud.map(|(_, name)| name).collect();
        (!words.is_empty()).then(|| words.join(" "))
    });
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

/// The standardised rate of strata.
fn adjusted(standard: &Standard, strata: &[Band], per: f64) -> Result<(Estimate, f64), Reason> {
    let mut strata = strata.to_vec();
    strata.sort_by_key(|band| band.from);
    let ends = strata.iter().skip(1).map(|next| Some(next.from)).chain([None]);
    let bands: Vec<_> = strata.iter().map(|band| band.from).zip(ends).collect();
    let weights = standard.population.weights_for(&bands)?;
    let stratum =
        |(band, weight): (&Band, f64)| Stratum { cases: band.cases, population: band.people, weight };
    let strata: Vec<Stratum> = strata.iter().zip(weights).map(stratum).collect();
    let found = standardised(&strata, per, Level::P95, DirectLimits::Dobson)?;
    Ok((found.adjusted, found.crude))
}

/// Rt at the last day of each window, from the first day asked for on.
fn reproduction(
    rows: &RecordBatch,
    window: usize,
    interval: &SerialInterval,
    from: Date,
) -> Result<RecordBatch, ArrowError> {
    let cases = numbers(rows, "cases")?;
    let settings = RtSettings { window, ..RtSettings::default() };
    let mut found: Figures = vec![Err(Reason::BeforeOneSerialInterval); cases.len()];
    match cori(&cases, interval, &settings) {
        Ok(windows) => {
            for one in windows {
                let estimate = |rt: crate::measure::rt::Rt| Estimate {
                    value: rt.mean,
                    lower: rt.lower,
                    upper: rt.upper,
                };
                found[one.end] = one.rt.map(estimate);
            }
        }
        Err(why) => found.fill(Err(why)),
    }
    let all = beside(rows, found)?;
    let days = all.column(0).as_any().downcast_ref::<Date32Array>();
    let days = days.ok_or_else(|| ArrowError::SchemaError("the first column is no day".into()))?;
    let first = (from - Date::constant(1970, 1, 1)).get_days();
    filter_record_batch(&all, &days.iter().map(|day| day.map(|d| d >= first)).collect())
}

fn doubling(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let cases = numbers(rows, "cases")?;
    let fitted = growth(&cases, Level::P95);
    let time = fitted.as_ref().map_err(Clone::clone).and_then(|growth| growth.doubling_time());
    let one = |value: Option<f64>| floats(std::iter::once(value));
    let growth = fitted.ok().map(|growth| (growth.rate.value.exp() - 1.0) * 100.0);
    batch(vec![
        ("value", one(time.as_ref().ok().map(|t| t.days))),
        ("lower", one(time.as_ref().ok().map(|t| t.shortest))),
        ("upper", one(time.as_ref().ok().and_then(|t| t.longest))),
        ("growth", one(growth)),
        ("reason", reasons(&[time])),
    ])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn ints(values: &[i64]) -> ArrayRef {
        Arc::new(arrow::array::Int64Array::from(values.to_vec()))
    }

    fn value(rows: &RecordBatch, column: &str, row: usize) -> Option<f64> {
        numbers(rows, column).unwrap()[row]
    }

    fn made(measure: &str, rows: RecordBatch) -> RecordBatch {
        let measure = Measure::parse(measure).unwrap();
        let days = Days { from: date(2026, 11, 20), to: date(2026, 11, 30), view: date(2026, 11, 30) };
        let query: Vec<String> = rows.schema().fields().iter().map(|f| f.name().clone()).collect();
        let promised = measure.columns(&query.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        let made = apply(&measure, &BTreeMap::new(), rows, days).unwrap();
        let got: Vec<String> = made.schema().fields().iter().map(|f| f.name().clone()).collect();
        assert_eq!(got, promised);
        made
    }

    #[test]
    fn rates_have_limits_or_a_reason() {
        let name: ArrayRef = Arc::new(StringArray::from(vec!["shiba", "azabu"]));
        let rows =
            batch(vec![("district", name), ("cases", ints(&[65, 3])), ("population", ints(&[100, 0]))]);
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
    fn rt_is_given_from_the_first_day_asked_for() {
        let days: Vec<i32> = (0..30).map(|n| (date(2026, 11, 1) - date(1970, 1, 1)).get_days() + n).collect();
        let rows =
            batch(vec![("day", Arc::new(Date32Array::from(days)) as ArrayRef), ("cases", ints(&[20; 30]))]);
        let rows = made("rt(window=7, mean=4.7, sd=2.9)", rows.unwrap());
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
        let rows = made("ears()", rows.unwrap());
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
        let growing =
            series((0..14).map(|n| (100.0 * 2f64.powf(f64::from(n) / 7.0)).round() as i64).collect());
        assert!((value(&growing, "value", 0).unwrap() - 7.0).abs() < 0.05);
        let falling = series((0..14).rev().map(|n| 10 + n * 10).collect());
        assert_eq!(value(&falling, "value", 0), None);
        assert!(value(&falling, "growth", 0).unwrap() < 0.0);
    }
}
