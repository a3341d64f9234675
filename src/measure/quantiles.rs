//! Median and quartiles of ages from counts. 不明 is the caller's to leave out and to show beside.

use super::reason::{Reason, count, finite};

/// The three quartiles and of how many values they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quartiles {
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
    pub count: f64,
}

impl Quartiles {
    fn of(total: f64, quantile: impl Fn(f64) -> Result<f64, Reason>) -> Result<Self, Reason> {
        Ok(Self { lower: quantile(0.25)?, median: quantile(0.5)?, upper: quantile(0.75)?, count: total })
    }
}

/// A band of ages: from, up to but not including (`None`: and over), people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgeBand {
    pub from: u16,
    pub to: Option<u16>,
    pub people: f64,
}

/// Quartiles of the age in completed years; `people[a]` is how many are a years old. With the N ages in order,
/// x₀ … x₍N−1₎, the p-quantile lies at h = (N − 1) p, between its neighbours by linear interpolation.
///
/// Source: Hyndman & Fan 1996, Am Stat 50, 361–365, definition 7; R's `quantile`.
pub fn from_single_years(people: &[u32]) -> Result<Quartiles, Reason> {
    let total: u64 = people.iter().map(|&people| u64::from(people)).sum();
    if total == 0 {
        return Err(Reason::NoValues);
    }
    let age_at = |rank: u64| -> Result<f64, Reason> {
        let mut passed = 0;
        for (age, &here) in people.iter().enumerate() {
            passed += u64::from(here);
            if passed > rank {
                return Ok(age as f64);
            }
        }
        Err(Reason::NoValues)
    };
    Quartiles::of(total as f64, |p| {
        let h = (total - 1) as f64 * p;
        let below = age_at(h.floor() as u64)?;
        let above = age_at(h.ceil() as u64)?;
        finite(below + h.fract() * (above - below))
    })
}

/// Quartiles of the exact age from bands, people being spread evenly within each: L + (pN − C) / n · width, L being
/// the band's lower edge, C the people below it and n those in it. None where a quartile lies in the open band.
/// Exact ages lie half a year above completed years on average.
///
/// Source: Shryock & Siegel 1976, The Methods and Materials of Demography, ch. 8 (median of grouped ages).
pub fn from_bands(bands: &[AgeBand]) -> Result<Quartiles, Reason> {
    let mut total = 0.0;
    let mut edge = 0;
    for (position, band) in bands.iter().enumerate() {
        // Gaps are allowed (a band without people may be absent); overlaps are not, and only the last is open.
        let last = position + 1 == bands.len();
        let ascending = band.from >= edge && band.to.map_or(last, |to| to > band.from);
        if !ascending {
            return Err(Reason::BandsMalformed(position));
        }
        edge = band.to.unwrap_or(edge);
        total += count(band.people)?;
    }
    if total == 0.0 {
        return Err(Reason::NoValues);
    }
    Quartiles::of(total, |p| {
        let mut below = 0.0;
        for band in bands.iter().filter(|band| band.people > 0.0) {
            if below + band.people >= p * total {
                let to = band.to.ok_or(Reason::InOpenBand)?;
                let within = (p * total - below) / band.people;
                return finite(f64::from(band.from) + within * f64::from(to - band.from));
            }
            below += band.people;
        }
        Err(Reason::InOpenBand)
    })
}

/// Weighted quantile of (value, weight) pairs in any order: the smallest value at which the weights so far reach
/// p · Σ weights; where they reach it exactly, the middle between that value and the next.
///
/// Source: Hyndman & Fan 1996, Am Stat 50, 361–365, definition 2, with weights for counts.
pub fn weighted_quantile(values: &[(f64, f64)], p: f64) -> Result<f64, Reason> {
    if !(0.0..=1.0).contains(&p) {
        return Err(Reason::QuantileOutOfRange);
    }
    let mut sorted = Vec::with_capacity(values.len());
    let mut total = 0.0;
    for &(value, weight) in values {
        total += count(weight)?;
        if weight > 0.0 {
            sorted.push((finite(value)?, weight));
        }
    }
    if sorted.is_empty() {
        return Err(Reason::NoValues);
    }
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    // Sums of weights in another order differ in their last digits.
    let (target, slack) = (p * total, 1e-12 * total);
    let mut reached = 0.0;
    for (position, &(value, weight)) in sorted.iter().enumerate() {
        reached += weight;
        let next = sorted.get(position + 1);
        match next {
            Some((next, _)) if p > 0.0 && (reached - target).abs() <= slack => {
                return finite(0.5 * (value + next));
            }
            Some(_) if reached < target => {}
            _ => return Ok(value),
        }
    }
    Err(Reason::NoValues)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quartiles(lower: f64, median: f64, upper: f64, count: f64) -> Quartiles {
        Quartiles { lower, median, upper, count }
    }

    #[test]
    fn single_years_as_r() {
        // R 4.2.2: quantile(rep(0:9, c(3, 0, 5, 2, 8, 1, 0, 4, 6, 2)), c(.25, .5, .75)): 2.5, 4.0, 7.5
        let ages = from_single_years(&[3, 0, 5, 2, 8, 1, 0, 4, 6, 2]);
        assert_eq!(ages, Ok(quartiles(2.5, 4.0, 7.5, 31.0)));
        assert_eq!(from_single_years(&[0, 0]), Err(Reason::NoValues));
        assert_eq!(from_single_years(&[0, 0, 1]), Ok(quartiles(2.0, 2.0, 2.0, 1.0)));
    }

    #[test]
    fn bands_by_hand() {
        let band = |from, to, people| AgeBand { from, to, people };
        let bands = [
            band(0, Some(10), 10.0),
            band(10, Some(20), 20.0),
            band(20, Some(40), 10.0),
            band(40, None, 0.0),
        ];
        // N = 40: 10 → 10 years; 20 → 10 + 10/20 · 10 = 15; 30 → 20.
        assert_eq!(from_bands(&bands), Ok(quartiles(10.0, 15.0, 20.0, 40.0)));
        let old = [band(0, Some(65), 10.0), band(65, None, 90.0)];
        assert_eq!(from_bands(&old), Err(Reason::InOpenBand));
        let overlap = [band(0, Some(10), 1.0), band(9, Some(20), 1.0)];
        assert_eq!(from_bands(&overlap), Err(Reason::BandsMalformed(1)));
        assert_eq!(from_bands(&[band(0, None, 1.0), band(70, None, 1.0)]), Err(Reason::BandsMalformed(0)));
        assert_eq!(from_bands(&[band(0, Some(5), -1.0)]), Err(Reason::NegativeCount));
        assert_eq!(from_bands(&[]), Err(Reason::NoValues));
    }

    #[test]
    fn weights_by_hand() {
        let values = [(30.0, 1.0), (10.0, 1.0), (20.0, 2.0)];
        // Weights so far 1, 3, 4: the middle (2) is reached at 20; 1 exactly at 10, so (10 + 20) / 2.
        assert_eq!(weighted_quantile(&values, 0.5), Ok(20.0));
        assert_eq!(weighted_quantile(&values, 0.25), Ok(15.0));
        assert_eq!(weighted_quantile(&values, 0.0), Ok(10.0));
        assert_eq!(weighted_quantile(&values, 1.0), Ok(30.0));
        assert_eq!(weighted_quantile(&values, f64::NAN), Err(Reason::QuantileOutOfRange));
        assert_eq!(weighted_quantile(&[(1.0, 0.0)], 0.5), Err(Reason::NoValues));
        assert_eq!(weighted_quantile(&[(f64::NAN, 1.0)], 0.5), Err(Reason::NotANumber));
    }

    proptest! {
        #[test]
        fn quartiles_ascend_within_the_ages(people in prop::collection::vec(0u32..1000, 1..110)) {
            if let Ok(ages) = from_single_years(&people) {
                prop_assert!(0.0 <= ages.lower && ages.lower <= ages.median && ages.median <= ages.upper);
                prop_assert!(ages.upper <= people.len() as f64 - 1.0);
                let weighted: Vec<_> =
                    people.iter().enumerate().map(|(age, &n)| (age as f64, f64::from(n))).collect();
                // Definitions 2 and 7 have the same median.
                prop_assert_eq!(weighted_quantile(&weighted, 0.5), Ok(ages.median));
            }
        }

        #[test]
        fn single_year_bands_lie_within_a_year(people in prop::collection::vec(1u32..1000, 2..110)) {
            let bands: Vec<_> = people.iter().enumerate().map(|(age, &n)| {
                AgeBand { from: age as u16, to: Some(age as u16 + 1), people: n.into() }
            }).collect();
            let (exact, whole) = (from_bands(&bands).unwrap(), from_single_years(&people).unwrap());
            prop_assert!((exact.median - whole.median - 0.5).abs() <= 0.5 + 1e-9);
        }
    }
}
