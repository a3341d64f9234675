//! What answers keep at hand beside their cache: what the ledger said of the sources, which diseases are on record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::flights::Flights;
use super::question::HeldBack;
use crate::store::{BatchId, SourceState};

/// What is known of the sources at an instant.
#[derive(Debug, Default)]
pub(super) struct LedgerView {
    pub states: Vec<SourceState>,
    pub held_back: BTreeMap<String, HeldBack>,
    /// Of each source, how many deliveries wait for a person.
    pub held: BTreeMap<String, u64>,
    /// Of the past only: the usual time between a source's deliveries.
    pub usual: BTreeMap<String, SignedDuration>,
}

/// What the ledger said, kept so that the ledger is read once for each delivery and for each instant of the past.
pub(super) struct LedgerViews {
    pub now: Mutex<Option<Arc<LedgerView>>>,
    pub past: Flights<(Timestamp, BatchId), Arc<LedgerView>>,
}

impl LedgerViews {
    pub(super) fn new(most_bytes: u64) -> Self {
        // A state has a few texts and a few numbers.
        let weigh =
            |_: &_, ledger: &Arc<LedgerView>| BESIDE + ledger.states.len() * (size_of::<SourceState>() + 256);
        Self { now: Mutex::default(), past: Flights::new(most_bytes, weigh) }
    }
}

/// Tables and the diseases that their records tell of.
pub(super) type Diseases = BTreeSet<(String, String)>;

/// What was read, by version of the data.
pub(super) type DiseasesOnRecord = Flights<BatchId, Arc<Diseases>>;

pub(super) fn diseases_on_record(most_bytes: u64) -> DiseasesOnRecord {
    Flights::new(most_bytes, |_, told: &Arc<Diseases>| {
        BESIDE + told.iter().map(|(table, disease)| table.len() + disease.len() + 64).sum::<usize>()
    })
}

/// Rows that are alike in all that is asked of them.
#[derive(Debug)]
pub(super) struct Lacked {
    pub source: String,
    pub disease: Option<String>,
    /// Which of the days they lack: a bit for each.
    pub lacks: u64,
    pub near: Option<Date>,
    /// The day on which a stay ended.
    pub until: Option<Date>,
    /// Of whom no more is known of the age.
    pub decade: Option<i64>,
    pub cases: u64,
}

/// What was found, by text and version of the data. Who asks at the same time waits for the first.
pub(super) type Lacking = Flights<(Arc<str>, BatchId), Arc<Vec<Lacked>>>;

pub(super) fn lacking(most_bytes: u64) -> Lacking {
    // The text is the definitions' own.
    Flights::new(most_bytes, |_, lacked: &Arc<Vec<Lacked>>| {
        BESIDE + lacked.len() * (size_of::<Lacked>() + 64)
    })
}

/// What an entry takes beside what it holds.
const BESIDE: usize = 512;
