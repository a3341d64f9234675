//! Numbers as text: the one place where a figure is rounded, for tables, tiles, charts, alternative texts and the command line.
//!
//! A figure is its shortest decimal, the one that its reader would write: 1.005 is a half, although no binary number is. Halves
//! go away from zero, as published percentages do.

/// A number with a fixed count of decimals, thousands separated, − (U+2212) for minus: `figure(-12345.65, 1)` is `−12,345.7`.
/// What rounds to nothing has no sign. None where it is neither finite nor a number.
pub fn figure(number: f64, places: usize) -> Option<String> {
    let Rounded { negative, whole, fraction } = rounded(number, places)?;
    let sign = if negative { "−" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{}{point}{fraction}", thousands(&whole)))
}

/// The same with an ASCII minus and without separators, for logs and notes.
pub fn plain(number: f64, places: usize) -> Option<String> {
    let Rounded { negative, whole, fraction } = rounded(number, places)?;
    let sign = if negative { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

/// A whole number: `12345` → `12,345`, `-2` → `−2`.
pub fn whole(number: i64) -> String {
    let digits = thousands(&number.unsigned_abs().to_string());
    if number < 0 { format!("−{digits}") } else { digits }
}

/// A share in per cent: its shortest decimal with the point two places on. Times a hundred, 0.29 would be 28.999999999999996.
pub fn percent(share: f64) -> f64 {
    format!("{share}e2").parse().unwrap_or(share * 100.0)
}

/// A number that was reckoned in many steps, by the fifteen digits that they leave certain: 0.7999999999999998 is 0.8.
pub fn certain(number: f64) -> f64 {
    let places = (14.0 - number.abs().log10().floor()).clamp(0.0, 320.0);
    plain(number, places as usize).and_then(|text| text.parse().ok()).unwrap_or(number)
}

fn thousands(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

struct Rounded {
    negative: bool,
    whole: String,
    fraction: String,
}

fn rounded(number: f64, places: usize) -> Option<Rounded> {
    if !number.is_finite() {
        return None;
    }
    // Without a precision this is the shortest decimal that reads back as the number, and never an exponent.
    let text = number.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let up = fraction.as_bytes().get(places).is_some_and(|digit| *digit >= b'5');
    let kept = fraction.get(..places).unwrap_or(fraction);
    let mut digits: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    digits.resize(whole.len() + places, b'0');
    if up {
        let nines = digits.iter().rev().take_while(|digit| **digit == b'9').count();
        let end = digits.len();
        digits[end - nines..].fill(b'0');
        match end.checked_sub(nines + 1) {
            Some(last) => digits[last] += 1,
            None => digits.insert(0, b'1'),
        }
    }
    let negative = number < 0.0 && digits.iter().any(|digit| *digit != b'0');
    let fraction = digits.split_off(digits.len() - places);
    let text = |digits: Vec<u8>| String::from_utf8(digits).ok();
    Some(Rounded { negative, whole: text(digits)?, fraction: text(fraction)? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_share_in_per_cent_is_the_same_decimal() {
        for thousandths in 0..=1000 {
            let share = f64::from(thousandths) / 1000.0;
            assert_eq!(percent(share), f64::from(thousandths) / 10.0, "{share}");
        }
        assert!((percent(1.0 / 3.0) - 100.0 / 3.0).abs() < 1e-12);
        assert!(percent(f64::NAN).is_nan() && percent(f64::INFINITY).is_infinite());
        assert_eq!((certain(0.1 + 0.2), certain(0.7999999999999998), certain(-1e-300)), (0.3, 0.8, -1e-300));
    }

    #[test]
    fn halves_go_away_from_zero() {
        for (number, places, text) in [
            (0.625, 2, "0.63"),
            (0.285, 2, "0.29"),
            (1.005, 2, "1.01"),
            (2.675, 2, "2.68"),
            (-0.625, 2, "−0.63"),
            (0.5, 0, "1"),
            (1.5, 0, "2"),
            (2.5, 0, "3"),
            (-2.5, 0, "−3"),
            (0.05, 1, "0.1"),
            (-0.05, 1, "−0.1"),
            (-0.04, 1, "0.0"),
            (-0.0, 0, "0"),
            (9.995, 2, "10.00"),
            (999.95, 1, "1,000.0"),
            (0.2857142857142857, 2, "0.29"),
            (12.25, 1, "12.3"),
            (-12.25, 1, "−12.3"),
            (1e21, 0, "1,000,000,000,000,000,000,000"),
            (1e21, 2, "1,000,000,000,000,000,000,000.00"),
            (5e-324, 2, "0.00"),
            (1e-7, 1, "0.0"),
            (f64::MIN_POSITIVE, 0, "0"),
            (12_345.65, 1, "12,345.7"),
            (3.0, 0, "3"),
        ] {
            assert_eq!(figure(number, places).as_deref(), Some(text), "{number} to {places}");
        }
        assert_eq!((figure(f64::NAN, 1), figure(f64::NEG_INFINITY, 0)), (None, None));
        assert_eq!(plain(-1234.565, 2).as_deref(), Some("-1234.57"));
    }

    #[test]
    fn whole_numbers_are_separated() {
        assert_eq!((whole(0).as_str(), whole(999).as_str(), whole(1_000).as_str()), ("0", "999", "1,000"));
        assert_eq!(whole(-62_889), "−62,889");
        assert_eq!(whole(i64::MIN), "−9,223,372,036,854,775,808");
    }

    proptest! {
        #[test]
        fn every_half_goes_away_from_zero(units in 0u32..10_000_000, places in 0usize..4) {
            // units + ½ in the last place, written as a person writes it.
            let digits = format!("{units:0>width$}", width = places + 1);
            let (before, after) = digits.split_at(digits.len() - places);
            let half: f64 = format!("{before}.{after}5").parse().expect("a number");
            let next = format!("{:0>width$}", units + 1, width = places + 1);
            let (before, after) = next.split_at(next.len() - places);
            let expected = if places == 0 { before.to_owned() } else { format!("{before}.{after}") };
            prop_assert_eq!(plain(half, places), Some(expected.clone()));
            prop_assert_eq!(plain(-half, places), Some(format!("-{expected}")));
        }

        #[test]
        fn what_is_said_is_within_half_of_the_last_place(number in -1e9f64..1e9, places in 0usize..4) {
            let read: f64 = plain(number, places).expect("finite").parse().expect("a number");
            let half = 0.5 * 10f64.powi(-i32::try_from(places).expect("few"));
            prop_assert!((read - number).abs() <= half * (1.0 + 1e-6), "{number} {read}");
        }
    }
}
