//! The names of the tables that the definitions give to a query, beside the facts.

use crate::epi::period::Period;

/// The tables that the definitions give.
pub const NAMES: [&str; 5] = [PERIODS, AGE_BANDS, REFERENCE_ITEMS, MUTE, POPULATION_LACKS];

/// The periods that the days asked for touch.
pub const PERIODS: &str = "periods";

/// The bands of a banding, from young to old.
pub const AGE_BANDS: &str = "age_bands";

/// The items of all schemes of reference values.
pub const REFERENCE_ITEMS: &str = "reference_items";

/// The sources that feed what an indicator counts and can't tell of what is asked: of its disease, or by its columns.
pub const MUTE: &str = "mute";

/// Of whom the population should be told and is not: made of what it is told of, and of the ward's districts.
pub const POPULATION_LACKS: &str = "population_lacks";

/// The shared query that says of whom the population is told.
pub const POPULATION_TOLD: &str = "population_told";

/// The word for periods that a file names rather than the calendar.
pub const WAVE: &str = "wave";

/// Is this one of the periods that `$by` may be?
pub fn is_period(by: &str) -> bool {
    by == WAVE || Period::parse(by).is_some()
}
