//! The commands that work on the data folder, whoever holds it.

use std::path::Path;
use std::sync::Arc;

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::output::Output;
use super::{backup, board, check, explain, job, load, rebuild, restore, show, source, verify};
use crate::app::App;

#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub enum Command {
    Check(check::Check),
    #[command(subcommand)]
    Source(source::Source),
    Load(load::Load),
    Show(show::Show),
    Explain(explain::Explain),
    #[command(subcommand)]
    Board(board::Board),
    #[command(subcommand)]
    Job(job::Job),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Rebuild(rebuild::Rebuild),
    Verify(verify::Verify),
}

impl Command {
    /// The command as it is written.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "hinomi check",
            Self::Source(_) => "hinomi source",
            Self::Load(_) => "hinomi load",
            Self::Show(_) => "hinomi show",
            Self::Explain(_) => "hinomi explain",
            Self::Board(_) => "hinomi board",
            Self::Job(_) => "hinomi job",
            Self::Backup(_) => "hinomi backup",
            Self::Restore(_) => "hinomi restore",
            Self::Rebuild(_) => "hinomi rebuild",
            Self::Verify(_) => "hinomi verify",
        }
    }

    /// Makes paths whole: the server has another working folder.
    pub fn resolve_paths(&mut self, folder: &Path) {
        match self {
            Self::Source(source) => source.resolve_paths(folder),
            Self::Load(load) => load.resolve_paths(folder),
            Self::Backup(backup) => backup.resolve_paths(folder),
            Self::Restore(restore) => restore.resolve_paths(folder),
            Self::Check(_) | Self::Show(_) | Self::Explain(_) | Self::Board(_) | Self::Job(_) => {}
            Self::Rebuild(_) | Self::Verify(_) => {}
        }
    }
}

/// Carries out one command. Results go to `out` as they come; the error is the one line to be shown.
pub async fn execute(app: &Arc<App>, command: Command, out: &Output) -> anyhow::Result<()> {
    match command {
        Command::Check(check) => check.run(app, out).await,
        Command::Source(source) => source.run(app, out).await,
        Command::Load(load) => load.run(app, out).await,
        Command::Show(show) => show.run(app, out).await,
        Command::Explain(explain) => explain.run(app, out).await,
        Command::Board(board) => board.run(app, out).await,
        Command::Job(job) => job.run(app, out).await,
        Command::Backup(backup) => backup.run(app, out).await,
        Command::Restore(restore) => restore.run(app, out).await,
        Command::Rebuild(rebuild) => rebuild.run(app, out).await,
        Command::Verify(verify) => verify.run(app, out).await,
    }
}
