//! What is asked, and what comes back.

use std::sync::Arc;

use arrow::array::RecordBatch;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::decimal::Decimal;
use super::refusal::Refusal;
use crate::definitions::indicator::{Indicator, Unit};
use crate::definitions::mapping::Title;
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

/// What a link, a form or a command line says of an indicator; what it leaves open is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub as_of: Option<Timestamp>,
    pub by: Option<String>,
    pub bands: Option<String>,
    pub against: Option<Against>,
    pub disease: Option<String>,
}

impl Choices {
    /// The question that they make, of the centre's own disease when they name none. A disease named for an indicator
    /// of all diseases would be passed over: that is refused here, all else where the question is answered.
    pub fn question(self, indicator: &Indicator, own_disease: &str) -> Result<Question, Refusal> {
        if self.disease.is_some() && !indicator.takes_disease() {
            let of = Title { ja: indicator.title_ja.clone(), en: indicator.title_en.clone() };
            return Err(Refusal::every_disease(&of));
        }
        Ok(Question {
            indicator: indicator.id.clone(),
            from: self.from,
            to: self.to,
            as_of: self.as_of,
            by: self.by,
            bands: self.bands,
            against: self.against,
            disease: self.disease.unwrap_or_else(|| own_disease.to_owned()),
        })
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
    /// Those days are not compared: one is a holiday and the other is not (比較不可).
    pub unlike: bool,
    /// Why there is nothing of those days to compare with, where no row says it.
    pub not_compared: Option<Title>,
    /// The instant that the figures are as of.
    pub as_of: Timestamp,
    /// The instant that was asked for, at which it was judged how fresh the sources are.
    pub judged_at: Timestamp,
    /// The last batch known at that instant: the data version.
    pub batch: BatchId,
    pub rows: RecordBatch,
    pub sources: Vec<Freshness>,
    /// Rows that would count if their day were known.
    pub undated: Vec<Undated>,
    /// What else is to be known of the figure: that its sources may tell of one person twice.
    pub caveats: Vec<Title>,
    /// The last day whose figures grow no more, and of which all was told.
    pub settled: Date,
    /// What nobody has told of, and why.
    pub untold: Vec<Title>,
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
    /// A figure kept as it was published.
    #[serde(serialize_with = "as_number")]
    Decimal(Decimal),
    Text(String),
    Day(Date),
    Instant(Timestamp),
    Bool(bool),
}

fn as_number<S: serde::Serializer>(decimal: &Decimal, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(decimal.number())
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
    /// Rows that it delivered and that were not let through. Absent in frames kept by earlier programs, as is the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_back: Option<HeldBack>,
    /// Deliveries that were not taken, and that somebody has to look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
}

impl Freshness {
    /// Up to when it has told: what a late delivery says is as old as the source's own time says.
    pub fn told_until(&self) -> Option<Timestamp> {
        let came = self.last_delivery?;
        Some(self.source_time.map_or(came, |own| own.min(came)))
    }
}

/// Rows that were not let through, of how many that were read: what figures are short of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    pub rows: u64,
    pub of: u64,
}

impl HeldBack {
    /// Their share of the rows read, in per cent.
    pub fn percent(self) -> f64 {
        100.0 * self.rows as f64 / self.of.max(1) as f64
    }

    /// Of several sources together.
    pub fn sum(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        let add = |a: Self, b: Self| Self { rows: a.rows + b.rows, of: a.of + b.of };
        all.into_iter().reduce(add).filter(|sum| sum.rows > 0)
    }
}

/// Rows that belong to a figure and have no day by which they could be counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undated {
    /// The column of the day.
    pub date: String,
    /// What it is called where it is not known: `受理日不明`.
    pub title: String,
    pub rows: u64,
    /// Persons, or a count of something else.
    pub unit: Unit,
    /// What becomes of them, where they are not just left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Title>,
}

/// What somebody has to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// So many wait for a person.
    Held(u64),
    /// The last one was refused whole.
    Refused,
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
