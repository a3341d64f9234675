//! Asking the facts.

use std::sync::atomic::Ordering;
use std::time::Duration;

use arrow::array::RecordBatch;

use super::engine::{AsOf, Lane, Moment, Queries, Query};
use super::error::StoreError;
use super::handle::Store;

impl Queries for Store {
    fn check(&self, query: &Query) -> Result<(), StoreError> {
        self.0.with_readers(|readers| readers.check(query))
    }

    fn query(&self, query: &Query, as_of: AsOf, deadline: Duration) -> Result<RecordBatch, StoreError> {
        // An even number: no batch is being committed. The same number later: none was committed since.
        let commits = self.0.commits.load(Ordering::Acquire);
        let latest = self.latest();
        let batch = match as_of {
            AsOf::Latest => latest,
            AsOf::Batch(batch) if batch <= latest => batch,
            AsOf::Batch(batch) => return Err(StoreError::NoBatch { batch: batch.0, latest: latest.0 }),
        };
        let unchanged = || self.0.commits.load(Ordering::Acquire) == commits;
        let is_last: Option<&dyn Fn() -> bool> = match batch == latest && commits.is_multiple_of(2) {
            true => Some(&unchanged),
            false => None,
        };
        self.0.with_readers(|readers| {
            readers.query(query, &Moment { batch: batch.0, is_last, lane: self.1 }, deadline)
        })
    }
}

/// A frame of the wall is due, until this is dropped: what yields is stopped, and what is asked anew is stopped too.
pub struct FrameDue(Store);

impl Drop for FrameDue {
    fn drop(&mut self) {
        self.0.tell_readers(false);
    }
}

impl Store {
    /// The same store, asked from a lane.
    pub fn in_lane(&self, lane: Lane) -> Self {
        Self(self.0.clone(), lane)
    }

    pub const fn lane(&self) -> Lane {
        self.1
    }

    /// Has everything that yields stopped until what comes back is dropped.
    pub fn frame_due(&self) -> FrameDue {
        self.tell_readers(true);
        FrameDue(self.clone())
    }

    fn tell_readers(&self, due: bool) {
        // A store that is closed has no readers to tell.
        let _ = self.0.with_readers(|readers| {
            readers.frame_due(due);
            Ok(())
        });
    }

    /// Queries that were stopped because a frame was due, since the database was opened.
    pub fn gave_way(&self) -> u64 {
        self.0.with_readers(|readers| Ok(readers.gave_way())).unwrap_or_default()
    }

    /// As [`Queries::query`].
    pub fn query(&self, query: &Query, as_of: AsOf, deadline: Duration) -> Result<RecordBatch, StoreError> {
        Queries::query(self, query, as_of, deadline)
    }

    /// As [`Queries::query`], for those who can't block.
    pub async fn ask(
        &self,
        query: Query,
        as_of: AsOf,
        deadline: Duration,
    ) -> Result<RecordBatch, StoreError> {
        let store = self.clone();
        let asked = tokio::task::spawn_blocking(move || store.query(&query, as_of, deadline));
        asked.await.map_err(|e| StoreError::Lost(e.to_string()))?
    }
}
