//! Ages and ten-year bands. Text as sources write it comes in; years, where they are known, and the band go out.

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
    pub(super) fn of_years(years: i16) -> Option<Self> {
        (0..=OLDEST).contains(&years).then(|| Self { years: Some(years), decade: Some(decade_of(years)) })
    }

    /// A band of whole years, both ends included.
    pub(super) fn of_band(first: i16, last: i16) -> Option<Self> {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{AgeWord, parse, parse_word};
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "as it is compared")]
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

    /// The forms of other offices, each with the band that it means; `?` is a band that crosses decades.
    #[test]
    fn forms_of_other_offices() {
        for (texts, decade) in [
            (
                "80代後半|80歳代前半|80代半ば|８０才代後半|80歳台|八十代|推定80代|80代（推定）|80代くらい|約80代|八十五歳|80代※1|\
                 80代？|late 80s|mid-eighties|80歳代（詳細不明）|高齢者（80代）|八〇代",
                Some(80),
            ),
            (
                "９０歳～|90～|90歳〜|90-|90歳以上|90以上|90代以上|90才以上|100歳代|100歳超|>=90|≧90|>90|over 90",
                Some(90),
            ),
            (
                "90+|90 and older|90 or over|90 and over|90 years and older|100s|90 plus|A90+|[90,Inf)|九十歳以上",
                Some(90),
            ),
            (
                "50s|50's|50 to 59 Years|50 to 59|50-59|50–59|50 - 59|50－59歳|50歳～59歳|50歳から59歳|50 years old",
                Some(50),
            ),
            (
                "50歳以上60歳未満|50以上59以下|[50,60)|between 50 and 59|Aged 50-59|50歳代|in their 50s|fifties|50代～50代|\
                 50代男性|50代の女性|50代・男|男性50代|女（50代）|50代（男性）|五十代女性|50代後半の男性|between fifty and fifty-nine",
                Some(50),
            ),
            (
                "65〜69|65-69歳|60 yrs|60y|60 y/o|満60歳|60歳代|sixty|sixty-five|a 60-year-old man|六十|六五歳",
                Some(60),
            ),
            (
                "0s|<1|<10|under 10|under 1|10歳未満|10代未満|9歳以下|～9歳|00-04|A00-A04|less than 10 years|0歳児",
                Some(0),
            ),
            (
                "3か月|6ヶ月|生後3か月|生後3カ月|生後10日|生後1～2か月|1歳2か月|１歳２か月|1歳半|3 months old|10 days|2 weeks",
                Some(0),
            ),
            (
                "日齢5|生後2週間|1か月未満|新生児|乳児|5歳児|約3か月|零歳|〇歳児|五歳の女児|3か月児|生後三か月の男児|四、五歳",
                Some(0),
            ),
            ("10代|teens|10-19|15～19歳|A15-A19|十代|十|十五才|小学生（10歳）|nineteen", Some(10)),
            (
                "19 and younger|80+|80代以上|80歳以上|A05-A14|40～50代|40代・50代|20歳未満|65歳以上|<20|約50歳",
                None,
            ),
            ("50歳前後|50歳くらい|60～64歳以上|70代から90代|～20代|30代または40代|50代以下", None),
        ] {
            for text in texts.split('|') {
                assert_eq!(parse(text).map(|a| a.decade), Some(decade), "{text}");
            }
        }
    }

    #[test]
    fn words_for_groups_name_no_decade() {
        let words = "高齢者|小児|未就学児|小学生|中学生|高校生|大学生|成人|未成年|幼児|乳幼児|若年|中年|児童|生徒|学生|\
            小学生以下|小学3年生|小学六年生|後期高齢者|こども|Adult|children|（高齢者）|成人男性|成人の女性|高齢の男性|高齢者（女性）|女児|女子高校生";
        for text in words.split('|') {
            assert_eq!(parse_word(text), Some(AgeWord::Group), "{text}");
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["", "50代", "山田", "会社員", "90-", "-", "男性", "男", "の男性", "*", "※", "()", "男女"]
        {
            assert_ne!(parse_word(text), Some(AgeWord::Group), "{text}");
        }
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
            "四十路",
            "一",
            "〇",
            "〇〇",
            "〇〇代",
            "三十百",
            "男性",
            "50代会社員",
            "45代",
            "19-10",
            "1234",
            "0歳未満",
            "x",
            "3.5",
            "か月",
            "2020-05-09",
            "-9",
            "130",
            "50-",
            "50-40",
            "090-1234",
            "45s",
            "s",
            "to",
            "以上",
            "歳以上60歳未満",
            "[60,50)",
            "生後",
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
        fn no_text_panics(text in "([0-9０-９歳才代未満以上以下か月日生後前半十八+.～<>=,()※男女性児のto s-]|sixty|early){0,12}|\\PC{0,12}") {
            let _ = parse_word(&text);
        }
    }
}
