//! Queries that others share: `queries/shared/NAME.sql` stands before each text that reads NAME. One may read those whose names
//! come before its own, and the tables that the definitions give.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::CatalogError;
use super::files::{Definitions, File};
use super::header::check_stem;
use super::lint;

/// A parsed file of `queries/shared/`: what it is for, then one SELECT over the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    pub sql: Arc<str>,
    /// The parameters that it names.
    pub parameters: BTreeSet<String>,
    /// All words of the text: which tables may it read?
    pub(crate) words: BTreeSet<String>,
    /// SHA-256 of the file, hex.
    pub hash: String,
}

pub type SharedQueries = BTreeMap<String, Shared>;

impl Shared {
    /// Says the same to every question: it names no parameter and reads nothing but facts.
    pub fn stands_alone(&self, all: &SharedQueries) -> bool {
        let reads = |name: &str| self.words.contains(name);
        self.parameters.is_empty()
            && !super::given::NAMES.iter().any(|name| reads(name))
            && !all.keys().any(|name| reads(name))
    }
}

pub fn shared(definitions: &Definitions, errors: &mut Vec<CatalogError>) -> SharedQueries {
    let mut found = SharedQueries::new();
    for (path, stem, file) in definitions.in_folder("queries/shared", "sql") {
        match parse(path, stem, file) {
            Ok(shared) => drop(found.insert(stem.to_owned(), shared)),
            Err(error) => errors.push(error),
        }
    }
    found
}

fn parse(path: &str, stem: &str, file: &File) -> Result<Shared, CatalogError> {
    check_stem(path, stem)?;
    let sql = file.text(path)?.trim();
    let (parameters, words) = (lint::parameters(sql), lint::words(sql));
    Ok(Shared { sql: Arc::from(sql), parameters, words, hash: file.hash.clone() })
}
