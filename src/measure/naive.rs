//! The forecasts that a model has to beat: the last value, and the mean of the last seven days.
//!
//! Their bands come from their own past errors at the same horizon, made symmetric by taking each error
//! with both signs, so that the median stays where the rule puts it (the baseline of the COVID-19
//! Forecast Hub; Cramer et al. 2022, PNAS 119, e2113561119).

use crate::epi::reason::Reason;
use crate::measure::score::{Forecast, mean, sorted_quantile};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naive {
    LastValue,
    WeekMean,
}

/// Past errors used, newest first; and the fewest that make a band.
const MOST_ERRORS: usize = 120;
const LEAST_ERRORS: usize = 10;

impl Naive {
    /// What the rule says on the day `at` of a daily series; missing days of the week mean are left out.
    pub fn value(self, history: &[Option<f64>], at: usize) -> Result<f64, Reason> {
        match self {
            Self::LastValue => history.get(at).copied().flatten().ok_or(Reason::Missing),
            Self::WeekMean => {
                let need = 7;
                if at + 1 < need || at >= history.len() {
                    return Err(Reason::SeriesTooShort { have: (at + 1).min(history.len()), need });
                }
                let week: Vec<f64> = history[at + 1 - need..=at].iter().copied().flatten().collect();
                if week.len() < 4 {
                    return Err(Reason::TooFew { have: week.len(), need: 4 });
                }
                Ok(mean(&week))
            }
        }
    }

    /// The forecast for `horizon` days after the last day of `history` (oldest first; counts, so not under 0).
    pub fn forecast(self, history: &[Option<f64>], horizon: usize) -> Result<Forecast, Reason> {
        if horizon == 0 {
            return Err(Reason::Setting { name: "horizon" });
        }
        let last = history.len().checked_sub(1).ok_or(Reason::AllMissing)?;
        let middle = self.value(history, last)?;
        let mut sizes: Vec<f64> = (horizon..=last)
            .rev()
            .filter_map(|day| Some((history[day]? - self.value(history, day - horizon).ok()?).abs()))
            .take(MOST_ERRORS)
            .collect();
        if sizes.len() < LEAST_ERRORS {
            return Err(Reason::TooFew { have: sizes.len(), need: LEAST_ERRORS });
        }
        let mut both: Vec<f64> = sizes.iter().map(|size| -size).collect();
        both.append(&mut sizes);
        both.sort_by(f64::total_cmp);
        Forecast::from_quantiles(|p| Ok((middle + sorted_quantile(&both, p)).max(0.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_rule() {
        let history: Vec<Option<f64>> = (0..40).map(|day| Some(f64::from(day))).collect();
        let last = Naive::LastValue.forecast(&history, 7).unwrap();
        // A line rising by one a day is missed by 7 after 7 days, always.
        assert_eq!((last.median, last.bands[2].lower, last.bands[2].upper), (39.0, 32.0, 46.0));
        assert_eq!(Naive::WeekMean.forecast(&history, 1).unwrap().median, 36.0);
    }

    #[test]
    fn too_little_history_is_refused() {
        assert_eq!(
            Naive::LastValue.forecast(&[Some(1.0); 12], 7),
            Err(Reason::TooFew { have: 5, need: LEAST_ERRORS })
        );
        assert_eq!(Naive::LastValue.forecast(&[Some(1.0), None], 1), Err(Reason::Missing));
        assert_eq!(Naive::WeekMean.forecast(&[], 1), Err(Reason::AllMissing));
        assert_eq!(
            Naive::WeekMean.value(&[Some(1.0); 3], 2),
            Err(Reason::SeriesTooShort { have: 3, need: 7 })
        );
    }
}
