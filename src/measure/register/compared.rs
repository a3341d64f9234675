//! `compared()`: `value` in `days` against `before` in `before_days`, as a ratio of daily means with exact limits; a row that says
//! why it is `unlike` has none.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::error::ArrowError;

use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::measure::columns::{Figures, batch, counted, figure, numbers, unlike, words};
use crate::measure::common::{RATIO, RATIO_LOWER, RATIO_UPPER, REASON, UNLIKE, VALUE};
use crate::measure::intervals::Level;
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL};
use crate::measure::rate_ratio::{Group, rate_ratios};

/// Since when a period is on record that is so in part only.
const PARTLY: Column = Column::new("partly", Role::Other);

pub static METHOD: Method = Method {
    name: "compared",
    needs: &[
        VALUE,
        Column::new("before", Role::Before),
        Column::new("days", Role::Days),
        Column::new("before_days", Role::DaysBefore),
        UNLIKE,
        PARTLY,
    ],
    drops: &[UNLIKE.name, PARTLY.name],
    makes: &[
        Part::First,
        Part::Rest,
        Part::Made(RATIO),
        Part::Made(RATIO_LOWER),
        Part::Made(RATIO_UPPER),
        Part::Made(REASON),
    ],
    formula: |_| Formula {
        ja: "その期間の1日あたりの数 ÷ 比較期間の1日あたりの数。95%信頼区間は、件数の合計を条件とする正確な区間 \
             （Przyborowski & Wilenski, Biometrika 1940）",
        en: "the period's mean a day ÷ that of the period that it is compared with; exact 95 % limits, conditional on \
             the total of cases (Przyborowski & Wilenski, Biometrika 1940)",
    },
    making: Making::Rows(compared),
    ..USUAL
};

/// Each row's mean a day against that of the days that it is compared with, with exact limits, or why there is none.
fn compared(_: &MeasureCall, rows: &RecordBatch, _: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    let (cases, days) = (numbers(rows, "value")?, numbers(rows, "days")?);
    let (other_cases, other_days) = (numbers(rows, "before")?, numbers(rows, "before_days")?);
    let unlike = unlike(rows)?;
    let mut ratio = rate_ratios(Level::P95);
    let found = (0..rows.num_rows()).map(|row| {
        let group = |cases: Option<f64>, days: Option<f64>| {
            Ok(Group { cases: counted(cases)?, person_time: counted(days)? })
        };
        let own = group(cases[row], days[row])?;
        if let Some(why) = &unlike[row] {
            return Err(why.clone());
        }
        ratio(own, group(other_cases[row], other_days[row])?)
    });
    let found: Figures = found.collect();
    let schema = rows.schema();
    let mut columns: Vec<(&str, ArrayRef)> =
        schema.fields().iter().zip(rows.columns()).map(|(f, c)| (f.name().as_str(), c.clone())).collect();
    columns.retain(|(name, _)| ![UNLIKE.name, PARTLY.name].contains(name));
    let names = [RATIO, RATIO_LOWER, RATIO_UPPER].map(|column| column.name);
    columns.extend(names.into_iter().zip(figure(&found)).map(|(name, (_, column))| (name, column)));
    let partly = words(rows, PARTLY.name)?;
    let why = found.iter().zip(&cases).zip(partly).map(|((found, cases), partly)| match found {
        // Something of it is on record.
        Err(_) if cases.is_some() && partly.is_some() => partly,
        Err(why) => Some(why.in_full().into_owned()),
        Ok(_) => None,
    });
    columns.push((REASON.name, Arc::new(why.collect::<StringArray>())));
    batch(columns)
}
