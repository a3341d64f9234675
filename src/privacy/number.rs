//! Numbers as offices write them: full-width digits, thousands commas, `45%`, `12人`, `3日`, `38.5℃`, `注8　431`, `▲5`, `千二百`.

use crate::epi::folded::with_digits;
use crate::epi::text::plain;

/// What may stand behind a number and is no part of it, in the form that [`plain`] gives. The longer come first.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "パーセント", "percent", "か所", "ヶ所", "ケ所", "カ所", "箇所", "ヵ所", "日間", "週間", "時間", "か月", "ヶ月", "ケ月", "カ月", "ヵ月", "箇月", "施設", "世帯",
    "学級", "クラス", "定点", "人", "名", "床", "件", "室", "例", "日", "週", "回", "台", "校", "戸", "本", "通", "点", "分", "歳", "才", "°C",
    "度", "個", "枚", "班", "組", "棟", "社", "%",
];

/// A whole number, after a note such as `注8　` where the mapping allows one. `None` when it is not one.
pub(super) fn whole(text: &str, strip_note: bool) -> Option<i64> {
    if let Some(number) = digits(text.as_bytes()) {
        return Some(number);
    }
    let (negative, figures) = bare(text, strip_note)?;
    let figures = match figures.split_once('.') {
        Some((before, after)) if !after.is_empty() && after.bytes().all(|b| b == b'0') => before.to_owned(),
        _ => figures,
    };
    let number = digits(figures.as_bytes())?;
    Some(if negative { -number } else { number })
}

/// A number with decimals, digit by digit as it was written, never by way of a float.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    /// `13.81`, `-0.5`: no sign of plus, no zero in front of other digits or at the end behind a point.
    pub text: String,
    /// It had more places than are kept.
    pub rounded: bool,
}

/// Places that are kept behind the point: as the tables have them.
const PLACES: usize = 15;

impl Exact {
    /// The whole number that it is, if it is one.
    pub(super) fn whole(&self) -> Option<i64> {
        self.text.parse().ok()
    }

    /// Is it from `least` to `most`?
    pub(super) fn is_within(&self, least: i64, most: i64) -> bool {
        let (negative, bare) =
            self.text.strip_prefix('-').map_or((false, self.text.as_str()), |bare| (true, bare));
        let (whole, part) = bare.split_once('.').unwrap_or((bare, ""));
        let Ok(whole) = whole.parse::<i64>() else { return false };
        let beyond = i64::from(!part.is_empty());
        // The whole numbers next to it on both sides.
        match negative {
            true => -whole - beyond >= least && -whole <= most,
            false => whole >= least && whole + beyond <= most,
        }
    }
}

/// A number with or without decimals. `None` when it is not one.
pub(super) fn exact(text: &str, strip_note: bool) -> Option<Exact> {
    let (negative, figures) = bare(text, strip_note)?;
    let (whole, part) = match figures.split_once('.') {
        Some((whole, part)) if !part.is_empty() => (whole, part),
        Some(_) => return None,
        None => (figures.as_str(), ""),
    };
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 18 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let (kept, beyond) = part.split_at(part.len().min(PLACES));
    let mut digits: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    if beyond.starts_with(|c: char| c >= '5') {
        add_one(&mut digits);
    }
    let point = digits.len() - kept.len();
    let (whole, part) = digits.split_at(point);
    let whole = String::from_utf8_lossy(whole).trim_start_matches('0').to_owned();
    let part = String::from_utf8_lossy(part).trim_end_matches('0').to_owned();
    let mut text = if whole.is_empty() { "0".to_owned() } else { whole };
    if !part.is_empty() {
        text.push('.');
        text.push_str(&part);
    }
    if negative && text != "0" {
        text.insert(0, '-');
    }
    Some(Exact { text, rounded: beyond.bytes().any(|b| b != b'0') })
}

/// The next number of as many digits, or of one more.
fn add_one(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
}

/// Up to eighteen digits and nothing else.
fn digits(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > 18 {
        return None;
    }
    let mut number = 0;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(number)
}

/// The sign and the figures, without a note in front, thousands commas and a unit behind.
fn bare(text: &str, strip_note: bool) -> Option<(bool, String)> {
    let text = with_digits(&plain(text));
    let text = if strip_note { without_note(&text) } else { &text };
    let (negative, text) = match text.strip_prefix(['-', '▲', '△']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = without_remark(text);
    let text = UNITS.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text).trim_end();
    let great = GREAT.iter().find_map(|(unit, zeros)| Some((text.strip_suffix(*unit)?.trim_end(), *zeros)));
    if let Some((figures, zeros)) = great {
        return Some((negative, times(&without_commas(figures)?, zeros)?));
    }
    Some((negative, without_commas(text)?))
}

/// Commas part thousands, or it is something else.
fn without_commas(text: &str) -> Option<String> {
    if !text.contains(',') {
        return (!text.is_empty()).then(|| text.to_owned());
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    if !matches!(first.len(), 1..=3) || !groups.all(|g| g.len() == 3) {
        return None;
    }
    let mut figures = whole.replace(',', "");
    if !fraction.is_empty() {
        figures.push('.');
        figures.push_str(fraction);
    }
    Some(figures)
}

/// Units of great numbers behind figures with a point or commas, and their zeros: `1.24千`, `1,234千`. Others are digits already.
const GREAT: [(&str, usize); 3] = [("千", 3), ("万", 4), ("億", 8)];

/// A number with a point times a power of ten: the point moves.
fn times(figures: &str, zeros: usize) -> Option<String> {
    let (whole, part) = figures.split_once('.').unwrap_or((figures, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || figures.ends_with('.') || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let part = format!("{part:0<zeros$}");
    let (moved, left) = part.split_at(zeros);
    Some(if left.is_empty() { format!("{whole}{moved}") } else { format!("{whole}{moved}.{left}") })
}

/// `1260(速報値)`, `1260※1` and `12.5*` without what is said beside the number: how final it is, or where a note stands.
fn without_remark(text: &str) -> &str {
    const STANDING: [&str; 10] =
        ["速報", "速報値", "暫定", "暫定値", "確定", "確定値", "概数", "訂正", "修正", "再掲"];
    let text = text.trim_end_matches('*').trim_end();
    if let Some((number, remark)) = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')) {
        let note = remark.strip_prefix(['注', '※']).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        return if note || STANDING.contains(&remark) { number.trim_end() } else { text };
    }
    match text.rsplit_once('※') {
        Some((number, note)) if !number.is_empty() && note.bytes().all(|b| b.is_ascii_digit()) => {
            number.trim_end()
        }
        _ => text,
    }
}

/// `注8 431` and `※1 431` without the note; a blank must part it from the number.
fn without_note(text: &str) -> &str {
    let Some(rest) = text.strip_prefix(['注', '※']) else { return text };
    match rest.split_once(' ') {
        Some((note, number)) if note.bytes().all(|b| b.is_ascii_digit() || b == b')') => number.trim_start(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms() {
        for (text, number) in [
            ("0", 0),
            ("431", 431),
            ("４３１", 431),
            ("注8　431", 431),
            ("※ 431", 431),
            ("1,234,567", 1_234_567),
            ("45%", 45),
            ("４５％", 45),
            ("12人", 12),
            ("431.0", 431),
            ("-2", -2),
            ("▲2", -2),
            ("－２", -2),
            ("+3", 3),
            ("0012", 12),
            ("七百", 700),
            ("千二百", 1200),
            ("二十三", 23),
            ("二十三人", 23),
            ("▲七", -7),
            ("3日", 3),
            ("１５ 人", 15),
            ("2か所", 2),
            ("1万2千人", 12_000),
            ("1.24千", 1240),
            ("1.24千人", 1240),
            ("３．５万", 35_000),
            ("1.2億", 120_000_000),
            ("▲1.5千", -1500),
            ("1,234件", 1234),
            ("97パーセント", 97),
            ("９７ ﾊﾟｰｾﾝﾄ", 97),
            ("97㌫", 97),
            ("97 percent", 97),
            ("1260※", 1260),
            ("1,260※2", 1260),
            ("1260（速報値）", 1260),
            ("1260人（暫定）", 1260),
            ("1260(注1)", 1260),
            ("１２６０＊", 1260),
        ] {
            assert_eq!(whole(text, true), Some(number), "{text}");
            assert_eq!(exact(text, true).and_then(|e| e.whole()), Some(number), "{text}");
        }
    }

    #[test]
    fn decimals_are_kept_as_they_are_written() {
        for (text, kept) in [
            ("36.5", "36.5"),
            ("1,234.5", "1234.5"),
            ("13.81", "13.81"),
            ("１３．８１", "13.81"),
            ("13.80", "13.8"),
            ("013.810", "13.81"),
            ("▲0.05", "-0.05"),
            ("-0.0", "0"),
            ("45.6%", "45.6"),
            ("38.5℃", "38.5"),
            ("３６．８ ℃", "36.8"),
            ("37.0度", "37"),
            ("98.5パーセント", "98.5"),
            ("0.1234567890123456", "0.123456789012346"),
            ("13.8099999999999999", "13.81"),
            ("999.9999999999999999", "1000"),
            ("999999999999999999.5", "999999999999999999.5"),
        ] {
            assert_eq!(exact(text, false).map(|e| e.text).as_deref(), Some(kept), "{text}");
        }
        let rounded = |text| exact(text, false).is_some_and(|e| e.rounded);
        assert!(rounded("0.1234567890123456"));
        assert!(!rounded("0.1234567890123450000"));
        let within = |text, least, most| exact(text, false).is_some_and(|e| e.is_within(least, most));
        assert!(within("99.9", 0, 100) && within("100", 0, 100) && !within("100.1", 0, 100));
        assert!(
            within("-0.5", -1, 0) && !within("-0.5", 0, 5) && within("0", 0, 0) && !within("-1.5", -1, 0)
        );
    }

    #[test]
    fn not_numbers() {
        for text in
            "|-|x|1.5|1,23|12,3456|1 2|２／３|1e3|0x10|注8431|注8 431|1234567890123456789|090-1234-5678|.5|1.|一|〇〇|人|3人4人|約3人|3人程度|\
             5人未満|三十百|2～3日|1日2回|℃|※|※1|*|1,2千|1,24千|1,23万|1.万|1260(推計)|12(うち死亡1)|12(3)|(12)|12※3人"
                .split('|')
        {
            assert_eq!(whole(text, false), None, "{text}");
        }
        for text in "|-|x|1e3|inf|NaN|1.2.3|.5|36,5|38.5℃以上".split('|') {
            assert_eq!(exact(text, false), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number in -999_999_999i64..=999_999_999) {
            prop_assert_eq!(whole(&number.to_string(), false), Some(number));
        }

        #[test]
        fn no_text_panics(text in "[0-9０-９一二十百千万,.%▲注※人日℃ -]{0,16}") {
            let _ = (whole(&text, true), exact(&text, true));
        }

        #[test]
        fn no_digit_is_lost(whole in 0u64..=999_999_999, part in "[0-9]{1,15}") {
            let found = exact(&format!("{whole}.{part}"), false).map(|e| (e.text, e.rounded));
            let part = part.trim_end_matches('0');
            let expected = if part.is_empty() { whole.to_string() } else { format!("{whole}.{part}") };
            prop_assert_eq!(found, Some((expected, false)));
        }
    }
}
