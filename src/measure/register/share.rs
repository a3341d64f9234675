//! `share()`: `cases` of `total`, per cent, with Wilson's limits.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;

use super::quartiles::of_known;
use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::reason::Reason;
use crate::epi::rounding::percent;
use crate::measure::columns::{
    Figures, beside as with_figures, beside_with_reasons, counted, numbers, reason_texts,
};
use crate::measure::common::{CASES, LOWER, REASON, UNLIKE, UPPER, VALUE};
use crate::measure::intervals::{Estimate, Level, wilson};
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL};

const TOTAL: Column = Column::new("total", Role::Denominator);
/// The column, where the query has it, of those of whom the total does not tell, since their age is not known.
const UNKNOWN: &str = "unknown";

pub static METHOD: Method = Method {
    name: "share",
    needs: &[CASES, TOTAL],
    drops: &[UNLIKE.name],
    makes: &[
        Part::First,
        Part::Made(VALUE),
        Part::Made(LOWER),
        Part::Made(UPPER),
        Part::Rest,
        Part::Made(REASON),
    ],
    formula: |_| Formula {
        ja: "件数 ÷ 合計 × 100。95%信頼区間は Wilson のスコア区間（Wilson, JASA 1927）",
        en: "cases ÷ total; 95 % score limits (Wilson, JASA 1927)",
    },
    making: Making::Rows(share),
    ..USUAL
};

/// Each row's share of its total, with Wilson's limits, in per cent.
fn share(_: &MeasureCall, rows: &RecordBatch, _: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    let (cases, total) = (numbers(rows, CASES.name)?, numbers(rows, TOTAL.name)?);
    let found: Figures = cases
        .iter()
        .zip(&total)
        .map(|(cases, total)| {
            let (cases, total) = (counted(*cases)?, counted(*total)?);
            wilson(cases, total, Level::P95).map(|share| Estimate {
                value: percent(share.value),
                lower: percent(share.lower),
                upper: percent(share.upper),
            })
        })
        .collect();
    if rows.column_by_name(UNKNOWN).is_none() {
        return with_figures(rows, found);
    }
    let unknown = numbers(rows, UNKNOWN)?;
    let whole = |count: Option<f64>| count.unwrap_or_default() as i64;
    let of_known = found.into_iter().enumerate().map(|(row, found)| match total[row] {
        Some(known) => of_known(found, known as i64, whole(unknown[row])),
        None => (found.clone(), found.err()),
    });
    let (found, why): (Figures, Vec<Option<Reason>>) = of_known.unzip();
    beside_with_reasons(rows, found, reason_texts(why.into_iter()))
}
