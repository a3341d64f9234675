//! Shared queries that name no parameter and read nothing but facts: worked out once for each version of the data, and given
//! as they came out.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::given::Known;
use crate::definitions::Catalog;
use crate::definitions::given::{POPULATION_LACKS, POPULATION_TOLD};
use crate::definitions::indicator::Indicator;
use crate::store::{AsOf, BatchId, Lane, Query, Store, StoreError};

/// The rows of each query at a version.
pub(super) struct WorkedOut {
    kept: Cache<Key, RecordBatch>,
    /// Work of the wall's own under way, which waits for nobody else's; nothing stays here.
    of_wall: Cache<Key, RecordBatch>,
}

type Key = (String, BatchId);

/// What an entry takes beside its rows.
const BESIDE: usize = 1 << 10;
/// Of the wall's own.
const MOST_AT_ONCE: u64 = 1_000;

impl WorkedOut {
    pub(super) fn new(most_bytes: u64) -> Self {
        let weigh = |_: &Key, rows: &RecordBatch| {
            u32::try_from(rows.get_array_memory_size() + BESIDE).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(most_bytes).weigher(weigh);
        Self { kept: kept.eviction_policy(EvictionPolicy::lru()).build(), of_wall: Cache::new(MOST_AT_ONCE) }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.kept.weighted_size()
    }

    /// What an indicator reads of them at a version. Blocks; who asks for the same one meanwhile waits for the first.
    pub(super) fn of(
        &self,
        catalog: &Catalog,
        indicator: &Indicator,
        (store, batch, deadline): (&Store, BatchId, Duration),
    ) -> Result<Known, Arc<StoreError>> {
        let mut known = Known::new();
        let made_of = |name: &str| name == POPULATION_TOLD && indicator.reads(POPULATION_LACKS);
        let read = catalog.shared.iter().filter(|(name, _)| indicator.reads(name) || made_of(name));
        for (name, shared) in read.filter(|(_, shared)| shared.stands_alone(&catalog.shared)) {
            let rows = self.once(store.lane(), (name.clone(), batch), || {
                let query = Query::new(name.as_str(), Arc::clone(&shared.sql), []);
                store.query(&query, AsOf::Batch(batch), deadline)
            })?;
            known.insert(name.clone(), rows);
        }
        Ok(known)
    }

    /// The work's result, done once a key. A failure is not remembered.
    fn once(
        &self,
        lane: Lane,
        key: Key,
        work: impl FnOnce() -> Result<RecordBatch, StoreError>,
    ) -> Result<RecordBatch, Arc<StoreError>> {
        if lane != Lane::Wall {
            return self.kept.try_get_with(key, work);
        }
        if let Some(rows) = self.kept.get(&key) {
            return Ok(rows);
        }
        let made = self.of_wall.try_get_with(key.clone(), work);
        if let Ok(rows) = &made {
            self.kept.insert(key.clone(), rows.clone());
        }
        self.of_wall.invalidate(&key);
        made
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use arrow::datatypes::Schema;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn no_rows() -> RecordBatch {
        RecordBatch::new_empty(Arc::new(Schema::empty()))
    }

    #[test]
    fn a_long_query_holds_up_no_other() {
        let worked_out = WorkedOut::new(1 << 20);
        let (begun, has_begun) = mpsc::channel();
        let (end, may_end) = mpsc::channel();
        std::thread::scope(|threads| {
            let long = threads.spawn(|| {
                worked_out.once(Lane::Direct, ("long".into(), BatchId(1)), move || {
                    begun.send(()).expect("received");
                    may_end.recv_timeout(PATIENCE).map_err(|why| StoreError::Lost(why.to_string()))?;
                    Ok(no_rows())
                })
            });
            has_begun.recv_timeout(PATIENCE).expect("begun");
            let wall = worked_out.once(Lane::Wall, ("long".into(), BatchId(1)), || Ok(no_rows()));
            assert!(wall.is_ok(), "the wall waits for nobody");
            let other = worked_out.once(Lane::Direct, ("other".into(), BatchId(1)), || Ok(no_rows()));
            end.send(()).expect("the long one waits");
            assert!(other.is_ok() && long.join().expect("ended").is_ok());
        });
    }

    #[test]
    fn a_failure_is_not_remembered() {
        let worked_out = WorkedOut::new(1 << 20);
        let key = || ("a".to_owned(), BatchId(1));
        assert!(worked_out.once(Lane::Direct, key(), || Err(StoreError::Closed)).is_err());
        assert!(worked_out.once(Lane::Direct, key(), || Ok(no_rows())).is_ok(), "tried again");
        assert!(worked_out.once(Lane::Direct, key(), || Err(StoreError::Closed)).is_ok(), "remembered");
    }
}
