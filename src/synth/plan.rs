//! What is to be made: how many cases, over which days, from which seed.

use jiff::civil::{Date, DateTime};

use super::moment::{Day, Minute, day_of, minute_of};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// A ward in 2020–2022: one disease, in waves.
    Pandemic,
    /// A ward in 2026: a few notifications a week of many diseases.
    Routine,
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub scenario: Scenario,
    /// Notifications that remain; the withdrawn duplicates come on top.
    pub cases: u32,
    pub days: u32,
    /// The last instant, Japanese time. The last day is made whole, so that a replay can go on to its end.
    pub end: DateTime,
    /// Residents at the end.
    pub population: u32,
}

/// 7-digit ids run from 700,000 on.
pub(super) const MOST_CASES: u32 = 9_000_000;

#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error(
        "届出数 {0}: 7桁の番号で書けるのは 1 から 9000000 までです ({0} cases: ids of 7 digits allow 1 to 9000000)"
    )]
    Cases(u32),
    #[error("日数 {0}: 1 から 3650 までです ({0} days: between 1 and 3650)")]
    Days(u32),
    #[error("人口 {0}: 1000 以上にしてください ({0} people: at least 1000)")]
    Population(u32),
}

impl Plan {
    /// The default of a scenario: two years that end at `end`.
    pub fn of(scenario: Scenario, end: DateTime) -> Self {
        let cases = match scenario {
            Scenario::Pandemic => 50_000,
            Scenario::Routine => 420,
        };
        Self { seed: 1, scenario, cases, days: 730, end, population: 260_000 }
    }

    pub fn check(&self) -> Result<(), PlanError> {
        if self.cases == 0 || self.cases > MOST_CASES {
            return Err(PlanError::Cases(self.cases));
        }
        if self.days == 0 || self.days > 3650 {
            return Err(PlanError::Days(self.days));
        }
        if self.population < 1000 {
            return Err(PlanError::Population(self.population));
        }
        Ok(())
    }

    pub fn last_day(&self) -> Day {
        day_of(self.end.date())
    }

    pub fn first_day(&self) -> Day {
        self.last_day() - self.days as Day + 1
    }

    pub fn end_minute(&self) -> Minute {
        minute_of(self.end)
    }

    pub fn end_date(&self) -> Date {
        self.end.date()
    }
}
