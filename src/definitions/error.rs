//! What can be wrong with a definition file: always the file, and the line where there is one.

use thiserror::Error;

use super::mapping::MappingError;

#[derive(Debug, Error)]
pub enum CatalogError {
    #[error("unable to read {file}")]
    Read { file: String, source: std::io::Error },
    #[error("{file} is not UTF-8")]
    NotText { file: String },
    #[error("{file}, line {line}: {what}")]
    Header { file: String, line: usize, what: String },
    #[error("{file}: the header does not say {key}")]
    MissingKey { file: String, key: &'static str },
    #[error("{file}: no query after the header")]
    NoQuery { file: String },
    #[error("{file}: {what}")]
    Toml { file: String, what: String },
    #[error("{file}: 取込定義に誤りがあります: {why}")]
    Mapping { file: String, why: MappingError },
    #[error("{file}: no table lifted by this file")]
    NoTable { file: String },
    #[error(
        "{file}: queries/system はプログラムの一部で、差し替えられません · queries/system is part of the program and can't be replaced"
    )]
    System { file: String },
    #[error("{file}: the file name may hold only lower-case letters, digits, - and _")]
    Name { file: String },
}

impl CatalogError {
    /// A TOML error, with its line, without the offending text's surroundings.
    pub(super) fn toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let message = error.message().to_owned();
        let what = match error.span() {
            Some(span) => {
                let line = text.get(..span.start).map_or(0, |before| before.matches('\n').count()) + 1;
                format!("line {line}: {message}")
            }
            None => message,
        };
        Self::Toml { file: file.to_owned(), what }
    }
}
