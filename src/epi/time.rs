//! A date with its time of day, as offices write them; the date's forms are those of [`super::era`].

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use super::era::{DateOrder, Number, digits, iso, number, plain, serial, split_date};

/// A date. A time of day behind it is checked and left out.
pub fn parse_date(text: &str, order: DateOrder) -> Option<Date> {
    if let Some(day) = iso(text.as_bytes()) {
        return Some(day);
    }
    let plain = plain(text);
    let (day, rest) = split_date(&plain, order)?;
    if rest.is_empty() || is_part_of_day(rest) {
        return Some(day);
    }
    // A time with an offset may move the day: then it is the day in Japan.
    Some(at_time(day, &as_clock(&plain, rest))?.date())
}

/// `午前`, `夕方頃`, `10時頃`: about when on a day that is stated.
fn is_part_of_day(text: &str) -> bool {
    const PARTS: [&str; 19] = [
        "朝",
        "早朝",
        "午前",
        "午前中",
        "昼",
        "昼前",
        "昼過ぎ",
        "正午",
        "午後",
        "夕",
        "夕方",
        "夕刻",
        "夜",
        "夜間",
        "晩",
        "夜中",
        "深夜",
        "未明",
        "日中",
    ];
    const ABOUT: [&str; 11] =
        ["頃", "ごろ", "ころ", "前後", "以降", "以後", "以前", "過ぎ", "すぎ", "から", "まで"];
    let part = ABOUT.iter().find_map(|about| text.strip_suffix(about)).unwrap_or(text).trim();
    if PARTS.contains(&part) {
        return true;
    }
    let half = part.strip_prefix("午前").or_else(|| part.strip_prefix("午後")).unwrap_or(part);
    let hour = ["時", "時半", "時台", "時過ぎ", "時前"].iter().find_map(|unit| half.strip_suffix(unit));
    let on_the_hour = hour.and_then(|hour| hour.trim().parse::<u8>().ok()).is_some_and(|hour| hour <= 24);
    // `10:00頃`, `午後3時05分頃`: a time of the clock, about.
    let clock = half.replace('時', ":").replace('分', "");
    let minute = clock.split_once(':').and_then(|(hour, minute)| {
        Some((hour.trim().parse::<u8>().ok()?, minute.trim().parse::<u8>().ok()?))
    });
    on_the_hour || (part != text && minute.is_some_and(|(hour, minute)| hour <= 24 && minute < 60))
}

/// A date and time of day in Japan: `HH:MM[:SS[.fff]]` or `13時20分[30秒]` behind any form of date, `午後` before
/// it, `T` between, `Z` or an offset behind; 24:00 is the next day's 0:00. A date alone is its 0:00, an Excel
/// serial carries its time as a fraction.
pub fn parse_datetime(text: &str, order: DateOrder) -> Option<DateTime> {
    if let Some(at) = iso_datetime(text.as_bytes()) {
        return Some(at);
    }
    let plain = plain(text);
    if let Some(at) = serial_datetime(&plain) {
        return Some(at);
    }
    let (day, rest) = split_date(&plain, order)?;
    if rest.is_empty() {
        Some(day.to_datetime(Time::midnight()))
    } else {
        at_time(day, &as_clock(&plain, rest))
    }
}

/// A time as a clock says it: `正午`, `1205` and `PM3:00` in the form of the others, `12:00受付` without what was done then.
fn as_clock(whole: &str, text: &str) -> String {
    const DONE: [&str; 7] = ["に受付", "に受理", "受付", "受理", "受信", "着信", "連絡"];
    // Behind a serial four digits may be anything.
    let is_behind_a_date = whole.len() - text.len() >= 8;
    let text = DONE.iter().find_map(|done| text.strip_suffix(done)).unwrap_or(text).trim();
    if text == "正午" {
        return "12:00".into();
    }
    if is_behind_a_date && text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        return format!("{}:{}", &text[..2], &text[2..]);
    }
    let lower = text.to_ascii_lowercase();
    for (halves, ja) in [(["am", "a.m."], "午前"), (["pm", "p.m."], "午後")] {
        let rest =
            halves.iter().find_map(|half| lower.strip_prefix(half).or_else(|| lower.strip_suffix(half)));
        if let Some(rest) = rest {
            return format!("{ja}{}", rest.trim());
        }
    }
    text.to_owned()
}

/// `2020-05-09 13:05` with or without seconds, `T` or a blank between.
fn iso_datetime(text: &[u8]) -> Option<DateTime> {
    if !matches!(text.len(), 16 | 19) || !matches!(text[10], b' ' | b'T') || text[13] != b':' {
        return None;
    }
    let day = iso(&text[..10])?;
    let hour = digits([text[11], text[12]])?;
    let minute = digits([text[14], text[15]])?;
    let second = match text.len() {
        19 if text[16] == b':' => digits([text[17], text[18]])?,
        19 => return None,
        _ => 0,
    };
    let time = Time::new(hour as i8, minute as i8, second as i8, 0).ok()?;
    Some(day.to_datetime(time))
}

/// `44000.5625`: a serial with the time of day as its fraction, to the nearest second.
fn serial_datetime(text: &str) -> Option<DateTime> {
    let (whole, fraction) = text.split_once('.')?;
    if whole.len() > 5 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let day = serial(whole.parse().ok()?)?;
    let share: f64 = format!("0.{fraction}").parse().ok()?;
    let seconds = (share * 86_400.0).round() as i64;
    day.to_datetime(Time::midnight()).checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// The instant (JST) of a day and the text of a time behind it.
pub(super) fn at_time(day: Date, text: &str) -> Option<DateTime> {
    let text = text.strip_prefix(['T', 't']).unwrap_or(text).trim_start();
    let (text, half) = match (text.strip_prefix("午前"), text.strip_prefix("午後")) {
        (Some(rest), _) => (rest, Some(0)),
        (_, Some(rest)) => (rest, Some(12)),
        _ => (text, None),
    };
    let (hour, rest) = number(text)?;
    let kanji = rest.starts_with('時');
    let rest = rest.strip_prefix([':', '時'])?;
    let (minute, rest) = match number(rest) {
        Some((minute, rest)) => (minute, rest),
        None if kanji && rest.is_empty() => (Number::default(), rest),
        // 午後3時半
        None if kanji && rest.starts_with('半') => {
            (Number { value: 30, digits: 2 }, &rest['半'.len_utf8()..])
        }
        None => return None,
    };
    let rest = if kanji { rest.strip_prefix('分').unwrap_or(rest) } else { rest };
    let (second, rest) = match rest.strip_prefix(':').or(kanji.then_some(rest)).and_then(number) {
        Some((second, rest)) => (second, rest),
        None if rest.starts_with(':') => return None,
        None => (Number::default(), rest),
    };
    let rest = if kanji { rest.strip_prefix('秒').unwrap_or(rest) } else { rest };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let hour = match half {
        Some(add) if hour.value <= 12 => hour.value % 12 + add,
        Some(_) => return None,
        None => hour.value,
    };
    if hour > 24 || minute.value > 59 || second.value > 59 || (hour == 24 && minute.value + second.value > 0)
    {
        return None;
    }
    let seconds = i64::from(hour * 3600 + minute.value * 60 + second.value);
    let shift = offset_to_jst(rest.trim())?;
    day.to_datetime(Time::midnight()).checked_add(SignedDuration::from_secs(seconds + shift)).ok()
}

/// Seconds to add so that a time with this offset becomes JST. No offset is JST already.
fn offset_to_jst(text: &str) -> Option<i64> {
    const JST: i64 = 9 * 3600;
    if text.is_empty() || text == "JST" {
        return Some(0);
    }
    if matches!(text, "Z" | "z" | "UTC") {
        return Some(JST);
    }
    let sign = match text.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let figures: Vec<u8> = text[1..].bytes().filter(|b| *b != b':').collect();
    let (hours, minutes) = match figures[..] {
        [a, b] => (digits([a, b])?, 0),
        [a, b, c, d] => (digits([a, b])?, digits([c, d])?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then(|| JST - sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_of_one_instant() {
        let want = datetime(2020, 5, 9, 13, 20, 0, 0);
        let forms = [
            "2020-05-09 13:20",
            "2020-05-09T13:20:00",
            "2020/5/9 13:20",
            "20200509 13:20",
            "R2.5.9 13:20:00",
            "令和2年5月9日 13時20分",
            "令和2年5月9日（土）13時20分00秒",
            "2020/5/9 午後1:20",
            "２０２０／５／９　１３：２０",
            "2020-05-09T04:20:00Z",
            "2020-05-09T13:20:00.000+09:00",
            "2020/5/9 PM1:20",
            "2020/5/9 1:20 pm",
            "2020-05-09 13:20受付",
            "20200509 1320",
        ];
        for form in forms {
            assert_eq!(parse_datetime(form, DateOrder::YearFirst), Some(want), "{form}");
        }
        let parse = |t| parse_datetime(t, DateOrder::YearFirst);
        assert_eq!(parse("2020-05-09"), Some(datetime(2020, 5, 9, 0, 0, 0, 0)));
        assert_eq!(parse("2020-05-09 24:00"), Some(datetime(2020, 5, 10, 0, 0, 0, 0)));
        assert_eq!(parse("2020-05-09 午前12:05"), Some(datetime(2020, 5, 9, 0, 5, 0, 0)));
        assert_eq!(parse("2020-05-09 9時"), Some(datetime(2020, 5, 9, 9, 0, 0, 0)));
        assert_eq!(parse("2020/5/9 正午"), Some(datetime(2020, 5, 9, 12, 0, 0, 0)));
        for wrong in [
            "43960 1320",
            "2020-05-09 2401",
            "2020-05-09 夕方",
            "2020-05-09 PM13:00",
            "2020-05-09 24:01",
            "2020-05-09 12:60",
            "2020-05-09 12",
            "2020-05-09 12:00:",
            "13:20",
            "2020-05-09 1:2:3 x",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_time_behind_a_day_leaves_it_the_day() {
        for text in [
            "2020/5/9 PM1:20",
            "20200509 1320",
            "2020-05-09 13:20受付",
            "2020-05-09 夕方",
            "2020-05-09 9時頃",
            "2020-05-09 10:00頃",
            "2020/5/9 10時05分ごろ",
            "2020/5/9 10:00以降",
            "2020/5/9 午後3時半頃",
            "2020/5/9 0:00頃",
        ] {
            assert_eq!(parse_date(text, DateOrder::YearFirst), Some(date(2020, 5, 9)), "{text}");
        }
    }

    #[test]
    fn serial_with_a_fraction() {
        let at = parse_datetime("43960.5625", DateOrder::YearFirst);
        assert_eq!(at, Some(datetime(2020, 5, 9, 13, 30, 0, 0)));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,24}") {
            let _ = parse_datetime(&text, DateOrder::YearFirst);
        }

        #[test]
        fn no_time_like_text_panics(text in "[RHS令和元年月日0-9./: T+Z(午前後時分秒-]{0,20}") {
            let _ = parse_datetime(&text, DateOrder::DayFirst);
        }
    }
}
