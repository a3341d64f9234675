//! `to_date()`: the query's `cases` from the start of each period to now, and to the same point of earlier periods.

use crate::definitions::role::{Column, Role};
use crate::measure::common::{CASES, RATIO, RATIO_LOWER, RATIO_UPPER, REASON, VALUE};
use crate::measure::method::{Formula, Making, Method, Part, USUAL};

/// The first day of which there is any record: what was not recorded is not zero.
pub const FIRST_DAY: Column = Column::new("first_day", Role::Other);

pub static METHOD: Method = Method {
    name: "to_date",
    needs: &[CASES, FIRST_DAY],
    makes: &[
        Part::Made(Column::new("span", Role::Other)),
        Part::Made(VALUE),
        // As it was known then, and as it is known now.
        Part::Made(Column::new("before", Role::Before)),
        Part::Made(Column::new("before_now", Role::Before)),
        Part::Made(Column::new("last_year", Role::Before)),
        Part::Made(RATIO),
        Part::Made(RATIO_LOWER),
        Part::Made(RATIO_UPPER),
        Part::Made(REASON),
    ],
    own_days: true,
    formula: |_| Formula {
        ja: "期間の初日から現在までの件数 ÷ 前の期間の同じ経過時点までの件数（そのとき把握していた数）。\
             95%信頼区間は、同じ長さの期間の率比の正確な区間（Przyborowski & Wilenski, Biometrika 1940）",
        en: "cases from the period's first day to now ÷ those of the period before to the same point, as they were known \
             then; exact 95 % limits as for a rate ratio over equal time (Przyborowski & Wilenski, Biometrika 1940)",
    },
    making: Making::Stretches,
    ..USUAL
};
