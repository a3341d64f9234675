//! What answers keep at hand beside their cache: what was heard of the sources, which diseases are on record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;

use super::question::HeldBack;
use crate::store::{BatchId, SourceState};

/// What is known of the sources at an instant.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub states: Vec<SourceState>,
    pub held_back: BTreeMap<String, HeldBack>,
    /// Of each source, how many deliveries wait for a person.
    pub held: BTreeMap<String, u64>,
    /// Of the past only: the usual time between a source's deliveries.
    pub usual: BTreeMap<String, SignedDuration>,
}

/// Instants of the past of which it is remembered who had spoken.
const MOST_INSTANTS: u64 = 1_000;

/// What was heard, so that the ledger is read once for each delivery and for each instant of the past.
pub(super) struct Ears {
    pub now: Mutex<Option<Arc<Heard>>>,
    pub past: Cache<(Timestamp, BatchId), Arc<Heard>>,
}

impl Default for Ears {
    fn default() -> Self {
        Self { now: Mutex::default(), past: Cache::new(MOST_INSTANTS) }
    }
}

/// Tables and the diseases that their records tell of.
pub(super) type Diseases = BTreeSet<(String, String)>;

/// Versions remembered.
const MOST_VERSIONS: u64 = 200;

/// What was read, by version of the data.
pub(super) struct ToldOf(pub Cache<BatchId, Arc<Diseases>>);

impl Default for ToldOf {
    fn default() -> Self {
        Self(Cache::new(MOST_VERSIONS))
    }
}

/// Results remembered.
const MOST: u64 = 400;

/// Rows that are alike in all that is asked of them.
#[derive(Debug)]
pub(super) struct Lacked {
    pub source: String,
    pub disease: Option<String>,
    /// Which of the days they lack.
    pub lacks: usize,
    pub near: Option<Date>,
    pub cases: u64,
}

/// What was found, by text and version of the data. Who asks at the same time waits for the first.
pub(super) struct Lacking(pub Cache<(Arc<str>, BatchId), Arc<Vec<Lacked>>>);

impl Default for Lacking {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}
