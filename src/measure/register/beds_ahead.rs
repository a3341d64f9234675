//! `beds_ahead(days=21)`: from stays and what became known of them by day, how many will be in.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::reason::Reason;
use crate::measure::beds::ward::{Ward, projected};
use crate::measure::columns::{batch, day_column, floats, forecast, reasons_and};
use crate::measure::common::{
    BAND, DAY, KNOWN_DAY, LIMIT, LOWER, LOWER50, LOWER80, REASON, UPPER, UPPER50, UPPER80, VALUE,
};
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL, uncalled};
use crate::measure::parameter::Whole;
use crate::measure::score::Forecast;

/// How many days ahead.
pub(super) const DAYS: Whole = Whole { name: "days", most: 60 };

/// Stays by band, first and last day, and the day on which they became known; the beds of all and of others, and
/// the hospitals that are left out of those.
pub(super) const STAYS: &[Column] = &[
    BAND,
    Column::new("from_day", Role::Other),
    Column::new("to_day", Role::Other),
    KNOWN_DAY,
    Column::new("stays", Role::Count),
    Column::new("secured", Role::Secured),
    Column::new("others", Role::Count),
    Column::new("left_out", Role::Other),
];

pub(super) const FORMULA: Formula = Formula {
    ja: "入院数（報告遅れを補い、減衰する対数線形の傾向を誤差とばらつきとともに延ばす）に年齢別の在院日数の分布を\
         たたみ込み、在院中の者は残りの日数で退院させる。帯は種を決めた1,000回の模擬。他自治体の患者は直近の報告のまま",
    en: "admissions (as nowcast, then a damped log-linear trend with its error and scatter) convolved with the \
         stays of each age band, and those in now leaving by what is left of their stays; bands from 1,000 \
         seeded simulations; other wards' patients as last reported",
};

pub static METHOD: Method = Method {
    name: "beds_ahead",
    parameters: &[&DAYS],
    needs: STAYS,
    makes: &[
        Part::Made(DAY),
        Part::Made(VALUE),
        Part::Made(LOWER50),
        Part::Made(UPPER50),
        Part::Made(LOWER80),
        Part::Made(UPPER80),
        Part::Made(LOWER),
        Part::Made(UPPER),
        Part::Made(LIMIT),
        Part::Made(REASON),
    ],
    formula: |_| FORMULA,
    making: Making::Rows(apply),
    ..USUAL
};

fn apply(call: &MeasureCall, rows: &RecordBatch, beside: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    ahead(rows, DAYS.of(call).map_err(uncalled)?, beside.days.view)
}

/// One row a day, from the day of the view on.
pub(super) fn ahead(rows: &RecordBatch, ahead: usize, view: Date) -> Result<RecordBatch, ArrowError> {
    let ward = Ward::read(rows)?;
    let made = projected(&ward, ahead, view);
    let days: Vec<Date> = view.series(1.day()).take(ahead).collect();
    let found: Vec<Result<Forecast, Reason>> = (0..days.len())
        .map(|place| made.as_ref().map(|projection| projection.days[place]).map_err(Clone::clone))
        .collect();
    let mut columns = vec![("day", day_column(days.iter().copied()))];
    columns.extend(forecast(&found));
    columns.extend([
        ("limit", floats(days.iter().map(|_| ward.limit()))),
        ("reason", reasons_and(&found, ward.left_out.as_deref())),
    ]);
    batch(columns)
}
