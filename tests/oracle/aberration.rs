//! Independent implementations in R agree. Without `Rscript` each prints one line and passes.

use hinomi::measure::distributions::normal_quantile;
use hinomi::measure::farrington::{self, Series, Step};
use hinomi::measure::least_squares::Design;
use hinomi::measure::{ears, glm};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Poisson};

use super::r::run;

/// The rows of a script's answer, header left out.
fn run_r(script: &str, input: &str) -> Option<Vec<Vec<f64>>> {
    let text = run(script, input)?;
    let cell = |c: &str| c.trim().parse().unwrap_or(f64::NAN);
    Some(text.lines().skip(1).map(|line| line.split(',').map(cell).collect()).collect())
}

fn negative_binomial(rng: &mut ChaCha8Rng, mean: f64, size: f64) -> f64 {
    let rate = Gamma::new(size, mean / size).expect("a gamma").sample(rng);
    if rate < 1e-12 { 0.0 } else { Poisson::new(rate).expect("a Poisson").sample(rng) }
}

fn close(left: f64, right: f64, tolerance: f64) -> bool {
    (left - right).abs() <= tolerance * right.abs().max(1.0)
}

#[test]
fn regression_agrees_with_glm() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut input = String::from("series,y,x1,x2,o,w\n");
    let mut cases = Vec::new();
    for series in 0..30 {
        let rows = 8 + series * 4;
        let base = 0.5 + series as f64 / 5.0;
        let [mut y, mut x1, mut x2, mut o, mut w] = [const { Vec::new() }; 5];
        for i in 0..rows {
            x1.push(i as f64);
            x2.push(f64::from(u8::from(i % 3 == 0)));
            o.push(rng.random_range(0.5..2.0_f64).ln());
            w.push(rng.random_range(0.2..2.0));
            y.push(negative_binomial(&mut rng, (base - 0.01 * i as f64).exp(), 4.0));
            input += &format!("{series},{},{},{},{:e},{:e}\n", y[i], x1[i], x2[i], o[i], w[i]);
        }
        cases.push((y, x1, x2, o, w));
    }
    let Some(rows) = run_r("glm.R", &input) else { return };
    let mut worst: f64 = 0.0;
    for (series, (y, x1, x2, o, w)) in cases.into_iter().enumerate() {
        let design = Design::from_columns(&[vec![1.0; y.len()], x1, x2]).unwrap();
        let fit = glm::fit(&design, &y, Some(&o), Some(&w)).unwrap();
        let phi = fit.dispersion.unwrap();
        let mut ours = fit.coefficients.clone();
        ours.extend(fit.covariance(phi));
        ours.push(phi);
        ours.extend((0..3).map(|i| fit.p_value(i).unwrap()));
        ours.push(fit.deviance);
        ours.extend(&fit.leverages);
        ours.extend(&fit.fitted);
        let theirs: Vec<f64> = rows.iter().filter(|r| r[0] == series as f64).map(|r| r[2]).collect();
        assert_eq!(ours.len(), theirs.len());
        for (what, (a, b)) in ours.iter().zip(&theirs).enumerate() {
            worst = worst.max((a - b).abs() / b.abs().max(1.0));
            assert!(close(*a, *b, 1e-8), "series {series}, value {what}: {a} against {b}");
        }
    }
    println!("glm: largest difference {worst:e}");
}

#[test]
fn ears_agrees_with_surveillance() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let series: Vec<Vec<f64>> = (0..20)
        .map(|s| {
            let mean = [0.4, 2.0, 8.0, 40.0][s % 4];
            (0..120)
                .map(|i| {
                    let outbreak = if i % 37 > 33 { 3.0 } else { 1.0 };
                    negative_binomial(&mut rng, mean * outbreak, 5.0)
                })
                .collect()
        })
        .collect();
    let mut input = String::from("series,t,y\n");
    for (s, values) in series.iter().enumerate() {
        for (t, y) in values.iter().enumerate() {
            input += &format!("{s},{t},{y}\n");
        }
    }
    let set = |method, baseline, min_sigma, alpha| ears::Settings { method, baseline, min_sigma, alpha };
    let settings = [
        set(ears::Method::C1, 7, 0.0, 0.001),
        set(ears::Method::C2, 7, 0.0, 0.001),
        set(ears::Method::C3, 7, 0.5, 0.025),
        set(ears::Method::C1, 14, 1.0, 0.01),
        set(ears::Method::C2, 5, 0.5, 0.05),
        set(ears::Method::C3, 9, 1.0, 0.001),
    ];
    let Some(rows) = run_r("ears.R", &input) else { return };
    let (mut alarms, mut worst) = (0, 0.0_f64);
    for row in &rows {
        let counts: Vec<Option<f64>> = series[row[0] as usize].iter().copied().map(Some).collect();
        let how = &settings[row[1] as usize];
        let ours = ears::judge(&counts, row[2] as usize, how).unwrap();
        if how.method == ears::Method::C3 {
            // The bound of surveillance 1.20.3 stands on today's count; its parts are ours.
            let z = normal_quantile(1.0 - how.alpha).unwrap();
            let bound = (ours.observed + ours.spread * (z - ours.carried)).max(0.0);
            assert!(close(bound, row[3], 1e-6), "{row:?} {ours:?}");
            assert_eq!(f64::from(u8::from(ours.observed > bound)), row[4], "{row:?} {ours:?}");
            // C3 by its definition, over the C2 of surveillance.
            if (row[5] - z).abs() > 1e-9 {
                assert_eq!(ours.alarm, row[5] > z && ours.observed > 0.0, "{row:?} {ours:?}");
            }
            worst = worst.max((bound - row[3]).abs());
        } else {
            assert!(close(ours.upper, row[3], 1e-6), "{row:?} {ours:?}");
            assert_eq!(f64::from(u8::from(ours.alarm)), row[4], "{row:?} {ours:?}");
            worst = worst.max((ours.upper - row[3]).abs());
        }
        alarms += usize::from(ours.alarm);
    }
    assert!(alarms > 100);
    println!("EARS: {} periods, {alarms} alarms, largest difference of bounds {worst:e}", rows.len());
}

#[test]
fn farrington_flexible_agrees_with_surveillance() {
    let mut rng = ChaCha8Rng::seed_from_u64(13);
    let mut input = String::from("series,step,date,y\n");
    let mut all: Vec<(Date, Step, Vec<Option<f64>>)> = Vec::new();
    for s in 0..10 {
        let (step, days, length) = if s < 8 { (Step::Week, 7, 340) } else { (Step::Day, 1, 2000) };
        let first = date(2014, 12, 29).checked_add((s * 7).days()).unwrap();
        let mean = [1.0, 4.0, 15.0, 80.0][s as usize % 4];
        let slope = [0.0, 0.002, -0.003][s as usize % 3] * f64::from(days) / 7.0;
        let mut counts = Vec::new();
        for i in 0..length {
            let day = first.checked_add((i * days).days()).unwrap();
            let season = (f64::from(day.day_of_year()) / 365.25 * std::f64::consts::TAU).sin();
            let outbreak = if i % 23 > 20 { 3.0 } else { 1.0 };
            let y = negative_binomial(
                &mut rng,
                mean * (0.6 * season + slope * f64::from(i)).exp() * outbreak,
                6.0,
            );
            counts.push(Some(y));
            input += &format!("{s},{},{day},{y}\n", if step == Step::Week { "week" } else { "day" });
        }
        all.push((first, step, counts));
    }
    let usual = farrington::Settings::noufaily_2013();
    let settings = [
        usual,
        farrington::Settings {
            years: 4,
            season_blocks: 1,
            recent_left_out: 3,
            reweight_above: None,
            trend_p: Some(0.05),
            ..usual
        },
        farrington::Settings {
            years: 3,
            half_window: 2,
            season_blocks: 4,
            recent_left_out: 10,
            reweight_above: None,
            trend_p: Some(0.05),
            ..usual
        },
        farrington::Settings {
            years: 2,
            season_blocks: 1,
            recent_left_out: 3,
            reweight_above: Some(1.0),
            trend_p: None,
            alpha: 0.001,
            ..usual
        },
    ];
    let Some(rows) = run_r("farrington.R", &input) else { return };
    let (mut alarms, mut trends, mut quiet, mut worst) = (0, 0, 0, 0.0_f64);
    for row in &rows {
        let (first, step, counts) = &all[row[0] as usize];
        let series = Series { first: *first, step: *step, counts, population: None };
        let ours = farrington::judge(&series, row[2] as usize, &settings[row[1] as usize]).unwrap();
        // surveillance gives no bound where the last four periods hold too few cases.
        assert_eq!(ours.enough_cases, !row[4].is_nan(), "{row:?} {ours:?}");
        if row[4].is_nan() {
            quiet += 1;
            continue;
        }
        assert_eq!(ours.trend.is_some(), row[7] == 1.0, "{row:?} {ours:?}");
        assert!(close(ours.expected, row[3], 1e-6), "{row:?} {ours:?}");
        assert!(close(ours.upper, row[4], 1e-6), "{row:?} {ours:?}");
        assert_eq!(f64::from(u8::from(ours.alarm)), row[6], "{row:?} {ours:?}");
        worst = worst.max((ours.upper - row[4]).abs());
        alarms += usize::from(ours.alarm);
        trends += usize::from(ours.trend.is_some());
    }
    assert!(alarms > 20 && trends > 50);
    let total = rows.len();
    println!(
        "Farrington: {total} periods, {alarms} alarms, {trends} trends, {quiet} quiet, difference {worst:e}"
    );
}
