//! `hinomi restore`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::output::Output;
use crate::app::{App, keep_definitions, store_settings};
use crate::config::Settings;
use crate::definitions::{Catalog, Definitions};
use crate::epi::clock::Clock;
use crate::jobs::Watch;
use crate::jobs::watch::tell;
use crate::store::{self, Backup, BatchId, StoreError};

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
            out.line(done(&app.settings, &restored));
            if let Some(missing) = missing_key(&app.settings) {
                out.say(&missing);
            }
            Ok(())
        })
        .await?
    }

    /// May what is there go, which could not be opened because of this?
    pub(super) fn may_replace(&self, why: &anyhow::Error) -> bool {
        let is_damage = matches!(
            why.downcast_ref(),
            Some(StoreError::Damaged { .. } | StoreError::Differs(_) | StoreError::Unreadable { .. })
        );
        self.replace && is_damage
    }

    /// Restores into a data folder that can't be opened.
    pub(super) async fn over_damage(self, settings: Settings) -> anyhow::Result<()> {
        let restored = tokio::task::spawn_blocking({
            let settings = settings.clone();
            move || {
                let definitions = Definitions::embedded_or(settings.definitions_dir.as_deref())?;
                let catalog = Catalog::load(&definitions)?;
                let of_store = store_settings(&settings, Arc::clone(&catalog.domains.schema));
                anyhow::Ok(store::restore(&of_store, &Clock::running(), &self.from, &|_| {})?)
            }
        })
        .await??;
        // As any start of this program leaves it.
        App::open(settings.clone(), Clock::running()).await?.close().await?;
        println!("{}", done(&settings, &restored));
        if let Some(missing) = missing_key(&settings) {
            eprintln!("{missing}");
        }
        Ok(())
    }
}

fn done(settings: &Settings, restored: &Backup) -> String {
    let (place, last) = (settings.data_dir.display(), restored.batch.0);
    format!("{place}: バッチ {last} までを復元しました · everything up to batch {last}")
}

fn missing_key(settings: &Settings) -> Option<String> {
    let place = settings.key_file();
    let words = || {
        format!(
            "バックアップに合う鍵を {0} に戻してください · put the key that belongs to the backup at {0}",
            place.display()
        )
    };
    (!place.is_file()).then(words)
}
