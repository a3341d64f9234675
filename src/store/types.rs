//! Deliveries and batches: a delivery is that a source spoke, a batch is what it changed.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::hold::Hold;
use crate::definitions::mapping::{Kind, Mapping, Mode, OnRepeat};
use crate::intake::aside::{LeftOut, Why};
use crate::intake::fault::{Fault, FaultKind, Unread};

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
    /// Namespace of the subjects' pseudonyms; kept beside each identity.
    pub namespace: Option<String>,
    pub mapping_hash: String,
    /// The file's name, or another name for what arrived.
    pub name: String,
    /// The time that the source itself gives its data, if it says one.
    pub stamp: Option<Timestamp>,
    /// The clock's time at which the batch counts as known. Must be later than the last batch's.
    pub received_at: Timestamp,
    /// For a windowed snapshot: the table's day column, first and last day.
    pub window: Option<(String, Date, Date)>,
    /// How the days of a window stand in a file's name, where the source has windows.
    pub in_name: Option<String>,
    /// The table's day column by which the order of the rows is judged: the window's, or the first that every row has.
    pub day: Option<String>,
    /// History with its own stamps (`load --replay`).
    pub replay: bool,
    /// A person has said that a held delivery is right.
    pub confirmed: bool,
    pub on_repeat: OnRepeat,
    pub max_bad_share: f64,
}

impl DeliveryStart {
    /// What a mapping says of a delivery by this name.
    ///
    /// With a window in the mapping, the name must carry its two days; a name that carries none withdraws
    /// nothing, which makes the delivery an upsert.
    pub fn of(mapping: &Mapping, mapping_hash: &str, name: &str, received_at: Timestamp) -> Self {
        let window = mapping.window.as_ref().map(|w| (w.column.clone(), days_in(&w.in_name, name)));
        let (mode, window) = match (mapping.mode, window) {
            (Mode::Snapshot, Some((_, None))) => (Mode::Upsert, None),
            (Mode::Snapshot, Some((column, Some((from, to))))) => (Mode::Snapshot, Some((column, from, to))),
            (mode, _) => (mode, None),
        };
        Self {
            source: mapping.source.clone(),
            table: mapping.table.clone(),
            mode,
            keyed: !mapping.key.is_empty()
                || mapping.columns.iter().any(|c| c.field.as_deref() == Some("subject")),
            namespace: mapping.namespace.clone(),
            mapping_hash: mapping_hash.to_owned(),
            name: name.to_owned(),
            stamp: None,
            received_at,
            in_name: mapping.window.as_ref().map(|window| window.in_name.clone()),
            day: window.as_ref().map(|(column, ..)| column.clone()).or_else(|| day_of(mapping)),
            window,
            replay: false,
            confirmed: false,
            on_repeat: mapping.on_repeat,
            max_bad_share: mapping.max_bad_share,
        }
    }
}

/// The first and last day that a file's name carries, by a pattern with two groups of `YYYYMMDD`.
pub(super) fn days_in(pattern: &str, name: &str) -> Option<(Date, Date)> {
    let found = regex::Regex::new(pattern).ok()?.captures(name)?;
    let day = |group: usize| Date::strptime("%Y%m%d", found.get(group)?.as_str()).ok();
    Some((day(1)?, day(2)?)).filter(|(from, to)| from <= to)
}

/// The table's column that is fed by the first date (or time) that every row must have.
fn day_of(mapping: &Mapping) -> Option<String> {
    let mut days = mapping.columns.iter().filter(|c| c.required);
    days.find_map(|column| match (column.kind?, column.field.as_deref()?) {
        (Kind::Date, field) => Some(field.to_owned()),
        (Kind::Datetime, field) => Some(format!("{field}_day")),
        _ => None,
    })
}

/// What became of a delivery.
///
/// Each row read is counted once: `rows` = `counted.new` + `counted.changed` + `unchanged` + `counted.merged` +
/// `quarantined`, whatever the mode and the outcome; of a delivery that was refused or held the counts say what would
/// have become of its rows (`if_taken`). A row that gives several facts (series laid out in columns) counts by the gravest:
/// held back, then changed, new, unchanged, merged. Blank lines are no rows, nor is what is left out (`left_out`): a
/// total, a table's foot, a row of totals without any value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    pub delivery: u64,
    pub outcome: Outcome,
    /// None when the delivery changed nothing.
    pub batch: Option<BatchId>,
    /// Rows read.
    pub rows: u64,
    /// Versions opened and closed by the batch: not rows of the file.
    pub opened: u64,
    pub closed: u64,
    /// Rows that say what is stored, or of which only cells that can't be read differ: their values stay.
    pub unchanged: u64,
    /// None in the ledger's entries of before these were counted.
    pub counted: Option<Counted>,
    /// Rows held back, at most the first 1,000; `quarantined` counts them all.
    pub faults: Vec<Fault>,
    /// Rows held back: nothing of them counts.
    pub quarantined: u64,
    /// All rows held back, by column and kind.
    #[serde(default)]
    pub fault_counts: Vec<FaultCount>,
    /// Rows merged into another of the file, each with the row that counts: at most the first 1,000 that contradict it
    /// and the first 1,000 that are identical with it.
    #[serde(default)]
    pub merged_rows: Vec<Fault>,
    /// Cells that were let through as unknown because nothing could be made of them.
    #[serde(default)]
    pub unread: Vec<Unread>,
    /// Why it is held; what its outcome says in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// A person decided: took it as it is, or refused it.
    #[serde(default)]
    pub by_person: bool,
    /// Nothing was taken (refused, held): `unchanged` and `counted` say what would become of the rows if it were.
    #[serde(default)]
    pub if_taken: bool,
    /// Rows of the file that are not counted, each with the reason: at most the first 1,000 of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// All of them, by reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out_counts: Vec<LeftOutCount>,
    /// What the mapping reads and the file did not have, by the first heading of each: of that it says nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// From when the delivery counts as known, where it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_from: Option<Timestamp>,
    /// Keyed: stored rows kept although the delivery lacks them, because a quarantined row may be their new
    /// version. Keyless: the quarantined rows themselves.
    pub held: u64,
    /// The stamp is older than one already taken: not fresh.
    pub stale: bool,
}

/// What became of the rows of a delivery that were let through, beside those unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Rows whose key was not stored. Without keys: rows of which no further copy was stored.
    pub new: u64,
    /// Rows that replace a stored version of the same key.
    pub changed: u64,
    /// Rows of a key that another row of the file stands for.
    pub merged: u64,
    /// Rows that differ from the one that stands for their key. Of rows with several facts, those with any such fact.
    pub contradicting: u64,
    /// Stored rows (facts) that a snapshot closes without a successor: no rows of the file.
    pub withdrawn: u64,
    /// Stored rows (facts) that the delivery was compared with: those of the source, within the snapshot's window.
    pub stored: u64,
}

/// Rows left out for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutCount {
    pub why: Why,
    pub rows: u64,
}

/// Rows held back for one kind of fault in one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultCount {
    /// The mapping's first heading for the column; empty when the whole row is at fault.
    pub column: String,
    pub kind: FaultKind,
    pub rows: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "why")]
pub enum Outcome {
    Accepted,
    Unchanged,
    /// Refused whole; the reason names no value.
    Refused(String),
    /// Waits for a person: the words of [`Hold`], in Japanese and in English.
    Held(String),
}

impl Outcome {
    /// Accepted or unchanged: the source spoke and was understood.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Accepted | Self::Unchanged)
    }

    /// The reason, where there is one.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Refused(why) | Self::Held(why) => Some(why),
            Self::Accepted | Self::Unchanged => None,
        }
    }
}

/// What the store knows of a source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceState {
    pub source: String,
    pub table: String,
    /// When it last spoke and was fresh, by Hinomi's clock. A refused, held or stale delivery does not count.
    pub last_delivery_at: Option<Timestamp>,
    /// Up to when it had told by then: the stamp of that delivery, or when it came where it has none.
    pub told_until: Option<Timestamp>,
    /// The newest time that the source gave its own data.
    pub stamp: Option<Timestamp>,
    /// Of the very last delivery, whatever became of it.
    pub outcome: Outcome,
    /// Of the very last delivery.
    pub last_name: String,
    pub stale: bool,
    /// The number of the very last delivery: its rows are asked for by [`super::Store::delivery`].
    pub delivery: u64,
    /// Why the very last delivery is held.
    pub hold: Option<Hold>,
    /// A person decided on the very last delivery: nobody needs to look at it again.
    pub by_person: bool,
    /// The number of the last delivery taken.
    pub taken: Option<u64>,
    /// Rows of the last delivery taken, those held back among them.
    pub rows: u64,
    /// As of the last delivery taken: see [`Receipt::held`].
    pub held_rows: u64,
    /// Rows held back of the last delivery taken.
    pub quarantined_rows: u64,
    /// The last batch that changed something.
    pub batch: Option<BatchId>,
    /// Of which of its table's columns it has told, in the order of its deliveries.
    #[serde(skip)]
    pub told: Vec<ToldOf>,
}

/// What a source told with deliveries in a row that had the same columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldOf {
    /// None: all that its mapping reads.
    pub columns: Option<Vec<String>>,
    /// The first day that they tell of. None: as far back as there are records.
    pub from: Option<Date>,
    pub until: Timestamp,
    /// When it said so: later than that where the days of a window end before.
    pub said: Timestamp,
}

impl SourceState {
    /// The share of the rows of the last delivery taken that was held back; None where it had no rows.
    pub fn held_back_share(&self) -> Option<f64> {
        (self.rows > 0).then(|| self.quarantined_rows as f64 / self.rows as f64)
    }
}

/// One entry of the ledger of deliveries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeliveryEntry {
    pub source: String,
    pub table: String,
    pub name: String,
    pub received_at: Timestamp,
    pub stamp: Option<Timestamp>,
    pub mapping_hash: String,
    /// SHA-256 of the raw file.
    pub digest: String,
    pub bytes: u64,
    pub replay: bool,
    #[serde(flatten)]
    pub receipt: Receipt,
}

/// One entry of the ledger of batches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BatchEntry {
    pub batch: BatchId,
    pub accepted_at: Timestamp,
    pub kind: BatchKind,
    pub source: String,
    pub table: String,
    pub mapping_hash: String,
    pub delivery: u64,
    pub opened: u64,
    pub closed: u64,
    pub identities: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(pub u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    Done,
    Failed,
    Panicked,
    TimedOut,
    /// The process ended while it ran.
    Interrupted,
}

/// One run of a job.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    pub id: RunId,
    pub job: String,
    pub scheduled: Timestamp,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    pub outcome: Option<RunOutcome>,
    pub rows: u64,
    pub note: String,
}

/// What a board showed from an instant on.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub board: String,
    pub at: Timestamp,
    pub batch: BatchId,
    /// The hash of all definitions in force.
    pub definitions: String,
    /// The program's version.
    pub program: String,
    /// JSON; kept compressed.
    pub figures: String,
}

/// What is kept in place of figures from the moment on at which no display shows a board any more.
pub const NOT_SHOWN: &str = "null";

impl Frame {
    /// Whether a display showed the board.
    pub fn is_shown(&self) -> bool {
        self.figures != NOT_SHOWN
    }
}

/// A text in force from an instant on: a query, a mapping, a board, reference data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Definition {
    pub kind: String,
    pub name: String,
    /// SHA-256 of the text.
    pub hash: String,
    pub known_at: Timestamp,
    pub text: String,
}

/// Something worth keeping that has no ledger of its own: JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    pub at: Timestamp,
    pub kind: String,
    pub body: String,
}

/// How far a long piece of work has come.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Progress {
    pub doing: String,
    pub done: u64,
    pub of: u64,
}
