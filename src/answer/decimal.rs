//! A decimal as it was published: its digits and how many of them stand behind the point.

use std::fmt;

/// `13.80` is 1380 and 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub digits: i128,
    pub places: u32,
}

impl Decimal {
    /// The nearest float, for charts and JSON, whose shortest form has the same digits (up to fifteen of them).
    pub fn number(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Reads what [`fmt::Display`] writes, and the shortest form of a float.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{whole}{part}").parse().ok()?;
        Some(Self { digits, places: u32::try_from(part.len()).ok()? })
    }

    /// The same value with more places.
    pub fn with_places(self, places: u32) -> Option<Self> {
        let more = 10_i128.checked_pow(places.checked_sub(self.places)?)?;
        Some(Self { digits: self.digits.checked_mul(more)?, places })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let places = self.places as usize;
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        match part {
            "" => write!(to, "{sign}{whole}"),
            part => write!(to, "{sign}{whole}.{part}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_stand_as_published() {
        let text = |digits, places| Decimal { digits, places }.to_string();
        assert_eq!(text(1381, 2), "13.81");
        assert_eq!(text(1380, 2), "13.80");
        assert_eq!(text(-5, 2), "-0.05");
        assert_eq!(text(0, 2), "0.00");
        assert_eq!(text(13, 0), "13");
        assert_eq!(Decimal { digits: 1381, places: 2 }.number().to_string(), "13.81");
        assert_eq!(
            Decimal::parse("13.8").and_then(|d| d.with_places(2)).map(|d| d.to_string()),
            Some("13.80".into())
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(digits in -999_999_999_999_999i64..=999_999_999_999_999, places in 0u32..=15) {
            let decimal = Decimal { digits: digits.into(), places };
            prop_assert_eq!(Decimal::parse(&decimal.to_string()), Some(decimal));
            // Fifteen digits survive a float.
            let shortest = format!("{}", decimal.number());
            let read = Decimal::parse(&shortest).and_then(|d| d.with_places(places));
            prop_assert_eq!(read, Some(decimal));
        }
    }
}
