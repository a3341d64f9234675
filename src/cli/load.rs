//! `hinomi load`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::moment::moment;
use super::output::Output;
use crate::app::App;
use crate::intake::mapping::Mapping;
use crate::jobs::deliver::{Options, deliver, file_name, find};
use crate::jobs::disposal::Disposal;
use crate::jobs::reload::waiting;
use crate::store::{Outcome, Receipt};

/// Takes files of a source into the store
///
/// Without files: those that wait in the source's folder. A file of your own stays where it is; one from the
/// source's folder is dealt with as the mapping says. Exit code 1 if a file was refused or held.
#[derive(Clone, Debug, clap::Args, Serialize, Deserialize)]
#[command(after_help = "Examples:\n  \
    hinomi load her-sys-cases hersys_20221101.csv\n  \
    hinomi load bed-survey survey.csv --confirm\n  \
    hinomi load open-data-patients 20200305T*_patients.csv --replay")]
pub struct Load {
    /// The source: the name of its mapping
    source: String,
    /// Files, or names of files that wait in held/
    files: Vec<PathBuf>,
    /// A person has looked: take a delivery that is empty or has shrunk by half
    #[arg(long)]
    confirm: bool,
    /// History into an empty source: each file counts as known from its stamp
    #[arg(long)]
    replay: bool,
    /// The time that the source gives the data (2026-11-21T10:05), when the file's name has none
    #[arg(long, value_name = "TIME")]
    stamp: Option<String>,
}

impl Load {
    pub fn resolve_paths(&mut self, folder: &Path) {
        for file in &mut self.files {
            *file = folder.join(&*file);
        }
    }

    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let (app, out) = (app.clone(), out.clone());
        tokio::task::spawn_blocking(move || self.run_blocking(&app, &out)).await?
    }

    fn run_blocking(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        let mapping = app.jobs.mapping(&self.source)?;
        let stamp = self.stamp.as_deref().map(|text| moment(text, &app.clock)).transpose()?;
        let inbox = app.jobs.inbox(&self.source);
        let files: Vec<PathBuf> = if self.files.is_empty() {
            waiting(&inbox, &mapping)
        } else {
            let found: Result<_, _> = self.files.iter().map(|f| find(&app.jobs, &self.source, f)).collect();
            found?
        };
        anyhow::ensure!(!files.is_empty(), "no file waits in {}", inbox.display());
        let mut faults = Vec::new();
        for file in &files {
            if let Err(why) = self.load(app, file, &mapping, stamp, out) {
                faults.push(format!("{why:#}"));
            }
        }
        anyhow::ensure!(faults.is_empty(), "{}", faults.join("; "));
        Ok(())
    }

    fn load(
        &self,
        app: &App,
        file: &Path,
        mapping: &Arc<Mapping>,
        stamp: Option<Timestamp>,
        out: &Output,
    ) -> anyhow::Result<()> {
        let ours = [app.jobs.inbox(&mapping.source), app.jobs.folders.held().join(&mapping.source)];
        let disposal = match file.parent() {
            Some(folder) if ours.iter().any(|f| f == folder) => Disposal::ByRule,
            _ => Disposal::Leave,
        };
        let options = Options { stamp, replay: self.replay, confirmed: self.confirm, disposal };
        let receipt = deliver(&app.jobs, file, mapping, &options, out)?;
        tell(&file_name(file), &receipt, out);
        match &receipt.outcome {
            Outcome::Accepted | Outcome::Unchanged => Ok(()),
            Outcome::Refused(why) => Err(anyhow::anyhow!("refused: {why}")),
            Outcome::Held(why) => {
                Err(anyhow::anyhow!("held: {why}; look at it, then load it again with --confirm"))
            }
        }
        .with_context(|| file_name(file))
    }
}

/// How many faults are listed one by one.
const LISTED: usize = 20;

fn tell(file: &str, receipt: &Receipt, out: &Output) {
    let Receipt { rows, opened, closed, unchanged, quarantined, .. } = receipt;
    let what = match &receipt.outcome {
        Outcome::Accepted => receipt.batch.map_or_else(|| "accepted".into(), |b| format!("batch {}", b.0)),
        Outcome::Unchanged => "nothing new".to_owned(),
        Outcome::Refused(_) => "refused".to_owned(),
        Outcome::Held(_) => "held".to_owned(),
    };
    out.line(format!(
        "{file}: {what}: {rows} rows, {opened} versions opened, {closed} closed, {unchanged} unchanged, \
         {quarantined} quarantined{}",
        if receipt.stale { ", older than what was known" } else { "" }
    ));
    for fault in receipt.faults.iter().take(LISTED) {
        out.line(format!("  row {}, {}: {}", fault.row, column(&fault.column), fault.kind.reason()));
    }
    if receipt.faults.len() > LISTED {
        out.line(format!("  … and {} more", receipt.faults.len() - LISTED));
    }
}

pub fn column(name: &str) -> &str {
    if name.is_empty() { "the whole row" } else { name }
}
