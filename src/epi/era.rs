//! Dates as Japanese offices write them: ISO, `2020/5/9`, `20200509`, `R4.1.20`, `令和4年1月20日`, `令和四年一月二十日`, Excel
//! serials, day or month first where a source says so, in full-width digits too. Text comes in, a civil date
//! (or date and time, JST) goes out; what is not a possible date is `None`, never a guess. A year in two digits may be of
//! an era or of the century: it is read only where the source says so.

use jiff::Span;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use super::calendar::weekday_ja;
use super::folded::{folded, with_digits, with_english_months};

/// In which order a date without a four-digit year in front names its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    #[default]
    YearFirst,
    DayFirst,
    MonthFirst,
    /// Year first, and one of two digits is of the years from 2000 on: `26/11/16`.
    ShortYearFirst,
}

/// A Japanese era: its name, its letter, its first day. The last one is still running.
struct Era {
    name: &'static str,
    short: char,
    letter: char,
    first: Date,
}

const ERAS: [Era; 5] = [
    Era { name: "明治", short: '明', letter: 'M', first: date(1868, 1, 25) },
    Era { name: "大正", short: '大', letter: 'T', first: date(1912, 7, 30) },
    Era { name: "昭和", short: '昭', letter: 'S', first: date(1926, 12, 25) },
    Era { name: "平成", short: '平', letter: 'H', first: date(1989, 1, 8) },
    Era { name: "令和", short: '令', letter: 'R', first: date(2019, 5, 1) },
];

/// The largest Excel serial read as a date (2064-04-08).
const LAST_SERIAL: u32 = 60_000;

/// `令和8年11月22日(日)`; before 1873-01-01, when Japan took the Gregorian calendar, without an era.
pub fn format_ja(day: Date) -> String {
    let weekday = weekday_ja(day);
    let era = ERAS.iter().rev().find(|e| e.first <= day && day.year() >= 1873);
    let (name, year) = match era {
        Some(era) => (era.name, day.year() - era.first.year() + 1),
        None => ("", day.year()),
    };
    if year == 1 && !name.is_empty() {
        format!("{name}元年{}月{}日({weekday})", day.month(), day.day())
    } else {
        format!("{name}{year}年{}月{}日({weekday})", day.month(), day.day())
    }
}

/// The era's name and year of a day: `令和8`, and `令和元` in the first year.
pub fn era_year(day: Date) -> String {
    match ERAS.iter().rev().find(|e| e.first <= day) {
        Some(era) if day.year() == era.first.year() => format!("{}元", era.name),
        Some(era) => format!("{}{}", era.name, day.year() - era.first.year() + 1),
        None => day.year().to_string(),
    }
}

/// Days since 1970-01-01.
pub fn epoch_day(day: Date) -> i32 {
    // Howard Hinnant, "chrono-compatible low-level date algorithms": days_from_civil.
    let (year, month, day) = (i32::from(day.year()), i32::from(day.month()), i32::from(day.day()));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// `2020-05-09` or `2020/05/09`, nothing else: the form that nearly every cell has.
pub(super) fn iso(text: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, s1, m1, m2, s2, d1, d2] = text else { return None };
    if !matches!(s1, b'-' | b'/') || s1 != s2 {
        return None;
    }
    let year = digits([*y1, *y2])? * 100 + digits([*y3, *y4])?;
    Date::new(year, digits([*m1, *m2])? as i8, digits([*d1, *d2])? as i8).ok()
}

pub(super) fn digits([tens, ones]: [u8; 2]) -> Option<i16> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some(i16::from(tens) * 10 + i16::from(ones))
}

/// One form (full-width digits, ㋿, one kind of dash, numbers and months in digits), without blanks at the ends.
pub(super) fn plain(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() {
        return with_english_months(text);
    }
    let folded = folded(text).replace(['。', '・'], ".");
    with_english_months(&with_digits(folded.trim()))
}

/// Splits a text into its date and what stands behind it (a time, or nothing).
pub(super) fn split_date(text: &str, order: DateOrder) -> Option<(Date, &str)> {
    let (era, rest) = era_of(text);
    let (numbers, rest) = three_numbers(rest, era.is_some())?;
    let day = match (era, numbers) {
        (Some(era), Numbers::Three([year, month, day])) => era_date(era, year, month, day)?,
        (Some(era), Numbers::One(only)) if only.digits == 6 => {
            let part = |hundreds: u32| Number { value: only.value / hundreds % 100, digits: 2 };
            era_date(era, part(10_000), part(100), part(1))?
        }
        (None, Numbers::Three([year, month, day])) if year.digits == 4 => gregorian(year.value, month, day)?,
        (None, Numbers::Three([first, second, third])) if third.digits == 4 => match order {
            DateOrder::DayFirst => gregorian(third.value, second, first)?,
            DateOrder::MonthFirst => gregorian(third.value, first, second)?,
            DateOrder::YearFirst | DateOrder::ShortYearFirst => return None,
        },
        (None, Numbers::Three([year, month, day]))
            if year.digits == 2 && order == DateOrder::ShortYearFirst =>
        {
            gregorian(2000 + year.value, month, day)?
        }
        (None, Numbers::One(only)) if only.digits == 6 && order == DateOrder::ShortYearFirst => {
            let part = |hundreds: u32| Number { value: only.value / hundreds % 100, digits: 2 };
            gregorian(2000 + only.value / 10_000, part(100), part(1))?
        }
        (None, Numbers::One(only)) if only.digits == 8 => {
            Date::new((only.value / 10_000) as i16, (only.value / 100 % 100) as i8, (only.value % 100) as i8)
                .ok()
                .filter(|d| d.year() >= 1000)?
        }
        (None, Numbers::One(only)) if only.digits <= 5 => serial(only.value)?,
        _ => return None,
    };
    Some((day, without_weekday(rest)))
}

#[derive(Clone, Copy, Default)]
pub(super) struct Number {
    pub value: u32,
    pub digits: usize,
}

enum Numbers {
    One(Number),
    Three([Number; 3]),
}

/// The era that a text begins with, and what follows it.
fn era_of(text: &str) -> (Option<&'static Era>, &str) {
    for era in &ERAS {
        if let Some(rest) = text.strip_prefix(era.name).or_else(|| text.strip_prefix(era.short)) {
            return (Some(era), rest);
        }
        let letter =
            text.strip_prefix(era.letter).or_else(|| text.strip_prefix(era.letter.to_ascii_lowercase()));
        if let Some(rest) = letter {
            return (Some(era), rest.strip_prefix('.').unwrap_or(rest));
        }
    }
    (None, text)
}

/// Reads `y-m-d`, `y/m/d`, `y.m.d` (one separator throughout), `y年m月d日` or `y年m/d`, or one number alone.
fn three_numbers(text: &str, after_era: bool) -> Option<(Numbers, &str)> {
    let (first, rest) = match text.trim_start().strip_prefix('元') {
        Some(rest) if after_era => (Number { value: 1, digits: 1 }, rest),
        _ => number(text)?,
    };
    let trimmed = rest.trim_start();
    if let Some(rest) = trimmed.strip_prefix('年') {
        let (month, rest) = number(rest)?;
        let (day, rest) = number(rest.trim_start().strip_prefix(['月', '/', '-', '.'])?)?;
        let rest = rest.trim_start();
        return Some((Numbers::Three([first, month, day]), rest.strip_prefix('日').unwrap_or(rest)));
    }
    let Some(separator) = trimmed.chars().next().filter(|c| matches!(c, '-' | '/' | '.')) else {
        return Some((Numbers::One(first), rest));
    };
    if separator == '.' && trimmed.len() > 1 && trimmed[1..].bytes().all(|b| b == b'0') {
        // A serial that a spreadsheet wrote with decimals: `43960.0`.
        return Some((Numbers::One(first), ""));
    }
    let (second, rest) = number(&trimmed[1..])?;
    let (third, rest) = number(rest.trim_start().strip_prefix(separator)?)?;
    Some((Numbers::Three([first, second, third]), rest))
}

/// An unsigned number of at most eight digits at the start of a text.
pub(super) fn number(text: &str) -> Option<(Number, &str)> {
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 8 {
        return None;
    }
    Some((Number { value: text[..digits].parse().ok()?, digits }, &text[digits..]))
}

fn gregorian(year: u32, month: Number, day: Number) -> Option<Date> {
    if month.digits > 2 || day.digits > 2 || year < 1000 {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, month.value as i8, day.value as i8).ok()
}

/// Within the era from its first day; to the end of its last calendar year, because papers printed ahead
/// (平成31年12月) are unambiguous.
fn era_date(era: &Era, year: Number, month: Number, day: Number) -> Option<Date> {
    if year.digits > 2 || year.value == 0 {
        return None;
    }
    let found = gregorian(year.value + era.first.year() as u32 - 1, month, day)?;
    let next = ERAS.iter().find(|e| e.first > era.first);
    (found >= era.first && next.is_none_or(|n| found.year() <= n.first.year())).then_some(found)
}

/// Excel's day number: 1 is 1900-01-01, and 60 a day that never was (1900-02-29).
pub(super) fn serial(number: u32) -> Option<Date> {
    let days = match number {
        0 | 60 => return None,
        n if n > LAST_SERIAL => return None,
        n if n < 60 => n,
        n => n - 1,
    };
    date(1899, 12, 31).checked_add(Span::new().days(i64::from(days))).ok()
}

/// Drops `(日)`, `（月・祝）`, `日曜日` behind a date.
fn without_weekday(rest: &str) -> &str {
    let rest = rest.trim_start();
    let is_weekday = |c: char| "日月火水木金土".contains(c);
    for open in ["(", "["] {
        let Some(inner) = rest.strip_prefix(open) else { continue };
        if inner.starts_with(is_weekday)
            && let Some((inside, after)) = inner.split_once([')', ']'])
            && inside.chars().count() <= 5
            && inside.chars().skip(1).all(|c| "曜日.,祝休振".contains(c))
        {
            return after.trim_start();
        }
    }
    let bare = rest.strip_prefix(is_weekday).and_then(|day| day.strip_prefix('曜'));
    bare.map_or(rest, |after| after.strip_prefix('日').unwrap_or(after).trim_start())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::time::parse_date;
    use super::*;

    fn parsed(text: &str) -> Option<Date> {
        parse_date(text, DateOrder::YearFirst)
    }

    #[test]
    fn every_form_of_one_day() {
        let forms = "2022-01-20|2022/1/20|2022/01/20|2022.1.20|20220120|R4.1.20|r4/1/20|\
            R04-01-20|令和4年1月20日|令和 4年 1月20日|令4.1.20|㋿4年1月20日|２０２２年１月２０日|２０２２／１／２０|\
            Ｒ４．１．２０|令和四年一月二十日|二〇二二年一月二〇日|R040120|令和4年1月20|令和4年1/20|2022年1月20日 木曜日|\
            20 Jan 2022|January 20, 2022|2022/1/20（木・祝）|2022/1/20 夕方|2022-01-20 10時頃|令和4年1月20日午前中|2022年1月20日(木)|2022年1月20日（木曜日）|44581|44581.0|2022－01－20|\
             2022-01-20 |2022-01-20 00:00:00|2022/1/20 9:05|2022-01-19T20:00:00Z";
        for form in forms.split('|') {
            assert_eq!(parsed(form), Some(date(2022, 1, 20)), "{form}");
        }
    }

    #[test]
    fn eras() {
        assert_eq!(parsed("令和元年5月1日"), Some(date(2019, 5, 1)));
        assert_eq!(parsed("令和元年4月30日"), None);
        assert_eq!(parsed("R1.5.1"), Some(date(2019, 5, 1)));
        assert_eq!(parsed("平成31年4月30日"), Some(date(2019, 4, 30)));
        assert_eq!(parsed("平成31年12月1日"), Some(date(2019, 12, 1)));
        assert_eq!(parsed("平成32年1月1日"), None);
        assert_eq!(parsed("H元.1.8"), Some(date(1989, 1, 8)));
        assert_eq!(parsed("S64.1.7"), Some(date(1989, 1, 7)));
        assert_eq!(parsed("昭和元年12月25日"), Some(date(1926, 12, 25)));
        assert_eq!(parsed("T15.12.24"), Some(date(1926, 12, 24)));
        assert_eq!(parsed("M45.7.29"), Some(date(1912, 7, 29)));
        assert_eq!(format_ja(date(2026, 11, 22)), "令和8年11月22日(日)");
        assert_eq!(format_ja(date(2019, 5, 1)), "令和元年5月1日(水)");
        assert_eq!(format_ja(date(2019, 4, 30)), "平成31年4月30日(火)");
        assert_eq!(era_year(date(2020, 5, 1)), "令和2");
    }

    #[test]
    fn impossible_dates_are_none() {
        let wrong = "|-|2021-02-29|2021-13-01|2021-00-10|2021-04-31|20210431|R0.1.1|2021-2|\
            2021年2月|0|60|60001|123456|1234567|99999999|20/5/9|9/5/2020|2020-5/9|\
            2020-05-09x|R4年1月|2020年五月〇日|〇年〇月〇日|R041320|R04012|一|2020-05-09 (木|2020-05-09 25時頃|2020-05-09 25:00|令和|090-1234-5678|\
            03.1234.5678|2020-05-09 (あ)|R4.1.20.3|1.2.3";
        for text in wrong.split('|') {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn order_of_parts() {
        assert_eq!(parse_date("9/5/2020", DateOrder::DayFirst), Some(date(2020, 5, 9)));
        assert_eq!(parse_date("9.5.2020", DateOrder::DayFirst), Some(date(2020, 5, 9)));
        assert_eq!(parse_date("9/5/2020", DateOrder::MonthFirst), Some(date(2020, 9, 5)));
        assert_eq!(parse_date("31/5/2020", DateOrder::MonthFirst), None);
        assert_eq!(parse_date("2020/5/9", DateOrder::DayFirst), Some(date(2020, 5, 9)));
        for text in ["26/11/16", "26-11-16", "26年11月16日", "261116", "2026/11/16", "R8.11.16"] {
            assert_eq!(parse_date(text, DateOrder::ShortYearFirst), Some(date(2026, 11, 16)), "{text}");
        }
        for text in ["6/11/16", "26/13/16", "261316", "16/11/2026", "126/11/16"] {
            assert_eq!(parse_date(text, DateOrder::ShortYearFirst), None, "{text}");
        }
    }

    #[test]
    fn serials() {
        assert_eq!(parsed("1"), Some(date(1900, 1, 1)));
        assert_eq!(parsed("59"), Some(date(1900, 2, 28)));
        assert_eq!(parsed("61"), Some(date(1900, 3, 1)));
        assert_eq!(parsed("43960"), Some(date(2020, 5, 9)));
    }

    fn any_day() -> impl Strategy<Value = Date> {
        (1873i16..=2099, 1i8..=12, 1i8..=31)
            .prop_filter_map("a day that exists", |(y, m, d)| Date::new(y, m, d).ok())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(day in any_day()) {
            prop_assert_eq!(parsed(&format_ja(day)), Some(day));
            prop_assert_eq!(parsed(&day.to_string()), Some(day));
            let (y, m, d) = (day.year(), day.month(), day.day());
            prop_assert_eq!(parsed(&format!("{y}/{m}/{d}")), Some(day));
            prop_assert_eq!(parsed(&format!("{y}{m:02}{d:02}")), Some(day));
            let day_first = parse_date(&format!("{d}/{m}/{y}"), DateOrder::DayFirst);
            prop_assert_eq!(day_first, Some(day));
        }

        #[test]
        fn epoch_days_count(day in any_day()) {
            let hours = day.duration_since(date(1970, 1, 1)).as_hours();
            prop_assert_eq!(i64::from(epoch_day(day)) * 24, hours);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,24}", order in 0..4usize) {
            let orders =
                [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::ShortYearFirst];
            let order = orders[order];
            let _ = parse_date(&text, order);
        }

        #[test]
        fn no_date_like_text_panics(text in "[RHS令和元一二十〇年月日火曜0-9./: T+Z(午後時分秒頃-]{0,20}") {
            let _ = parse_date(&text, DateOrder::ShortYearFirst);
        }
    }
}
