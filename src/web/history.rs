//! What walls showed, read back from the store.

use std::sync::Arc;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::frames::STRIP;
use super::hall::{History, Kept, Past};
use crate::present::figures::{Figures, StripFigures};
use crate::store::{Frame, Store};

/// Reads frames back from the store.
pub(super) fn history(store: Store) -> History {
    Arc::new(move |board, at| {
        let Some(frame) = store.frame_at(board, at).map_err(|e| e.to_string())? else {
            let first = store.first_frame(board).map_err(|e| e.to_string())?;
            return Ok(Past::NotYet { first });
        };
        if !frame.is_shown() {
            return Ok(Past::NotShown);
        }
        let board = figures::<Figures>(&frame)?;
        let strip = store.frame_at(STRIP, at).map_err(|e| e.to_string())?;
        let strip = strip.map(|frame| figures::<StripFigures>(&frame)).transpose()?;
        Ok(Past::Shown(Box::new(Kept { board, strip })))
    })
}

fn figures<T: DeserializeOwned>(frame: &Frame) -> Result<T, String> {
    serde_json::from_str(&frame.figures)
        .map_err(|e| format!("the kept frame of {} cannot be read: {e}", frame.board))
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
