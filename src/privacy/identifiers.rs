//! Direct identifiers recognised by value: names with their reading, telephone numbers, e-mail and postal
//! addresses, individual numbers, HER-SYS ids. Used on cells that their column's type does not explain, on ids and
//! numbers that it does, and by tests that search what was stored. When in doubt it says yes: the row is quarantined.

use std::sync::LazyLock;

use regex::Regex;

use super::individual_number::{check_digit_fits, twelve_digits};
use super::names::SURNAMES;
use crate::epi::text::plain;
use crate::intake::fault::FaultKind;

/// A kind of direct identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    Email,
    Phone,
    IndividualNumber,
    Address,
    Name,
    HerSysId,
}

impl Identifier {
    /// In the order in which a text is judged.
    pub const ALL: [Self; 6] =
        [Self::Email, Self::Phone, Self::IndividualNumber, Self::Address, Self::Name, Self::HerSysId];

    pub fn fault(self) -> FaultKind {
        match self {
            Self::Email => FaultKind::LooksLikeEmail,
            Self::Phone => FaultKind::LooksLikePhone,
            Self::IndividualNumber => FaultKind::LooksLikeIndividualNumber,
            Self::Address => FaultKind::LooksLikeAddress,
            Self::Name => FaultKind::LooksLikeName,
            Self::HerSysId => FaultKind::LooksLikeHerSysId,
        }
    }

    /// Is there one of this kind in a text (already [`plain`])?
    fn is_in(self, text: &str) -> bool {
        match self {
            Self::Email => EMAIL.is_match(text),
            Self::Phone => has_phone(text),
            Self::IndividualNumber => has_individual_number(text),
            Self::Address => is_address(text),
            Self::Name => is_name(text),
            Self::HerSysId => runs(text).any(|r| matches!(r.len(), 6 | 7)),
        }
    }
}

/// The kinds of identifier in a text.
pub fn scan(text: &str) -> Vec<Identifier> {
    let text = plain(text);
    Identifier::ALL.into_iter().filter(|kind| kind.is_in(&text)).collect()
}

/// The first kind of identifier in a cell that its column's type does not explain.
pub(super) fn first(text: &str) -> Option<Identifier> {
    let text = plain(text);
    // An area's code (with its check digit) has the shape of a HER-SYS id.
    let by_shape = |kind: &Identifier| *kind != Identifier::HerSysId || !is_area_code(&text);
    Identifier::ALL.into_iter().filter(by_shape).find(|kind| kind.is_in(&text))
}

/// A telephone number, the leading zero possibly lost to a spreadsheet.
pub(super) fn is_phone_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let lost_zero = bytes.len() == 10 && matches!(bytes[0], b'5'..=b'9') && bytes[1] == b'0';
    (lost_zero && bytes.iter().all(u8::is_ascii_digit)) || has_phone(text)
}

/// 全国地方公共団体コード: five digits and a check digit (mod 11, weights 6 to 2), the first two a prefecture.
/// Source: 総務省, 全国地方公共団体コード仕様.
pub(super) fn is_area_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 6 || !bytes.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let digits: Vec<u32> = bytes.iter().map(|b| u32::from(b - b'0')).collect();
    let prefecture = digits[0] * 10 + digits[1];
    let sum: u32 = digits[..5].iter().zip([6, 5, 4, 3, 2]).map(|(d, w)| d * w).sum();
    (1..=47).contains(&prefecture) && digits[5] == (11 - sum % 11) % 10
}

fn pattern(text: &str) -> Regex {
    // The patterns are constants, and a test compiles each.
    Regex::new(text).unwrap_or_else(|e| unreachable!("a constant pattern: {e}"))
}

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"[A-Za-z0-9._%+/-]+\s?(?:@|\[at\]|\(at\))\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
});

/// A postal code with its mark or with an address behind it; a town followed by numbers; 丁目 and 番地.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"〒\s?\d{3}-?\d{4}|(?:^|\D)\d{3}-\d{4}\s*\p{Han}|^\d{3}-\d{4}$",
        r"|[都道府県市区町村郡][\p{Han}\p{Katakana}\p{Hiragana}ー]{1,12}\s?\d",
        r"|[一二三四五六七八九十\d]\s?(?:丁目|番地|番\s?\d+\s?号)",
        r"|\p{Han}{2,}\d{1,3}-\d{1,4}(?:-\d{1,4})?(?:\D|$)",
    ))
});

/// 山田太郎（ヤマダ タロウ）, with or without blanks.
static NAME_AND_READING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"[\p{Han}ヶヵノ]{1,5}\s?[\p{Han}\p{Hiragana}\p{Katakana}ー]{1,6}\s?",
        r"[(\[<【「]\s?[\p{Katakana}\p{Hiragana}ー]{2,10}[\s・]?[\p{Katakana}\p{Hiragana}ー]{1,10}\s?[)\]>】」]",
    ))
});

/// ヤマダ タロウ, やまだ たろう: two words of kana.
static READING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:^|[^\p{Katakana}ー])[\p{Katakana}ー]{2,9}[\s・][\p{Katakana}ー]{2,9}(?:$|[^\p{Katakana}ー])",
        r"|^[\p{Hiragana}ー]{2,9}\s[\p{Hiragana}ー]{2,9}$",
    ))
});

/// Two words of a person's name alone in a cell: 山田 太郎, YAMADA Taro.
static TWO_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:\p{Han}{1,4}\s[\p{Han}\p{Hiragana}\p{Katakana}ー]{1,5}|[A-Za-z]{2,15},?\s[A-Za-z]{2,15})$")
});

/// A common surname and one to three more letters, alone in a cell or in a line of others.
static SURNAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?:^|[\s、,。:;/|（(「])(?:{})\s?[\p{{Han}}\p{{Hiragana}}\p{{Katakana}}]{{1,3}}(?:様|さん|氏|殿)?(?:$|[\s、,。:;/|)）」])",
        SURNAMES.join("|")
    ))
});

/// Words that are no person's name: an area, an office, a state of care.
static NO_PERSON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"[都道府県区町課係局]$|[都道府県区]\s|病院|診療所|医院|保健|センター|療養|入院|調整|不明|検査")
});

/// Words of forms: two words of which one is among these are no name.
static OF_A_FORM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"退院|死亡|軽快|待機|症|陽性|陰性|感染|濃厚|接触|経路|調査|確認|予定|公表|開示|施設|職員|家族|同居|国内|海外|渡航|発熱|",
        r"(?i:\b(?:unknown|not|no|under|investigation|contact|cases?|community|imported|overseas|abroad|travel|local|male|",
        r"female|mild|moderate|severe|critical|symptoms?|hospital|home|isolated|isolation|released|recovered|deceased|",
        r"positive|negative|confirmed|suspected|probable|pending|staff|student|worker|states?|city|county|province|",
        r"prefecture|region|center|centre|school|university|church|related|other|years?|old)\b)",
    ))
});

fn is_address(text: &str) -> bool {
    ADDRESS.is_match(text)
}

fn is_name(text: &str) -> bool {
    if NAME_AND_READING.is_match(text) || READING.is_match(text) {
        return true;
    }
    let named = SURNAME.is_match(text) || TWO_WORDS.is_match(text) && !OF_A_FORM.is_match(text);
    named && !NO_PERSON.is_match(text)
}

/// Runs of digits that stand alone: neither a letter nor another number touches them.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | ':' | ',' | '_')))
        .filter(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()))
}

fn has_individual_number(text: &str) -> bool {
    let fits = |t: &str| twelve_digits(t).is_some_and(|d| check_digit_fits(&d));
    fits(text) || runs(text).any(fits) || grouped(text, &[4, 4, 4]).any(|t| fits(&t))
}

/// Digits written in groups of the given lengths with a blank or hyphen between, anywhere in a text.
fn grouped<'a>(text: &'a str, lengths: &'a [usize]) -> impl Iterator<Item = String> + 'a {
    let words: Vec<&str> = text.split([' ', '-']).collect();
    (0..words.len().saturating_sub(lengths.len() - 1)).filter_map(move |at| {
        let group = &words[at..at + lengths.len()];
        let fits = |(w, n): (&&str, &usize)| w.len() == *n && w.bytes().all(|b| b.is_ascii_digit());
        group.iter().zip(lengths).all(fits).then(|| group.concat())
    })
}

/// A Japanese telephone number anywhere in a text: ten digits from 0, eleven for mobile and IP numbers (0X0…), with
/// hyphens, blanks, dots or brackets between, +81 or 0081 for the first zero.
fn has_phone(text: &str) -> bool {
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|at| {
        let alone = at == 0
            || !(bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'.' | b'/' | b':'));
        alone && (phone_at(&bytes[at..]) || abroad_at(&bytes[at..]))
    })
}

fn abroad_at(bytes: &[u8]) -> bool {
    let ([b'+', b'8', b'1', rest @ ..] | [b'0', b'0', b'8', b'1', rest @ ..]) = bytes else { return false };
    let skip = rest.iter().take_while(|b| matches!(b, b' ' | b'-' | b'(' | b')' | b'0')).count();
    let mut number = vec![b'0'];
    number.extend_from_slice(&rest[skip.min(rest.len())..]);
    phone_at(&number)
}

fn phone_at(bytes: &[u8]) -> bool {
    let start = usize::from(bytes.first() == Some(&b'('));
    if bytes.get(start) != Some(&b'0') || !bytes.get(start + 1).is_some_and(|b| matches!(b, b'1'..=b'9')) {
        return false;
    }
    let (mut digits, mut second_zero, mut between) = (0, false, 0);
    for (n, byte) in bytes[start..].iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                second_zero |= digits == 2 && *byte == b'0';
                digits += 1;
                between = 0;
            }
            b' ' | b'-' | b'(' | b')' | b'.' if between < 2 => between += 1,
            _ => break,
        }
        let over = !bytes.get(start + n + 1).is_some_and(u8::is_ascii_alphanumeric);
        let long = digits == 11 && second_zero;
        if over && between == 0 && (digits == 10 || long) {
            return true;
        }
        if digits >= 11 {
            break;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all_are(kind: Identifier, texts: &str) {
        for text in texts.split('|') {
            assert_eq!(first(text), Some(kind), "{text}");
            assert!(scan(text).contains(&kind), "{text}");
        }
    }

    #[test]
    fn names() {
        all_are(
            Identifier::Name,
            "山田 太郎（ヤマダ タロウ）|山田太郎(ヤマダタロウ)|山田　太郎|ヤマダ タロウ|ﾔﾏﾀﾞ ﾀﾛｳ|ヤマダ・タロウ|やまだ たろう|\
            山田太郎|佐藤花子|高橋さくら|田村 健|市川一郎|Yamada Taro|YAMADA, TARO|渡辺 健（ワタナベ ケン）",
        );
        assert_eq!(scan("担当: 佐藤花子、確認済"), [Identifier::Name]);
    }

    #[test]
    fn phones() {
        all_are(
            Identifier::Phone,
            "090-1234-5678|09012345678|０９０－１２３４－５６７８|080 1234 5678|070(1234)5678|050-1234-5678|03-1234-5678|\
            0312345678|(03)1234-5678|03(1234)5678|0120-123-456|+81-90-1234-5678|+81 (0)3 1234 5678|+819012345678|\
            090‐1234‐5678|090.1234.5678|011-234-5678|0081-90-1234-5678|090ー1234ー5678",
        );
        assert!(is_phone_digits("9012345678"));
        assert!(!is_phone_digits("1310312345"));
        assert_eq!(scan("自宅 03-1234-5678"), [Identifier::Phone]);
    }

    #[test]
    fn emails_addresses_numbers() {
        all_are(
            Identifier::Email,
            "taro@example.jp|ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏ．ｊｐ|a.b+c@mail.example.com",
        );
        all_are(
            Identifier::Address,
            "〒105-0011 東京都港区芝公園1-5-25|〒1050011|105-0011 東京都|東京都港区芝公園１－５－２５|芝公園四丁目2番8号|\
            港区赤坂9-7-1|三田1丁目|芝公園1-5-25|105-0011",
        );
        all_are(Identifier::IndividualNumber, "123456789018|1234 5678 9018|９８３２－０５６７－３２１４");
        all_are(Identifier::HerSysId, "1234567|123456|１２３４５６７");
    }

    #[test]
    fn harmless() {
        let texts = "2021-08-01|2021/8/1 13:05|20210801|R3.8.1|令和3年8月1日|10代|90歳以上|3か月|男性|患者（確定例）|\
            無症状病原体保有者|都内|東京都|港区|東京都港区|自宅療養中|入院中(重症)|FAX（入力代行）|H001|131032|123456789019|36.5|\
            62889|45%|不明|-|確定|感染経路不明|A型肝炎|中等症Ⅱ|核酸増幅法|新型コロナウイルス感染症（COVID-19）|港区 東京都|0.0123456789|\
            9f86d081884c7d659a2feaa0c55ad015|軽症 中等症|調査 中|close contact|under investigation|United States";
        for text in texts.split('|') {
            assert_eq!(first(text), None, "{text}");
        }
    }

    #[test]
    fn area_codes() {
        for code in ["131032", "131016", "131024", "130001", "011002"] {
            assert!(is_area_code(code), "{code}");
        }
        for code in ["131033", "991032", "13103", "123456"] {
            assert!(!is_area_code(code), "{code}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = scan(&text);
        }

        #[test]
        fn any_mobile_number_is_found(head in "0[5-9]0", mid in "[0-9]{4}", tail in "[0-9]{4}", sep in "[-－‐ .]?") {
            let number = format!("{head}{sep}{mid}{sep}{tail}");
            prop_assert_eq!(first(&number), Some(Identifier::Phone));
            let within = format!("連絡先 {number} まで");
            prop_assert!(scan(&within).contains(&Identifier::Phone));
        }
    }
}
