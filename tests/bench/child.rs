//! A measured piece of work in a process of its own, so that its peak memory is its own too.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;
use hinomi::app::App;
use hinomi::config::Settings;
use hinomi::epi::clock::Clock;
use hinomi::jobs::Unwatched;
use hinomi::jobs::deliver::{Disposal, Options, deliver};
use hinomi::store::Outcome;
use serde::{Deserialize, Serialize};

use super::{machine, plain};

/// (measured by the bench)
#[derive(Clone, Debug, clap::Args)]
pub struct Child {
    #[arg(value_enum)]
    work: Work,
    /// The data folder
    data: PathBuf,
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Work {
    /// DuckDB alone makes a table of a UTF-8 file.
    ReadCsv,
    /// Hinomi takes a HER-SYS export.
    Deliver,
}

/// What a child found.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Measured {
    pub seconds: f64,
    pub peak: u64,
    pub rows: u64,
    pub opened: u64,
}

impl Child {
    pub fn run(&self, mut settings: Settings, out: &mut dyn Write) -> anyhow::Result<()> {
        settings.data_dir.clone_from(&self.data);
        let measured = match self.work {
            Work::ReadCsv => self.read_csv(&settings)?,
            Work::Deliver => self.deliver(settings)?,
        };
        Ok(writeln!(out, "{}", serde_json::to_string(&measured)?)?)
    }

    fn read_csv(&self, settings: &Settings) -> anyhow::Result<Measured> {
        let started = Instant::now();
        let rows = plain::read_csv(&self.data.join("plain.duckdb"), settings, &self.file)?;
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
pub fn measure(settings: &Settings, work: Work, folder: &Path, file: &Path) -> anyhow::Result<Measured> {
    let name = match work {
        Work::ReadCsv => "read-csv",
        Work::Deliver => "deliver",
    };
    let output = Command::new(std::env::current_exe()?)
        .args(["child", name])
        .args([folder, file])
        .env("HINOMI__THREADS", settings.threads().to_string())
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("unable to start a child")?;
    anyhow::ensure!(output.status.success(), "the measured child failed: {name}");
    serde_json::from_slice(&output.stdout).context("the measured child said nothing that can be read")
}
