//! What answers are made of: the store, the definitions, and what is remembered.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use jiff::Timestamp;
use jiff::civil::Time;

use super::admission::{Admission, Crowded, Due, Queue, Turn, Turns};
use super::cache::{self, Cache, Failure};
use super::data_fault::Found;
use super::error::AnswerError;
use super::given::Texts;
use super::memory::{self, DiseasesOnRecord, Lacking, LedgerViews};
use super::shared::WorkedOut;
use crate::definitions::Catalog;
use crate::epi::clock::Clock;
use crate::store::{AsOf, BatchId, FrameDue, Lane, Query, Store, StoreError};

/// What answers may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The time after which a query is stopped.
    pub deadline: Duration,
    /// Bytes of everything that is remembered.
    pub memory: u64,
    /// Processors that heavy questions share.
    pub processors: usize,
    pub queue: Queue,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30),
            memory: 192 << 20,
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            queue: Queue::default(),
        }
    }
}

/// The morning's closing where the settings say nothing else.
pub(super) const USUAL_CLOSING: Time = Time::constant(9, 0, 0, 0);

/// Answers questions. Clones share what is remembered.
#[derive(Clone)]
pub struct Answers(pub(super) Arc<Inner>, pub(super) Lane);

pub(super) struct Inner {
    pub store: Store,
    pub catalog: Arc<Catalog>,
    pub clock: Clock,
    pub cache: Cache,
    pub worked_out: WorkedOut,
    pub texts: Texts,
    pub diseases_on_record: DiseasesOnRecord,
    pub lacking: Lacking,
    pub limits: Limits,
    pub admission: Admission,
    pub ran: AtomicU64,
    pub ledger_views: LedgerViews,
    pub faults: Mutex<Found>,
    /// The sources spoken of; all of the catalog when not said.
    pub taken: OnceLock<BTreeSet<String>>,
    pub closing: OnceLock<Time>,
}

/// An answer, or why there is none.
pub(super) type Result<T, E = AnswerError> = std::result::Result<T, E>;

impl Answers {
    pub fn new(store: Store, catalog: Arc<Catalog>, clock: Clock) -> Self {
        Self::within(store, catalog, clock, Limits::default())
    }

    /// As `new`, within other limits.
    pub fn within(store: Store, catalog: Arc<Catalog>, clock: Clock, limits: Limits) -> Self {
        // Rows are most of what is remembered.
        let a_twelfth = limits.memory / 12;
        let (ran, texts) = (AtomicU64::new(0), Texts::of(&catalog));
        let (faults, taken) = (Mutex::default(), OnceLock::new());
        let inner = Inner {
            store,
            catalog,
            clock,
            cache: cache::new(a_twelfth * 7),
            worked_out: WorkedOut::new(a_twelfth * 2),
            texts,
            diseases_on_record: memory::diseases_on_record(a_twelfth),
            lacking: memory::lacking(a_twelfth),
            admission: Admission::new(limits.processors, limits.queue),
            limits,
            ran,
            ledger_views: LedgerViews::new(a_twelfth),
            faults,
            taken,
            closing: OnceLock::new(),
        };
        Self(Arc::new(inner), Lane::Direct)
    }

    /// The same, asked from a lane.
    pub fn in_lane(&self, lane: Lane) -> Self {
        Self(self.0.clone(), lane)
    }

    /// A frame of the wall is due until what comes back is dropped: nothing heavy begins, and what yields is stopped.
    pub fn frame_due(&self) -> (Due, FrameDue) {
        // In this order: what is let in after it was stopped would run.
        (self.0.admission.frame_due(), self.0.store.frame_due())
    }

    /// How many questions work and wait.
    pub fn turns(&self) -> Turns {
        self.0.admission.turns()
    }

    /// Bytes of what is remembered, as they are counted against the limit.
    pub fn remembered(&self) -> u64 {
        let inner = &self.0;
        let small =
            inner.diseases_on_record.bytes() + inner.lacking.bytes() + inner.ledger_views.past.bytes();
        inner.cache.bytes() + inner.worked_out.bytes() + small
    }

    /// Waits for the right to work on something else than a query: a picture. Only those who yield wait.
    pub async fn turn(&self, what: &str) -> Result<Option<Turn>, AnswerError> {
        let until = Instant::now() + self.deadline();
        let turn = self.enter(what, until).await;
        turn.map_err(|failure| failed(what, failure))
    }

    async fn enter(&self, what: &str, until: Instant) -> Result<Option<Turn>, Failure> {
        match self.1 {
            Lane::Yielding => self.0.admission.enter(what, until).await.map(Some).map_err(Failure::Crowded),
            Lane::Wall | Lane::Direct => Ok(None),
        }
    }

    /// The rows of a query as of a batch, in its turn.
    pub(super) async fn rows(&self, query: Query, batch: BatchId) -> Result<RecordBatch, Failure> {
        let (what, deadline) = (query.id.clone(), self.deadline());
        self.in_turn(&what, move |store| Ok(store.query(&query, AsOf::Batch(batch), deadline)?)).await
    }

    /// Does work that asks the store, in its turn; what gave way to a frame is done again. `what`: by which it is
    /// remembered what the like of it costs.
    pub(super) async fn in_turn<T: Send + 'static>(
        &self,
        what: &str,
        work: impl Fn(&Store) -> Result<T, Arc<StoreError>> + Send + Sync + 'static,
    ) -> Result<T, Failure> {
        let (work, until) = (Arc::new(work), Instant::now() + self.deadline());
        loop {
            let turn = self.enter(what, until).await?;
            let (work, store) = (Arc::clone(&work), self.0.store.in_lane(self.1));
            // The turn lasts as long as the work, whoever still waits for it.
            let worked = tokio::task::spawn_blocking(move || (work(&store), turn)).await;
            match worked.map_err(|_| Failure::BrokeOff)? {
                (Err(why), turn) if matches!(*why, StoreError::GaveWay { .. }) => {
                    if let Some(turn) = turn {
                        turn.cut_short();
                    }
                    if Instant::now() >= until {
                        return Err(Failure::Crowded(Crowded::Late));
                    }
                }
                (Err(why), Some(_))
                    if matches!(*why, StoreError::TimedOut { .. } | StoreError::NoReader { .. }) =>
                {
                    tracing::warn!(what, %why, "a question took too long");
                    return Err(Failure::Crowded(Crowded::Slow));
                }
                (done, _) => return done.map_err(Failure::Store),
            }
        }
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

    pub(super) fn ledger_views(&self) -> &LedgerViews {
        &self.0.ledger_views
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(super) fn diseases_of_batch(&self) -> &DiseasesOnRecord {
        &self.0.diseases_on_record
    }

    pub(super) fn lacking(&self) -> &Lacking {
        &self.0.lacking
    }

    pub(super) fn deadline(&self) -> Duration {
        self.0.limits.deadline
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
        Failure::Crowded(why) => AnswerError::Crowded { indicator, why },
    }
}
