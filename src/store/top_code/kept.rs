//! The columns that carry the age rule, and the condition that a row keeps more than it allows.

use super::super::error::StoreError;
use super::super::sql;

pub(super) const AGE: &str = "age";
pub(super) const DECADE: &str = "age_decade";

/// The condition that a row keeps too much; None for a table that carries no age.
pub(super) fn kept(age: bool, decade: bool) -> Result<Option<&'static str>, StoreError> {
    let section = match (age, decade) {
        (true, true) => "top_code.both",
        (true, false) => "top_code.only_age",
        (false, true) => "top_code.only_decade",
        (false, false) => return Ok(None),
    };
    sql::text(section).map(|text| Some(text.trim()))
}
