//! Crude and specific rates: cases over person-time, with limits. What is counted (all ages, one district, one
//! sex) is the caller's choice of numerator and denominator; both must have one basis (rates use 区民 only).

use jiff::ToSpan;
use jiff::civil::Date;

use super::intervals::{Estimate, Level, PoissonLimits};
use super::reason::{Reason, count, finite, population};

/// People under observation over a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PersonTime {
    pub days: u32,
    pub person_days: f64,
}

impl PersonTime {
    /// The denominator of a rate per person and year (of 365.25 days).
    pub fn person_years(self) -> f64 {
        self.person_days / 365.25
    }

    /// The denominator of a rate per person and period: the mean population.
    pub fn mean_population(self) -> f64 {
        self.person_days / f64::from(self.days)
    }
}

/// Person-time of the days `from ≤ day < to`: Σ over months of population × days of the month within the period.
///
/// `population` holds one figure a month, stamped with any day of that month (住民基本台帳 of the 1st, say), in any
/// order; it stands for the whole month.
///
/// Source: Rothman, Greenland & Lash 2008, Modern Epidemiology, ch. 3 (person-time in a dynamic population).
pub fn person_time(from: Date, to: Date, population: &[(Date, f64)]) -> Result<PersonTime, Reason> {
    if to <= from {
        return Err(Reason::EmptyPeriod);
    }
    let (mut days, mut person_days) = (0, 0.0);
    let mut month = from.first_of_month();
    while month < to {
        let next = month.checked_add(1.month()).map_err(|_| Reason::EmptyPeriod)?;
        let covered = days_between(month.max(from), next.min(to));
        person_days += f64::from(covered) * population_of(month, population)?;
        days += covered;
        month = next;
    }
    if person_days == 0.0 {
        return Err(Reason::NoPopulation);
    }
    Ok(PersonTime { days, person_days: finite(person_days)? })
}

fn population_of(month: Date, population: &[(Date, f64)]) -> Result<f64, Reason> {
    let mut found = population.iter().filter(|(day, _)| day.first_of_month() == month);
    let (_, people) = found.next().ok_or(Reason::PopulationOfMonthMissing(month))?;
    if found.next().is_some() {
        return Err(Reason::PopulationOfMonthTwice(month));
    }
    count(*people)
}

fn days_between(from: Date, to: Date) -> u32 {
    from.until(to).map_or(0, |span| u32::try_from(span.get_days()).unwrap_or(0))
}

/// A rate with its limits: cases / denominator × per; the limits are those of the Poisson count.
///
/// `denominator`: people, person-days or person-years; `per`: 100,000, say.
///
/// Source: Breslow & Day 1987, Statistical Methods in Cancer Research II, ch. 2.
pub fn rate(
    cases: f64,
    denominator: f64,
    per: f64,
    level: Level,
    limits: PoissonLimits,
) -> Result<Estimate, Reason> {
    let (cases, people, per) = (count(cases)?, population(denominator)?, population(per)?);
    let around = limits.around(cases, level)?;
    let scale = per / people;
    Estimate::checked(cases * scale, around.lower * scale, around.upper * scale)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn months_weigh_by_their_days() {
        // By hand: 10 days of January (22–31) at 1,000 and 5 of February at 2,000.
        let months = [(date(2024, 2, 1), 2000.0), (date(2024, 1, 1), 1000.0)];
        let time = person_time(date(2024, 1, 22), date(2024, 2, 6), &months).unwrap();
        assert_eq!(time, PersonTime { days: 15, person_days: 20_000.0 });
        assert_eq!(time.mean_population(), 20_000.0 / 15.0);
        // A leap year: 366 days.
        let year: Vec<_> = (1..=12).map(|month| (date(2024, month, 1), 10.0)).collect();
        let time = person_time(date(2024, 1, 1), date(2025, 1, 1), &year).unwrap();
        assert_eq!((time.days, time.person_days), (366, 3660.0));
    }

    #[test]
    fn months_must_be_known() {
        let months = [(date(2024, 1, 1), 1000.0)];
        let missing = person_time(date(2024, 1, 22), date(2024, 2, 6), &months);
        assert_eq!(missing, Err(Reason::PopulationOfMonthMissing(date(2024, 2, 1))));
        let twice = person_time(date(2024, 1, 1), date(2024, 1, 2), &[months[0], months[0]]);
        assert_eq!(twice, Err(Reason::PopulationOfMonthTwice(date(2024, 1, 1))));
        assert_eq!(person_time(date(2024, 1, 2), date(2024, 1, 2), &months), Err(Reason::EmptyPeriod));
        let nobody = person_time(date(2024, 1, 1), date(2024, 1, 2), &[(date(2024, 1, 1), 0.0)]);
        assert_eq!(nobody, Err(Reason::NoPopulation));
    }

    #[test]
    fn rate_per_100_000() {
        // 65 of 266,306 (港区, 2024-01-01); the limits of 65 by Byar: 50.1632–82.8491 (PHEindicatormethods).
        let estimate = rate(65.0, 266_306.0, 1e5, Level::P95, PoissonLimits::Byar).unwrap();
        let near = |got: f64, expected: f64| assert!((got - expected).abs() < 5e-5, "{got} {expected}");
        near(estimate.value, 65.0 / 2.66306);
        near(estimate.lower, 50.163188 / 2.66306);
        near(estimate.upper, 82.849139 / 2.66306);
        assert_eq!(rate(3.0, 0.0, 1e5, Level::P95, PoissonLimits::Exact), Err(Reason::NoPopulation));
        assert_eq!(rate(-3.0, 9.0, 1e5, Level::P95, PoissonLimits::Exact), Err(Reason::NegativeCount));
    }

    proptest! {
        #[test]
        fn parts_of_a_period_add_up(start in 0i32..700, one in 1i32..300, two in 1i32..300) {
            let day = |n: i32| date(2020, 1, 1).checked_add(n.days()).unwrap();
            let months: Vec<_> = (0..45)
                .map(|n| (date(2020, 1, 1).checked_add(n.months()).unwrap(), 1000.0 + f64::from(n)))
                .collect();
            let time = |from, to| person_time(day(from), day(to), &months).unwrap();
            let whole = time(start, start + one + two);
            let (first, second) = (time(start, start + one), time(start + one, start + one + two));
            prop_assert_eq!(whole.days, first.days + second.days);
            prop_assert_eq!(whole.person_days, first.person_days + second.person_days);
        }

        #[test]
        fn limits_contain_the_rate(cases in 0u32..100_000, people in 1u32..10_000_000) {
            for limits in [PoissonLimits::Exact, PoissonLimits::Byar] {
                let rate = rate(f64::from(cases), f64::from(people), 1e5, Level::P95, limits).unwrap();
                prop_assert!(rate.lower <= rate.value && rate.value <= rate.upper);
            }
        }
    }
}
