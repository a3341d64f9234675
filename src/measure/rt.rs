//! The effective reproduction number by the method of Cori and colleagues: a daily series of cases and a serial
//! interval come in; for each window of days the posterior of Rt, or why there is none, goes out.

use super::distributions::gamma_quantile;
use super::intervals::Level;
use super::serial_interval::SerialInterval;
use crate::epi::reason::{Reason, count, finite};

/// Window, prior and level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RtSettings {
    /// Days in a window.
    pub window: usize,
    pub prior_mean: f64,
    pub prior_sd: f64,
    pub level: Level,
}

impl Default for RtSettings {
    /// Seven days, prior mean 5 and standard deviation 5 (Cori et al. 2013), 95 %.
    fn default() -> Self {
        Self { window: 7, prior_mean: 5.0, prior_sd: 5.0, level: Level::P95 }
    }
}

/// The posterior of Rt over one window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rt {
    pub mean: f64,
    pub sd: f64,
    pub median: f64,
    /// Limits of the credible interval.
    pub lower: f64,
    pub upper: f64,
    /// Cases infected here within the window. With fewer than 11 the prior weighs (coefficient of variation over 0.3), and the interval
    /// is wide.
    pub cases: f64,
    /// Σ Λ over the window: the cases expected at Rt = 1.
    pub infectivity: f64,
}

/// One window: days `start..=end` by position in the series.
#[derive(Clone, Debug, PartialEq)]
pub struct RtWindow {
    pub start: usize,
    pub end: usize,
    pub rt: Result<Rt, Reason>,
}

/// A missing or negative day matters to those windows that it reaches with at least this weight; less infectivity
/// than this is none.
const NEGLIGIBLE_WEIGHT: f64 = 1e-6;

/// Where fewer cases than this would be expected over a window at Rt = 1, hardly anybody was there to infect: what came out would
/// be the prior, and not the data.
const LEAST_INFECTIVITY: f64 = 1.0;

/// A window without a case says something of Rt only where as many were expected as bring the posterior's coefficient of variation
/// to 0.3 (Cori et al. 2013): 11. With fewer the figure would climb to the prior as the infectivity fades.
const TELLING_CASES: f64 = 11.0;

/// Rt of the windows that end on day `since` or later: the days before are read, and cost little. The first window starts on
/// the second day. Cases of the days up to and including the first with cases came from elsewhere, all later ones were
/// infected here.
///
/// With Λ(t) = Σₛ w(s) I(t−s) and a prior Γ(a, scale b) the posterior over a window is
/// Γ(a + Σ I, scale 1 / (1/b + Σ Λ)). Windows that end within one mean serial interval of the first cases,
/// or without any earlier case to infect, have none; nor have those over which less than one case would be expected at
/// Rt = 1 (Σ Λ under 1), or less than eleven while none came.
///
/// Source: Cori, Ferguson, Fraser & Cauchemez 2013, Am J Epidemiol 178, 1505–1512 (web appendix 1); the same as `EpiEstim`'s
/// `estimate_R`.
pub fn cori(
    cases: &[Option<f64>],
    since: usize,
    interval: &SerialInterval,
    settings: &RtSettings,
) -> Result<Vec<RtWindow>, Reason> {
    let prior = Prior::of(settings)?;
    if settings.window == 0 {
        return Err(Reason::EmptyWindow);
    }
    let need = settings.window + 1;
    if cases.len() < need {
        return Err(Reason::SeriesTooShort { have: cases.len(), need });
    }
    let days: Vec<Day> = cases.iter().map(|cases| cases.ok_or(Reason::DayMissing).and_then(count)).collect();
    let first = days.iter().position(|day| *day != Ok(0.0) && *day != Err(Reason::DayMissing));
    let first = first.ok_or(Reason::NoCases)?;
    let starts = (since + 1).saturating_sub(settings.window).max(1);
    // Before the first window nobody asks.
    let infectivity: Vec<_> = (0..days.len())
        .map(|t| if t < starts { Ok(0.0) } else { infectivity(&days, first, t, interval.pmf()) })
        .collect();
    let windows = (starts..=cases.len() - settings.window).map(|start| {
        let end = start + settings.window - 1;
        let sums = sums(&days, &infectivity, start..=end, first);
        let rt = sums.and_then(|sums| {
            // Counted in days from the first cases, 1 being that day.
            if (end + 1).saturating_sub(first) as f64 <= interval.mean() {
                return Err(Reason::BeforeOneSerialInterval);
            }
            prior.posterior(sums.checked()?, settings.level)
        });
        RtWindow { start, end, rt }
    });
    Ok(windows.collect())
}

/// The cases of a day, or why they are not known.
type Day = Result<f64, Reason>;

/// Λ(t): how strongly the cases of the days before infect on day t. Days before the first cases have none.
fn infectivity(days: &[Day], first: usize, t: usize, pmf: &[f64]) -> Result<f64, Reason> {
    let mut sum = 0.0;
    for (lag, weight) in pmf.iter().enumerate().take(t.saturating_sub(first) + 1).skip(1) {
        match &days[t - lag] {
            Ok(cases) => sum += weight * cases,
            Err(reason) if *weight >= NEGLIGIBLE_WEIGHT => return Err(reason.clone()),
            Err(_) => {}
        }
    }
    Ok(sum)
}

/// Cases infected here and infectivity over a window.
struct Sums {
    cases: f64,
    infectivity: f64,
}

fn sums(
    days: &[Day],
    infectivity: &[Result<f64, Reason>],
    window: std::ops::RangeInclusive<usize>,
    first: usize,
) -> Result<Sums, Reason> {
    let mut sums = Sums { cases: 0.0, infectivity: 0.0 };
    for t in window {
        let infected = days[t].clone()?;
        sums.cases += if t > first { infected } else { 0.0 };
        sums.infectivity += infectivity[t].clone()?;
    }
    if sums.infectivity < NEGLIGIBLE_WEIGHT {
        return Err(Reason::NoEarlierCases);
    }
    Ok(sums)
}

impl Sums {
    /// Do they tell of Rt, or is it the prior alone that would?
    fn checked(self) -> Result<Self, Reason> {
        if self.infectivity < LEAST_INFECTIVITY {
            return Err(Reason::FewEarlierCases);
        }
        if self.cases == 0.0 && self.infectivity < TELLING_CASES {
            return Err(Reason::NoCasesOwn);
        }
        Ok(self)
    }
}

/// A gamma distribution.
struct Prior {
    shape: f64,
    scale: f64,
}

impl Prior {
    fn of(settings: &RtSettings) -> Result<Self, Reason> {
        let (mean, sd) = (settings.prior_mean, settings.prior_sd);
        let usable = mean > 0.0 && sd > 0.0 && mean.is_finite() && sd.is_finite();
        let prior = Self { shape: (mean / sd).powi(2), scale: sd * sd / mean };
        let usable = usable && (1e-6..1e9).contains(&prior.shape) && (1e-9..1e9).contains(&prior.scale);
        if usable { Ok(prior) } else { Err(Reason::PriorInvalid) }
    }

    fn posterior(&self, sums: Sums, level: Level) -> Result<Rt, Reason> {
        let shape = self.shape + sums.cases;
        let scale = 1.0 / (1.0 / self.scale + sums.infectivity);
        let quantile = |p: f64| -> Result<f64, Reason> {
            finite(scale * gamma_quantile(p, shape).ok_or(Reason::NotConverged)?)
        };
        Ok(Rt {
            mean: finite(shape * scale)?,
            sd: finite(shape.sqrt() * scale)?,
            median: quantile(0.5)?,
            lower: quantile(level.tail())?,
            upper: quantile(1.0 - level.tail())?,
            cases: sums.cases,
            infectivity: sums.infectivity,
        })
    }
}

#[cfg(test)]
#[path = "rt_tests.rs"]
mod tests;
