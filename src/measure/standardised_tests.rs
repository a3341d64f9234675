use proptest::prelude::*;

use super::*;

/// Fay & Feuer 1997, table 1 (five birth orders by six ages of the mother), as in
/// epitools' example of `ageadjust.direct`: cases and births of birth orders 1 to 5+.
const BIRTHS: [[(f64, f64); 6]; 5] = [
    [
        (107.0, 230061.0),
        (141.0, 329449.0),
        (60.0, 114920.0),
        (40.0, 39487.0),
        (39.0, 14208.0),
        (25.0, 3052.0),
    ],
    [(25.0, 72202.0), (150.0, 326701.0), (110.0, 208667.0), (84.0, 83228.0), (82.0, 28466.0), (39.0, 5375.0)],
    [
        (3.0, 15050.0),
        (71.0, 175702.0),
        (114.0, 207081.0),
        (103.0, 117300.0),
        (108.0, 45026.0),
        (75.0, 8660.0),
    ],
    [(1.0, 2293.0), (26.0, 68800.0), (64.0, 132424.0), (89.0, 98301.0), (137.0, 46075.0), (96.0, 9834.0)],
    [(0.0, 327.0), (8.0, 30666.0), (63.0, 123419.0), (112.0, 149919.0), (262.0, 104088.0), (295.0, 34392.0)],
];
const STANDARD: [f64; 6] = [63986.6, 186263.6, 157302.2, 97647.0, 47572.6, 12262.6];

fn births(order: usize) -> Vec<Stratum> {
    BIRTHS[order]
        .iter()
        .zip(STANDARD)
        .map(|(&(cases, population), weight)| Stratum { cases, population, weight })
        .collect()
}

fn near(got: f64, expected: f64, within: f64) {
    assert!((got - expected).abs() < within, "{got} against {expected}");
}

#[test]
fn fay_and_feuers_own_table() {
    // Crude, adjusted, lower, upper per 100,000: dsr_fay_feuer_expected.csv; row 1 is printed in the paper as
    // 92.30 (80.44–105.76).
    const EXPECTED: [[f64; 4]; 5] = [
        [56.3475, 92.3045, 80.4417, 105.7633],
        [67.6199, 91.1741, 82.3612, 100.8676],
        [83.3305, 85.0692, 77.1835, 94.2236],
        [115.4512, 92.7179, 80.0100, 114.6694],
        [167.1142, 75.5290, 67.7021, 188.3002],
    ];
    for (order, [crude, adjusted, lower, upper]) in EXPECTED.into_iter().enumerate() {
        let rate = standardised(&births(order), 1e5, Level::P95, DirectLimits::FayFeuer).unwrap();
        near(rate.crude, crude, 6e-5);
        near(rate.adjusted.value, adjusted, 6e-5);
        near(rate.adjusted.lower, lower, 6e-5);
        near(rate.adjusted.upper, upper, 6e-5);
    }
}

#[test]
fn dobsons_limits_of_one_stratum_are_byars() {
    // With one band √(v/O) = 1/n: the limits are Byar's over the population. 65 → 50.1632–82.8491
    // (PHEindicatormethods).
    let one = [Stratum { cases: 65.0, population: 1000.0, weight: 7.0 }];
    let rate = standardised(&one, 1000.0, Level::P95, DirectLimits::Dobson).unwrap();
    near(rate.adjusted.value, 65.0, 1e-9);
    near(rate.adjusted.lower, 50.163188, 6e-7);
    near(rate.adjusted.upper, 82.849139, 6e-7);
}

#[test]
fn too_little_is_refused() {
    let band = |cases, population| Stratum { cases, population, weight: 1.0 };
    let refused =
        |strata: &[Stratum]| standardised(strata, 1e5, Level::P95, DirectLimits::Dobson).unwrap_err();
    assert_eq!(refused(&[band(4.0, 50.0), band(5.0, 50.0)]), Reason::FewerThanTenCases);
    assert_eq!(refused(&[band(40.0, 50.0), band(0.0, 0.0)]), Reason::NoPopulationInBand(1));
    assert_eq!(refused(&[]), Reason::NoBands);
    assert_eq!(refused(&[band(40.0, 50.0), band(-1.0, 50.0)]), Reason::NegativeCount);
    assert_eq!(refused(&[Stratum { weight: f64::NAN, ..band(1.0, 1.0) }]), Reason::BandsMalformed(0));
    assert_eq!(refused(&[Stratum { weight: 0.0, ..band(1.0, 1.0) }]), Reason::BandsMalformed(0));
    let weightless = Stratum { weight: 0.0, ..band(40.0, 50.0) };
    assert_eq!(refused(&[weightless, band(0.0, 50.0)]), Reason::NoCases);
}

prop_compose! {
    fn any_strata()(bands in prop::collection::vec((0u32..500, 1u32..100_000, 1u32..100_000), 1..20))
        -> Vec<Stratum>
    {
        bands
            .into_iter()
            .map(|(cases, people, weight)| Stratum {
                cases: cases.into(), population: people.into(), weight: weight.into(),
            })
            .collect()
    }
}

proptest! {
    #[test]
    fn equals_crude_when_the_population_is_the_standard(mut strata in any_strata()) {
        for stratum in &mut strata {
            stratum.weight = stratum.population;
        }
        match standardised(&strata, 1e5, Level::P95, DirectLimits::FayFeuer) {
            Ok(rate) => prop_assert!((rate.adjusted.value / rate.crude - 1.0).abs() < 1e-12),
            Err(reason) => prop_assert_eq!(reason, Reason::FewerThanTenCases),
        }
    }

    #[test]
    fn limits_contain_the_rate(strata in any_strata(), level in 0.01f64..0.9999) {
        let level = Level::new(level).unwrap();
        for (limits, level) in [(DirectLimits::FayFeuer, level), (DirectLimits::Dobson, Level::P95)] {
            match standardised(&strata, 1e5, level, limits) {
                Ok(rate) => {
                    let Estimate { value, lower, upper } = rate.adjusted;
                    prop_assert!(0.0 <= lower && lower <= value && value <= upper);
                }
                Err(reason) => prop_assert_eq!(reason, Reason::FewerThanTenCases),
            }
        }
    }
}
