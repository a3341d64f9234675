//! Quantiles and tails of the counts' distributions: Poisson and negative binomial.
//!
//! The negative binomial is written by its mean μ and variance; `size` is the dispersion r of
//! Var = μ + μ²/r. An infinite size is the Poisson.

use statrs::function::beta::beta_reg;
use statrs::function::gamma::{gamma_ur, ln_gamma};

use super::distributions::normal_quantile;

/// P(Y ≤ k) of a negative binomial with this mean and size (Poisson when size is infinite).
pub fn count_cdf(k: f64, mean: f64, size: f64) -> f64 {
    if k < 0.0 {
        return 0.0;
    }
    if mean <= 0.0 {
        return 1.0;
    }
    let k = k.floor();
    if size.is_infinite() {
        return gamma_ur(k + 1.0, mean).clamp(0.0, 1.0);
    }
    beta_reg(size, k + 1.0, size / (size + mean)).clamp(0.0, 1.0)
}

/// The smallest k with P(Y ≤ k) ≥ p. The mean must be finite; `None` outside 0 < p < 1.
pub fn count_quantile(p: f64, mean: f64, size: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0 && mean.is_finite() && mean >= 0.0 && size > 0.0) {
        return None;
    }
    let target = p * (1.0 - 64.0 * f64::EPSILON);
    let reaches = |k: f64| count_cdf(k, mean, size) >= target;
    if reaches(0.0) {
        return Some(0.0);
    }
    // A bracket around the normal guess, doubled until it holds, then halved.
    let spread = (mean + mean * mean / size).sqrt();
    let guess = (mean + normal_quantile(p)? * spread).max(1.0).round();
    let mut step = (spread * 0.1).ceil().max(1.0);
    let (mut low, mut high) = (guess, guess);
    while !reaches(high) {
        (low, high) = (high, high + step);
        step *= 2.0;
        if !high.is_finite() {
            return None;
        }
    }
    while low > 0.0 && reaches(low) {
        (low, high) = ((low - step).max(0.0), low);
        step *= 2.0;
    }
    while high - low > 1.0 {
        let middle = f64::midpoint(low, high).floor();
        if reaches(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// ln P(Y = k) up to the term ln k!, which does not depend on mean or size.
pub(crate) fn count_log_kernel(k: f64, mean: f64, size: f64) -> f64 {
    if mean <= 0.0 {
        return if k > 0.0 { f64::NEG_INFINITY } else { 0.0 };
    }
    ln_gamma(k + size) - ln_gamma(size) + size * (size / (size + mean)).ln() + k * (mean / (size + mean)).ln()
}

/// The maximum-likelihood size r of Y ~ NB(μᵢ, r) with known means, between `least` and 10 000.
///
/// A search over ln r by golden section; the likelihood has one mode in r for each count with μ
/// known. 10 000 is as good as Poisson for the counts of a ward.
pub fn fit_size(pairs: &[(f64, f64)], least: f64) -> f64 {
    let likelihood = |log_size: f64| -> f64 {
        let size = log_size.exp();
        pairs.iter().map(|&(count, mean)| count_log_kernel(count, mean.max(0.05), size)).sum()
    };
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (least.ln(), 1.0e4_f64.ln());
    let mut left = high - ratio * (high - low);
    let mut right = low + ratio * (high - low);
    let (mut at_left, mut at_right) = (likelihood(left), likelihood(right));
    while high - low > 0.02 {
        if at_left < at_right {
            (low, left, at_left) = (left, right, at_right);
            right = low + ratio * (high - low);
            at_right = likelihood(right);
        } else {
            (high, right, at_right) = (right, left, at_left);
            left = high - ratio * (high - low);
            at_left = likelihood(left);
        }
    }
    f64::midpoint(low, high).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_agree_with_r() {
        // R 4.2: qnorm(0.975), qpois(0.95, 3.2), qnbinom(0.99, mu = 12, size = 3), qnbinom(0.5, mu = 0.3, size = 0.1)
        assert!((normal_quantile(0.975).unwrap() - 1.959963984540054).abs() < 1e-9);
        assert_eq!(count_quantile(0.95, 3.2, f64::INFINITY), Some(6.0));
        assert_eq!(count_quantile(0.99, 12.0, 3.0), Some(36.0));
        assert_eq!(count_quantile(0.5, 0.3, 0.1), Some(0.0));
        assert_eq!(count_quantile(1.0, 3.0, 1.0), None);
    }

    proptest! {
        #[test]
        fn a_quantile_is_the_first_count_that_reaches(p in 0.001..0.999, mean in 0.0..5000.0, size in 0.05..500.0) {
            let k = count_quantile(p, mean, size).unwrap();
            prop_assert!(count_cdf(k, mean, size) >= p * (1.0 - 1e-12));
            prop_assert!(k == 0.0 || count_cdf(k - 1.0, mean, size) < p);
        }
    }
}
