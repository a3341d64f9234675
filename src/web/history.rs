//! What walls showed, read back from the store.

use std::sync::Arc;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::frames::STRIP;
use super::hall::{History, Kept, Past};
use crate::present::figures::{Figures, StripFigures};
use crate::store::Store;

/// Reads frames back from the store.
pub(super) fn history(store: Store) -> History {
    Arc::new(move |board, at| {
        let Some(board) = kept::<Figures>(&store, board, at)? else {
            let first = store.first_frame(board).map_err(|e| e.to_string())?;
            return Ok(Past::NotYet { first });
        };
        let strip = kept::<StripFigures>(&store, STRIP, at)?;
        Ok(Past::Shown(Box::new(Kept { board, strip })))
    })
}

fn kept<T: DeserializeOwned>(store: &Store, board: &str, at: Timestamp) -> Result<Option<T>, String> {
    let Some(frame) = store.frame_at(board, at).map_err(|e| e.to_string())? else { return Ok(None) };
    serde_json::from_str(&frame.figures)
        .map(Some)
        .map_err(|e| format!("the kept frame of {board} cannot be read: {e}"))
}

/// A kept frame with what stands on its record.
pub(super) fn raw(store: &Store, board: &str, at: Timestamp) -> Result<Option<serde_json::Value>, String> {
    let Some(frame) = store.frame_at(board, at).map_err(|e| e.to_string())? else { return Ok(None) };
    let figures: serde_json::Value = serde_json::from_str(&frame.figures).map_err(|e| e.to_string())?;
    Ok(Some(serde_json::json!({
        "board": frame.board, "at": frame.at.to_string(), "data_version": frame.batch.0,
        "definitions": frame.definitions, "program": frame.program, "figures": figures,
    })))
}
