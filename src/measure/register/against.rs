//! `against()`: each `item` of a scheme of reference values, with the answer of the indicator that it names.

use crate::definitions::role::{Column, Role};
use crate::measure::common::{REASON, VALUE};
use crate::measure::method::{Formula, Making, Method, Part, USUAL};

pub const ITEM: Column = Column::new("item", Role::Item);

pub static METHOD: Method = Method {
    name: "against",
    needs: &[ITEM],
    makes: &[
        Part::Made(ITEM),
        Part::Made(VALUE),
        Part::Made(Column::new("unit", Role::RowUnit)),
        Part::Made(Column::new("marks", Role::Marks)),
        Part::Made(Column::new("reached", Role::Reached)),
        Part::Made(REASON),
    ],
    formula: |_| Formula {
        ja: "各指標の四捨五入前の値を、日付のある目安と比べる。条件を満たさない項目は適用外。\
             ステージやレベルは判定しない",
        en: "each figure as it is, before any rounding, against the scheme's dated marks; an item is not applied while its \
             condition does not hold; no stage or level is declared",
    },
    making: Making::Items,
    ..USUAL
};
