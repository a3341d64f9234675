//! Why a question has no answer. Names the indicator, never a value of the data.

use std::sync::Arc;

use thiserror::Error;

use super::admission::Crowded;
use super::refusal::Refusal;
use crate::store::StoreError;

#[derive(Clone, Debug, Error)]
pub enum AnswerError {
    #[error(
        "指標 {indicator} はありません。一覧: hinomi show (no indicator {indicator}; hinomi show lists them)"
    )]
    NoIndicator { indicator: String },
    #[error("{0}")]
    Refused(Refusal),
    #[error("unable to answer {indicator}")]
    Store { indicator: String, source: Arc<StoreError> },
    #[error("{}", why.sentence())]
    Crowded { indicator: String, why: Crowded },
    #[error("answering {indicator} broke off")]
    BrokeOff { indicator: String },
}

impl From<Refusal> for AnswerError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
