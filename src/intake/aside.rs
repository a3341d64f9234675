//! Rows that stand in a table and are no rows of it: totals (合計, 小計, 全国) and notes below (※1 …).

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A row of a file that is not counted among the rows of its table. It is named by its number, and nothing of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LeftOut {
    pub row: u64,
    pub why: Why,
}

/// Why a row is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It says that it is a total.
    Total,
    /// It stands at the table's foot: a note, or without anything that a row is known by.
    Foot,
    /// It has no value in any of its columns: it says nothing that could be stored.
    NoValue,
    /// The table's headings once more.
    Headings,
    /// It is of a day of which a newer file of the source has told already.
    Overtaken,
    /// The first or the second, in the ledger's entries of before they were told apart.
    TotalOrFoot,
}

impl Why {
    pub fn ja(self) -> &'static str {
        match self {
            Self::Total => "合計・平均・備考などの行",
            Self::Foot => "表の下の注など",
            Self::NoValue => "値のない行",
            Self::Headings => "見出しの繰り返し",
            Self::Overtaken => "新しいファイルが既に届いている日の行",
            Self::TotalOrFoot => "合計の行・表の下の注",
        }
    }

    pub fn en(self) -> &'static str {
        match self {
            Self::Total => "totals, means, remarks",
            Self::Foot => "the foot of the table",
            Self::NoValue => "without any value",
            Self::Headings => "headings once more",
            Self::Overtaken => "of days of which a newer file has told",
            Self::TotalOrFoot => "totals, the foot of the table",
        }
    }
}

/// What a row seems to be, by words in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// A cell says 合計, 小計, 全国 or the like. In a list of people: its first filled cell, beside which there are only
    /// figures.
    Total,
    /// What stands in its first filled cell is a note.
    Note,
}

/// Words of rows that sum up, or say something of the table.
const TOTALS: [&str; 32] = [
    "合計",
    "総計",
    "小計",
    "中計",
    "計",
    "総数",
    "総合計",
    "全国",
    "全体",
    "再掲",
    "平均",
    "平均値",
    "単純平均",
    "中央値",
    "最大",
    "最大値",
    "最小",
    "最小値",
    "前日比",
    "前日差",
    "前週比",
    "前週差",
    "前年比",
    "増減",
    "構成比",
    "total",
    "totals",
    "grandtotal",
    "subtotal",
    "sum",
    "average",
    "mean",
];

/// Words that say something of the table where they stand alone.
const REMARKS: [&str; 5] = ["備考", "注", "注記", "出典", "資料"];

/// `都計`, `男女計`, `市部計` are totals; these words end as they do and are none.
const NO_TOTALS: [&str; 8] = ["統計", "会計", "家計", "設計", "時計", "推計", "生計", "体温計"];

/// How long a word for a total may be.
const LONGEST: usize = 8;

const NOTES: [&str; 15] =
    ["※", "*", "注", "備考", "出典", "資料", "凡例", "単位", "(注", "(※", "【注", "[注", "〔注", "†", "note"];

/// Words that close a table.
const END_MARKS: [&str; 3] = ["以上", "以下余白", "余白"];

/// Does the whole cell say that its row is a total, with or without what it is of (`小計（芝地区）`) or its figure (`合計25名`)?
pub fn is_total(cell: &str) -> bool {
    // Nothing longer is a word; a long cell is not folded.
    if cell.len() > 96 {
        return false;
    }
    let word = folded(cell);
    let word = word.trim_matches(BRACKETS);
    let label = |word: &str| is_label(word.trim_matches(BRACKETS));
    if label(word) || REMARKS.contains(&word) {
        return true;
    }
    let of = word.split_once(BRACKETS).filter(|(said, _)| label(said));
    let figure = || word.find(|c: char| c.is_ascii_digit()).map(|at| word.split_at(at));
    of.is_some()
        || figure().is_some_and(|(said, figure)| !said.is_ascii() && label(said) && is_figure(figure))
}

const BRACKETS: [char; 11] = ['(', ')', '[', ']', '【', '】', '〈', '〉', '<', '>', ':'];

fn is_label(word: &str) -> bool {
    let counted = || (2..=LONGEST).contains(&word.chars().count()) && word.ends_with('計');
    TOTALS.contains(&word) || counted() && !NO_TOTALS.iter().any(|no| word.ends_with(no))
}

/// Is a cell a count, a share, or a sign that there is none: `25`, `1,234人`, `(3)`, `45.6%`, `-`? A code that begins with a
/// zero is none.
pub fn is_figure(cell: &str) -> bool {
    if cell.len() > 48 {
        return false;
    }
    let cell = folded(cell);
    let bare = of_whom(&cell).trim_matches(['(', ')']).trim_end_matches(['人', '名', '件', '例', '床', '%']);
    if bare.chars().all(|c| matches!(c, '-' | '―' | '−' | 'ー' | '…')) {
        return true;
    }
    let figure = bare.strip_prefix(['▲', '△', '-', '−', '+']).unwrap_or(bare);
    let (whole, part) = figure.split_once('.').unwrap_or((figure, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let whole = whole.replace(',', "");
    digits(&whole) && digits(part) && whole.len() <= 9 && (whole.len() == 1 || !whole.starts_with('0'))
}

/// What stands behind whose figure it is: `男5`, `女性：7名`, `うち女7`.
fn of_whom(cell: &str) -> &str {
    let mut rest = cell;
    for words in [&["うち", "内"][..], &["男性", "女性", "男子", "女子", "男", "女"]] {
        rest = words.iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
        rest = rest.strip_prefix(':').unwrap_or(rest);
    }
    if rest.starts_with(|c: char| c.is_ascii_digit() || c == '(') { rest } else { cell }
}

/// Does the cell begin as notes do?
pub fn is_note(cell: &str) -> bool {
    let start: String = cell.trim_start().chars().take(12).collect();
    let start = folded(&start);
    let inside = start.trim_start_matches(['(', '[', '〔', '【', '<', '〈']);
    NOTES.iter().any(|note| start.starts_with(note) || inside.starts_with(note))
        || END_MARKS.contains(&start.as_str())
        || is_as_of(cell)
}

/// `令和8年11月12日 現在`, `（11/12 17時時点）`: as of when the table was made.
fn is_as_of(cell: &str) -> bool {
    if cell.len() > 96 {
        return false;
    }
    let text = folded(cell);
    let text = text.trim_matches(BRACKETS);
    let dated = ["現在", "時点", "作成", "更新"].iter().find_map(|end| text.strip_suffix(end));
    dated.is_some_and(|day| {
        day.contains(|c: char| c.is_ascii_digit()) && day.contains(['年', '月', '日', '/', '.', '-', '時'])
    })
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
        for text in "合計|合　計| 総 計|小計|計|【合計】|（計）|全国|総数|都計|男女計|区市町村計|Total|ＴＯＴＡＬ|Grand Total|合計：|\
             平均|平均値|前週比|前日差|中央値|備考|（注）|出典：|Average|小計（芝地区）|芝地区 小計|合計25名|合計：1,234人|計 ３件|【小計】芝|男性計|Total (all)|再掲|（再掲）|合計 18名"
            .split('|')
        {
            assert!(is_total(text), "{text}");
        }
        for text in
            "|統計|会計|推計|港区|01|累計陽性者数|合計は別表のとおり|Totally|時計|全国平均|1|設計1|統計（速報）|計画|計画1|\
             合計25名の内訳|Total1|山田計画部"
            .split('|')
        {
            assert!(!is_total(text), "{text}");
        }
    }

    #[test]
    fn figures() {
        for text in
            "25|1,234|１２３４人|(3)|45.6%|0|-|―|▲5|12名||123456|男5|女性 11名|男：7|うち女３名".split('|')
        {
            assert!(is_figure(text), "{text}");
        }
        for text in "01|00123|男|2021-03-01|3/15|090-1234-5678|1234567890|芝|1.|x1|25歳|1.2.3|女|男性|男50代|うち|男01".split('|') {
            assert!(!is_figure(text), "{text}");
        }
    }

    #[test]
    fn notes() {
        for text in
            "※1　入院者数には|＊準備中|* x|注1）|（注）|(注1) x|備考：|出典：厚生労働省|【注】|以上|Note: x|（出典）保健所|（資料：区）|令和8年11月12日 現在|（11/12 17時時点）|\
             2021.3.31現在|R8.11.12作成"
                .split('|')
        {
            assert!(is_note(text), "{text}");
        }
        for text in "|港区|01|合計|2021-02-17|以上の数|H001|現在|入院時点|2021-02-17 10:00".split('|')
        {
            assert!(!is_note(text), "{text}");
        }
    }
}
