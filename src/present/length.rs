//! Lengths in drawings of HTML: no figures, which are rounded in one place.

/// A share of a drawing that is 100 wide.
pub(super) fn of_hundred(n: f64, most: f64) -> String {
    let share = if most > 0.0 { (100.0 * n / most).clamp(0.0, 100.0) } else { 0.0 };
    format!("{share:.2}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_of_nothing_is_nothing() {
        assert_eq!(
            [(1.0, 4.0), (9.0, 4.0), (0.0, 0.0)].map(|(n, most)| super::of_hundred(n, most)),
            ["25.00", "100.00", "0.00"]
        );
    }
}
