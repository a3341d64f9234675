//! Numbers as people read them on a wall: thousands separated, minus as −, missing as —.

use crate::answer::{Cell, Decimal};
use crate::definitions::indicator::Unit;
use crate::epi::rounding::figure as figure_of;

/// What stands where nothing is known. Never zero.
pub const MISSING: &str = "—";
/// What a source writes for a masked figure; shown as a drawn mark.
pub const MASKED: &str = "*";

pub use crate::epi::rounding::whole;

/// A number with a fixed count of decimals. What is neither finite nor a number is missing.
pub fn decimal(number: f64, places: usize) -> String {
    figure_of(number, places).unwrap_or_else(|| MISSING.to_owned())
}

/// A decimal with the places that it was published with, thousands separated.
pub fn exact(published: Decimal) -> String {
    let text = published.to_string();
    let bare = text.trim_start_matches('-');
    let (before, after) = bare.split_once('.').unwrap_or((bare, ""));
    let before = before.parse::<i64>().map_or_else(|_| before.to_owned(), whole);
    let sign = if published.digits < 0 { "−" } else { "" };
    if after.is_empty() { format!("{sign}{before}") } else { format!("{sign}{before}.{after}") }
}

/// Decimals that a figure of this unit deserves.
pub const fn places(unit: Unit) -> usize {
    match unit {
        Unit::Persons | Unit::Count | Unit::Beds | Unit::Hours => 0,
        Unit::Percent | Unit::Per100k | Unit::Days | Unit::Years => 1,
        Unit::Ratio | Unit::Number => 2,
    }
}

/// A figure of a unit. Means of whole things get one decimal.
pub fn figure(cell: &Cell, unit: Unit) -> String {
    match cell {
        Cell::Null => MISSING.to_owned(),
        Cell::Int(n) => whole(*n),
        Cell::Float(x) if places(unit) == 0 && (x.fract() != 0.0) => decimal(*x, 1),
        Cell::Float(x) => decimal(*x, places(unit)),
        Cell::Decimal(published) => exact(*published),
        Cell::Text(text) => text.clone(),
        Cell::Bool(yes) => if *yes { "はい" } else { "いいえ" }.to_owned(),
        Cell::Day(day) => day.to_string(),
        Cell::Instant(at) => super::times::moment(*at),
    }
}

/// Hours of waiting: tenths matter only while they are few.
pub fn hours(hours: f64) -> String {
    decimal(hours, usize::from(hours < 10.0))
}

/// The number in a cell, if it holds one.
pub fn number(cell: &Cell) -> Option<f64> {
    match cell {
        #[expect(clippy::cast_precision_loss, reason = "counts of people stay far below 2^53")]
        Cell::Int(n) => Some(*n as f64),
        Cell::Float(x) if x.is_finite() => Some(*x),
        Cell::Decimal(published) => Some(published.number()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_and_minus_is_a_minus() {
        assert_eq!(whole(0), "0");
        assert_eq!(whole(999), "999");
        assert_eq!(whole(1_000), "1,000");
        assert_eq!(whole(-62_889), "−62,889");
        assert_eq!(whole(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn decimals_keep_their_sign_and_round_to_a_plain_zero() {
        assert_eq!(decimal(78.26, 1), "78.3");
        assert_eq!(decimal(-1234.5, 1), "−1,234.5");
        assert_eq!(decimal(-0.01, 1), "0.0");
        assert_eq!(decimal(f64::NAN, 1), MISSING);
    }

    #[test]
    fn a_picture_says_the_number_of_its_page() {
        for units in -4_000..4_000 {
            // Eighths and two-hundredths: halves of the last place, as binary numbers have them and as they do not.
            for number in [f64::from(units) / 8.0, f64::from(units) / 200.0] {
                for places in 0..3 {
                    assert_eq!(decimal(number, places), crate::draw::number(number, places), "{number}");
                }
            }
        }
    }

    #[test]
    fn missing_is_never_zero() {
        assert_eq!(figure(&Cell::Null, Unit::Persons), "—");
        assert_eq!(figure(&Cell::Int(0), Unit::Persons), "0");
        assert_eq!([true, false].map(|yes| figure(&Cell::Bool(yes), Unit::Persons)), ["はい", "いいえ"]);
        assert_eq!(figure(&Cell::Float(12.25), Unit::Persons), "12.3");
        assert_eq!(figure(&Cell::Float(12.0), Unit::Persons), "12");
    }

    #[test]
    fn published_decimals_are_shown_as_they_are() {
        let figure = |digits, places| figure(&Cell::Decimal(Decimal { digits, places }), Unit::Count);
        assert_eq!(figure(1381, 2), "13.81");
        assert_eq!(figure(123_456_780, 2), "1,234,567.80");
        assert_eq!(figure(-5, 2), "−0.05");
    }
}
