//! Moments and days as a person types them, by the clock in Japan.

use anyhow::anyhow;
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};

use crate::epi::clock::{Clock, from_jst};
use crate::epi::moment;

/// A moment: `2026-11-21T10:05`, `2026-11-21 10:05:30`, with an offset (`…+09:00`, `…Z`), or a day
/// (`2026-11-21`, `yesterday`), which means its end.
pub(super) fn moment(text: &str, clock: &Clock) -> anyhow::Result<Timestamp> {
    let text = text.trim();
    if let Ok(day) = day(text, clock) {
        let end = from_jst(day.saturating_add(1.day()).to_datetime(Time::midnight()));
        return Ok(end.saturating_sub(1.microsecond())?);
    }
    moment::instant(text).ok_or_else(|| {
        anyhow!("{text}: 日時は 2026-11-21T10:05 または 2026-11-21 のように書いてください (not a moment; write it as 2026-11-21T10:05, by the clock in Japan, or as a day, 2026-11-21)")
    })
}

/// A moment of which something is asked: today ends now.
pub(super) fn as_of(text: &str, clock: &Clock) -> anyhow::Result<Timestamp> {
    let is_today = day(text, clock).is_ok_and(|day| day == clock.today());
    if is_today { Ok(clock.now()) } else { moment(text, clock) }
}

/// A day: `2026-11-21`, `today` or `yesterday`.
pub(super) fn day(text: &str, clock: &Clock) -> anyhow::Result<Date> {
    match text.trim() {
        "today" => Ok(clock.today()),
        "yesterday" => Ok(clock.today().saturating_sub(1.day())),
        text => moment::day(text)
            .ok_or_else(|| anyhow!("{text}: 日付は 2026-11-21 のように書いてください (not a day; write it as 2026-11-21, today or yesterday)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_japanese() {
        let clock = Clock::fixed("2026-11-22T00:00:00Z".parse().unwrap());
        let read = |text| moment(text, &clock).map(|m| m.to_string()).ok();
        assert_eq!(read("2026-11-21T10:05").as_deref(), Some("2026-11-21T01:05:00Z"));
        assert_eq!(read("2026-11-21 10:05:30").as_deref(), Some("2026-11-21T01:05:30Z"));
        assert_eq!(read("2026-11-21T10:05Z").as_deref(), Some("2026-11-21T10:05:00Z"));
        assert_eq!(read("2026-11-21T10:05+09:00").as_deref(), Some("2026-11-21T01:05:00Z"));
        assert_eq!(read("yesterday").as_deref(), Some("2026-11-21T14:59:59.999999Z"));
        assert_eq!(read("2026-11-21").as_deref(), Some("2026-11-21T14:59:59.999999Z"));
        assert_eq!(read("the 21st"), None);
        assert_eq!(read("20261121"), None, "a day is written in one form");
        assert!(day("20261121", &clock).is_err() && day("2026-11-21", &clock).is_ok());
    }

    #[test]
    fn nothing_is_asked_of_the_rest_of_today() {
        let clock = Clock::fixed("2026-11-22T00:00:00Z".parse().unwrap());
        let read = |text| as_of(text, &clock).map(|m| m.to_string()).ok();
        assert_eq!(read("today").as_deref(), Some("2026-11-22T00:00:00Z"));
        assert_eq!(read("2026-11-22").as_deref(), Some("2026-11-22T00:00:00Z"));
        assert_eq!(read("yesterday").as_deref(), Some("2026-11-21T14:59:59.999999Z"));
        assert_eq!(read("2026-11-23").as_deref(), Some("2026-11-23T14:59:59.999999Z"));
        assert_eq!(read("2026-11-22T10:00").as_deref(), Some("2026-11-22T01:00:00Z"));
    }
}
