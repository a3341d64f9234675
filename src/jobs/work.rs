//! What one run of a job has to do with, and what it did.

use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::watch::Watch;

/// What one run has to do with.
pub struct Work<'a> {
    pub cx: &'a Context,
    pub watch: &'a dyn Watch,
    pub(super) shutdown: CancellationToken,
    pub(super) until: Instant,
}

impl Work<'_> {
    /// To be asked between steps: an error when the run should end.
    pub fn go_on(&self) -> anyhow::Result<()> {
        anyhow::ensure!(!self.shutdown.is_cancelled(), "stopped with the server");
        anyhow::ensure!(Instant::now() < self.until, "its time was over");
        Ok(())
    }
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    pub rows: u64,
    pub note: String,
}
