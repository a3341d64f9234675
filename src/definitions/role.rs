//! What a column of an answer is: its role, and how its figures are written. Views go by these, never by names.

use serde::{Deserialize, Serialize};

use super::indicator::Unit;

/// What a column is among the columns of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The figure that the answer is asked for.
    Value,
    /// The limits of the figure, or the edges of a band that holds so many of a hundred.
    Lower(u8),
    Upper(u8),
    /// The quartiles of which the figure is the median.
    Quartile,
    /// The limits of the column before them that is no limit itself.
    PartLower,
    PartUpper,
    /// What the figure is expected to be.
    Expected,
    /// The bound over which it alarms.
    Bound,
    /// A value of each row that the figure is held to.
    Reference,
    /// What alarms.
    Alarm,
    /// The difference from another figure.
    Difference,
    /// The share that a band of so many of a hundred has held.
    Held(u8),
    /// How a figure stands to others, in words.
    Verdict,
    /// The figure of the period that it is compared with, and their ratio.
    Before,
    Ratio,
    /// Days that a row is of, and those of the period that it is compared with.
    Days,
    DaysBefore,
    /// Why a row is compared with nothing.
    Unlike,
    /// What the figure is made of, and what it is divided by.
    Count,
    Denominator,
    /// How many were still under observation.
    AtRisk,
    /// Why there is no figure.
    Reason,
    /// Is the row's period over?
    Complete,
    /// The days that were judged.
    JudgedFrom,
    JudgedTo,
    /// The first day of the row's period, and the period in words.
    Period,
    Label,
    /// Whom or what a row is of.
    Band,
    Sex,
    District,
    Severity,
    Disease,
    Area,
    Facility,
    Item,
    Source,
    /// The unit of a row's figure, where each row has its own.
    RowUnit,
    /// The marks of an item, and the furthest that is reached.
    Marks,
    Reached,
    /// Counts of the sexes, and those of the period compared with.
    Male,
    Female,
    OtherSex,
    MaleBefore,
    FemaleBefore,
    OtherSexBefore,
    /// Beds: in use, secured, ready, and those who are severely ill.
    Occupied,
    Secured,
    Ready,
    Severe,
    /// How many have reported, of how many.
    Reported,
    Reporters,
    ReportedAt,
    /// The days of the oldest and of the newest report among those added up.
    ReportedFrom,
    ReportedTo,
    InWard,
    SeverityBasis,
    /// Some of those counted, told once more beside the whole.
    Again,
    /// What a figure of today is told beside.
    Yesterday,
    LastWeek,
    /// Any other.
    Other,
}

impl Role {
    /// Does it say whom a row is of, so that an empty cell is 不明 and no missing figure?
    pub const fn is_key(self) -> bool {
        matches!(self, Self::Band | Self::Sex | Self::District | Self::Severity)
    }

    /// What a column with this role is usually called, for those who miss it.
    pub fn usual_name(self) -> &'static str {
        NAMED
            .iter()
            .find(|column| column.meaning.role == self)
            .map_or("of its own name", |column| column.name)
    }

    pub const fn is_limit_of_part(self) -> bool {
        matches!(self, Self::PartLower | Self::PartUpper)
    }
}

/// How the figures of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// In the indicator's unit, or in that which the row names.
    Own,
    /// In a unit of the column's own.
    In(Unit),
    /// Without a unit, to the places of one.
    Like(Unit),
    /// Without a unit, as counts.
    Plain,
}

/// A column's role and scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    pub role: Role,
    pub scale: Scale,
}

impl Meaning {
    pub const OTHER: Self = Self { role: Role::Other, scale: Scale::Plain };
}

/// A column of a query or of an answer, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub meaning: Meaning,
}

impl Column {
    /// Written as counts.
    pub const fn new(name: &'static str, role: Role) -> Self {
        Self { name, meaning: Meaning { role, scale: Scale::Plain } }
    }

    /// In the indicator's unit.
    pub const fn own(self) -> Self {
        self.scaled(Scale::Own)
    }

    pub const fn scaled(self, scale: Scale) -> Self {
        Self { name: self.name, meaning: Meaning { role: self.meaning.role, scale } }
    }
}

/// What columns are called that no measure makes, and what they are then.
pub const NAMED: [Column; 47] = [
    Column::new("value", Role::Value).own(),
    Column::new("lower", Role::Lower(95)).own(),
    Column::new("upper", Role::Upper(95)).own(),
    Column::new("reason", Role::Reason),
    Column::new("day", Role::Period),
    Column::new("week", Role::Period),
    Column::new("month", Role::Period),
    Column::new("period", Role::Period),
    Column::new("label", Role::Label),
    Column::new("complete", Role::Complete),
    Column::new("days", Role::Days),
    Column::new("at_risk", Role::AtRisk),
    Column::new("band", Role::Band),
    Column::new("sex", Role::Sex),
    Column::new("district", Role::District),
    Column::new("severity", Role::Severity),
    Column::new("disease", Role::Disease),
    Column::new("area", Role::Area),
    Column::new("facility_id", Role::Facility),
    Column::new("item", Role::Item),
    Column::new("source", Role::Source),
    Column::new("unit", Role::RowUnit),
    Column::new("male", Role::Male),
    Column::new("female", Role::Female),
    Column::new("other", Role::OtherSex),
    Column::new("male_before", Role::MaleBefore),
    Column::new("female_before", Role::FemaleBefore),
    Column::new("other_before", Role::OtherSexBefore),
    Column::new("per_100k", Role::Other).scaled(Scale::In(Unit::Per100k)),
    Column::new("cases", Role::Count),
    Column::new("population", Role::Denominator),
    Column::new("other_population", Role::Denominator),
    Column::new("persons", Role::Denominator),
    Column::new("occupied", Role::Occupied),
    Column::new("secured", Role::Secured),
    Column::new("ready", Role::Ready),
    Column::new("severe", Role::Severe),
    Column::new("reported", Role::Reported),
    Column::new("hospitals", Role::Reporters),
    Column::new("reported_at", Role::ReportedAt),
    Column::new("reported_from", Role::ReportedFrom),
    Column::new("reported_to", Role::ReportedTo),
    Column::new("in_ward", Role::InWard),
    Column::new("severity_basis", Role::SeverityBasis),
    Column::new("suspected", Role::Again),
    Column::new("yesterday", Role::Yesterday),
    Column::new("same_hour_last_week", Role::LastWeek),
];
