//! What is judged, and by which settings.

use jiff::civil::Date;

use crate::epi::reason::Reason;

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Day,
    Week,
}

impl Step {
    pub const fn days(self) -> i64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
        }
    }
}

/// Counts of consecutive periods; `None` is missing, never zero.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// The first day of the first period.
    pub first: Date,
    pub step: Step,
    pub counts: &'a [Option<f64>],
    /// Population of each period, when rates rather than counts are compared.
    pub population: Option<&'a [f64]>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// b: years of history.
    pub years: usize,
    /// w: periods on each side of the same date in past years.
    pub half_window: usize,
    /// noPeriods: season blocks a year is divided into; 1 = only the windows themselves.
    pub season_blocks: usize,
    /// pastWeeksNotIncluded: most recent periods left out of the baseline.
    pub recent_left_out: usize,
    /// Anscombe residual above which a past count loses weight; `None` = no reweighting.
    pub reweight_above: Option<f64>,
    /// pThresholdTrend: p under which a trend stays; `None` = no trend.
    pub trend_p: Option<f64>,
    /// One-sided share of false alarms.
    pub alpha: f64,
    /// (cases, periods): no alarm with fewer cases in these last periods, this one included.
    pub limit: (u32, usize),
}

impl Settings {
    /// Noufaily et al. 2013: 10 season blocks, 26 weeks left out, residuals over 2.58, trend always tried.
    pub fn noufaily_2013() -> Self {
        Self {
            years: 5,
            half_window: 3,
            season_blocks: 10,
            recent_left_out: 26,
            reweight_above: Some(2.58),
            trend_p: Some(1.0),
            alpha: 0.01,
            limit: (5, 4),
        }
    }

    /// The same spans of the calendar in days, where periods are days.
    pub fn by(self, step: Step) -> Self {
        let spans = |periods: usize| periods * 7 / usize::try_from(step.days()).unwrap_or(7);
        let (cases, periods) = self.limit;
        Self {
            half_window: spans(self.half_window),
            recent_left_out: spans(self.recent_left_out),
            limit: (cases, spans(periods)),
            ..self
        }
    }

    pub(super) fn check(&self) -> Result<(), Reason> {
        let in_range = |p: f64| p > 0.0 && p <= 1.0;
        let checks = [
            ("years", self.years >= 1),
            ("season_blocks", self.season_blocks >= 1),
            ("reweight_above", self.reweight_above.is_none_or(|limit| limit > 0.0)),
            ("trend_p", self.trend_p.is_none_or(in_range)),
            ("alpha", in_range(self.alpha) && self.alpha < 1.0),
            ("limit", self.limit.1 >= 1),
        ];
        match checks.into_iter().find(|(_, holds)| !holds) {
            Some((name, _)) => Err(Reason::Setting { name }),
            None => Ok(()),
        }
    }
}
