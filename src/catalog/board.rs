//! A board: one TOML file that says which indicators stand where, and drawn as what.

use serde::Deserialize;

use crate::intake::mapping::Title;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// The file's stem; set by the reader.
    #[serde(skip)]
    pub id: String,
    pub title: Title,
    pub audience: Audience,
    #[serde(default = "half_a_minute")]
    pub rotate_seconds: u32,
    #[serde(rename = "panel")]
    pub panels: Vec<Panel>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Staff,
    Visitor,
    Public,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// The indicator's id.
    pub show: String,
    #[serde(rename = "as")]
    pub kind: PanelKind,
    /// The heading; the indicator's own title when absent.
    #[serde(default)]
    pub title: Option<Title>,
    /// A second indicator drawn over the first (a line over bars).
    #[serde(default)]
    pub over: Option<String>,
    /// `$by`.
    #[serde(default)]
    pub by: Option<String>,
    /// Days shown; the indicator's own when absent.
    #[serde(default)]
    pub days: Option<u32>,
    /// 1-based place on the 12 × 8 grid.
    pub at: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub column: u8,
    pub row: u8,
    pub width: u8,
    pub height: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelKind {
    /// The one large number of a board, with what it is compared to (HTML).
    Hero,
    /// A number with its parts (HTML).
    Tile,
    Line,
    /// Bars by day with an optional line over them: the epi curve.
    Bars,
    Stacked,
    Pyramid,
    Heat,
    Spark,
    /// Bars with reference marks.
    Marks,
    /// HTML table.
    Table,
    /// A bar a hospital (HTML).
    Beds,
}

fn half_a_minute() -> u32 {
    30
}
