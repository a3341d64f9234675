//! Kaplan–Meier with censoring and left truncation against R survival.

use hinomi::measure::intervals::Level;
use hinomi::measure::survival::{Stay, kaplan_meier};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::r::{Largest, run_r};

/// Sets with and without left truncation, some of few stays, ties in whole days, a third still in.
fn stays(set: usize, random: &mut ChaCha8Rng) -> Vec<Stay> {
    let truncated = set.is_multiple_of(2);
    let number = [8, 40, 300][set % 3];
    let stay = |_| {
        let length = (-10.0 * random.random_range(1e-6..1.0f64).ln()).floor();
        let ended = random.random::<f64>() < 0.67;
        if !truncated {
            return Stay { entry: 0.0, exit: length, ended };
        }
        let seen_from_admission = random.random::<f64>() < 0.6;
        let entry = if seen_from_admission { 0.0 } else { random.random_range(0.0..20.0f64).floor() };
        Stay { entry, exit: entry + length + 1.0, ended }
    };
    (0..number).map(stay).collect()
}

#[test]
fn kaplan_meier_as_survfit() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let sets: Vec<_> = (0..60).map(|set| stays(set, &mut random)).collect();
    let mut rows = Vec::new();
    for (set, stays) in sets.iter().enumerate() {
        let truncated = f64::from(u8::from(set.is_multiple_of(2)));
        for stay in stays {
            let ended = f64::from(u8::from(stay.ended));
            rows.push(vec![set as f64, truncated, stay.entry, stay.exit, ended]);
        }
    }
    let Some(table) = run_r("survival.R", "set,truncated,entry,exit,ended", &rows) else { return };
    let mut largest = Largest::default();
    for (set, stays) in sets.iter().enumerate() {
        let theirs = table.rows_with("set", set as f64);
        let curve = kaplan_meier(stays, Level::P95).unwrap();
        assert_eq!(curve.steps().len(), theirs.len(), "set {set}");
        for (step, &row) in curve.steps().iter().zip(&theirs) {
            let counts = [step.time, step.at_risk as f64, step.ended as f64];
            assert_eq!(counts, ["time", "at_risk", "ended"].map(|column| table.number(row, column)));
            largest.compare(step.survival, table.number(row, "survival"), 1e-9, "survival");
            for (ours, column) in [
                (step.limits.map(|limits| limits.lower), "lower"),
                (step.limits.map(|limits| limits.upper), "upper"),
            ] {
                let theirs = table.get(row, column);
                assert_eq!(ours.is_some(), theirs.is_some(), "set {set} day {}: {column}", step.time);
                if let Some((ours, theirs)) = ours.zip(theirs) {
                    largest.compare(ours, theirs, 1e-9, column);
                }
            }
        }
        let row = theirs[0];
        let median = curve.quantile(0.5).ok();
        assert_eq!(median.map(|median| median.days), table.get(row, "median"), "set {set}: median");
        if let Some(median) = median {
            assert_eq!(median.lower, table.get(row, "median_lower"), "set {set}: median's lower limit");
            assert_eq!(median.upper, table.get(row, "median_upper"), "set {set}: median's upper limit");
        }
    }
    largest.report("survfit");
}
