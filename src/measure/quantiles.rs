//! Median and quartiles of ages from counts. 不明 is the caller's to leave out and to show beside.

use crate::epi::reason::{Reason, finite};

/// The three quartiles and of how many values they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quartiles {
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
    pub count: f64,
}

impl Quartiles {
    fn of(total: f64, quantile: impl Fn(f64) -> Result<f64, Reason>) -> Result<Self, Reason> {
        Ok(Self { lower: quantile(0.25)?, median: quantile(0.5)?, upper: quantile(0.75)?, count: total })
    }
}

/// Quartiles of the age in completed years; `people[a]` is how many are a years old. With the N ages in order,
/// x₀ … x₍N−1₎, the p-quantile lies at h = (N − 1) p, between its neighbours by linear interpolation.
///
/// Source: Hyndman & Fan 1996, Am Stat 50, 361–365, definition 7; R's `quantile`.
pub fn from_single_years(people: &[u32]) -> Result<Quartiles, Reason> {
    let total: u64 = people.iter().map(|&people| u64::from(people)).sum();
    if total == 0 {
        return Err(Reason::NoValues);
    }
    let age_at = |rank: u64| -> Result<f64, Reason> {
        let mut passed = 0;
        for (age, &here) in people.iter().enumerate() {
            passed += u64::from(here);
            if passed > rank {
                return Ok(age as f64);
            }
        }
        Err(Reason::NoValues)
    };
    Quartiles::of(total as f64, |p| {
        let h = (total - 1) as f64 * p;
        let below = age_at(h.floor() as u64)?;
        let above = age_at(h.ceil() as u64)?;
        finite(below + h.fract() * (above - below))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quartiles(lower: f64, median: f64, upper: f64, count: f64) -> Quartiles {
        Quartiles { lower, median, upper, count }
    }

    #[test]
    fn single_years_as_r() {
        // R 4.2.2: quantile(rep(0:9, c(3, 0, 5, 2, 8, 1, 0, 4, 6, 2)), c(.25, .5, .75)): 2.5, 4.0, 7.5
        let ages = from_single_years(&[3, 0, 5, 2, 8, 1, 0, 4, 6, 2]);
        assert_eq!(ages, Ok(quartiles(2.5, 4.0, 7.5, 31.0)));
        assert_eq!(from_single_years(&[0, 0]), Err(Reason::NoValues));
        assert_eq!(from_single_years(&[0, 0, 1]), Ok(quartiles(2.0, 2.0, 2.0, 1.0)));
    }

    proptest! {
        #[test]
        fn quartiles_ascend_within_the_ages(people in prop::collection::vec(0u32..1000, 1..110)) {
            if let Ok(ages) = from_single_years(&people) {
                prop_assert!(0.0 <= ages.lower && ages.lower <= ages.median && ages.median <= ages.upper);
                prop_assert!(ages.upper <= people.len() as f64 - 1.0);
            }
        }
    }
}
