//! The calendar that offices keep: 祝日 by the law in force (with the moves for the Olympic Games in 2020 and 2021),
//! 振替休日, 国民の休日, and the closed days at the turn of the year.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// The name of the 祝日 on a day, `振替休日` and `国民の休日` among them; `None` on other days.
/// Right from 2016 (山の日) to 2099 under the law of 2026.
///
/// Source: 国民の祝日に関する法律 (昭和23年法律第178号), 平成30年法律第99号 (即位),
/// 平成30年法律第55号 and 令和2年法律第68号 (Olympic moves).
pub fn holiday_ja(day: Date) -> Option<&'static str> {
    if let Some(name) = named(day) {
        return Some(name);
    }
    if is_substitute(day) {
        return Some("振替休日");
    }
    // A day between two 祝日 (Sundays are free already).
    let between = named(before(day)).is_some() && named(after(day)).is_some();
    (between && day.weekday() != Weekday::Sunday).then_some("国民の休日")
}

/// Is a day a 祝日, 振替休日 or 国民の休日?
pub fn is_holiday(day: Date) -> bool {
    holiday_ja(day).is_some()
}

/// 年末年始: offices are closed from 12-29 to 01-03.
pub fn is_year_end(day: Date) -> bool {
    matches!((day.month(), day.day()), (12, 29..) | (1, ..=3))
}

/// May two days be compared? A 祝日 only with a 祝日, 年末年始 only with its like.
pub fn are_alike(one: Date, other: Date) -> bool {
    is_holiday(one) == is_holiday(other) && is_year_end(one) == is_year_end(other)
}

/// Monday to Friday, neither 祝日 nor 年末年始.
pub fn is_office_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_year_end(day) && !is_holiday(day)
}

/// The Monday of a day's week.
pub(super) fn monday_of(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

/// The Monday of a day's week, or when that is closed the first open day after it. None in a week that is closed.
pub fn first_office_day_of_week(day: Date) -> Option<Date> {
    let monday = monday_of(day);
    (0..7).filter_map(|after| monday.checked_add(after.days()).ok()).find(|day| is_office_day(*day))
}

/// `日`, `月` … `土`.
pub fn weekday_ja(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Sunday => "日",
        Weekday::Monday => "月",
        Weekday::Tuesday => "火",
        Weekday::Wednesday => "水",
        Weekday::Thursday => "木",
        Weekday::Friday => "金",
        Weekday::Saturday => "土",
    }
}

/// The holiday that the law names for this very day.
fn named(day: Date) -> Option<&'static str> {
    let (year, month, dom) = (day.year(), day.month(), day.day());
    let name = match (month, dom) {
        (1, 1) => "元日",
        (1, _) if nth_monday(day, 2) => "成人の日",
        (2, 11) => "建国記念の日",
        (2, 23) if year >= 2020 => "天皇誕生日",
        (12, 23) if year <= 2018 => "天皇誕生日",
        (3, _) if dom == equinox(year, 20.8431) => "春分の日",
        (4, 29) => "昭和の日",
        (5, 1) if year == 2019 => "即位の日",
        (5, 3) => "憲法記念日",
        (5, 4) => "みどりの日",
        (5, 5) => "こどもの日",
        (7, 23) if year == 2020 => "海の日",
        (7, 24) if year == 2020 => "スポーツの日",
        (7, 22) if year == 2021 => "海の日",
        (7, 23) if year == 2021 => "スポーツの日",
        (7, _) if !is_olympic(year) && nth_monday(day, 3) => "海の日",
        (8, 10) if year == 2020 => "山の日",
        (8, 8) if year == 2021 => "山の日",
        (8, 11) if !is_olympic(year) => "山の日",
        (9, _) if nth_monday(day, 3) => "敬老の日",
        (9, _) if dom == equinox(year, 23.2488) => "秋分の日",
        (10, _) if !is_olympic(year) && nth_monday(day, 2) => {
            if year <= 2019 {
                "体育の日"
            } else {
                "スポーツの日"
            }
        }
        (10, 22) if year == 2019 => "即位礼正殿の儀",
        (11, 3) => "文化の日",
        (11, 23) => "勤労感謝の日",
        _ => return None,
    };
    Some(name)
}

fn is_olympic(year: i16) -> bool {
    matches!(year, 2020 | 2021)
}

/// The first day that is not itself a holiday after a holiday on a Sunday.
fn is_substitute(day: Date) -> bool {
    let mut earlier = before(day);
    while named(earlier).is_some() {
        if earlier.weekday() == Weekday::Sunday {
            return true;
        }
        earlier = before(earlier);
    }
    false
}

fn nth_monday(day: Date, n: i8) -> bool {
    day.weekday() == Weekday::Monday && (day.day() - 1) / 7 + 1 == n
}

/// Day of the month of an equinox, 1980 to 2099: the usual approximation of 海上保安庁's tables;
/// the binding day is in 官報 of the February before (2027 and later are forecasts).
fn equinox(year: i16, base: f64) -> i8 {
    let years = f64::from(year - 1980);
    (base + 0.242_194 * years - (years / 4.0).floor()).floor() as i8
}

fn before(day: Date) -> Date {
    day.yesterday().unwrap_or(date(1, 1, 1))
}

fn after(day: Date) -> Date {
    day.tomorrow().unwrap_or(date(9999, 12, 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The days that 内閣府 publishes (`syukujitsu.csv`), written out for the years with something special.
    fn holidays(year: i16) -> String {
        let mut days = Vec::new();
        let mut day = date(year, 1, 1);
        while day.year() == year {
            if is_holiday(day) {
                days.push(format!("{}-{}", day.month(), day.day()));
            }
            day = after(day);
        }
        days.join(" ")
    }

    #[test]
    fn published_years() {
        let y2019 = "1-1 1-14 2-11 3-21 4-29 4-30 5-1 5-2 5-3 5-4 5-5 5-6 7-15 8-11 8-12 9-16 9-23 10-14 10-22 11-3 11-4 11-23";
        assert_eq!(holidays(2019), y2019);
        let y2020 = "1-1 1-13 2-11 2-23 2-24 3-20 4-29 5-3 5-4 5-5 5-6 7-23 7-24 8-10 9-21 9-22 11-3 11-23";
        assert_eq!(holidays(2020), y2020);
        let y2021 = "1-1 1-11 2-11 2-23 3-20 4-29 5-3 5-4 5-5 7-22 7-23 8-8 8-9 9-20 9-23 11-3 11-23";
        assert_eq!(holidays(2021), y2021);
        let y2022 = "1-1 1-10 2-11 2-23 3-21 4-29 5-3 5-4 5-5 7-18 8-11 9-19 9-23 10-10 11-3 11-23";
        assert_eq!(holidays(2022), y2022);
        let y2023 = "1-1 1-2 1-9 2-11 2-23 3-21 4-29 5-3 5-4 5-5 7-17 8-11 9-18 9-23 10-9 11-3 11-23";
        assert_eq!(holidays(2023), y2023);
        let y2026 = "1-1 1-12 2-11 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-20 8-11 9-21 9-22 9-23 10-12 11-3 11-23";
        assert_eq!(holidays(2026), y2026);
    }

    #[test]
    fn equinoxes_to_2030() {
        let spring = [21, 20, 20, 21, 21, 20, 20, 20, 21, 20, 20, 20];
        let autumn = [23, 22, 23, 23, 23, 22, 23, 23, 23, 22, 23, 23];
        for (n, year) in (2019..=2030).enumerate() {
            assert_eq!(equinox(year, 20.8431), spring[n], "{year}");
            assert_eq!(equinox(year, 23.2488), autumn[n], "{year}");
        }
    }

    #[test]
    fn names() {
        assert_eq!(holiday_ja(date(2026, 9, 22)), Some("国民の休日"));
        assert_eq!(holiday_ja(date(2020, 5, 6)), Some("振替休日"));
        assert_eq!(holiday_ja(date(2019, 5, 2)), Some("国民の休日"));
        assert_eq!(holiday_ja(date(2018, 12, 23)), Some("天皇誕生日"));
        assert_eq!(holiday_ja(date(2026, 11, 22)), None);
    }

    #[test]
    fn office_days() {
        assert!(is_office_day(date(2026, 11, 20)));
        assert!(!is_office_day(date(2026, 11, 22)));
        assert!(!is_office_day(date(2026, 11, 23)));
        assert!(is_office_day(date(2026, 12, 28)));
        for day in [date(2026, 12, 29), date(2026, 12, 31), date(2027, 1, 1)] {
            assert!(!is_office_day(day), "{day}");
        }
        assert!(is_office_day(date(2027, 1, 4)));
        assert_eq!(weekday_ja(date(2026, 11, 22)), "日");
    }
}
