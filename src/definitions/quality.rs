//! A quality query: each row that it returns is a fault in the data.

use std::sync::Arc;

use super::error::CatalogError;
use super::files::File;
use super::header::{Header, check_stem};

/// A parsed file of `queries/quality/`. Its rows say where (source, day, area …) and how many, never who. People are told its
/// texts, its counts of rows (`rows`) and the months of its first day: no other number of a row.
#[derive(Clone, Debug)]
pub struct Quality {
    /// The file's stem.
    pub id: String,
    pub title_ja: String,
    pub title_en: String,
    /// Result columns: (SQL name, Japanese label).
    pub columns: Vec<(String, String)>,
    pub sql: Arc<str>,
    /// SHA-256 of the whole file, hex.
    pub hash: String,
}

const KEYS: [&str; 6] = ["title.ja", "title.en", "columns", "source", "basis", "note"];

impl Quality {
    pub fn parse(path: &str, stem: &str, file: &File) -> Result<Self, CatalogError> {
        check_stem(path, stem)?;
        let header = Header::split(path, file.text(path)?, &KEYS)?;
        Ok(Self {
            id: stem.to_owned(),
            title_ja: header.required("title.ja")?.to_owned(),
            title_en: header.required("title.en")?.to_owned(),
            columns: super::indicator::columns(&header)?,
            sql: Arc::from(header.sql.trim()),
            hash: file.hash.clone(),
        })
    }
}
