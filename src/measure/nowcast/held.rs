//! How often the bands of past nowcasts held, with its limits, and how often they should have.
//!
//! Nowcasts of one night share what came in later, and those of near nights share their days. So the limits are
//! Wilson's on nights instead of nowcasts, and on fewer nights the more the share of one night goes with those of
//! the next (variance of the nights' sums with Bartlett's weights; Newey & West 1987, Econometrica 55, 703–708).

use crate::epi::reason::Reason;
use crate::measure::intervals::{Estimate, Level, wilson};

/// The nowcasts of one past night.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Night {
    pub forecasts: usize,
    /// How many of them each band held, in the order of [`crate::measure::score::LEVELS`].
    pub held: [usize; 3],
    /// How many each would hold of totals that come as forecast.
    pub chance: [f64; 3],
}

/// How often one band held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    pub share: Estimate,
    /// The share of totals that come as forecast: bands of whole counts hold more than was asked for.
    pub chance: f64,
    pub forecasts: usize,
    pub nights: usize,
}

/// Of one band over all nights (in order); nowcasts share their days over `days` nights.
pub fn held(nights: &[Night], level: usize, days: usize) -> Result<Held, Reason> {
    let nights: Vec<&Night> = nights.iter().filter(|night| night.forecasts > 0).collect();
    let forecasts: usize = nights.iter().map(|night| night.forecasts).sum();
    if forecasts == 0 {
        return Err(Reason::NoHistory);
    }
    let count = forecasts as f64;
    let share = nights.iter().map(|night| night.held[level]).sum::<usize>() as f64 / count;
    let over: Vec<f64> =
        nights.iter().map(|night| night.held[level] as f64 - share * night.forecasts as f64).collect();
    let mut squares = 0.0;
    for lag in 0..days.max(1) {
        let products: f64 = over.iter().zip(over.iter().skip(lag)).map(|(a, b)| a * b).sum();
        squares += products * if lag == 0 { 1.0 } else { 2.0 * (1.0 - lag as f64 / days as f64) };
    }
    let variance = squares / count.powi(2);
    let all = nights.len() as f64;
    let effective = if variance > 0.0 { (share * (1.0 - share) / variance).min(all) } else { all };
    let share = wilson(share * effective, effective, Level::P95)?;
    let chance = nights.iter().map(|night| night.chance[level]).sum::<f64>() / count;
    Ok(Held { share, chance, forecasts, nights: nights.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nights_that_go_together_count_for_less() {
        let night = |forecasts: usize, held: usize| Night { forecasts, held: [held; 3], chance: [1.5; 3] };
        // Four nights of 2, held 2 2 0 0: a half; over 1 1 −1 −1, squares 4 + 2 × ½ × 1 = 5 with lags under two;
        // variance 5/64, so that 0.25 ÷ 0.078125 = 3.2 nights: Wilson (1.6 of 3.2) by hand 0.5 ± 0.36931.
        let nights = [night(2, 2), night(2, 2), night(0, 0), night(2, 0), night(2, 0)];
        let found = held(&nights, 0, 2).unwrap();
        assert_eq!((found.forecasts, found.nights, found.chance), (8, 4, 0.75));
        assert!((found.share.value - 0.5).abs() < 1e-12);
        assert!((found.share.upper - 0.869_306_348_6).abs() < 1e-9, "{found:?}");
        // One after the other they tell more, but not more than there are nights.
        let apart = held(&[night(2, 2), night(2, 0), night(2, 2), night(2, 0)], 1, 2).unwrap();
        assert!(apart.share.upper < found.share.upper);
        let all = held(&[night(2, 2); 4], 2, 2).unwrap();
        assert_eq!((all.share.value, all.share.upper), (1.0, 1.0));
        assert_eq!(held(&[Night::default()], 0, 7), Err(Reason::NoHistory));
    }
}
