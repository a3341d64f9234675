//! The share of a day's events that is known after so many days, by the chain ladder.

use super::triangle::Triangle;
use crate::epi::reason::Reason;

/// F(0) … F(D) = 1, as seen on one known day.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    by_delay: Vec<f64>,
}

/// A share under this says nothing of the total.
const LEAST_SHARE: f64 = 0.01;

impl Shares {
    /// From the `window` newest event days, each as far as it was known on the row `today`.
    pub fn seen_on(triangle: &Triangle, today: usize, window: usize) -> Result<Self, Reason> {
        let longest = triangle.longest();
        let oldest = (today + 1).saturating_sub(window);
        if today < longest || today + 1 - oldest < 2 {
            return Err(Reason::SeriesTooShort { have: today + 1, need: longest + 1 });
        }
        let mut now = vec![0.0; longest];
        let mut next = vec![0.0; longest];
        let mut row = Vec::with_capacity(longest + 1);
        for event in oldest..=today {
            triangle.settled(event, longest.min(today - event), &mut row);
            for delay in 1..row.len() {
                now[delay - 1] += row[delay - 1];
                next[delay - 1] += row[delay];
            }
        }
        let mut by_delay = vec![1.0; longest + 1];
        for delay in (0..longest).rev() {
            let kept = if next[delay] > 0.0 { now[delay] / next[delay] } else { 1.0 };
            by_delay[delay] = by_delay[delay + 1] * kept;
        }
        if next.iter().all(|sum| *sum == 0.0) {
            return Err(Reason::NothingReported);
        }
        Ok(Self { by_delay })
    }

    /// F(d); `None` where so little is known by then that nothing can be said.
    pub fn at(&self, delay: usize) -> Option<f64> {
        let share = self.by_delay.get(delay).copied().unwrap_or(1.0);
        (share >= LEAST_SHARE).then_some(share)
    }
}
