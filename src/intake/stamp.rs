//! What a file's name says: the time that the source gives its data. Times are Japan's where no zone stands behind them;
//! a day alone means its end, or the moment at which the file came, whichever is earlier.

use std::ops::Range;
use std::path::Path;

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use regex::Regex;

use crate::definitions::mapping::Mapping;
use crate::epi::clock::{from_jst, jst};

/// The forms that are read, for who has to write one.
pub const FORMS: &str = "20210729T141819, 20210729_141819, 20210729141819, 20210729T1418, 2021-07-29T14:18:19, \
    2021-07-29_1418; 末尾の Z・+0900 は時差、なければ日本時間 (with Z or +0900 behind, otherwise Japan's time); \
    20210729, 2021-07-29 はその日の終わり (a day alone: its end)";

/// Years that a stamp may be of: other digits are a number.
const YEARS: Range<i16> = 1990..2100;

/// What a stamp says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    At(Timestamp),
    Day(Date),
}

/// A stamp, or what looks like one and is no possible time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Stamp(Stamp),
    Impossible(String),
}

impl Stamp {
    /// The instant that it means for a file that came at a moment. A day that has not begun is of when it begins.
    pub fn instant(self, came: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Day(day) => {
                let begins = |day: Date| from_jst(day.to_datetime(Time::midnight()));
                let next = begins(day.saturating_add(1.day()));
                came.min(next.saturating_sub(1.microsecond()).unwrap_or(next)).max(begins(day))
            }
        }
    }

    /// Reads a text that is a stamp and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match found(text)? {
            (Named::Stamp(stamp), end) if end == text.len() => Some(stamp),
            _ => None,
        }
    }
}

/// The stamp in a file's name: its first time, or its one day. The days of the mapping's window are none, and two days
/// are a range.
pub fn in_name(path: &Path, mapping: &Mapping) -> Option<Named> {
    let name = path.file_name()?.to_str()?;
    let window = window_in(name, mapping);
    let (mut days, mut impossible) = (Vec::new(), None);
    let mut at = 0;
    while let Some(rest) = name.get(at..) {
        let Some(first) = rest.chars().next() else { break };
        let inside = name[..at].ends_with(|c: char| c.is_ascii_digit());
        let of_window = window.iter().any(|days| days.contains(&at));
        match found(rest).filter(|_| !inside && !of_window) {
            Some((Named::Stamp(stamp @ Stamp::At(_)), _)) => return Some(Named::Stamp(stamp)),
            Some((Named::Stamp(Stamp::Day(day)), end)) => {
                days.push(day);
                at += end;
            }
            Some((wrong, end)) => {
                impossible.get_or_insert(wrong);
                at += end;
            }
            None => at += first.len_utf8(),
        }
    }
    days.dedup();
    match days.as_slice() {
        [] => impossible,
        [day] => Some(Named::Stamp(Stamp::Day(*day))),
        _ => None,
    }
}

/// The stamp of a file that its source leaves in place: the time that its name says, or that of its last change. A day
/// in its name ends with the day, or with that change, whichever is earlier.
pub fn of_left(path: &Path, mapping: &Mapping) -> Option<Timestamp> {
    let named = in_name(path, mapping);
    if let Some(Named::Stamp(Stamp::At(at))) = named {
        return Some(at);
    }
    let changed = Timestamp::try_from(std::fs::metadata(path).ok()?.modified().ok()?).ok()?;
    let at = match named {
        Some(Named::Stamp(day)) => day.instant(changed),
        _ => changed,
    };
    Timestamp::from_microsecond(at.as_microsecond()).ok()
}

/// A moment by the clock in Japan, as a receipt says it.
pub fn in_words(at: Timestamp) -> String {
    jst(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Where a name carries the two days of its window.
fn window_in(name: &str, mapping: &Mapping) -> Vec<Range<usize>> {
    let pattern = mapping.window.as_ref().and_then(|window| Regex::new(&window.in_name).ok());
    let found = pattern.as_ref().and_then(|pattern| pattern.captures(name));
    found.iter().flat_map(|found| [found.get(1), found.get(2)]).flatten().map(|group| group.range()).collect()
}

/// The stamp that a text begins with, and how long it is.
fn found(text: &str) -> Option<(Named, usize)> {
    let (date, year, rest) = date(text)?;
    if !YEARS.contains(&year) {
        return None;
    }
    let len = |rest: &str| text.len() - rest.len();
    let impossible = |rest: &str| Some((Named::Impossible(text[..len(rest)].to_owned()), len(rest)));
    let packed = !text[..len(rest)].contains(['-', '_', '.']);
    if let Some((time, zone, after)) = time(rest, packed) {
        return match (date, time) {
            (Some(date), Some(time)) => {
                let local = date.to_datetime(time);
                let at = zone.map_or_else(|| Some(from_jst(local)), |zone| zone.to_timestamp(local).ok())?;
                Some((Named::Stamp(Stamp::At(at)), len(after)))
            }
            _ => impossible(after),
        };
    }
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    date.map_or_else(|| impossible(rest), |date| Some((Named::Stamp(Stamp::Day(date)), len(rest))))
}

/// `20210729`, `2021-07-29`, `2021_07_29`, `2021.07.29`: the day, if it is one, its year, and what follows.
fn date(text: &str) -> Option<(Option<Date>, i16, &str)> {
    let (year, rest) = digits(text, 4)?;
    let year = i16::try_from(year).ok()?;
    let sign = rest.chars().next().filter(|c| matches!(c, '-' | '_' | '.'));
    let part = |rest: &'_ str| -> Option<(i8, usize)> {
        let bare = sign.map_or(Some(rest), |sign| rest.strip_prefix(sign))?;
        let (number, after) = digits(bare, 2)?;
        Some((i8::try_from(number).ok()?, rest.len() - after.len()))
    };
    let (month, taken) = part(rest)?;
    let rest = &rest[taken..];
    let (day, taken) = part(rest)?;
    Some((Date::new(year, month, day).ok(), year, &rest[taken..]))
}

/// A time of day behind a date, with its zone: `T141819`, `_1418`, `T14:18:19+09:00`, `-14-18-19`. The time is none
/// where its digits are no time.
fn time(text: &str, packed: bool) -> Option<(Option<Time>, Option<Offset>, &str)> {
    let bare = match text.strip_prefix(['T', 't', '_', '-', ' ']) {
        Some(bare) => bare,
        None if packed => text,
        None => return None,
    };
    let (hour, rest) = digits(bare, 2)?;
    let apart = |sign: char| {
        let (minute, rest) = digits(rest.strip_prefix(sign)?, 2)?;
        let second = rest.strip_prefix(sign).and_then(|rest| digits(rest, 2));
        // Hour and minute with a dash between them could be anything.
        (sign == ':' || second.is_some()).then_some((minute, second, rest))
    };
    let together = || {
        let (minute, rest) = digits(rest, 2)?;
        Some((minute, digits(rest, 2), rest))
    };
    let (minute, second, rest) = apart(':').or_else(|| apart('-')).or_else(together)?;
    let (second, rest) = second.unwrap_or((0, rest));
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(part) if part.starts_with(|c: char| c.is_ascii_digit()) => {
            part.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        _ => rest,
    };
    let (zone, rest) = zone(rest);
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let number = |n: u32| i8::try_from(n).unwrap_or(i8::MAX);
    Some((Time::new(number(hour), number(minute), number(second), 0).ok(), zone, rest))
}

/// `Z`, `JST`, `+09`, `+0900`, `-05:00`. A dash and two digits are a running number.
fn zone(text: &str) -> (Option<Offset>, &str) {
    if let Some(rest) = text.strip_prefix(['Z', 'z'])
        && !rest.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        return (Some(Offset::UTC), rest);
    }
    if let Some(rest) = text.strip_prefix("JST") {
        return (None, rest);
    }
    let offset = || {
        let sign = match text.chars().next()? {
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        let (hours, rest) = digits(&text[1..], 2)?;
        let minutes = digits(rest.strip_prefix(':').unwrap_or(rest), 2);
        let (minutes, rest) = match minutes {
            Some((minutes, rest)) => (minutes, rest),
            None if sign > 0 => (0, rest),
            None => return None,
        };
        let whole = hours <= 14 && matches!(minutes, 0 | 30 | 45);
        let ends = !rest.starts_with(|c: char| c.is_ascii_digit());
        let seconds = sign * i32::try_from(hours * 3600 + minutes * 60).ok()?;
        (whole && ends).then_some((Offset::from_seconds(seconds).ok()?, rest))
    };
    offset().map_or((None, text), |(offset, rest)| (Some(offset), rest))
}

/// So many digits, and what follows them.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let (number, rest) = (text.get(..count)?, &text[count..]);
    let fits = number.bytes().all(|b| b.is_ascii_digit());
    if fits { Some((number.parse().ok()?, rest)) } else { None }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn mapping(window: &str) -> Mapping {
        let text = r#"
            source = "x"
            title = { ja = "x", en = "x" }
            table = "cases"
            mode = "snapshot"
            rhythm = { calendar = "once" }
            WINDOW
            column = [{ headings = ["日"], privacy = "keep", field = "day", type = "date", required = true }]
        "#;
        Mapping::parse("x", &text.replace("WINDOW", window)).unwrap()
    }

    fn named(name: &str) -> Option<Named> {
        in_name(Path::new(name), &mapping(""))
    }

    fn at(name: &str) -> String {
        match named(name) {
            Some(Named::Stamp(Stamp::At(at))) => at.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_time_is_found_in_a_name() {
        for (name, expected) in [
            ("inbox/20200305T181806_725d72f6_patients.csv", "2020-03-05T09:18:06Z"),
            ("cases-20261122T000000.csv.gz", "2026-11-21T15:00:00Z"),
            ("感染者20200305T181806.csv", "2020-03-05T09:18:06Z"),
            ("20210729T141819Z_newlycases.csv", "2021-07-29T14:18:19Z"),
            ("20210729T141819z.csv", "2021-07-29T14:18:19Z"),
            ("20210729T141819+0900_x.csv", "2021-07-29T05:18:19Z"),
            ("20210729T141819+09:00_x.csv", "2021-07-29T05:18:19Z"),
            ("20210729T141819+09.csv", "2021-07-29T05:18:19Z"),
            ("20210729T141819-0500.csv", "2021-07-29T19:18:19Z"),
            ("20210729T141819JST.csv", "2021-07-29T05:18:19Z"),
            ("20210729_141819_x.csv", "2021-07-29T05:18:19Z"),
            ("20210729-141819.csv", "2021-07-29T05:18:19Z"),
            ("20210729141819.csv", "2021-07-29T05:18:19Z"),
            ("202107291418.csv", "2021-07-29T05:18:00Z"),
            ("20210729T1418.csv", "2021-07-29T05:18:00Z"),
            ("2021-07-29T14:18:19.csv", "2021-07-29T05:18:19Z"),
            ("2021-07-29T14:18:19.250Z.csv", "2021-07-29T14:18:19Z"),
            ("2021-07-29_1418.csv", "2021-07-29T05:18:00Z"),
            ("2021-07-29_14-18-19.csv", "2021-07-29T05:18:19Z"),
            ("2021-07-29 14:18.csv", "2021-07-29T05:18:00Z"),
            // A running number is no zone.
            ("20210729T141819-01.csv", "2021-07-29T05:18:19Z"),
            ("20210729_141819_2.csv", "2021-07-29T05:18:19Z"),
            ("20210701_20210729T141819.csv", "2021-07-29T05:18:19Z"),
            ("20210701T000000-20210731T000000.csv", "2021-06-30T15:00:00Z"),
        ] {
            assert_eq!(at(name), expected, "{name}");
        }
    }

    #[test]
    fn a_day_alone_ends_with_its_last_moment_or_with_the_receipt() {
        let day = Stamp::Day(date(2020, 2, 24));
        for name in [
            "20200224_x.csv",
            "x-2020-02-24.csv",
            "x_2020_02_24.csv",
            "20200224.csv",
            "20200224-20200224.csv",
        ] {
            assert_eq!(named(name), Some(Named::Stamp(day)), "{name}");
        }
        let instant = |came: &str| day.instant(came.parse().unwrap()).to_string();
        assert_eq!(instant("2020-03-01T00:00:00Z"), "2020-02-24T14:59:59.999999Z");
        assert_eq!(instant("2020-02-24T03:00:00Z"), "2020-02-24T03:00:00Z");
        assert_eq!(instant("2020-02-22T03:00:00Z"), "2020-02-23T15:00:00Z");
    }

    #[test]
    fn other_digits_are_no_stamp() {
        for name in [
            "cases.csv",
            "120200305T181806.csv",
            "000000001.csv",
            "130001_municipality.csv",
            "20200101-20200229.csv",
            "cases_20200420rows_20200421.csv",
            "18991231.csv",
            "patients_3184rows.csv",
            "202002.csv",
        ] {
            assert_eq!(named(name), None, "{name}");
        }
        for (name, wrong) in [
            ("20261332T000000.csv", "20261332T000000"),
            ("x_20210729T256199.csv", "20210729T256199"),
            ("20210230_x.csv", "20210230"),
        ] {
            assert_eq!(named(name), Some(Named::Impossible(wrong.to_owned())), "{name}");
        }
    }

    #[test]
    fn the_days_of_a_window_are_no_stamp() {
        let window = r#"window = { column = "day", in_name = '^hersys_(\d{8})-(\d{8})(?:_|\.)' }"#;
        let named = |name: &str| in_name(Path::new(name), &mapping(window));
        assert_eq!(named("hersys_20200101-20200229.csv"), None);
        assert_eq!(named("hersys_20200101-20200101.csv"), None);
        let stamp = Stamp::parse("20200301T060000").map(Named::Stamp);
        assert!(stamp.is_some());
        assert_eq!(named("hersys_20200101-20200229_20200301T060000.csv"), stamp);
        assert_eq!(named("hersys_20200101-20200229_0600.csv"), None);
    }

    #[test]
    fn a_text_is_a_stamp_as_a_whole() {
        assert_eq!(Stamp::parse(" 20210729T141819 "), Stamp::parse("2021-07-29T14:18:19+09:00"));
        assert_eq!(Stamp::parse("2021-07-29"), Some(Stamp::Day(date(2021, 7, 29))));
        for wrong in ["", "20210729T", "20210729T1418x", "today", "2021-07-29T25:00", "29.7.2021", "20210732"]
        {
            assert_eq!(Stamp::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds in 631_152_000i64..4_070_908_800, form in 0usize..6) {
            let at = Timestamp::from_second(seconds).unwrap();
            let local = jst(at);
            let text = match form {
                0 => local.strftime("%Y%m%dT%H%M%S").to_string(),
                1 => local.strftime("%Y%m%d_%H%M%S").to_string(),
                2 => local.strftime("%Y%m%d%H%M%S").to_string(),
                3 => local.strftime("%Y-%m-%dT%H:%M:%S+09:00").to_string(),
                4 => local.strftime("%Y-%m-%d_%H%M%S").to_string(),
                _ => at.strftime("%Y%m%dT%H%M%SZ").to_string(),
            };
            prop_assert_eq!(Stamp::parse(&text), Some(Stamp::At(at)));
            let name = format!("cases_{text}.csv.gz");
            prop_assert_eq!(named(&name), Some(Named::Stamp(Stamp::At(at))));
        }

        #[test]
        fn no_name_panics(name in "[0-9TZ_+.:年 -]{0,28}") {
            let _ = (named(&name), Stamp::parse(&name));
        }
    }
}
