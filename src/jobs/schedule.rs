//! When a job is due, by the clock in Japan.

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

    /// The same schedule as a cron expression (with seconds) in Asia/Tokyo.
    pub fn cron(self) -> String {
        match self {
            Self::Daily(at) => format!("{} {} {} * * *", at.second(), at.minute(), at.hour()),
            Self::EveryMinutes(minutes) if step(minutes) < 60 => format!("0 */{} * * * *", step(minutes)),
            // The ticker only wakes the job, which asks what is due: an hourly wake serves every longer step.
            Self::EveryMinutes(_) => "0 0 * * * *".to_owned(),
        }
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
        assert_eq!(night.cron(), "0 30 2 * * *");
    }

    #[test]
    fn a_job_of_minutes_starts_anew_at_midnight() {
        let job = Schedule::EveryMinutes(25);
        assert_eq!(job.last_due(at("2026-11-22T01:00:00")), at("2026-11-22T00:50:00"));
        assert_eq!(job.next_due(at("2026-11-22T23:59:00")), at("2026-11-23T00:00:00"));
        assert_eq!(job.cron(), "0 */25 * * * *");
    }
}
