//! Keeps what the walls showed, behind their back: a wall never waits for the store's writer, which a large
//! delivery, a verification or a rebuild may hold for a while.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::frames::{STRIP, Shown};
use crate::store::{BatchId, Frame, NOT_SHOWN, Store, StoreError};

/// What becomes of a board.
enum Told {
    Hung(Shown),
    /// From this moment on no display shows it.
    TakenDown {
        board: String,
        at: Timestamp,
        batch: BatchId,
    },
}

/// Where shown figures are handed in, in the order in which they were shown.
pub(super) struct Keeper {
    told: UnboundedSender<Told>,
    keeping: JoinHandle<()>,
}

impl Keeper {
    /// `definitions`: the hash of those in force.
    pub(super) fn start(store: Store, definitions: String) -> Self {
        let (told, read) = unbounded_channel();
        let keeping = tokio::task::spawn_blocking(move || keep_all(&store, &definitions, read));
        Self { told, keeping }
    }

    pub(super) fn keep(&self, shown: Shown) {
        self.tell(Told::Hung(shown));
    }

    pub(super) fn take_down(&self, board: &str, at: Timestamp, batch: BatchId) {
        self.tell(Told::TakenDown { board: board.to_owned(), at, batch });
    }

    fn tell(&self, told: Told) {
        if self.told.send(told).is_err() {
            tracing::error!("nobody keeps frames any more");
        }
    }

    /// Waits until everything handed in is kept.
    pub(super) async fn end(self) {
        drop(self.told);
        if self.keeping.await.is_err() {
            tracing::error!("keeping frames panicked");
        }
    }
}

fn keep_all(store: &Store, definitions: &str, mut told: UnboundedReceiver<Told>) {
    // What was last kept, by board, without its times.
    let mut kept = BTreeMap::new();
    while let Some(told) = told.blocking_recv() {
        let done = match &told {
            Told::Hung(shown) => keep(store, definitions, shown, &mut kept),
            Told::TakenDown { board, at, batch } => {
                kept.remove(board);
                not_shown(store, definitions, (board, *at, *batch))
            }
        };
        if let Err(error) = done {
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

/// Nothing was ever kept of a board that was never shown, nor twice that it is not.
fn not_shown(
    store: &Store,
    definitions: &str,
    (board, at, batch): (&str, Timestamp, BatchId),
) -> Result<(), KeepError> {
    let last = store.frame_at(board, at)?;
    if last.is_none_or(|frame| !frame.is_shown()) {
        return Ok(());
    }
    store.keep_frame(&Frame {
        board: board.to_owned(),
        at,
        batch,
        definitions: definitions.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        figures: NOT_SHOWN.to_owned(),
    })?;
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
