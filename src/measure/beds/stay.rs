//! The length of stay as a survival curve by day.

use crate::epi::reason::Reason;

/// S(k): the share still in hospital k days after the day of admission; S(0) = 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Stay {
    curve: Vec<f64>,
    /// −ln S(k), the cumulative hazard.
    hazard: Vec<f64>,
}

/// A curve is carried this far past its last day, so that nobody stays for ever.
const FAR: usize = 730;
/// The days at its end from which its rate of leaving is carried on, and the least rate.
const END: usize = 14;
const LEAST_RATE: f64 = 0.01;

impl Stay {
    /// From S(0), S(1), …; S(0) = 1, never rising. Where the last value is over 0 (the longest stays are
    /// still going on), the rate of leaving of its last two weeks goes on.
    pub fn new(curve: &[f64]) -> Result<Self, Reason> {
        let starts_at_one = curve.first().is_some_and(|share| (share - 1.0).abs() < 1e-9);
        let falls = curve.windows(2).all(|pair| pair[1] <= pair[0] + 1e-12 && pair[1] >= 0.0);
        if !starts_at_one || !falls || curve.len() < 2 {
            return Err(Reason::NotASurvival);
        }
        let mut curve = curve.to_vec();
        let last = curve.len() - 1;
        if curve[last] > 0.0 {
            let before = last.saturating_sub(END);
            let rate = ((curve[before] / curve[last]).ln() / (last - before) as f64).max(LEAST_RATE);
            for _ in 0..FAR {
                let next = curve[curve.len() - 1] * (-rate).exp();
                curve.push(next);
            }
        }
        let hazard = curve.iter().map(|share| -share.ln()).collect();
        Ok(Self { curve, hazard })
    }

    /// S(k).
    pub fn share(&self, elapsed: usize) -> f64 {
        self.curve.get(elapsed).copied().unwrap_or(0.0)
    }

    /// S(e + t)/S(e): the share of those in for e days who are still in t days later. Who is in longer
    /// than the curve knows is as one on its last day.
    pub fn share_after(&self, elapsed: usize, after: usize) -> f64 {
        let from = self.share(elapsed);
        if from > 0.0 { self.share(elapsed + after) / from } else { self.share_after(self.last(), after) }
    }

    /// Days from now, up to `horizon`, that one in for `elapsed` days is still in, given a draw of the
    /// exponential distribution: in while −ln S has not risen by more than it.
    pub(crate) fn days_left(&self, elapsed: usize, horizon: usize, patience: f64) -> usize {
        let from = if self.share(elapsed) > 0.0 { elapsed } else { self.last() };
        let bar = self.hazard[from] + patience;
        let end = (from + 1 + horizon).min(self.curve.len());
        self.hazard[from + 1..end].partition_point(|hazard| *hazard < bar)
    }

    /// The last day on which somebody may be in.
    fn last(&self) -> usize {
        self.curve.partition_point(|share| *share > 0.0).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_falling_curve_from_one() {
        assert!(Stay::new(&[1.0, 0.5, 0.5, 0.0]).is_ok());
        for odd in [&[][..], &[1.0], &[0.9, 0.5], &[1.0, 0.5, 0.6], &[1.0, f64::NAN], &[1.0, -0.1]] {
            assert_eq!(Stay::new(odd), Err(Reason::NotASurvival), "{odd:?}");
        }
    }

    #[test]
    fn days_left_follow_the_curve() {
        let stay = Stay::new(&[1.0, 0.8, 0.5, 0.0]).unwrap();
        assert_eq!(stay.days_left(0, 14, -(0.9_f64.ln())), 0);
        assert_eq!(stay.days_left(0, 14, -(0.7_f64.ln())), 1);
        assert_eq!(stay.days_left(0, 14, -(0.1_f64.ln())), 2);
        assert_eq!(stay.days_left(0, 1, -(0.1_f64.ln())), 1);
        // 0.5/0.8 of those in for a day are in on the next.
        assert_eq!(
            (stay.days_left(1, 14, -(0.62_f64.ln())), stay.days_left(1, 14, -(0.63_f64.ln()))),
            (1, 0)
        );
        // Longer in than any known stay: leaves as on the curve's last day.
        assert_eq!(stay.days_left(40, 14, -(0.5_f64.ln())), 0);
    }

    #[test]
    fn an_open_end_goes_on_falling() {
        let stay = Stay::new(&[1.0, 0.9, 0.81]).unwrap();
        assert!((stay.share(3) - 0.729).abs() < 1e-12);
        assert!((stay.share_after(1, 2) - 0.81).abs() < 1e-12);
    }
}
