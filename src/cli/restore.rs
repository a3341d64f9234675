//! `hinomi restore`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::output::Output;
use crate::app::{App, keep_definitions};
use crate::jobs::Watch;
use crate::jobs::watch::tell;
use crate::store::BatchId;

/// Puts a backup into the data folder
///
/// A data folder that holds something is replaced only with --replace. Bring the key that belongs to the backup:
/// without it, new deliveries are refused.
#[derive(Clone, Debug, clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  hinomi restore /mnt/backup/hinomi-20261122 --data-dir /srv/hinomi/data")]
pub struct Restore {
    /// The backup's folder
    from: PathBuf,
    /// What the data folder holds goes
    #[arg(long)]
    replace: bool,
}

impl Restore {
    pub fn resolve_paths(&mut self, folder: &Path) {
        self.from = folder.join(&self.from);
    }

    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let (app, out) = (app.clone(), out.clone());
        tokio::task::spawn_blocking(move || {
            let _writing = app.jobs.writing();
            anyhow::ensure!(
                self.replace || app.store.latest() == BatchId(0),
                "{0} には既にデータがあります。消してよければ --replace を付けてください ({0} holds facts already; --replace lets them go)",
                app.settings.data_dir.display()
            );
            let restored = app.store.restore(&self.from, &|p| tell(&out, &p))?;
            app.jobs.forget_key();
            keep_definitions(&app.store, &app.definitions)?;
            out.line(format!(
                "{}: everything up to batch {}",
                app.settings.data_dir.display(),
                restored.batch.0
            ));
            if !app.settings.key_file().is_file() {
                let place = app.settings.key_file();
                out.say(&format!("put the key that belongs to the backup at {}", place.display()));
            }
            Ok(())
        })
        .await?
    }
}
