//! Beds: how many will be in hospital, from admissions and how long they stay.
//!
//! - Occupancy is the convolution N(t) = Σ_k a(t − k) S(k), the day of admission counted; S(k) is the
//!   share still in k days after admission ([`stay`], [`occupancy`]).
//! - Those in now, who have been in for e days, remain until t with S(e + t)/S(e).
//! - A projection simulates admissions (growth, its error and its scatter: [`growth`]) and every stay,
//!   with a seeded generator, so that the same inputs always give the same bands ([`projection`]).
//! - Past projections are scored against the naive forecasts on the stored history ([`backtest`]).

pub mod backtest;
pub mod growth;
pub mod projection;
pub mod stay;

pub use backtest::{Origin, backtest};
pub use projection::{Group, Projection, Settings, project};
pub use stay::Stay;

use crate::measure::reason::{Reason, count, finite};

/// N(t) for each day of `admissions` (oldest first), nobody being in before the first day.
pub fn occupancy(admissions: &[f64], stay: &Stay) -> Result<Vec<f64>, Reason> {
    for &admitted in admissions {
        count(admitted)?;
    }
    (0..admissions.len())
        .map(|day| finite((0..=day).map(|elapsed| admissions[day - elapsed] * stay.share(elapsed)).sum()))
        .collect()
}

/// The expected number still in, of `inpatients` counted by days since admission, `after` days from now.
pub fn remaining(inpatients: &[u32], stay: &Stay, after: usize) -> Result<f64, Reason> {
    finite(
        inpatients
            .iter()
            .enumerate()
            .map(|(elapsed, &people)| f64::from(people) * stay.share_after(elapsed, after))
            .sum(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ten_days() -> Stay {
        let mut curve = vec![1.0; 10];
        curve.push(0.0);
        Stay::new(&curve).unwrap()
    }

    #[test]
    fn one_a_day_for_ten_days() {
        // 1 a day, stay 10 days → 1, 2, … 10, then 10.
        let beds = occupancy(&[1.0; 15], &ten_days()).unwrap();
        for (day, beds) in beds.iter().enumerate() {
            assert!((beds - (day as f64 + 1.0).min(10.0)).abs() < 1e-9);
        }
    }

    #[test]
    fn littles_law() {
        // L = λ W (Little 1961): 10 a day, mean stay 8 → 80.
        let curve: Vec<f64> = (0..200).map(|day| (1.0_f64 - 1.0 / 8.0).powi(day)).collect();
        let beds = occupancy(&[10.0; 300], &Stay::new(&curve).unwrap()).unwrap();
        assert!((beds[299] - 80.0).abs() < 1e-6, "{}", beds[299]);
    }

    #[test]
    fn those_in_now_leave_by_their_elapsed_stay() {
        // In since today and since 9 days; after one day only the first is left.
        let mut inpatients = vec![0; 10];
        (inpatients[0], inpatients[9]) = (3, 5);
        assert!((remaining(&inpatients, &ten_days(), 1).unwrap() - 3.0).abs() < 1e-6);
        assert_eq!(occupancy(&[-1.0], &ten_days()), Err(Reason::NegativeCount));
    }
}
