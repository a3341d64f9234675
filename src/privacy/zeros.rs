//! Codes that lost the zeros before them when somebody saved a table in a spreadsheet: `1` for `01`. They are given back
//! where only one code can have been meant, and only for what is kept as it is; a person's id is never guessed at.

use std::collections::HashMap;

use super::identifiers::is_area_code;
use super::text::{Found, Words};
use crate::definitions::mapping::Column;
use crate::epi::text::word;

/// No code is longer.
const LONGEST: usize = 13;

/// What a text of digits that does not fit its pattern may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Zeros {
    /// The one code that it can be.
    Back(String),
    /// With zeros before it it would fit; which code was meant can't be known.
    Lost,
    /// Not that.
    None,
}

/// Puts zeros before a text of digits until it fits the pattern, if it does.
pub(super) fn give_back(text: &str, is_area: bool, fits: impl Fn(&str) -> bool) -> Zeros {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Zeros::None;
    }
    let longer = (text.len() + 1..=LONGEST).map(|width| format!("{text:0>width$}"));
    let mut fitting: Vec<String> =
        longer.filter(|code| fits(code) && (!is_area || is_of_japan(code))).collect();
    match fitting.pop() {
        None => Zeros::None,
        Some(code) if fitting.is_empty() && !(is_area && is_whole(text)) => Zeros::Back(code),
        Some(_) => Zeros::Lost,
    }
}

/// Could a code be one of a prefecture (two digits) or a municipality (five, or six with a check digit that fits)?
fn is_of_japan(code: &str) -> bool {
    let prefecture = code.get(..2).and_then(|two| two.parse::<u8>().ok());
    let known = prefecture.is_some_and(|number| (1..=47).contains(&number));
    known && (code.len() != 6 || is_area_code(code))
}

/// Is a text a municipality's code without its check digit, as it stands? `13102` is 中央区, and not a code of 北海道.
fn is_whole(text: &str) -> bool {
    let number = text.get(2..).and_then(|three| three.parse::<u16>().ok());
    text.len() == 5 && is_of_japan(text) && number.is_some_and(|number| number >= 100)
}

/// The texts of a code list that begin with zeros, without them, where the shorter text can mean no other code.
pub(super) fn shortened(
    column: &Column,
    words: &mut Words,
    number: impl Fn(&str) -> Option<u16>,
) -> HashMap<String, u16> {
    let mut short: HashMap<String, Option<u16>> = HashMap::new();
    for (code, texts) in &column.codes {
        let Some(number) = number(code) else { continue };
        for text in texts.iter().chain([code]) {
            let text = word(text);
            let bare = text.trim_start_matches('0');
            if bare.len() == text.len() || !text.bytes().all(|b| b.is_ascii_digit()) {
                continue;
            }
            let bare = if bare.is_empty() { "0" } else { bare };
            let held = short.entry(bare.to_owned()).or_insert(Some(number));
            *held = held.filter(|other| *other == number);
        }
    }
    let free = short.into_iter().filter_map(|(text, number)| Some((text, number?)));
    free.filter(|(text, _)| words.find(text) == Found::Foreign).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    fn given(text: &str, pattern: &str, is_area: bool) -> Zeros {
        let pattern = Regex::new(&format!("^(?:{pattern})$")).unwrap();
        give_back(text, is_area, |code| pattern.is_match(code))
    }

    fn back(code: &str) -> Zeros {
        Zeros::Back(code.to_owned())
    }

    #[test]
    fn zeros_come_back_where_one_code_can_be_meant() {
        let prefecture = "0[1-9]|[1-3][0-9]|4[0-7]";
        assert_eq!(given("1", prefecture, true), back("01"));
        assert_eq!(given("9", prefecture, true), back("09"));
        assert_eq!(given("0", prefecture, true), Zeros::None);
        assert_eq!(given("48", prefecture, true), Zeros::None);
        assert_eq!(given("7", "[0-9]{3}", false), back("007"));
        assert_eq!(given("7", "[0-9]{2}|[0-9]{6}", true), back("07"));
        // Two widths: which was it?
        assert_eq!(given("12345", "[0-9]{6,7}", false), Zeros::Lost);
        assert_eq!(given("H1", "H[0-9]{3}", false), Zeros::None);
        assert_eq!(given("", "[0-9]{2}", false), Zeros::None);
    }

    #[test]
    fn a_municipality_without_its_check_digit_is_not_one_of_another_prefecture() {
        // 札幌市 011002 and 北海道 010006 without their zero.
        assert_eq!(given("11002", "[0-9]{6}", true), back("011002"));
        assert_eq!(given("10006", "[0-9]{6}", true), back("010006"));
        // 中央区 131024 without its check digit: with a zero before it it would fit as well.
        assert!(is_area_code("013102"));
        assert_eq!(given("13102", "[0-9]{6}", true), Zeros::Lost);
        assert_eq!(given("13103", "[0-9]{6}", true), Zeros::None);
        // 港区's neighbour in codes of five digits is complete.
        assert_eq!(given("1101", "[0-9]{5}", true), back("01101"));
    }

    proptest! {
        /// What is given back is the same number, fits, and two numbers never become one code.
        #[test]
        fn no_two_numbers_become_one_code(a in 0u32..=99_999, b in 0u32..=99_999, width in 1usize..=6) {
            let pattern = format!("[0-9]{{{width}}}");
            let code = |n: u32| match given(&n.to_string(), &pattern, false) {
                Zeros::Back(code) => Some(code),
                _ => None,
            };
            if let Some(code) = code(a) {
                prop_assert_eq!(code.parse::<u32>(), Ok(a));
                prop_assert_eq!(code.len(), width);
            }
            if a != b && code(a).is_some() {
                prop_assert_ne!(code(a), code(b));
            }
        }
    }
}
