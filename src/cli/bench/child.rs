//! A measured piece of work in a process of its own, so that its peak memory is its own too.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::machine;
use crate::app::App;
use crate::config::Settings;
use crate::epi::clock::Clock;
use crate::jobs::Unwatched;
use crate::jobs::deliver::{Disposal, Options, deliver};
use crate::store::{Baseline, Outcome};

/// (measured by the bench)
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Child {
    #[arg(value_enum)]
    work: Work,
    /// The data folder
    folder: PathBuf,
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Work {
    /// DuckDB alone makes a table of a UTF-8 file.
    ReadCsv,
    /// Hinomi takes a HER-SYS export.
    Deliver,
}

/// What a child found.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Measured {
    pub seconds: f64,
    pub peak: u64,
    pub rows: u64,
    pub opened: u64,
}

impl Child {
    pub(super) fn run(&self, mut settings: Settings) -> anyhow::Result<()> {
        settings.data_dir.clone_from(&self.folder);
        let measured = match self.work {
            Work::ReadCsv => self.read_csv(&settings)?,
            Work::Deliver => self.deliver(settings)?,
        };
        println!("{}", serde_json::to_string(&measured)?);
        Ok(())
    }

    fn read_csv(&self, settings: &Settings) -> anyhow::Result<Measured> {
        let baseline = Baseline::open(&self.folder, settings.threads(), settings.memory_limit.0)?;
        let started = Instant::now();
        let rows = baseline.csv(&self.file)?;
        let seconds = started.elapsed().as_secs_f64();
        Ok(Measured { seconds, peak: machine::peak_memory(), rows, opened: rows })
    }

    fn deliver(&self, settings: Settings) -> anyhow::Result<Measured> {
        let measured = tokio::runtime::Runtime::new()?.block_on(async {
            let app = App::open(settings, Clock::running()).await?;
            let file = self.file.clone();
            let working = app.clone();
            let measured = tokio::task::spawn_blocking(move || {
                let mapping = working.jobs.mapping("her-sys-cases")?;
                let options = Options { disposal: Disposal::Leave, ..Options::default() };
                let started = Instant::now();
                let receipt = deliver(&working.jobs, &file, &mapping, &options, &Unwatched)?;
                let seconds = started.elapsed().as_secs_f64();
                anyhow::ensure!(receipt.outcome == Outcome::Accepted, "not accepted: {:?}", receipt.outcome);
                anyhow::ensure!(receipt.quarantined == 0, "{} rows quarantined", receipt.quarantined);
                Ok(Measured {
                    seconds,
                    peak: machine::peak_memory(),
                    rows: receipt.rows,
                    opened: receipt.opened,
                })
            });
            let measured = measured.await?;
            app.close().await?;
            measured
        })?;
        Ok(measured)
    }
}

/// Runs one piece of work in a child.
pub(super) fn measure(
    settings: &Settings,
    work: Work,
    folder: &Path,
    file: &Path,
) -> anyhow::Result<Measured> {
    let name = match work {
        Work::ReadCsv => "read-csv",
        Work::Deliver => "deliver",
    };
    let output = Command::new(std::env::current_exe()?)
        .args(["bench", "child", name])
        .args([folder, file])
        .env("HINOMI__THREADS", settings.threads().to_string())
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("unable to start a child")?;
    anyhow::ensure!(output.status.success(), "the measured child failed: {name}");
    serde_json::from_slice(&output.stdout).context("the measured child said nothing that can be read")
}
