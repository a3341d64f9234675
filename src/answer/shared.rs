//! Shared queries that name no parameter and read nothing but facts: worked out once for each version of the data, and given
//! as they came out.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use moka::sync::Cache;

use super::given::Known;
use crate::definitions::Catalog;
use crate::definitions::indicator::Indicator;
use crate::store::{AsOf, BatchId, Query, Store, StoreError};

/// Answers remembered; what was read longest ago goes first.
const MOST: u64 = 200;

/// The rows of each query at a version.
#[derive(Clone)]
pub(super) struct WorkedOut(Cache<(String, BatchId), RecordBatch>);

impl Default for WorkedOut {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl WorkedOut {
    /// What an indicator reads of them at a version. Blocks; who asks for the same one meanwhile waits for the first.
    pub(super) fn of(
        &self,
        catalog: &Catalog,
        indicator: &Indicator,
        (store, batch, deadline): (&Store, BatchId, Duration),
    ) -> Result<Known, Arc<StoreError>> {
        let mut known = Known::new();
        let read = catalog.shared.iter().filter(|(name, _)| indicator.reads(name));
        for (name, shared) in read.filter(|(_, shared)| shared.stands_alone(&catalog.shared)) {
            let rows = self.once((name.clone(), batch), || {
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
        key: (String, BatchId),
        work: impl FnOnce() -> Result<RecordBatch, StoreError>,
    ) -> Result<RecordBatch, Arc<StoreError>> {
        self.0.try_get_with(key, work)
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
        let worked_out = WorkedOut::default();
        let (begun, has_begun) = mpsc::channel();
        let (end, may_end) = mpsc::channel();
        std::thread::scope(|threads| {
            let long = threads.spawn(|| {
                worked_out.once(("long".into(), BatchId(1)), move || {
                    begun.send(()).expect("heard");
                    may_end.recv_timeout(PATIENCE).map_err(|why| StoreError::Lost(why.to_string()))?;
                    Ok(no_rows())
                })
            });
            has_begun.recv_timeout(PATIENCE).expect("begun");
            let other = worked_out.once(("other".into(), BatchId(1)), || Ok(no_rows()));
            end.send(()).expect("the long one waits");
            assert!(other.is_ok() && long.join().expect("ended").is_ok());
        });
    }

    #[test]
    fn a_failure_is_not_remembered() {
        let worked_out = WorkedOut::default();
        let key = || ("a".to_owned(), BatchId(1));
        assert!(worked_out.once(key(), || Err(StoreError::Closed)).is_err());
        assert!(worked_out.once(key(), || Ok(no_rows())).is_ok(), "tried again");
        assert!(worked_out.once(key(), || Err(StoreError::Closed)).is_ok(), "remembered");
    }
}
