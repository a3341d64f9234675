//! What an indicator takes from other files: another's text, shared queries, schemes of reference values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::error::CatalogError;
use super::given::NAMES;
use super::indicator::Indicator;
use super::mapping::Mapping;
use super::schemes::Scheme;
use super::shared::SharedQueries;

impl Indicator {
    /// Takes the text of the indicator that it names, where it has none of its own.
    pub(super) fn with_text(&self, all: &BTreeMap<String, Arc<Self>>) -> Option<Result<Self, CatalogError>> {
        let name = self.query.as_deref()?;
        let wrong = |what: &str| CatalogError::Header {
            file: format!("queries/indicators/{}.sql", self.id),
            line: 1,
            what: format!("query: {name}: {what}"),
        };
        Some(match all.get(name) {
            None => Err(wrong("there is no such indicator")),
            Some(_) if !self.sql.is_empty() => Err(wrong("the file has a text of its own too")),
            Some(other) if other.query.is_some() => Err(wrong("it has no text of its own")),
            Some(other) => {
                Ok(Self {
                    sql: Arc::clone(&other.sql),
                    parameters: other.parameters.clone(),
                    words: other.words.clone(),
                    // It means something else as soon as either file does.
                    hash: mixed(&self.hash, &other.hash),
                    ..self.clone()
                })
            }
        })
    }

    /// With what it reads of shared queries: their parameters are its own, and it changes as soon as they do.
    pub(super) fn sharing(&self, all: &SharedQueries) -> Option<Self> {
        let mut whole = self.clone();
        let mut changed = false;
        // From the last name to the first: what one reads comes before it.
        for (name, shared) in all.iter().rev() {
            if !whole.reads(name) {
                continue;
            }
            changed = true;
            whole.parameters.extend(shared.parameters.iter().cloned());
            let tables = |word: &&String| all.contains_key(*word) || NAMES.contains(&word.as_str());
            whole.words.extend(shared.words.iter().filter(tables).cloned());
            whole.hash = mixed(&whole.hash, &shared.hash);
        }
        changed.then_some(whole)
    }

    /// The indicator with the reference values that were made for a disease.
    pub fn held_for(self: &Arc<Self>, disease: &str) -> Arc<Self> {
        if self.reference.iter().all(|reference| reference.is_for(disease)) {
            return Arc::clone(self);
        }
        let mut own = Self::clone(self);
        own.reference.retain(|reference| reference.is_for(disease));
        Arc::new(own)
    }

    /// A table of reference values may be asked for every scheme: those that its header names, then the others.
    pub(super) fn of_schemes(mut self, schemes: &BTreeMap<String, Scheme>) -> Self {
        if self.lists_items() {
            let others: Vec<String> = schemes.keys().filter(|id| !self.by.contains(id)).cloned().collect();
            self.by.extend(others);
        }
        self
    }

    /// With every series that a mapping feeds where its header says `series()`, after those that it names.
    pub(super) fn of_series<'a>(&self, mappings: impl Iterator<Item = &'a Mapping>) -> Option<Self> {
        let at = self.by.iter().position(|by| by == "series()")?;
        let mut whole = self.clone();
        whole.by.remove(at);
        let fed: BTreeSet<&String> =
            mappings.flat_map(|m| &m.columns).filter_map(|column| column.series.as_ref()).collect();
        let others: Vec<String> = fed.into_iter().filter(|s| !whole.by.contains(s)).cloned().collect();
        whole.by.extend(others);
        Some(whole)
    }

    /// With the marks of the schemes that its header names (`reference: 2021-04`), before its own.
    pub(super) fn marked(
        mut self,
        path: &str,
        schemes: &BTreeMap<String, Scheme>,
    ) -> Result<Self, CatalogError> {
        let mut marks = Vec::new();
        for id in &self.schemes {
            let found = schemes.get(id).map(|scheme| scheme.marks_of(&self.id)).unwrap_or_default();
            if found.is_empty() {
                let what = format!("reference: no scheme `{id}` has a mark for {}", self.id);
                return Err(CatalogError::Toml { file: path.to_owned(), what });
            }
            marks.extend(found);
        }
        marks.append(&mut self.reference);
        self.reference = marks;
        Ok(self)
    }
}

/// One hash of two: any part of it changes as soon as either does.
fn mixed(one: &str, other: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(one);
    digest.update([0]);
    digest.update(other);
    hex::encode(digest.finalize())
}
