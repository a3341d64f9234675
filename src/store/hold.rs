//! Why a delivery waits for a person: the sign that was met, with its counts, in words for whoever decides.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::epi::rounding::plain;

/// A sign that a file is not what its source has to say. Rows and days only, never a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "sign")]
pub enum Hold {
    /// The file's last line has no end and too few cells.
    Torn { row: u64 },
    /// The file's last line has no end, and the source's earlier files all had one: it may end within its last cell.
    NoLineEnd { row: u64 },
    /// More than half of a column's filled cells can't be read, or far more than the source's usual share.
    Unreadable { column: String, cells: u64, filled: u64, usual: Option<f64> },
    /// Older than what was taken already, and no days are left of which it alone tells: it would set rows back.
    Older { rows: u64 },
    /// A snapshot without rows.
    Empty,
    /// A snapshot of fewer than half of the stored rows.
    Shrunk { rows: u64, stored: u64 },
    /// As many lines as a sheet of a spreadsheet has: what came after them is lost.
    FullSheet { lines: u64, withdrawn: u64 },
    /// The last rows would be withdrawn, and hardly anything else is: `elsewhere`, rows that changed or went elsewhere. There may be
    /// new ones.
    LostEnd {
        withdrawn: u64,
        stored: u64,
        days: Option<(Date, Date)>,
        #[serde(default, skip_serializing_if = "is_none")]
        elsewhere: u64,
    },
    /// The last days of the window in the file's name are empty, and were not.
    LostDays { from: Date, to: Date, withdrawn: u64, stored: u64 },
    /// A larger share is withdrawn than the source usually does. `usual`: its highest of late, where enough is known.
    ManyWithdrawn { withdrawn: u64, stored: u64, usual: Option<f64> },
}

impl Hold {
    pub fn ja(&self) -> String {
        match self {
            Self::Torn { row } => {
                format!("ファイルが途中で切れています（{row}行目が行の途中で終わっています）")
            }
            Self::NoLineEnd { row } => format!(
                "ファイルが途中で切れている可能性があります（最後の{row}行目に改行がありません。この系統のこれまでのファイルは改行で終わっています）"
            ),
            Self::Unreadable { column, cells, filled, usual } => format!(
                "「{column}」の記入{filled}件のうち{cells}件（{}%）が読めません。{}",
                whole(*cells as f64 / *filled as f64),
                usual.map_or_else(
                    || "半分を超えています".to_owned(),
                    |u| format!("いつもは{}%です", whole(u))
                )
            ),
            Self::Older { rows } => format!(
                "すでに受け入れたファイルより古く、登録済みの{rows}件を古い内容に戻すおそれがあります"
            ),
            Self::Empty => "データの行が1行もありません".to_owned(),
            Self::Shrunk { rows, stored } => {
                format!("行数が半分より少なくなっています（登録済み{stored}件に対し{rows}行）")
            }
            Self::FullSheet { lines, withdrawn } => format!(
                "表計算ソフトの上限（{lines}行）ちょうどで終わり、続きが失われた可能性があります（取下げ{withdrawn}件）"
            ),
            Self::LostEnd { withdrawn, stored, days, elsewhere } => format!(
                "末尾が欠けている可能性があります（{stored}件のうち最後の{withdrawn}件{}が無くなり、残る行{}）",
                days.map_or_else(String::new, |(from, to)| format!("、{}分", span(from, to, "〜"))),
                match elsewhere {
                    0 => "に変更がありません".to_owned(),
                    n => format!("の変更・取下げは{n}件だけです"),
                }
            ),
            Self::LostDays { from, to, withdrawn, stored } => format!(
                "末尾が欠けている可能性があります（期間の最後の{}が空です。登録済み{stored}件のうち{withdrawn}件が無くなります）",
                span(*from, *to, "〜")
            ),
            Self::ManyWithdrawn { withdrawn, stored, usual } => format!(
                "取下げがいつもより多くなっています（登録済み{stored}件のうち{withdrawn}件、{}%{}）",
                percent(*withdrawn, *stored),
                usual.map_or_else(String::new, |usual| format!("。いつもは最大{}%", share(usual)))
            ),
        }
    }

    pub fn en(&self) -> String {
        match self {
            Self::Torn { row } => format!("the file ends in the middle of row {row}"),
            Self::NoLineEnd { row } => format!(
                "the file may have been cut off: its last line, row {row}, has no line end, as every earlier file of the source had"
            ),
            Self::Unreadable { column, cells, filled, usual } => format!(
                "column {column}: {cells} of {filled} filled cells can't be read ({} %), {}",
                whole(*cells as f64 / *filled as f64),
                usual.map_or_else(
                    || "more than half".to_owned(),
                    |usual| format!("far more than usual ({} %)", whole(usual))
                )
            ),
            Self::Older { rows } => {
                format!("older than a file that was taken already: {rows} stored rows may be set back")
            }
            Self::Empty => "the snapshot has no rows".to_owned(),
            Self::Shrunk { rows, stored } => format!("the snapshot has shrunk from {stored} rows to {rows}"),
            Self::FullSheet { lines, withdrawn } => format!(
                "the file ends at {lines} lines, the limit of a spreadsheet: what follows may be lost ({withdrawn} withdrawn)"
            ),
            Self::LostEnd { withdrawn, stored, days, elsewhere } => format!(
                "the file may have lost its end: {withdrawn} of {stored} rows would be withdrawn, all of them the last{}, and {} is changed",
                days.map_or_else(String::new, |(from, to)| format!(" ({})", span(from, to, " to "))),
                match elsewhere {
                    0 => "no row that stays".to_owned(),
                    n => format!("hardly any other row ({n})"),
                }
            ),
            Self::LostDays { from, to, withdrawn, stored } => format!(
                "the file may have lost its end: the last days of its window ({}) are empty and were not; {withdrawn} of {stored} rows would be withdrawn",
                span(*from, *to, " to ")
            ),
            Self::ManyWithdrawn { withdrawn, stored, usual } => format!(
                "{withdrawn} of {stored} rows ({} %) would be withdrawn{}",
                percent(*withdrawn, *stored),
                usual.map_or_else(String::new, |usual| format!(", the most of late was {} %", share(usual)))
            ),
        }
    }

    /// Japanese first, then English: what [`super::Outcome::Held`] says.
    pub fn words(&self) -> String {
        format!("{} · {}", self.ja(), self.en())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_none(rows: &u64) -> bool {
    *rows == 0
}

fn span(from: Date, to: Date, between: &str) -> String {
    if from == to { from.to_string() } else { format!("{from}{between}{to}") }
}

fn percent(part: u64, whole: u64) -> String {
    share(part as f64 / whole.max(1) as f64)
}

fn whole(share: f64) -> String {
    plain(share * 100.0, 0).unwrap_or_default()
}

fn share(share: f64) -> String {
    plain(share * 100.0, 1).unwrap_or_default()
}
