//! `standardised(standard=japan_1985, per=100000, limits=fay_feuer)`: of rows by `age_from`, one row for each name, with the limits of
//! Fay and Feuer or, unless it says so, of Dobson.

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use crate::definitions::Standard;
use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::reason::Reason;
use crate::measure::columns::{
    Figures, batch, counted, figure, floats, grouped, named, numbers, peopled, reasons,
};
use crate::measure::common::{CASES, LOWER, POPULATION, REASON, UPPER, VALUE};
use crate::measure::intervals::{Estimate, Level};
use crate::measure::method::{Beside, Formula, Making, Method, Note, Part, USUAL, uncalled};
use crate::measure::parameter::{Name, Number, Word};
use crate::measure::standardised::{DirectLimits, Stratum, standardised};

/// A standard population of `queries/reference/standard_populations.toml`.
const STANDARD: Name = Name("standard");
/// So many people.
const PER: Number = Number("per");
const LIMITS: Word<DirectLimits> = Word {
    name: "limits",
    words: &[("dobson", DirectLimits::Dobson), ("fay_feuer", DirectLimits::FayFeuer)],
};

pub static METHOD: Method = Method {
    name: "standardised",
    parameters: &[&STANDARD, &PER, &LIMITS],
    needs: &[Column::new("age_from", Role::Other), CASES, POPULATION],
    makes: &[
        Part::First,
        Part::Made(VALUE),
        Part::Made(LOWER),
        Part::Made(UPPER),
        Part::Made(Column::new("crude", Role::Other)),
        Part::Made(CASES),
        Part::Made(REASON),
    ],
    formula: |call| match LIMITS.of(call) {
        Ok(DirectLimits::FayFeuer) => Formula {
            ja: "年齢階級ごとの率を基準人口で重みづけた平均。95%信頼区間はガンマ分布による Fay と Feuer の方法、10件未満は\
                 算出しない（Fay & Feuer, Statistics in Medicine 1997）",
            en: "the weighted mean of the age bands' rates, weights from the standard population; 95 % limits of Fay and \
                 Feuer from the gamma distribution, Statistics in Medicine 1997; none under 10 cases",
        },
        _ => Formula {
            ja: "年齢階級ごとの率を基準人口で重みづけた平均。95%信頼区間は Dobson ほかの方法、10件未満は算出しない \
                 （Dobson et al., Statistics in Medicine 1991）",
            en: "the weighted mean of the age bands' rates, weights from the standard population; 95 % limits of Dobson \
                 et al., Statistics in Medicine 1991; none under 10 cases",
        },
    },
    faults: |call, catalog| match STANDARD.of(call) {
        Ok(name) if !catalog.standards.contains_key(name) => {
            vec![format!("there is no standard population {name}")]
        }
        _ => Vec::new(),
    },
    notes: |call, catalog| {
        let standard = STANDARD.of(call).ok().and_then(|name| catalog.standards.get(name));
        let note = |standard: &Standard| Note {
            name: Formula { ja: "基準人口", en: "standard population" },
            ja: format!("{}（{}）", standard.ja, standard.source),
            en: standard.en.clone(),
        };
        standard.map(note).into_iter().collect()
    },
    making: Making::Rows(apply),
    ..USUAL
};

fn apply(call: &MeasureCall, rows: &RecordBatch, beside: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    let standard = beside.catalog.standards.get(STANDARD.of(call).map_err(uncalled)?);
    weighted(rows, standard, PER.of(call).map_err(uncalled)?, LIMITS.of(call).map_err(uncalled)?)
}

/// One row for each name: its rate over a standard population.
fn weighted(
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
    // Who is of an age of which there is no population is counted all the same.
    let counted = groups.iter().map(|group| {
        let cases: Vec<f64> = group.iter().filter_map(|row| cases[*row]).collect();
        (!cases.is_empty()).then(|| cases.into_iter().sum())
    });
    let cases = floats(counted);
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
