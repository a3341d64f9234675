//! The words by which published lists and forms say that something is not known, not yet, or not told. They are no
//! fault: the cell is empty, said aloud. A mapping may add words of its own, and its codes may take one away.

use std::collections::HashSet;
use std::sync::LazyLock;

/// In every column.
#[rustfmt::skip]
const EVERYWHERE: &[&str] = &[
    "不明", "不詳", "不詳者", "未詳", "未確認", "確認中", "調査中", "照会中", "精査中", "聞き取り中", "聴取中", "問合せ中", "判定中",
    "未定", "未判明", "判明せず", "未把握", "把握せず", "未聴取", "未報告", "未調査", "未回答", "無回答", "回答なし", "回答拒否",
    "聴取不可", "聴取拒否", "聴取困難", "聞き取り不可", "聞き取り困難", "聞取り不可", "確認できず", "確認不可", "特定できず",
    "非公表", "未公表", "公表しない", "公表せず", "公表なし", "公表不可", "公表を控える", "非公開", "未公開", "非開示", "不開示", "未開示",
    "空欄", "空白", "未記入", "未記載", "未入力", "無記入", "記入なし", "記載なし", "記載無し", "入力なし", "登録なし", "情報なし",
    "データなし", "該当なし", "該当無し", "該当せず", "非該当", "対象外", "欠測", "欠損", "秘匿", "非表示", "追って公表", "後日公表",
    "na", "n/a", "#n/a", "n.a.", "n.a", "nan", "null", "nil", "none", "(null)", "(none)", "(blank)", "blank", "nd", "n.d.", "n/d",
    "unknown", "unk", "unspecified", "undisclosed", "undetermined", "undefined", "missing", "pending", "tbd", "tba", "tbc",
    "not known", "not disclosed", "not available", "not applicable", "not specified", "not stated", "not provided",
    "not reported", "not recorded", "not released", "not published", "not public", "no data", "no information", "no answer",
    "not sure", "not yet known", "to be determined", "to be confirmed", "under investigation", "being investigated",
    "under review", "withheld", "suppressed", "refused", "declined", "prefer not to say", "private", "unbekannt", "-unbekannt-",
];

/// In a column of days or times: it did not happen, or has not yet.
#[rustfmt::skip]
pub(super) const NO_DAY: &[&str] = &[
    "なし", "無し", "無", "なし(無症状)", "無症状", "無症状者", "無症状のため", "無症状のためなし", "無症候", "無症候性",
    "無症状病原体保有者", "無症状病原体保有", "症状なし", "症状無し", "症状無", "発症なし", "発症せず", "未発症", "発病なし", "発病せず",
    "自覚症状なし", "asymptomatic", "no symptoms", "no symptom", "無症状(不明)", "未実施", "実施せず", "未受診", "受診なし", "入院中",
    "療養中", "治療中", "継続中", "未退院", "未解除", "未定(入院中)", "未接種", "接種なし", "入院なし", "未入院",
];

/// In a column of ids: there is none.
pub(super) const NO_ID: &[&str] = &["なし", "無し", "無", "未付番", "未発番", "未登録", "番号なし"];

static SET: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let with_and_without_blanks = |word: &&str| [(*word).to_owned(), word.replace(' ', "")];
    EVERYWHERE.iter().flat_map(with_and_without_blanks).collect()
});

/// Does a word (as [`crate::epi::text::word`] gives it) say "unknown" in every column? A cell of dashes says it too.
pub(super) fn is_listed(word: &str) -> bool {
    SET.contains(word) || !word.is_empty() && word.chars().all(|c| matches!(c, '-' | 'ー'))
}

#[cfg(test)]
mod tests {
    use super::super::text::{Found, Words};
    use super::*;
    use crate::epi::text::word;

    #[test]
    fn each_word_is_met_in_any_width_and_case() {
        let mut words = Words::new([]);
        for text in
            EVERYWHERE.iter().copied().chain("ＮＡ|Not Disclosed|UNKNOWN|N.A.|ＮＵＬＬ|非公表 ".split('|'))
        {
            assert_eq!(words.find(text), Found::Unknown, "{text}");
        }
        for text in EVERYWHERE.iter().chain(NO_DAY).chain(NO_ID) {
            assert!(!text.is_empty() && word(text) == *text, "{text}");
        }
    }
}
