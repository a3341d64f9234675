//! A history of reports, as it was seen on each day that a nowcast is made from.

use jiff::civil::Date;

use super::delay::Shares;
use super::triangle::Triangle;
use crate::epi::reason::Reason;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Event days whose reports make the shares F, newest first.
    pub window: usize,
    /// Past known days whose errors make the bands.
    pub retrospective: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window: 60, retrospective: 60 }
    }
}

/// The history of one series with its shares by known day, from which any day's nowcast is made.
#[derive(Debug, Clone)]
pub struct History<'a> {
    pub(super) triangle: &'a Triangle,
    pub(super) settings: Settings,
    /// Shares as seen on each known day; a place a day from the triangle's first.
    shares: Vec<Option<Shares>>,
}

impl<'a> History<'a> {
    /// Prepare the known days from `oldest` (with those needed before it) to `newest`.
    pub fn prepare(
        triangle: &'a Triangle,
        settings: Settings,
        oldest: Date,
        newest: Date,
    ) -> Result<Self, Reason> {
        if settings.window < 2 || settings.retrospective < 2 {
            return Err(Reason::Setting { name: "window" });
        }
        let newest = triangle.place(newest)?;
        let oldest = triangle.place(oldest)?;
        let start = oldest.saturating_sub(settings.retrospective + triangle.longest());
        let shares = (0..=newest)
            .map(|day| (day >= start).then(|| Shares::seen_on(triangle, day, settings.window).ok()).flatten())
            .collect();
        Ok(Self { triangle, settings, shares })
    }

    /// The shares as seen on a day.
    pub(super) fn shares_on(&self, day: usize) -> Result<&Shares, Reason> {
        self.shares.get(day).and_then(Option::as_ref).ok_or(Reason::NoHistory)
    }
}
