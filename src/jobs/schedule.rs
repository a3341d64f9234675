//! When a job is due, by the clock in Japan.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::epi::clock::{from_jst, jst};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Each day at a JST time.
    Daily(Time),
    /// At each whole multiple of some minutes after midnight JST.
    EveryMinutes(u32),
}

impl Schedule {
    /// The last due time at or before an instant.
    pub fn last_due(self, now: Timestamp) -> Timestamp {
        let local = jst(now);
        let due = match self {
            Self::Daily(at) if local.time() >= at => local.date().to_datetime(at),
            Self::Daily(at) => local.date().saturating_sub(1.day()).to_datetime(at),
            Self::EveryMinutes(minutes) => {
                let since = minute_of_day(local);
                local.date().to_datetime(Time::midnight()) + (since - since % step(minutes)).minutes()
            }
        };
        from_jst(due)
    }

    /// The first due time after an instant.
    pub fn next_due(self, now: Timestamp) -> Timestamp {
        let last = self.last_due(now);
        let next = match self {
            Self::Daily(_) => last + SignedDuration::from_hours(24),
            Self::EveryMinutes(minutes) => {
                let local = jst(last);
                let midnight = from_jst(local.date().saturating_add(1.day()).to_datetime(Time::midnight()));
                midnight.min(last + SignedDuration::from_mins(step(minutes)))
            }
        };
        debug_assert!(next > now);
        next
    }

    /// The same schedule as cron expressions (with seconds) in Asia/Tokyo. Cron counts minutes from the full hour: a step
    /// that does not divide it comes at other minutes in other hours, each with an expression of its own.
    pub fn crons(self) -> Vec<String> {
        let step = match self {
            Self::Daily(at) => return vec![format!("{} {} {} * * *", at.second(), at.minute(), at.hour())],
            Self::EveryMinutes(minutes) => step(minutes),
        };
        let mut hours_of: BTreeMap<Vec<i64>, Vec<i64>> = BTreeMap::new();
        for hour in 0..24 {
            let minutes: Vec<i64> = (0..60).filter(|minute| (hour * 60 + minute) % step == 0).collect();
            if !minutes.is_empty() {
                hours_of.entry(minutes).or_default().push(hour);
            }
        }
        let list = |numbers: &[i64]| numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        hours_of.iter().map(|(minutes, hours)| format!("0 {} {} * * *", list(minutes), list(hours))).collect()
    }
}

fn step(minutes: u32) -> i64 {
    i64::from(minutes.clamp(1, 24 * 60))
}

fn minute_of_day(at: DateTime) -> i64 {
    i64::from(at.hour()) * 60 + i64::from(at.minute())
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use chrono_tz::Asia::Tokyo;
    use croner::Direction;
    use croner::parser::{CronParser, Seconds};

    use super::*;

    fn at(text: &str) -> Timestamp {
        from_jst(text.parse().unwrap())
    }

    #[test]
    fn a_daily_job_is_due_by_the_clock_in_japan() {
        let night = Schedule::Daily(Time::constant(2, 30, 0, 0));
        assert_eq!(night.last_due(at("2026-11-22T02:30:00")), at("2026-11-22T02:30:00"));
        assert_eq!(night.last_due(at("2026-11-22T02:29:59")), at("2026-11-21T02:30:00"));
        assert_eq!(night.next_due(at("2026-11-22T02:30:00")), at("2026-11-23T02:30:00"));
        assert_eq!(night.crons(), ["0 30 2 * * *"]);
    }

    #[test]
    fn a_job_of_minutes_starts_anew_at_midnight() {
        let job = Schedule::EveryMinutes(25);
        assert_eq!(job.last_due(at("2026-11-22T01:00:00")), at("2026-11-22T00:50:00"));
        assert_eq!(job.next_due(at("2026-11-22T23:59:00")), at("2026-11-23T00:00:00"));
    }

    /// The minutes of a day in Japan at which the ticker wakes a job.
    fn wakes(schedule: Schedule) -> Vec<i64> {
        let midnight = Tokyo.with_ymd_and_hms(2026, 11, 22, 0, 0, 0).unwrap();
        let next = midnight + chrono::TimeDelta::days(1);
        let mut all = Vec::new();
        for cron in schedule.crons() {
            let cron = CronParser::builder().seconds(Seconds::Required).build().parse(&cron).unwrap();
            let times = cron.iter_from(midnight - chrono::TimeDelta::seconds(1), Direction::Forward);
            all.extend(times.take_while(|at| *at < next).map(|at| (at - midnight).num_minutes()));
        }
        all.sort_unstable();
        all
    }

    #[test]
    fn a_job_is_woken_at_its_minutes_and_at_no_other() {
        for minutes in [1, 7, 15, 25, 45, 60, 90, 100, 120, 480, 601, 1440] {
            let due: Vec<i64> = (0..24 * 60).step_by(minutes).map(i64::from).collect();
            assert_eq!(wakes(Schedule::EveryMinutes(minutes as u32)), due, "every {minutes} minutes");
        }
        assert_eq!(wakes(Schedule::Daily(Time::constant(2, 30, 0, 0))), [150]);
    }
}
