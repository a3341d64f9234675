//! `hinomi source list`, `try`, `accept`, `refuse`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Subcommand;
use clap::builder::NonEmptyStringValueParser;
use serde::{Deserialize, Serialize};

use super::load::{ended, stamped};
use super::output::Output;
use super::receipt;
use super::table::{Side, Table};
use super::trial::try_file;
use crate::app::App;
use crate::epi::clock::jst;
use crate::jobs::decide;
use crate::jobs::deliver::{Options, file_name};
use crate::store::Outcome;

/// Lists the sources, tries a file on one, decides on a file that is held
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
#[command(after_help = "Example:\n  hinomi source try her-sys-cases hersys.csv")]
pub enum Source {
    /// Lists the sources: their folders, and when each last spoke
    #[command(after_help = "Example:\n  hinomi source list")]
    List,
    /// Says what would be kept, coarsened, pseudonymised, dropped and held back, and what `load` would make of the file;
    /// writes nothing
    ///
    /// The file goes the same way as by `load`, into the data as they are now, and is taken back. Names columns and row
    /// numbers, never a value of the file. Without a data folder it is tried on an empty one. Exit code 1 where `load` would
    /// refuse or hold the file.
    #[command(after_help = "Example:\n  hinomi source try her-sys-cases hersys.csv")]
    Try {
        /// The source: the name of its mapping
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        source: String,
        file: PathBuf,
        /// As history: the file counts as known from its stamp
        #[arg(long)]
        replay: bool,
        /// The time that the source gives the data (2026-11-21T10:05), when the file's name has none
        #[arg(long, value_name = "TIME", value_parser = NonEmptyStringValueParser::new())]
        stamp: Option<String>,
    },
    /// Takes a file that is held: a person has looked, and it is right
    ///
    /// With the stamp, and as the history, that it was delivered as. It can't be taken after a later delivery of the
    /// source. Who decided what on which file is kept.
    #[command(
        after_help = "Example:\n  hinomi source accept her-sys-cases hersys_20220701-20220710_20220711T063000.csv"
    )]
    Accept {
        /// The source: the name of its mapping
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        source: String,
        /// The file, or its name in held/
        file: PathBuf,
    },
    /// Refuses a file that is held: it goes to refused/, with its receipt, and nothing stored changes
    ///
    /// A file of one's own stays where it is; one that is no longer there is refused by its name.
    #[command(
        after_help = "Example:\n  hinomi source refuse her-sys-cases hersys_20220701-20220710_20220711T063000.csv"
    )]
    Refuse {
        /// The source: the name of its mapping
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        source: String,
        /// The file, or its name in held/
        file: PathBuf,
    },
}

impl Source {
    pub fn resolve_paths(&mut self, folder: &Path) {
        match self {
            Self::List => {}
            Self::Try { file, .. } | Self::Accept { file, .. } | Self::Refuse { file, .. } => {
                *file = folder.join(&*file);
            }
        }
    }

    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        let (app, out) = (app.clone(), out.clone());
        tokio::task::spawn_blocking(move || match self {
            Self::List => list(&app, &out),
            Self::Try { source, file, replay, stamp } => {
                let stamp = stamp.as_deref().map(|text| stamped(text, &app.clock)).transpose()?;
                try_file(&app, &source, &file, Options { stamp, replay, ..Options::default() }, &out)
            }
            Self::Accept { source, file } => {
                let mapping = app.jobs.mapping(&source)?;
                let receipt = decide::accept(&app.jobs, &mapping, &file, &out)?;
                receipt::tell(&file_name(&file), &receipt, &out);
                ended(&receipt, &source, &file).with_context(|| file_name(&file))
            }
            Self::Refuse { source, file } => {
                let mapping = app.jobs.mapping(&source)?;
                decide::refuse(&app.jobs, &mapping, &file)?;
                out.line(format!("{}: 受入れを拒否しました · refused", file_name(&file)));
                Ok(())
            }
        })
        .await?
    }

    /// A trial needs no data folder.
    pub fn is_trial(&self) -> bool {
        matches!(self, Self::Try { .. })
    }
}

fn list(app: &App, out: &Output) -> anyhow::Result<()> {
    let states = app.store.sources();
    // Counted as on the strip: also files that lie elsewhere.
    let waiting: BTreeMap<String, u64> = app.store.waiting(app.clock.now())?.into_iter().collect();
    let mut table = Table::in_both([
        ("系統", "source", Side::Left),
        ("名前", "title", Side::Left),
        ("取込対象", "taken", Side::Left),
        ("最後の受信", "last delivery", Side::Left),
        ("結果", "outcome", Side::Left),
        ("保留の行", "held rows", Side::Right),
        ("保留のファイル", "held files", Side::Right),
        ("フォルダ", "folder", Side::Left),
    ]);
    for mapping in app.catalog.mappings.values() {
        let state = states.iter().find(|s| s.source == mapping.source);
        let last = state.and_then(|s| s.last_delivery_at);
        table.row([
            mapping.source.clone(),
            mapping.title.ja.clone(),
            if app.settings.takes(&mapping.source) { "はい yes" } else { "いいえ no" }.to_owned(),
            last.map_or_else(|| "—".to_owned(), |at| jst(at).strftime("%Y-%m-%d %H:%M").to_string()),
            state.map_or("—", |s| outcome_word(&s.outcome)).to_owned(),
            state.map_or_else(|| "—".to_owned(), |s| s.held_rows.to_string()),
            waiting.get(&mapping.source).copied().unwrap_or_default().to_string(),
            app.jobs.inbox(&mapping.source).display().to_string(),
        ]);
    }
    table.lines().into_iter().for_each(|line| out.line(line));
    Ok(())
}

fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "受入れ accepted",
        Outcome::Unchanged => "変更なし nothing new",
        Outcome::Refused(_) => "受入拒否 refused",
        Outcome::Held(_) => "保留 held",
    }
}
