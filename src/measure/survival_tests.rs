use proptest::prelude::*;

use super::*;
use crate::measure::survival_curve::StayQuantile;

/// R survival's `aml`, group Maintained: 9, 13, 13+, 18, 23, 28+, 31, 34, 45+, 48, 161+.
fn aml() -> Vec<Stay> {
    [
        (9.0, true),
        (13.0, true),
        (13.0, false),
        (18.0, true),
        (23.0, true),
        (28.0, false),
        (31.0, true),
        (34.0, true),
        (45.0, false),
        (48.0, true),
        (161.0, false),
    ]
    .map(|(exit, ended)| Stay { entry: 0.0, exit, ended })
    .to_vec()
}

fn curve(stays: &[Stay]) -> Curve {
    kaplan_meier(stays, Level::P95).unwrap()
}

fn near(got: f64, expected: f64, within: f64) {
    assert!((got - expected).abs() < within, "{got} against {expected}");
}

/// R 4.2.2, survival 3.5-3: summary(survfit(Surv(time, status) ~ 1)): time, at risk, survival, standard error, limits.
const LOG: [(f64, usize, [f64; 4]); 7] = [
    (9.0, 11, [0.90909091, 0.086678417, 0.754133845, 1.0]),
    (13.0, 10, [0.81818182, 0.116291300, 0.619248987, 1.0]),
    (18.0, 8, [0.71590909, 0.139664971, 0.488426287, 1.0]),
    (23.0, 7, [0.61363636, 0.152632331, 0.376867060, 0.99915760]),
    (31.0, 5, [0.49090909, 0.164193267, 0.254859951, 0.94558496]),
    (34.0, 4, [0.36818182, 0.162668886, 0.154877118, 0.87526068]),
    (48.0, 2, [0.18409091, 0.153492746, 0.035917898, 0.94352577]),
];

#[test]
fn aml_maintained_as_r() {
    let curve = curve(&aml());
    let ends: Vec<_> = curve.steps().iter().filter(|step| step.ended > 0).collect();
    assert_eq!((ends.len(), curve.steps().len()), (7, 10));
    for (step, (time, at_risk, [survival, error, lower, upper])) in ends.iter().zip(LOG) {
        assert_eq!((step.time, step.at_risk), (time, at_risk));
        near(step.survival, survival, 6e-9);
        near(step.survival * step.greenwood.sqrt(), error, 6e-10);
        let limits = step.limits.unwrap();
        near(limits.lower, lower, 6e-9);
        near(limits.upper, upper, 6e-9);
    }
}

#[test]
fn aml_median_as_r() {
    let curve = curve(&aml());
    // print(survfit(…)): median 31, limits 18 and NA
    assert_eq!(curve.quantile(0.5), Ok(StayQuantile { days: 31.0, lower: Some(18.0), upper: None }));
    assert_eq!(curve.at(8.9), Ok(1.0));
    near(curve.at(9.0).unwrap(), 10.0 / 11.0, 1e-15);
    assert_eq!(curve.at(161.5), Err(Reason::BeyondObservation));
    assert_eq!(curve.quantile(0.95), Err(Reason::NotReached));
}

#[test]
fn a_flat_stretch_at_one_half_gives_its_middle() {
    let stays: Vec<_> = [1.0, 2.0, 5.0, 8.0].map(|exit| Stay { entry: 0.0, exit, ended: true }).to_vec();
    assert_eq!(curve(&stays).quantile(0.5).unwrap().days, 3.5);
    assert_eq!(curve(&stays).at(100.0), Ok(0.0));
}

#[test]
fn stays_that_end_before_they_begin_are_counted() {
    let mut stays = aml();
    stays.push(Stay { entry: 0.0, exit: -1.0, ended: true });
    stays.push(Stay { entry: 5.0, exit: 4.0, ended: false });
    stays.push(Stay { entry: 0.0, exit: f64::NAN, ended: true });
    stays.push(Stay { entry: 6.0, exit: 6.0, ended: true });
    let with = curve(&stays);
    assert_eq!(with.refused, 3);
    assert_eq!(with.steps(), curve(&aml()).steps());
    let none = kaplan_meier(&stays[11..], Level::P95);
    assert_eq!(none, Err(Reason::NoStays { refused: 3 }));
}

#[test]
fn an_emptied_risk_set_has_no_limits() {
    // On day 2 only the first is at risk, and ends: the curve is 0 although the second stays until day 9.
    let stays = [Stay { entry: 0.0, exit: 2.0, ended: true }, Stay { entry: 4.0, exit: 9.0, ended: true }];
    assert_eq!((curve(&stays).steps()[0].survival, curve(&stays).steps()[0].limits), (0.0, None));
}

prop_compose! {
    fn any_stays()(stays in prop::collection::vec((0u8..30, 0u8..40, any::<bool>()), 1..120)) -> Vec<Stay> {
        stays
            .into_iter()
            .map(|(entry, length, ended)| {
                let entry = if entry < 15 { 0.0 } else { f64::from(entry - 15) };
                Stay { entry, exit: entry + f64::from(length), ended }
            })
            .collect()
    }
}

proptest! {
    #[test]
    fn never_rises_and_stays_within_its_limits(stays in any_stays()) {
        if let Ok(curve) = kaplan_meier(&stays, Level::P95) {
            let mut before = 1.0;
            for step in curve.steps() {
                prop_assert!(0.0 <= step.survival && step.survival <= before);
                before = step.survival;
                if let Some(limits) = step.limits {
                    prop_assert!(0.0 <= limits.lower && limits.lower <= step.survival + 1e-15);
                    prop_assert!(step.survival <= limits.upper + 1e-15 && limits.upper <= 1.0);
                }
            }
            prop_assert!(curve.steps().windows(2).all(|pair| pair[0].time < pair[1].time));
            prop_assert!(curve.steps().iter().all(|step| step.at_risk >= step.ended + step.censored));
            if let Ok(median) = curve.quantile(0.5) {
                prop_assert!(median.lower.is_none_or(|lower| lower <= median.days));
                prop_assert!(median.upper.is_none_or(|upper| median.days <= upper));
            }
        }
    }

    #[test]
    fn without_censoring_it_is_the_share_still_in(lengths in prop::collection::vec(0u8..40, 1..80), at in 0u8..40) {
        let stays: Vec<_> =
            lengths.iter().map(|&days| Stay { entry: 0.0, exit: days.into(), ended: true }).collect();
        let longer = lengths.iter().filter(|days| **days > at).count() as f64;
        let share = curve(&stays).at(at.into()).unwrap();
        prop_assert!((share - longer / lengths.len() as f64).abs() < 1e-12);
    }
}
