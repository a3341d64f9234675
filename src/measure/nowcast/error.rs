//! How wrong past nowcasts of the same horizon were, and the band that follows.
//!
//! On each past known day the counts that were still missing are forecast as on that day, and compared
//! with what has become known since. Their ratio corrects the mean, their scatter is fitted as the size of
//! a negative binomial by maximum likelihood (`baselinenowcast`: `fit_by_horizon`, `fit_nb`). Where
//! corrections took more away than came, the share of such days and their relative losses make the lower
//! part of the band.

use super::history::History;
use crate::epi::reason::Reason;
use crate::measure::counts::{count_cdf, count_quantile, fit_size};
use crate::measure::score::{Band, Forecast};

/// Fewest past errors that make a band.
const LEAST: usize = 8;
/// A past nowcast is judged once this share of what it lacked has had time to come in.
const RIPE: f64 = 0.8;
/// So many imagined counts, forecast rightly, steady the ratio of short histories.
const STEADY: f64 = 5.0;

#[derive(Debug, Clone, PartialEq)]
pub struct Errors {
    /// Counts that came ÷ counts forecast.
    pub bias: f64,
    /// Size of the negative binomial.
    pub size: f64,
    /// Share of days that lost more than they gained.
    losing: f64,
    /// Their relative losses, largest loss first: −0.1 is a tenth of what was known.
    losses: Vec<f64>,
}

impl Errors {
    /// The errors known on the row `today` of nowcasts made `elapsed` days after the event.
    pub(super) fn collect(history: &History, today: usize, elapsed: usize) -> Result<Self, Reason> {
        let triangle = history.triangle;
        let mut pairs = Vec::new();
        let mut losses = Vec::new();
        let mut judged = 0;
        for then in (elapsed..today).rev() {
            let Ok(shares) = history.shares_on(then) else { break };
            let event = then - elapsed;
            let (Some(before), Some(since)) = (shares.at(elapsed), shares.at(today - event)) else {
                continue;
            };
            if since - before < RIPE * (1.0 - before) {
                continue;
            }
            let known = triangle.known(event, elapsed);
            let share = before / since;
            let forecast = (known + 1.0 - share) / share - known;
            let came = triangle.known(event, today - event) - known;
            if came < 0.0 && known > 0.0 {
                losses.push(came / known);
            }
            pairs.push((came.max(0.0), forecast));
            judged += 1;
            if judged == history.settings.retrospective {
                break;
            }
        }
        if judged < LEAST {
            return Err(Reason::TooFew { have: judged, need: LEAST });
        }
        let (came, forecast) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        let bias = (came + STEADY) / (forecast + STEADY);
        for pair in &mut pairs {
            pair.1 *= bias;
        }
        losses.sort_by(f64::total_cmp);
        let losing = losses.len() as f64 / judged as f64;
        Ok(Self { bias, size: fit_size(&pairs, 0.1), losing, losses })
    }

    /// The band of the total where `known` are known and `missing` more are expected.
    pub fn band(&self, known: f64, missing: f64) -> Result<Forecast, Reason> {
        Forecast::from_quantiles(|p| {
            if p < self.losing {
                let place = (p / self.losing * self.losses.len() as f64) as usize;
                let loss = self.losses[place.min(self.losses.len() - 1)];
                return Ok((known * (1.0 + loss)).floor().max(0.0));
            }
            let rest = (p - self.losing) / (1.0 - self.losing);
            let rest = rest.clamp(1e-9, 1.0 - 1e-9);
            Ok(known + count_quantile(rest, missing, self.size).ok_or(Reason::NotANumber)?)
        })
    }

    /// What a band would hold of totals that come as forecast. Counts are whole: a band from 0 to 0 missing holds all
    /// days on which nothing comes, however few were asked for.
    pub fn chance(&self, known: f64, missing: f64, band: Band) -> f64 {
        let lost = |loss: &&f64| band.holds((known * (1.0 + **loss)).floor().max(0.0));
        let below = match self.losses.len() {
            0 => 0.0,
            all => self.losing * self.losses.iter().filter(lost).count() as f64 / all as f64,
        };
        let until = |total: f64| count_cdf(total - known, missing, self.size);
        below + (1.0 - self.losing) * (until(band.upper) - until(band.lower - 1.0))
    }
}
