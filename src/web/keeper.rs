//! Keeps what the walls showed, behind their back: a wall never waits for the store's writer, which a large
//! delivery, a verification or a rebuild may hold for a while.

use std::collections::BTreeMap;

use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::frames::{STRIP, Shown};
use crate::store::{Frame, Store, StoreError};

/// Where shown figures are handed in, in the order in which they were shown.
pub(super) struct Keeper {
    shown: UnboundedSender<Shown>,
    keeping: JoinHandle<()>,
}

impl Keeper {
    /// `definitions`: the hash of those in force.
    pub(super) fn start(store: Store, definitions: String) -> Self {
        let (shown, read) = unbounded_channel();
        let keeping = tokio::task::spawn_blocking(move || keep_all(&store, &definitions, read));
        Self { shown, keeping }
    }

    pub(super) fn keep(&self, shown: Shown) {
        if self.shown.send(shown).is_err() {
            tracing::error!("nobody keeps frames any more");
        }
    }

    /// Waits until everything handed in is kept.
    pub(super) async fn end(self) {
        drop(self.shown);
        if self.keeping.await.is_err() {
            tracing::error!("keeping frames panicked");
        }
    }
}

fn keep_all(store: &Store, definitions: &str, mut shown: UnboundedReceiver<Shown>) {
    // What was last kept, by board, without its times.
    let mut kept = BTreeMap::new();
    while let Some(shown) = shown.blocking_recv() {
        if let Err(error) = keep(store, definitions, &shown, &mut kept) {
            match error {
                // The strip says it; once a minute in the log would help nobody.
                KeepError::Store(error) if error.passes() => tracing::debug!(%error, "a frame is not kept"),
                error => tracing::error!(%error, "unable to keep a frame"),
            }
        }
    }
}

fn keep(
    store: &Store,
    definitions: &str,
    shown: &Shown,
    kept: &mut BTreeMap<String, String>,
) -> Result<(), KeepError> {
    let (board, at, batch, essence) = match shown {
        Shown::Board(f) => (f.board.as_str(), f.at, f.batch, json(&f.essence())?),
        Shown::Strip(f) => (STRIP, f.at, f.batch, json(&f.essence())?),
    };
    if kept.get(board) == Some(&essence) {
        return Ok(());
    }
    let figures = match shown {
        Shown::Board(f) => json(&**f)?,
        Shown::Strip(f) => json(&**f)?,
    };
    store.keep_frame(&Frame {
        board: board.to_owned(),
        at,
        batch,
        definitions: definitions.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        figures,
    })?;
    kept.insert(board.to_owned(), essence);
    Ok(())
}

fn json(figures: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(figures)
}

#[derive(Debug, thiserror::Error)]
enum KeepError {
    #[error("the figures can't be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}
