//! What a panel may be drawn as: the word in a board's file, and what an indicator must have to be drawn so.

use serde::{Deserialize, Serialize};

use super::indicator::{Indicator, Shape};
use super::measure::REASON;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Estimates with their intervals; ratios around 1.
    Forest,
    /// The share still in by days since admission, in steps.
    Survival,
    /// A figure a day, a column a week.
    Calendar,
    /// HTML table.
    Table,
    /// A bar a hospital (HTML).
    Beds,
}

/// What a kind asks of an indicator.
struct Asks {
    /// The word in a board's file.
    word: &'static str,
    /// The shapes that can be drawn so; none: any.
    shapes: &'static [Shape],
    /// Columns that it needs.
    columns: &'static [&'static str],
}

impl PanelKind {
    const fn asks(self) -> Asks {
        use Shape::{Breakdown, Heat, Pyramid, Series, Table, Value};
        let (word, shapes, columns): (_, &[Shape], &[&str]) = match self {
            Self::Hero => ("hero", &[Value], &["value"]),
            Self::Tile => ("tile", &[Value, Breakdown], &["value"]),
            Self::Line => ("line", &[Series], &[]),
            Self::Bars => ("bars", &[Series], &["value"]),
            Self::Stacked => ("stacked", &[Series], &[]),
            Self::Pyramid => ("pyramid", &[Pyramid], &[]),
            Self::Heat => ("heat", &[Heat], &[]),
            Self::Spark => ("spark", &[Series], &["value"]),
            Self::Marks => ("marks", &[Breakdown, Value], &["value"]),
            Self::Forest => ("forest", &[Breakdown], &["value", "lower", "upper"]),
            Self::Survival => {
                ("survival", &[Table, Breakdown], &["days", "value", "lower", "upper", "at_risk"])
            }
            Self::Calendar => ("calendar", &[Series], &["value"]),
            Self::Table => ("table", &[], &[]),
            Self::Beds => ("beds", &[Table], &["facility_id", "occupied", "secured", "severe"]),
        };
        Asks { word, shapes, columns }
    }

    /// The word in a board's file.
    pub const fn word(self) -> &'static str {
        self.asks().word
    }

    /// May it have another indicator over it?
    pub const fn takes_over(self) -> bool {
        matches!(self, Self::Bars | Self::Line)
    }

    /// Why an indicator can't be drawn as this, if it can't.
    pub fn misfit(self, shown: &Indicator) -> Option<String> {
        let Asks { word, shapes, columns } = self.asks();
        if !shapes.is_empty() && !shapes.contains(&shown.shape) {
            return Some(format!("a {} can't be drawn as {word}", shown.shape.word()));
        }
        if let Some(absent) = columns.iter().find(|name| shown.label(name).is_none()) {
            return Some(format!("drawn as {word} it needs a column {absent}"));
        }
        if self == Self::Calendar && !shown.by.is_empty() && !shown.by.iter().any(|by| by == "day") {
            return Some("a calendar is by day".to_owned());
        }
        let figures = shown
            .columns
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "day" | "label" | "complete" | REASON));
        if self == Self::Stacked && figures.count() < 2 {
            return Some("stacked it needs at least two columns beside day".to_owned());
        }
        None
    }
}
