//! `beds_reached(days=21)`: from the same rows as `beds_ahead`, when the beds that are left would be taken, and how likely that is.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use super::beds_ahead::{DAYS, FORMULA, STAYS};
use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::reason::Reason;
use crate::epi::rounding::percent;
use crate::measure::beds::ward::{Ward, projected};
use crate::measure::columns::{batch, day_or_none, floats, reasons_and};
use crate::measure::common::{LIMIT, REASON, VALUE};
use crate::measure::method::{Beside, Making, Method, Part, USUAL, uncalled};

pub static METHOD: Method = Method {
    name: "beds_reached",
    parameters: &[&DAYS],
    needs: STAYS,
    makes: &[
        Part::Made(VALUE),
        Part::Made(Column::new("middle", Role::Other)),
        Part::Made(Column::new("earliest", Role::Other)),
        Part::Made(Column::new("latest", Role::Other)),
        Part::Made(LIMIT),
        Part::Made(Column::new("needed", Role::Count)),
        Part::Made(Column::new("needed_lower", Role::PartLower)),
        Part::Made(Column::new("needed_upper", Role::PartUpper)),
        Part::Made(Column::new("needed_share", Role::Other)),
        Part::Made(REASON),
    ],
    one_row: true,
    formula: |_| FORMULA,
    making: Making::Rows(apply),
    ..USUAL
};

fn apply(call: &MeasureCall, rows: &RecordBatch, beside: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    reached(rows, DAYS.of(call).map_err(uncalled)?, beside.days.view)
}

/// One row: how likely it is that the beds left are taken within the days, and when.
pub(super) fn reached(rows: &RecordBatch, ahead: usize, view: Date) -> Result<RecordBatch, ArrowError> {
    let ward = Ward::read(rows)?;
    let limit = ward.limit().ok_or(Reason::NoCapacity);
    let made = projected(&ward, ahead, view);
    // Other wards' patients will need the beds that they have now.
    let last = made.as_ref().ok().and_then(|projection| projection.days.last());
    let with_others = |ours: Option<f64>| ours.zip(ward.others).map(|(ours, others)| ours + others);
    let needed = with_others(last.map(|day| day.median));
    let widest = last.and_then(|day| day.bands.last().copied());
    let share = needed.zip(ward.secured.filter(|beds| *beds > 0.0)).map(|(beds, of)| 100.0 * beds / of);
    let made = limit.and_then(|limit| Ok(made?.reach(limit.max(0.0) as u32)));
    let day = |place: Option<usize>| place.and_then(|n| view.checked_add((n as i64 - 1).days()).ok());
    let one = |place: Option<usize>| day_or_none(std::iter::once(day(place)));
    let reach = made.as_ref().ok();
    let band = reach.and_then(|reach| reach.day_band);
    let value = reach.and_then(|reach| reach.by_day.last()).map(|chance| percent(*chance));
    batch(vec![
        ("value", floats(std::iter::once(value))),
        ("middle", one(reach.and_then(|reach| reach.median_day))),
        ("earliest", one(band.map(|band| band.0))),
        ("latest", one(band.map(|band| band.1))),
        ("limit", floats(std::iter::once(ward.limit()))),
        ("needed", floats(std::iter::once(needed))),
        ("needed_lower", floats(std::iter::once(with_others(widest.map(|band| band.lower))))),
        ("needed_upper", floats(std::iter::once(with_others(widest.map(|band| band.upper))))),
        ("needed_share", floats(std::iter::once(share))),
        ("reason", reasons_and(&[made], ward.left_out.as_deref())),
    ])
}
