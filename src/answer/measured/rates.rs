//! Rates, shares, ratios, standardised rates: each with its limits, or the reason why there is none.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::ages::of_known;
use super::columns::{
    Figures, batch, beside, beside_said, figure, floats, grouped, named, numbers, reasons, said, words,
};
use crate::definitions::measure::{RATIO, REASON, UNLIKE};
use crate::definitions::reference::Standard;
use crate::measure::intervals::{Estimate, Level, PoissonLimits, wilson};
use crate::measure::rate_ratio::{Group, rate_ratio};
use crate::measure::rates::rate;
use crate::measure::reason::Reason;
use crate::measure::standardised::{DirectLimits, Stratum, standardised};

/// Cases of days of which there are records.
fn counted(cases: Option<f64>) -> Result<f64, Reason> {
    cases.ok_or(Reason::NoRecords)
}

fn peopled(people: Option<f64>) -> Result<f64, Reason> {
    people.ok_or(Reason::NoPopulation)
}

/// Each row's rate.
pub fn crude(rows: &RecordBatch, per: f64, limits: PoissonLimits) -> Result<RecordBatch, ArrowError> {
    let (cases, people) = (numbers(rows, "cases")?, numbers(rows, "population")?);
    let found = cases
        .iter()
        .zip(&people)
        .map(|(cases, people)| rate(counted(*cases)?, peopled(*people)?, per, Level::P95, limits));
    beside(rows, found.collect())
}

/// The column of those of whom the total does not tell, since their age is not known.
const UNKNOWN: &str = "unknown";

/// Each row's share of its total, with Wilson's limits, in per cent.
pub fn share(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (cases, total) = (numbers(rows, "cases")?, numbers(rows, "total")?);
    let found: Figures = cases
        .iter()
        .zip(&total)
        .map(|(cases, total)| {
            let (cases, total) = (counted(*cases)?, counted(*total)?);
            wilson(cases, total, Level::P95).map(|share| Estimate {
                value: share.value * 100.0,
                lower: share.lower * 100.0,
                upper: share.upper * 100.0,
            })
        })
        .collect();
    if rows.column_by_name(UNKNOWN).is_none() {
        return beside(rows, found);
    }
    let unknown = numbers(rows, UNKNOWN)?;
    let whole = |count: Option<f64>| count.unwrap_or_default() as i64;
    let of_known = found.into_iter().enumerate().map(|(row, found)| match total[row] {
        Some(known) => of_known(found, known as i64, whole(unknown[row])),
        None => (found.clone(), found.err()),
    });
    let (found, why): (Figures, Vec<Option<Reason>>) = of_known.unzip();
    beside_said(rows, found, said(why.into_iter()))
}

/// The power of a ratio of weeks that a case which follows five days after another stands for.
pub const FIVE_OF_SEVEN_DAYS: f64 = 5.0 / 7.0;

/// Each row's rate against that of its comparison, to a power, with exact limits. Where it is raised, nothing is no figure.
pub fn ratio(rows: &RecordBatch, power: f64) -> Result<RecordBatch, ArrowError> {
    let (cases, people) = (numbers(rows, "cases")?, numbers(rows, "population")?);
    let (other_cases, other_people) = (numbers(rows, "other_cases")?, numbers(rows, "other_population")?);
    let unlike = match rows.column_by_name(UNLIKE) {
        Some(_) => words(rows, UNLIKE)?,
        None => vec![None; rows.num_rows()],
    };
    let found = (0..rows.num_rows()).map(|row| {
        if unlike[row].is_some() {
            return Err(Reason::NotAlike);
        }
        let own = Group { cases: counted(cases[row])?, person_time: peopled(people[row])? };
        let other = Group { cases: counted(other_cases[row])?, person_time: peopled(other_people[row])? };
        let ratio = rate_ratio(own, other, Level::P95)?;
        if power != 1.0 && ratio.value == 0.0 {
            return Err(Reason::NoCasesOwn);
        }
        let raised = |of: f64| of.powf(power);
        Ok(Estimate { value: raised(ratio.value), lower: raised(ratio.lower), upper: raised(ratio.upper) })
    });
    let found: Figures = found.collect();
    let kept: Vec<usize> =
        (0..rows.num_columns()).filter(|place| rows.schema_ref().field(*place).name() != UNLIKE).collect();
    beside(&rows.project(&kept)?, found)
}

/// Each row's mean a day against that of the days that it is compared with, with exact limits, or why there is none.
pub fn compared(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (cases, days) = (numbers(rows, "value")?, numbers(rows, "days")?);
    let (other_cases, other_days) = (numbers(rows, "before")?, numbers(rows, "before_days")?);
    let unlike = words(rows, UNLIKE)?;
    let found = (0..rows.num_rows()).map(|row| {
        let group = |cases: Option<f64>, days: Option<f64>| {
            Ok(Group { cases: counted(cases)?, person_time: counted(days)? })
        };
        let (own, other) = (group(cases[row], days[row])?, group(other_cases[row], other_days[row])?);
        if unlike[row].is_some() {
            return Err(Reason::NotAlike);
        }
        rate_ratio(own, other, Level::P95)
    });
    let found: Figures = found.collect();
    let schema = rows.schema();
    let mut columns: Vec<(&str, ArrayRef)> =
        schema.fields().iter().zip(rows.columns()).map(|(f, c)| (f.name().as_str(), c.clone())).collect();
    columns.retain(|(name, _)| *name != UNLIKE);
    columns.extend(RATIO.into_iter().zip(figure(&found)).map(|(name, (_, column))| (name, column)));
    columns.push((REASON, reasons(&found)));
    batch(columns)
}

/// One row for each name: its rate over a standard population.
pub fn weighted(
    rows: &RecordBatch,
    standard: Option<&Standard>,
    per: f64,
    limits: DirectLimits,
) -> Result<RecordBatch, ArrowError> {
    by_name(rows, |strata| match standard {
        Some(standard) => adjusted(standard, strata, per, limits),
        None => Err(Reason::NoBands),
    })
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
    let band = |row: &usize| {
        let from = ages[*row].ok_or(Reason::NoBands)? as u16;
        Ok(Band { from, cases: counted(cases[*row])?, people: peopled(people[*row])? })
    };
    let strata: Vec<Result<Vec<Band>, Reason>> =
        groups.iter().map(|g| g.iter().map(band).collect()).collect();
    let found: Vec<_> = strata.iter().map(|strata| each(strata.as_ref().map_err(Clone::clone)?)).collect();
    let figures: Figures = found.iter().map(|f| f.clone().map(|(estimate, _)| estimate)).collect();
    let crude = floats(found.iter().map(|f| f.as_ref().ok().map(|(_, crude)| *crude)));
    let cases = floats(strata.iter().map(|strata| Some(strata.as_ref().ok()?.iter().map(|s| s.cases).sum())));
    let mut columns = vec![named(rows, &groups)?];
    columns.extend(figure(&figures));
    columns.extend([
        ("crude", crude),
        ("cases", cast(&cases, &DataType::Int64)?),
        ("reason", reasons(&figures)),
    ]);
    batch(columns)
}

/// The standardised rate of strata.
fn adjusted(
    standard: &Standard,
    strata: &[Band],
    per: f64,
    limits: DirectLimits,
) -> Result<(Estimate, f64), Reason> {
    let mut strata = strata.to_vec();
    strata.sort_by_key(|band| band.from);
    let ends = strata.iter().skip(1).map(|next| Some(next.from)).chain([None]);
    let bands: Vec<_> = strata.iter().map(|band| band.from).zip(ends).collect();
    let weights = standard.population.weights_for(&bands)?;
    let stratum =
        |(band, weight): (&Band, f64)| Stratum { cases: band.cases, population: band.people, weight };
    let strata: Vec<Stratum> = strata.iter().zip(weights).map(stratum).collect();
    let found = standardised(&strata, per, Level::P95, limits)?;
    Ok((found.adjusted, found.crude))
}
