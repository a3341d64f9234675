//! `stay_curve()`: from the same rows as `stay_length`, the share still in by days since admission.

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;

use super::stay_length::{ALL, FORMULA, STAYS, by_band, estimated, names};
use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::rounding::{certain, percent};
use crate::measure::columns::{batch, floats};
use crate::measure::common::{BAND, LOWER, REASON, UPPER, VALUE};
use crate::measure::method::{Beside, Days, Making, Method, Part, USUAL};

/// Why there is no step: all are in still.
pub(super) const NOBODY_LEFT: &str = "退院した者なし";

pub static METHOD: Method = Method {
    name: "stay_curve",
    needs: STAYS,
    makes: &[
        Part::Made(BAND),
        Part::Made(Column::new("days", Role::Days)),
        Part::Made(VALUE),
        Part::Made(LOWER),
        Part::Made(UPPER),
        Part::Made(Column::new("at_risk", Role::AtRisk)),
        Part::Made(REASON),
    ],
    formula: |_| FORMULA,
    making: Making::Rows(|_: &MeasureCall, rows: &RecordBatch, beside: &Beside<'_>| curve(rows, beside.days)),
    ..USUAL
};

/// One row a step of each band's curve, per cent still in; where there is no step, one row that says why.
pub(super) fn curve(rows: &RecordBatch, window: Days) -> Result<RecordBatch, ArrowError> {
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
            let share = |share: f64| percent(certain(share));
            value.push(Some(share(step.survival)));
            lower.push(step.limits.map(|limits| share(limits.lower)));
            upper.push(step.limits.map(|limits| share(limits.upper)));
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
