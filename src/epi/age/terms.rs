//! What is left of an age in words once it is in one form and bare: an age, a band, a bound, or the way from one to another.

use super::years::{Age, OLDEST};

/// Reads an age, a band or a bound.
pub(super) fn read(text: &str) -> Option<Age> {
    if matches!(text, "新生児" | "乳児" | "newborn") {
        return Age::of_years(0);
    }
    if let Some(age) = interval(text) {
        return age;
    }
    if let Some((least, most)) = between(text) {
        return Age::of_band(least.first, most);
    }
    if let Some(term) = term(text) {
        return Age::of_band(term.first, term.last);
    }
    if let Some(least) = at_least(text) {
        return Age::of_band(least, OLDEST).map(|band| Age { years: None, ..band });
    }
    if let Some(most) = at_most(text) {
        return Age::of_band(0, most);
    }
    range(text)
}

/// One age or one named band.
#[derive(Clone, Copy)]
struct Term {
    first: i16,
    last: i16,
    /// In months, weeks or days: `first` is then in whole years.
    young: bool,
}

fn term(text: &str) -> Option<Term> {
    let text = without_letter(text);
    let of = |first, last| Some(Term { first, last, young: false });
    if let Some(years) = years(text) {
        return of(years, years);
    }
    if text == "1桁" {
        return of(0, 9);
    }
    if let Some(decade) = decade(text) {
        return of(decade, decade + 9);
    }
    if let Some((years, months)) = text.split_once('歳')
        && (months == "半" || months_or_days(months).is_some())
    {
        let years = number(years)?;
        return of(years, years);
    }
    let text = text.strip_suffix('児').unwrap_or(text);
    let young = ["生後", "日齢", "月齢"].iter().find_map(|w| text.strip_prefix(w).map(|rest| (*w, rest)));
    let years = match young {
        Some(("日齢", days)) => number(days.trim_end_matches('日'))? / 365,
        Some(("月齢", months)) => number(months.trim_end_matches("か月"))? / 12,
        Some((_, rest)) => months_or_days(rest)?,
        None => months_or_days(text)?,
    };
    Some(Term { first: years, last: years, young: true })
}

/// `a05` of some registers is 5.
fn without_letter(text: &str) -> &str {
    text.strip_prefix('a').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(text)
}

/// `35`, `35歳`, `35 years old`.
fn years(text: &str) -> Option<i16> {
    const ENDS: [&str; 15] = [
        "-years-old",
        "-year-old",
        "yearsofage",
        "yearsold",
        "yearold",
        "years",
        "year",
        "yrs",
        "yr",
        "y/o",
        "yo",
        "y",
        "歳児",
        "歳",
        "",
    ];
    ENDS.iter().find_map(|end| number(text.strip_suffix(end)?))
}

/// `40代`, `40歳代後半`, `40s`, `late forties`: its first year.
fn decade(text: &str) -> Option<i16> {
    const PARTS: [&str; 12] = [
        "前半",
        "後半",
        "半ば",
        "なかば",
        "中ば",
        "中頃",
        "中ごろ",
        "中盤",
        "初め",
        "はじめ",
        "初頭",
        "終わり",
    ];
    let part = ["early", "mid", "late"].iter().find_map(|part| text.strip_prefix(part));
    let text = part.map_or(text, |rest| rest.trim_start_matches('-'));
    if let Some(decade) = decade_in_english(text) {
        return Some(decade);
    }
    let whole = PARTS.iter().find_map(|part| text.strip_suffix(part)).unwrap_or(text);
    let tens = if whole.len() == text.len() {
        ["代", "台", "'s", "s"].iter().find_map(|end| text.strip_suffix(end))?
    } else {
        whole.strip_suffix(['代', '台'])?
    };
    number(tens.strip_suffix('歳').unwrap_or(tens)).filter(|d| d % 10 == 0)
}

fn decade_in_english(text: &str) -> Option<i16> {
    let tens = [
        "teens",
        "twenties",
        "thirties",
        "forties",
        "fifties",
        "sixties",
        "seventies",
        "eighties",
        "nineties",
    ];
    let teen = matches!(text, "teen" | "teenager" | "teenagers").then_some(0);
    let at = teen.or_else(|| tens.iter().position(|word| *word == text))?;
    i16::try_from(at * 10 + 10).ok()
}

/// The least age of `90歳以上`, `90～`, `90+`, `90 and older`, `over 90`.
fn at_least(text: &str) -> Option<i16> {
    const ENDS: [&str; 15] = [
        "以上", "以降", "~", "-", "+", "plus", "andover", "orover", "andolder", "orolder", "ormore",
        "andabove", "orabove", "andup", "over",
    ];
    const BEYOND: [&str; 3] = ["を超える", "より上", "超"];
    if let Some(rest) = text.strip_prefix(">=").or_else(|| text.strip_prefix('≥')) {
        return term(rest).map(|t| t.first);
    }
    for parse_word in [">", "over", "above", "morethan", "olderthan"] {
        if let Some(rest) = text.strip_prefix(parse_word) {
            return term(rest).map(|t| t.last + 1);
        }
    }
    if let Some(rest) = BEYOND.iter().find_map(|end| text.strip_suffix(end)) {
        return term(rest).map(|t| t.last + 1);
    }
    let rest = ENDS.iter().find_map(|end| text.strip_suffix(end))?;
    // `5-` may have lost its other end; `90-` can mean nothing else.
    let least = term(rest).or_else(|| range_of(rest))?.first;
    (!text.ends_with('-') || least >= 90).then_some(least)
}

/// The greatest age of `10歳未満`, `9歳以下`, `～9歳`, `<10`, `19 and younger`.
fn at_most(text: &str) -> Option<i16> {
    const ENDS: [&str; 9] =
        ["以下", "まで", "andyounger", "oryounger", "andunder", "orunder", "orless", "andbelow", "orbelow"];
    for parse_word in ["<=", "≤", "upto", "~"] {
        if let Some(rest) = text.strip_prefix(parse_word) {
            return term(rest).map(|t| t.last);
        }
    }
    let below = ["<", "under", "below", "lessthan", "youngerthan"].iter().find_map(|w| text.strip_prefix(w));
    if let Some(rest) = below.or_else(|| text.strip_suffix("未満")) {
        let term = term(rest)?;
        // Less than a month is less than a year.
        return if term.young {
            Some(term.first)
        } else {
            term.first.checked_sub(1).filter(|most| *most >= 0)
        };
    }
    let rest = ENDS.iter().find_map(|end| text.strip_suffix(end))?;
    term(rest).map(|t| t.last)
}

/// `50歳以上60歳未満`.
fn between(text: &str) -> Option<(Term, i16)> {
    let (least, most) = text.split_once("以上")?;
    Some((term(least)?, at_most(most.trim_start_matches(['~', '-', '、', ',']))?))
}

/// `[50,60)`, as statistics programs cut.
#[expect(clippy::option_option, reason = "an interval, and whether it is an age")]
fn interval(text: &str) -> Option<Option<Age>> {
    let inner = text.strip_prefix(['[', '('])?.strip_suffix([']', ')'])?;
    let (first, last) = inner.split_once(',')?;
    let first = number(first)? + i16::from(text.starts_with('('));
    if matches!(last, "inf" | "infinity" | "∞" | "") {
        return Some(Age::of_band(first, OLDEST).map(|band| Age { years: None, ..band }));
    }
    Some(Age::of_band(first, number(last)? - i16::from(text.ends_with(')'))))
}

fn range(text: &str) -> Option<Age> {
    let range = range_of(text)?;
    Age::of_band(range.first, range.last)
}

/// `65〜69`, `50 to 59`, `40代・50代`, `1～2か月`: from the first age of the one to the last of the other.
fn range_of(text: &str) -> Option<Term> {
    const BETWEEN: [&str; 12] =
        ["~", "-", "から", "または", "又は", "もしくは", "・", "、", "to", "and", "or", "/"];
    BETWEEN.iter().find_map(|between| {
        let (first, last) = text.split_once(between)?;
        if first.is_empty() || last.is_empty() {
            return None;
        }
        // `20～29歳代` says 代 of both at once.
        let last = term(last).or_else(|| term(last.strip_suffix('代')?))?;
        let first = match number(first.trim_start_matches("生後")) {
            // The unit stands behind the second number only.
            Some(_) if last.young => Term { first: 0, ..last },
            _ => term(first)?,
        };
        (first.first <= last.last).then_some(Term { last: last.last, ..first })
    })
}

/// `3か月`, `18mo`, `10日`, `2か月10日`, `2週間` as whole years.
fn months_or_days(text: &str) -> Option<i16> {
    const UNITS: [(&str, i16); 9] = [
        ("日齢", 365),
        ("日目", 365),
        ("日", 365),
        ("days", 365),
        ("day", 365),
        ("週間", 52),
        ("週", 52),
        ("weeks", 52),
        ("mo", 12),
    ];
    let text = text.strip_suffix("old").unwrap_or(text);
    if let Some((months, days)) = text.split_once("か月") {
        let days = days.trim_start_matches('齢').trim_end_matches("半");
        if !days.is_empty() {
            number(days.strip_suffix('日')?)?;
        }
        return number(months).map(|m| m / 12);
    }
    UNITS.iter().find_map(|(unit, of_a_year)| Some(number(text.strip_suffix(unit)?)? / of_a_year))
}

/// An unsigned whole number of at most three digits; `35.0` from a spreadsheet too.
fn number(text: &str) -> Option<i16> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let fits = matches!(text.len(), 1..=3) && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}
