//! Numbers as offices write them: full-width digits, thousands commas, `45%`, `12人`, `注8　431`, `▲5`.

use super::text::plain;

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

/// A number with or without decimals.
pub(super) fn decimal(text: &str, strip_note: bool) -> Option<f64> {
    let (negative, figures) = bare(text, strip_note)?;
    let fits = figures.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && figures.starts_with(|c: char| c.is_ascii_digit());
    let number: f64 = if fits { figures.parse().ok()? } else { return None };
    Some(if negative && number != 0.0 { -number } else { number })
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
    let text = plain(text);
    let text = if strip_note { without_note(&text) } else { &text };
    let (negative, text) = match text.strip_prefix(['-', '▲', '△']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = text.trim_end_matches(['人', '名', '床', '件', '室', '例', '%']).trim_end();
    if !text.contains(',') {
        return (!text.is_empty()).then(|| (negative, text.to_owned()));
    }
    // Commas part thousands, or it is something else.
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
    Some((negative, figures))
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
        ] {
            assert_eq!(whole(text, true), Some(number), "{text}");
            assert_eq!(decimal(text, true), Some(number as f64), "{text}");
        }
        assert_eq!(decimal("36.5", false), Some(36.5));
        assert_eq!(decimal("1,234.5", false), Some(1234.5));
    }

    #[test]
    fn not_numbers() {
        for text in
            "|-|x|1.5|1,23|12,3456|1 2|２／３|1e3|0x10|注8431|注8 431|1234567890123456789|090-1234-5678|.5|1."
                .split('|')
        {
            assert_eq!(whole(text, false), None, "{text}");
        }
        for text in "|-|x|1e3|inf|NaN|1.2.3|.5|36,5".split('|') {
            assert_eq!(decimal(text, false), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number in -999_999_999i64..=999_999_999) {
            prop_assert_eq!(whole(&number.to_string(), false), Some(number));
        }

        #[test]
        fn no_text_panics(text in "[0-9０-９,.%▲注※人 -]{0,16}") {
            let _ = (whole(&text, true), decimal(&text, true));
        }
    }
}
