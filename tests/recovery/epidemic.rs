//! A made-up epidemic whose truth is known: waves, weekdays, overdispersion, delays, stays.

use hinomi::measure::nowcast::Report;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Normal, Poisson};

pub const FIRST: Date = date(2025, 4, 1);

pub struct Epidemic {
    pub rng: ChaCha8Rng,
    pub events: Vec<u32>,
}

pub fn day(place: usize) -> Date {
    FIRST.checked_add((place as i64).days()).unwrap()
}

impl Epidemic {
    /// `days` of one to four waves of different height over a low base of `base` events a day.
    pub fn new(seed: u64, days: usize, base: f64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let waves: Vec<(f64, f64, f64)> = (0..4)
            .map(|i| {
                let middle = 40.0 + 80.0 * f64::from(i) + rng.random_range(-20.0..20.0);
                (middle, rng.random_range(12.0..25.0), rng.random_range(0.5..2.2))
            })
            .collect();
        let mut drift = 0.0;
        let wander = Normal::new(0.0, 0.02).unwrap();
        let mean: Vec<f64> = (0..days)
            .map(|d| {
                drift = 0.97 * drift + wander.sample(&mut rng);
                let bump: f64 = waves
                    .iter()
                    .map(|(middle, width, height)| {
                        height * (-0.5 * ((d as f64 - middle) / width).powi(2)).exp()
                    })
                    .sum();
                base * (bump + drift).exp()
            })
            .collect();
        let events = (0..days)
            .map(|d| {
                let weekend = if day(d).weekday().to_monday_zero_offset() >= 5 { 0.7 } else { 1.12 };
                count(&mut rng, mean[d] * weekend, 15.0) as u32
            })
            .collect();
        Self { rng, events }
    }

    /// Reports of the events: gamma delays of this mean, whose shares scatter from day to day; what would
    /// be known on a Sunday is known on Monday; one report in fifty is taken back within a week.
    pub fn reports(&mut self, mean_delay: f64, longest: usize) -> Vec<Report> {
        let rng = &mut self.rng;
        let shape = 1.6;
        let delay = Gamma::new(shape, mean_delay / shape).unwrap();
        let mut reports = Vec::new();
        for (d, &events) in self.events.iter().enumerate() {
            let pace = Gamma::new(20.0, 1.0 / 20.0).unwrap().sample(rng);
            for _ in 0..events {
                let mut wait = ((delay.sample(rng) * pace) as usize).min(longest - 1);
                if day(d + wait).weekday().to_monday_zero_offset() == 6 {
                    wait += 1;
                }
                reports.push(Report { event: day(d), known: day(d + wait), count: 1 });
                if rng.random_bool(0.02) {
                    let back = (wait + rng.random_range(1..7)).min(longest);
                    reports.push(Report { event: day(d), known: day(d + back), count: -1 });
                }
            }
        }
        reports
    }
}

/// A negative binomial count.
pub fn count(rng: &mut ChaCha8Rng, mean: f64, size: f64) -> f64 {
    let rate: f64 = Gamma::new(size, mean / size).unwrap().sample(rng);
    if rate < 1e-9 { 0.0 } else { Poisson::new(rate).unwrap().sample(rng) }
}
