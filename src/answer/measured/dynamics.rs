//! How an epidemic moves: the effective reproduction number, the doubling time.

use arrow::array::{Array, Date32Array, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use jiff::civil::Date;

use super::columns::{Figures, batch, beside, floats, numbers, reasons};
use crate::measure::growth::growth;
use crate::measure::intervals::{Estimate, Level};
use crate::measure::reason::Reason;
use crate::measure::rt::{RtSettings, cori_since};
use crate::measure::serial_interval::SerialInterval;

/// Rt at the last day of each window, from the first day asked for on. The rows begin with the record's first cases, so that a day
/// has one figure whatever days are asked for.
pub fn reproduction(
    rows: &RecordBatch,
    window: usize,
    interval: Option<&SerialInterval>,
    from: Date,
) -> Result<RecordBatch, ArrowError> {
    let told = numbers(rows, "cases")?;
    // Before the first record nobody is known to have infected anybody, and nothing is said of those days. Of the days before
    // the rows too, so that each row has its window.
    let unrecorded = told.iter().take_while(|cases| cases.is_none()).count();
    let none = told.iter().take_while(|cases| cases.is_none_or(|cases| cases == 0.0)).count();
    let before = window + 1;
    let recorded = told.iter().skip(unrecorded).copied();
    let cases: Vec<Option<f64>> =
        std::iter::repeat_n(Some(0.0), before + unrecorded).chain(recorded).collect();
    let settings = RtSettings { window, ..RtSettings::default() };
    let mut found: Figures = vec![Err(Reason::BeforeOneSerialInterval); told.len()];
    let first = (from - Date::constant(1970, 1, 1)).get_days();
    let all_days = rows.column(0).as_any().downcast_ref::<Date32Array>();
    let all_days = all_days.ok_or_else(|| ArrowError::SchemaError("the first column is no day".into()))?;
    let since = all_days.iter().position(|day| day.is_some_and(|d| d >= first)).unwrap_or(told.len());
    let made = interval.ok_or(Reason::NoSerialInterval);
    match made.and_then(|interval| cori_since(&cases, before + since, interval, &settings)) {
        Ok(windows) => {
            for one in windows {
                let estimate = |rt: crate::measure::rt::Rt| Estimate {
                    value: rt.mean,
                    lower: rt.lower,
                    upper: rt.upper,
                };
                found[one.end - before] = one.rt.map(estimate);
            }
        }
        Err(why) => found.fill(Err(why)),
    }
    if interval.is_some() {
        found[..none].fill(Err(Reason::NoCases));
    }
    found[..unrecorded].fill(Err(Reason::NoRecords));
    filter_record_batch(&beside(rows, found)?, &all_days.iter().map(|day| day.map(|d| d >= first)).collect())
}

pub fn doubling(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
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
        // A limit that is not there has its reason too.
        ("reason", reasons(&[time.and_then(|time| time.longest.ok_or(Reason::MayNotGrow))])),
    ])
}
