//! Columns that many measures read or make.

use crate::definitions::indicator::Unit;
use crate::definitions::role::{Column, Role, Scale};

pub const VALUE: Column = Column::new("value", Role::Value).own();
pub const LOWER: Column = Column::new("lower", Role::Lower(95)).own();
pub const UPPER: Column = Column::new("upper", Role::Upper(95)).own();
pub const REASON: Column = Column::new("reason", Role::Reason);
/// Counted people or events, and the people that they are of.
pub const CASES: Column = Column::new("cases", Role::Count);
pub const POPULATION: Column = Column::new("population", Role::Denominator);
/// The same of those compared with.
pub const OTHER_CASES: Column = Column::new("other_cases", Role::Count);
pub const OTHER_POPULATION: Column = Column::new("other_population", Role::Denominator);
/// Why a row is compared with nothing.
pub const UNLIKE: Column = Column::new("unlike", Role::Unlike);
/// The days of a series.
pub const DAY: Column = Column::new("day", Role::Period);
/// The day on which something became known.
pub const KNOWN_DAY: Column = Column::new("known_day", Role::Other);
pub const BAND: Column = Column::new("band", Role::Band);
/// A ratio of two periods with its limits.
pub const RATIO: Column = Column::new("ratio", Role::Ratio).scaled(Scale::In(Unit::Ratio));
pub const RATIO_LOWER: Column = Column::new("ratio_lower", Role::PartLower).scaled(Scale::In(Unit::Ratio));
pub const RATIO_UPPER: Column = Column::new("ratio_upper", Role::PartUpper).scaled(Scale::In(Unit::Ratio));
/// The bands of a forecast beside those of 95.
pub const LOWER50: Column = Column::new("lower50", Role::Lower(50));
pub const UPPER50: Column = Column::new("upper50", Role::Upper(50));
pub const LOWER80: Column = Column::new("lower80", Role::Lower(80));
pub const UPPER80: Column = Column::new("upper80", Role::Upper(80));
/// The beds that can be used.
pub const LIMIT: Column = Column::new("limit", Role::Reference);
