//! Why a whole file is refused: the file, the row and the column, never a value.

use std::io;

use super::fault::FaultKind;

/// A file that can't be taken. What was read of it before counts for nothing.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {why}")]
pub struct IntakeError {
    /// The file's name without its folder; `header` where only a header was looked at.
    pub file: String,
    pub why: Refusal,
}

/// What is wrong with the file: for staff in Japanese, then in English. Rows count as in [`super::fault::Fault`]: the
/// header is row 1 where nothing stands above it.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("ファイルを読めません · the file can't be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("ファイルが空です · the file is empty")]
    Empty,
    #[error(
        "読んでいる間にファイルが変わりました。書き終わってからもう一度読みます · the file changed while it was read; it is \
         taken again once it is complete"
    )]
    Changed,
    #[error("圧縮ファイルが壊れているか途中で切れています · the compressed file is damaged or cut short")]
    Damaged,
    #[error("圧縮ファイルの中に .csv がありません · the archive holds no .csv file")]
    NoCsvInside,
    #[error(
        "圧縮ファイルの中に .csv が{count}つあります（一つだけ読みます） · the archive holds {count} .csv files; one is read"
    )]
    SeveralInside { count: usize },
    #[error(
        "圧縮ファイルが暗号化されているか読めない形式です · the archive is encrypted or packed in a way that is not read"
    )]
    UnreadableArchive,
    #[error("圧縮ファイルを開くと大きすぎます · the compressed file expands to more than {limit}")]
    ExpandsTooFar { limit: &'static str },
    #[error(
        "{}（読めるのは UTF-8, CP932, UTF-16） · the text is in {found}; UTF-8, CP932 and UTF-16 are read",
        encoding_ja(found)
    )]
    Encoding { found: &'static str },
    #[error("{row}行目（見出し）: {} · row {row}: the header: {}", kind.ja(), kind.reason())]
    Header { row: u64, kind: FaultKind },
    #[error(
        "{row}行目に見出し {} がありません · row {row}: no column is headed {}",
        columns.join("・"),
        columns.join(", nor ")
    )]
    MissingColumns { row: u64, columns: Vec<String> },
    #[error(
        "{row}行目: 列が「{}」で区切られています。コンマで区切って（CSV として）保存してください · row {row}: the columns are parted by \
         {}, not by commas: save the file as CSV",
        separator(*found).0, separator(*found).1
    )]
    Separator { row: u64, found: char },
    #[error(
        "見出しは{row}行目にあります。その上の{above}行を消してください（または取込定義に header = \"search\" と書けば読めます） · \
         the headings stand in row {row}: delete the {above} {} above, or say header = \"search\" in the mapping",
        if *above == 1 { "row" } else { "rows" }
    )]
    HeadingsBelow { row: u64, above: u64 },
    #[error(
        "{row}行目の{column}列: 同じ意味の見出しが二つあります · row {row}, column {column}: two headings of the file mean \
         this column"
    )]
    DuplicateHeading { row: u64, column: String },
    #[error(
        "{row}行目の{column}列: 閉じていない引用符があります · row {row}, column {column}: a quote that is never closed"
    )]
    UnterminatedQuote { row: u64, column: String },
}

impl IntakeError {
    pub fn new(file: impl Into<String>, why: Refusal) -> Self {
        Self { file: file.into(), why }
    }
}

fn separator(found: char) -> (&'static str, &'static str) {
    match found {
        '\t' => ("タブ", "tabs"),
        '|' => ("|", "bars"),
        '，' => ("全角のコンマ", "full-width commas"),
        '、' => ("読点", "Japanese commas"),
        '；' => ("全角のセミコロン", "full-width semicolons"),
        _ => ("セミコロン", "semicolons"),
    }
}

/// What an encoding is called that is none of those known.
pub const NO_ENCODING: &str = "an unknown encoding";

fn encoding_ja(found: &str) -> String {
    if found == NO_ENCODING {
        "文字コードが分かりません".to_owned()
    } else {
        format!("文字コードが {found} です")
    }
}
