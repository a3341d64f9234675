//! `rate(per=100000, limits=exact)`: `cases` ÷ `population` × `per`, with exact limits or, unless it says so, Byar's.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;

use crate::definitions::measure::MeasureCall;
use crate::measure::columns::{beside as with_figures, counted, numbers, peopled};
use crate::measure::common::{CASES, LOWER, POPULATION, REASON, UNLIKE, UPPER, VALUE};
use crate::measure::intervals::{Level, PoissonLimits};
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL, uncalled};
use crate::measure::parameter::{Number, Word};
use crate::measure::rates::rate;

/// So many people.
const PER: Number = Number("per");
const LIMITS: Word<PoissonLimits> =
    Word { name: "limits", words: &[("byar", PoissonLimits::Byar), ("exact", PoissonLimits::Exact)] };

pub static METHOD: Method = Method {
    name: "rate",
    parameters: &[&PER, &LIMITS],
    needs: &[CASES, POPULATION],
    drops: &[UNLIKE.name],
    makes: &[
        Part::First,
        Part::Made(VALUE),
        Part::Made(LOWER),
        Part::Made(UPPER),
        Part::Rest,
        Part::Made(REASON),
    ],
    formula: |call| match LIMITS.of(call) {
        Ok(PoissonLimits::Exact) => Formula {
            ja: "率 = 受理数 ÷ 人口 × 単位人口。95%信頼区間はポアソン分布の正確な区間（Garwood, Biometrika 1936）",
            en: "rate = cases ÷ population × per; exact 95 % Poisson limits (Garwood, Biometrika 1936)",
        },
        _ => Formula {
            ja: "率 = 受理数 ÷ 人口 × 単位人口。95%信頼区間は Byar によるポアソン分布の近似 \
                 （Breslow & Day, Statistical Methods in Cancer Research II, 1987）",
            en: "rate = cases ÷ population × per; 95 % limits of Byar's approximation to the Poisson limits \
                 (Breslow & Day, Statistical Methods in Cancer Research II, 1987)",
        },
    },
    making: Making::Rows(crude),
    ..USUAL
};

/// Each row's rate.
fn crude(call: &MeasureCall, rows: &RecordBatch, _: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    let (per, limits) = (PER.of(call).map_err(uncalled)?, LIMITS.of(call).map_err(uncalled)?);
    let (cases, people) = (numbers(rows, CASES.name)?, numbers(rows, POPULATION.name)?);
    let found = cases
        .iter()
        .zip(&people)
        .map(|(cases, people)| rate(counted(*cases)?, peopled(*people)?, per, Level::P95, limits));
    with_figures(rows, found.collect())
}
