//! Ages and ten-year bands. Text as sources write it comes in; years, where they are known, and the band go out.

use unicode_normalization::UnicodeNormalization;

/// No one older is believed.
pub const OLDEST: i16 = 125;

/// An age as far as a source states it. Both are `None` for a band that crosses decades (`65歳以上`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Age {
    /// Whole years; not top-coded here.
    pub years: Option<i16>,
    /// The ten-year band: 0, 10 … 80, and 90 for 90 and over.
    pub decade: Option<i16>,
}

impl Age {
    fn of_years(years: i16) -> Option<Self> {
        (0..=OLDEST).contains(&years).then(|| Self { years: Some(years), decade: Some(decade_of(years)) })
    }

    /// A band of whole years, both ends included.
    fn of_band(first: i16, last: i16) -> Option<Self> {
        if !(0..=OLDEST).contains(&first) || last < first {
            return None;
        }
        let decade = (decade_of(first) == decade_of(last)).then(|| decade_of(first));
        Some(Self { years: (first == last).then_some(first), decade })
    }
}

/// The ten-year band of an age in years: 0, 10 … 80, and 90 for 90 and over.
pub fn decade_of(years: i16) -> i16 {
    (years.clamp(0, 90) / 10) * 10
}

/// The band's name: `10歳未満`, `10代` … `80代`, `90歳以上`.
pub fn band_ja(decade: i16) -> &'static str {
    match decade / 10 {
        ..=0 => "10歳未満",
        1 => "10代",
        2 => "20代",
        3 => "30代",
        4 => "40代",
        5 => "50代",
        6 => "60代",
        7 => "70代",
        8 => "80代",
        9.. => "90歳以上",
    }
}

/// The band's name: `0–9`, `10–19` … `90+`.
pub fn band_en(decade: i16) -> &'static str {
    match decade / 10 {
        ..=0 => "0–9",
        1 => "10–19",
        2 => "20–29",
        3 => "30–39",
        4 => "40–49",
        5 => "50–59",
        6 => "60–69",
        7 => "70–79",
        8 => "80–89",
        9.. => "90+",
    }
}

/// Reads `35`, `35歳`, `3か月`, `生後10日`, `1歳6か月`, `10歳未満`, `40代`, `90歳以上`, `100歳以上`, `0～4歳`, in
/// full-width digits too. `None` when it is not an age.
pub fn parse(text: &str) -> Option<Age> {
    let bytes = text.as_bytes();
    if matches!(bytes.len(), 1..=3) && bytes.iter().all(u8::is_ascii_digit) {
        return Age::of_years(text.parse().ok()?);
    }
    parse_words(&plain(text))
}

fn plain(text: &str) -> String {
    text.nfkc()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '～' | '〜' | '~' | '‐' | '–' | '—' | '―' | '−' | 'ー' => '-',
            '才' => '歳',
            c => c,
        })
        .collect()
}

fn parse_words(text: &str) -> Option<Age> {
    if matches!(text, "新生児" | "乳児") {
        return Age::of_years(0);
    }
    let text = text.strip_prefix("満").unwrap_or(text);
    if let Some(rest) = text.strip_prefix("生後") {
        return months_or_days(rest).and_then(Age::of_years);
    }
    if let Some((first, last)) = text.split_once('-') {
        let first = first.trim_end_matches('歳');
        let last = last.trim_end_matches('歳');
        return Age::of_band(number(first)?, number(last)?);
    }
    if let Some(years) = number(text.strip_suffix("歳").unwrap_or(text)) {
        return Age::of_years(years);
    }
    if let Some(below) = text.strip_suffix("未満") {
        let below = number(below.trim_end_matches(['歳', '代']))?;
        return Age::of_band(0, below.checked_sub(1)?);
    }
    if let Some(least) = text.strip_suffix("以上").or_else(|| text.strip_suffix('+')) {
        let least = number(least.trim_end_matches(['歳', '代']))?;
        return Age::of_band(least, OLDEST).map(|band| Age { years: None, ..band });
    }
    if let Some(decade) = text.strip_suffix('代') {
        let decade = number(decade.trim_end_matches('歳')).filter(|d| d % 10 == 0)?;
        return Age::of_band(decade, decade + 9);
    }
    if let Some((years, months)) = text.split_once('歳') {
        months_or_days(months)?;
        return Age::of_years(number(years)?);
    }
    months_or_days(text).and_then(Age::of_years)
}

/// `3か月`, `11ヶ月`, `10日`, `2か月10日` as whole years.
fn months_or_days(text: &str) -> Option<i16> {
    const MONTHS: [&str; 8] = ["か月", "ヶ月", "ケ月", "ヵ月", "カ月", "箇月", "ヵ月齢", "か月齢"];
    for word in MONTHS.iter().rev() {
        if let Some((months, days)) = text.split_once(word) {
            if !days.is_empty() {
                number(days.strip_suffix('日')?)?;
            }
            return number(months).map(|m| m / 12);
        }
    }
    let days = number(text.strip_suffix("日齢").or_else(|| text.strip_suffix('日'))?)?;
    Some(days / 365)
}

/// An unsigned whole number of at most three digits; `35.0` from a spreadsheet too.
fn number(text: &str) -> Option<i16> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let fits = matches!(text.len(), 1..=3) && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn age(years: impl Into<Option<i16>>, decade: impl Into<Option<i16>>) -> Option<Age> {
        Some(Age { years: years.into(), decade: decade.into() })
    }

    #[test]
    fn forms() {
        assert_eq!(parse("60"), age(60, 60));
        assert_eq!(parse("60歳"), age(60, 60));
        assert_eq!(parse("６０才"), age(60, 60));
        assert_eq!(parse("35.0"), age(35, 30));
        assert_eq!(parse("0歳"), age(0, 0));
        assert_eq!(parse("3か月"), age(0, 0));
        assert_eq!(parse("３ヶ月"), age(0, 0));
        assert_eq!(parse("18カ月"), age(1, 0));
        assert_eq!(parse("1歳6か月"), age(1, 0));
        assert_eq!(parse("生後10日"), age(0, 0));
        assert_eq!(parse("10歳未満"), age(None, 0));
        assert_eq!(parse("１歳未満"), age(0, 0));
        assert_eq!(parse("40代"), age(None, 40));
        assert_eq!(parse("４０歳代"), age(None, 40));
        assert_eq!(parse("90代"), age(None, 90));
        assert_eq!(parse("90歳以上"), age(None, 90));
        assert_eq!(parse("100歳以上"), age(None, 90));
        assert_eq!(parse("100代"), age(None, 90));
        assert_eq!(parse("105"), age(105, 90));
        assert_eq!(parse("0～4歳"), age(None, 0));
        assert_eq!(parse("10-19歳"), age(None, 10));
        assert_eq!(parse("15～24"), age(None, None));
        assert_eq!(parse("65歳以上"), age(None, None));
        assert_eq!(parse("20歳未満"), age(None, None));
        assert_eq!(parse(" 40 "), age(40, 40));
    }

    #[test]
    fn not_ages() {
        let wrong = [
            "",
            "-",
            "-1",
            "131",
            "999",
            "歳",
            "代",
            "四十",
            "45代",
            "19-10",
            "1234",
            "0歳未満",
            "x",
            "3.5",
            "か月",
            "2020-05-09",
        ];
        for text in wrong {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn bands_partition_all_ages(years in 0i16..=OLDEST) {
            let holding: Vec<i16> = (0..=9)
                .map(|d| d * 10)
                .filter(|d| years >= *d && (years < d + 10 || *d == 90))
                .collect();
            prop_assert_eq!(holding, vec![decade_of(years)]);
            prop_assert_eq!(parse(&years.to_string()), age(years, decade_of(years)));
            let named = parse(band_ja(decade_of(years))).and_then(|a| a.decade);
            prop_assert_eq!(named, Some(decade_of(years)));
        }

        #[test]
        fn no_text_panics(text in "[0-9０-９歳才代未満以上か月日生後+.～-]{0,12}") {
            let _ = parse(&text);
        }
    }
}
