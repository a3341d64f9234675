//! What a panel may be drawn as: the word in a board's file, and what an indicator must have to be drawn so.

use serde::{Deserialize, Serialize};

use super::indicator::{Indicator, Shape};
use super::role::Role;

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
    /// A row's figure on a scale of its own, against its marks or an earlier figure (HTML).
    Gauges,
    /// What alarms, as sentences with the expected range (HTML).
    Alarms,
    /// What a table of scores comes to, in sentences (HTML).
    Sentences,
}

/// What a kind asks of an indicator.
struct Asks {
    /// The word in a board's file.
    word: &'static str,
    /// The shapes that can be drawn so; none: any.
    shapes: &'static [Shape],
    /// The roles of columns that it needs.
    needs: &'static [Role],
}

impl PanelKind {
    const fn asks(self) -> Asks {
        use Shape::{Breakdown, Heat, Pyramid, Series, Table, Value};
        const FIGURE: &[Role] = &[Role::Value];
        const ESTIMATE: &[Role] = &[Role::Value, Role::Lower(95), Role::Upper(95)];
        const CURVE: &[Role] = &[Role::Days, Role::Value, Role::Lower(95), Role::Upper(95), Role::AtRisk];
        const ALARMS: &[Role] = &[Role::Value, Role::Bound, Role::Alarm];
        const BEDS: &[Role] = &[Role::Facility, Role::Occupied, Role::Secured, Role::Severe];
        let (word, shapes, needs): (_, &[Shape], &[Role]) = match self {
            Self::Hero => ("hero", &[Value], FIGURE),
            Self::Tile => ("tile", &[Value, Breakdown], FIGURE),
            Self::Line => ("line", &[Series], &[]),
            Self::Bars => ("bars", &[Series], FIGURE),
            Self::Stacked => ("stacked", &[Series], &[]),
            Self::Pyramid => ("pyramid", &[Pyramid], &[]),
            Self::Heat => ("heat", &[Heat], &[]),
            Self::Spark => ("spark", &[Series], FIGURE),
            Self::Marks => ("marks", &[Breakdown, Value], FIGURE),
            Self::Forest => ("forest", &[Breakdown], ESTIMATE),
            Self::Survival => ("survival", &[Table, Breakdown], CURVE),
            Self::Calendar => ("calendar", &[Series], FIGURE),
            Self::Table => ("table", &[], &[]),
            Self::Beds => ("beds", &[Table], BEDS),
            Self::Gauges => ("gauges", &[Table, Breakdown], FIGURE),
            Self::Alarms => ("alarms", &[Table], ALARMS),
            Self::Sentences => ("sentences", &[Table, Breakdown, Value], FIGURE),
        };
        Asks { word, shapes, needs }
    }

    /// The word in a board's file.
    pub const fn word(self) -> &'static str {
        self.asks().word
    }

    /// May it have another indicator over it?
    pub const fn takes_over(self) -> bool {
        matches!(self, Self::Bars | Self::Line | Self::Sentences)
    }

    /// Why an indicator whose columns have these roles can't be drawn as this, if it can't.
    pub fn misfit(self, shown: &Indicator, roles: &[Role]) -> Option<String> {
        let Asks { word, shapes, needs } = self.asks();
        let has = |role: Role| roles.contains(&role);
        // Periods beside those that they are compared with are two lines.
        if self == Self::Line && [Role::Period, Role::Value, Role::Before].into_iter().all(has) {
            return None;
        }
        // Of rows by period and age, or by district and age, the others are summed.
        let columns = [Role::Period, Role::District];
        if self == Self::Heat
            && columns.into_iter().any(has)
            && [Role::Value, Role::Band].into_iter().all(has)
        {
            return None;
        }
        if self == Self::Gauges && ![Role::Marks, Role::Before].into_iter().any(has) {
            return Some("drawn as gauges it needs marks or an earlier figure".to_owned());
        }
        if !shapes.is_empty() && !shapes.contains(&shown.shape) {
            return Some(format!("a {} can't be drawn as {word}", shown.shape.word()));
        }
        if let Some(absent) = needs.iter().find(|role| !roles.contains(role)) {
            return Some(format!("drawn as {word} it needs a column {}", absent.usual_name()));
        }
        if self == Self::Calendar && !shown.by.is_empty() && !shown.by.iter().any(|by| by == "day") {
            return Some("a calendar is by day".to_owned());
        }
        let figures = roles
            .iter()
            .filter(|role| !matches!(role, Role::Period | Role::Label | Role::Complete | Role::Reason));
        if self == Self::Stacked && figures.count() < 2 {
            return Some("stacked it needs at least two columns beside day".to_owned());
        }
        None
    }
}
