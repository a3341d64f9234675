//! `hinomi rebuild`

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::output::Output;
use crate::app::{App, with_way_back};
use crate::jobs::watch::tell;

/// Makes the database anew from the archive, compares, and puts it in the old one's place
#[derive(Clone, Debug, clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  hinomi rebuild")]
pub struct Rebuild {}

impl Rebuild {
    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let (app, out) = (app.clone(), out.clone());
        tokio::task::spawn_blocking(move || {
            let _writing = app.jobs.writing();
            app.store.rebuild(&|p| tell(&out, &p)).map_err(with_way_back)?;
            let last = app.store.latest().0;
            out.line(format!(
                "バッチ {last} までを作り直し、照合しました · rebuilt up to batch {last}, and verified"
            ));
            anyhow::Ok(())
        })
        .await?
    }
}
