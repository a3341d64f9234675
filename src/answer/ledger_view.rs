//! How sources had spoken at an instant: now from the store's memory, of the past from its ledger, remembered.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;

use super::cache::Failure;
use super::error::AnswerError;
use super::freshness::{Report, freshness};
use super::handle::Answers;
use super::held_back::{held_back, usual_gap};
use super::memory::LedgerView;
use super::question::{Freshness, Waiting};
use crate::definitions::Catalog;
use crate::definitions::mapping::Mapping;
use crate::store::{Outcome, SourceState, Store, StoreError, Taken};

impl LedgerView {
    /// Reads the ledger. Blocks. `states`: of now; of the past the ledger has them too.
    fn read(
        store: &Store,
        catalog: &Catalog,
        at: Timestamp,
        states: Option<Vec<SourceState>>,
    ) -> Result<Self, StoreError> {
        let is_now = states.is_some();
        let states = states.map_or_else(|| store.sources_at(at), Ok)?;
        let mut ledger = Self { states, ..Self::default() };
        ledger.fill(store, catalog, at, is_now)?;
        Ok(ledger)
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

    fn of(&self, source: &str) -> Report<'_> {
        Report {
            state: self.states.iter().find(|state| state.source == source),
            waiting: self.waiting(source),
            held_back: self.held_back.get(source).copied(),
            usual: self.usual.get(source).copied(),
        }
    }
}

impl Answers {
    /// What could not be read is not remembered: whoever asks next tries again.
    pub(super) async fn view_at(&self, at: Timestamp, is_now: bool) -> Result<Arc<LedgerView>, Failure> {
        if is_now { self.view_now(at).await } else { self.view_past(at).await }
    }

    async fn view_now(&self, at: Timestamp) -> Result<Arc<LedgerView>, Failure> {
        let states = self.store().sources();
        let last = || self.ledger_views().now.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ledger) = last().as_ref().filter(|ledger| ledger.states == states) {
            return Ok(Arc::clone(ledger));
        }
        let ledger = self.read_ledger(at, Some(states)).await?;
        *last() = Some(Arc::clone(&ledger));
        Ok(ledger)
    }

    async fn view_past(&self, at: Timestamp) -> Result<Arc<LedgerView>, Failure> {
        let latest = self.store().latest();
        let read = self.read_ledger(at, None);
        self.ledger_views().past.get_or_work(self.1, (at, latest), read).await
    }

    async fn read_ledger(
        &self,
        at: Timestamp,
        states: Option<Vec<SourceState>>,
    ) -> Result<Arc<LedgerView>, Failure> {
        let (store, catalog) = (self.store().clone(), Arc::clone(self.catalog()));
        let read = move || LedgerView::read(&store, &catalog, at, states);
        match tokio::task::spawn_blocking(read).await {
            Ok(Ok(ledger)) => Ok(Arc::new(ledger)),
            Ok(Err(error)) => Err(Failure::Store(Arc::new(error))),
            Err(_) => Err(Failure::BrokeOff),
        }
    }

    /// The sources of which somebody has to look at a delivery, also those of which nothing was ever taken.
    pub async fn waiting(&self) -> Result<Vec<(Arc<Mapping>, Waiting)>, AnswerError> {
        let ledger = self.ledger_at("freshness", self.now(), true).await?;
        let all = self.catalog().mappings.values();
        Ok(all.filter_map(|mapping| Some((Arc::clone(mapping), ledger.waiting(&mapping.source)?))).collect())
    }

    /// How fresh a source was, by the rhythm of then.
    pub(super) fn judged(&self, mapping: &Mapping, ledger: &LedgerView, at: Timestamp) -> Freshness {
        freshness(mapping, ledger.of(&mapping.source), &self.catalog().outages, at)
    }

    /// How fresh a source was by what its mapping promises: a comparison at one hour needs both days told up to it.
    pub(super) fn promised(&self, mapping: &Mapping, ledger: &LedgerView, at: Timestamp) -> Freshness {
        let report = Report { usual: None, ..ledger.of(&mapping.source) };
        freshness(mapping, report, &self.catalog().outages, at)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::definitions::Definitions;
    use crate::epi::clock::Clock;
    use crate::store::{DeliveryStart, StoreSettings};

    #[tokio::test]
    async fn a_ledger_that_cannot_be_read_is_no_silence_and_is_not_remembered() {
        let folder = tempfile::tempdir().expect("a folder");
        let then: Timestamp = "2026-11-22T05:00:00Z".parse().expect("an instant");
        let clock = Clock::fixed(then);
        let store = Store::open(&StoreSettings::new(folder.path()), &clock).expect("a store");
        let catalog = Arc::new(Catalog::load(&Definitions::embedded()).expect("the catalog"));
        let mapping = &catalog.mappings["her-sys-cases"];
        let start = DeliveryStart::of(mapping, &mapping.hash(), "cases.csv", then);
        store.record_refusal(&start, "unreadable").expect("kept");
        clock.set(then + SignedDuration::from_hours(2));
        let past = then + SignedDuration::from_hours(1);
        let answers = Answers::new(store.clone(), Arc::clone(&catalog), clock);

        store.spoil("ALTER TABLE vault.deliveries RENAME TO gone");
        assert!(answers.freshness(Some(past)).await.is_err(), "of the past");
        assert!(answers.freshness(None).await.is_err(), "of now");
        assert!(answers.waiting().await.is_err());

        store.spoil("ALTER TABLE vault.gone RENAME TO deliveries");
        let ledger = answers.view_at(past, false).await.expect("read again");
        assert_eq!(ledger.states.len(), 1, "the source had spoken");
        let waiting = answers.waiting().await.expect("read again");
        assert_eq!(waiting.len(), 1, "somebody has to look at what was refused");
    }
}
