//! How sources had spoken at an instant: now from the store's memory, of the past from its ledger, remembered.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::answers::Answers;
use super::freshness::{Told, freshness};
use super::held_back::{held_back, usual_gap};
use super::question::{Freshness, HeldBack, Waiting};
use crate::definitions::Catalog;
use crate::definitions::mapping::Mapping;
use crate::store::{BatchId, Outcome, SourceState, Store, StoreError, Taken};

/// Instants of the past of which it is remembered who had spoken.
const MOST_INSTANTS: usize = 1_000;

/// What is known of the sources at an instant.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub states: Vec<SourceState>,
    held_back: BTreeMap<String, HeldBack>,
    /// Of each source, how many deliveries wait for a person.
    held: BTreeMap<String, u64>,
    /// Of the past only: the usual time between a source's deliveries.
    usual: BTreeMap<String, SignedDuration>,
}

/// What was heard, so that the ledger is read once for each delivery and for each instant of the past.
#[derive(Default)]
pub(super) struct Ears {
    now: Mutex<Option<Arc<Heard>>>,
    past: Mutex<HashMap<(Timestamp, BatchId), Arc<Heard>>>,
}

impl Heard {
    /// Reads the ledger. Blocks.
    fn read(store: &Store, catalog: &Catalog, states: Vec<SourceState>, at: Timestamp, is_now: bool) -> Self {
        let mut heard = Self { states, ..Self::default() };
        if let Err(error) = heard.fill(store, catalog, at, is_now) {
            tracing::error!(%error, "the ledger of deliveries can't be read");
        }
        heard
    }

    fn fill(
        &mut self,
        store: &Store,
        catalog: &Catalog,
        at: Timestamp,
        is_now: bool,
    ) -> Result<(), StoreError> {
        let lately = store.taken_since_held_back(at)?;
        self.held = store.waiting(at)?.into_iter().collect();
        for state in &self.states {
            let Some(mapping) = catalog.mappings.get(&state.source) else { continue };
            let own: Vec<Taken> = lately.iter().filter(|t| t.source == state.source).cloned().collect();
            if let Some(found) = held_back(mapping, state, &own) {
                self.held_back.insert(state.source.clone(), found);
            }
        }
        if is_now {
            return Ok(());
        }
        let times = store.last_times(at)?;
        for state in &self.states {
            let own: Vec<Timestamp> =
                times.iter().filter(|(source, _)| *source == state.source).map(|(_, at)| *at).collect();
            if let Some(gap) = usual_gap(&own) {
                self.usual.insert(state.source.clone(), gap);
            }
        }
        Ok(())
    }

    /// What somebody has to look at of a source.
    fn waiting(&self, source: &str) -> Option<Waiting> {
        let held = self.held.get(source).map(|files| Waiting::Held(*files));
        let last = || self.states.iter().find(|state| state.source == source);
        // What a person refused has been looked at.
        let refused =
            || last().is_some_and(|state| matches!(state.outcome, Outcome::Refused(_)) && !state.by_person);
        held.or_else(|| refused().then_some(Waiting::Refused))
    }

    fn of(&self, source: &str) -> Told<'_> {
        Told {
            spoken: self.states.iter().find(|state| state.source == source),
            waiting: self.waiting(source),
            held_back: self.held_back.get(source).copied(),
            usual: self.usual.get(source).copied(),
        }
    }
}

impl Answers {
    /// None: the work was cut off.
    pub(super) async fn listen(&self, at: Timestamp, is_now: bool) -> Option<Arc<Heard>> {
        if is_now { self.listen_now(at).await } else { self.listen_back(at).await }
    }

    async fn listen_now(&self, at: Timestamp) -> Option<Arc<Heard>> {
        let states = self.store().sources();
        let last = || self.ears().now.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(heard) = last().as_ref().filter(|heard| heard.states == states) {
            return Some(Arc::clone(heard));
        }
        let heard = self.read_ledger(states, at, true).await?;
        *last() = Some(Arc::clone(&heard));
        Some(heard)
    }

    async fn listen_back(&self, at: Timestamp) -> Option<Arc<Heard>> {
        let latest = self.store().latest();
        let past = || self.ears().past.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(heard) = past().get(&(at, latest)) {
            return Some(Arc::clone(heard));
        }
        let heard = self.read_ledger(Vec::new(), at, false).await?;
        let mut past = past();
        if past.len() >= MOST_INSTANTS {
            past.clear();
        }
        past.insert((at, latest), Arc::clone(&heard));
        Some(heard)
    }

    async fn read_ledger(&self, states: Vec<SourceState>, at: Timestamp, is_now: bool) -> Option<Arc<Heard>> {
        let (store, catalog) = (self.store().clone(), Arc::clone(self.catalog()));
        let read = move || {
            let states = if is_now { states } else { store.sources_at(at) };
            Heard::read(&store, &catalog, states, at, is_now)
        };
        tokio::task::spawn_blocking(read).await.ok().map(Arc::new)
    }

    /// The sources of which somebody has to look at a delivery, also those of which nothing was ever taken.
    pub async fn waiting(&self) -> Vec<(Arc<Mapping>, Waiting)> {
        let Some(heard) = self.listen(self.now(), true).await else { return Vec::new() };
        let all = self.catalog().mappings.values();
        all.filter_map(|mapping| Some((Arc::clone(mapping), heard.waiting(&mapping.source)?))).collect()
    }

    /// How fresh a source was, by the rhythm of then.
    pub(super) fn judged(&self, mapping: &Mapping, heard: &Heard, at: Timestamp) -> Freshness {
        freshness(mapping, heard.of(&mapping.source), &self.catalog().outages, at)
    }

    /// How fresh a source was by what its mapping promises: a comparison at one hour needs both days told up to it.
    pub(super) fn promised(&self, mapping: &Mapping, heard: &Heard, at: Timestamp) -> Freshness {
        let told = Told { usual: None, ..heard.of(&mapping.source) };
        freshness(mapping, told, &self.catalog().outages, at)
    }
}
