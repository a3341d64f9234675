//! Whatever comes in, nothing but finite numbers goes out.

use proptest::num::f64::ANY;
use proptest::prelude::*;

use super::growth::{growth, simple_reproduction_number};
use super::intervals::{Estimate, Interval, Level, PoissonLimits, wilson};
use super::quantiles::from_single_years;
use super::rate_ratio::{Group, rate_ratio};
use super::rates::rate;
use super::rt::{RtSettings, cori};
use super::serial_interval::SerialInterval;
use super::standardised::{DirectLimits, Stratum, standardised};
use super::survival::{Stay, kaplan_meier};

/// Any number at all, with those that matter often enough.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (0u32..100).prop_map(f64::from),
        2 => ANY,
        1 => prop::sample::select(vec![0.0, -0.0, 1e-300, 1e12, 1e300, f64::NAN, f64::INFINITY, -1.0]),
    ]
}

fn numbers(most: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(number(), 0..most)
}

fn of(estimate: Estimate) -> Vec<f64> {
    vec![estimate.value, estimate.lower, estimate.upper]
}

fn of_interval(interval: Interval) -> Vec<f64> {
    vec![interval.lower, interval.upper]
}

proptest! {
    #[test]
    fn limits_and_rates(a in number(), b in number(), c in number(), d in number(), level in number()) {
        let level = Level::new(level).unwrap_or(Level::P95);
        let mut out = Vec::new();
        for limits in [PoissonLimits::Exact, PoissonLimits::Byar] {
            out.extend(limits.around(a, level).map(of_interval).unwrap_or_default());
            out.extend(rate(a, b, c, level, limits).map(of).unwrap_or_default());
        }
        out.extend(wilson(a, b, level).map(of).unwrap_or_default());
        let group = |cases, person_time| Group { cases, person_time };
        let ratio = rate_ratio(group(a, b), group(c, d), level);
        out.extend(ratio.clone().map(of).unwrap_or_default());
        out.extend(ratio.and_then(simple_reproduction_number).map(of).unwrap_or_default());
        prop_assert!(out.iter().all(|value| value.is_finite() && *value >= 0.0), "{out:?}");
    }

    #[test]
    fn standardisation(values in numbers(30), level in 0.01f64..0.9999) {
        let level = Level::new(level).unwrap();
        let strata: Vec<_> = values
            .chunks_exact(3)
            .map(|v| Stratum { cases: v[0], population: v[1], weight: v[2] })
            .collect();
        let mut out = Vec::new();
        for limits in [DirectLimits::FayFeuer, DirectLimits::Dobson] {
            if let Ok(rate) = standardised(&strata, 1e5, level, limits) {
                out.extend(of(rate.adjusted));
                out.extend([rate.crude, rate.variance, rate.cases]);
            }
        }
        prop_assert!(out.iter().all(|value| value.is_finite() && *value >= 0.0), "{out:?}");
    }

    #[test]
    fn series(values in numbers(40), window in 0usize..9) {
        let daily: Vec<_> = values.iter().map(|&value| (value != 13.0).then_some(value)).collect();
        let mut out = Vec::new();
        out.extend(growth(&daily, Level::P95).map(|growth| of(growth.rate)).unwrap_or_default());
        let interval = SerialInterval::gamma(4.8, 2.3).unwrap();
        let settings = RtSettings { window, ..RtSettings::default() };
        let windows = cori(&daily, 0, &interval, &settings).unwrap_or_default();
        for rt in windows.into_iter().filter_map(|window| window.rt.ok()) {
            out.extend([rt.mean, rt.sd, rt.median, rt.lower, rt.upper, rt.cases, rt.infectivity]);
        }
        prop_assert!(out.iter().all(|value| value.is_finite()), "{out:?}");
    }

    #[test]
    fn stays_and_ages(values in numbers(40), p in number(), horizon in number()) {
        let stays: Vec<_> = values
            .chunks_exact(2)
            .map(|v| Stay { entry: v[0], exit: v[1], ended: v[0] < 50.0 })
            .collect();
        let mut out = Vec::new();
        if let Ok(curve) = kaplan_meier(&stays, Level::P95) {
            for step in curve.steps() {
                out.extend([step.time, step.survival]);
                out.extend(step.limits.map(of_interval).unwrap_or_default());
            }
            out.extend(curve.at(horizon));
            out.extend(curve.quantile(p).map(|quantile| quantile.days));
        }
        let people: Vec<u32> = values.iter().map(|&people| people as u32).collect();
        out.extend(from_single_years(&people).map(|ages| ages.median));
        prop_assert!(out.iter().all(|value| value.is_finite() && *value >= 0.0), "{out:?}");
    }
}
