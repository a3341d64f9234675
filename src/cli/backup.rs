//! `hinomi backup`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::output::Output;
use crate::app::{App, with_way_back};
use crate::jobs::watch::tell;

/// Copies the store into a new folder while it goes on working
///
/// The pseudonym key is not copied: keep it apart from the backups.
#[derive(Clone, Debug, clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  hinomi backup /mnt/backup/hinomi-20261122")]
pub struct Backup {
    /// A folder that is not there yet
    to: PathBuf,
}

impl Backup {
    pub fn resolve_paths(&mut self, folder: &Path) {
        self.to = folder.join(&self.to);
    }

    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let (app, out) = (app.clone(), out.clone());
        tokio::task::spawn_blocking(move || {
            let copied = app.store.backup(&self.to, &|p| tell(&out, &p)).map_err(with_way_back)?;
            let (to, last) = (self.to.display(), copied.batch.0);
            out.line(format!("{to}: バッチ {last} までを写しました · everything up to batch {last}"));
            anyhow::Ok(())
        })
        .await?
    }
}
