//! How admissions grow: a log-linear trend of the last weeks, damped toward level.
//!
//! ln μ(t) = α + β t + weekday, quasi-Poisson over the last `fitted` days (t = 0 is the last day). Ahead,
//! growth fades as β (δ + δ² + … + δ^h) (damped trend; Gardner & `McKenzie` 1985, Manage Sci 31, 1237–1246).

use rand::Rng;
use rand_distr::{Distribution, Gamma, Poisson, StandardNormal};

use crate::epi::reason::{Reason, finite};
use crate::measure::glm;
use crate::measure::least_squares::Design;

/// The trend of one series of daily counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Growth {
    /// α: ln of the expected count on the last day, weekday apart.
    pub level: f64,
    /// β: growth a day.
    pub rate: f64,
    /// φ̂ ≥ 1.
    pub dispersion: f64,
    /// ln of each weekday's factor; the place is the day modulo 7, counted from the series' first day.
    weekday: [f64; 7],
    /// Lower triangle of the covariance's root: (α, α), (β, α), (β, β).
    root: [f64; 3],
    days: usize,
    /// ln of the largest expected count that a course may come to.
    most: f64,
}

/// One day of the series: the count expected in the end, and how much of it is known (0 to 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    pub count: f64,
    pub share: f64,
}

/// Weeks from which the weekdays' factors come, and the counts that make them.
const WEEKS: usize = 8;
const STEADY: f64 = 10.0;
/// No course rises above so many times the largest count of the days fitted: what few counts leave open has an end.
const FARTHEST: f64 = 20.0;

impl Growth {
    /// Fit to the last `fitted` of the days (oldest first).
    ///
    /// `rate_spread` is the standard deviation of growth rates before any data are seen, around none: a
    /// rate that few counts only hint at is drawn toward 0 (normal prior and likelihood).
    pub fn fit(days: &[Day], fitted: usize, rate_spread: f64) -> Result<Self, Reason> {
        if !(rate_spread > 0.0 && rate_spread.is_finite()) {
            return Err(Reason::Setting { name: "rate_spread" });
        }
        if fitted < 7 {
            return Err(Reason::Setting { name: "fitted" });
        }
        if days.len() < fitted {
            return Err(Reason::SeriesTooShort { have: days.len(), need: fitted });
        }
        let weekday = weekdays(days);
        let from = days.len() - fitted;
        let counts: Vec<f64> = days[from..].iter().map(|day| day.count).collect();
        let times: Vec<f64> = (0..fitted).map(|i| i as f64 - (fitted - 1) as f64).collect();
        let offset: Vec<f64> = (from..days.len()).map(|i| weekday[i % 7]).collect();
        let weights: Vec<f64> = days[from..].iter().map(|day| day.share.clamp(0.0, 1.0)).collect();
        let known: f64 = counts.iter().zip(&weights).map(|(count, weight)| count * weight).sum();
        if known < 1.0 {
            return Err(Reason::EmptyBaseline);
        }
        let most = counts.iter().copied().fold(1.0, f64::max) * FARTHEST;
        let design = Design::from_columns(&[vec![1.0; fitted], times])?;
        let fit = glm::fit(&design, &counts, Some(&offset), Some(&weights))?;
        let dispersion = fit.dispersion.ok_or(Reason::TooFew { have: 2, need: 3 })?.max(1.0);
        let (mut level, mut rate) = (fit.coefficients[0], fit.coefficients[1]);
        let mut covariance = fit.covariance(dispersion);
        let gains = [covariance[1], covariance[3]].map(|cell| cell / (covariance[3] + rate_spread.powi(2)));
        (level, rate) = (level - gains[0] * rate, rate - gains[1] * rate);
        let row = [covariance[1], covariance[3]];
        covariance[0] -= gains[0] * row[0];
        covariance[1] -= gains[0] * row[1];
        covariance[3] -= gains[1] * row[1];
        let first = covariance[0].sqrt();
        let across = covariance[1] / first;
        let second = (covariance[3] - across * across).max(0.0).sqrt();
        for part in [first, across, second] {
            finite(part)?;
        }
        let root = [first, across, second];
        Ok(Self { level, rate, dispersion, weekday, root, days: days.len(), most: most.ln() })
    }

    /// One possible course of the expected counts of the next `horizon` days.
    ///
    /// `damping` δ; `wander` the standard deviation of a day's own change of growth, which has no end.
    pub fn course(&self, horizon: usize, damping: f64, wander: f64, rng: &mut impl Rng) -> Vec<f64> {
        let (first, second): (f64, f64) = (StandardNormal.sample(rng), StandardNormal.sample(rng));
        let mut log = self.level + self.root[0] * first;
        let mut rate = self.rate + self.root[1] * first + self.root[2] * second;
        (0..horizon)
            .map(|ahead| {
                let shock: f64 = StandardNormal.sample(rng);
                rate = damping * rate + wander * shock;
                log += rate;
                (log + self.weekday[(self.days + ahead) % 7]).clamp(-30.0, self.most).exp()
            })
            .collect()
    }
}

/// ln of each weekday's share of its weeks, drawn toward none where counts are few.
fn weekdays(days: &[Day]) -> [f64; 7] {
    let known = &days[..days.len() - days.iter().rev().take_while(|day| day.share < 0.9).count()];
    let whole = known.len() / 7 * 7;
    let from = known.len() - whole.min(WEEKS * 7);
    let mut sums = [0.0; 7];
    for (place, day) in known.iter().enumerate().skip(from) {
        sums[place % 7] += day.count;
    }
    let level = sums.iter().sum::<f64>() / 7.0;
    let raw = sums.map(|sum| (sum + STEADY) / (level + STEADY));
    raw.map(f64::ln)
}

/// A count with this mean and variance φ μ.
pub(crate) fn scatter(mean: f64, dispersion: f64, rng: &mut impl Rng) -> u32 {
    if mean <= 1e-9 {
        return 0;
    }
    let rate = if dispersion > 1.001 {
        Gamma::new(mean / (dispersion - 1.0), dispersion - 1.0).map_or(mean, |gamma| gamma.sample(rng))
    } else {
        mean
    };
    Poisson::new(rate).map_or(0.0, |poisson| poisson.sample(rng)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn a_clean_trend_is_found_and_fades() {
        let days: Vec<Day> =
            (0..21).map(|t| Day { count: (3.0 + 0.05 * f64::from(t)).exp(), share: 1.0 }).collect();
        let growth = Growth { root: [0.0; 3], weekday: [0.0; 7], ..Growth::fit(&days, 21, 1.0).unwrap() };
        assert!((growth.rate - 0.05).abs() < 0.01);
        let course = growth.course(400, 0.9, 0.0, &mut ChaCha8Rng::seed_from_u64(1));
        // All growth still to come is β δ/(1 − δ).
        assert!((course[399].ln() - growth.level - growth.rate * 9.0).abs() < 1e-6);
    }

    #[test]
    fn what_has_no_trend_is_refused() {
        let day = Day { count: 0.0, share: 1.0 };
        assert_eq!(Growth::fit(&[day; 21], 21, 0.05), Err(Reason::EmptyBaseline));
        assert_eq!(Growth::fit(&[day; 5], 21, 0.05), Err(Reason::SeriesTooShort { have: 5, need: 21 }));
    }

    #[test]
    fn scatter_has_its_mean_and_variance() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let values: Vec<f64> = (0..20_000).map(|_| f64::from(scatter(12.0, 3.0, &mut rng))).collect();
        let mean = values.iter().sum::<f64>() / 20_000.0;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!((mean - 12.0).abs() < 0.2 && (variance - 36.0).abs() < 2.0);
    }
}
