//! EARS C1, C2 and C3: is this count above what the last days lead us to expect?
//!
//! Hutwagner et al. 2003 (J Urban Health 80, i89–i96); Fricker, Hegler & Dunfee 2008 (Stat Med 27,
//! 3407–3429); written as in R `surveillance::earsC`. Made for series without years of
//! history, daily or weekly. With the baseline of B counts (mean Ȳ, sample standard deviation S):
//!
//! - C1: baseline t−B … t−1; upper bound Ȳ₁ + z S₁.
//! - C2: baseline t−B−2 … t−3, so that an outbreak's first two days don't hide it; Ȳ₂ + z S₂.
//! - C3: the sum of three days, C3(t) = Σ_{i=t−2}^{t} max(0, C2(i) − 1) with C2 = (Y − Ȳ₂)/S₂, over z.
//!   With e the part of the two earlier days that is Y(t) > Ȳ₂ + S₂ (1 + z − e); and any case at all,
//!   bound 0, when e ≥ z alone.
//!
//! z = Φ⁻¹(1 − α). An alarm is a count over its upper bound.
//!
//! C3 follows its papers. `surveillance` 1.20.3 writes Y(t) where Ȳ₂(t) belongs, so that its C3 bound moves
//! with the count and its alarm is e > z, today left out; the oracle test shows the difference.

use crate::epi::reason::{Reason, count, finite};
use crate::measure::distributions::normal_quantile;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    C1,
    C2,
    C3,
}

/// How to watch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    pub method: Method,
    /// Counts in the baseline, at least 2; 7 is usual.
    pub baseline: usize,
    /// Floor of the standard deviation: 0.5 or 1 for sparse counts (Burkom), 0 for none.
    pub min_sigma: f64,
    /// One-sided share of false alarms.
    pub alpha: f64,
}

impl Settings {
    /// The settings in use at the CDC: baseline 7, α 0.001 for C1 and C2, 0.025 for C3.
    pub fn usual(method: Method) -> Self {
        let alpha = if method == Method::C3 { 0.025 } else { 0.001 };
        Self { method, baseline: 7, min_sigma: 0.0, alpha }
    }

    /// Counts needed before the first one that can be judged.
    pub fn needed_before(&self) -> usize {
        self.baseline
            + match self.method {
                Method::C1 => 0,
                Method::C2 => 2,
                Method::C3 => 4,
            }
    }
}

/// One judged period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    pub observed: f64,
    /// Ȳ: mean of the baseline.
    pub expected: f64,
    /// S: standard deviation of the baseline, not under the floor.
    pub spread: f64,
    /// e of C3: what the two periods before add to it; 0 for C1 and C2.
    pub carried: f64,
    pub upper: f64,
    pub alarm: bool,
}

/// Judge every period of a series (oldest first; `None` is missing, never zero).
///
/// A period is refused when its window reaches before the series, or when it or any count of its
/// window is missing; C3 also when the windows before it have no spread.
pub fn ears(counts: &[Option<f64>], settings: &Settings) -> Vec<Result<Verdict, Reason>> {
    (0..counts.len()).map(|at| judge(counts, at, settings)).collect()
}

/// Judge one period.
pub fn judge(counts: &[Option<f64>], at: usize, settings: &Settings) -> Result<Verdict, Reason> {
    if settings.baseline < 2 {
        return Err(Reason::Setting { name: "baseline" });
    }
    if !(settings.min_sigma >= 0.0 && settings.min_sigma.is_finite()) {
        return Err(Reason::Setting { name: "min_sigma" });
    }
    let z = normal_quantile(1.0 - settings.alpha).ok_or(Reason::Setting { name: "alpha" })?;
    let need = settings.needed_before();
    if at < need {
        return Err(Reason::SeriesTooShort { have: at, need });
    }
    let observed = counts.get(at).copied().flatten().ok_or(Reason::Missing)?;
    count(observed)?;
    let lag = if settings.method == Method::C1 { 0 } else { 2 };
    let (expected, spread) = window(counts, at - lag, settings)?;
    let (carried, upper) = if settings.method == Method::C3 {
        if spread == 0.0 {
            return Err(Reason::NoSpread);
        }
        let carried = excess(counts, at - 1, settings)? + excess(counts, at - 2, settings)?;
        (carried, if carried < z { (expected + spread * (1.0 + z - carried)).max(0.0) } else { 0.0 })
    } else {
        (0.0, (expected + z * spread).max(0.0))
    };
    Ok(Verdict { observed, expected, spread, carried, upper: finite(upper)?, alarm: observed > upper })
}

/// max(0, C2 − 1) of an earlier period.
fn excess(counts: &[Option<f64>], at: usize, settings: &Settings) -> Result<f64, Reason> {
    let (mean, spread) = window(counts, at - 2, settings)?;
    let observed = count(counts[at].ok_or(Reason::Missing)?)?;
    if spread == 0.0 {
        return Err(Reason::NoSpread);
    }
    Ok(((observed - mean) / spread - 1.0).max(0.0))
}

/// Mean and standard deviation of the `baseline` counts before `end`.
fn window(counts: &[Option<f64>], end: usize, settings: &Settings) -> Result<(f64, f64), Reason> {
    let values: Vec<f64> = counts[end - settings.baseline..end].iter().copied().flatten().collect();
    if values.len() < settings.baseline {
        return Err(Reason::TooFew { have: values.len(), need: settings.baseline });
    }
    for &value in &values {
        count(value)?;
    }
    let size = values.len() as f64;
    let mean = values.iter().sum::<f64>() / size;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Ok((mean, (squares / (size - 1.0)).sqrt().max(settings.min_sigma)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SERIES: [f64; 12] = [4.0, 4.0, 5.0, 8.0, 3.0, 8.0, 9.0, 6.0, 6.0, 2.0, 3.0, 3.0];

    fn present(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn bounds_agree_with_surveillance() {
        // R surveillance 1.20.3: set.seed(1); upperbound(earsC(sts(rpois(40, 5)), list(method = …))).
        let c1 = judge(&present(&SERIES), 7, &Settings::usual(Method::C1)).unwrap();
        assert!((c1.upper - 13.3055).abs() < 5e-5);
        let c3 = judge(&present(&SERIES), 11, &Settings::usual(Method::C3)).unwrap();
        // Nothing is carried, and surveillance prints Y + z S in place of the bound.
        assert!((c3.observed + 1.959963984540054 * c3.spread - 7.0575).abs() < 5e-5, "{c3:?}");
        assert!((c3.upper - (c3.expected + 2.959963984540054 * c3.spread)).abs() < 1e-9);
    }

    #[test]
    fn what_can_not_be_judged_says_why() {
        let mut series = present(&SERIES);
        let c1 = Settings::usual(Method::C1);
        assert_eq!(judge(&series, 6, &c1), Err(Reason::SeriesTooShort { have: 6, need: 7 }));
        series[3] = None;
        assert_eq!(judge(&series, 8, &c1), Err(Reason::TooFew { have: 6, need: 7 }));
        series[11] = None;
        assert_eq!(judge(&series, 11, &c1), Err(Reason::Missing));
        let flat = present(&[3.0; 14]);
        assert_eq!(judge(&flat, 13, &Settings::usual(Method::C3)), Err(Reason::NoSpread));
        assert!(ears(&[], &c1).is_empty());
        assert_eq!(judge(&flat, 13, &Settings { alpha: 1.0, ..c1 }), Err(Reason::Setting { name: "alpha" }));
    }

    proptest! {
        #[test]
        fn no_verdict_is_ever_infinite(values in prop::collection::vec(prop::option::of(0.0..1e6), 0..40)) {
            for method in [Method::C1, Method::C2, Method::C3] {
                for verdict in ears(&values, &Settings::usual(method)).into_iter().flatten() {
                    prop_assert!(verdict.upper.is_finite() && verdict.expected.is_finite());
                    prop_assert_eq!(verdict.alarm, verdict.observed > verdict.upper);
                }
            }
        }
    }
}
