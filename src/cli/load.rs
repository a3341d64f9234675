//! `hinomi load`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::NonEmptyStringValueParser;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::moment::{day, moment};
use super::output::Output;
use super::receipt;
use crate::app::App;
use crate::definitions::mapping::Mapping;
use crate::epi::clock::Clock;
use crate::jobs::deliver::{Options, deliver, file_name, find};
use crate::jobs::disposal::Disposal;
use crate::jobs::reload::waiting;
use crate::jobs::stamp::{FORMS, Stamp};
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
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    source: String,
    /// Files, or names of files that wait in held/
    files: Vec<PathBuf>,
    /// A person has looked: take a delivery although it shows a sign for which it would be held
    #[arg(long)]
    confirm: bool,
    /// History into an empty source: each file counts as known from its stamp; stops at a file that is held
    #[arg(long)]
    replay: bool,
    /// The time that the source gives the data, when the file's name has none: 20261121T100500, 2026-11-21T10:05 (Z or
    /// +09:00 behind, otherwise Japan's), or a day, which means its end
    #[arg(long, value_name = "TIME", value_parser = NonEmptyStringValueParser::new())]
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
        let stamp = self.stamp.as_deref().map(|text| stamped(text, &app.clock)).transpose()?;
        let inbox = app.jobs.inbox(&self.source);
        let files: Vec<PathBuf> = if self.files.is_empty() {
            waiting(&inbox, &mapping)
        } else {
            let found: Result<_, _> = self.files.iter().map(|f| find(&app.jobs, &self.source, f)).collect();
            found?
        };
        anyhow::ensure!(
            !files.is_empty(),
            "{0} に取り込むファイルがありません · no file waits in {0}",
            inbox.display()
        );
        let mut faults = Vec::new();
        for (done, file) in (1..).zip(&files) {
            let name = file_name(file);
            let receipt = match self.load(app, file, &mapping, stamp, out) {
                Ok(receipt) => receipt,
                Err(why) => {
                    faults.push(format!("{why:#}"));
                    continue;
                }
            };
            if let Err(why) = ended(&receipt, &self.source, file) {
                faults.push(format!("{name}: {why:#}"));
            }
            if self.replay && matches!(receipt.outcome, Outcome::Held(_)) {
                // What comes later would be known without what this file had to say.
                let left = files.len() - done;
                faults.push(format!(
                    "履歴の取り込みを {name} で止めました（あとの{left}ファイルは取り込んでいません） · the replay stops at {name}; \
                     {left} later files were not taken"
                ));
                break;
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
    ) -> anyhow::Result<Receipt> {
        let ours = [app.jobs.inbox(&mapping.source), app.jobs.folder.held().join(&mapping.source)];
        let disposal = match file.parent() {
            Some(folder) if ours.iter().any(|f| f == folder) => Disposal::ByRule,
            _ => Disposal::Leave,
        };
        let options = Options { stamp, replay: self.replay, confirmed: self.confirm, disposal };
        let receipt = deliver(&app.jobs, file, mapping, &options, out)?;
        receipt::tell(&file_name(file), &receipt, out);
        Ok(receipt)
    }
}

/// The instant that a stamp means: in one of the forms that a file's name may have, or as any moment is written.
pub(super) fn stamped(text: &str, clock: &Clock) -> anyhow::Result<Timestamp> {
    let day = || day(text, clock).ok().map(Stamp::Day);
    if let Some(stamp) = Stamp::parse(text).or_else(day) {
        return Ok(stamp.instant(clock.now()));
    }
    let wrong = || format!("{text} は時刻として読めません。書き方: · {text} is no stamp; it may be: {FORMS}");
    moment(text, clock).map_err(|_| anyhow::anyhow!(wrong()))
}

/// A file as `source accept` finds it, quoted for the shell: by its path where it is still there, or by its name in held/.
fn findable(file: &Path) -> String {
    let text = if file.is_file() { file.display().to_string() } else { file_name(file) };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,=".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// An error where nothing of a delivery was taken.
pub(super) fn ended(receipt: &Receipt, source: &str, file: &Path) -> anyhow::Result<()> {
    match &receipt.outcome {
        Outcome::Accepted | Outcome::Unchanged => Ok(()),
        Outcome::Refused(why) => Err(anyhow::anyhow!("受入拒否 · refused: {why}")),
        Outcome::Held(why) => Err(anyhow::anyhow!(
            "保留 · held: {why}; 内容を確かめ、受け入れるなら {accept} （拒否するなら accept を refuse に）、または --confirm を付けて取り込み直してください · look \
             at it, then {accept} (or refuse), or load it again with --confirm",
            accept = format_args!("hinomi source accept {source} {}", findable(file)),
        )),
    }
}
