//! Dates that leave something open, as offices write them. Their day: `3月中旬`, `令和3年3月`, `2021/4/`, `2021-03-15頃`,
//! `3月10日～12日`, `mid March`. Or their year: `3/15`, `26/11/16` (2026, or 平成26年?), `8年11月16日`. They were understood and
//! name no day; what is not one is for [`super::time::parse_date`] to judge.

use std::sync::LazyLock;

use regex::Regex;

use super::era::plain;
use super::folded::MONTHS;

/// What a date leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// It names a month, a part of one, a year, or about when.
    Day,
    /// It names a day of a year that is not said, or said in two digits: of an era, or of the century.
    Year,
}

/// What a text that is a date, and no day, leaves open.
pub fn left_open(text: &str) -> Option<Open> {
    // Nothing longer is a date, and a pattern should not have to find that out.
    if text.len() > 90 {
        return None;
    }
    let text = plain(text).to_lowercase();
    let pairs = [('(', ')'), ('「', '」')];
    let inside = pairs
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open).and_then(|rest| rest.strip_suffix(*close)));
    let text = inside.unwrap_or(&text);
    let met = |forms: &[Option<Regex>]| forms.iter().flatten().any(|form| form.is_match(text));
    if met(&YEARLESS) {
        return Some(Open::Year);
    }
    met(&FORMS).then_some(Open::Day)
}

/// A year: `2021年`, `令和3年`, `R3.`, `2021/`.
const YEAR: &str =
    r"(?:(?:(?:明治|大正|昭和|平成|令和|[明大昭平令mtshr])\.?\s?(?:元|\d{1,2})|\d{4}|'?\d{2})\s?[年./-]\s?)";
const MONTH: &str = r"(?:0?[1-9]|1[0-2])";
const DAY: &str = r"(?:0?[1-9]|[12]\d|3[01])";
const PART: &str = r"(?:の?(?:上旬|中旬|下旬|初旬|初め|はじめ|始め|初頭|前半|後半|半ば|なかば|中頃|中ごろ|中|末日|末|終わり|おわり|第\d週))";
const ABOUT: &str = r"(?:頃|ごろ|ころ|くらい|ぐらい|前後|以前|以降|以後|より前|より後|から|まで|過ぎ|すぎ|付近|あたり|推定|と推定|か?\?+|か|±\s?\d{1,2}日?|\((?:頃|ごろ|約|推定|仮|予定|\?+)\))(?:から|まで)?";
const TIME: &str = r"(?:\s?(?:午前|午後)?\s?\d{1,2}(?:時半?|:\d{2}(?::\d{2})?)(?:\d{1,2}分)?)";
const PART_OF_DAY: &str =
    r"(?:\s?(?:朝|早朝|午前中?|昼前?|昼過ぎ|正午|午後|夕方?|夕刻|夜間?|晩|夜中|深夜|未明|日中))";
/// In place of the day: `2021/4/??`, `4月〇日`, `2021-04-00`, `4月不明`.
const NO_DAY: &str = r"(?:00?|x{1,2}|×{1,2}|\?{1,2}|-{1,2}|_{1,2}|\*{1,2}|[〇○◯]{1,2}|\(?(?:日|日にち|日付)?(?:は|が)?(?:不明|不詳|未定|未確認|不確定)\)?)";

static YEARLESS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    let behind = format!(
        r"日?(?:\s?\((?:[日月火水木金土][^)]{{0,4}}|速報値?|暫定値?|確定値?|確報値?|修正値?|訂正)\))?(?:{TIME}|{PART_OF_DAY})?"
    );
    let year = r"'?\d{1,2}";
    let forms = [
        // 3月15日, 3/15, 11月16日(月) 10:30.
        format!(r"^{MONTH}\s?[月/]\s?{DAY}{behind}$"),
        // 26/11/16, 8年11月16日, 3.1.20.
        format!(r"^{year}\s?[年/]\s?{MONTH}\s?[月/]\s?{DAY}{behind}$"),
        format!(r"^{year}-{MONTH}-{DAY}{behind}$"),
        format!(r"^{year}\.{MONTH}\.{DAY}{behind}$"),
        // 16/11/26, 11/16/26: where a year stands last, its order is not told either.
        format!(r"^(?:{DAY}/{MONTH}|{MONTH}/{DAY})/{year}{behind}$"),
        // 261116.
        r"^\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$".to_owned(),
        format!(r"^{DAY}(?:st|nd|rd|th)?[\s-]{MONTHS}(?:[\s-]{year})?$"),
        format!(r"^{MONTHS}\s{DAY}(?:st|nd|rd|th)?(?:,?\s{year})?$"),
    ];
    forms.iter().map(|form| Regex::new(form).ok()).collect()
});

static FORMS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    let date = format!(r"{YEAR}?{MONTH}\s?[月/.-]\s?{DAY}日?");
    let year_and_month = r"(?:\d{4}|[令平昭rhs]\.?\s?\d{1,2})[./-]\s?(?:0?[1-9]|1[0-2])";
    let forms = [
        // 3月, 令和3年3月中旬頃, 3/下旬.
        format!(r"^{YEAR}?{MONTH}\s?月\s?{PART}?\s?(?:{ABOUT})?(?:のいずれか)?$"),
        format!(r"^{YEAR}?{MONTH}[/.]?\s?{PART}\s?(?:{ABOUT})?$"),
        // 2021-03, R3.3, 2021/4/, 2021/4/??, 2021年4月不明, 4月〇日.
        format!(r"^{year_and_month}(?:[./-]\s?(?:{NO_DAY})?)?\s?(?:{ABOUT})?$"),
        format!(r"^{YEAR}?{MONTH}\s?月\s?{NO_DAY}\s?日?(?:頃|ごろ)?$"),
        r"^\d{4}(?:年|[./-])0{0,2}(?:月|[./-])0{0,2}日?$".to_owned(),
        // 令和3年, 2021年春頃.
        format!(r"^{YEAR}?(?:春|夏|秋|冬|年末|年始|年末年始|正月|前半|後半|初め|はじめ)(?:{ABOUT})?$"),
        r"^(?:(?:明治|大正|昭和|平成|令和)\s?(?:元|\d{1,2})|\d{4})年(?:度|中)?\s?(?:頃|ごろ|以前|以降)?$".to_owned(),
        // 2021-03-15頃, 2021/3/15?, 約3/15, 3月10日～12日, 3月10日または11日.
        format!(r"^(?:約|およそ|おそらく|たぶん|多分|推定)\s?{date}(?:{TIME})?$"),
        format!(r"^{date}(?:{TIME}|{PART_OF_DAY})?\s?{ABOUT}$"),
        // A time was asked for, and a part of the day is told.
        format!(r"^{YEAR}{MONTH}\s?[月/.-]\s?{DAY}日?{PART_OF_DAY}$"),
        format!(r"^{date}\s?(?:~|-|から|または|又は|もしくは|か|、|,)\s?(?:{date}|{DAY}日?)(?:頃|ごろ|の間|の間頃)?$"),
        // 10日頃, 数日前, 2、3日前, 1週間ほど前.
        format!(r"^{DAY}日\s?{ABOUT}$"),
        r"^(?:約|およそ)?(?:\d{1,2}|数|一)(?:[、,~-]\d{1,2})?\s?(?:日|週間?|[かヶケカヵ箇]月)(?:くらい|ぐらい|ほど|程)?前(?:頃|ごろ|から)?$"
            .to_owned(),
        r"^(?:先週|先々週|先月|今月|今週|昨年|去年|月初め?|月末|上旬|中旬|下旬|週末)(?:頃|ごろ|から|末)?$".to_owned(),
        // mid March, late Mar. 2021, around 15 March.
        format!(r"^(?:the\s)?(?:early|mid|middle of|late|beginning of|end of|around|about|in)[\s-]*(?:the\s)?{MONTHS}(?:,?\s?\d{{4}})?$"),
        format!(r"^{MONTHS}(?:,?\s?\d{{4}})?$"),
        format!(r"^(?:around|about|approx\.?|circa|c\.|before|after|since)\s?(?:\d{{1,2}}\s)?{MONTHS}(?:\s\d{{1,2}})?(?:,?\s?\d{{4}})?$"),
        r"^(?:around|about|approx\.?|circa|before|after|since)\s?\d{4}-\d{2}(?:-\d{2})?$".to_owned(),
    ];
    forms.iter().map(|form| Regex::new(form).ok()).collect()
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::era::DateOrder;
    use super::super::time::parse_date;
    use super::*;

    #[test]
    fn each_form_is_a_pattern() {
        assert!(FORMS.iter().chain(YEARLESS.iter()).all(Option::is_some));
    }

    #[test]
    fn dates_that_leave_the_day_open() {
        let texts = "3月中旬|３月上旬|3月下旬頃|3月頃|2月末|3月|3月初旬|3月半ば|3月の初め|令和3年3月|R3年3月中旬|2021年3月|2021年３月上旬|\
            2021-03|2021/3|R3.3|3/中旬|2021/3/下旬|3月末頃|3月15日頃|3/15頃|2021-03-15頃|2021/3/15ごろ|3月15日以前|約3/15|3月10日～12日|\
            3月10日から3月12日|3/10～3/12|3月10日または11日|10日頃|数日前|1週間ほど前|3日前から|先週|先月末|2021年春頃|令和3年|2021年|年末|\
            mid March|Mid-March|early March 2021|late Mar.|March 2021|around 15 March|around 2021-03-15|（3月中旬）|3月第2週|3月中|\
            2021/4/|2021-04-|R3.4.|2021/4/??|2021/04/xx|2021-04-00|2021年4月不明|2021年4月（日不明）|4月〇日|2021/4/不明|令和三年四月〇日|\
            2026/11/16?|2026/11/16？|2026/11/16（？）|2026/11/16(推定)|推定2026/11/16|2026年11月16日か|11/16±1日|令和八年十一月|令和八年十一月十六日頃|\
            八月中旬|十日頃|二、三日前|一週間前|2021/00/00";
        for text in texts.split('|') {
            assert_eq!(left_open(text), Some(Open::Day), "{text}");
            assert_eq!(parse_date(text, DateOrder::YearFirst), None, "{text}");
        }
    }

    #[test]
    fn days_of_a_year_that_is_not_told() {
        let texts = "3月15日|3/15|03/15|11月16日(月)|11月16日（月・祝）|26/11/16|26-11-16|26.11.16|８年１１月１６日|八年十一月十六日|3.1.20|'26/11/16|\
            16/11/26|11/16/26|26/11/16 10:30|3月15日 午前|16 Nov|16-Nov-26|Nov 16|十一月十六日|261116|081114|２６１１２０|11月24日（速報）|11/24（確定値）";
        for text in texts.split('|') {
            assert_eq!(left_open(text), Some(Open::Year), "{text}");
            assert_eq!(parse_date(text, DateOrder::YearFirst), None, "{text}");
        }
    }

    #[test]
    fn what_names_a_day_or_no_date_leaves_nothing_open() {
        let texts = "|2021-03-15|2021/3/15|令和3年3月15日|13月|2021-13|99月中旬|調査中|不明|中|前|090-1234-5678|03-1234-5678|\
            山田太郎|3丁目|芝公園1-5-25|may be|123456|2021-02-30|東京都|50代後半|13/32|2021-20|99/99/99|咳なし|なし|261316|261132|?|--|0-0-0";
        for text in texts.split('|') {
            assert_eq!(left_open(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9令和年月日上中下旬頃末前後から一十〇~/.?()' -]{0,24}|\\PC{0,24}") {
            let _ = left_open(&text);
        }

        /// A day that can be read leaves nothing open.
        #[test]
        fn a_day_leaves_nothing_open(text in "(20[0-9]{2}|R[0-9]|令和[一二三四五])[/.年-][0-9]{1,2}[/.月-][0-9]{1,2}日?") {
            if parse_date(&text, DateOrder::YearFirst).is_some() {
                prop_assert_eq!(left_open(&text), None);
            }
        }
    }
}
