//! A day or a moment that stands in several columns: `2021`, `1`, `27`; `令和3`, `1月27日`; `2021/1/27`, `14:05`.
//! The texts of the parts come in, in this order, and a civil date (or date and time, JST) goes out. Every part must
//! be what its place says; a part that is not there leaves nothing.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use super::era::{DateOrder, plain};
use super::time::at_time;
use super::time::parse_date;

/// How many columns a day may stand in: year and month-and-day; year, month, day.
pub const DAY: [usize; 2] = [2, 3];
/// How many columns a moment may stand in: day, time; day, hour, minute; year, month, day, time; the same with hour
/// and minute apart.
pub const MOMENT: [usize; 4] = [2, 3, 4, 5];

/// A day of two or three parts.
pub fn day_of(parts: &[&str]) -> Option<Date> {
    let text = match parts {
        [year, month, day] => {
            let (month, day) = (number(month, '月')?, number(day, '日')?);
            format!("{}年{month}月{day}日", year_of(year)?)
        }
        [year, rest] => {
            let rest = plain(rest);
            let (month, day) = rest.split_once(['月', '/', '-', '.'])?;
            format!("{}年{}月{}日", year_of(year)?, number(month, '月')?, number(day, '日')?)
        }
        _ => return None,
    };
    parse_date(&text, DateOrder::YearFirst)
}

/// A moment of two to five parts.
pub fn moment_of(parts: &[&str], order: DateOrder) -> Option<DateTime> {
    let (day, time) = match parts {
        [day, time] => (whole_day(day, order)?, time_of(time)?),
        [day, hour, minute] => (whole_day(day, order)?, hour_minute(hour, minute)?),
        [day @ .., time] if day.len() == 3 => (day_of(day)?, time_of(time)?),
        [day @ .., hour, minute] if day.len() == 3 => (day_of(day)?, hour_minute(hour, minute)?),
        _ => return None,
    };
    at_time(day, &time).or_else(|| of_fraction(day, &time))
}

/// A day alone: a time of day beside the column of times would be another one.
fn whole_day(text: &str, order: DateOrder) -> Option<Date> {
    let midnight = ["00:00:00", "0:00:00", "00:00", "0:00"];
    let text = plain(text);
    let bare = midnight.iter().find_map(|time| text.strip_suffix(time)).map_or(text.as_str(), str::trim_end);
    if bare.contains(':') || bare.contains('時') { None } else { parse_date(bare, order) }
}

/// `14:05`, `14時5分`, `午後2:05`; a spreadsheet's fraction of a day.
fn time_of(text: &str) -> Option<String> {
    let text = plain(text);
    (!text.is_empty()).then_some(text)
}

fn hour_minute(hour: &str, minute: &str) -> Option<String> {
    Some(format!("{}:{:0>2}", number(hour, '時')?, number(minute, '分')?))
}

/// `0.5625`: the share of the day that has passed, to the nearest second.
fn of_fraction(day: Date, text: &str) -> Option<DateTime> {
    let digits = text.strip_prefix("0.").or_else(|| text.strip_prefix('.'))?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let share: f64 = format!("0.{digits}").parse().ok()?;
    let seconds = (share * 86_400.0).round() as i64;
    day.to_datetime(Time::midnight()).checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// A year of four digits, or one of an era with its name or letter: a bare `3` could be of any.
fn year_of(text: &str) -> Option<String> {
    let text = plain(text);
    let text = text.strip_suffix('年').unwrap_or(&text).trim_end();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let year = without_zeros(text);
        return (year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit())).then(|| year.to_owned());
    }
    (!text.is_empty()).then(|| text.to_owned())
}

/// One or two digits, with or without their unit behind.
fn number(text: &str, unit: char) -> Option<String> {
    let text = plain(text);
    let text = text.strip_suffix(unit).unwrap_or(&text).trim_end();
    let digits = without_zeros(text);
    let fits = matches!(digits.len(), 1 | 2) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| digits.to_owned())
}

/// A whole number that a program wrote with decimals: `27.0`.
fn without_zeros(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days() {
        let want = Some(date(2021, 1, 27));
        for parts in [
            &["2021", "1", "27"][..],
            &["２０２１年", "０１月", "27日"],
            &["令和3", "1", "27"],
            &["令和３年", "1", "27"],
            &["R3", "01", "27"],
            &["r3", "1月", "27"],
            &["2021.0", "1.0", "27.0"],
            &["2021", "1月27日"],
            &["令和3年", "1/27"],
            &["2021年", "1-27"],
        ] {
            assert_eq!(day_of(parts), want, "{parts:?}");
        }
        assert_eq!(day_of(&["令和元", "5", "1"]), Some(date(2019, 5, 1)));
        assert_eq!(day_of(&["平成31", "4", "30"]), Some(date(2019, 4, 30)));
        for parts in [
            &["", "1", "27"][..],
            &["2021", "", "27"],
            &["2021", "1", ""],
            &["3", "1", "27"],
            &["21", "1", "27"],
            &["2021", "2", "29"],
            &["2021", "13", "1"],
            &["2021", "1", "不明"],
            &["2021-01-27", "1", "27"],
            &["2021", "27"],
            &["令和元", "4", "30"],
            &["2021", "1", "27", "x"],
        ] {
            assert_eq!(day_of(parts), None, "{parts:?}");
        }
    }

    #[test]
    fn moments() {
        let want = Some(datetime(2021, 1, 27, 14, 5, 0, 0));
        for parts in [
            &["2021-01-27", "14:05"][..],
            &["令和3年1月27日", "14時5分"],
            &["2021/1/27 0:00", "午後2:05:00"],
            &["R3.1.27", "14", "5"],
            &["2021/1/27", "14時", "05分"],
            &["2021", "1", "27", "14:05"],
            &["令和3", "1", "27", "14", "5"],
        ] {
            assert_eq!(moment_of(parts, DateOrder::YearFirst), want, "{parts:?}");
        }
        let half = moment_of(&["2021/1/27", "0.5"], DateOrder::YearFirst);
        assert_eq!(half, Some(datetime(2021, 1, 27, 12, 0, 0, 0)));
        for parts in [
            &["2021-01-27", ""][..],
            &["", "14:05"],
            &["2021-01-27", "25:00"],
            &["2021-01-27", "14"],
            &["2021-01-27 10:00", "14:05"],
            &["2021-01-27", "14", ""],
            &["2021-01-27"],
        ] {
            assert_eq!(moment_of(parts, DateOrder::YearFirst), None, "{parts:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(y in 1926i16..=2099, m in 1i8..=12, d in 1i8..=31, h in 0i8..24, min in 0i8..60) {
            let texts = [y.to_string(), m.to_string(), d.to_string(), h.to_string(), min.to_string()];
            let parts = texts.each_ref().map(String::as_str);
            let day = Date::new(y, m, d).ok();
            prop_assert_eq!(day_of(&parts[..3]), day);
            prop_assert_eq!(
                moment_of(&parts, DateOrder::YearFirst),
                day.map(|day| day.at(h, min, 0, 0))
            );
        }

        #[test]
        fn no_text_panics(parts in proptest::collection::vec("[RH令和元年月日時分0-9./: -]{0,8}|\\PC{0,6}", 0..6)) {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            let _ = (day_of(&parts), moment_of(&parts, DateOrder::DayFirst));
        }
    }
}
