//! How texts are compared: NFKC (one width), one kind of dash, no blanks at the ends.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// NFKC, dashes folded to `-`, trimmed.
pub fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkc() {
        // A long vowel mark behind a digit is a dash that someone typed: 090ー1234ー5678.
        let dash = c == 'ー' && folded.ends_with(|b: char| b.is_ascii_digit());
        folded.push(if dash { '-' } else { fold_dash(c) });
    }
    match folded.trim().len() == folded.len() {
        true => Cow::Owned(folded),
        false => Cow::Owned(folded.trim().to_owned()),
    }
}

/// As [`plain`], in lower case: two texts are the same word when these are equal.
pub fn word(text: &str) -> String {
    let plain = plain(text);
    if plain.is_ascii() { plain.to_ascii_lowercase() } else { plain.to_lowercase() }
}

/// A saying in Japanese and then in English: behind a Japanese lead where it is in English alone, as the engine and the
/// system speak.
pub fn in_both(ja: &str, why: &str) -> String {
    let first = why.split(" · ").next().unwrap_or_default();
    let is_japanese = |c: char| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    match why.contains(" · ") && first.contains(is_japanese) {
        true => why.to_owned(),
        false => format!("{ja} · {why}"),
    }
}

/// A name as it may stand in a log or on a terminal: line ends, escapes and marks that turn the writing's direction are
/// written out.
pub fn shown(name: &str) -> Cow<'_, str> {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if !name.contains(unseen) {
        return Cow::Borrowed(name);
    }
    let mut told = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        match unseen(c) {
            true => told.extend(c.escape_default()),
            false => told.push(c),
        }
    }
    Cow::Owned(told)
}

pub fn fold_dash(c: char) -> char {
    match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' | '─' | '━' | '﹣' => '-',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_comes_first() {
        assert_eq!(in_both("失敗しました", "no such file"), "失敗しました · no such file");
        assert_eq!(in_both("失敗しました", "ありません · none"), "ありません · none");
        assert_eq!(in_both("失敗しました", "a.csv: 氏名 · a name"), "a.csv: 氏名 · a name");
        assert_eq!(in_both("失敗しました", "column 年齢: no age"), "失敗しました · column 年齢: no age");
    }

    #[test]
    fn a_name_writes_to_no_terminal() {
        assert_eq!(shown("届出_20221101.csv"), "届出_20221101.csv");
        assert_eq!(shown("a\nb\u{1b}[31m\u{202e}c"), "a\\nb\\u{1b}[31m\\u{202e}c");
    }

    #[test]
    fn widths_and_dashes_are_one() {
        assert_eq!(plain("　ＡＢ－１２　"), "AB-12");
        assert_eq!(plain("ﾔﾏﾀﾞ"), "ヤマダ");
        assert_eq!(plain(" x "), "x");
        assert_eq!(word("Pcr検査"), "pcr検査");
    }
}
