//! Direct identifiers recognised by heading: columns that no mapping may keep, whatever it says of them.

use crate::epi::text::word;

/// What a heading announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announced {
    Name,
    BirthDate,
    Phone,
    Email,
    Address,
    IndividualNumber,
    /// Insurance, licence, passport, bank account.
    PersonalNumber,
    Occupation,
    FreeText,
}

impl Announced {
    pub fn ja(self) -> &'static str {
        match self {
            Self::Name => "氏名",
            Self::BirthDate => "生年月日",
            Self::Phone => "電話番号",
            Self::Email => "メールアドレス",
            Self::Address => "住所",
            Self::IndividualNumber => "個人番号",
            Self::PersonalNumber => "個人を特定する番号",
            Self::Occupation => "職業・勤務先・学校",
            Self::FreeText => "自由記載",
        }
    }

    pub fn en(self) -> &'static str {
        match self {
            Self::Name => "a person's name",
            Self::BirthDate => "a date of birth",
            Self::Phone => "a telephone number",
            Self::Email => "an e-mail address",
            Self::Address => "an address",
            Self::IndividualNumber => "an individual number (個人番号)",
            Self::PersonalNumber => "a number that identifies a person",
            Self::Occupation => "an occupation, employer or school",
            Self::FreeText => "free text",
        }
    }
}

/// Words within a heading, in the form that [`bare`] gives.
const WITHIN: [(Announced, &[&str]); 9] = [
    (
        Announced::Name,
        &[
            "氏名",
            "姓名",
            "名前",
            "フリガナ",
            "ふりがな",
            "ヨミガナ",
            "よみがな",
            "読み仮名",
            "カナ氏名",
            "旧姓",
            "本人名",
            "患者名",
            "者名",
            "医師名",
            "担当医",
            "主治医",
            "世帯主",
            "保護者",
            "fullname",
            "firstname",
            "lastname",
            "署名",
        ],
    ),
    (
        Announced::BirthDate,
        &["生年月日", "誕生日", "生年", "出生年月日", "出生日", "birthdate", "birthday", "dateofbirth"],
    ),
    (Announced::IndividualNumber, &["個人番号", "マイナンバー", "mynumber", "住民票コード"]),
    (
        Announced::PersonalNumber,
        &[
            "被保険者",
            "保険証",
            "保険者番号",
            "免許証",
            "旅券",
            "パスポート",
            "在留カード",
            "口座番号",
            "passport",
        ],
    ),
    (
        Announced::FreeText,
        &[
            "備考",
            "メモ",
            "自由記載",
            "自由記述",
            "特記",
            "コメント",
            "摘要",
            "経過記録",
            "remarks",
            "comment",
            "freetext",
        ],
    ),
    (
        Announced::Phone,
        &["電話番号", "携帯番号", "連絡先", "telephone", "phonenumber", "fax番号", "ファックス番号"],
    ),
    (Announced::Email, &["メール", "e-mail", "email", "mailaddress"]),
    (
        Announced::Address,
        &[
            "住所",
            "所在地",
            "居所",
            "番地",
            "郵便番号",
            "〒",
            "本籍",
            "宿泊先",
            "勤務先",
            "address",
            "postalcode",
            "zipcode",
        ],
    ),
    (Announced::Occupation, &["職業", "学校名"]),
];

/// Whole headings, or their end after what they belong to (`自宅電話`).
const ENDING: [(Announced, &[&str]); 3] = [
    (Announced::Phone, &["電話", "tel", "携帯", "phone"]),
    (Announced::Name, &["カナ", "かな", "漢字", "姓", "氏", "name"]),
    (Announced::Email, &["mail"]),
];

/// Endings that make a heading one of a figure, a date or a yes or no about the thing, not of the thing.
const ABOUT: [&str; 14] = [
    "件数",
    "人数",
    "回数",
    "者数",
    "日時",
    "時刻",
    "送信日",
    "有無",
    "フラグ",
    "区分",
    "コード",
    "年代",
    "割合",
    "時間",
];

/// What a heading announces, if it is something that identifies a person.
pub fn announced(heading: &str) -> Option<Announced> {
    let bare = bare(heading);
    for (what, words) in WITHIN {
        if words.iter().any(|w| bare.contains(w)) && !is_about(what, &bare) {
            return Some(what);
        }
    }
    // A number behind the word does not change it: 電話2.
    let stem = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    let found = ENDING.iter().find(|(_, words)| words.iter().any(|w| ends_as_word(stem, w)));
    found.map(|(what, _)| *what)
}

/// Does a heading say that below it stands somebody's age? An age by which something is counted (平均年齢, 65歳以上, 年齢階級) is
/// nobody's.
pub(super) fn is_of_an_age(heading: &str) -> bool {
    const AGES: [&str; 8] = ["年齢", "年令", "月齢", "週齢", "日齢", "年齢歳", "年齢才", "満歳"];
    const OF_MANY: [&str; 8] = ["平均", "中央", "最高", "最低", "最年", "対象", "調整", "標準"];
    const NO_AGES: [&str; 8] =
        ["mean", "average", "median", "group", "band", "class", "standardised", "adjusted"];
    let bare = bare(heading);
    // What stands behind it does not change it: 年齢2, 年齢（報告時）.
    let stem = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = ["報告時", "発病時", "診断時", "届出時", "受理時", "現在"]
        .iter()
        .find_map(|at| stem.strip_suffix(at))
        .unwrap_or(stem);
    let said = AGES.iter().any(|age| stem.ends_with(age)) || ["歳", "才", "年歳"].contains(&stem);
    let lower = word(heading);
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let in_english = words.contains(&"age") && !words.iter().any(|of| NO_AGES.contains(of));
    in_english || said && !OF_MANY.iter().any(|of| bare.contains(of))
}

/// Names, births, individual numbers and free text stay what they are whatever follows.
fn is_about(what: Announced, bare: &str) -> bool {
    let softer =
        matches!(what, Announced::Phone | Announced::Email | Announced::Address | Announced::Occupation);
    softer && ABOUT.iter().any(|ending| bare.ends_with(ending))
}

/// `自宅電話` and `tel` end in the word; `hotel` does not.
fn ends_as_word(bare: &str, word: &str) -> bool {
    let Some(before) = bare.strip_suffix(word) else { return false };
    !word.is_ascii() || !before.ends_with(|c: char| c.is_ascii_alphabetic())
}

/// NFKC, lower case, without blanks, brackets and signs.
fn bare(heading: &str) -> String {
    let letters: String =
        word(heading).chars().filter(|c| c.is_alphanumeric() || matches!(c, 'ー' | '-' | '〒')).collect();
    // 発生年月日 is no 生年月日.
    letters.replace("発生", "発")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_are(what: Announced, headings: &str) {
        for heading in headings.split('|') {
            assert_eq!(announced(heading), Some(what), "{heading}");
        }
    }

    #[test]
    fn identifiers() {
        all_are(
            Announced::Name,
            "氏名|患者氏名|患者_氏名|氏　名|氏名（漢字）|フリガナ|ﾌﾘｶﾞﾅ|カナ|ｶﾅ|氏名（カナ）|カナ氏名|ふりがな|保護者氏名|医師氏名|\
            医師の氏名|担当者名|名前|Full Name|保護者|氏名の有無",
        );
        all_are(Announced::BirthDate, "生年月日|患者_生年月日|誕生日|生年月日（西暦）|Birth Date");
        all_are(
            Announced::Phone,
            "電話|電話番号|TEL|ＴＥＬ|自宅電話|携帯電話|電話２|連絡先|所在地電話番号|医療機関電話",
        );
        all_are(Announced::Email, "メール|メールアドレス|E-mail|Ｅメール|mail");
        all_are(Announced::Address, "住所|現住所|当該者住所|所在地|郵便番号|〒|住所地|居所|勤務先住所");
        all_are(Announced::IndividualNumber, "個人番号|マイナンバー|個人番号(12桁)");
        all_are(Announced::FreeText, "備考|特記事項|メモ|感染経路（自由記載）|備考１");
        all_are(Announced::Occupation, "職業|患者_職業|職業・学年");
    }

    #[test]
    fn ages() {
        for heading in
            "年齢|満年齢|患者_年齢|年齢（歳）|年齢(才)|歳|年令|年齢２|年齢（報告時）|発病時年齢|月齢|日齢|Age|patient_age|Age (years)|ＡＧＥ"
                .split('|')
        {
            assert!(is_of_an_age(heading), "{heading}");
        }
        for heading in "年代|平均年齢|年齢中央値|年齢階級|年齢区分|65歳以上|10歳未満|0-4歳|５～９歳|dosage|stage|average|percentage|age group|mean_age|\
            最高年齢|年齢別人数|高齢者|学齢|入院年月日|SpO2"
            .split('|')
        {
            assert!(!is_of_an_age(heading), "{heading}");
        }
    }

    #[test]
    fn harmless() {
        let headings = "年齢|患者_年代|性別|患者_居住地|診断年月日|発病年月日|HER-SYS ID|電話相談件数|SMSメール送信日時|住所区分|区民|地区|\
            死亡年月日|公表_年月日|医療機関コード|報告日時|療養区分|ホテル|宿泊療養|hotel|人口|渡航先カナダ|都道府県名|市区町村名|施設コード|\
            うち重症者数|発生年月日|未入力FAX|FAX（入力代行）件数|入院年月日|感染推定年月日|感染経路|陽性者数|施設名";
        for heading in headings.split('|') {
            assert_eq!(announced(heading), None, "{heading}");
        }
    }
}
