//! Directly standardised rates: what the rate would be if the population had the standard's ages.
//! Strata (cases, people, the standard's weight) come in; the rate with its limits goes out.

use super::distributions::gamma_quantile;
use super::intervals::{Estimate, Level, poisson_byar};
use crate::epi::reason::{Reason, count, finite, population};

/// Under this many cases limits of a standardised rate cannot be trusted (PHE's rule).
const FEWEST_CASES: f64 = 10.0;

/// One band of ages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stratum {
    pub cases: f64,
    pub population: f64,
    /// The standard's people in this band (only the ratios matter).
    pub weight: f64,
}

/// How limits around a standardised rate are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DirectLimits {
    #[default]
    FayFeuer,
    Dobson,
}

/// A directly standardised rate, per `per` people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standardised {
    pub adjusted: Estimate,
    /// Of the adjusted rate: Σ c²x, in units of `per`².
    pub variance: f64,
    pub crude: f64,
    pub cases: f64,
}

/// The sums that every limit is made of, per person: y = Σcx, v = Σc²x, the largest c; c = weight / (Σweight · n).
struct Sums {
    rate: f64,
    variance: f64,
    largest: f64,
    cases: f64,
    people: f64,
}

fn sums(strata: &[Stratum]) -> Result<Sums, Reason> {
    if strata.is_empty() {
        return Err(Reason::NoBands);
    }
    let mut total = 0.0;
    for (band, stratum) in strata.iter().enumerate() {
        total += count(stratum.weight).map_err(|_| Reason::BandsMalformed(band))?;
    }
    if total == 0.0 {
        return Err(Reason::BandsMalformed(0));
    }
    let mut sums = Sums { rate: 0.0, variance: 0.0, largest: 0.0, cases: 0.0, people: 0.0 };
    for (band, stratum) in strata.iter().enumerate() {
        let cases = count(stratum.cases)?;
        let people = population(stratum.population).map_err(|reason| match reason {
            Reason::NoPopulation => Reason::NoPopulationInBand(band),
            other => other,
        })?;
        let c = stratum.weight / (total * people);
        sums.rate += c * cases;
        sums.variance += c * c * cases;
        sums.largest = sums.largest.max(c);
        sums.cases += cases;
        sums.people += people;
    }
    if sums.cases < FEWEST_CASES {
        return Err(Reason::FewerThanTenCases);
    }
    if sums.rate == 0.0 {
        // All cases lie in bands that the standard gives no weight.
        return Err(Reason::NoCases);
    }
    Ok(sums)
}

/// Directly standardised rate y = Σ cᵢxᵢ per `per` people; refused under 10 cases, and where a band has no
/// population (join bands, then).
///
/// Fay–Feuer: lower = v/(2y) χ²(α/2; 2y²/v), upper = (v+c²)/(2(y+c)) χ²(1−α/2; 2(y+c)²/(v+c²)), c = max cᵢ.
/// Source: Fay & Feuer 1997, Stat Med 16, 791–801; the same as epitools' `ageadjust.direct`.
///
/// Dobson: y + √(v/O) · (Byar's limit of O − O), not under 0, O = Σxᵢ.
/// Source: Dobson, Kuulasmaa, Eberle & Scherer 1991, Stat Med 10, 457–462, with Byar's limits as
/// `PHEindicatormethods` has them.
pub fn standardised(
    strata: &[Stratum],
    per: f64,
    level: Level,
    limits: DirectLimits,
) -> Result<Standardised, Reason> {
    let per = population(per)?;
    let sums = sums(strata)?;
    let (lower, upper) = match limits {
        DirectLimits::FayFeuer => fay_feuer(&sums, level)?,
        DirectLimits::Dobson => dobson(&sums, level)?,
    };
    Ok(Standardised {
        adjusted: Estimate::checked(per * sums.rate, per * lower, per * upper)?,
        variance: finite(per * per * sums.variance)?,
        crude: finite(per * sums.cases / sums.people)?,
        cases: sums.cases,
    })
}

fn fay_feuer(sums: &Sums, level: Level) -> Result<(f64, f64), Reason> {
    // A gamma distribution by its mean and variance; ½ χ²(p; 2k) is the p-quantile of shape k, scale 1.
    let quantile = |p: f64, mean: f64, variance: f64| {
        gamma_quantile(p, mean * mean / variance).map(|x| x * variance / mean).ok_or(Reason::NotConverged)
    };
    let Sums { rate, variance, largest, .. } = *sums;
    let lower = quantile(level.tail(), rate, variance)?;
    let upper = quantile(1.0 - level.tail(), rate + largest, variance + largest * largest)?;
    Ok((lower, upper))
}

fn dobson(sums: &Sums, level: Level) -> Result<(f64, f64), Reason> {
    let byar = poisson_byar(sums.cases, level)?;
    let scale = (sums.variance / sums.cases).sqrt();
    let lower = sums.rate + scale * (byar.lower - sums.cases);
    let upper = sums.rate + scale * (byar.upper - sums.cases);
    Ok((lower.max(0.0), upper))
}

#[cfg(test)]
#[path = "standardised_tests.rs"]
mod tests;
