//! Ages in words: what offices write where an age stands. A text is brought to one form (one width, numbers in digits),
//! what stands around the age is taken off (whose it is, that it is about so, a note), and what is left is read as one age,
//! a band, or a bound; what is none of these is no age.

use super::super::folded::{folded, with_digits, with_english_digits};
use super::terms::read;
use super::years::Age;

/// What a cell in a column of ages says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeWord {
    Age(Age),
    /// People of an age that names no decade: `高齢者`, `小学生`, `成人男性`.
    Group,
}

/// Reads an age, a band or a bound: `35`, `35歳`, `三十五`, `3か月`, `生後10日`, `1歳6か月`, `40代`, `50代男性`, `80代後半`,
/// `10歳未満`, `90歳以上`, `９０歳～`, `65〜69`, `50s`, `sixty`, `50 to 59 years`, `90 and older`, `<10`. `None` when it is not an
/// age.
pub fn parse(text: &str) -> Option<Age> {
    match parse_word(text) {
        Some(AgeWord::Age(age)) => Some(age),
        _ => None,
    }
}

/// As [`parse`], and words for people of an age.
pub fn parse_word(text: &str) -> Option<AgeWord> {
    let bytes = text.as_bytes();
    if matches!(bytes.len(), 1..=3) && bytes.iter().all(u8::is_ascii_digit) {
        return Age::of_years(text.parse().ok()?).map(AgeWord::Age);
    }
    let text = plain(text);
    let bare = bare(&text);
    if is_group(bare) {
        return Some(AgeWord::Group);
    }
    let (text, about) = without_about(bare);
    let age = read(text)?;
    // About fifty may be forty-nine; about three months, or about the fifties, are what they are.
    let exact = age.years.is_some_and(|years| years > 0);
    Some(AgeWord::Age(if about && exact { Age::default() } else { age }))
}

/// Is the first number of a text above some years? `91歳`, `95～99`, `100歳以上` are above 90; `>90` and `90～94` are not.
pub fn is_above(text: &str, years: i16) -> bool {
    let text = plain(text);
    let number = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let number = number.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    number.parse::<i16>().is_ok_and(|number| number > years)
}

/// Is a text (bare, in its one form) a word for people of an age that names no decade?
fn is_group(text: &str) -> bool {
    let word = ["以下", "以上", "未満"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    let year = |rest: &str| rest.chars().count() <= 5;
    // 小5, 中2, 高3: who is in which year of school.
    let of_school = |rest: &str| matches!(rest, "1" | "2" | "3" | "4" | "5" | "6");
    GROUPS.contains(&word)
        || word.strip_suffix("年生").is_some_and(year)
        || ["小", "中", "高"].iter().any(|school| word.strip_prefix(school).is_some_and(of_school))
}

#[rustfmt::skip]
const GROUPS: &[&str] = &[
    "高齢者", "高齢", "前期高齢者", "後期高齢者", "老人", "老年", "中高年", "中年", "壮年", "青年", "若年", "若年者", "若年層", "若者",
    "小児", "未就学児", "未就学", "就学前", "就学前児", "幼児", "乳幼児", "園児", "保育園児", "幼稚園児", "児童", "学童", "生徒",
    "学生", "小学生", "中学生", "高校生", "小中学生", "中高生", "大学生", "大学院生", "専門学生", "専門学校生", "成人", "成年",
    "未成年", "未成年者", "大人", "子供", "子ども", "こども", "子", "少年", "少女", "青少年", "年少者", "年長者", "社会人", "児", "男児", "女児",
    "男の子", "女の子", "学齢児", "年少", "年中", "年長",
    "adult", "adults", "child", "children", "elderly", "senior", "seniors", "minor", "minors", "youth", "toddler", "infant",
    "infants", "baby", "babies", "student", "students", "kid", "kids", "youngadult", "boy", "girl",
];

/// Whose age it is, behind it (`50代男性`, `成人の女性`) or before it (`男性50代`). The longer words come first.
#[rustfmt::skip]
const PEOPLE: &[&str] = &[
    "の男性", "の女性", "の男児", "の女児", "の患者", "の男", "の女", "の方", "の人", "男性", "女性", "男児", "女児", "男子", "女子", "患者",
    "男", "女", "female", "male", "woman", "man", "boy", "girl",
];

/// What a note in brackets behind an age may say without making it another age.
#[rustfmt::skip]
const NOTES: &[&str] = &[
    "推定", "推測", "当時", "死亡時", "発症時", "診断時", "届出時", "報告時", "公表時", "入院時", "陽性判明時", "自称", "本人申告", "申告",
    "聴取", "満", "満年齢", "詳細不明", "詳細非公表", "詳細は非公表", "歳",
];

/// Lower case, without blanks; numbers in digits; one kind of 歳, of か月 and of each sign.
fn plain(text: &str) -> String {
    let text = with_english_digits(&with_digits(&folded(text).to_lowercase()));
    let mut plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '才' | '歲' => '歳',
            '≧' | '⩾' => '≥',
            '≦' | '⩽' => '≤',
            c => c,
        })
        .collect();
    for month in ["ヶ月齢", "ヶ月", "ケ月", "ヵ月", "カ月", "箇月", "個月", "months", "month"]
    {
        if plain.contains(month) {
            plain = plain.replace(month, "か月");
        }
    }
    plain
}

/// Takes off brackets around it all, marks and notes behind, and whose age it is; each only where something is left.
fn bare(text: &str) -> &str {
    let mut text = text;
    loop {
        let before = text;
        text = text.trim_end_matches(['※', '*', '†', '。', '、', ';']);
        if let Some((age, mark)) = text.rsplit_once('※')
            && mark.bytes().all(|b| b.is_ascii_digit())
        {
            text = age;
        }
        if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))
            && !inner.contains(['(', ','])
        {
            text = inner;
        }
        if let Some((head, inner)) = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('('))
            && !head.is_empty()
        {
            if NOTES.contains(&inner) || PEOPLE.contains(&inner) || is_group(inner) || is_remark(head, inner)
            {
                text = head;
            } else if PEOPLE.contains(&head) || is_group(head) {
                text = inner;
            }
        }
        text = without_people(text);
        if text == before || text.is_empty() {
            return if text.is_empty() { before } else { text };
        }
    }
}

/// Does what stands in brackets behind an age say nothing of the age: `90歳以上(施設)`? A number, a unit or a bound may.
fn is_remark(head: &str, inner: &str) -> bool {
    const OF_AGE: [char; 28] = [
        '歳', '代', '台', '月', '週', '日', '年', '齢', '以', '未', '超', '満', '前', '後', '頃', '約', '位',
        '半', '上', '下', '~', '-', '+', '<', '>', '≥', '≤', '?',
    ];
    let says_age = inner.contains(|c: char| {
        c.is_ascii_alphanumeric() || OF_AGE.contains(&c) || matches!(c, 'か' | 'ご' | 'ろ')
    });
    !inner.is_empty() && !says_age && head.starts_with(|c: char| c.is_ascii_digit()) && read(head).is_some()
}

/// `50代の男性`, `50代・女`, `男性50代` as `50代`. A word that says an age itself (`男児`) stays.
fn without_people(text: &str) -> &str {
    const BETWEEN: [char; 5] = ['・', '/', ',', '、', ':'];
    if is_group(text) {
        return text;
    }
    let behind =
        PEOPLE.iter().find_map(|word| text.strip_suffix(word)).map(|age| age.trim_end_matches(BETWEEN));
    let before = || {
        let age = PEOPLE.iter().find_map(|word| text.strip_prefix(word))?.trim_start_matches(BETWEEN);
        (age.starts_with(|c: char| c.is_ascii_digit()) || is_group(age)).then_some(age)
    };
    behind.filter(|age| !age.is_empty()).or_else(before).unwrap_or(text)
}

/// Takes off what says that an age is one (満, 推定, age) or is about so.
fn without_about(text: &str) -> (&str, bool) {
    const SAID: [&str; 13] = [
        "年齢", "推定", "満", "intheir", "inhis", "inher", "inthe", "in", "aged", "ages", "age", "between",
        "年代",
    ];
    let mut text = text;
    for parse_word in SAID {
        text = text
            .strip_prefix(parse_word)
            .filter(|rest| !rest.is_empty())
            .unwrap_or(text)
            .trim_start_matches(':');
    }
    for parse_word in ["と推定", "推定"] {
        text = text.strip_suffix(parse_word).unwrap_or(text);
    }
    let before =
        ["約", "およそ", "おおよそ", "概ね", "おおむね", "about", "around", "approx.", "approximately"]
            .iter()
            .find_map(|w| text.strip_prefix(w));
    let text = before.unwrap_or(text);
    let after = ["くらい", "ぐらい", "位", "頃", "ごろ", "前後", "程度", "?"]
        .iter()
        .find_map(|w| text.strip_suffix(w));
    (after.unwrap_or(text), before.is_some() || after.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_behind_an_age_is_no_part_of_it() {
        for (text, bare) in [
            ("90歳以上（施設）", "90歳以上"),
            ("9０歳以上（施設）", "90歳以上"),
            ("80代（施設入所中）", "80代"),
            ("３５歳（会社員）", "35"),
            ("10歳未満（同居家族）※1", "10歳未満"),
        ] {
            assert!(parse(text).is_some() && parse(text) == parse(bare), "{text}");
        }
        for text in ["10（か月）", "50代（60代かも）", "30（以上）", "施設（90歳）", "50（代か）", "（施設）"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
