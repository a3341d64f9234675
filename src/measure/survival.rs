//! Length of stay by Kaplan and Meier. Stays come in (from when each was observed, until when, and whether it ended
//! then); the curve of those still in goes out. People still in are censored on the right; people who were already in
//! when observation began are truncated on the left and enter the risk set only then.

use super::intervals::{Interval, Level};
use super::survival_curve::{Curve, Step};
use crate::epi::reason::Reason;

/// One stay, in days since admission.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stay {
    /// When observation began: 0 when the admission itself was seen.
    pub entry: f64,
    /// When the stay ended, or was last known to last.
    pub exit: f64,
    /// Did it end then? `false`: still in (censored).
    pub ended: bool,
}

impl Stay {
    fn is_possible(&self) -> bool {
        self.entry.is_finite() && self.exit.is_finite() && 0.0 <= self.entry && self.entry <= self.exit
    }

    /// Was this stay under observation for any time? A stay seen from its admission is, even if it ends that day.
    fn is_observed(&self) -> bool {
        self.entry < self.exit || self.entry == 0.0
    }
}

/// The curve S(t) = Π (1 − d/n) over the days of ends up to t: of n at risk (entered before t and not out before t),
/// d end. One step for each day on which a stay ends or is censored. Stays that end before they begin are
/// refused and counted; those observed for no time at all are left out.
/// The limits are S · exp(±zσ), not over 1, σ² being Greenwood's sum Σ d / (n (n − d)): the default of R's `survfit`.
///
/// Source: Kaplan & Meier 1958, J Am Stat Assoc 53, 457–481; Greenwood 1926; left truncation after Klein &
/// Moeschberger 2003, Survival Analysis, ch. 4.6; the same as R's `survfit(Surv(entry, exit, ended) ~ 1)`.
pub fn kaplan_meier(stays: &[Stay], level: Level) -> Result<Curve, Reason> {
    let z = level.z()?;
    let refused = stays.iter().filter(|stay| !stay.is_possible()).count();
    let mut used: Vec<Stay> =
        stays.iter().filter(|stay| stay.is_possible() && stay.is_observed()).copied().collect();
    if used.is_empty() {
        return Err(Reason::NoStays { refused });
    }
    // A stay seen from its admission is at risk on day 0 already.
    let mut entries: Vec<f64> =
        used.iter().map(|stay| if stay.entry == 0.0 { f64::NEG_INFINITY } else { stay.entry }).collect();
    entries.sort_unstable_by(f64::total_cmp);
    used.sort_unstable_by(|a, b| a.exit.total_cmp(&b.exit));
    let mut steps = Vec::new();
    let (mut entered, mut out) = (0, 0);
    let (mut survival, mut greenwood) = (1.0, 0.0);
    for day in used.chunk_by(|a, b| a.exit == b.exit) {
        let time = day[0].exit;
        while entries.get(entered).is_some_and(|entry| *entry < time) {
            entered += 1;
        }
        let at_risk = entered - out;
        let ended = day.iter().filter(|stay| stay.ended).count();
        let (n, d) = (at_risk as f64, ended as f64);
        if ended > 0 && survival > 0.0 {
            survival *= (n - d) / n;
            greenwood += if ended < at_risk { d / (n * (n - d)) } else { 0.0 };
        }
        let censored = day.len() - ended;
        steps.push(Step { time, at_risk, ended, censored, survival, greenwood, limits: None });
        out += day.len();
    }
    for step in &mut steps {
        step.limits = limits_of(step, z);
    }
    Ok(Curve { steps, refused })
}

/// Where nobody is left the variance is not defined and there are no limits.
fn limits_of(step: &Step, z: f64) -> Option<Interval> {
    let (survival, sigma) = (step.survival, step.greenwood.sqrt());
    if survival <= 0.0 {
        return None;
    }
    let interval =
        Interval { lower: survival * (-z * sigma).exp(), upper: (survival * (z * sigma).exp()).min(1.0) };
    (interval.lower.is_finite() && interval.upper.is_finite()).then_some(interval)
}

#[cfg(test)]
#[path = "survival_tests.rs"]
mod tests;
