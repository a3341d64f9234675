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
        anyhow::ensure!(
            !self.shutdown.is_cancelled(),
            "サーバーの停止とともに止まりました · stopped with the server"
        );
        anyhow::ensure!(
            Instant::now() < self.until,
            "決められた時間を過ぎたため止まりました · its time was over"
        );
        Ok(())
    }
}

/// Several such sayings as one: first all in Japanese, then all in English.
pub(super) fn joined(said: &[String]) -> String {
    let said = said.iter().filter(|one| !one.is_empty());
    let (ja, en): (Vec<&str>, Vec<&str>) =
        said.map(|one| one.split_once(" · ").unwrap_or((one.as_str(), one.as_str()))).unzip();
    match ja.is_empty() {
        true => String::new(),
        false => format!("{} · {}", ja.join("、"), en.join("; ")),
    }
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    pub rows: u64,
    /// What there is to say of it: Japanese, then English.
    pub note: String,
}
