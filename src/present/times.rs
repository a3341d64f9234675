//! Days and times in words.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::epi::clock::jst;

/// `11/22`
pub fn short_day(day: Date) -> String {
    format!("{}/{}", day.month(), day.day())
}

/// `14:05`, in Japan.
pub fn time(at: Timestamp) -> String {
    let at = jst(at);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `2026-11-22 14:05`, in Japan.
pub fn moment(at: Timestamp) -> String {
    format!("{} {}", jst(at).date(), time(at))
}

/// From so many days on, before or after, a day of this year too is said with its year.
const FAR: i32 = 180;

/// `11/21`; `2025-12-31` when it is of another year, or far off. A day without its year is always one of these months.
pub fn day_seen_from(day: Date, today: Date) -> String {
    let near = (day - today).get_days().abs() < FAR;
    if day.year() == today.year() && near { short_day(day) } else { day.to_string() }
}

/// `11/21`; of several days `11/18–11/21`.
pub fn days_seen_from(from: Date, to: Date, today: Date) -> String {
    let (first, last) = (day_seen_from(from, today), day_seen_from(to, today));
    if from == to { first } else { format!("{first}–{last}") }
}

/// `14:05` on the day itself, `11/21 14:05` on another, `2025-12-31 14:05` in another year.
pub fn time_seen_from(at: Timestamp, today: Date) -> String {
    let day = jst(at).date();
    if day == today { time(at) } else { format!("{} {}", day_seen_from(day, today), time(at)) }
}

/// `14:05` on the day itself, else the day: what a mark has room for.
pub fn day_or_time(at: Timestamp, today: Date) -> String {
    let day = jst(at).date();
    if day == today { time(at) } else { day_seen_from(day, today) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_japanese() -> Result<(), jiff::Error> {
        let at: Timestamp = "2026-11-22T05:05:00Z".parse()?;
        assert_eq!(time(at), "14:05");
        assert_eq!(moment(at), "2026-11-22 14:05");
        assert_eq!(time_seen_from(at, "2026-11-23".parse()?), "11/22 14:05");
        assert_eq!(time_seen_from(at, "2026-11-22".parse()?), "14:05");
        assert_eq!(time_seen_from(at, "2028-11-23".parse()?), "2026-11-22 14:05");
        Ok(())
    }

    #[test]
    fn a_day_of_another_year_has_its_year() -> Result<(), jiff::Error> {
        let seen = |day: &str, today: &str| -> Result<String, jiff::Error> {
            Ok(day_seen_from(day.parse()?, today.parse()?))
        };
        assert_eq!(seen("2026-12-31", "2027-01-01")?, "2026-12-31");
        assert_eq!(seen("2027-01-01", "2026-12-31")?, "2027-01-01", "what is expected, too");
        assert_eq!(seen("2026-12-30", "2026-12-31")?, "12/30");
        assert_eq!(seen("2027-01-01", "2027-01-02")?, "1/1");
        assert_eq!(seen("2024-11-30", "2026-11-27")?, "2024-11-30");
        assert_eq!(seen("2026-11-30", "2026-11-27")?, "11/30");
        assert_eq!(seen("2026-01-05", "2026-11-27")?, "2026-01-05", "far off");
        Ok(())
    }
}
