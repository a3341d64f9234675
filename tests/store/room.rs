//! A store in a folder of its own, and deliveries of small CSV texts that go through reader and gate.

use std::path::{Path, PathBuf};
use std::time::Duration;

use arrow::array::RecordBatch;
use hinomi::config::Bytes;
use hinomi::definitions::Domains;
use hinomi::epi::clock::Clock;
use hinomi::intake::fault::Unread;
use hinomi::privacy::Key;
use hinomi::store::{
    AsOf, BatchId, DeliveryStart, Outcome, Param, Query, Receipt, Store, StoreError, StoreSettings,
};
use jiff::{SignedDuration, Timestamp};

pub use crate::support::gated::mapping;
use crate::support::gated::{delivered, no_towns};
pub use crate::support::rows::lines;
use crate::support::ward::Ward;

/// Notifications with an id: a whole-source snapshot.
pub const KEYED: &str = r#"
source = "notes"
title = { ja = "届出", en = "Notifications" }
table = "cases"
mode = "snapshot"
namespace = "ward"
max_bad_share = 0.5
rhythm = { every_minutes = 30 }
column = [
  { headings = ["id"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{6}', expected = true, required = true },
  { headings = ["disease"], privacy = "keep", field = "disease", type = "code", codes = { covid-19 = ["covid"], measles = ["measles"] } },
  { headings = ["sex"], privacy = "keep", field = "sex", type = "code", codes = { M = ["M"], F = ["F"] } },
  { headings = ["day"], privacy = "keep", field = "reported_day", type = "date" },
]
"#;

/// Open data without any id: a snapshot compared as a multiset.
pub const KEYLESS: &str = r#"
source = "open"
title = { ja = "公表", en = "Open data" }
table = "cases"
mode = "snapshot"
max_bad_share = 0.5
rhythm = { every_minutes = 30 }
column = [
  { headings = ["sex"], privacy = "keep", field = "sex", type = "code", codes = { M = ["M"], F = ["F"] } },
  { headings = ["day"], privacy = "keep", field = "published_day", type = "date", required = true },
]
"#;

/// Beds by facility and day: keyed without a subject.
pub const BEDS: &str = r#"
source = "beds"
title = { ja = "病床", en = "Beds" }
table = "bed_capacity"
mode = "upsert"
key = ["facility_id", "from_day"]
max_bad_share = 0.5
rhythm = { every_minutes = 30 }
column = [
  { headings = ["facility"], privacy = "keep", field = "facility_id", type = "id", pattern = 'H[0-9]{2}', required = true },
  { headings = ["day"], privacy = "keep", field = "from_day", type = "date", required = true },
  { headings = ["secured"], privacy = "keep", field = "secured", type = "count" },
]
"#;

pub struct Room {
    pub store: Store,
    pub clock: Clock,
    pub settings: StoreSettings,
    key: Key,
    domains: Domains,
    ward: Ward,
}

pub fn start_of_time() -> Timestamp {
    "2022-01-01T00:00:00Z".parse().expect("an instant")
}

impl Room {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A room of a ward that has districts.
    pub fn in_ward(domains: Domains) -> Self {
        Self { domains, ..Self::new() }
    }

    pub fn with(change: impl FnOnce(&mut StoreSettings)) -> Self {
        let ward = Ward::new("2022-01-01T09:00")
            .set(|settings| (settings.threads, settings.memory_limit) = (None, Bytes(1 << 30)));
        let mut settings = ward.store_settings();
        change(&mut settings);
        let clock = ward.clock.clone();
        let store = Store::open(&settings, &clock).expect("a store");
        // Beside the data folder: the next process that opens the folder has the same key.
        let key = settings.data_dir.parent().expect("a folder").join("key");
        let key = Key::load_or_make(&key, None).expect("a key");
        Self { store, clock, settings, key, domains: no_towns(), ward }
    }

    pub fn data(&self) -> &Path {
        &self.settings.data_dir
    }

    pub fn beside(&self, name: &str) -> PathBuf {
        self.ward.path(name)
    }

    /// Closes the store and opens it again.
    pub fn reopen(&mut self) {
        self.store.close().expect("closes");
        self.store = Store::open(&self.settings, &self.clock).expect("opens again");
    }

    /// Opens a store that was closed.
    pub fn reopen_closed(&mut self) {
        self.store = Store::open(&self.settings, &self.clock).expect("opens");
    }

    /// One delivery, a minute after the last.
    pub fn deliver(&self, mapping_text: &str, csv: &str) -> Receipt {
        self.deliver_as(mapping_text, "file.csv", csv, |_| {}).expect("a receipt")
    }

    pub fn deliver_as(
        &self,
        mapping_text: &str,
        name: &str,
        csv: &str,
        change: impl FnOnce(&mut DeliveryStart),
    ) -> Result<Receipt, StoreError> {
        self.take(mapping_text, name, csv, change, None)
    }

    /// A delivery of which some cells could not be read.
    pub fn deliver_unread(&self, mapping_text: &str, csv: &str, unread: Vec<Unread>) -> Receipt {
        self.take(mapping_text, "file.csv", csv, |_| {}, Some(unread)).expect("a receipt")
    }

    fn take(
        &self,
        mapping_text: &str,
        name: &str,
        csv: &str,
        change: impl FnOnce(&mut DeliveryStart),
        unread: Option<Vec<Unread>>,
    ) -> Result<Receipt, StoreError> {
        self.clock.set(self.clock.now() + SignedDuration::from_mins(1));
        let mapping = mapping(mapping_text);
        let mut start = DeliveryStart::of(&mapping, &mapping.hash(), name, self.clock.now());
        change(&mut start);
        let path = self.ward.write(name, csv);
        delivered(&self.store, start, &path, &mapping, (&self.key, &self.domains), unread)
    }

    /// Delivers and expects a batch.
    pub fn accept(&self, mapping_text: &str, csv: &str) -> BatchId {
        let receipt = self.deliver(mapping_text, csv);
        assert_eq!(receipt.outcome, Outcome::Accepted);
        receipt.batch.expect("a batch")
    }

    /// The rows of a query, cells joined by a bar.
    pub fn rows(&self, sql: &str, as_of: AsOf) -> Vec<String> {
        lines(&self.ask(sql, as_of, &[]).expect("rows"))
    }

    pub fn ask(&self, sql: &str, as_of: AsOf, params: &[(&str, Param)]) -> Result<RecordBatch, StoreError> {
        let params = params.iter().map(|(n, p)| ((*n).to_owned(), p.clone()));
        let query = Query::new("test", sql, params);
        self.store.query(&query, as_of, Duration::from_mins(5))
    }

    /// Everything that every table showed as of every batch.
    pub fn everything(&self) -> Vec<Vec<String>> {
        let latest = self.store.latest().0;
        let mut all = Vec::new();
        for (table, _) in self.store.tables() {
            for batch in 0..=latest {
                let text = format!("SELECT * FROM {table} ORDER BY ALL");
                all.push(self.rows(&text, AsOf::Batch(BatchId(batch))));
            }
        }
        all
    }
}
