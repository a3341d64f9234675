//! Deliveries and batches: a delivery is that a source spoke, a batch is what it changed.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::intake::fault::Fault;
use crate::intake::mapping::Mode;

/// Batches are numbered from 1 without gaps; 0 is "before anything was known".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BatchId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchKind {
    /// First load of a source: says nothing about delays.
    Initial,
    Regular,
    /// The mapping changed: not a correction.
    Remap,
    /// History fed with its own stamps into an empty source.
    Replay,
}

/// What is known of a delivery when it starts.
#[derive(Clone, Debug)]
pub struct DeliveryStart {
    pub source: String,
    pub table: String,
    pub mode: Mode,
    /// Rows have a key (a subject or key columns); otherwise they are compared as a multiset.
    pub keyed: bool,
    pub mapping_hash: String,
    /// The file's name, or another name for what arrived.
    pub name: String,
    /// The time that the source itself gives its data, if it says one.
    pub stamp: Option<Timestamp>,
    /// The clock's time at which the batch counts as known. Must be later than the last batch's.
    pub received_at: Timestamp,
    /// For a windowed snapshot: the table's day column, first and last day.
    pub window: Option<(String, Date, Date)>,
    /// History with its own stamps (`load --replay`).
    pub replay: bool,
    /// A person has said that a held delivery (empty, shrunk by half) is right.
    pub confirmed: bool,
    pub max_bad_share: f64,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    pub delivery: u64,
    pub outcome: Outcome,
    /// None when the delivery changed nothing.
    pub batch: Option<BatchId>,
    pub rows: u64,
    pub opened: u64,
    pub closed: u64,
    pub unchanged: u64,
    /// At most the first 1,000; `quarantined` counts all the rows.
    pub faults: Vec<Fault>,
    pub quarantined: u64,
    /// The stamp is older than one already taken: not fresh.
    pub stale: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "why")]
pub enum Outcome {
    Accepted,
    Unchanged,
    /// Refused whole; the reason names no value.
    Refused(String),
    /// Waits for a person.
    Held(String),
}
