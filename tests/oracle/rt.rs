//! Rt against R `EpiEstim`.

use hinomi::epi::reason::Reason;
use hinomi::measure::rt::{RtSettings, cori};
use hinomi::measure::serial_interval::SerialInterval;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::r::{Largest, run_r};

const FLU: [f64; 12] = [0.0, 0.233, 0.359, 0.198, 0.103, 0.053, 0.027, 0.014, 0.007, 0.003, 0.002, 0.001];

struct Epidemic {
    local: Vec<Option<f64>>,
    settings: RtSettings,
    /// Mean and standard deviation; mean 0: the flu's.
    interval: (f64, f64),
}

/// Waves of three sizes with noise and days of zero; cases on the first day.
fn epidemic(set: usize, random: &mut ChaCha8Rng) -> Epidemic {
    let size = [5.0, 300.0, 20_000.0][set % 3];
    let days = random.random_range(20..150);
    let period = random.random_range(10.0..40.0f64);
    let mut local = Vec::new();
    for day in 0..days {
        let level = size * (1.05 + (f64::from(day) / period).sin()) * random.random_range(0.0..1.2f64);
        local.push(Some(level.round() + f64::from(u8::from(day == 0))));
    }
    let settings = RtSettings {
        window: [7, 7, 1, 14][set % 4],
        prior_mean: [5.0, 2.0, 1.2][set % 3],
        prior_sd: [5.0, 1.0, 3.0][set % 3],
        ..RtSettings::default()
    };
    let interval = [(0.0, 0.0), (2.6, 1.5), (4.8, 2.3), (7.5, 3.4), (2.0, 2.5)][set % 5];
    Epidemic { local, settings, interval }
}

#[test]
fn rt_as_epiestim() {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let epidemics: Vec<_> = (0..60).map(|set| epidemic(set, &mut random)).collect();
    let mut rows = Vec::new();
    for (set, e) in epidemics.iter().enumerate() {
        for local in &e.local {
            let (mean, sd) = e.interval;
            let s = &e.settings;
            let settings = [s.window as f64, s.prior_mean, s.prior_sd, mean, sd];
            rows.push([&[set as f64, local.unwrap()][..], &settings].concat());
        }
    }
    let header = "set,local,window,prior_mean,prior_sd,si_mean,si_sd";
    let Some(table) = run_r("rt.R", header, &rows) else { return };
    let mut largest = Largest::default();
    for (set, e) in epidemics.iter().enumerate() {
        let interval = match e.interval {
            (0.0, _) => SerialInterval::from_pmf(&FLU),
            (mean, sd) => SerialInterval::gamma(mean, sd),
        };
        let windows = cori(&e.local, 0, &interval.unwrap(), &e.settings).unwrap();
        let theirs = table.rows_with("set", set as f64);
        assert_eq!(windows.len(), theirs.len());
        for (window, row) in windows.iter().zip(theirs) {
            let start_end = (window.start as f64 + 1.0, window.end as f64 + 1.0);
            assert_eq!(start_end, (table.number(row, "start"), table.number(row, "end")));
            match &window.rt {
                Ok(rt) => {
                    for (ours, column) in [
                        (rt.mean, "mean"),
                        (rt.sd, "sd"),
                        (rt.lower, "lower"),
                        (rt.median, "median"),
                        (rt.upper, "upper"),
                    ] {
                        largest.compare(ours, table.number(row, column), 1e-6, column);
                    }
                }
                // EpiEstim gives NA there, too.
                Err(Reason::BeforeOneSerialInterval) => {
                    assert_eq!(table.get(row, "mean"), None, "set {set} from day {}", window.start);
                }
                // EpiEstim gives the prior's own scale (variance ÷ mean), or one that few expected cases have moved: little was
                // learnt.
                Err(reason) => {
                    let least = match reason {
                        Reason::NoEarlierCases => 1e-4,
                        Reason::FewEarlierCases => 1.0,
                        // None came, and few were expected.
                        Reason::NoCasesOwn => 11.0,
                        other => panic!("set {set}: {other}"),
                    };
                    let scale = table.number(row, "sd").powi(2) / table.number(row, "mean");
                    let prior = e.settings.prior_sd.powi(2) / e.settings.prior_mean;
                    let infectivity = 1.0 / scale - 1.0 / prior;
                    assert!(infectivity < least, "set {set} from day {}: {infectivity}", window.start);
                }
            }
        }
    }
    largest.report("estimate_R");
}
