//! How fast counts change: simple reproduction number, growth rate with doubling time.

use super::distributions::t_quantile;
use super::intervals::{Estimate, Level};
use crate::epi::reason::{Reason, count, finite};

/// The power of a ratio of weeks that a case which follows five days after another stands for.
const FIVE_OF_SEVEN_DAYS: f64 = 5.0 / 7.0;

/// 簡易実効再生産数: (seven days ÷ the seven days before)^(5/7), the exponent being mean generation time (5 days) ÷
/// period (7 days), with the limits of the ratio to the same power. Without cases there is none: 0 would claim that
/// transmission has ended.
///
/// Source: 東洋経済オンライン, 新型コロナウイルス 国内感染の状況 (formula by 西浦博).
pub fn simple_reproduction_number(ratio: Estimate) -> Result<Estimate, Reason> {
    if ratio.value == 0.0 {
        return Err(Reason::NoCasesOwn);
    }
    let raised = |of: f64| of.powf(FIVE_OF_SEVEN_DAYS);
    Ok(Estimate { value: raised(ratio.value), lower: raised(ratio.lower), upper: raised(ratio.upper) })
}

/// Exponential growth per day with its limits: counts go with exp(rate · days).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    pub rate: Estimate,
    /// Pearson's χ² over its degrees of freedom; over 1, the limits are widened by its root.
    pub dispersion: f64,
}

/// A time in days. `longest` is `None` where the limits of the growth rate include no change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangeTime {
    pub days: f64,
    pub shortest: f64,
    pub longest: Option<f64>,
}

impl Growth {
    /// Doubling time ln 2 ÷ growth rate; there is none when the counts do not grow.
    pub fn doubling_time(&self) -> Result<ChangeTime, Reason> {
        if self.rate.value <= 0.0 {
            return Err(Reason::NotGrowing);
        }
        change_time(self.rate.value, self.rate.upper, self.rate.lower)
    }
}

fn change_time(rate: f64, fastest: f64, slowest: f64) -> Result<ChangeTime, Reason> {
    let days = |rate: f64| finite(std::f64::consts::LN_2 / rate);
    // A rate too near 0 to divide by is no change either.
    let longest = if slowest > 0.0 { days(slowest).ok() } else { None };
    Ok(ChangeTime { days: days(rate)?, shortest: days(fastest)?, longest })
}

/// Fewest days with a report that a growth rate is fitted to: one whole week.
const FEWEST_DAYS: usize = 7;

/// Growth rate by log-linear Poisson regression, ln E(yₜ) = a + rt, with quasi-Poisson limits
/// r ± t(n−2) · se · √max(1, φ). Days of zero count as such; missing days are left out.
///
/// Source: `McCullagh` & Nelder 1989, Generalized Linear Models, ch. 6; the same as R's `glm(y ~ t, quasipoisson)` with
/// a dispersion not under 1.
pub fn growth(daily: &[Option<f64>], level: Level) -> Result<Growth, Reason> {
    let mut days = Vec::with_capacity(daily.len());
    for (t, day) in daily.iter().enumerate() {
        if let Some(cases) = day {
            days.push((t as f64, count(*cases)?));
        }
    }
    if days.len() < FEWEST_DAYS {
        return Err(Reason::SeriesTooShort { have: days.len(), need: FEWEST_DAYS });
    }
    // With cases on one day only the slope may have no estimate (that day being the first or last).
    if days.iter().filter(|(_, cases)| *cases > 0.0).count() < 2 {
        return Err(Reason::TooFewDaysWithCases);
    }
    let n = days.len() as f64;
    let middle = days.iter().map(|(t, _)| t).sum::<f64>() / n;
    for day in &mut days {
        day.0 -= middle;
    }
    let fit = poisson_line(&days)?;
    let pearson: f64 = days
        .iter()
        .map(|&(t, y)| {
            let expected = (fit.level + fit.slope * t).exp();
            (y - expected).powi(2) / expected
        })
        .sum();
    let dispersion = finite(pearson / (n - 2.0))?;
    let t = t_quantile(1.0 - level.tail(), n - 2.0).ok_or(Reason::NotConverged)?;
    let half = t * fit.error * dispersion.max(1.0).sqrt();
    let rate = Estimate::checked(fit.slope, fit.slope - half, fit.slope + half)?;
    Ok(Growth { rate, dispersion })
}

struct Line {
    level: f64,
    slope: f64,
    /// Standard error of the slope for φ = 1.
    error: f64,
}

/// Newton's method on the Poisson likelihood of ln μ = a + bt (concave), steps halved while it would fall.
fn poisson_line(days: &[(f64, f64)]) -> Result<Line, Reason> {
    let likelihood =
        |a: f64, b: f64| -> f64 { days.iter().map(|&(t, y)| y * (a + b * t) - (a + b * t).exp()).sum() };
    let mean = days.iter().map(|(_, y)| y).sum::<f64>() / days.len() as f64;
    let (mut a, mut b) = (mean.ln(), 0.0);
    let mut best = likelihood(a, b);
    for _ in 0..100 {
        let (mut score_a, mut score_b, mut s0, mut s1, mut s2) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for &(t, y) in days {
            let expected = (a + b * t).exp();
            score_a += y - expected;
            score_b += t * (y - expected);
            s0 += expected;
            s1 += t * expected;
            s2 += t * t * expected;
        }
        let determinant = s0 * s2 - s1 * s1;
        if determinant.is_nan() || determinant <= 0.0 || determinant.is_infinite() {
            return Err(Reason::NotConverged);
        }
        let step_a = (s2 * score_a - s1 * score_b) / determinant;
        let step_b = (s0 * score_b - s1 * score_a) / determinant;
        if step_a.abs() < 1e-10 && step_b.abs() < 1e-11 {
            return Ok(Line { level: a + step_a, slope: b + step_b, error: (s0 / determinant).sqrt() });
        }
        let mut share = 1.0;
        loop {
            let next = likelihood(a + share * step_a, b + share * step_b);
            if next >= best || share < 1e-6 {
                (a, b, best) = (a + share * step_a, b + share * step_b, next);
                break;
            }
            share *= 0.5;
        }
    }
    Err(Reason::NotConverged)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measure::rate_ratio::{Group, rate_ratio};

    fn days(counts: &[u32]) -> Vec<Option<f64>> {
        counts.iter().map(|&cases| Some(f64::from(cases))).collect()
    }

    fn near(got: f64, expected: f64, within: f64) {
        assert!((got - expected).abs() < within, "{got} against {expected}");
    }

    #[test]
    fn published_ratios() {
        // MHLW 2023 week 22: 22432 / 17864 is printed as 1.26.
        let ratio = |this_week, week_before| {
            let week = |cases| Group { cases, person_time: 7.0 };
            rate_ratio(week(this_week), week(week_before), Level::P95)
        };
        near(ratio(22_432.0, 17_864.0).unwrap().value, 1.26, 0.005);
        // Toyo Keizai: (25553 / 36661)^(5/7) is shown as 0.77.
        let simple = ratio(25_553.0, 36_661.0).and_then(simple_reproduction_number).unwrap();
        near(simple.value, 0.77, 0.005);
        assert!(simple.lower < simple.value && simple.value < simple.upper);
    }

    #[test]
    fn undefined_is_said() {
        let none = Estimate { value: 0.0, lower: 0.0, upper: 1.2 };
        assert_eq!(simple_reproduction_number(none), Err(Reason::NoCasesOwn));
        assert_eq!(growth(&days(&[1, 2, 3]), Level::P95), Err(Reason::SeriesTooShort { have: 3, need: 7 }));
        assert_eq!(growth(&days(&[0, 0, 0, 0, 0, 0, 9]), Level::P95), Err(Reason::TooFewDaysWithCases));
    }

    #[test]
    fn doubling_time_with_limits() {
        // R 4.2.2: glm(y ~ t, poisson), φ = 0.2867 → 1; r ± qt(.975, 12) se; ln 2 / r.
        let counts = [3, 5, 4, 8, 9, 13, 12, 20, 19, 30, 28, 41, 50, 66];
        let growth = growth(&days(&counts), Level::P95).unwrap();
        near(growth.rate.value, 0.220279479115, 1e-10);
        near(growth.rate.lower, 0.182274683357, 1e-9);
        near(growth.dispersion, 0.286737368005, 1e-9);
        let doubling = growth.doubling_time().unwrap();
        near(doubling.days, 3.14667159802, 1e-8);
        near(doubling.shortest, 2.68366001337, 1e-8);
        near(doubling.longest.unwrap(), 3.80276167701, 1e-8);
    }

    #[test]
    fn growth_that_may_be_none_has_no_longest_time() {
        // R 4.2.2: glm(y ~ t, quasipoisson, control = list(epsilon = 1e-15)): slope, φ, standard error
        let growth = growth(&days(&[0, 2, 9, 4, 1, 7, 3, 0, 5, 8, 2, 1, 6, 4]), Level::P95).unwrap();
        near(growth.rate.value, 0.02133358672954259, 1e-12);
        near(growth.dispersion, 2.582162017604419, 1e-10);
        near(growth.rate.upper - growth.rate.value, 2.1788128296672284 * 0.05540329420617986, 1e-10);
        assert_eq!(growth.doubling_time().unwrap().longest, None);
        // A steady series: no rate, no time.
        let steady = super::growth(&days(&[4; 14]), Level::P95).unwrap();
        assert!(steady.doubling_time().is_err() || steady.doubling_time().unwrap().longest.is_none());
    }

    proptest! {
        #[test]
        fn every_series_has_a_finite_answer_or_a_reason(
            counts in prop::collection::vec(prop::option::weighted(0.9, 0u32..100_000), 0..60),
        ) {
            let daily: Vec<_> = counts.iter().map(|day| day.map(f64::from)).collect();
            if let Ok(growth) = growth(&daily, Level::P95) {
                prop_assert!(growth.rate.lower <= growth.rate.value && growth.rate.value <= growth.rate.upper);
                if let Ok(time) = growth.doubling_time() {
                    prop_assert!(time.shortest <= time.days && time.longest.is_none_or(|l| time.days <= l));
                    prop_assert!(time.days.is_finite());
                }
            }
        }
    }
}
