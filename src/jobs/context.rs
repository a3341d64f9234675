//! What every delivery and every job works with.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;

use crate::answer::Answers;
use crate::config::{AfterFile, DataFolder, Settings};
use crate::definitions::Catalog;
use crate::definitions::Domains;
use crate::definitions::mapping::{After, Mapping, Privacy};
use crate::epi::clock::Clock;
use crate::privacy::Key;
use crate::store::Store;

/// Shared by the near-real-time and the nightly work, the command line and the demo.
pub struct Context {
    pub settings: Arc<Settings>,
    pub clock: Clock,
    pub store: Store,
    pub catalog: Arc<Catalog>,
    pub answers: Answers,
    pub folder: DataFolder,
    key: Mutex<Option<Arc<Key>>>,
    /// Held while a delivery or a job that rewrites the store is in hand: there is one writer.
    writing: Mutex<()>,
}

impl Context {
    pub fn new(settings: Arc<Settings>, clock: Clock, store: Store, answers: Answers) -> Self {
        let catalog = Arc::clone(answers.catalog());
        let folder = settings.folder();
        Self {
            settings,
            clock,
            store,
            catalog,
            answers,
            folder,
            key: Mutex::default(),
            writing: Mutex::new(()),
        }
    }

    pub fn mapping(&self, source: &str) -> anyhow::Result<Arc<Mapping>> {
        mapping(&self.catalog, source)
    }

    /// The mappings of the sources that are taken here.
    pub fn sources(&self) -> impl Iterator<Item = &Arc<Mapping>> {
        self.catalog.mappings.values().filter(|m| self.settings.takes(&m.source))
    }

    pub fn inbox(&self, source: &str) -> PathBuf {
        self.settings.inbox(source)
    }

    pub fn after(&self, mapping: &Mapping) -> After {
        match self.settings.sources.get(&mapping.source).and_then(|s| s.after) {
            None => mapping.after,
            Some(AfterFile::Delete) => After::Delete,
            Some(AfterFile::Move) => After::Move,
            Some(AfterFile::Leave) => After::Leave,
        }
    }

    /// What the columns of the tables may hold.
    pub fn domains(&self) -> &Domains {
        &self.catalog.domains
    }

    /// The pseudonym key, for a mapping that needs one. Read, or made at the very first use; another key than
    /// the store has known, or none where it has known one, is an error.
    pub fn key_for(&self, mapping: &Mapping) -> anyhow::Result<Option<Arc<Key>>> {
        if Self::needs_key(mapping) { self.key().map(Some) } else { Ok(None) }
    }

    pub fn needs_key(mapping: &Mapping) -> bool {
        mapping.columns.iter().any(|c| c.privacy == Privacy::Pseudonymise)
    }

    /// Is there a key, or has there been one?
    pub fn has_key(&self) -> anyhow::Result<bool> {
        Ok(self.settings.key_file().exists() || self.store.key_fingerprint()?.is_some())
    }

    pub fn key(&self) -> anyhow::Result<Arc<Key>> {
        let mut held = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &*held {
            return Ok(key.clone());
        }
        let known = self.store.key_fingerprint()?;
        let key = Arc::new(Key::load_or_make(&self.settings.key_file(), known.as_deref())?);
        if known.is_none() {
            self.store.set_key_fingerprint(&key.fingerprint())?;
        }
        *held = Some(key.clone());
        Ok(key)
    }

    /// After the store was replaced by another: its key may be another too.
    pub fn forget_key(&self) {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Waits until no other delivery or rewriting job is in hand.
    pub fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A source's mapping, or an error that lists the sources.
pub fn mapping(catalog: &Catalog, source: &str) -> anyhow::Result<Arc<Mapping>> {
    catalog.mappings.get(source).cloned().with_context(|| {
        let known: Vec<&str> = catalog.mappings.keys().map(String::as_str).collect();
        let known = known.join(", ");
        format!("系統 {source} はありません（あるのは {known}） · there is no source {source}; the sources are {known}")
    })
}
