//! The header of a query file: comment lines `-- key: value` before the query.
//!
//! A `--` line that has no key, indented by two spaces or more, continues the value above it.
//! An empty `--` line ends nothing and means nothing.

use std::collections::BTreeMap;

use super::error::CatalogError;

/// The keys and values of one header, with the line of each, and the text after it.
#[derive(Debug)]
pub(super) struct Header<'a> {
    file: &'a str,
    values: BTreeMap<String, (usize, String)>,
    pub sql: &'a str,
}

impl<'a> Header<'a> {
    /// Splits a file into header and query. A key that is not `known`, or that comes twice, is an error.
    pub(super) fn split(file: &'a str, text: &'a str, known: &[&str]) -> Result<Self, CatalogError> {
        let mut values: BTreeMap<String, (usize, String)> = BTreeMap::new();
        let mut last: Option<String> = None;
        let mut offset = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let number = index + 1;
            let wrong = |what: String| CatalogError::Header { file: file.to_owned(), line: number, what };
            let bare = line.trim_end();
            let Some(comment) = bare.strip_prefix("--") else { break };
            offset += line.len();
            if comment.trim().is_empty() {
                continue;
            }
            if comment.starts_with("   ") {
                let Some((_, value)) = last.as_ref().and_then(|key| values.get_mut(key)) else {
                    return Err(wrong("a continuation line before the first key".into()));
                };
                value.push(' ');
                value.push_str(comment.trim());
                continue;
            }
            let Some((key, value)) = comment.split_once(':') else {
                return Err(wrong("not `key: value` (indent a continuation by three spaces)".into()));
            };
            let key = key.trim();
            if !known.contains(&key) {
                return Err(wrong(format!("unknown key `{key}`; known: {}", known.join(", "))));
            }
            if values.insert(key.to_owned(), (number, value.trim().to_owned())).is_some() {
                return Err(wrong(format!("key `{key}` for the second time")));
            }
            last = Some(key.to_owned());
        }
        let sql = text.get(offset..).unwrap_or_default();
        if sql.trim().is_empty() && !values.contains_key("query") {
            return Err(CatalogError::NoQuery { file: file.to_owned() });
        }
        Ok(Self { file, values, sql })
    }

    /// The value of a key that must be there and must not be empty.
    pub(super) fn required(&self, key: &'static str) -> Result<&str, CatalogError> {
        match self.values.get(key) {
            None => Err(CatalogError::MissingKey { file: self.file.to_owned(), key }),
            Some((_, value)) if value.is_empty() => Err(self.wrong(key, "no value")),
            Some((_, value)) => Ok(value),
        }
    }

    /// The value of a key that may be absent; empty counts as absent.
    pub(super) fn optional(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }

    /// The values of a list, `a ; b`.
    pub(super) fn list(&self, key: &str, separator: char) -> Vec<&str> {
        self.optional(key).map_or_else(Vec::new, |value| {
            value.split(separator).map(str::trim).filter(|v| !v.is_empty()).collect()
        })
    }

    /// One of some words.
    pub(super) fn one_of<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Result<T, CatalogError> {
        let value = self.required(key)?;
        words.iter().find(|(word, _)| *word == value).map(|(_, meant)| *meant).ok_or_else(|| {
            let allowed: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(key, &format!("`{value}` is none of {}", allowed.join(", ")))
        })
    }

    /// A whole number, or what stands for it when the key is absent.
    pub(super) fn number(&self, key: &str, absent: Option<u32>) -> Result<u32, CatalogError> {
        match (self.optional(key), absent) {
            (None, Some(number)) => Ok(number),
            (text, _) => text
                .unwrap_or_default()
                .parse()
                .map_err(|_| self.wrong(key, "not a whole number, zero or more")),
        }
    }

    /// The line of a key.
    pub(super) fn line(&self, key: &str) -> usize {
        self.values.get(key).map_or(1, |(line, _)| *line)
    }

    /// An error on the line of a key.
    pub(super) fn wrong(&self, key: &str, what: &str) -> CatalogError {
        let line = self.line(key);
        CatalogError::Header { file: self.file.to_owned(), line, what: format!("{key}: {what}") }
    }
}

/// May a definition file have this stem? It becomes a part of an address and of a file name.
pub(super) fn check_stem(file: &str, stem: &str) -> Result<(), CatalogError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if stem.is_empty() || !stem.chars().all(fits) {
        return Err(CatalogError::Name { file: file.to_owned() });
    }
    Ok(())
}
