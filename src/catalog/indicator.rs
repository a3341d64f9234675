//! An indicator: one SQL file whose header says what the figure means.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A parsed indicator file.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// The file's stem.
    pub id: String,
    pub title_ja: String,
    pub title_en: String,
    pub unit: Unit,
    pub shape: Shape,
    /// 受理, 管内, 区民, 区内病院, 公表 …
    pub basis: String,
    /// The date that rows are placed by: 受理日, 報告年月日, 発病日, 公表日, 0時現在 …
    pub date: String,
    pub numerator: String,
    pub denominator: Option<String>,
    /// Source tables, or sources.
    pub source: Vec<String>,
    /// Days after which a day's figure is complete.
    pub lag_days: u32,
    /// gap or zero: what a day without rows means.
    pub missing: Missing,
    pub high_is: HighIs,
    pub reference: Vec<Reference>,
    /// Result columns: (SQL name, Japanese label).
    pub columns: Vec<(String, String)>,
    /// What `$by` may be; the first is the default.
    pub by: Vec<String>,
    /// How many days `$from`..`$to` covers when nobody says.
    pub days: u32,
    /// The text after the header.
    pub sql: Arc<str>,
    /// SHA-256 of the whole file, hex.
    pub hash: String,
}

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
    Per100k,
    /// 床
    Beds,
    /// 時間
    Hours,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// One row; column `value` and others named in `columns`.
    Value,
    /// `day` (or `week`, `month`: the period's first day), `value`, perhaps more numeric columns.
    Series,
    /// One text or number dimension first, then `value`.
    Breakdown,
    /// `age_decade` (null: unknown), `male`, `female`, `other`.
    Pyramid,
    /// `week` (first day), `age_decade`, `value`.
    Heat,
    /// Any columns.
    Table,
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

/// A dated reference value and its source. Shown as a mark, never as a declared stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    pub value: f64,
    pub label: String,
}
