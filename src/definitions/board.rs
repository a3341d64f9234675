//! A board: one TOML file that says which indicators stand where, and drawn as what.

use serde::{Deserialize, Serialize};

use super::mapping::Title;
use super::panel_kind::PanelKind;
use super::questions::GlanceQuestion;
use crate::epi::against::Against;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// The file's stem; set by the reader.
    #[serde(skip)]
    pub id: String,
    pub title: Title,
    pub audience: Audience,
    /// The heading that people look for it under, of `queries/reference/groups.toml`; `hinomi check` asks for it.
    #[serde(default)]
    pub group: Option<String>,
    #[serde(default = "half_a_minute")]
    pub rotate_seconds: u32,
    /// The sentences that may take the title's place: the first of which the rule holds does.
    #[serde(default, rename = "headline", deserialize_with = "one_or_more")]
    pub headlines: Vec<Headline>,
    #[serde(rename = "panel")]
    pub panels: Vec<Panel>,
    /// What it answers, from the file beside its own; set by the reader.
    #[serde(skip)]
    pub questions: Vec<GlanceQuestion>,
}

/// A fact, made by rule. `{value}` stands for the figure that the rule has found, `{count}` for how many rows it holds of,
/// `{names}` for the first of them by name, `{change}` for the difference that it speaks of, `{ratio}` for its ratio.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Headline {
    pub show: String,
    pub ja: String,
    pub en: String,
    #[serde(default)]
    pub when: When,
    /// `$by`.
    #[serde(default)]
    pub by: Option<String>,
}

/// When a board's name gives way to its sentence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The figure has reached one of its dated reference values; the highest of those stands below.
    #[default]
    Reached,
    /// A column of the last row with a figure is above a bound: the lower limit of a ratio above 1.
    Above { column: String, bound: f64 },
    /// The same below it: the upper limit of a ratio below 1.
    Below { column: String, bound: f64 },
    /// Above a bound in any row of a breakdown: the lower limit of the ratio of one district.
    AnyAbove { column: String, bound: f64 },
    /// The last figure is above the one so many rows before by so much.
    Risen { rows: u32, by: f64 },
    /// A column says something in at least one row: what alarms.
    Filled { column: String },
    /// The lower limit of one row of a breakdown is above the upper limits of all others.
    Highest,
    /// A column is below another of the same row: the upper limit of a share below what it should be.
    Under { column: String, of: String },
    /// No verdict says that past projections were better than what anyone can reckon.
    Unproved,
}

/// `dashboards/strip.toml`: the strip 急ぐ, which is on every board. Not a board.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strip {
    #[serde(default, rename = "item")]
    pub items: Vec<StripItem>,
    #[serde(default)]
    pub held_back: HeldBackLimit,
}

/// A source is named on the strip from so many rows held back on, or from such a share of the rows read.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldBackLimit {
    pub rows: u64,
    pub percent: f64,
}

impl Default for HeldBackLimit {
    fn default() -> Self {
        Self { rows: 5, percent: 1.0 }
    }
}

impl HeldBackLimit {
    /// Rows held back, of how many read.
    pub fn is_reached(self, rows: u64, of: u64) -> bool {
        rows > 0 && (rows >= self.rows || 100.0 * rows as f64 >= self.percent * of as f64)
    }
}

/// Named on the strip while `column` of the indicator's first row is above `above`; once it is, until it is no longer above by
/// `back` less.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StripItem {
    pub show: String,
    pub column: String,
    pub above: f64,
    /// How far it must go back before the strip says so no longer.
    #[serde(default)]
    pub back: f64,
    pub text: Title,
    /// What follows the number: 人, 時間 …
    pub unit: String,
}

/// `dashboards/playlist.toml`: the boards that a display without settings of its own goes through. Not a board.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playlist {
    pub boards: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// A banding of ages.
    #[serde(default)]
    pub bands: Option<String>,
    /// What the period is compared with.
    #[serde(default)]
    pub against: Option<Against>,
    /// The indicator that says how past projections did: what lies ahead is drawn no bolder than its verdict allows.
    #[serde(default)]
    pub verdict: Option<String>,
    /// Days shown; the indicator's own when absent.
    #[serde(default)]
    pub days: Option<u32>,
    /// 1-based place on the 12 × 8 grid.
    pub at: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub column: u8,
    pub row: u8,
    pub width: u8,
    pub height: u8,
}

/// A board has a sentence, or several of which the first that holds is said.
fn one_or_more<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Headline>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        One(Headline),
        More(Vec<Headline>),
    }
    Ok(match Said::deserialize(deserializer)? {
        Said::One(one) => vec![one],
        Said::More(more) => more,
    })
}

fn half_a_minute() -> u32 {
    30
}
