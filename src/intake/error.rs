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

/// What is wrong with the file. Rows count as in [`super::fault::Fault`]: the header is row 1.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the file can't be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("the file is empty")]
    Empty,
    #[error("the file changed while it was read; it is taken again once it is complete")]
    Changed,
    #[error("the compressed file is damaged or cut short")]
    Damaged,
    #[error("the archive holds no .csv file")]
    NoCsvInside,
    #[error("the archive holds {count} .csv files; one is read")]
    SeveralInside { count: usize },
    #[error("the archive is encrypted or packed in a way that is not read")]
    UnreadableArchive,
    #[error("the compressed file expands to more than {limit}")]
    ExpandsTooFar { limit: &'static str },
    #[error("the text is in {found}; UTF-8, CP932 and UTF-16 are read")]
    Encoding { found: &'static str },
    #[error("row {row}: the header: {}", kind.reason())]
    Header { row: u64, kind: FaultKind },
    #[error("row {row}: no column is headed {}", columns.join(", nor "))]
    MissingColumns { row: u64, columns: Vec<String> },
    #[error("row {row}, column {column}: two headings of the file mean this column")]
    DuplicateHeading { row: u64, column: String },
    #[error("row {row}, column {column}: a quote that is never closed")]
    UnterminatedQuote { row: u64, column: String },
}

impl IntakeError {
    pub fn new(file: impl Into<String>, why: Refusal) -> Self {
        Self { file: file.into(), why }
    }
}
