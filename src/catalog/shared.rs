//! Queries that others share: `queries/shared/NAME.sql` stands before each text that reads NAME.

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
    /// SHA-256 of the file, hex.
    pub hash: String,
}

pub type SharedQueries = BTreeMap<String, Shared>;

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
    Ok(Shared { sql: Arc::from(sql), parameters: lint::parameters(sql), hash: file.hash.clone() })
}
