//! What is wrong with a mapping, in both languages.

/// What is wrong with a mapping file. Who reads the file names it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("{line}行目{column}文字目: 書き方が正しくありません · line {line}, column {column}: {message}")]
    Syntax { line: usize, column: usize, message: String },
    #[error("{}: {} · {at}: {}", at_ja(at), why.ja, why.en)]
    Sense { at: String, why: Why },
}

/// Why something makes no sense, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub ja: String,
    pub en: String,
}

pub(super) fn why(ja: impl Into<String>, en: impl Into<String>) -> Why {
    Why { ja: ja.into(), en: en.into() }
}

/// `column 年齢` is 列「年齢」; keys are called as they are written.
fn at_ja(at: &str) -> String {
    at.strip_prefix("column ").map_or_else(|| at.to_owned(), |name| format!("列「{name}」"))
}
