//! Quasi-Poisson regression with log link: counts, offsets, weights; their dispersion and covariance.
//!
//! Iteratively reweighted least squares (`McCullagh` & Nelder 1989, section 2.5): with η = Xβ + o and
//! μ = exp η, regress z = η − o + (y − μ)/μ on X with weights w μ. Begins at μ = y + 0.1 and stops when
//! the deviance D = 2 Σ w [y ln(y/μ) − (y − μ)] changes by less than 10⁻⁸ (|D| + 0.1), which are the
//! rules of R's `glm`, so that both give the same digits: covariance and leverages belong to the last
//! regression.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::epi::reason::{Reason, count, finite};
use crate::measure::least_squares::{self, Design, dot};

/// A fitted model.
#[derive(Debug, Clone)]
pub struct Fit {
    pub coefficients: Vec<f64>,
    /// μ̂ of each row.
    pub fitted: Vec<f64>,
    /// Leverage h of each row; 0 where the weight is 0.
    pub leverages: Vec<f64>,
    /// φ̂ = Σ w (y − μ)²/μ ÷ (n − p); `None` without degrees of freedom left. May be under 1.
    pub dispersion: Option<f64>,
    pub deviance: f64,
    pub degrees_of_freedom: usize,
    /// False when 25 steps did not settle; the values are those of the last step.
    pub converged: bool,
    unscaled_covariance: Vec<f64>,
}

const STEPS: usize = 25;
const EPSILON: f64 = 1e-8;

/// Fit counts `response` ≥ 0 on `design`; `offset` (log exposure) and prior `weights` ≥ 0 may be absent.
pub fn fit(
    design: &Design,
    response: &[f64],
    offset: Option<&[f64]>,
    weights: Option<&[f64]>,
) -> Result<Fit, Reason> {
    let rows = design.rows();
    let zeros = vec![0.0; rows];
    let ones = vec![1.0; rows];
    let (offset, weights) = (offset.unwrap_or(&zeros), weights.unwrap_or(&ones));
    for other in [response.len(), offset.len(), weights.len()] {
        if other != rows {
            return Err(Reason::LengthsDiffer { left: rows, right: other });
        }
    }
    for &value in response.iter().chain(weights) {
        count(value)?;
    }
    for &value in offset {
        finite(value)?;
    }
    let used = weights.iter().filter(|weight| **weight > 0.0).count();
    if used < design.columns() {
        return Err(Reason::TooFew { have: used, need: design.columns() });
    }

    let mut mean: Vec<f64> = response.iter().map(|y| y + 0.1).collect();
    let mut linear: Vec<f64> = mean.iter().map(|m| m.ln()).collect();
    let mut last = deviance(response, &mean, weights);
    let mut converged = false;
    let mut solution = None;
    let mut working = ones.clone();
    for _ in 0..STEPS {
        working = weights.iter().zip(&mean).map(|(w, m)| w * m).collect();
        let adjusted: Vec<f64> =
            (0..rows).map(|i| linear[i] - offset[i] + (response[i] - mean[i]) / mean[i]).collect();
        let step = least_squares::solve(design, &adjusted, &working)?;
        linear = design.times(&step.coefficients).iter().zip(offset).map(|(x, o)| x + o).collect();
        mean = linear.iter().map(|eta| eta.exp().max(f64::EPSILON)).collect();
        solution = Some(step);
        let now = deviance(response, &mean, weights);
        if !now.is_finite() {
            return Err(Reason::NotConverged);
        }
        converged = (now - last).abs() / (now.abs() + 0.1) < EPSILON;
        last = now;
        if converged {
            break;
        }
    }
    let Some(solution) = solution else { return Err(Reason::NotConverged) };
    let degrees_of_freedom = used - design.columns();
    let squares: f64 = (0..rows).map(|i| working[i] * ((response[i] - mean[i]) / mean[i]).powi(2)).sum();
    let dispersion = (degrees_of_freedom > 0).then(|| squares / degrees_of_freedom as f64);
    if dispersion.is_some_and(|phi| !phi.is_finite()) || solution.coefficients.iter().any(|c| !c.is_finite())
    {
        return Err(Reason::NotConverged);
    }
    Ok(Fit {
        coefficients: solution.coefficients,
        fitted: mean,
        leverages: solution.leverages,
        dispersion,
        deviance: last,
        degrees_of_freedom,
        converged,
        unscaled_covariance: solution.unscaled_covariance,
    })
}

impl Fit {
    /// φ̂ (XᵀWX)⁻¹, row after row, for a dispersion of the caller's choice.
    pub fn covariance(&self, dispersion: f64) -> Vec<f64> {
        self.unscaled_covariance.iter().map(|cell| cell * dispersion).collect()
    }

    /// Standard error of one coefficient with the estimated dispersion.
    fn standard_error(&self, coefficient: usize) -> Option<f64> {
        let size = self.coefficients.len();
        let cell = self.unscaled_covariance.get(coefficient * size + coefficient)?;
        Some((cell * self.dispersion?).sqrt())
    }

    /// Two-sided p of a coefficient: Student's t with n − p degrees of freedom (dispersion estimated).
    pub fn p_value(&self, coefficient: usize) -> Option<f64> {
        let error = self.standard_error(coefficient)?;
        let t = self.coefficients.get(coefficient)? / error;
        if !t.is_finite() {
            return None;
        }
        let student = StudentsT::new(0.0, 1.0, self.degrees_of_freedom as f64).ok()?;
        Some((2.0 * student.cdf(-t.abs())).min(1.0))
    }

    /// The mean at a row of terms and an offset, on the scale of counts.
    pub fn predict(&self, terms: &[f64], offset: f64) -> Result<f64, Reason> {
        if terms.len() != self.coefficients.len() {
            return Err(Reason::LengthsDiffer { left: self.coefficients.len(), right: terms.len() });
        }
        finite((dot(terms, &self.coefficients) + offset).exp())
    }
}

fn deviance(response: &[f64], mean: &[f64], weights: &[f64]) -> f64 {
    let unit = |y: f64, m: f64| if y > 0.0 { y * (y / m).ln() - (y - m) } else { m };
    2.0 * response.iter().zip(mean).zip(weights).map(|((&y, &m), w)| w * unit(y, m)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dobson 1990, "An Introduction to Generalized Linear Models", p. 93: randomised trial; the
    /// values are those printed by R's `example(glm)` with family quasipoisson added.
    #[test]
    fn dobsons_trial() {
        let counts = [18.0, 17.0, 15.0, 20.0, 10.0, 20.0, 25.0, 13.0, 12.0];
        let level = |wanted: usize, of: fn(usize) -> usize| -> Vec<f64> {
            (0..9).map(|i| f64::from(u8::from(of(i) == wanted))).collect()
        };
        let design = Design::from_columns(&[
            vec![1.0; 9],
            level(1, |i| i % 3),
            level(2, |i| i % 3),
            level(1, |i| i / 3),
            level(2, |i| i / 3),
        ])
        .unwrap();
        let fit = fit(&design, &counts, None, None).unwrap();
        assert!((fit.coefficients[0] - 3.044522437723423).abs() < 1e-8);
        assert!((fit.coefficients[1] + 0.454255272277594).abs() < 1e-8);
        assert!((fit.deviance - 5.129141077001149).abs() < 1e-8);
        assert!((fit.dispersion.unwrap() - 1.2933).abs() < 1e-4);
        assert!(fit.converged);
    }

    #[test]
    fn what_can_not_be_fitted_is_refused() {
        let design = Design::from_columns(&[vec![1.0; 2]]).unwrap();
        assert_eq!(fit(&design, &[1.0, -1.0], None, None).unwrap_err(), Reason::NegativeCount);
        assert_eq!(fit(&design, &[1.0, f64::NAN], None, None).unwrap_err(), Reason::NotANumber);
        assert_eq!(
            fit(&design, &[1.0], None, None).unwrap_err(),
            Reason::LengthsDiffer { left: 2, right: 1 }
        );
        assert_eq!(
            fit(&design, &[1.0, 2.0], None, Some(&[0.0, 0.0])).unwrap_err(),
            Reason::TooFew { have: 0, need: 1 }
        );
    }
}
