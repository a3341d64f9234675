//! The upper bound from the expected count, its error and the dispersion.

use crate::measure::counts::{count_cdf, count_quantile};
use crate::measure::distributions::normal_quantile;
use crate::measure::glm::Prediction;
use crate::measure::reason::{Reason, finite};

/// How the upper bound is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// The (1 − α) quantile of a negative binomial with mean μ̂ and variance φ̂ μ̂ (Noufaily et al. 2013).
    NbPlugin,
    /// {μ̂^{2/3} + z_{1−α} (2/3) μ̂^{−1/3} √(φ̂ μ̂ + Var μ̂)}^{3/2} (Farrington et al. 1996, one-sided).
    Delta,
    /// As `NbPlugin`, with the mean raised to its own upper limit μ̂ exp(z_{1−α} se(ln μ̂)) (Salmon et al. 2016).
    Muan,
}

impl Threshold {
    pub fn upper(self, now: &Prediction, dispersion: f64, alpha: f64) -> Result<f64, Reason> {
        let z = normal_quantile(1.0 - alpha).ok_or(Reason::Setting { name: "alpha" })?;
        let quantile =
            |mean: f64| count_quantile(1.0 - alpha, mean, size(mean, dispersion)).ok_or(Reason::NotConverged);
        match self {
            Self::NbPlugin => quantile(now.mean),
            Self::Muan => quantile(finite(now.mean * (z * now.log_error).exp())?),
            Self::Delta => {
                let variance = dispersion * now.mean + (now.mean * now.log_error).powi(2);
                let spread = 2.0 / 3.0 * now.mean.powf(-1.0 / 3.0) * variance.sqrt();
                finite((now.mean.powf(2.0 / 3.0) + z * spread).max(0.0).powf(1.5))
            }
        }
    }
}

/// P(Y ≥ observed) for mean μ and variance φ μ.
pub fn tail(observed: f64, mean: f64, dispersion: f64) -> f64 {
    1.0 - count_cdf(observed.ceil() - 1.0, mean, size(mean, dispersion))
}

/// The size of a negative binomial with variance φ μ; infinite (Poisson) at φ = 1.
fn size(mean: f64, dispersion: f64) -> f64 {
    if dispersion > 1.0 { mean / (dispersion - 1.0) } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_by_their_formulas() {
        // R: qnbinom(0.95, size = 8.420221 / 2.209398, mu = 8.420221) = 18; qnbinom with mu 9.735688 = 20.
        let now =
            Prediction { mean: 8.420221, log_error: (9.735688_f64 / 8.420221).ln() / 1.6448536269514722 };
        assert_eq!(Threshold::NbPlugin.upper(&now, 3.209398, 0.05), Ok(18.0));
        assert_eq!(Threshold::Muan.upper(&now, 3.209398, 0.05), Ok(20.0));
        let delta = Threshold::Delta.upper(&now, 3.209398, 0.05).unwrap();
        assert!((delta - 18.39879).abs() < 2e-3, "{delta}");
        assert_eq!(Threshold::Delta.upper(&now, 1.0, 0.0), Err(Reason::Setting { name: "alpha" }));
    }
}
