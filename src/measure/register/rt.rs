//! `rt(window=7)`: the effective reproduction number of Cori et al. from `day` and `cases`, with the disease's serial interval.

use arrow::array::{Array, Date32Array, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use jiff::civil::Date;

use crate::definitions::Serial;
use crate::definitions::measure::MeasureCall;
use crate::epi::reason::Reason;
use crate::measure::columns::{Figures, beside as with_figures, numbers};
use crate::measure::common::{CASES, DAY, LOWER, REASON, UPPER, VALUE};
use crate::measure::intervals::Estimate;
use crate::measure::method::{Beside, Formula, Making, Method, Note, Part, USUAL, uncalled};
use crate::measure::parameter::Whole;
use crate::measure::rt::{Rt, RtSettings, cori};
use crate::measure::serial_interval::SerialInterval;

/// Days in a window.
const WINDOW: Whole = Whole { name: "window", most: 60 };

pub static METHOD: Method = Method {
    name: "rt",
    parameters: &[&WINDOW],
    needs: &[DAY, CASES],
    makes: &[
        Part::First,
        Part::Made(VALUE),
        Part::Made(LOWER),
        Part::Made(UPPER),
        Part::Made(CASES),
        Part::Made(REASON),
    ],
    formula: |_| Formula {
        ja: "Rt = 期間内の件数 ÷ それまでの症例の感染力（発症間隔の分布による）。事前分布は平均5・標準偏差5のガンマ分布、\
             95%信用区間（Cori et al., American Journal of Epidemiology 2013）",
        en: "Rt = cases of the window ÷ the infectivity of the cases before them by the serial interval, gamma prior \
             with mean 5 and sd 5, \
             95 % credible interval (Cori et al., American Journal of Epidemiology 2013)",
    },
    faults: |_, catalog| {
        let unusable = |(disease, serial): (&String, &Serial)| {
            distribution(serial).err().map(|why| format!("serial interval of {disease}: {why}"))
        };
        catalog.serials.iter().filter_map(unusable).collect()
    },
    notes: |_, catalog| {
        let note = |(disease, serial): (&String, &Serial)| Note {
            name: Formula { ja: "発症間隔", en: "serial interval" },
            ja: format!(
                "{}: 平均{}日・標準偏差{}日（{}）",
                catalog.disease_title(disease).ja,
                serial.mean,
                serial.sd,
                serial.source
            ),
            en: format!(
                "{}: mean {} days, sd {} days",
                catalog.disease_title(disease).en,
                serial.mean,
                serial.sd
            ),
        };
        catalog.serials.iter().map(note).collect()
    },
    making: Making::Rows(apply),
    ..USUAL
};

fn distribution(serial: &Serial) -> Result<SerialInterval, Reason> {
    SerialInterval::gamma(serial.mean, serial.sd)
}

fn apply(call: &MeasureCall, rows: &RecordBatch, beside: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    let serial = beside.catalog.serials.get(beside.disease).ok_or(Reason::NoSerialInterval);
    let interval = serial.and_then(distribution);
    let window = WINDOW.of(call).map_err(uncalled)?;
    reproduction(rows, window, interval.as_ref().map_err(Clone::clone), beside.days.from)
}

/// Rt at the last day of each window, from the first day asked for on. The rows begin with the record's first cases, so that a day
/// has one figure whatever days are asked for.
fn reproduction(
    rows: &RecordBatch,
    window: usize,
    interval: Result<&SerialInterval, Reason>,
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
    let unknown = matches!(interval, Err(Reason::NoSerialInterval));
    match interval.and_then(|interval| cori(&cases, before + since, interval, &settings)) {
        Ok(windows) => {
            for one in windows {
                let estimate = |rt: Rt| Estimate { value: rt.mean, lower: rt.lower, upper: rt.upper };
                found[one.end - before] = one.rt.map(estimate);
            }
        }
        Err(why) => found.fill(Err(why)),
    }
    if !unknown {
        found[..none].fill(Err(Reason::NoCases));
    }
    found[..unrecorded].fill(Err(Reason::NoRecords));
    filter_record_batch(
        &with_figures(rows, found)?,
        &all_days.iter().map(|day| day.map(|d| d >= first)).collect(),
    )
}
