//! Rows by question and data version, bounded in size; what was used longest ago goes first.

use std::sync::Arc;

use arrow::array::RecordBatch;
use jiff::Timestamp;
use jiff::civil::Date;
use moka::policy::EvictionPolicy;

use crate::epi::against::Against;
use crate::store::{BatchId, StoreError};

/// Everything that the rows depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The sources that can't tell, by what they have delivered.
    pub mute: Vec<String>,
    pub indicator: String,
    /// The indicator file's hash.
    pub definition: String,
    pub batch: BatchId,
    pub from: Date,
    pub to: Date,
    pub by: Option<String>,
    pub bands: Option<String>,
    pub against: Option<Against>,
    pub disease: String,
    pub moment: Moment,
}

/// The part of the instant that the query's text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Moment {
    /// Neither `$as_of_at` nor a day.
    None,
    /// `$as_of_day` or `$like_day` only.
    Day(Date),
    /// `$as_of_at`, and "now" was asked for: rows of the same minute will do.
    Minute(i64),
    /// `$as_of_at`, and this very instant was asked for.
    Instant(Timestamp),
}

/// Rows, and the instant they were computed for.
#[derive(Clone, Debug)]
pub(super) struct Computed {
    pub rows: RecordBatch,
    pub as_of: Timestamp,
}

#[derive(Clone, Debug)]
pub(super) enum Failure {
    Store(Arc<StoreError>),
    /// The task that ran the query is gone.
    BrokeOff,
}

/// What an entry takes beside its rows: the key, the schema, the bookkeeping.
const BESIDE: usize = 2 << 10;

pub(super) struct Cache(moka::future::Cache<Key, Arc<Computed>>);

impl Cache {
    pub(super) fn new(most_bytes: u64) -> Self {
        let weigh = move |_: &Key, computed: &Arc<Computed>| {
            let bytes = (computed.rows.get_array_memory_size() + BESIDE) as u64;
            // What weighs more than the room is not kept.
            let weight = if bytes > most_bytes / 8 { most_bytes + 1 } else { bytes };
            u32::try_from(weight).unwrap_or(u32::MAX)
        };
        let cache = moka::future::Cache::builder().max_capacity(most_bytes).weigher(weigh);
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }

    /// The rows of a key, from memory or from the work. Who asks meanwhile waits for the same work; a failure goes to all
    /// who wait, and is not kept.
    pub(super) async fn get_or_work(
        &self,
        key: Key,
        work: impl Future<Output = Result<Arc<Computed>, Failure>>,
    ) -> Result<Arc<Computed>, Failure> {
        self.0.try_get_with(key, work).await.map_err(|failure| Failure::clone(&failure))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use arrow::array::{ArrayRef, Int64Array};
    use jiff::civil::date;

    use super::*;

    fn key(batch: u32) -> Key {
        Key {
            mute: Vec::new(),
            indicator: "deaths".into(),
            definition: "00".into(),
            batch: BatchId(batch),
            from: date(2022, 2, 1),
            to: date(2022, 2, 16),
            by: None,
            bands: None,
            against: None,
            disease: "covid-19".into(),
            moment: Moment::None,
        }
    }

    /// So many numbers of eight bytes.
    fn computed(numbers: usize) -> Arc<Computed> {
        let column: ArrayRef = Arc::new(Int64Array::from(vec![1; numbers]));
        let rows = RecordBatch::try_from_iter([("value", column)]).expect("rows");
        Arc::new(Computed { rows, as_of: Timestamp::UNIX_EPOCH })
    }

    async fn fill(cache: &Cache, batch: u32, numbers: usize) {
        let made = cache.get_or_work(key(batch), async { Ok(computed(numbers)) }).await;
        assert_eq!(made.expect("made").rows.num_rows(), numbers);
        cache.0.run_pending_tasks().await;
    }

    #[tokio::test]
    async fn size_is_bounded_and_the_longest_unused_goes_first() {
        let cache = Cache::new(1 << 20);
        for batch in 0..20 {
            fill(&cache, batch, 10_000).await;
            assert!(cache.0.get(&key(0)).await.is_some(), "used again and again");
        }
        assert_eq!(cache.0.entry_count(), 12, "of 80 KiB and a little each");
        assert!(cache.0.weighted_size() <= 1 << 20);
        assert!(!cache.0.contains_key(&key(1)) && cache.0.contains_key(&key(19)));
        fill(&cache, 50, 20_000).await;
        assert!(!cache.0.contains_key(&key(50)), "more than an eighth of the room");
        assert_eq!(cache.0.entry_count(), 12, "and nothing went for it");
    }

    #[tokio::test]
    async fn who_asks_meanwhile_waits_for_the_same_work() {
        let (cache, worked) = (Cache::new(1 << 20), AtomicU32::new(0));
        let ask = || {
            cache.get_or_work(key(1), async {
                worked.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                Ok(computed(1))
            })
        };
        let (first, second) = tokio::join!(ask(), ask());
        assert!(Arc::ptr_eq(&first.expect("made"), &second.expect("the same")));
        assert_eq!(worked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let cache = Cache::new(1 << 20);
        let failed = cache.get_or_work(key(1), async { Err(Failure::BrokeOff) }).await;
        assert!(matches!(failed, Err(Failure::BrokeOff)));
        fill(&cache, 1, 1).await;
    }
}
