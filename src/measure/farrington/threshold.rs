//! The upper bound from the expected count and the dispersion.

use crate::epi::reason::Reason;
use crate::measure::counts::count_quantile;

/// The (1 − α) quantile of a negative binomial with mean μ̂ and variance φ̂ μ̂ (Noufaily et al. 2013).
pub fn upper(mean: f64, dispersion: f64, alpha: f64) -> Result<f64, Reason> {
    count_quantile(1.0 - alpha, mean, size(mean, dispersion)).ok_or(Reason::NotConverged)
}

/// The size of a negative binomial with variance φ μ; infinite (Poisson) at φ = 1.
fn size(mean: f64, dispersion: f64) -> f64 {
    if dispersion > 1.0 { mean / (dispersion - 1.0) } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_by_its_formula() {
        // R: qnbinom(0.95, size = 8.420221 / 2.209398, mu = 8.420221) = 18
        assert_eq!(upper(8.420221, 3.209398, 0.05), Ok(18.0));
    }
}
