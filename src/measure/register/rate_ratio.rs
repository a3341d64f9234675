//! `rate_ratio()`: the rate of each row against that of `other_cases` in `other_population`, with exact limits.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;

use crate::definitions::measure::MeasureCall;
use crate::definitions::role::Column;
use crate::epi::reason::Reason;
use crate::measure::columns::{Figures, beside as with_figures, counted, numbers, peopled, unlike};
use crate::measure::common::{
    CASES, LOWER, OTHER_CASES, OTHER_POPULATION, POPULATION, REASON, UNLIKE, UPPER, VALUE,
};
use crate::measure::intervals::{Estimate, Level};
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL};
use crate::measure::rate_ratio::{Group, rate_ratios};

/// Each row's own and those that it is compared with.
pub(super) const GROUPS: &[Column] = &[CASES, POPULATION, OTHER_CASES, OTHER_POPULATION];

pub static METHOD: Method = Method {
    name: "rate_ratio",
    needs: GROUPS,
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
        ja: "その行の率 ÷ 比較する率（分母の欄）。95%信頼区間は、件数の合計を条件とする正確な区間 \
             （Przyborowski & Wilenski, Biometrika 1940）",
        en: "the row's rate ÷ the rate that it is compared with; exact 95 % limits, conditional on the \
             total of cases (Przyborowski & Wilenski, Biometrika 1940)",
    },
    making: Making::Rows(|_: &MeasureCall, rows: &RecordBatch, _: &Beside<'_>| ratios(rows, Ok)),
    ..USUAL
};

/// Each row's ratio, and what is made of it. A row that says why it is unlike the other has none.
pub(super) fn ratios(
    rows: &RecordBatch,
    made: impl Fn(Estimate) -> Result<Estimate, Reason>,
) -> Result<RecordBatch, ArrowError> {
    let (cases, people) = (numbers(rows, CASES.name)?, numbers(rows, POPULATION.name)?);
    let (other_cases, other_people) =
        (numbers(rows, OTHER_CASES.name)?, numbers(rows, OTHER_POPULATION.name)?);
    let unlike = unlike(rows)?;
    let mut ratio = rate_ratios(Level::P95);
    let found = (0..rows.num_rows()).map(|row| {
        let own = Group { cases: counted(cases[row])?, person_time: peopled(people[row])? };
        if let Some(why) = &unlike[row] {
            return Err(why.clone());
        }
        let other = Group { cases: counted(other_cases[row])?, person_time: peopled(other_people[row])? };
        made(ratio(own, other)?)
    });
    let found: Figures = found.collect();
    let said: Vec<usize> = (0..rows.num_columns())
        .filter(|place| rows.schema_ref().field(*place).name() != UNLIKE.name)
        .collect();
    with_figures(&rows.project(&said)?, found)
}
