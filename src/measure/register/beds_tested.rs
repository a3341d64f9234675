//! `beds_tested(days=21)`: from the same rows as `beds_ahead`, how past projections did beside forecasts that anyone could make.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;
use jiff::civil::Date;

use super::beds_ahead::{DAYS, STAYS};
use crate::definitions::indicator::Unit;
use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role, Scale};
use crate::epi::reason::Reason;
use crate::epi::rounding::{percent, plain};
use crate::measure::beds::backtest::HorizonScore;
use crate::measure::beds::ward::{self, Ward};
use crate::measure::columns::{batch, floats, numbers, reasons};
use crate::measure::common::{REASON, VALUE};
use crate::measure::intervals::Estimate;
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL, uncalled};
use crate::measure::paired::{Compared, Standing};

/// The horizons that a table shows.
const SHOWN: [usize; 3] = [7, 14, 21];
/// The one that the night's log tells of.
const LOGGED: f64 = 7.0;

/// A mean score, which has no unit.
const fn score(name: &'static str, role: Role) -> Part {
    Part::Made(Column::new(name, role).scaled(Scale::Like(Unit::Days)))
}

/// The share that a band held.
const fn held_share(name: &'static str, level: u8) -> Part {
    Part::Made(Column::new(name, Role::Held(level)).scaled(Scale::In(Unit::Percent)))
}

pub static METHOD: Method = Method {
    name: "beds_tested",
    parameters: &[&DAYS],
    needs: STAYS,
    makes: &[
        Part::Made(Column::new("ahead", Role::Other)),
        Part::Made(VALUE),
        score("last_value", Role::Other),
        score("week_mean", Role::Other),
        // 1.04 is over one.
        Part::Made(Column::new("mase", Role::Other).scaled(Scale::Like(Unit::Number))),
        held_share("held50", 50),
        held_share("held80", 80),
        held_share("held95", 95),
        Part::Made(Column::new("forecasts", Role::Count)),
        score("than_last", Role::Difference),
        score("than_last_lower", Role::PartLower),
        score("than_last_upper", Role::PartUpper),
        score("than_week", Role::Difference),
        score("than_week_lower", Role::PartLower),
        score("than_week_upper", Role::PartUpper),
        Part::Made(Column::new("verdict", Role::Verdict)),
        Part::Made(REASON),
    ],
    nightly: true,
    formula: |_| Formula {
        ja: "過去の各日に、その日までに分かっていたことだけで見通し、実際と比べる。誤差は重みつき区間スコアの平均（Bracher et \
             al., PLoS Computational Biology 2021）で、前日値・週平均（7日）を延ばしただけの予測と並べる。MASE（Hyndman & Koehler, \
             International Journal of Forecasting 2006）、帯に入った割合。判定は日ごとの誤差の差の平均とその95%信頼区間による（重なる見通しの\
             相関を含む分散: Diebold & Mariano, Journal of Business & Economic Statistics 1995、少数の補正: Harvey, \
             Leybourne & Newbold, International Journal of Forecasting 1997。自由度は重ならない期間の数 − 1）。両予測は前日値と週平均。差の区間が0を含めば\
             「優劣は判定できない」。MASE が1を超えれば「中央値は前日値に劣る」。10回未満、または重ならない期間が3未満なら判定しない",
        en: "projections as they would have been made on past days with what was known then, against what came: mean \
             weighted interval score (Bracher et al., PLoS Computational Biology 2021) beside those of the last value \
             and of the mean of seven days carried on; MASE (Hyndman & Koehler, International Journal of Forecasting \
             2006); the share that lay within each band. The verdict is by the mean difference of scores day for day with \
             its 95 % limits: variance with the correlation of forecasts that overlap (Diebold & Mariano, Journal of Business \
             & Economic Statistics 1995), corrected for few (Harvey, Leybourne & Newbold, International Journal of \
             Forecasting 1997), as many degrees of freedom as spans that do not overlap, less one. Where the limits hold 0, \
             none can be told from the other; where MASE is over 1 the median is behind the last value; under 10 forecasts \
             or 3 such spans there is no verdict",
    },
    log,
    making: Making::Rows(apply),
    ..USUAL
};

fn apply(call: &MeasureCall, rows: &RecordBatch, beside: &Beside<'_>) -> Result<RecordBatch, ArrowError> {
    tested(rows, DAYS.of(call).map_err(uncalled)?, beside.days.view)
}

/// The score a week ahead, beside those of the forecasts that anyone could make.
fn log(made: &RecordBatch) -> Option<String> {
    let column = |name: &str| numbers(made, name).ok();
    let week = column("ahead")?.iter().position(|ahead| *ahead == Some(LOGGED))?;
    let score = |name: &str| plain(column(name)?[week]?, 2);
    let (own, last, mean) = (score("value")?, score("last_value")?, score("week_mean")?);
    Some(format!(
        "{LOGGED}日先の病床: 評点 {own}（最後の値 {last}、7日平均 {mean}） · beds {LOGGED} days ahead: score {own}, last value \
         {last}, mean of 7 days {mean}"
    ))
}

/// One row a horizon: mean scores of past projections and of the forecasts that anyone could make.
pub(super) fn tested(rows: &RecordBatch, ahead: usize, view: Date) -> Result<RecordBatch, ArrowError> {
    let ward = Ward::read(rows)?;
    let found = ward::tested(&ward, ahead, view);
    let shown: Vec<usize> = SHOWN.into_iter().filter(|horizon| *horizon <= ahead).collect();
    let scores: Vec<_> = shown
        .iter()
        .map(|horizon| {
            let found = found.as_ref().map_err(Clone::clone)?;
            found.horizons.iter().find(|score| score.horizon == *horizon).ok_or(Reason::NoHistory)
        })
        .collect();
    let part = |part: &dyn Fn(&HorizonScore) -> Option<f64>| {
        floats(scores.iter().map(|score| score.as_ref().ok().and_then(|score| part(score))))
    };
    let held =
        |level: usize| part(&move |score| score.coverage.shares().ok().map(|shares| percent(shares[level])));
    let verdict = scores.iter().map(|score| score.as_ref().ok().map(|score| verdict(score)));
    let last = |part: fn(&Estimate) -> f64| compared(&scores, |score| &score.than_last, part);
    let week = |part: fn(&Estimate) -> f64| compared(&scores, |score| &score.than_week, part);
    let horizon: Vec<i64> = shown.iter().map(|n| *n as i64).collect();
    let forecasts = scores.iter().map(|s| s.as_ref().ok().and_then(|s| i64::try_from(s.origins).ok()));
    batch(vec![
        ("ahead", Arc::new(Int64Array::from(horizon))),
        ("value", part(&|score| Some(score.wis))),
        ("last_value", part(&|score| Some(score.wis_last_value))),
        ("week_mean", part(&|score| Some(score.wis_week_mean))),
        ("mase", part(&|score| score.mase.as_ref().ok().copied())),
        ("held50", held(0)),
        ("held80", held(1)),
        ("held95", held(2)),
        ("forecasts", Arc::new(forecasts.collect::<Int64Array>())),
        ("than_last", last(|d| d.value)),
        ("than_last_lower", last(|d| d.lower)),
        ("than_last_upper", last(|d| d.upper)),
        ("than_week", week(|d| d.value)),
        ("than_week_lower", week(|d| d.lower)),
        ("than_week_upper", week(|d| d.upper)),
        ("verdict", Arc::new(verdict.collect::<StringArray>())),
        ("reason", reasons(&scores)),
    ])
}

/// A part of the difference from a naive forecast, a row a horizon.
fn compared(
    scores: &[Result<&HorizonScore, Reason>],
    of: fn(&HorizonScore) -> &Result<Compared, Reason>,
    part: fn(&Estimate) -> f64,
) -> ArrayRef {
    let one = |score: &Result<&HorizonScore, Reason>| {
        Some(part(&of(score.as_ref().ok()?).as_ref().ok()?.difference))
    };
    floats(scores.iter().map(one))
}

/// Said of a projection that is better than both naive forecasts.
const BETTER: &str = "前日値・週平均の両方より良い";

/// Whether a verdict says so, and nothing against it.
pub fn is_better(verdict: &str) -> bool {
    verdict == BETTER
}

/// How the projection stands to the naive forecasts, and whether its median is at least as near as the last value.
pub(super) fn verdict(score: &HorizonScore) -> String {
    let standing = |compared: &Result<Compared, Reason>| match compared {
        Ok(compared) => Some(compared.standing()),
        // Scores that never differ are no better and no worse.
        Err(Reason::NoSpread) => Some(Standing::Open),
        Err(_) => None,
    };
    let (Some(last), Some(week)) = (standing(&score.than_last), standing(&score.than_week)) else {
        return "試行が少なく判定せず".to_owned();
    };
    let words = match (last, week) {
        (Standing::Better, Standing::Better) => BETTER,
        (Standing::Worse, Standing::Worse) => "前日値・週平均の両方に劣る",
        (Standing::Worse, _) => "前日値に劣る",
        (_, Standing::Worse) => "週平均に劣る",
        (Standing::Open, Standing::Open) => "優劣は判定できない",
        (Standing::Open, Standing::Better) => "前日値との優劣は判定できない",
        (Standing::Better, Standing::Open) => "週平均との優劣は判定できない",
    };
    let behind = score.mase.as_ref().is_ok_and(|mase| *mase > 1.0);
    if behind { format!("{words}（中央値は前日値に劣る）") } else { words.to_owned() }
}
