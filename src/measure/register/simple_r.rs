//! `simple_r()`: the ratio of the last seven days to the seven before, to the power of 5/7 (five days from case to case).

use arrow::array::RecordBatch;

use super::rate_ratio::{GROUPS, ratios};
use crate::definitions::measure::MeasureCall;
use crate::measure::common::{LOWER, REASON, UNLIKE, UPPER, VALUE};
use crate::measure::growth::simple_reproduction_number;
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL};

pub static METHOD: Method = Method {
    name: "simple_r",
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
        ja: "（直近7日間 ÷ その前の7日間）の 5/7 乗（世代時間5日、間隔7日）。95%信頼区間は比の正確な区間を同じく累乗したもの",
        en: "(last seven days ÷ the seven before)^(5/7): a generation of five days, seven days apart; 95 % limits are those of \
             the ratio, exact, to the same power",
    },
    making: Making::Rows(|_: &MeasureCall, rows: &RecordBatch, _: &Beside<'_>| {
        ratios(rows, simple_reproduction_number)
    }),
    ..USUAL
};
