//! `doubling()`: days in which `cases` double, from all rows.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;

use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::reason::Reason;
use crate::measure::columns::{batch, floats, numbers, reasons};
use crate::measure::common::{CASES, DAY, LOWER, REASON, UPPER, VALUE};
use crate::measure::growth::growth;
use crate::measure::intervals::Level;
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL};

pub static METHOD: Method = Method {
    name: "doubling",
    needs: &[DAY, CASES],
    makes: &[
        Part::Made(VALUE),
        Part::Made(LOWER),
        Part::Made(UPPER),
        // Per cent a day.
        Part::Made(Column::new("growth", Role::Other)),
        Part::Made(REASON),
    ],
    one_row: true,
    formula: |_| Formula {
        ja: "ln 2 ÷ r。r は件数を日に回帰した対数線形ポアソン回帰の傾き（ばらつきは実際の大きさによる）。\
             95%信頼区間は r の区間から。増加していないときは値なし。r の区間が0以下を含むときは上限なし",
        en: "ln 2 ÷ r, r from a log-linear Poisson regression of cases on days with the dispersion that they \
             show; 95 % limits from those of r; none unless cases grow, no upper limit where r may be 0 or less",
    },
    making: Making::Rows(doubling),
    ..USUAL
};

fn doubling(_: &MeasureCall, rows: &RecordBatch, _: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    let cases = numbers(rows, "cases")?;
    let fitted = growth(&cases, Level::P95);
    let time = fitted.as_ref().map_err(Clone::clone).and_then(super::super::growth::Growth::doubling_time);
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
