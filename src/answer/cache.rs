//! Rows by question and data version, bounded in size; what was used longest ago goes first.

use std::sync::Arc;

use arrow::array::RecordBatch;
use jiff::Timestamp;
use jiff::civil::Date;

use super::admission::Crowded;
use super::flights::Flights;
use super::peopled::Lacks;
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
    /// Of whom the population should be told and is not, where it is read.
    pub lacks: Lacks,
    /// The first day on record of what is counted.
    pub since: Option<Date>,
    /// People whom its rows count once though their stays overlap.
    pub overlapping: u64,
}

#[derive(Clone, Debug)]
pub(super) enum Failure {
    Store(Arc<StoreError>),
    /// The task that ran the query is gone.
    BrokeOff,
    Crowded(Crowded),
}

/// What an entry takes beside its rows: the key, the schema, the bookkeeping.
const BESIDE: usize = 2 << 10;

pub(super) type Cache = Flights<Key, Arc<Computed>>;

pub(super) fn new(most_bytes: u64) -> Cache {
    Flights::new(most_bytes, |_, computed: &Arc<Computed>| computed.rows.get_array_memory_size() + BESIDE)
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Int64Array};
    use jiff::civil::date;

    use super::*;
    use crate::store::Lane;

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
        Arc::new(Computed {
            rows,
            as_of: Timestamp::UNIX_EPOCH,
            lacks: Lacks::default(),
            since: None,
            overlapping: 0,
        })
    }

    async fn fill(cache: &Cache, batch: u32, numbers: usize) {
        let made =
            cache.get_or_work(Lane::Direct, key(batch), async { Ok::<_, Failure>(computed(numbers)) }).await;
        assert_eq!(made.expect("made").rows.num_rows(), numbers);
        cache.kept().run_pending_tasks().await;
    }

    #[tokio::test]
    async fn size_is_bounded_and_the_longest_unused_goes_first() {
        let cache = new(1 << 20);
        for batch in 0..20 {
            fill(&cache, batch, 10_000).await;
            assert!(cache.kept().get(&key(0)).await.is_some(), "used again and again");
        }
        assert_eq!(cache.kept().entry_count(), 12, "of 80 KiB and a little each");
        assert!(cache.kept().weighted_size() <= 1 << 20);
        assert!(!cache.kept().contains_key(&key(1)) && cache.kept().contains_key(&key(19)));
        fill(&cache, 50, 20_000).await;
        assert!(!cache.kept().contains_key(&key(50)), "more than an eighth of the room");
        assert_eq!(cache.kept().entry_count(), 12, "and nothing went for it");
    }
}
