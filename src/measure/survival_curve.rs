//! What a survival curve answers: the share still in after some days, median and other quantiles.

use super::intervals::Interval;
use crate::epi::reason::Reason;

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
    /// `None` where they are not defined: nobody is left.
    pub limits: Option<Interval>,
}

/// A Kaplan–Meier curve; steps ascend in time, and there is at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    pub(super) steps: Vec<Step>,
    pub(super) refused: usize,
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
}
