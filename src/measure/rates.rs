//! Crude and specific rates: cases over person-time, with limits. What is counted (all ages, one district, one
//! sex) is the caller's choice of numerator and denominator; both must have one basis (rates use 区民 only).

use super::intervals::{Estimate, Level, PoissonLimits};
use crate::epi::reason::{Reason, count, population};

/// A rate with its limits: cases / denominator × per; the limits are those of the Poisson count.
///
/// `denominator`: people, person-days or person-years; `per`: 100,000, say.
///
/// Source: Breslow & Day 1987, Statistical Methods in Cancer Research II, ch. 2.
pub fn rate(
    cases: f64,
    denominator: f64,
    per: f64,
    level: Level,
    limits: PoissonLimits,
) -> Result<Estimate, Reason> {
    let (cases, people, per) = (count(cases)?, population(denominator)?, population(per)?);
    let around = limits.around(cases, level)?;
    // Divided last: 49 × (1 ÷ 49) is not 1.
    Estimate::checked(cases * per / people, around.lower * per / people, around.upper * per / people)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rate_per_100_000() {
        // 65 of 266,306 (港区, 2024-01-01); the limits of 65 by Byar: 50.1632–82.8491 (PHEindicatormethods).
        let estimate = rate(65.0, 266_306.0, 1e5, Level::P95, PoissonLimits::Byar).unwrap();
        let near = |got: f64, expected: f64| assert!((got - expected).abs() < 5e-5, "{got} {expected}");
        near(estimate.value, 65.0 / 2.66306);
        near(estimate.lower, 50.163188 / 2.66306);
        near(estimate.upper, 82.849139 / 2.66306);
        assert_eq!(rate(3.0, 0.0, 1e5, Level::P95, PoissonLimits::Exact), Err(Reason::NoPopulation));
        assert_eq!(rate(-3.0, 9.0, 1e5, Level::P95, PoissonLimits::Exact), Err(Reason::NegativeCount));
    }

    #[test]
    fn a_rate_is_the_nearest_number_to_what_it_is() {
        for people in 1..2_000u32 {
            for times in [1u32, 3, 7] {
                let rate =
                    rate(f64::from(people * times), f64::from(people), 1e5, Level::P95, PoissonLimits::Byar);
                assert_eq!(rate.unwrap().value, 1e5 * f64::from(times), "{people}");
            }
        }
    }

    proptest! {
        #[test]
        fn limits_contain_the_rate(cases in 0u32..100_000, people in 1u32..10_000_000) {
            for limits in [PoissonLimits::Exact, PoissonLimits::Byar] {
                let rate = rate(f64::from(cases), f64::from(people), 1e5, Level::P95, limits).unwrap();
                prop_assert!(rate.lower <= rate.value && rate.value <= rate.upper);
            }
        }
    }
}
