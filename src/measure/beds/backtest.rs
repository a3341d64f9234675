//! Past projections against what came, beside the naive forecasts.

use super::projection::{Group, Settings, project};
use crate::epi::reason::Reason;
use crate::measure::naive::Naive;
use crate::measure::paired::{Compared, compare};
use crate::measure::score::{Coverage, mase, mean, weighted_interval_score};

/// One past day from which a projection is made again, with what was known on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// Place of the day in the stored occupancy.
    pub at: usize,
    pub groups: Vec<Group>,
}

/// Scores of one horizon over all origins on which all three forecasts could be made.
#[derive(Debug, Clone, PartialEq)]
pub struct HorizonScore {
    pub horizon: usize,
    pub origins: usize,
    /// Mean weighted interval scores.
    pub wis: f64,
    pub wis_last_value: f64,
    pub wis_week_mean: f64,
    pub coverage: Coverage,
    /// Scaled by the changes over the same span of days.
    pub mase: Result<f64, Reason>,
    /// Scores less those of the last value, and of the week's mean, day for day.
    pub than_last: Result<Compared, Reason>,
    pub than_week: Result<Compared, Reason>,
}

/// A back-test; `refused` counts origins without a projection, and why the first was not made.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    pub horizons: Vec<HorizonScore>,
    pub refused: usize,
    pub first_reason: Option<Reason>,
}

#[derive(Default)]
struct Tally {
    /// Places of the origins.
    days: Vec<usize>,
    model: Vec<f64>,
    last: Vec<f64>,
    week: Vec<f64>,
    errors: Vec<f64>,
    coverage: Coverage,
}

impl Tally {
    /// The scores less those of another forecast, with the origins' days.
    fn less(&self, other: &[f64]) -> Vec<(usize, f64)> {
        let scores = self.model.iter().zip(other);
        self.days.iter().copied().zip(scores.map(|(own, other)| own - other)).collect()
    }
}

/// Project again from each origin (oldest first) and score every horizon against the stored `occupancy`
/// (daily, oldest first; `None` is missing). A naive forecast sees only days up to its origin.
pub fn backtest(
    origins: &[Origin],
    occupancy: &[Option<f64>],
    settings: &Settings,
) -> Result<Backtest, Reason> {
    let mut tallies: Vec<Tally> = (0..settings.horizon).map(|_| Tally::default()).collect();
    let (mut refused, mut first_reason) = (0, None);
    for origin in origins {
        let projection = match project(&origin.groups, settings) {
            Ok(projection) => projection,
            Err(reason) => {
                refused += 1;
                first_reason.get_or_insert(reason);
                continue;
            }
        };
        let Some(history) = occupancy.get(..=origin.at) else { continue };
        for (place, (tally, forecast)) in tallies.iter_mut().zip(&projection.days).enumerate() {
            let horizon = place + 1;
            let Some(came) = occupancy.get(origin.at + horizon).copied().flatten() else { continue };
            let (Ok(last), Ok(week)) =
                (Naive::LastValue.forecast(history, horizon), Naive::WeekMean.forecast(history, horizon))
            else {
                continue;
            };
            tally.days.push(origin.at);
            tally.model.push(weighted_interval_score(forecast, came));
            tally.last.push(weighted_interval_score(&last, came));
            tally.week.push(weighted_interval_score(&week, came));
            tally.errors.push(came - forecast.median);
            tally.coverage.add(forecast, came);
        }
    }
    let horizons: Vec<HorizonScore> = tallies
        .iter()
        .enumerate()
        .filter(|(_, tally)| !tally.model.is_empty())
        .map(|(place, tally)| {
            let (wis, wis_last_value, wis_week_mean) =
                (mean(&tally.model), mean(&tally.last), mean(&tally.week));
            HorizonScore {
                horizon: place + 1,
                origins: tally.model.len(),
                wis,
                wis_last_value,
                wis_week_mean,
                coverage: tally.coverage,
                mase: mase(&tally.errors, &span(origins, occupancy, place + 1), place + 1),
                than_last: compare(&tally.less(&tally.last), place + 1),
                than_week: compare(&tally.less(&tally.week), place + 1),
            }
        })
        .collect();
    if horizons.is_empty() {
        return Err(first_reason.unwrap_or(Reason::NoHistory));
    }
    Ok(Backtest { horizons, refused, first_reason })
}

/// The stored days from the first origin to the last day that is forecast.
fn span(origins: &[Origin], occupancy: &[Option<f64>], horizon: usize) -> Vec<Option<f64>> {
    let first = origins.iter().map(|origin| origin.at).min().unwrap_or(0);
    let last = origins.iter().map(|origin| origin.at).max().unwrap_or(0) + horizon;
    occupancy.iter().copied().skip(first).take(last + 1 - first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::beds::projection::Admissions;
    use crate::measure::beds::stay::Stay;

    fn origin(at: usize, admitted: u32) -> Origin {
        let curve: Vec<f64> = (0..60).map(|day| 0.875_f64.powi(day)).collect();
        let stay = Stay::new(&curve).unwrap();
        let inpatients = vec![admitted; 8];
        let admissions = vec![Admissions::complete(admitted); 60];
        Origin { at, groups: vec![Group { admissions, inpatients, stay, discharges: None }] }
    }

    #[test]
    fn days_to_come_do_not_change_the_naive_scores() {
        let settings = Settings { horizon: 3, paths: 100, ..Settings::default() };
        let mut occupancy: Vec<Option<f64>> = (0..80).map(|day| Some(70.0 + f64::from(day % 9))).collect();
        let before = backtest(&[origin(60, 10)], &occupancy, &settings).unwrap();
        occupancy[70] = Some(1.0e6);
        let after = backtest(&[origin(60, 10)], &occupancy, &settings).unwrap();
        assert_eq!(before, after);
    }

    #[test]
    fn reasons_are_kept() {
        let settings = Settings { horizon: 3, paths: 100, ..Settings::default() };
        let occupancy = vec![Some(5.0); 80];
        let test = backtest(&[origin(60, 0), origin(61, 10)], &occupancy, &settings).unwrap();
        assert_eq!((test.refused, test.first_reason), (1, Some(Reason::EmptyBaseline)));
        // The carried value was never wrong, so it can't be beaten and gives no scale.
        assert_eq!(test.horizons[0].mase, Err(Reason::NoScale));
        assert!(test.horizons[0].wis >= test.horizons[0].wis_last_value);
        assert_eq!(backtest(&[origin(60, 0)], &occupancy, &settings), Err(Reason::EmptyBaseline));
        assert_eq!(backtest(&[], &occupancy, &settings), Err(Reason::NoHistory));
    }
}
