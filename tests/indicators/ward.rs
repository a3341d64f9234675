//! A small ward: the facts of `data-samples/expected/`, delivered and known since 2021-01-01.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use hinomi::answer::Answers;
use hinomi::definitions::mapping::{Mapping, Mode};
use hinomi::definitions::{Catalog, Definitions};
use hinomi::epi::clock::{Clock, from_jst};
use hinomi::intake::fault::Fault;
use hinomi::privacy::Key;
use hinomi::store::{DeliveryStart, Outcome, Store};
use hinomi::synth::{self, Plan};

use crate::support::gated::delivered;
use crate::support::house;
use crate::support::ward;
pub use crate::support::ward::moment as time;

/// "Now" of the small ward.
pub const NOW: &str = "2022-02-16T14:00";

pub struct Ward {
    pub store: Store,
    pub catalog: Arc<Catalog>,
    key: Key,
    ward: ward::Ward,
}

impl Ward {
    /// A ward that has been told nothing yet; the clock stands at 2021-01-01.
    pub fn empty() -> Self {
        Self::with(&Definitions::embedded())
    }

    /// The same with definitions of its own.
    pub fn with(definitions: &Definitions) -> Self {
        let ward = ward::Ward::new("2021-01-01T00:00").set(|settings| settings.threads = None);
        let catalog = Arc::new(Catalog::load(definitions).expect("the definitions hold"));
        Self { key: Key::throwaway(), store: ward.store(), catalog, ward }
    }

    /// The ward that has been told everything. One for the tests that run together: none tells it more.
    pub fn told() -> Arc<Self> {
        static TOLD: Mutex<Weak<Ward>> = Mutex::new(Weak::new());
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        told.upgrade().unwrap_or_else(|| {
            let ward = Arc::new(Self::tell());
            *told = Arc::downgrade(&ward);
            ward
        })
    }

    /// Answers with an empty memory, and their clock, which stands at `NOW`.
    pub fn answers(&self) -> (Answers, Clock) {
        let clock = Clock::fixed(time(NOW));
        (Answers::new(self.store.clone(), Arc::clone(&self.catalog), clock.clone()), clock)
    }

    /// Answers whose clock stands at a moment.
    pub fn answers_at(&self, at: &str) -> Answers {
        Answers::new(self.store.clone(), Arc::clone(&self.catalog), Clock::fixed(time(at)))
    }

    /// Delivers a text under a file's name; it is known from a moment on.
    pub fn told_at(&self, name: &str, text: &str, known: &str) {
        self.told_of(name, text, None, known);
    }

    /// The same; the source says of when it is.
    pub fn told_of(&self, name: &str, text: &str, stamp: Option<&str>, known: &str) {
        let takers = self.catalog.mappings.values().filter(|m| m.takes_file(name));
        let mapping = Arc::clone(takers.max_by_key(|m| m.files.len()).expect("a source takes it"));
        let path = self.ward.write(name, text);
        self.ward.at(known);
        self.deliver(&path, &mapping, stamp.map(time));
    }

    /// Delivers a text that is refused whole.
    pub fn refused_at(&self, name: &str, text: &str, known: &str) {
        let takers = self.catalog.mappings.values().filter(|m| m.takes_file(name));
        let mapping = Arc::clone(takers.max_by_key(|m| m.files.len()).expect("a source takes it"));
        let path = self.ward.write(name, text);
        self.ward.at(known);
        let start = DeliveryStart::of(&mapping, &mapping.hash(), name, self.ward.clock.now());
        let gate = (&self.key, &self.catalog.domains);
        let receipt = delivered(&self.store, start, &path, &mapping, gate, None).expect("a receipt");
        assert!(matches!(receipt.outcome, Outcome::Refused(_)), "{name}: {:?}", receipt.outcome);
    }

    /// Delivers a text of which some rows are held back.
    pub fn held_back_at(&self, source: &str, name: &str, text: &str, known: &str) {
        let path = self.ward.write(name, text);
        self.ward.at(known);
        let faults = self.take(&path, &Arc::clone(&self.catalog.mappings[source]), None);
        assert!(!faults.is_empty(), "{name}: nothing is held back");
    }

    fn tell() -> Self {
        let ward = Self::empty();
        let mut files: Vec<_> = fs::read_dir(house("data-samples/expected"))
            .expect("the samples")
            .map(|e| e.expect("a file").path())
            .collect();
        files.sort();
        for (minute, path) in files.iter().enumerate() {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            // Where two patterns fit, the more exact one decides.
            let takers = ward.catalog.mappings.values().filter(|m| m.takes_file(&name));
            let mapping = takers.max_by_key(|m| m.files.len());
            let mapping = Arc::clone(mapping.unwrap_or_else(|| panic!("no source takes {name}")));
            ward.ward.clock.set(time("2021-01-01T00:00") + jiff::SignedDuration::from_mins(minute as i64));
            ward.deliver(path, &mapping, None);
        }
        // Its systems go on speaking and have nothing new: in its last weeks each morning and afternoon, and at some moments before.
        let before = [
            "2021-04-01T13:55",
            "2021-04-02T13:55",
            "2021-04-03T13:55",
            "2021-11-11T13:55",
            "2021-11-16T13:55",
            "2022-01-11T13:55",
            "2022-01-16T13:55",
            "2022-01-31T13:55",
        ];
        let days = (0..16).flat_map(|day| {
            let morning = time("2022-02-01T08:30") + jiff::SignedDuration::from_hours(24 * day);
            [
                morning,
                morning + jiff::SignedDuration::from_mins(205),
                morning + jiff::SignedDuration::from_mins(325),
            ]
        });
        for at in before.into_iter().map(time).chain(days) {
            ["her-sys-cases", "care-ledger", "hospital-beds"]
                .iter()
                .for_each(|source| ward.speaks(source, at));
        }
        ward
    }

    /// A ward that doesn't exist, delivered as the demo does it: each file at its own moment.
    pub fn synthetic(plan: Plan, daily: i32) -> Self {
        let ward = Self::empty();
        let made = synth::Ward::new(plan).expect("a ward");
        for moment in synth::schedule(&made, daily) {
            let at = from_jst(synth::date_time_of(moment.at));
            for (after, file) in (0i64..).zip(made.deliveries(moment.since, moment.at, moment.reach)) {
                let path = ward.ward.path(&file.name);
                fs::write(&path, &file.bytes).expect("written");
                ward.ward.clock.set(at + jiff::SignedDuration::from_millis(after * 10));
                ward.take(&path, &Arc::clone(&ward.catalog.mappings[file.source]), None);
            }
        }
        ward
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.ward.settings.data_dir
    }

    /// A source speaks and says nothing new.
    pub fn speaks(&self, source: &str, at: jiff::Timestamp) {
        self.ward.clock.set(at);
        let mapping = &self.catalog.mappings[source];
        let start = DeliveryStart::of(mapping, &mapping.hash(), "nothing new", at);
        let start = DeliveryStart { mode: Mode::Upsert, window: None, ..start };
        let receipt = self.store.begin(start).expect("begins").accept("", 0).expect("accepts");
        assert_eq!(receipt.outcome, Outcome::Unchanged, "{source}");
    }

    /// The ordinary way of a file whose rows are all let through.
    fn deliver(&self, path: &Path, mapping: &Arc<Mapping>, stamp: Option<jiff::Timestamp>) {
        assert_eq!(self.take(path, mapping, stamp), [], "{}", path.display());
    }

    /// The ordinary way of a file, on one thread. What was not let through comes back.
    fn take(&self, path: &Path, mapping: &Arc<Mapping>, stamp: Option<jiff::Timestamp>) -> Vec<Fault> {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let start = DeliveryStart::of(mapping, &mapping.hash(), &name, self.ward.clock.now());
        let start = DeliveryStart { stamp, ..start };
        let gate = (&self.key, &self.catalog.domains);
        let receipt = delivered(&self.store, start, path, mapping, gate, None).expect("a receipt");
        assert!(receipt.outcome.is_taken(), "{name}: {:?}", receipt.outcome);
        receipt.faults
    }
}
