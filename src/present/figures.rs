//! The figures of a board at a moment: all that its picture is made of, and what is kept of it.
//!
//! A live board is drawn from these, and a kept one is read back into these: what was shown is
//! never reckoned again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::answer::Freshness;
use crate::definitions::PanelKind;
use crate::definitions::board::{Place, When};
use crate::definitions::mapping::Title;
use crate::store::BatchId;

mod block;
mod cells;

pub use block::{About, Block, RowMarks, word_key};
pub use cells::{CellKind, Table, to_json};

/// One board at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    pub board: String,
    pub title: Title,
    /// The disease that the figures are of, by name. Absent in frames kept by earlier programs.
    #[serde(default)]
    pub disease: String,
    /// The moment that the board speaks of.
    pub at: Timestamp,
    /// The data version.
    pub batch: BatchId,
    pub panels: Vec<PanelFigures>,
    pub headline: Option<HeadlineFigures>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelFigures {
    pub show: String,
    pub kind: PanelKind,
    pub title: Option<Title>,
    pub place: Place,
    /// None: the question could not be answered.
    pub main: Option<Block>,
    /// Drawn over the first.
    pub over: Option<Block>,
    /// Columns of the main block that are past the bound at which the strip names them.
    pub urgent: Vec<String>,
    /// The bounds of its columns, by the strip's file. Absent in frames kept by earlier programs, as are the next two.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bounds: BTreeMap<String, f64>,
    /// The reference values that the figure has reached, and has not gone back from by enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reached: Vec<f64>,
    /// The figure at the same hour a week earlier, as it was known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week_ago: Option<f64>,
    /// What the figure was at the end of each of the days before, as it was known then, and is now; a gap where nobody had told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trail: Vec<(Date, Option<f64>)>,
    /// What lies ahead is drawn faintly.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub faint: bool,
    /// Why there is nothing, or nothing newer.
    pub failed: Option<String>,
}

impl PanelFigures {
    /// A panel of which nothing is known yet.
    pub fn empty(show: String, kind: PanelKind, title: Option<Title>, place: Place) -> Self {
        Self {
            show,
            kind,
            title,
            place,
            main: None,
            over: None,
            urgent: Vec::new(),
            bounds: BTreeMap::new(),
            reached: Vec::new(),
            week_ago: None,
            trail: Vec::new(),
            faint: false,
            failed: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadlineFigures {
    pub ja: String,
    pub en: String,
    /// Absent in frames kept by earlier programs, which knew one rule.
    #[serde(default)]
    pub when: When,
    pub main: Block,
}

/// The strip 急ぐ and the state of the sources, the same on every board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StripFigures {
    pub at: Timestamp,
    pub batch: BatchId,
    pub urgent: Vec<Urgent>,
    pub systems: Vec<Freshness>,
    /// The state of the sources could not be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// What keeps the server from doing all that it should: a full disk, a database that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<Title>,
    /// What else is not normal: deliveries held, questions that failed.
    pub faults: Vec<Title>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Urgent {
    pub indicator: String,
    pub column: String,
    pub text: Title,
    pub value: f64,
    pub unit: String,
}

impl Figures {
    /// The same figures without the moments at which they were asked for: a frame is kept when this changes.
    pub fn essence(&self) -> Self {
        let mut same = self.clone();
        same.at = Timestamp::UNIX_EPOCH;
        same.batch = BatchId::default();
        let panels = same.panels.iter_mut().flat_map(|p| p.main.iter_mut().chain(p.over.iter_mut()));
        for block in panels.chain(same.headline.iter_mut().map(|h| &mut h.main)) {
            block.as_of = Timestamp::UNIX_EPOCH;
            block.judged_at = None;
            block.batch = BatchId::default();
            settle(&mut block.sources);
        }
        same
    }
}

impl StripFigures {
    pub fn essence(&self) -> Self {
        let mut same = self.clone();
        same.at = Timestamp::UNIX_EPOCH;
        same.batch = BatchId::default();
        settle(&mut same.systems);
        same
    }
}

/// Of a source's freshness only its state is a figure; its times pass by themselves.
fn settle(sources: &mut [Freshness]) {
    for source in sources {
        source.last_delivery = None;
        source.source_time = None;
        source.expected_by = None;
    }
}
