//! How a figure is compared with a bound: 以上, 超, 以下.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// 以上
    #[default]
    AtLeast,
    /// 超
    Above,
    /// 以下
    AtMost,
}

impl Comparison {
    /// `>=`, `>`, `<=`
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            ">=" => Some(Self::AtLeast),
            ">" => Some(Self::Above),
            "<=" => Some(Self::AtMost),
            _ => None,
        }
    }

    pub fn ja(self) -> &'static str {
        match self {
            Self::AtLeast => "以上",
            Self::Above => "超",
            Self::AtMost => "以下",
        }
    }

    pub fn holds(self, value: f64, mark: f64) -> bool {
        match self {
            Self::AtLeast => value >= mark,
            Self::Above => value > mark,
            Self::AtMost => value <= mark,
        }
    }
}
