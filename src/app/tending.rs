//! While the server runs: a database that failed is opened again, and what a full disk kept from being written at the start
//! is written once there is room.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::opened::{App, keep_definitions, waits};

const PAUSE: Duration = Duration::from_secs(2);

/// Looks after the store until the end.
pub(super) async fn tend(app: Arc<App>, end: CancellationToken) {
    let mut failing = false;
    while !end.is_cancelled() {
        let tended = app.clone();
        match tokio::task::spawn_blocking(move || once(&tended)).await {
            Ok(Ok(())) => failing = false,
            Ok(Err(error)) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::error!(error = format!("{error:#}"), "the store can't be mended yet; trying on");
                }
            }
            Err(_) => tracing::error!("looking after the store panicked"),
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = end.cancelled() => {}
        }
    }
}

fn once(app: &App) -> anyhow::Result<()> {
    app.store.tend()?;
    if app.definitions_kept.load(Ordering::Acquire) {
        return Ok(());
    }
    match keep_definitions(&app.store, &app.definitions) {
        Err(error) if waits(&error) => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            app.definitions_kept.store(true, Ordering::Release);
            Ok(())
        }
    }
}
