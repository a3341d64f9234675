use proptest::prelude::*;

use super::*;

/// Flu2009 (pandemic influenza in a school, Pennsylvania, 2009) and its serial interval, from `EpiEstim`.
const INCIDENCE: [u32; 32] =
    [1, 1, 0, 2, 5, 3, 3, 3, 6, 2, 5, 9, 13, 12, 13, 11, 12, 6, 6, 6, 3, 1, 0, 2, 0, 0, 0, 0, 2, 0, 2, 0];
const INTERVAL: [f64; 12] =
    [0.0, 0.233, 0.359, 0.198, 0.103, 0.053, 0.027, 0.014, 0.007, 0.003, 0.002, 0.001];

/// First and last day from 1; mean, sd, 2.5 %, median, 97.5 %: `EpiEstim`, `rt_flu2009_expected.csv`.
#[rustfmt::skip]
const EXPECTED: [(usize, usize, [f64; 5]); 25] = [
    (2, 8, [1.7356089, 0.4090869, 1.0286318, 1.7035760, 2.6244959]),
    (3, 9, [1.7490494, 0.3647020, 1.1087473, 1.7237672, 2.5329479]),
    (4, 10, [1.5370427, 0.3074085, 0.9946930, 1.5165981, 2.1955178]),
    (5, 11, [1.4316392, 0.2705544, 0.9513139, 1.4146324, 2.0085685]),
    (6, 12, [1.4223487, 0.2514381, 0.9728854, 1.4075603, 1.9558194]),
    (7, 13, [1.6349410, 0.2522769, 1.1783217, 1.6219838, 2.1651730]),
    (8, 14, [1.6636221, 0.2329537, 1.2386759, 1.6527615, 2.1502729]),
    (9, 15, [1.6156800, 0.2068666, 1.2358672, 1.6068598, 2.0456070]),
    (10, 16, [1.4340033, 0.1765136, 1.1090580, 1.4267674, 1.8000616]),
    (11, 17, [1.4083724, 0.1615514, 1.1096373, 1.4022002, 1.7421780]),
    (12, 18, [1.2477516, 0.1421945, 0.9847061, 1.2423543, 1.5414648]),
    (13, 19, [1.0819346, 0.1257723, 0.8495514, 1.0770650, 1.3419870]),
    (14, 20, [0.9369319, 0.1144644, 0.7261094, 0.9322747, 1.1742159]),
    (15, 21, [0.8194289, 0.1075963, 0.6222268, 0.8147244, 1.0433607]),
    (16, 22, [0.6908048, 0.1018536, 0.5057559, 0.6858055, 0.9042566]),
    (17, 23, [0.5894141, 0.0996292, 0.4105485, 0.5838103, 0.8001144]),
    (18, 24, [0.4989223, 0.0997845, 0.3228762, 0.4922860, 0.7126626]),
    (19, 25, [0.4726133, 0.1084249, 0.2845441, 0.4643482, 0.7076205]),
    (20, 26, [0.4173489, 0.1157518, 0.2222207, 0.4066978, 0.6729457]),
    (21, 27, [0.2976950, 0.1125181, 0.1196888, 0.2836454, 0.5553914]),
    (22, 28, [0.2400240, 0.1200120, 0.0653985, 0.2203457, 0.5260890]),
    (23, 29, [0.4577916, 0.2047306, 0.1486437, 0.4276606, 0.9377027]),
    (24, 30, [0.6754931, 0.3020897, 0.2193308, 0.6310334, 1.3836245]),
    (25, 31, [0.8634087, 0.3861281, 0.2803465, 0.8065807, 1.7685354]),
    (26, 32, [1.0040161, 0.4490096, 0.3260013, 0.9379335, 2.0565439]),
];

fn series(counts: &[u32]) -> Vec<Option<f64>> {
    counts.iter().map(|&cases| Some(f64::from(cases))).collect()
}

fn interval() -> SerialInterval {
    SerialInterval::from_pmf(&INTERVAL).unwrap()
}

fn flu() -> Vec<RtWindow> {
    cori(&series(&INCIDENCE), 0, &interval(), &RtSettings::default()).unwrap()
}

#[test]
fn flu_2009_as_epiestim() {
    let windows = flu();
    assert_eq!(windows.len(), EXPECTED.len());
    for (window, (start, end, expected)) in windows.iter().zip(EXPECTED) {
        assert_eq!((window.start + 1, window.end + 1), (start, end));
        let rt = window.rt.as_ref().unwrap();
        for (got, expected) in [rt.mean, rt.sd, rt.lower, rt.median, rt.upper].into_iter().zip(expected) {
            assert!((got - expected).abs() < 6e-8, "{start}: {got} against {expected}");
        }
    }
}

#[test]
fn quiet_days_before_the_first_case_change_nothing() {
    let mut counts = vec![None, Some(0.0), Some(0.0)];
    counts.extend(series(&INCIDENCE));
    let windows = cori(&counts, 0, &interval(), &RtSettings::default()).unwrap();
    for (shifted, window) in windows[3..].iter().zip(flu()) {
        assert_eq!(shifted.rt, window.rt);
    }
    // Days 3 to 9: the case of day 3, the first, counts as imported; 1 + 0 + 2 + 5 + 3 + 3 are local.
    assert_eq!((windows[2].start, windows[2].rt.as_ref().unwrap().cases), (3, 14.0));
}

#[test]
fn a_missing_day_silences_the_windows_it_reaches() {
    let mut counts = series(&INCIDENCE);
    counts[9] = None;
    let windows = cori(&counts, 0, &interval(), &RtSettings::default()).unwrap();
    for (window, whole) in windows.iter().zip(flu()) {
        // Eleven days of serial interval after the missing one.
        if window.end < 9 || window.start > 9 + 11 {
            assert_eq!(window.rt, whole.rt);
        } else {
            assert_eq!(window.rt, Err(Reason::DayMissing));
        }
    }
}

#[test]
fn no_answer_has_a_reason() {
    let settings = RtSettings::default();
    let refused = |counts: &[u32]| cori(&series(counts), 0, &interval(), &settings).unwrap_err();
    assert_eq!(refused(&[1; 7]), Reason::SeriesTooShort { have: 7, need: 8 });
    assert_eq!(refused(&[0; 20]), Reason::NoCases);
    let late = cori(&series(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1]), 0, &interval(), &settings).unwrap();
    assert_eq!(late[1].rt, Err(Reason::NoEarlierCases));
    assert_eq!(late[3].rt, Err(Reason::BeforeOneSerialInterval));
    // Cases, then none for longer than the serial interval: nobody is left to infect.
    let mut over = [0; 40];
    over[0] = 5;
    let over = cori(&series(&over), 0, &interval(), &settings).unwrap();
    assert_eq!(over.last().unwrap().rt, Err(Reason::NoEarlierCases));
    let faint: Vec<usize> = over
        .iter()
        .filter(|window| window.rt == Err(Reason::FewEarlierCases))
        .map(|window| window.start)
        .collect();
    assert!(!faint.is_empty() && faint.windows(2).all(|two| two[1] == two[0] + 1), "{faint:?}");
    let mut corrected = series(&[3; 12]);
    corrected[11] = Some(-1.0);
    let corrected = cori(&corrected, 0, &interval(), &settings).unwrap();
    assert_eq!(corrected.last().unwrap().rt, Err(Reason::NegativeCount));
    let prior = RtSettings { prior_sd: 0.0, ..settings };
    assert_eq!(cori(&series(&[3; 12]), 0, &interval(), &prior), Err(Reason::PriorInvalid));
}

#[test]
fn where_hardly_anybody_is_ill_there_is_no_figure() {
    // Four cases, then none for months: with the prior's mean of 5 the figure would climb to it.
    let mut counts = [0; 90];
    counts[..4].copy_from_slice(&[1, 1, 0, 2]);
    let covid = SerialInterval::gamma(4.8, 2.3).unwrap();
    let windows = cori(&series(&counts), 0, &covid, &RtSettings::default()).unwrap();
    for window in windows {
        match window.rt.clone() {
            Ok(rt) => assert!(rt.infectivity >= 1.0 && rt.cases > 0.0 && window.end < 10, "{window:?}"),
            Err(reason) if window.end > 10 => {
                let known = [Reason::NoCasesOwn, Reason::FewEarlierCases, Reason::NoEarlierCases];
                assert!(known.contains(&reason), "{window:?}");
            }
            Err(_) => {}
        }
    }
}

proptest! {
    #[test]
    fn later_windows_are_the_same_alone(
        counts in prop::collection::vec(0u32..30, 8..120),
        quiet in 0usize..40,
        since in 0usize..140,
    ) {
        let mut all = vec![Some(0.0); quiet];
        all.extend(counts.iter().map(|cases| Some(f64::from(*cases))));
        let interval = SerialInterval::gamma(4.8, 2.3).unwrap();
        let (every, some) =
            (cori(&all, 0, &interval, &RtSettings::default()), cori(&all, since, &interval, &RtSettings::default()));
        let later = every.map(|windows| windows.into_iter().filter(|w| w.end >= since).collect::<Vec<_>>());
        prop_assert_eq!(later, some);
    }

    #[test]
    fn limits_contain_the_median_and_all_is_finite(
        counts in prop::collection::vec(prop::option::weighted(0.97, 0u32..50_000), 8..80),
        (mean, sd) in (1.5f64..10.0, 0.5f64..6.0),
        window in 1usize..8,
    ) {
        let counts: Vec<_> = counts.iter().map(|day| day.map(f64::from)).collect();
        let interval = SerialInterval::gamma(mean, sd).unwrap();
        let settings = RtSettings { window, ..RtSettings::default() };
        if let Ok(windows) = cori(&counts, 0, &interval, &settings) {
            prop_assert_eq!(windows.len(), counts.len() - window);
            for rt in windows.iter().filter_map(|window| window.rt.as_ref().ok()) {
                prop_assert!(0.0 <= rt.lower && rt.lower <= rt.median && rt.median <= rt.upper);
                prop_assert!(rt.median <= rt.mean && rt.mean <= rt.upper && rt.sd > 0.0);
            }
        }
    }
}
