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

/// A day as it may be written where somebody asks: `2026-11-21` and nothing else. What is read in several forms is
/// misread in one of them: `20261121` as a moment is its first minute, and a day means its end.
pub fn day(text: &str) -> Option<Date> {
    let form = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let written = text.len() == 10 && text.bytes().enumerate().all(form);
    text.parse().ok().filter(|_| written)
}

/// A moment with its time of day, by the clock in Japan or with an offset: `2026-11-21T10:05`.
pub fn instant(text: &str) -> Option<Timestamp> {
    let (first, rest) = text.split_at_checked(10)?;
    let time = rest.strip_prefix(['T', 't', ' '])?;
    day(first)?;
    // In an address a plus sign is a space.
    let instant = || format!("{first}T{}", time.replace(' ', "+")).parse().ok();
    let clock = time.len() >= 5 && time.as_bytes()[2] == b':';
    if !clock {
        return None;
    }
    format!("{first}T{time}")
        .parse::<DateTime>()
        .ok()
        .filter(|_| !has_offset(time))
        .map(from_jst)
        .or_else(instant)
}

/// Stands an offset behind the time?
fn has_offset(time: &str) -> bool {
    time.contains(['Z', 'z', '+', '-', ' '])
}

/// A day means its last microsecond, so that it is still that day, and today means now. What lies in the future is not changed.
pub fn read(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    let Some(day) = day(text) else { return instant(text) };
    if day == jst(now).date() {
        return Some(now);
    }
    let next = day.checked_add(1.day()).ok()?;
    from_jst(next.at(0, 0, 0, 0)).checked_sub(1.microsecond()).ok()
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

    #[test]
    fn one_form_of_a_day_and_one_of_a_moment() {
        for text in "2026-11-21T10:05|2026-11-21 10:05|2026-11-21T10:05:00|2026-11-21T10:05:00.000|2026-11-21T01:05Z|2026-11-21T10:05+09:00|2026-11-21T10:05 09:00"
            .split('|')
        {
            assert_eq!(told(text).as_deref(), Some("2026-11-21T01:05:00Z"), "{text}");
        }
        let others = "20261121|2026-11-21T|2026-11-21T10|2026-11-21T1005|20261121T100500|2026-W47-6|2026-325|2026/11/21|2026-1-21|令和8年11月21日|\
            2026-11-21[Asia/Tokyo]|+002026-11-21|2026-11-31|2026-11-21T25:00|２０２６-11-21|2026-11-2\u{a0}";
        for text in others.split('|').chain(["2026-11-2あ"]) {
            assert_eq!((told(text), day(text)), (None, None), "{text}");
        }
        assert_eq!(day("2026-11-21T10:05"), None);
    }
}
