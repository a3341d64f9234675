//! Limits around counts and proportions. A count or a pair (successes, trials) comes in, an [`Interval`] goes out.

use super::distributions::{gamma_quantile, normal_quantile};
use crate::epi::reason::{Reason, count, finite};

/// A confidence (or credibility) level, two-sided: 0.95 leaves 0.025 on each side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level(f64);

impl Level {
    pub const P95: Self = Self(0.95);

    pub fn new(level: f64) -> Result<Self, Reason> {
        if (0.01..=0.9999).contains(&level) { Ok(Self(level)) } else { Err(Reason::LevelOutOfRange) }
    }

    pub fn value(self) -> f64 {
        self.0
    }

    /// The probability outside on one side.
    pub fn tail(self) -> f64 {
        0.5 * (1.0 - self.0)
    }

    /// The standard normal deviate of the level: 1.96 for 95 %.
    pub(super) fn z(self) -> Result<f64, Reason> {
        normal_quantile(1.0 - self.tail()).ok_or(Reason::NotConverged)
    }
}

/// Lower and upper limit, both finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub lower: f64,
    pub upper: f64,
}

/// An estimate with its limits, all finite and in one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub lower: f64,
    pub upper: f64,
}

impl Estimate {
    pub(super) fn checked(value: f64, lower: f64, upper: f64) -> Result<Self, Reason> {
        Ok(Self { value: finite(value)?, lower: finite(lower)?, upper: finite(upper)? })
    }
}

/// How limits around a Poisson count are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PoissonLimits {
    #[default]
    Exact,
    Byar,
}

impl PoissonLimits {
    pub fn around(self, cases: f64, level: Level) -> Result<Interval, Reason> {
        match self {
            Self::Exact => poisson_exact(cases, level),
            Self::Byar => poisson_byar(cases, level),
        }
    }
}

/// Exact limits of a Poisson count: lower = ½ χ²(α/2; 2x), upper = ½ χ²(1 − α/2; 2x + 2); lower 0 for x = 0.
///
/// Source: Garwood 1936, Biometrika 28, 437–442.
pub fn poisson_exact(cases: f64, level: Level) -> Result<Interval, Reason> {
    let x = count(cases)?;
    let tail = level.tail();
    // ½ χ²(p; 2k) is the p-quantile of the gamma distribution with shape k and scale 1.
    let lower = if x == 0.0 { 0.0 } else { gamma_quantile(tail, x).ok_or(Reason::NotConverged)? };
    let upper = gamma_quantile(1.0 - tail, x + 1.0).ok_or(Reason::NotConverged)?;
    Ok(Interval { lower, upper })
}

/// Byar's limits of a Poisson count: lower = x (1 − 1/(9x) − z/(3√x))³,
/// upper = (x+1) (1 − 1/(9(x+1)) + z/(3√(x+1)))³; lower 0 for x = 0 and never under 0.
///
/// Source: Breslow & Day 1987, Statistical Methods in Cancer Research II, p. 69.
pub fn poisson_byar(cases: f64, level: Level) -> Result<Interval, Reason> {
    let x = count(cases)?;
    let z = level.z()?;
    let side = |k: f64, z: f64| k * (1.0 - 1.0 / (9.0 * k) + z / (3.0 * k.sqrt())).powi(3);
    let lower = if x == 0.0 { 0.0 } else { side(x, -z).max(0.0) };
    Ok(Interval { lower, upper: finite(side(x + 1.0, z))? })
}

/// A proportion with Wilson's score limits: (p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n).
///
/// Source: Wilson 1927, J Am Stat Assoc 22, 209–212.
pub fn wilson(successes: f64, trials: f64, level: Level) -> Result<Estimate, Reason> {
    let (x, n) = (count(successes)?, count(trials)?);
    if n == 0.0 {
        return Err(Reason::NoTrials);
    }
    if x > n {
        return Err(Reason::MoreSuccessesThanTrials);
    }
    let z = level.z()?;
    let p = x / n;
    let (centre, scale) = (p + z * z / (2.0 * n), 1.0 + z * z / n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    // At 0 and n one limit is the proportion itself; rounding must not push it past.
    let lower = if x == 0.0 { 0.0 } else { ((centre - half) / scale).clamp(0.0, p) };
    let upper = if x == n { 1.0 } else { ((centre + half) / scale).clamp(p, 1.0) };
    Estimate::checked(p, lower, upper)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Count, exact lower and upper, Byar lower and upper, 95 %: `poisson_intervals_expected.csv`, from the
    /// definitions; 65 → 50.1632–82.8491 (Byar) is published by `PHEindicatormethods`.
    const POISSON: [[f64; 5]; 11] = [
        [0.0, 0.000000, 3.688879, 0.000000, 3.668012],
        [1.0, 0.025318, 5.571643, 0.013072, 5.563756],
        [2.0, 0.242209, 7.224688, 0.224625, 7.220869],
        [3.0, 0.618672, 8.767273, 0.602973, 8.765364],
        [5.0, 1.623486, 11.668332, 1.611348, 11.668164],
        [9.0, 4.115373, 17.084803, 4.106885, 17.085781],
        [10.0, 4.795389, 18.390356, 4.787450, 18.391459],
        [20.0, 12.216520, 30.888378, 12.211429, 30.889880],
        [65.0, 50.165628, 82.847836, 50.163188, 82.849139],
        [100.0, 81.363991, 121.626794, 81.362105, 121.627938],
        [895.0, 837.317462, 955.609443, 837.316910, 955.609911],
    ];

    #[test]
    fn poisson_limits_match_the_reference() {
        for [cases, exact_lower, exact_upper, byar_lower, byar_upper] in POISSON {
            let exact = poisson_exact(cases, Level::P95).unwrap();
            let byar = poisson_byar(cases, Level::P95).unwrap();
            for (got, expected) in [
                (exact.lower, exact_lower),
                (exact.upper, exact_upper),
                (byar.lower, byar_lower),
                (byar.upper, byar_upper),
            ] {
                assert!((got - expected).abs() < 6e-7, "{cases}: {got} against {expected}");
            }
        }
    }

    #[test]
    fn wilson_matches_the_reference() {
        // PHEindicatormethods: 65 of 100 → 0.552544–0.736358
        let share = wilson(65.0, 100.0, Level::P95).unwrap();
        assert!((share.lower - 0.552544).abs() < 5e-7 && (share.upper - 0.736358).abs() < 5e-7);
        assert_eq!(wilson(0.0, 8.0, Level::P95).unwrap().lower, 0.0);
        assert_eq!(wilson(8.0, 8.0, Level::P95).unwrap().upper, 1.0);
    }

    #[test]
    fn bad_input_has_a_reason() {
        assert_eq!(poisson_exact(-1.0, Level::P95), Err(Reason::NegativeCount));
        assert_eq!(poisson_byar(f64::NAN, Level::P95), Err(Reason::NotANumber));
        assert_eq!(wilson(0.0, 0.0, Level::P95), Err(Reason::NoTrials));
        assert_eq!(wilson(3.0, 2.0, Level::P95), Err(Reason::MoreSuccessesThanTrials));
        assert_eq!(Level::new(1.0), Err(Reason::LevelOutOfRange));
        assert_eq!(Level::new(f64::NAN), Err(Reason::LevelOutOfRange));
    }

    proptest! {
        #[test]
        fn poisson_limits_contain_the_count(cases in 0u32..2_000_000, level in 0.01f64..0.9999) {
            let (x, level) = (f64::from(cases), Level::new(level).unwrap());
            let exact = poisson_exact(x, level).unwrap();
            prop_assert!(0.0 <= exact.lower && exact.lower <= x && x <= exact.upper);
            // Byar's approximation itself is only meant for usual levels.
            let byar = poisson_byar(x, Level::P95).unwrap();
            prop_assert!(0.0 <= byar.lower && byar.lower <= x && x <= byar.upper);
        }

        #[test]
        fn wilson_limits_contain_the_share(n in 1u32..100_000, part in 0.0f64..=1.0, level in 0.01f64..0.9999) {
            let x = (f64::from(n) * part).floor();
            let share = wilson(x, f64::from(n), Level::new(level).unwrap()).unwrap();
            prop_assert!(0.0 <= share.lower && share.lower <= share.value);
            prop_assert!(share.value <= share.upper && share.upper <= 1.0);
        }
    }
}
