//! What is wrong with a mapping, in both languages.

/// What is wrong with a mapping file. Who reads the file names it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("{line}行目{column}文字目: {} · line {line}, column {column}: {message}", syntax_ja(message))]
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

impl Why {
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }
}

pub(super) fn why(ja: impl Into<String>, en: impl Into<String>) -> Why {
    Why::new(ja, en)
}

/// `column 年齢` is 列「年齢」; keys are called as they are written.
fn at_ja(at: &str) -> String {
    at.strip_prefix("column ").map_or_else(|| at.to_owned(), |name| format!("列「{name}」"))
}

/// What the reader of TOML says, as far as it is usual.
fn syntax_ja(message: &str) -> String {
    let named = |before: &str| {
        let rest = message.split_once(before)?.1.strip_prefix('`')?;
        rest.split_once('`').map(|(name, _)| name.to_owned())
    };
    if let Some(name) = named("unknown field ") {
        return format!("「{name}」という項目はありません");
    }
    if let Some(name) = named("missing field ") {
        return format!("項目「{name}」がありません");
    }
    if let Some(name) = named("unknown variant ") {
        return format!("「{name}」という値は使えません");
    }
    let usual = [("invalid type", "値の種類が違います"), ("duplicate", "同じ項目が二度あります")];
    let found = usual.iter().find(|(en, _)| message.contains(en));
    found.map_or("書き方が正しくありません", |(_, ja)| *ja).to_owned()
}
