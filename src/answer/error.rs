//! Why a question has no answer. Names the indicator, never a value of the data.

use std::sync::Arc;

use jiff::civil::Date;
use thiserror::Error;

use crate::store::StoreError;

#[derive(Clone, Debug, Error)]
pub enum AnswerError {
    #[error("no indicator {indicator}")]
    NoIndicator { indicator: String },
    #[error("{indicator}: {key} {said} is none of [{allowed}]")]
    Choice { indicator: String, key: &'static str, said: String, allowed: String },
    #[error("{indicator} has no {what}: {key} can't be chosen")]
    NoChoice { indicator: String, key: &'static str, what: &'static str },
    #[error("{indicator}: from {from} is later than to {to}")]
    Backwards { indicator: String, from: Date, to: Date },
    #[error("as of {at} lies in the future; it is {now} now")]
    Future { at: String, now: String },
    #[error(
        "{indicator}: from {from} to {to} holds no day that has figures (what is not over is compared with nothing, what lies ahead is not known)"
    )]
    EmptyRange { indicator: String, from: Date, to: Date },
    #[error("{indicator}: from {from} to {to} is longer than {most} days")]
    LongRange { indicator: String, from: Date, to: Date, most: i32 },
    #[error("{disease:?} is not the code of a disease")]
    Disease { disease: String },
    #[error("no mapping feeds facts of a disease {disease:?}")]
    UnknownDisease { disease: String },
    #[error("unable to answer {indicator}")]
    Store { indicator: String, source: Arc<StoreError> },
    #[error("answering {indicator} broke off")]
    BrokeOff { indicator: String },
}

impl AnswerError {
    /// Is the question at fault, rather than the house?
    pub fn is_asker_s(&self) -> bool {
        !matches!(self, Self::Store { .. } | Self::BrokeOff { .. })
    }
}
