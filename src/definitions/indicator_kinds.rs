//! What a figure is: its unit, its shape, what a gap in it means, which way is bad.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 人
    Persons,
    /// 件
    Count,
    /// ％
    Percent,
    /// 倍
    Ratio,
    /// 人口10万対
    #[serde(rename = "per_100k")]
    Per100k,
    /// 床
    Beds,
    /// 時間
    Hours,
    /// 日
    Days,
    /// 歳
    Years,
    /// None: Rt.
    Number,
}

impl Unit {
    pub(super) const WORDS: [(&str, Self); 10] = [
        ("persons", Self::Persons),
        ("count", Self::Count),
        ("percent", Self::Percent),
        ("ratio", Self::Ratio),
        ("per_100k", Self::Per100k),
        ("beds", Self::Beds),
        ("hours", Self::Hours),
        ("days", Self::Days),
        ("years", Self::Years),
        ("number", Self::Number),
    ];

    pub fn ja(self) -> &'static str {
        match self {
            Self::Persons => "人",
            Self::Count => "件",
            Self::Percent => "%",
            Self::Ratio => "倍",
            Self::Per100k => "人口10万対",
            Self::Beds => "床",
            Self::Hours => "時間",
            Self::Days => "日",
            Self::Years => "歳",
            Self::Number => "",
        }
    }

    pub fn en(self) -> &'static str {
        match self {
            Self::Persons => "persons",
            Self::Count => "count",
            Self::Percent => "%",
            Self::Ratio => "times",
            Self::Per100k => "per 100,000 population",
            Self::Beds => "beds",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Years => "years",
            Self::Number => "",
        }
    }

    /// The word in a header, and in the API.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, unit)| *unit == self).map_or("", |(word, _)| word)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// One row; column `value` and others named in `columns`.
    Value,
    /// `day` (a period's first day when there is a `$by`), then numeric columns, `value` mostly.
    Series,
    /// One text or number dimension first, then `value`.
    Breakdown,
    /// `band` from young to old (null: unknown), `male`, `female`, `other`; `male_before`, `female_before` and `other_before`
    /// too when it is compared with another period.
    Pyramid,
    /// `week` (first day), `band` from young to old (null: unknown), `value`.
    Heat,
    /// Any columns.
    Table,
}

impl Shape {
    pub(super) const WORDS: [(&str, Self); 6] = [
        ("value", Self::Value),
        ("series", Self::Series),
        ("breakdown", Self::Breakdown),
        ("pyramid", Self::Pyramid),
        ("heat", Self::Heat),
        ("table", Self::Table),
    ];

    /// The word in a header, and in the API.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, shape)| *shape == self).map_or("", |(word, _)| word)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    Gap,
    Zero,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HighIs {
    Bad,
    Good,
    Neither,
}
