//! Rows that stand in a table and are no rows of it: totals (合計, 小計, 全国) and notes below (※1 …).

use unicode_normalization::UnicodeNormalization;

/// What a row seems to be, by words in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// A cell says 合計, 小計, 全国 or the like.
    Total,
    /// What stands in its first filled cell is a note.
    Note,
}

const TOTALS: [&str; 14] = [
    "合計",
    "総計",
    "小計",
    "中計",
    "計",
    "総数",
    "総合計",
    "全国",
    "全体",
    "total",
    "totals",
    "grandtotal",
    "subtotal",
    "sum",
];

/// `都計`, `男女計`, `市部計` are totals; these words end as they do and are none.
const NO_TOTALS: [&str; 8] = ["統計", "会計", "家計", "設計", "時計", "推計", "生計", "体温計"];

/// How long a word for a total may be.
const LONGEST: usize = 8;

const NOTES: [&str; 15] =
    ["※", "*", "注", "備考", "出典", "資料", "凡例", "単位", "(注", "(※", "【注", "[注", "〔注", "†", "note"];

/// Words that close a table.
const CLOSING: [&str; 3] = ["以上", "以下余白", "余白"];

/// Does the whole cell say that its row is a total?
pub fn is_total(cell: &str) -> bool {
    // Nothing longer is a word; a long cell is not folded.
    if cell.len() > 96 {
        return false;
    }
    let word = folded(cell);
    let word = word.trim_matches(['(', ')', '[', ']', '【', '】', '〈', '〉', '<', '>', ':']);
    let counted = || (2..=LONGEST).contains(&word.chars().count()) && word.ends_with('計');
    TOTALS.contains(&word) || counted() && !NO_TOTALS.iter().any(|no| word.ends_with(no))
}

/// Does the cell begin as notes do?
pub fn is_note(cell: &str) -> bool {
    let start: String = cell.trim_start().chars().take(12).collect();
    let start = folded(&start);
    NOTES.iter().any(|note| start.starts_with(note)) || CLOSING.contains(&start.as_str())
}

/// One width, no blanks, lower case.
fn folded(cell: &str) -> String {
    cell.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals() {
        for text in "合計|合　計| 総 計|小計|計|【合計】|（計）|全国|総数|都計|男女計|区市町村計|Total|ＴＯＴＡＬ|Grand Total|合計："
            .split('|')
        {
            assert!(is_total(text), "{text}");
        }
        for text in
            "|統計|会計|推計|港区|01|累計陽性者数|合計は別表のとおり|Totally|時計|全国平均|1".split('|')
        {
            assert!(!is_total(text), "{text}");
        }
    }

    #[test]
    fn notes() {
        for text in
            "※1　入院者数には|＊準備中|* x|注1）|（注）|(注1) x|備考：|出典：厚生労働省|【注】|以上|Note: x"
                .split('|')
        {
            assert!(is_note(text), "{text}");
        }
        for text in "|港区|01|合計|2021-02-17|以上の数|H001".split('|') {
            assert!(!is_note(text), "{text}");
        }
    }
}
