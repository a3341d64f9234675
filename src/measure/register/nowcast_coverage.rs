//! `nowcast_coverage(longest=21)`: of the same rows as `nowcast`, how often past nowcasts' bands held in a day's first week.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use super::nowcast::{LONGEST, REPORTS, read};
use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::reason::Reason;
use crate::epi::rounding::{percent, plain};
use crate::measure::columns::{batch, floats, reasons};
use crate::measure::common::{LOWER, REASON, UPPER, VALUE};
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL, uncalled};
use crate::measure::nowcast::{Held, History, Settings, Triangle, held, recent};
use crate::measure::score::LEVELS;

/// A week: those days that a wall is asked about most.
const FIRST_DAYS: usize = 7;
/// Past days on which nowcasts are tried.
const TRIED: i64 = 42;

pub static METHOD: Method = Method {
    name: "nowcast_coverage",
    parameters: &[&LONGEST],
    needs: REPORTS,
    makes: &[
        Part::Made(Column::new("level", Role::Other)),
        Part::Made(VALUE),
        Part::Made(LOWER),
        Part::Made(UPPER),
        Part::Made(Column::new("expected", Role::Expected)),
        Part::Made(Column::new("forecasts", Role::Count)),
        Part::Made(Column::new("nights", Role::Count)),
        Part::Made(REASON),
    ],
    nightly: true,
    formula: |_| Formula {
        ja: "過去の各夜に推計したとすればどうだったかを、その日の数が出そろった後の値と比べ、帯に入った割合（その日から0〜6日後）。\
             95%信頼区間は推計数ではなく夜の数による Wilson のスコア区間で、続く夜どうしの相関の分だけ夜を減らす（Newey & West, \
             Econometrica 1987）。理論値は、推計した分布どおりに数が出そろうとき帯に入る割合: 件数は整数なので、まだ来ない数が少ない\
             ときの狭い帯は50・80・95%より多く入る",
        en: "nowcasts as they would have been made on past days, against what was known when those days were \
             complete: the share that lay within each band, days 0 to 6 after the event. 95 % score limits (Wilson) on \
             nights instead of nowcasts, fewer the more one night goes with the next (Newey & West, Econometrica 1987). \
             Expected: what the bands would hold of totals that come as forecast; counts are whole, so that narrow bands \
             around few that are missing hold more than 50, 80 and 95 %",
    },
    making: Making::Rows(apply),
    ..USUAL
};

fn apply(call: &MeasureCall, rows: &RecordBatch, beside: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    coverage(rows, LONGEST.of(call).map_err(uncalled)?, beside.days.view)
}

/// One row a band: the share of past nowcasts that it held, with its limits, and the share that it should have.
fn coverage(rows: &RecordBatch, longest: usize, view: Date) -> Result<RecordBatch, ArrowError> {
    let nights = Triangle::build(recent(&read(rows)?, view), longest, view).and_then(|triangle| {
        let newest = view.checked_sub((longest as i64).days()).map_err(|_| Reason::NoHistory)?;
        let oldest = newest.checked_sub(TRIED.days()).map_err(|_| Reason::NoHistory)?.max(triangle.first());
        let history = History::prepare(&triangle, Settings::default(), oldest, newest)?;
        history.nights(oldest, newest, view, FIRST_DAYS)
    });
    let found: Vec<Result<Held, Reason>> = (0..LEVELS.len())
        .map(|level| held(nights.as_ref().map_err(Clone::clone)?, level, FIRST_DAYS))
        .collect();
    let level: ArrayRef =
        Arc::new(LEVELS.iter().map(|l| Some(format!("{}%", plain(l * 100.0, 0)?))).collect::<StringArray>());
    let part = |part: fn(&Held) -> f64| {
        floats(found.iter().map(|held| held.as_ref().ok().map(|h| percent(part(h)))))
    };
    let count = |part: fn(&Held) -> usize| -> ArrayRef {
        let counts = found.iter().map(|held| i64::try_from(part(held.as_ref().ok()?)).ok());
        Arc::new(counts.collect::<Int64Array>())
    };
    batch(vec![
        ("level", level),
        ("value", part(|held| held.share.value)),
        ("lower", part(|held| held.share.lower)),
        ("upper", part(|held| held.share.upper)),
        ("expected", part(|held| held.chance)),
        ("forecasts", count(|held| held.forecasts)),
        ("nights", count(|held| held.nights)),
        ("reason", reasons(&found)),
    ])
}
