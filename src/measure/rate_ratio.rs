//! Ratios of rates between two groups: periods, districts, sexes.

use std::collections::HashMap;

use super::distributions::beta_quantile;
use super::intervals::{Estimate, Level};
use crate::epi::reason::{Reason, count, population};

/// The numerator and denominator of a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    pub cases: f64,
    /// People or person-time, in one unit for both groups.
    pub person_time: f64,
}

/// Rate ratio (x₁/t₁) / (x₂/t₂) with exact conditional limits: given x₁ + x₂, x₁ is binomial with
/// π = ρt₁ / (ρt₁ + t₂); Clopper and Pearson's limits of π give those of ρ = π/(1 − π) · t₂/t₁.
/// No cases in `group` is a ratio of 0 with an upper limit; none in `comparison` has no ratio.
///
/// Source: Przyborowski & Wilenski 1940, Biometrika 31, 313–323; the same as R's `poisson.test`.
pub fn rate_ratio(group: Group, comparison: Group, level: Level) -> Result<Estimate, Reason> {
    let (x1, t1) = (count(group.cases)?, population(group.person_time)?);
    let (x2, t2) = (count(comparison.cases)?, population(comparison.person_time)?);
    if x2 == 0.0 {
        return Err(Reason::NoCasesInComparison);
    }
    let tail = level.tail();
    // Each limit's odds from the smaller side, so that no digits are lost near 1: if π is the p-quantile of
    // Beta(a, b), 1 − π is the (1 − p)-quantile of Beta(b, a).
    let odds = |p: f64, a: f64, b: f64| -> Option<f64> {
        Some(beta_quantile(p, a, b)? / beta_quantile(1.0 - p, b, a)?)
    };
    let lower = if x1 == 0.0 { Some(0.0) } else { odds(tail, x1, x2 + 1.0) };
    let upper = odds(1.0 - tail, x1 + 1.0, x2);
    let scale = t2 / t1;
    let (lower, upper) = lower.zip(upper).ok_or(Reason::NotConverged)?;
    // Divided once: 0.3 ÷ 0.1 is not 3.
    Estimate::checked(x1 * t2 / (x2 * t1), lower * scale, upper * scale)
}

/// The same of many pairs, of which many are alike: each is worked out once.
pub(super) fn rate_ratios(level: Level) -> impl FnMut(Group, Group) -> Result<Estimate, Reason> {
    let mut known: HashMap<[u64; 4], Result<Estimate, Reason>> = HashMap::new();
    move |group, comparison| {
        let numbers = [group.cases, group.person_time, comparison.cases, comparison.person_time];
        let found = known.entry(numbers.map(f64::to_bits));
        found.or_insert_with(|| rate_ratio(group, comparison, level)).clone()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn group(cases: f64, person_time: f64) -> Group {
        Group { cases, person_time }
    }

    #[test]
    fn breast_cancer_after_fluoroscopy() {
        // 41 cases in 28,010 and 15 in 19,017 person-years (Boice & Monson 1977, in Rothman & Greenland).
        // R 4.2.2: poisson.test(c(41, 15), c(28010, 19017)): 1.855758658, 1.005684063–3.609300311
        let ratio = rate_ratio(group(41.0, 28_010.0), group(15.0, 19_017.0), Level::P95).unwrap();
        assert!((ratio.value - 1.855758658).abs() < 1e-9, "{ratio:?}");
        assert!((ratio.lower - 1.005684063).abs() < 1e-9, "{ratio:?}");
        assert!((ratio.upper - 3.609300311).abs() < 1e-9, "{ratio:?}");
    }

    #[test]
    fn a_ratio_is_the_nearest_number_to_what_it_is() {
        for days in 1..60u32 {
            for cases in 1..12u32 {
                let (days, cases) = (f64::from(days), f64::from(cases));
                for (own, other, expected) in [
                    (group(3.0 * cases, days), group(cases, days), 3.0),
                    (group(cases, days), group(cases, 3.0 * days), 3.0),
                    (group(cases, 10.0 * days), group(cases, days), 0.1),
                ] {
                    assert_eq!(
                        rate_ratio(own, other, Level::P95).unwrap().value,
                        expected,
                        "{own:?} {other:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn nothing_to_compare_with() {
        let none = rate_ratio(group(4.0, 10.0), group(0.0, 10.0), Level::P95);
        assert_eq!(none, Err(Reason::NoCasesInComparison));
        assert_eq!(rate_ratio(group(4.0, 0.0), group(1.0, 10.0), Level::P95), Err(Reason::NoPopulation));
        // 1 − π = 0.025^(1/5) of the five cases: upper = odds of 1 − 0.025^(1/5).
        let zero = rate_ratio(group(0.0, 10.0), group(5.0, 10.0), Level::P95).unwrap();
        let rest = 0.025f64.powf(0.2);
        assert_eq!((zero.value, zero.lower), (0.0, 0.0));
        assert!((zero.upper - (1.0 - rest) / rest).abs() < 1e-12);
    }

    #[test]
    fn of_many_pairs_each_is_what_it_is_alone() {
        let mut ratios = rate_ratios(Level::P95);
        for (cases, days) in [(4.0, 7.0), (0.0, 7.0), (4.0, 7.0), (4.0, 1.0), (4.0, f64::NAN), (4.0, 0.0)] {
            for other in [3.0, 0.0] {
                let (own, other) = (group(cases, days), group(other, 7.0));
                assert_eq!(ratios(own, other), rate_ratio(own, other, Level::P95));
            }
        }
    }

    proptest! {
        #[test]
        fn limits_contain_the_ratio(
            x1 in 0u32..20_000, x2 in 1u32..20_000, t1 in 1u32..1_000_000, t2 in 1u32..1_000_000,
        ) {
            let (one, two) = (group(x1.into(), t1.into()), group(x2.into(), t2.into()));
            let ratio = rate_ratio(one, two, Level::P95).unwrap();
            prop_assert!(0.0 <= ratio.lower && ratio.lower <= ratio.value && ratio.value <= ratio.upper);
        }

        #[test]
        fn the_other_way_round_is_the_inverse(x1 in 1u32..5_000, x2 in 1u32..5_000) {
            let (one, two) = (group(x1.into(), 7.0), group(x2.into(), 3.0));
            let there = rate_ratio(one, two, Level::P95).unwrap();
            let back = rate_ratio(two, one, Level::P95).unwrap();
            prop_assert!((there.lower * back.upper - 1.0).abs() < 1e-9);
        }
    }
}
