//! Which of two forecasts was better: the mean difference of their scores, day for day, with its limits.
//!
//! Diebold & Mariano 1995 (J Bus Econ Stat 13, 253–263): d̄ over its long-run error, where forecasts of `horizon`
//! days whose spans overlap are correlated; corrected for few forecasts by Harvey, Leybourne & Newbold 1997
//! (Int J Forecast 13, 281–291): × √((n + 1 − 2h + h (h − 1)/n)/n), h being the forecasts that overlap one.
//! Two choices are on the safe side: the long-run variance is the larger of the plain sum over all that overlap
//! and Bartlett's weighted one, and Student's t has the number of spans that do not overlap, less one, as
//! degrees of freedom instead of n − 1 (for three weeks ahead, n − 1 would call one in six chances a difference).

use crate::epi::reason::{Reason, finite};
use crate::measure::distributions::t_quantile;
use crate::measure::intervals::Estimate;
use crate::measure::score::mean;

/// Fewest forecasts, and fewest spans beside each other, of which anything is said.
const LEAST: usize = 10;
const LEAST_SPANS: usize = 3;

/// How one forecast stands to another by scores of which smaller is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Better,
    Worse,
    /// The limits of the difference hold 0.
    Open,
}

/// The mean difference of scores with its 95 % limits; under 0 the first forecast is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    pub difference: Estimate,
    /// Spans of the horizon's length that do not overlap.
    pub spans: usize,
}

impl Compared {
    pub fn standing(&self) -> Standing {
        match self.difference {
            Estimate { upper, .. } if upper < 0.0 => Standing::Better,
            Estimate { lower, .. } if lower > 0.0 => Standing::Worse,
            _ => Standing::Open,
        }
    }
}

/// From the day of each forecast (ascending) and the difference of the two scores.
pub fn compare(differences: &[(usize, f64)], horizon: usize) -> Result<Compared, Reason> {
    let n = differences.len();
    if n < LEAST {
        return Err(Reason::TooFew { have: n, need: LEAST });
    }
    let (first, last) = (differences[0].0, differences[n - 1].0);
    let step = (last.saturating_sub(first) as f64 / (n - 1) as f64).max(1.0);
    let overlapping = (horizon as f64 / step).ceil().max(1.0);
    let count = n as f64;
    let spans = (count / overlapping) as usize;
    if spans < LEAST_SPANS {
        return Err(Reason::TooFew { have: spans, need: LEAST_SPANS });
    }
    let value = mean(&differences.iter().map(|pair| pair.1).collect::<Vec<_>>());
    let variance = long_run_variance(differences, value, horizon.max(1));
    if variance <= 0.0 {
        return Err(Reason::NoSpread);
    }
    let correction = (count + 1.0 - 2.0 * overlapping + overlapping * (overlapping - 1.0) / count) / count;
    let t = t_quantile(0.975, (spans - 1) as f64).ok_or(Reason::NotConverged)?;
    let half = finite(t * (variance / count / correction).sqrt())?;
    Ok(Compared { difference: Estimate { value, lower: value - half, upper: value + half }, spans })
}

/// γ₀ + 2 Σ γ over all pairs less than the horizon apart; not less than the same with Bartlett's weights.
fn long_run_variance(differences: &[(usize, f64)], mean: f64, horizon: usize) -> f64 {
    let (mut plain, mut weighted) = (0.0, 0.0);
    for (place, (day, value)) in differences.iter().enumerate() {
        let near = differences[place..].iter().take_while(|(other, _)| other - day < horizon);
        for (ahead, (other, other_value)) in near.enumerate() {
            let times = if ahead == 0 { 1.0 } else { 2.0 };
            let product = times * (value - mean) * (other_value - mean);
            plain += product;
            weighted += product * (1.0 - (other - day) as f64 / horizon as f64);
        }
    }
    plain.max(weighted) / differences.len() as f64
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    #[test]
    fn a_comparison_by_hand() {
        // Every second day, three days ahead: each overlaps its neighbours, h = 2. By numpy and scipy: mean −0.4,
        // γ₀ = 0.11, γ₁ = 0.018; 0.146 × 1/0.72 / 10, t₄ = 2.7764.
        let values = [-0.9, -0.6, -0.2, 0.1, -0.3, -0.8, -0.5, -0.1, 0.0, -0.7];
        let days: Vec<(usize, f64)> = values.iter().enumerate().map(|(n, d)| (2 * n, *d)).collect();
        let found = compare(&days, 3).unwrap();
        let limits = found.difference;
        assert!((limits.value + 0.4).abs() < 1e-12 && found.spans == 5);
        assert!((limits.lower + 0.795_365_956_29).abs() < 1e-9, "{limits:?}");
        assert!((limits.upper + 0.004_634_043_71).abs() < 1e-9, "{limits:?}");
        assert_eq!(found.standing(), Standing::Better);
        let turned: Vec<(usize, f64)> = days.iter().map(|(day, d)| (*day, -d)).collect();
        assert_eq!(compare(&turned, 3).unwrap().standing(), Standing::Worse);
        // Seven days ahead only two spans stand beside each other; half of the difference is within chance.
        let half: Vec<(usize, f64)> = days.iter().map(|(day, d)| (*day, d + 0.2)).collect();
        assert_eq!(compare(&half, 3).unwrap().standing(), Standing::Open);
        assert_eq!(compare(&days, 7), Err(Reason::TooFew { have: 2, need: 3 }));
    }

    #[test]
    fn what_can_not_be_compared_says_why() {
        let days = |n: usize| -> Vec<(usize, f64)> { (0..n).map(|d| (d, (d % 3) as f64)).collect() };
        assert_eq!(compare(&days(9), 1), Err(Reason::TooFew { have: 9, need: 10 }));
        assert_eq!(compare(&days(20), 7), Err(Reason::TooFew { have: 2, need: 3 }));
        assert_eq!(compare(&[(0, 1.0); 12], 1), Err(Reason::NoSpread));
        assert_eq!(compare(&[], 7), Err(Reason::TooFew { have: 0, need: 10 }));
    }

    /// Differences that share the days ahead, as those of overlapping forecasts do, with nothing between the two.
    #[test]
    fn chance_is_seldom_called_a_difference() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for (origins, horizon) in [(42, 7), (38, 14), (35, 21), (20, 7)] {
            let mut called = 0;
            for _ in 0..1000 {
                let days: Vec<f64> =
                    (0..2 * origins + horizon).map(|_| StandardNormal.sample(&mut rng)).collect();
                let differences: Vec<(usize, f64)> =
                    (0..origins).map(|n| (2 * n, days[2 * n..2 * n + horizon].iter().sum::<f64>())).collect();
                called += usize::from(compare(&differences, horizon).unwrap().standing() != Standing::Open);
            }
            assert!(called <= 80, "{origins} at {horizon} days: {called} of 1000");
        }
    }
}
