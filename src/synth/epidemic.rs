//! How many notifications are dated to each day: waves, weekdays, holidays and chance.

use rand::Rng;
use rand_distr::{Distribution, Gamma};

use super::disease::{self, Disease};
use super::moment::{Day, date_of, weekday};
use super::plan::{Plan, Scenario};
use crate::epi::calendar;

/// Waves of the pandemic: when (share of the whole time), how wide before and after the peak, how high.
const WAVES: [(f64, f64, f64, f64); 7] = [
    (0.07, 0.020, 0.030, 0.35),
    (0.20, 0.025, 0.035, 0.9),
    (0.335, 0.035, 0.030, 1.1),
    (0.455, 0.022, 0.028, 2.4),
    (0.65, 0.022, 0.050, 5.2),
    (0.83, 0.028, 0.034, 7.0),
    (1.03, 0.050, 0.050, 2.2),
];

/// How strong the epidemic is on `day`, without weekdays and chance. Its scale means nothing.
pub(super) fn intensity(plan: &Plan, day: Day) -> f64 {
    let at = f64::from(day - plan.first_day()) / f64::from(plan.days.max(1));
    match plan.scenario {
        Scenario::Pandemic => {
            0.12 + WAVES
                .iter()
                .map(|(peak, before, after, height)| {
                    let width = if at < *peak { before } else { after };
                    height * (-0.5 * ((at - peak) / width).powi(2)).exp()
                })
                .sum::<f64>()
        }
        Scenario::Routine => disease::of(plan.scenario).iter().map(|d| d.share * season(d, day)).sum(),
    }
}

/// How much of a disease there is at this time of the year; 1 on average.
pub(super) fn season(disease: &Disease, day: Day) -> f64 {
    let date = date_of(day);
    let month = f64::from(date.month()) + f64::from(date.day()) / 31.0;
    let turn = (month - disease.peak_month) / 12.0 * std::f64::consts::TAU;
    1.0 + disease.seasonal * turn.cos()
}

/// Monday … Sunday: clinics are shut on Sundays, and Monday catches up.
const WEEKDAYS: [f64; 7] = [1.22, 1.18, 1.08, 1.02, 1.05, 0.88, 0.57];

fn office_weight(day: Day) -> f64 {
    let date = date_of(day);
    if calendar::is_holiday(date) && weekday(day) < 5 { 0.6 } else { WEEKDAYS[weekday(day)] }
}

/// Notifications by day of the report, `plan.days` of them; the sum is `plan.cases`.
pub(super) fn daily_counts(plan: &Plan, rng: &mut impl Rng) -> Vec<u32> {
    let chance = Gamma::new(24.0, 1.0 / 24.0).ok();
    let weights: Vec<f64> = (plan.first_day()..=plan.last_day())
        .map(|day| {
            let luck = chance.as_ref().map_or(1.0, |gamma| gamma.sample(rng));
            intensity(plan, day) * office_weight(day) * luck
        })
        .collect();
    match plan.scenario {
        Scenario::Pandemic => apportion(&weights, plan.cases),
        Scenario::Routine => scatter(&weights, plan.cases, rng),
    }
}

/// Shares `total` out by weight, by the running sum.
fn apportion(weights: &[f64], total: u32) -> Vec<u32> {
    let sum: f64 = weights.iter().sum();
    let (mut reached, mut given) = (0.0, 0);
    weights
        .iter()
        .map(|w| {
            reached += w / sum * f64::from(total);
            let n = (reached.round() as u32).clamp(given, total) - given;
            given += n;
            n
        })
        .collect()
}

/// Throws each of `total` on a day by weight: small counts are not smooth.
fn scatter(weights: &[f64], total: u32, rng: &mut impl Rng) -> Vec<u32> {
    let mut reached = 0.0;
    let sums: Vec<f64> = weights
        .iter()
        .map(|w| {
            reached += w;
            reached
        })
        .collect();
    let mut counts = vec![0; weights.len()];
    for _ in 0..total {
        let at = rng.random::<f64>() * reached;
        let day = sums.partition_point(|s| *s <= at).min(counts.len() - 1);
        counts[day] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn counts(scenario: Scenario) -> (Plan, Vec<u32>) {
        let plan = Plan::of(scenario, datetime(2026, 11, 22, 14, 5, 0, 0));
        let counts = daily_counts(&plan, &mut ChaCha8Rng::seed_from_u64(plan.seed));
        (plan, counts)
    }

    #[test]
    fn every_case_has_a_day() {
        for scenario in [Scenario::Pandemic, Scenario::Routine] {
            let (plan, counts) = counts(scenario);
            assert_eq!(counts.len(), plan.days as usize);
            assert_eq!(counts.iter().sum::<u32>(), plan.cases);
        }
    }

    #[test]
    fn sundays_are_quiet_and_waves_are_high() {
        let (plan, counts) = counts(Scenario::Pandemic);
        let of = |wanted: usize| -> u32 {
            counts
                .iter()
                .zip(plan.first_day()..)
                .filter(|(_, day)| weekday(*day) == wanted)
                .map(|(n, _)| n)
                .sum()
        };
        assert!(of(6) * 3 < of(0) * 2, "Sunday {} Monday {}", of(6), of(0));
        let mean = plan.cases / plan.days;
        let peak = counts.iter().max().copied().unwrap_or(0);
        assert!(peak > 4 * mean, "peak {peak} mean {mean}");
        let last: u32 = counts[counts.len() - 14..].iter().sum();
        assert!((20..120).contains(&(last / 14)), "the last fortnight: {} a day", last / 14);
    }
}
