//! Dates that leave the day open, as offices write them: `3月中旬`, `令和3年3月`, `2021-03-15頃`, `3月10日～12日`, `mid March`.
//! They are dates that were understood and name no day; what is not one is for [`super::era::parse_date`] to judge.

use std::sync::LazyLock;

use regex::Regex;

use super::era::plain;

/// Does a text name a month, a part of one, a year, or about when, and no day?
pub fn is_vague(text: &str) -> bool {
    // Nothing longer is a date, and a pattern should not have to find that out.
    if text.len() > 90 {
        return false;
    }
    let text = plain(text).to_lowercase().replace(['～', '〜', '∼'], "~");
    let text = text.trim_matches(|c| matches!(c, '(' | ')' | '「' | '」'));
    FORMS.iter().flatten().any(|form| form.is_match(text))
}

/// A year: `2021年`, `令和3年`, `R3.`, `2021/`.
const YEAR: &str =
    r"(?:(?:(?:明治|大正|昭和|平成|令和|[明大昭平令mtshr])\.?\s?(?:元|\d{1,2})|\d{4}|'?\d{2})\s?[年./-]\s?)";
const MONTH: &str = r"(?:0?[1-9]|1[0-2])";
const DAY: &str = r"(?:0?[1-9]|[12]\d|3[01])";
const PART: &str = r"(?:の?(?:上旬|中旬|下旬|初旬|初め|はじめ|始め|初頭|前半|後半|半ば|なかば|中頃|中ごろ|中|末日|末|終わり|おわり|第\d週))";
const ABOUT: &str = r"(?:頃|ごろ|ころ|くらい|ぐらい|前後|以前|以降|以後|より前|より後|から|まで|過ぎ|すぎ|付近|あたり|か\??)(?:から|まで)?";
const NAMED: &str = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?";

static FORMS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    let date = format!(r"{YEAR}?{MONTH}\s?[月/.-]\s?{DAY}日?");
    let year_and_month = r"(?:\d{4}|[令平昭rhs]\.?\s?\d{1,2})[./-]\s?(?:0?[1-9]|1[0-2])";
    let forms = [
        // 3月, 令和3年3月中旬頃, 3/下旬.
        format!(r"^{YEAR}?{MONTH}\s?月\s?{PART}?\s?(?:{ABOUT})?(?:のいずれか)?$"),
        format!(r"^{YEAR}?{MONTH}[/.]?\s?{PART}\s?(?:{ABOUT})?$"),
        // 2021-03, R3.3.
        format!(r"^{year_and_month}\s?(?:{ABOUT})?$"),
        // 令和3年, 2021年春頃.
        format!(r"^{YEAR}?(?:春|夏|秋|冬|年末|年始|年末年始|正月|前半|後半|初め|はじめ)(?:{ABOUT})?$"),
        r"^(?:(?:明治|大正|昭和|平成|令和)\s?(?:元|\d{1,2})|\d{4})年(?:度|中)?\s?(?:頃|ごろ|以前|以降)?$".to_owned(),
        // 2021-03-15頃, 約3/15, 3月10日～12日, 3月10日または11日.
        format!(r"^(?:約|およそ)\s?{date}$"),
        format!(r"^{date}\s?{ABOUT}$"),
        format!(r"^{date}\s?(?:~|-|から|または|又は|もしくは|か|、|,)\s?(?:{date}|{DAY}日?)(?:頃|ごろ|の間|の間頃)?$"),
        // 10日頃, 数日前, 1週間ほど前.
        format!(r"^{DAY}日\s?{ABOUT}$"),
        r"^(?:約|およそ)?(?:\d{1,2}|数|[一二三四五六七八九十])\s?(?:日|週間?|[かヶケカヵ箇]月)(?:くらい|ぐらい|ほど|程)?前(?:頃|ごろ|から)?$"
            .to_owned(),
        r"^(?:先週|先々週|先月|今月|今週|昨年|去年|月初め?|月末|上旬|中旬|下旬|週末)(?:頃|ごろ|から|末)?$".to_owned(),
        // mid March, late Mar. 2021, around 15 March.
        format!(r"^(?:the\s)?(?:early|mid|middle of|late|beginning of|end of|around|about|in)[\s-]*(?:the\s)?{NAMED}(?:,?\s?\d{{4}})?$"),
        format!(r"^{NAMED}(?:,?\s?\d{{4}})?$"),
        format!(r"^(?:around|about|approx\.?|circa|c\.|before|after|since)\s?(?:\d{{1,2}}\s)?{NAMED}(?:\s\d{{1,2}})?(?:,?\s?\d{{4}})?$"),
        r"^(?:around|about|approx\.?|circa|before|after|since)\s?\d{4}-\d{2}(?:-\d{2})?$".to_owned(),
    ];
    forms.iter().map(|form| Regex::new(form).ok()).collect()
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::era::{DateOrder, parse_date};
    use super::*;

    #[test]
    fn each_form_is_a_pattern() {
        assert!(FORMS.iter().all(Option::is_some));
    }

    #[test]
    fn dates_that_leave_the_day_open() {
        let texts = "3月中旬|３月上旬|3月下旬頃|3月頃|2月末|3月|3月初旬|3月半ば|3月の初め|令和3年3月|R3年3月中旬|2021年3月|2021年３月上旬|\
            2021-03|2021/3|R3.3|3/中旬|2021/3/下旬|3月末頃|3月15日頃|3/15頃|2021-03-15頃|2021/3/15ごろ|3月15日以前|約3/15|3月10日～12日|\
            3月10日から3月12日|3/10～3/12|3月10日または11日|10日頃|数日前|1週間ほど前|3日前から|先週|先月末|2021年春頃|令和3年|2021年|年末|\
            mid March|Mid-March|early March 2021|late Mar.|March 2021|around 15 March|around 2021-03-15|（3月中旬）|3月第2週|3月中";
        for text in texts.split('|') {
            assert!(is_vague(text), "{text}");
            assert_eq!(parse_date(text, DateOrder::YearFirst), None, "{text}");
        }
    }

    #[test]
    fn what_names_a_day_or_no_date_is_not_vague() {
        let texts = "|2021-03-15|2021/3/15|令和3年3月15日|3月15日|3/15|13月|2021-13|99月中旬|調査中|不明|中|前|090-1234-5678|03-1234-5678|\
            山田太郎|3丁目|芝公園1-5-25|may be|123456|2021-02-30|東京都|50代後半|1.2.3";
        for text in texts.split('|') {
            assert!(!is_vague(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9令和年月日上中下旬頃末前後から~/. -]{0,24}") {
            let _ = is_vague(&text);
        }
    }
}
