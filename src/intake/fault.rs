//! What is wrong with a row: its number, its column, its kind; never its value.

use serde::{Deserialize, Serialize};

/// A row that was not let through, or a cell that was let through as unknown with a warning.
/// Carries no value of the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Row number in the file, the header being row 1.
    pub row: u64,
    /// The mapping's first heading for the column; empty when the whole row is at fault.
    pub column: String,
    pub kind: FaultKind,
    /// The row that this one repeats or contradicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<u64>,
}

impl Fault {
    pub fn new(row: u64, column: impl Into<String>, kind: FaultKind) -> Self {
        Self { row, column: column.into(), kind, other: None }
    }

    /// The same fault, with the row that this one repeats or contradicts.
    #[must_use]
    pub fn beside(self, other: u64) -> Self {
        Self { other: Some(other), ..self }
    }
}

/// Cells of one column that were let through as unknown because nothing could be made of them, of a whole delivery.
/// All are counted; a word for "unknown" is none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The mapping's first heading for the column.
    pub column: String,
    pub kind: FaultKind,
    pub cells: u64,
    /// Cells of the column that were not empty, of whatever kind.
    pub filled: u64,
    /// The rows of the first [`Unread::ROWS`] cells.
    pub rows: Vec<u64>,
}

impl Unread {
    /// Rows that are named one by one.
    pub const ROWS: usize = 20;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Required, and empty or unknown.
    Missing,
    NotADate,
    NotATime,
    NotANumber,
    Negative,
    OutOfRange,
    /// A day outside those that the file's name says it is of.
    OutsideWindow,
    NotAnAge,
    /// A date without its day: `3月中旬` (a warning, never a reason to quarantine an optional cell).
    VagueDate,
    /// A day whose time of day is told about, or in words: the day is kept (a warning).
    DayOnly,
    /// A day of a year that can't be told: `3/15`, `26/11/16` (2026, or 平成26年?).
    NoYear,
    /// Another outcome where the day of a death stands: `生存`, `退院` (a warning: it is no death).
    OtherOutcome,
    /// Ages of more than one ten-year band: `65歳以上` (a warning, as above).
    SpansBands,
    /// A row of its own for an age above 90, in a table of totals where 90 and over are one key.
    AboveTop,
    /// A date before one that it usually follows (a warning, never a reason to quarantine).
    OutOfOrder,
    /// An end before its beginning: it counts as unknown.
    EndBeforeBegin,
    /// Not in the mapping's code list.
    UnknownCode,
    /// An id that does not fit its stated pattern.
    NotAnId,
    /// An id that would fit its pattern with zeros before it: a spreadsheet takes them.
    LostZero,
    /// A code to which the zeros before it were given back (a warning).
    ZeroGivenBack,
    /// A number with more places than are kept, rounded to those (a warning).
    Rounded,
    LooksLikeName,
    LooksLikePhone,
    LooksLikeEmail,
    LooksLikeAddress,
    LooksLikeIndividualNumber,
    LooksLikeHerSysId,
    /// The same key twice with different content, where none of the rows may count.
    DuplicateKey,
    /// The same key twice in one delivery with different content: the other row counts (a warning).
    ContradictingRows,
    /// The same row twice in one delivery: it counts once (a warning).
    IdenticalRows,
    /// More or fewer cells than the header.
    Ragged,
    NulByte,
    LineTooLong,
    BadEncoding,
    UnterminatedQuote,
    /// A whole record inside one quoted cell.
    RecordInQuote,
    /// The file's last line has no line end.
    NoLineEnd,
}

impl FaultKind {
    /// The plain sentence for a log or a screen, lower case and without a full stop.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Missing => "a required value is missing",
            Self::NotADate => "not a date",
            Self::NotATime => "not a date and time",
            Self::NotANumber => "not a number",
            Self::Negative => "a count below zero",
            Self::OutOfRange => "outside the possible range",
            Self::OutsideWindow => "outside the days in the file's name",
            Self::NotAnAge => "not an age",
            Self::VagueDate => "a date without its day",
            Self::DayOnly => "no exact time of day: only the day was kept",
            Self::NoYear => "a day whose year can't be told (none, or two digits: see date_order)",
            Self::OtherOutcome => "another outcome in a column of deaths: no death",
            Self::SpansBands => "ages of more than one ten-year band",
            Self::AboveTop => "ages above 90 are kept as one: add them up in one row, 90 and over",
            Self::OutOfOrder => "a date before one that it usually follows",
            Self::EndBeforeBegin => "an end before its beginning: it counts as unknown",
            Self::UnknownCode => "not in the code list",
            Self::NotAnId => "does not fit the id's pattern",
            Self::LostZero => "the zero in front may be gone (a spreadsheet takes it)",
            Self::ZeroGivenBack => "the zero in front was gone and has been put back",
            Self::Rounded => "more decimal places than are kept: rounded",
            Self::LooksLikeName => "looks like a person's name",
            Self::LooksLikePhone => "looks like a phone number",
            Self::LooksLikeEmail => "looks like an e-mail address",
            Self::LooksLikeAddress => "looks like an address",
            Self::LooksLikeIndividualNumber => "looks like an individual number (個人番号)",
            Self::LooksLikeHerSysId => "looks like a HER-SYS id",
            Self::DuplicateKey => "the same key twice with different content",
            Self::ContradictingRows => "contradicts another row of the same key, which counts",
            Self::IdenticalRows => "the same as another row: counted once",
            Self::Ragged => "more or fewer cells than the header",
            Self::NulByte => "a NUL byte",
            Self::LineTooLong => "a line over 1 MiB",
            Self::BadEncoding => "bytes that do not fit the file's encoding",
            Self::UnterminatedQuote => "a quote that is never closed",
            Self::RecordInQuote => "a whole record inside one quoted cell",
            Self::NoLineEnd => "the last line has no line end: the file may have been cut off",
        }
    }

    /// The same for staff, in Japanese.
    pub fn ja(self) -> &'static str {
        match self {
            Self::Missing => "必要な値がありません",
            Self::NotADate => "日付ではありません",
            Self::NotATime => "日時ではありません",
            Self::NotANumber => "数ではありません",
            Self::Negative => "負の数です",
            Self::OutOfRange => "ありえない範囲の値です",
            Self::OutsideWindow => "ファイル名の期間に入らない日付です",
            Self::NotAnAge => "年齢ではありません",
            Self::VagueDate => "日が特定されていない日付です",
            Self::DayOnly => "時刻が特定されていないため、日だけを残しました",
            Self::NoYear => {
                "年が分からない日付です（年なし、または2桁の年。取込定義の date_order で決められます）"
            }
            Self::OtherOutcome => "死亡日の欄に、ほかの転帰が書かれています（死亡としません）",
            Self::SpansBands => "年代をまたぐ年齢です",
            Self::AboveTop => "90歳を超える年齢は一つにまとめます（90歳以上の1行に合計してください）",
            Self::OutOfOrder => "日付の前後が逆です",
            Self::EndBeforeBegin => "終わりが始まりより前です（終わりは不明として扱います）",
            Self::UnknownCode => "区分の一覧にない語です",
            Self::NotAnId => "番号の形式に合いません",
            Self::LostZero => "先頭の0がない恐れがあります（表計算ソフトで保存すると消えます）",
            Self::ZeroGivenBack => "先頭の0を補いました",
            Self::Rounded => "小数の桁が多いため丸めました",
            Self::LooksLikeName => "氏名のように見えます",
            Self::LooksLikePhone => "電話番号のように見えます",
            Self::LooksLikeEmail => "メールアドレスのように見えます",
            Self::LooksLikeAddress => "住所のように見えます",
            Self::LooksLikeIndividualNumber => "個人番号のように見えます",
            Self::LooksLikeHerSysId => "HER-SYS IDのように見えます",
            Self::DuplicateKey => "同じキーの行が、違う内容で二つあります",
            Self::ContradictingRows => "同じキーの別の行と食い違います（別の行を採用）",
            Self::IdenticalRows => "別の行と同じです（一つに数えます）",
            Self::Ragged => "列の数が見出しと違います",
            Self::NulByte => "NULバイトがあります",
            Self::LineTooLong => "1行が1 MiBを超えています",
            Self::BadEncoding => "文字コードに合わないバイトがあります",
            Self::UnterminatedQuote => "閉じていない引用符があります",
            Self::RecordInQuote => "1行全体が一つのセルに入っています",
            Self::NoLineEnd => "最後の行に改行がありません（途中で切れている恐れがあります）",
        }
    }

    /// Was the cell's value kept, and there is something to say of it?
    pub fn keeps_value(self) -> bool {
        matches!(
            self,
            Self::ZeroGivenBack | Self::Rounded | Self::OutOfOrder | Self::DayOnly | Self::NoLineEnd
        )
    }

    /// Was the cell understood, and says less than its column holds? Such cells are no sign of a wrong mapping.
    pub fn is_understood(self) -> bool {
        matches!(
            self,
            Self::VagueDate
                | Self::DayOnly
                | Self::OtherOutcome
                | Self::SpansBands
                | Self::OutOfOrder
                | Self::ZeroGivenBack
                | Self::Rounded
                | Self::NoLineEnd
        )
    }

    /// Does a fault of this kind mean that something identifying was met?
    pub fn is_identifying(self) -> bool {
        matches!(
            self,
            Self::LooksLikeName
                | Self::LooksLikePhone
                | Self::LooksLikeEmail
                | Self::LooksLikeAddress
                | Self::LooksLikeIndividualNumber
                | Self::LooksLikeHerSysId
        )
    }
}
