//! `hinomi verify`

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::output::Output;
use crate::app::App;
use crate::jobs::watch::tell;

/// Compares the archive with the database, as of every batch
#[derive(Clone, Debug, clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  hinomi verify")]
pub struct Verify {}

impl Verify {
    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let (app, out) = (app.clone(), out.clone());
        tokio::task::spawn_blocking(move || {
            let _writing = app.jobs.writing();
            let found = app.store.verify(&|p| tell(&out, &p))?;
            for fault in &found.faults {
                out.line(fault.clone());
            }
            anyhow::ensure!(
                found.faults.is_empty(),
                "{0}か所に違いがあります。hinomi repair が直し方を示します ({0} differences: hinomi repair says how they are mended)",
                found.faults.len()
            );
            out.line(format!(
                "{0}バッチ、{1}行: 保管記録とデータベースは一致しています · {0} batches, {1} rows: archive and database are equal",
                found.batches, found.rows
            ));
            if found.sealed > 0 {
                out.line(format!(
                    "{0}個のバッチを封印しました · {0} batches are sealed from now on",
                    found.sealed
                ));
            }
            Ok(())
        })
        .await?
    }
}
