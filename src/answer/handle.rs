//! What answers are made of: the store, the definitions, and what is remembered.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use arrow::error::ArrowError;
use jiff::Timestamp;
use jiff::civil::Time;

use super::cache::{Cache, Failure};
use super::data_fault::Found;
use super::error::AnswerError;
use super::given::Texts;
use super::memory::{Ears, Lacking, ToldOf};
use super::shared::WorkedOut;
use crate::definitions::Catalog;
use crate::epi::clock::Clock;
use crate::store::{Store, StoreError};

const DEADLINE: Duration = Duration::from_secs(30);
const MOST_BYTES: u64 = 128 << 20;
/// The morning's closing where the settings say nothing else.
pub(super) const CLOSING: Time = Time::constant(9, 0, 0, 0);

/// Answers questions. Clones share one cache.
#[derive(Clone)]
pub struct Answers(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub store: Store,
    pub catalog: Arc<Catalog>,
    pub clock: Clock,
    pub cache: Cache,
    pub worked_out: WorkedOut,
    pub texts: Texts,
    pub told_of: ToldOf,
    pub lacking: Lacking,
    pub deadline: Duration,
    pub ran: AtomicU64,
    pub ears: Ears,
    pub faults: Mutex<Found>,
    /// The sources spoken of; all of the catalog when not said.
    pub taken: OnceLock<BTreeSet<String>>,
    pub closing: OnceLock<Time>,
}

/// An answer, or why there is none.
pub(super) type Told<T> = Result<T, AnswerError>;

impl Answers {
    pub fn new(store: Store, catalog: Arc<Catalog>, clock: Clock) -> Self {
        Self::with_deadline(store, catalog, clock, DEADLINE)
    }

    /// As `new`, with another time after which a query is stopped.
    pub fn with_deadline(store: Store, catalog: Arc<Catalog>, clock: Clock, deadline: Duration) -> Self {
        let cache = Cache::new(MOST_BYTES);
        let (ran, texts) = (AtomicU64::new(0), Texts::of(&catalog));
        let (faults, taken) = (Mutex::default(), OnceLock::new());
        Self(Arc::new(Inner {
            store,
            catalog,
            clock,
            cache,
            worked_out: WorkedOut::default(),
            texts,
            told_of: ToldOf::default(),
            lacking: Lacking::default(),
            deadline,
            ran,
            ears: Ears::default(),
            faults,
            taken,
            closing: OnceLock::new(),
        }))
    }

    /// Speaks of these sources only: a ward takes some of those that there are mappings for.
    pub fn of_sources(self, taken: BTreeSet<String>) -> Self {
        // Said once, where everything is put together.
        let _ = self.0.taken.set(taken);
        self
    }

    /// Takes this time of the morning for the closing that settles yesterday.
    pub fn closing_at(self, closing: Time) -> Self {
        let _ = self.0.closing.set(closing);
        self
    }

    pub(super) fn ears(&self) -> &Ears {
        &self.0.ears
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(super) fn told_of(&self) -> &ToldOf {
        &self.0.told_of
    }

    pub(super) fn lacking(&self) -> &Lacking {
        &self.0.lacking
    }

    /// A failure of the store while an indicator was answered.
    pub(super) fn broken(&self, indicator: &str, why: Arc<StoreError>) -> AnswerError {
        failed(indicator, Failure::Store(why))
    }

    pub(super) fn deadline(&self) -> Duration {
        self.0.deadline
    }

    pub(super) fn faults_found(&self) -> MutexGuard<'_, Found> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.0.catalog
    }
}

/// Rows that could not be put together.
pub(super) fn unmade(indicator: &str, why: &ArrowError) -> AnswerError {
    let error = StoreError::Query { query: indicator.to_owned(), why: why.to_string() };
    failed(indicator, Failure::Store(Arc::new(error)))
}

pub(super) fn failed(indicator: &str, failure: Failure) -> AnswerError {
    let indicator = indicator.to_owned();
    match failure {
        Failure::Store(source) => AnswerError::Store { indicator, source },
        Failure::BrokeOff => AnswerError::BrokeOff { indicator },
    }
}
