//! One form for what offices type: one width, one kind of dash and of tilde, numbers in digits whether they were written
//! in kanji or in English. The grammars of ages and dates are written for this form alone.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use unicode_normalization::UnicodeNormalization;

/// NFKC, one kind of dash, of tilde and of apostrophe.
pub(super) fn folded(text: &str) -> String {
    text.nfkc()
        .map(|c| match c {
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' | '━' | 'ー' => '-',
            '〜' | '∼' | '˜' | '⁓' => '~',
            '’' | '‘' => '\'',
            c => c,
        })
        .collect()
}

/// 令和八年十一月 as 令和8年11月, 三十五 and 三五 as 35, 二〇二六 as 2026, 千二百 and 1千200 as 1200, 3万5千 as 35000. A number that
/// is none (三十百), one with a point or comma before its unit (1.2万), circles that fill a cell (〇〇) and a lone 一, which
/// may be a dash, stay as they are.
pub fn with_digits(text: &str) -> String {
    if !text.contains(is_kanji) {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if !is_numeral(first) {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (run, after) = rest.split_at(rest.find(|c: char| !is_numeral(c)).unwrap_or(rest.len()));
        let is_sign =
            run.chars().all(|c| c == '〇') && (run.len() > 3 || run == text) || run == "一" && run == text;
        let is_part = plain.ends_with(['.', ',']) && run.contains(|c: char| unit(c).is_some());
        match number_of(run).filter(|_| !is_sign && !is_part && run.contains(is_kanji)) {
            Some(number) => plain.push_str(&number),
            None => plain.push_str(run),
        }
        rest = after;
    }
    plain
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || is_kanji(c)
}

fn is_kanji(c: char) -> bool {
    digit(c).is_some() && !c.is_ascii_digit() || unit(c).is_some()
}

fn digit(c: char) -> Option<u64> {
    Some(match c {
        '〇' | '零' => 0,
        '一' | '壱' => 1,
        '二' | '弐' => 2,
        '三' | '参' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        c => return c.to_digit(10).map(u64::from),
    })
}

fn unit(c: char) -> Option<u64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' => 100,
        '千' => 1000,
        '万' | '萬' => MYRIAD,
        '億' => MYRIAD * MYRIAD,
        _ => return None,
    })
}

/// Units from here on count what stands before them whole: 十二万.
const MYRIAD: u64 = 10_000;

/// A run of numerals as digits: place by place, or by its units in falling order.
fn number_of(run: &str) -> Option<String> {
    if !run.contains(|c: char| unit(c).is_some()) {
        return run.chars().map(|c| char::from_digit(u32::try_from(digit(c)?).ok()?, 10)).collect();
    }
    // What was summed up by 万 and 億; below that by 十, 百 and 千; and the digits that wait for their unit.
    let (mut sum, mut below, mut part) = (0, 0, None);
    let (mut last_great, mut last) = (u64::MAX, MYRIAD);
    let mut written = false;
    for c in run.chars() {
        match (digit(c), unit(c)) {
            (Some(digit), _) => {
                part = match part {
                    None => Some(digit),
                    // Digits of one number, 200 of 1千200: no kanji stand among them.
                    Some(before) if written && c.is_ascii_digit() && before < 100_000_000 => {
                        Some(before * 10 + digit)
                    }
                    Some(_) => return None,
                };
                written = c.is_ascii_digit();
            }
            (None, Some(unit)) if unit < MYRIAD => {
                let times = part.take().unwrap_or(1);
                if unit >= last || times > 9 {
                    return None;
                }
                below += times * unit;
                last = unit;
            }
            (None, Some(unit)) => {
                let rest = part.take().unwrap_or(0);
                if unit >= last_great || rest >= last {
                    return None;
                }
                sum += (below + rest).max(1) * unit;
                (below, last, last_great) = (0, MYRIAD, unit);
            }
            _ => return None,
        }
    }
    let rest = part.unwrap_or(0);
    (rest < last).then(|| (sum + below + rest).to_string())
}

/// sixty-five as 65, a hundred as 100; of a text in lower case, its blanks still in it.
pub(super) fn with_english_digits(text: &str) -> String {
    match &*ENGLISH {
        Some(numbers) if text.contains(|c: char| c.is_ascii_lowercase()) => {
            numbers.replace_all(text, |found: &Captures<'_>| english(found)).into_owned()
        }
        _ => text.to_owned(),
    }
}

const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

static ENGLISH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let (tens, ones) = (TENS.join("|"), ONES.join("|"));
    let upto = ONES[1..10].join("|");
    Regex::new(&format!(r"\b(?:((?:an?|one)\s+hundred)|({tens})(?:[\s-]?({upto}))?|({ones}))\b")).ok()
});

fn english(found: &Captures<'_>) -> String {
    let place = |group: usize, words: &[&str]| {
        let word = found.get(group)?.as_str();
        words.iter().position(|of| *of == word)
    };
    let number = match (found.get(1), place(2, &TENS), place(4, &ONES)) {
        (Some(_), ..) => 100,
        (_, Some(tens), _) => (tens + 2) * 10 + place(3, &ONES).unwrap_or(0),
        (.., ones) => ones.unwrap_or(0),
    };
    number.to_string()
}

/// The months' names in English, whole or cut to three letters: a pattern.
pub(super) const MONTHS: &str = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?";

static ENGLISH_DATES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let (month, day) = (format!("(?<m>{MONTHS})"), r"(?<d>\d{1,2})(?:st|nd|rd|th)?");
    let year = r"(?<y>\d{4})";
    let weekday = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?";
    let forms = [
        format!(r"{weekday}{day}[\s-]+{month},?[\s-]+{year}"),
        format!(r"{weekday}{month}\s+{day},?\s+{year}"),
        format!(r"{year}[\s-]+{month}[\s-]+{day}"),
    ];
    forms.iter().filter_map(|form| Regex::new(&format!(r"(?i)^{form}(?<rest>\b.*)?$")).ok()).collect()
});

/// `16 Nov 2026`, `Nov. 16th, 2026`, `2026-Nov-16` as 2026-11-16, with what stands behind it.
pub(super) fn with_english_months(text: &str) -> String {
    const SHORT: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if !text.contains(|c: char| c.is_ascii_alphabetic()) || text.len() > 64 {
        return text.to_owned();
    }
    let found = ENGLISH_DATES.iter().find_map(|form| form.captures(text));
    let written = found.and_then(|found| {
        let month = found["m"].get(..3)?.to_ascii_lowercase();
        let month = SHORT.iter().position(|of| *of == month)? + 1;
        let rest = found.name("rest").map_or("", |rest| rest.as_str());
        Some(format!("{}-{month:02}-{:0>2}{rest}", &found["y"], &found["d"]))
    });
    written.unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kanji_are_digits() {
        for (text, plain) in [
            ("令和八年十一月十六日", "令和8年11月16日"),
            ("二〇二六年", "2026年"),
            ("三十五", "35"),
            ("三五", "35"),
            ("十", "10"),
            ("二十代", "20代"),
            ("百五歳", "105歳"),
            ("千九百八十九", "1989"),
            ("壱拾弐", "12"),
            ("3十5", "35"),
            ("七百", "700"),
            ("千二百", "1200"),
            ("二十三", "23"),
            ("1千200", "1200"),
            ("一万二千三百四十五", "12345"),
            ("3万5千", "35000"),
            ("12万", "120000"),
            ("十二万", "120000"),
            ("一億二千万", "120000000"),
            ("〇歳", "0歳"),
            ("零歳児", "0歳児"),
            ("35歳", "35歳"),
            ("", ""),
            // Signs, and what is no number.
            ("一", "一"),
            ("〇", "〇"),
            ("〇〇", "〇〇"),
            ("〇〇代", "〇〇代"),
            ("三十百", "三十百"),
            ("35十", "35十"),
            ("1千2000", "1千2000"),
            ("三万五万", "三万五万"),
            ("1.2万", "1.2万"),
            ("1,200万", "1,200万"),
            ("二十三十", "二十三十"),
            ("二十二五", "二十二五"),
        ] {
            assert_eq!(with_digits(text), plain, "{text}");
        }
    }

    #[test]
    fn english_numbers_are_digits() {
        for (text, plain) in [
            ("sixty", "60"),
            ("sixty-five", "65"),
            ("twenty one years", "21 years"),
            ("thirteen", "13"),
            ("a hundred", "100"),
            ("between fifty and fifty-nine", "between 50 and 59"),
            ("sixties", "sixties"),
            ("none", "none"),
            ("teens", "teens"),
        ] {
            assert_eq!(with_english_digits(text), plain, "{text}");
        }
    }

    #[test]
    fn english_dates_are_iso() {
        assert_eq!(ENGLISH_DATES.len(), 3);
        for text in [
            "16 Nov 2026",
            "Nov 16, 2026",
            "November 16th, 2026",
            "16-nov-2026",
            "2026 Nov. 16",
            "Mon, 16 Nov 2026",
        ] {
            assert_eq!(with_english_months(text), "2026-11-16", "{text}");
        }
        assert_eq!(with_english_months("5 May 2026 10:30"), "2026-05-05 10:30");
        for text in
            ["mid March", "March 2021", "R8.11.16", "16 Nov 26", "16 Nov 20261", "around 16 Nov 2026", ""]
        {
            assert_eq!(with_english_months(text), text, "{text}");
        }
    }

    #[test]
    fn signs_are_one() {
        assert_eq!(folded("６０～６９"), "60~69");
        assert_eq!(folded("60〜69"), "60~69");
        assert_eq!(folded("60－69 60–69 60ー69"), "60-69 60-69 60-69");
    }

    fn kanji(number: u32) -> String {
        let one = |n: u32| "〇一二三四五六七八九".chars().nth(n as usize).unwrap_or('?').to_string();
        let mut text = String::new();
        for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            match number / unit % 10 {
                0 => {}
                1 if unit > 1 => text.push_str(name),
                n => text.push_str(&(one(n) + name)),
            }
        }
        text
    }

    proptest! {
        #[test]
        fn any_number_in_kanji_is_itself(number in 2u32..10_000, myriads in 1u32..10_000) {
            let great = format!("{}万{}", kanji(myriads), kanji(number));
            prop_assert_eq!(with_digits(&great), (myriads * 10_000 + number).to_string());
            prop_assert_eq!(with_digits(&kanji(number)), number.to_string());
            prop_assert_eq!(with_digits(&format!("約{}年", kanji(number))), format!("約{number}年"));
        }

        #[test]
        fn no_text_panics(text in "[0-9一二三十百千万億〇零年.,]{0,30}|\\PC{0,24}") {
            let _ = (folded(&text), with_digits(&text), with_english_digits(&text), with_english_months(&text));
        }
    }
}
