//! Exact Poisson limits, rate ratios, Fay–Feuer and growth rates against R.

use hinomi::measure::growth::growth;
use hinomi::measure::intervals::{Level, poisson_exact};
use hinomi::measure::rate_ratio::{Group, rate_ratio};
use hinomi::measure::standardised::{DirectLimits, Stratum, standardised};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::r::{Largest, run_r};

#[test]
fn exact_poisson_and_rate_ratios_as_poisson_test() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut rows = Vec::new();
    for i in 0..300 {
        let size = [4.0, 40.0, 400.0, 40_000.0][i % 4];
        let count = |random: &mut ChaCha8Rng| (random.random::<f64>() * size).floor();
        let (x1, x2) = (count(&mut random), count(&mut random) + 1.0);
        let (t1, t2) = (random.random_range(1.0..1e6f64).floor(), random.random_range(1.0..1e6f64).floor());
        rows.push(vec![x1, t1, x2, t2, [0.8, 0.95, 0.99][i % 3]]);
    }
    let Some(table) = run_r("poisson.R", "x1,t1,x2,t2,level", &rows) else { return };
    assert_eq!(table.len(), rows.len());
    let mut largest = Largest::default();
    for (i, row) in rows.iter().enumerate() {
        let level = Level::new(row[4]).unwrap();
        let limits = poisson_exact(row[0], level).unwrap();
        largest.compare(limits.lower, table.number(i, "lower"), 1e-9, "lower");
        largest.compare(limits.upper, table.number(i, "upper"), 1e-9, "upper");
        let group = Group { cases: row[0], person_time: row[1] };
        let comparison = Group { cases: row[2], person_time: row[3] };
        let ratio = rate_ratio(group, comparison, level).unwrap();
        largest.compare(ratio.value, table.number(i, "ratio"), 1e-9, "ratio");
        largest.compare(ratio.lower, table.number(i, "ratio_lower"), 1e-8, "ratio's lower limit");
        largest.compare(ratio.upper, table.number(i, "ratio_upper"), 1e-8, "ratio's upper limit");
    }
    largest.report("poisson.test");
}

#[test]
fn fay_feuer_as_epitools() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut rows = Vec::new();
    for set in 0..200 {
        let size = [3.0, 30.0, 3000.0][set % 3];
        for band in 0..random.random_range(2..20) {
            // At least ten cases in the first band: fewer in all are refused.
            let least = if band == 0 { 10.0 } else { 0.0 };
            let cases = least + (random.random::<f64>() * size).floor();
            let population = random.random_range(1_000.0..1e6f64).floor();
            let weight = random.random_range(1.0..1e5f64).floor();
            rows.push(vec![set as f64, cases, population, weight, [0.8, 0.95, 0.99][set % 3]]);
        }
    }
    let Some(table) = run_r("fay_feuer.R", "set,cases,population,weight,level", &rows) else { return };
    assert_eq!(table.len(), 200);
    let mut largest = Largest::default();
    for i in 0..table.len() {
        let of_set: Vec<_> = rows.iter().filter(|row| row[0] == table.number(i, "set")).collect();
        let strata: Vec<_> =
            of_set.iter().map(|row| Stratum { cases: row[1], population: row[2], weight: row[3] }).collect();
        let level = Level::new(of_set[0][4]).unwrap();
        // Per 100,000, so that the differences are of the digits shown.
        let ours = standardised(&strata, 1e5, level, DirectLimits::FayFeuer).unwrap();
        largest.compare(ours.crude, 1e5 * table.number(i, "crude"), 1e-6, "crude");
        largest.compare(ours.adjusted.value, 1e5 * table.number(i, "adjusted"), 1e-6, "adjusted");
        largest.compare(ours.adjusted.lower, 1e5 * table.number(i, "lower"), 1e-6, "lower");
        largest.compare(ours.adjusted.upper, 1e5 * table.number(i, "upper"), 1e-6, "upper");
    }
    largest.report("ageadjust.direct");
}

#[test]
fn growth_as_glm() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut series = Vec::new();
    let mut rows = Vec::new();
    for set in 0..100 {
        let (start, rate) = (random.random_range(1.0..300.0f64), random.random_range(-0.1..0.15f64));
        let daily: Vec<Option<f64>> = (0..random.random_range(14..40))
            .map(|day| {
                let cases = start * (rate * f64::from(day)).exp() * random.random_range(0.2..1.8f64);
                (random.random::<f64>() < 0.95).then(|| cases.round())
            })
            .collect();
        for (day, cases) in daily.iter().enumerate() {
            rows.extend(cases.map(|cases| vec![f64::from(set), day as f64, cases]));
        }
        series.push(daily);
    }
    let Some(table) = run_r("growth.R", "set,day,cases", &rows) else { return };
    let mut largest = Largest::default();
    for i in 0..table.len() {
        let Ok(ours) = growth(&series[table.number(i, "set") as usize], Level::P95) else { continue };
        largest.compare(ours.rate.value, table.number(i, "rate"), 1e-8, "rate");
        largest.compare(ours.rate.lower, table.number(i, "lower"), 1e-8, "lower");
        largest.compare(ours.rate.upper, table.number(i, "upper"), 1e-8, "upper");
        largest.compare(ours.dispersion, table.number(i, "dispersion"), 1e-8, "dispersion");
    }
    largest.report("glm");
}
