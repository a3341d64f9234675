//! While the server runs: a database that failed is opened again, and what a full disk kept from being written at the start
//! is written once there is room.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::opened::{App, keep_definitions};
use crate::store::Trouble;

const PAUSE: Duration = Duration::from_secs(2);

/// Looks after the store until the end.
pub(super) async fn tend(app: Arc<App>, end: CancellationToken) {
    let mut unwritten = is_full(&app);
    let mut failing = false;
    while !end.is_cancelled() {
        let store = app.store.clone();
        let tended = tokio::task::spawn_blocking(move || store.tend()).await;
        match tended {
            Ok(Ok(_)) => failing = false,
            Ok(Err(error)) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::error!(%error, "the database can't be opened again yet; trying on");
                }
            }
            Err(_) => tracing::error!("opening the database again panicked"),
        }
        if unwritten && !is_full(&app) {
            unwritten = false;
            let kept = app.clone();
            let kept =
                tokio::task::spawn_blocking(move || keep_definitions(&kept.store, &kept.definitions)).await;
            if !matches!(kept, Ok(Ok(()))) {
                tracing::error!("the definitions in force could not be kept");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = end.cancelled() => {}
        }
    }
}

fn is_full(app: &App) -> bool {
    app.store.troubles().iter().any(|trouble| matches!(trouble, Trouble::ReadOnly { .. }))
}
