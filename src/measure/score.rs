//! How good were the forecasts: interval score, weighted interval score, scaled error, coverage.

use crate::epi::reason::{Reason, finite};

/// The central bands that every forecast carries.
pub const LEVELS: [f64; 3] = [0.5, 0.8, 0.95];

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    pub lower: f64,
    pub upper: f64,
}

impl Band {
    pub fn holds(&self, observed: f64) -> bool {
        self.lower <= observed && observed <= self.upper
    }
}

/// A median and its 50, 80 and 95 % bands, in the order of [`LEVELS`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    pub median: f64,
    pub bands: [Band; 3],
}

impl Forecast {
    /// From a quantile function over 0 < p < 1.
    pub fn from_quantiles(mut quantile: impl FnMut(f64) -> Result<f64, Reason>) -> Result<Self, Reason> {
        let mut bands = [Band { lower: 0.0, upper: 0.0 }; 3];
        for (band, level) in bands.iter_mut().zip(LEVELS) {
            let tail = (1.0 - level) / 2.0;
            *band = Band { lower: finite(quantile(tail)?)?, upper: finite(quantile(1.0 - tail)?)? };
        }
        Ok(Self { median: finite(quantile(0.5)?)?, bands })
    }

    /// From simulated values; sorts them. Quantiles by linear interpolation (R's type 7).
    pub fn from_samples(samples: &mut [f64]) -> Result<Self, Reason> {
        if samples.is_empty() {
            return Err(Reason::TooFew { have: 0, need: 1 });
        }
        samples.sort_by(f64::total_cmp);
        Self::from_quantiles(|p| Ok(sorted_quantile(samples, p)))
    }
}

/// Quantile of sorted values by linear interpolation (Hyndman & Fan 1996, type 7); values not empty.
pub(crate) fn sorted_quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// `IS_α` = (u − l) + 2/α (l − y)₊ + 2/α (y − u)₊ of a central 1 − α band (Gneiting & Raftery 2007, eq. 43).
pub fn interval_score(band: Band, alpha: f64, observed: f64) -> f64 {
    let outside = (band.lower - observed).max(0.0) + (observed - band.upper).max(0.0);
    (band.upper - band.lower) + 2.0 / alpha * outside
}

/// WIS = (½ |y − m| + Σ (`α_k/2`) IS_{`α_k`}) / (K + ½) (Bracher et al. 2021, `PLoS` Comput Biol 17, e1008618).
pub fn weighted_interval_score(forecast: &Forecast, observed: f64) -> f64 {
    let bands: f64 = forecast
        .bands
        .iter()
        .zip(LEVELS)
        .map(|(band, level)| (1.0 - level) / 2.0 * interval_score(*band, 1.0 - level, observed))
        .sum();
    (0.5 * (observed - forecast.median).abs() + bands) / (LEVELS.len() as f64 + 0.5)
}

/// Mean absolute scaled error (Hyndman & Koehler 2006): mean |error| over the mean |change over `horizon`
/// periods| of the history, so that 1 is as good as carrying the last value forward.
pub fn mase(errors: &[f64], history: &[Option<f64>], horizon: usize) -> Result<f64, Reason> {
    if errors.is_empty() {
        return Err(Reason::TooFew { have: 0, need: 1 });
    }
    let changes: Vec<f64> = history
        .iter()
        .zip(history.iter().skip(horizon))
        .filter_map(|(then, now)| Some(((*now)? - (*then)?).abs()))
        .collect();
    if changes.is_empty() {
        return Err(Reason::SeriesTooShort { have: history.len(), need: horizon + 1 });
    }
    let scale = mean(&changes);
    if scale == 0.0 {
        return Err(Reason::NoScale);
    }
    finite(errors.iter().map(|error| error.abs()).sum::<f64>() / errors.len() as f64 / scale)
}

/// How often each band held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    pub forecasts: usize,
    /// In the order of [`LEVELS`].
    pub held: [usize; 3],
}

impl Coverage {
    pub fn add(&mut self, forecast: &Forecast, observed: f64) {
        self.forecasts += 1;
        for (held, band) in self.held.iter_mut().zip(&forecast.bands) {
            *held += usize::from(band.holds(observed));
        }
    }

    pub fn join(&mut self, other: &Self) {
        self.forecasts += other.forecasts;
        for (held, more) in self.held.iter_mut().zip(other.held) {
            *held += more;
        }
    }

    /// Shares in the order of [`LEVELS`].
    pub fn shares(&self) -> Result<[f64; 3], Reason> {
        if self.forecasts == 0 {
            return Err(Reason::NoHistory);
        }
        Ok(self.held.map(|held| held as f64 / self.forecasts as f64))
    }
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn forecast() -> Forecast {
        let band = |lower, upper| Band { lower, upper };
        Forecast { median: 10.0, bands: [band(8.0, 12.0), band(6.0, 15.0), band(4.0, 20.0)] }
    }

    /// By hand from the definition: (½|y − m| + 0.25 IS₀.₅ + 0.1 IS₀.₂ + 0.025 IS₀.₀₅) / 3.5.
    #[test]
    fn three_scores_by_hand() {
        // y = 10, inside all: IS = 4, 9, 16; (0 + 1 + 0.9 + 0.4) / 3.5.
        assert!((weighted_interval_score(&forecast(), 10.0) - 2.3 / 3.5).abs() < 1e-12);
        // y = 13, over the 50 % band by 1: IS = 4 + 4, 9, 16; (1.5 + 2 + 0.9 + 0.4) / 3.5.
        assert!((weighted_interval_score(&forecast(), 13.0) - 4.8 / 3.5).abs() < 1e-12);
        // y = 2, under all by 6, 4, 2: IS = 4 + 24, 9 + 40, 16 + 80; (4 + 7 + 4.9 + 2.4) / 3.5.
        assert!((weighted_interval_score(&forecast(), 2.0) - 18.3 / 3.5).abs() < 1e-12);
    }

    #[test]
    fn scaled_error_by_hand() {
        let history = [Some(1.0), Some(3.0), None, Some(4.0), Some(8.0)];
        // Changes of one day that are known: 2 and 4, mean 3; errors 1 and −2, mean 1.5.
        assert_eq!(mase(&[1.0, -2.0], &history, 1), Ok(0.5));
        assert_eq!(mase(&[1.0], &[Some(2.0); 5], 1), Err(Reason::NoScale));
        assert_eq!(mase(&[1.0], &[Some(2.0)], 7), Err(Reason::SeriesTooShort { have: 1, need: 8 }));
        assert_eq!(Coverage::default().shares(), Err(Reason::NoHistory));
    }

    #[test]
    fn quantiles_of_samples_agree_with_r() {
        // R: quantile(c(1, 2, 4, 8, 16), c(0.025, 0.25, 0.5, 0.9, 0.975)) = 1.1, 2, 4, 12.8, 15.2
        let forecast = Forecast::from_samples(&mut [16.0, 2.0, 1.0, 8.0, 4.0]).unwrap();
        assert!((forecast.bands[2].lower - 1.1).abs() < 1e-12);
        assert!((forecast.bands[1].upper - 12.8).abs() < 1e-12);
        assert!((forecast.bands[2].upper - 15.2).abs() < 1e-12);
        assert_eq!(forecast.median, 4.0);
    }

    proptest! {
        #[test]
        fn no_score_is_negative(values in prop::collection::vec(0.0..1e5, 1..60), observed in 0.0..1e5) {
            let mut samples = values.clone();
            let forecast = Forecast::from_samples(&mut samples).unwrap();
            prop_assert!(weighted_interval_score(&forecast, observed) >= 0.0);
            prop_assert!(forecast.bands[0].lower >= forecast.bands[2].lower);
        }
    }
}
