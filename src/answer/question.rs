//! What is asked, and what comes back.

use std::sync::Arc;

use arrow::array::RecordBatch;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::catalog::indicator::Indicator;
use crate::epi::against::Against;
use crate::store::BatchId;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    pub indicator: String,
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// None: now.
    pub as_of: Option<Timestamp>,
    pub by: Option<String>,
    /// A banding of ages.
    pub bands: Option<String>,
    pub against: Option<Against>,
    pub disease: String,
}

impl Question {
    /// An indicator as it stands now, over its own days, by its first choice.
    pub fn of(indicator: &str, disease: &str) -> Self {
        Self {
            indicator: indicator.to_owned(),
            from: None,
            to: None,
            as_of: None,
            by: None,
            bands: None,
            against: None,
            disease: disease.to_owned(),
        }
    }
}

/// Rows, and everything that must stand beside them.
#[derive(Clone, Debug)]
pub struct Answer {
    pub indicator: Arc<Indicator>,
    pub from: Date,
    pub to: Date,
    pub by: Option<String>,
    pub bands: Option<String>,
    /// What the period is compared with, and the days of that.
    pub against: Option<(Against, Date, Date)>,
    /// The instant that the figures are as of.
    pub as_of: Timestamp,
    /// The last batch known at that instant: the data version.
    pub batch: BatchId,
    pub rows: RecordBatch,
    pub sources: Vec<Freshness>,
}

impl Answer {
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.rows.schema().index_of(name).ok()
    }
}

/// One cell of an answer, for those who write text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    Null,
    Int(i64),
    Float(f64),
    Text(String),
    Day(Date),
    Instant(Timestamp),
    Bool(bool),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Freshness {
    pub source: String,
    pub title: String,
    /// When the source last spoke, by Hinomi's clock.
    pub last_delivery: Option<Timestamp>,
    /// The time that the source gave its own data.
    pub source_time: Option<Timestamp>,
    pub expected_by: Option<Timestamp>,
    pub state: FreshState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FreshState {
    /// ●
    Fresh,
    /// ▲
    Late,
    /// ■
    Stopped,
    /// ◇
    Maintenance,
    /// Never spoke.
    Never,
}
