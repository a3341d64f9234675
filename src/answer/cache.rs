//! Rows by question and data version, bounded in number and size; what was used longest ago goes first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::OnceCell;

use crate::epi::against::Against;
use crate::store::{BatchId, StoreError};

/// Everything that the rows depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
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
pub enum Moment {
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
pub struct Computed {
    pub rows: RecordBatch,
    pub as_of: Timestamp,
}

#[derive(Clone, Debug)]
pub enum Failure {
    Store(Arc<StoreError>),
    /// The task that ran the query is gone.
    BrokeOff,
}

/// Filled once; who asks meanwhile waits for the same filling.
pub type Slot = Arc<OnceCell<Result<Arc<Computed>, Failure>>>;

pub struct Cache {
    held: Mutex<Held>,
    most_entries: usize,
    most_bytes: usize,
}

#[derive(Default)]
struct Held {
    entries: HashMap<Key, Entry>,
    uses: u64,
    bytes: usize,
}

struct Entry {
    slot: Slot,
    bytes: usize,
    last_use: u64,
}

impl Cache {
    pub fn new(most_entries: usize, most_bytes: usize) -> Self {
        Self { held: Mutex::default(), most_entries, most_bytes }
    }

    /// The slot of a key, new or not.
    pub fn slot(&self, key: &Key) -> Slot {
        let mut held = self.held();
        held.uses += 1;
        let now = held.uses;
        if let Some(entry) = held.entries.get_mut(key) {
            entry.last_use = now;
            return Arc::clone(&entry.slot);
        }
        let slot = Slot::default();
        held.entries.insert(key.clone(), Entry { slot: Arc::clone(&slot), bytes: 0, last_use: now });
        held.shrink(self.most_entries, self.most_bytes);
        slot
    }

    /// Counts the size of what now fills a slot. Rows larger than an eighth of the room are not kept.
    pub fn filled(&self, key: &Key, bytes: usize) {
        if bytes > self.most_bytes / 8 {
            self.forget(key);
            return;
        }
        let mut held = self.held();
        let Some(entry) = held.entries.get_mut(key) else { return };
        let before = std::mem::replace(&mut entry.bytes, bytes);
        held.bytes = held.bytes + bytes - before;
        held.shrink(self.most_entries, self.most_bytes);
    }

    /// Takes a key out: the next asker tries again.
    pub fn forget(&self, key: &Key) {
        let mut held = self.held();
        if let Some(entry) = held.entries.remove(key) {
            held.bytes -= entry.bytes;
        }
    }

    pub fn len(&self) -> usize {
        self.held().entries.len()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn shrink(&mut self, most_entries: usize, most_bytes: usize) {
        while self.entries.len() > most_entries || self.bytes > most_bytes {
            let oldest =
                self.entries.iter().min_by_key(|(_, entry)| entry.last_use).map(|(key, _)| key.clone());
            let Some(entry) = oldest.and_then(|key| self.entries.remove(&key)) else { return };
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn key(batch: u32) -> Key {
        Key {
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

    #[test]
    fn the_longest_unused_goes_first() {
        let cache = Cache::new(2, 1000);
        let first = cache.slot(&key(1));
        cache.slot(&key(2));
        assert!(Arc::ptr_eq(&first, &cache.slot(&key(1))));
        cache.slot(&key(3));
        assert!(Arc::ptr_eq(&first, &cache.slot(&key(1))), "used since");
        assert_eq!(cache.len(), 2);
    }

    #[test]
    fn size_is_bounded() {
        let cache = Cache::new(100, 1000);
        for batch in 0..20 {
            cache.slot(&key(batch));
            cache.filled(&key(batch), 120);
        }
        assert_eq!(cache.len(), 8);
        cache.filled(&key(19), 120);
        assert_eq!(cache.held().bytes, 960, "filling twice counts once");
        cache.slot(&key(50));
        cache.filled(&key(50), 500);
        assert_eq!(cache.len(), 8, "too large to keep");
    }
}
