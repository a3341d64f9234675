//! Farrington Flexible: is this count above what the same season of past years leads us to expect?
//!
//! Farrington, Andrews, Beale & Catchpole 1996 (JRSS A 159, 547–563), improved by Noufaily et al. 2013
//! (Stat Med 32, 1206–1222), as in R `surveillance::farringtonFlexible`:
//!
//! 1. Baseline ([`baseline`]): ±w periods around the same date of the last b years; with several season
//!    blocks all the periods between as well; the most recent ones left out.
//! 2. Quasi-Poisson regression ln μ = α + β t + season block (+ ln population), φ̂ ≥ 1.
//! 3. Past outbreaks lose weight: Anscombe residual s = 3/2 (y^{2/3} μ^{−1/6} − μ^{1/2}) / √(φ(1 − h));
//!    weight γ s⁻² where s is over the threshold, else γ, with Σ weights = n. Fit again.
//! 4. The trend stays when b ≥ 3, its p is under the threshold and the expected count is no more than the
//!    largest of the baseline; otherwise everything again without it.
//! 5. Upper bound ([`threshold`]), alarm when y > U and there were at least 5 cases in the last 4 periods ("limit 54").
//!
//! `surveillance` 1.20.3 differs in one place, seen by experiment. After reweighting it takes the errors
//! of the fit with a dispersion Σ (y − μ)²/μ² ÷ (n − p), too small by about μ: that touches the trend's p,
//! but not the bound with a trend always tried (p under 1) or never.

pub mod baseline;
pub mod settings;
pub mod threshold;

use crate::epi::reason::{Reason, count};
use crate::measure::glm;
use crate::measure::least_squares::Design;
use baseline::Baseline;
pub use settings::{Series, Settings, Step};

/// One judged period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    pub observed: f64,
    pub expected: f64,
    pub upper: f64,
    /// φ̂, at least 1.
    pub dispersion: f64,
    /// ln-change of the mean each period, when a trend was kept.
    pub trend: Option<f64>,
    /// False: fewer cases than the limit, so no alarm whatever the bound.
    pub enough_cases: bool,
    pub alarm: bool,
}

/// Judge one period by its place in the series.
pub fn judge(series: &Series, at: usize, settings: &Settings) -> Result<Verdict, Reason> {
    settings.check()?;
    let observed = series.counts.get(at).copied().flatten().ok_or(Reason::Missing)?;
    for value in series.counts.iter().flatten() {
        count(*value)?;
    }
    if let Some(population) = series.population {
        if population.len() != series.counts.len() {
            return Err(Reason::LengthsDiffer { left: series.counts.len(), right: population.len() });
        }
        if population.iter().any(|people| !(*people > 0.0 && people.is_finite())) {
            return Err(Reason::NoPopulation);
        }
    }
    let baseline = Baseline::gather(series, at, settings)?;
    let model = settle(&baseline, settings)?;
    let expected = model.expected;
    let upper = threshold::upper(expected, model.dispersion, settings.alpha)?;
    let (least, periods) = settings.limit;
    let recent = &series.counts[(at + 1).saturating_sub(periods)..=at];
    let enough_cases = recent.iter().flatten().sum::<f64>() >= f64::from(least);
    Ok(Verdict {
        observed,
        expected,
        upper,
        dispersion: model.dispersion,
        trend: model.trend,
        enough_cases,
        alarm: enough_cases && observed > upper,
    })
}

struct Model {
    expected: f64,
    dispersion: f64,
    trend: Option<f64>,
}

/// Fit with the trend, and without it where its conditions fail or the fit does not settle.
fn settle(baseline: &Baseline, settings: &Settings) -> Result<Model, Reason> {
    if let Some(limit) = settings.trend_p
        && let Ok(fit) = fit(baseline, settings, true)
        && let Ok(model) = predict(baseline, &fit, true)
    {
        let significant = fit.p_value(1).is_some_and(|p| p < limit);
        let within = model.expected <= baseline.largest();
        if settings.years >= 3 && significant && within {
            return Ok(model);
        }
    }
    predict(baseline, &fit(baseline, settings, false)?, false)
}

fn fit(baseline: &Baseline, settings: &Settings, trend: bool) -> Result<glm::Fit, Reason> {
    let design = Design::from_columns(&baseline.columns(trend, settings.season_blocks))?;
    let offset = baseline.offset.as_deref();
    let run = |weights: Option<&[f64]>| -> Result<glm::Fit, Reason> {
        let fit = glm::fit(&design, &baseline.counts, offset, weights)?;
        if fit.converged { Ok(fit) } else { Err(Reason::NotConverged) }
    };
    let first = run(None)?;
    let Some(limit) = settings.reweight_above else { return Ok(first) };
    let weights = outbreak_weights(&baseline.counts, &first, at_least_one(&first)?, limit);
    run(Some(&weights))
}

fn predict(baseline: &Baseline, fit: &glm::Fit, trend: bool) -> Result<Model, Reason> {
    let dispersion = at_least_one(fit)?;
    let terms = baseline.terms_now(trend, fit.coefficients.len());
    let expected = fit.predict(&terms, baseline.offset_now)?;
    Ok(Model { expected, dispersion, trend: trend.then(|| fit.coefficients[1]) })
}

fn at_least_one(fit: &glm::Fit) -> Result<f64, Reason> {
    let need = fit.coefficients.len() + 1;
    Ok(fit.dispersion.ok_or(Reason::TooFew { have: need - 1, need })?.max(1.0))
}

/// Weights that sum to n, with past outbreaks by s⁻².
fn outbreak_weights(counts: &[f64], fit: &glm::Fit, dispersion: f64, limit: f64) -> Vec<f64> {
    let raw: Vec<f64> = counts
        .iter()
        .zip(&fit.fitted)
        .zip(&fit.leverages)
        .map(|((y, mean), leverage)| {
            let difference = y.powf(2.0 / 3.0) * mean.powf(-1.0 / 6.0) - mean.sqrt();
            let residual = 1.5 * difference / (dispersion * (1.0 - leverage).max(1e-9)).sqrt();
            if residual > limit { residual.powi(-2) } else { 1.0 }
        })
        .collect();
    let scale = raw.len() as f64 / raw.iter().sum::<f64>();
    raw.iter().map(|weight| weight * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn weekly(counts: &[Option<f64>]) -> Series<'_> {
        Series { first: date(2015, 1, 5), step: Step::Week, counts, population: None }
    }

    #[test]
    fn what_can_not_be_judged_says_why() {
        let settings = Settings::noufaily_2013();
        let mut counts = vec![Some(0.0); 320];
        assert_eq!(judge(&weekly(&counts), 319, &settings), Err(Reason::EmptyBaseline));
        assert!(matches!(
            judge(&weekly(&counts), 100, &settings),
            Err(Reason::SeriesTooShort { have: 100, .. })
        ));
        counts[319] = None;
        assert_eq!(judge(&weekly(&counts), 319, &settings), Err(Reason::Missing));
        assert_eq!(judge(&weekly(&[]), 0, &settings), Err(Reason::Missing));
        counts[319] = Some(-1.0);
        assert_eq!(judge(&weekly(&counts), 319, &settings), Err(Reason::NegativeCount));
        let none = Settings { years: 0, ..settings };
        assert_eq!(judge(&weekly(&counts), 319, &none), Err(Reason::Setting { name: "years" }));
        let counts = vec![Some(3.0); 320];
        let nobody = Series { population: Some(&[0.0; 320]), ..weekly(&counts) };
        assert_eq!(judge(&nobody, 319, &settings), Err(Reason::NoPopulation));
        let missing: Vec<Option<f64>> = (0..320).map(|i| (i > 300).then_some(3.0)).collect();
        assert_eq!(judge(&weekly(&missing), 319, &settings), Err(Reason::AllMissing));
    }

    #[test]
    fn few_cases_raise_no_alarm() {
        let mut counts: Vec<Option<f64>> = (0..320).map(|i| Some(f64::from(u8::from(i % 60 == 0)))).collect();
        counts[319] = Some(4.0);
        let settings = Settings { season_blocks: 1, ..Settings::noufaily_2013() };
        let quiet = judge(&weekly(&counts), 319, &settings).unwrap();
        assert!(quiet.observed > quiet.upper && !quiet.enough_cases && !quiet.alarm);
        counts[318] = Some(1.0);
        assert!(judge(&weekly(&counts), 319, &settings).unwrap().alarm);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn no_verdict_is_ever_infinite(
            values in prop::collection::vec(prop::option::weighted(0.9, (0_u32..9).prop_map(|n| f64::from(n * n))), 300),
        ) {
            let settings = Settings::noufaily_2013();
            if let Ok(verdict) = judge(&weekly(&values), 299, &settings) {
                prop_assert!(verdict.expected.is_finite() && verdict.upper.is_finite() && verdict.dispersion >= 1.0);
            }
        }
    }
}
