//! Nowcast: how many events of the last days will be known once all reports are in.
//!
//! The chain ladder (Mack 1993; as the baseline of Wolffram et al. 2023, `PLoS` Comput Biol 19, e1011394,
//! and R `baselinenowcast`). With C(e, d) the events of day e known d days later:
//!
//! - F(D) = 1, F(d) = F(d+1) Σₑ C(e, d) / Σₑ C(e, d+1): the share known after d days ([`delay`]);
//! - total of a day with x known: (x + 1 − F)/F, which is safe where x is zero ([`zero_safe`]);
//! - bands: the counts still missing are negative binomial, with mean and dispersion from this history's
//!   own errors, nowcast again at past known days, horizon by horizon ([`error`]).
//!
//! The target is the count known D days after the event. In go reports by event day and known day,
//! corrections as negative counts, without initial and remap batches, which the caller leaves out.

pub mod delay;
pub mod error;
pub mod held;
mod history;
mod reports;
pub mod triangle;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::epi::reason::Reason;
use crate::measure::score::Forecast;
use delay::Shares;
use error::Errors;
pub use held::{Held, Night, held};
pub use history::{History, Settings};
pub use reports::{older, reach, recent, steady_since};
pub use triangle::{Report, Triangle};

/// The nowcast of one event day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nowcast {
    pub event: Date,
    /// Days since the event: the horizon.
    pub elapsed: usize,
    pub known: f64,
    /// F: the share that is known by now.
    pub share: f64,
    /// (x + 1 − F)/F.
    pub point: f64,
    pub total: Forecast,
    /// What each band would hold of totals that come as forecast.
    pub chance: [f64; 3],
    /// Mean and size of the negative binomial of the counts still missing.
    pub missing_mean: f64,
    pub missing_size: f64,
}

/// An event day with its nowcast, or why there is none.
pub type EventDay = (Date, Result<Nowcast, Reason>);

/// The total expected where `known` are known and F is their share: (x + 1 − F)/F.
pub fn zero_safe(known: f64, share: f64) -> Result<f64, Reason> {
    if !(share > 0.0 && share <= 1.0) {
        return Err(Reason::NothingReported);
    }
    Ok((known + 1.0 - share) / share)
}

impl History<'_> {
    /// The nowcasts of the incomplete days as seen on `known`, oldest event first.
    ///
    /// Each day may be refused by itself: no share of it is ever known this early, or no past errors.
    pub fn seen_on(&self, known: Date) -> Result<Vec<EventDay>, Reason> {
        let today = self.triangle.place(known)?;
        let shares = self.shares_on(today)?;
        let longest = self.triangle.longest();
        let mut all = Vec::new();
        for elapsed in (0..longest.min(today + 1)).rev() {
            let event = known.checked_sub((elapsed as i64).days()).map_err(|_| Reason::AfterTheView)?;
            all.push((event, self.one(today, elapsed, event, shares)));
        }
        Ok(all)
    }

    fn one(&self, today: usize, elapsed: usize, event: Date, shares: &Shares) -> Result<Nowcast, Reason> {
        let share = shares.at(elapsed).ok_or(Reason::NothingReported)?;
        let known = self.triangle.known(today - elapsed, elapsed);
        let point = zero_safe(known, share)?;
        let errors = Errors::collect(self, today, elapsed)?;
        let missing_mean = (point - known) * errors.bias;
        let total = errors.band(known, missing_mean)?;
        let chance = total.bands.map(|band| errors.chance(known, missing_mean, band));
        let missing_size = errors.size;
        Ok(Nowcast { event, elapsed, known, share, point, total, chance, missing_mean, missing_size })
    }

    /// How often the bands of past nowcasts held: each past known day from `oldest` to `newest` is nowcast with what was known
    /// then, for the `days` days before it, and compared with what is known by `view`, where the days are complete.
    pub fn nights(&self, oldest: Date, newest: Date, view: Date, days: usize) -> Result<Vec<Night>, Reason> {
        let longest = self.triangle.longest();
        let view = self.triangle.place(view)?;
        let (first, last) = (self.triangle.place(oldest)?, self.triangle.place(newest)?);
        let mut nights = Vec::new();
        for today in first..=last {
            let Ok(shares) = self.shares_on(today) else { continue };
            let mut night = Night::default();
            for elapsed in 0..days.min(longest).min(today + 1) {
                let event = today - elapsed;
                if event + longest > view {
                    continue;
                }
                let Ok(nowcast) = self.one(today, elapsed, self.triangle.first(), shares) else { continue };
                let came = self.triangle.known(event, longest);
                night.forecasts += 1;
                for (level, band) in nowcast.total.bands.iter().enumerate() {
                    night.held[level] += usize::from(band.holds(came));
                    night.chance[level] += nowcast.chance[level];
                }
            }
            nights.push(night);
        }
        Ok(nights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn zero_safe_form_of_the_reference() {
        // Observed 20, 40, 60 at F = 0.4 → 51.5, 101.5, 151.5 (baselinenowcast's formula).
        for (known, total) in [(20.0, 51.5), (40.0, 101.5), (60.0, 151.5)] {
            assert!((zero_safe(known, 0.4).unwrap() - total).abs() < 1e-12);
        }
        assert_eq!(zero_safe(3.0, 0.0), Err(Reason::NothingReported));
    }

    /// Ten a day, four known on the day and six on the day after, for 100 days.
    fn steady() -> Triangle {
        let first = date(2026, 1, 1);
        let reports = (0..100_i64).flat_map(|day| {
            let event = first.checked_add(day.days()).unwrap();
            let next = event.checked_add(1.days()).unwrap();
            [Report { event, known: event, count: 4 }, Report { event, known: next, count: 6 }]
        });
        Triangle::build(reports, 3, date(2026, 4, 11)).unwrap()
    }

    #[test]
    fn a_steady_stream_is_forecast() {
        let triangle = steady();
        let today = date(2026, 4, 5);
        let history = History::prepare(&triangle, Settings::default(), today, today).unwrap();
        let days = history.seen_on(today).unwrap();
        let latest = days.last().unwrap().1.clone().unwrap();
        assert_eq!((latest.known, latest.elapsed), (4.0, 0));
        assert!((latest.share - 0.4).abs() < 1e-12);
        // The zero-safe form adds (1 − F)/F; the past errors take it back.
        assert!((latest.point - 11.5).abs() < 1e-9);
        assert!((latest.total.median - 10.0).abs() <= 1.0);
    }

    #[test]
    fn the_future_is_not_seen_and_the_short_past_is_refused() {
        let triangle = steady();
        let second = date(2026, 1, 2);
        let history = History::prepare(&triangle, Settings::default(), second, second).unwrap();
        assert!(history.seen_on(date(2026, 5, 1)).is_err());
        assert!(history.seen_on(second).map_or(true, |days| days.iter().all(|(_, day)| day.is_err())));
        assert_eq!(triangle.place(date(2025, 1, 1)), Err(Reason::NoHistory));
    }

    #[test]
    fn corrections_widen_the_band_downward() {
        // 20 on the day; of every third day's, 5 are taken back on the next.
        let first = date(2026, 1, 1);
        let reports = (0..100_i64).flat_map(|day| {
            let event = first.checked_add(day.days()).unwrap();
            let next = event.checked_add(1.days()).unwrap();
            let back = if day % 3 == 0 { -5 } else { 0 };
            [Report { event, known: event, count: 20 }, Report { event, known: next, count: back }]
        });
        let today = date(2026, 4, 5);
        let triangle = Triangle::build(reports, 3, today).unwrap();
        let history = History::prepare(&triangle, Settings::default(), today, today).unwrap();
        let latest = history.seen_on(today).unwrap().last().unwrap().1.clone().unwrap();
        assert_eq!((latest.known, latest.total.bands[2].lower), (20.0, 15.0));
        assert!(latest.total.median >= 20.0);
    }

    mod as_of {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(40))]
            #[test]
            fn the_future_changes_nothing_and_all_is_finite(
                counts in prop::collection::vec((0..5_i64, -2..9_i64), 120),
                later in prop::collection::vec((0..5_i64, -9..99_i64), 20),
            ) {
                let first = date(2026, 1, 1);
                let report = |(day, &(delay, count)): (usize, &(i64, i64)), from: i64| {
                    let event = first.checked_add((day as i64).days()).unwrap();
                    Report { event, known: event.checked_add((delay + from).days()).unwrap(), count }
                };
                let today = first.checked_add(100.days()).unwrap();
                let past: Vec<Report> = counts.iter().enumerate().map(|pair| report(pair, 0)).collect();
                let future = later.iter().enumerate().map(|pair| report(pair, 101));
                let one = Triangle::build(past.clone(), 5, today).unwrap();
                let view = today.checked_add(30.days()).unwrap();
                let two = Triangle::build(past.into_iter().chain(future), 5, view).unwrap();
                let seen = |triangle: &Triangle| {
                    History::prepare(triangle, Settings::default(), today, today).unwrap().seen_on(today)
                };
                prop_assert_eq!(seen(&one), seen(&two));
                for (_, day) in seen(&one).into_iter().flatten() {
                    if let Ok(day) = day {
                        prop_assert!(day.point.is_finite() && day.missing_mean.is_finite() && day.missing_size > 0.0);
                        prop_assert!(day.total.bands[2].lower >= 0.0 && day.total.bands[2].upper.is_finite());
                    }
                }
            }
        }
    }
}
