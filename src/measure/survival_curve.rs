//! What a survival curve answers: the share still in after some days, median and other quantiles, restricted mean.

use super::intervals::{Estimate, Interval, Level};
use super::reason::{Reason, finite};

/// A day on which stays ended or were censored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Days since admission.
    pub time: f64,
    pub at_risk: usize,
    pub ended: usize,
    pub censored: usize,
    /// Share still in after this day.
    pub survival: f64,
    /// Greenwood's sum Σ d / (n (n − d)) so far.
    pub(super) greenwood: f64,
    /// `None` where they are not defined (nobody left; log-log also at 1).
    pub limits: Option<Interval>,
}

impl Step {
    /// Greenwood's standard error of the survival: S √Σ d / (n (n − d)); `None` where nobody is left.
    pub fn standard_error(&self) -> Option<f64> {
        (self.survival > 0.0).then(|| self.survival * self.greenwood.sqrt())
    }
}

/// A Kaplan–Meier curve; steps ascend in time, and there is at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    pub(super) steps: Vec<Step>,
    pub(super) refused: usize,
    pub(super) unobserved: usize,
}

/// A quantile of the stays, in days. A limit is `None` where its curve does not fall that far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StayQuantile {
    pub days: f64,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
}

/// Two shares closer than this are the same (R's `survfit` uses the same).
const SAME: f64 = 1.490_116_119_384_765_6e-8;

impl Curve {
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Stays that end before they begin (or at no finite time); they are not in the curve.
    pub fn refused(&self) -> usize {
        self.refused
    }

    /// Stays observed for no time at all; they are not in the curve.
    pub fn unobserved(&self) -> usize {
        self.unobserved
    }

    fn last(&self) -> Option<&Step> {
        self.steps.last()
    }

    /// The share still in after `days`: 1 before the first end; none beyond the longest stay unless all had ended.
    pub fn at(&self, days: f64) -> Result<f64, Reason> {
        if days.is_nan() || days < 0.0 {
            return Err(Reason::NotANumber);
        }
        let last = self.last().ok_or(Reason::NoStays { refused: self.refused })?;
        if days > last.time && last.survival > 0.0 {
            return Err(Reason::BeyondObservation);
        }
        let passed = self.steps.partition_point(|step| step.time <= days);
        Ok(if passed == 0 { 1.0 } else { self.steps[passed - 1].survival })
    }

    /// With left truncation few are at risk early; if all of them end, the curve is 0 from then on although others
    /// stayed longer. The day on which that happened: from it on the curve says nothing.
    pub fn emptied_at(&self) -> Option<f64> {
        let zero = self.steps.iter().position(|step| step.survival <= 0.0)?;
        (zero + 1 < self.steps.len()).then(|| self.steps[zero].time)
    }

    /// The day by which a share `p` of the stays has ended, with limits: the first day with S ≤ 1 − p; where S equals
    /// 1 − p over a stretch, its middle. The limits are the same of the curve's limits.
    ///
    /// Source: Brookmeyer & Crowley 1982, Biometrics 38, 29–41 (with transformed limits); as R's `quantile.survfit`.
    pub fn quantile(&self, p: f64) -> Result<StayQuantile, Reason> {
        let inside = p > 0.0 && p < 1.0;
        if !inside {
            return Err(Reason::QuantileOutOfRange);
        }
        let crossing = |share: &dyn Fn(&Step) -> Option<f64>| -> Option<f64> {
            let mut points = self.steps.iter().filter_map(|step| Some((step.time, share(step)?)));
            let (time, first) = points.find(|(_, share)| *share < 1.0 - p + SAME)?;
            if (first - (1.0 - p)).abs() >= SAME {
                return Some(time);
            }
            let end = points.find(|(_, share)| *share < first);
            Some(end.map_or(time, |(end, _)| 0.5 * (time + end)))
        };
        let days = crossing(&|step| Some(step.survival)).ok_or(Reason::NotReached)?;
        let lower = crossing(&|step| step.limits.map(|limits| limits.lower));
        let upper = crossing(&|step| step.limits.map(|limits| limits.upper));
        Ok(StayQuantile { days, lower, upper })
    }

    /// Median stay in days, with limits.
    pub fn median(&self) -> Result<StayQuantile, Reason> {
        self.quantile(0.5)
    }

    /// Restricted mean: days spent on average within the first `horizon` days, ∫₀ʰ S(t) dt, with normal limits from
    /// the variance Σ (∫ₜʰ S)² d / (n (n − d)).
    ///
    /// Source: Klein & Moeschberger 2003, Survival Analysis, eq. 4.5.1–4.5.2; as `print(survfit, rmean = h)` in R.
    pub fn restricted_mean(&self, horizon: f64, level: Level) -> Result<Estimate, Reason> {
        if !horizon.is_finite() || horizon <= 0.0 {
            return Err(Reason::NotANumber);
        }
        self.at(horizon)?;
        // From the right: the area to the right of each step, then to its left.
        let (mut area, mut variance, mut right) = (0.0, 0.0, horizon);
        for step in self.steps.iter().rev().filter(|step| step.time < horizon) {
            area += (right - step.time) * step.survival;
            right = step.time;
            let (n, d) = (step.at_risk as f64, step.ended as f64);
            if step.ended > 0 && step.ended < step.at_risk {
                variance += area * area * d / (n * (n - d));
            }
        }
        let mean = area + right;
        let half = level.z()? * variance.sqrt();
        Estimate::checked(finite(mean)?, (mean - half).max(0.0), (mean + half).min(horizon))
    }
}
