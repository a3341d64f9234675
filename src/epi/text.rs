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
    fn widths_and_dashes_are_one() {
        assert_eq!(plain("　ＡＢ－１２　"), "AB-12");
        assert_eq!(plain("ﾔﾏﾀﾞ"), "ヤマダ");
        assert_eq!(plain(" x "), "x");
        assert_eq!(word("Pcr検査"), "pcr検査");
    }
}
