//! Moments as people write them in an address: `2026-11-21`, `2026-11-21T10:05` (Japan), or RFC 3339.

use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime, date};
use jiff::{Timestamp, ToSpan};

use crate::epi::clock::{from_jst, jst};

/// Years that a day or a moment may be of where somebody asks: no figure is of others, and a calendar of this program ends.
pub const YEARS: RangeInclusive<i16> = 1900..=2200;

/// Is a moment of a year that can be asked for?
pub fn can_be_asked(at: Timestamp) -> bool {
    // A day within, so that Japan's clock has a day for it.
    let within = |day: Date| from_jst(day.at(0, 0, 0, 0));
    let (first, last) = (date(*YEARS.start(), 1, 1), date(*YEARS.end() + 1, 1, 1));
    (within(first)..within(last)).contains(&at)
}

/// A day means its last microsecond, so that it is still that day, and today means now. What lies in the future is not changed.
pub fn read(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    // In an address a plus sign is a space.
    let instant = text.replace(' ', "+").parse::<Timestamp>().ok();
    let local = || text.replace(' ', "T").parse::<DateTime>().ok().map(from_jst);
    match text.len() {
        10 => {
            let day = text.parse::<Date>().ok()?;
            if day == jst(now).date() {
                return Some(now);
            }
            let next = day.checked_add(1.day()).ok()?;
            from_jst(next.at(0, 0, 0, 0)).checked_sub(1.microsecond()).ok()
        }
        _ => instant.or_else(local),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        read(text, Timestamp::MAX).map(|at| at.to_string())
    }

    #[test]
    fn local_times_are_japans() {
        assert_eq!(told("2026-11-21T10:05").as_deref(), Some("2026-11-21T01:05:00Z"));
        assert_eq!(told("2026-11-21 10:05").as_deref(), Some("2026-11-21T01:05:00Z"));
        assert_eq!(told("2026-11-21T10:05:00+09:00").as_deref(), Some("2026-11-21T01:05:00Z"));
        assert_eq!(told("2026-11-21T10:05:00 09:00").as_deref(), Some("2026-11-21T01:05:00Z"));
        assert_eq!(told("2026-11-21T01:05:00Z").as_deref(), Some("2026-11-21T01:05:00Z"));
    }

    #[test]
    fn years_that_no_figure_is_of_are_not_asked_for() {
        for (text, may) in [
            ("1899-12-31T14:59:59Z", false),
            ("1900-01-01T00:00:00Z", true),
            ("2200-12-31T00:00:00Z", true),
            ("2200-12-31T15:00:00Z", false),
        ] {
            assert_eq!(text.parse().is_ok_and(can_be_asked), may, "{text}");
        }
        assert!(!can_be_asked(Timestamp::MIN) && !can_be_asked(Timestamp::MAX));
    }

    #[test]
    fn a_day_means_its_end() {
        assert_eq!(told("2026-11-21").as_deref(), Some("2026-11-21T14:59:59.999999Z"));
    }

    #[test]
    fn today_is_now_and_nonsense_is_nothing() -> Result<(), jiff::Error> {
        let now: Timestamp = "2026-11-21T05:00:00Z".parse()?;
        assert_eq!(read("2026-11-21", now), Some(now), "today is no future");
        assert_eq!(read("2026-11-22", now), Some("2026-11-22T14:59:59.999999Z".parse()?));
        assert_eq!(read("yesterday", now), None);
        assert_eq!(read("", now), None);
        Ok(())
    }
}
