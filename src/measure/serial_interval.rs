//! The serial interval: days from the onset in an infector to the onset in the infected, as a distribution over
//! whole days.

use super::distributions::gamma_tails;
use crate::epi::reason::Reason;

/// Probabilities of 0, 1, 2, … days; that of 0 is 0, and together they are 1 (to 1 %, as `EpiEstim` allows).
#[derive(Clone, Debug, PartialEq)]
pub struct SerialInterval {
    pmf: Vec<f64>,
    mean: f64,
}

/// Longer intervals than this are not looked for.
const LONGEST: u32 = 1000;

impl SerialInterval {
    /// A given distribution, from day 0.
    pub fn from_pmf(pmf: &[f64]) -> Result<Self, Reason> {
        let valid = pmf.iter().all(|p| (0.0..=1.0).contains(p));
        let total: f64 = pmf.iter().sum();
        if !valid || pmf.first() != Some(&0.0) || (total - 1.0).abs() > 0.01 {
            return Err(Reason::SerialIntervalInvalid);
        }
        let mean = pmf.iter().enumerate().map(|(day, p)| day as f64 * p).sum();
        Ok(Self { pmf: pmf.to_vec(), mean })
    }

    /// A gamma distribution shifted by one day, given by mean (over 1) and standard deviation of the interval in
    /// days, discretised: with F(k, a) the gamma distribution of shape a = ((μ−1)/σ)² and scale b = σ²/(μ−1),
    /// w(k) = k F(k, a) + (k−2) F(k−2, a) − 2(k−1) F(k−1, a)
    ///      + ab (2 F(k−1, a+1) − F(k−2, a+1) − F(k, a+1)), not under 0.
    ///
    /// Source: Cori et al. 2013, Am J Epidemiol 178, 1505–1512, web appendix 11; `EpiEstim`'s `discr_si`.
    pub fn gamma(mean: f64, sd: f64) -> Result<Self, Reason> {
        let usable = mean > 1.0 && mean < 100.0 && sd > 0.0 && sd < 100.0;
        if !usable {
            return Err(Reason::SerialIntervalInvalid);
        }
        let (shape, scale) = (((mean - 1.0) / sd).powi(2), sd * sd / (mean - 1.0));
        let lower = |shape: f64, day: f64| gamma_tails(shape, day / scale).map(|(lower, _)| lower);
        // k F(k, a) − ab F(k, a+1): the integral of F(·, a) up to k.
        let integral = |day: f64| -> Option<f64> {
            if day <= 0.0 {
                return Some(0.0);
            }
            Some(day * lower(shape, day)? - shape * scale * lower(shape + 1.0, day)?)
        };
        let mut pmf = vec![0.0];
        for day in 1..LONGEST {
            let day = f64::from(day);
            let value = integral(day)
                .zip(integral(day - 1.0))
                .zip(integral(day - 2.0))
                .map(|((now, one), two)| now - 2.0 * one + two)
                .ok_or(Reason::SerialIntervalInvalid)?;
            pmf.push(value.max(0.0));
            // The second difference is only known to about 1e-13.
            if day > mean && value < 1e-12 {
                break;
            }
        }
        Self::from_pmf(&pmf)
    }

    /// Probabilities from day 0.
    pub fn pmf(&self) -> &[f64] {
        &self.pmf
    }

    /// Mean in days.
    pub fn mean(&self) -> f64 {
        self.mean
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn discretised_as_epiestim_does() {
        // EpiEstim 2.2-4: discr_si(0:10, 2.6, 1.5)
        const EXPECTED: [f64; 11] = [
            0.0,
            0.23317212540754,
            0.35857940031560,
            0.19811082854031,
            0.10334265542794,
            0.05290517524781,
            0.02682146195162,
            0.01351619808944,
            0.00678343781535,
            0.00339435135930,
            0.00169467410979,
        ];
        let interval = SerialInterval::gamma(2.6, 1.5).unwrap();
        for (got, expected) in interval.pmf().iter().zip(EXPECTED) {
            assert!((got - expected).abs() < 1e-12, "{got} against {expected}");
        }
    }

    #[test]
    fn what_is_no_interval_is_refused() {
        for pmf in [&[][..], &[0.1, 0.9], &[0.0, 0.5], &[0.0, 1.5, -0.5], &[0.0, f64::NAN]] {
            assert_eq!(SerialInterval::from_pmf(pmf), Err(Reason::SerialIntervalInvalid), "{pmf:?}");
        }
        for (mean, sd) in [(1.0, 1.0), (4.0, 0.0), (f64::NAN, 1.0), (4.0, f64::INFINITY)] {
            assert_eq!(SerialInterval::gamma(mean, sd), Err(Reason::SerialIntervalInvalid));
        }
    }

    proptest! {
        #[test]
        fn mass_and_mean_are_kept(mean in 1.5f64..15.0, part in 0.2f64..1.0) {
            // Discretising with triangular weights keeps both.
            let sd = part * mean;
            let interval = SerialInterval::gamma(mean, sd).unwrap();
            prop_assert!((interval.pmf().iter().sum::<f64>() - 1.0).abs() < 1e-8);
            prop_assert!((interval.mean() - mean).abs() < 1e-6, "{} {}", interval.mean(), mean);
        }
    }
}
