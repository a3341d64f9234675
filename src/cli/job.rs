//! `hinomi job list`, `hinomi job run`

use std::sync::Arc;

use clap::Subcommand;
use clap::builder::NonEmptyStringValueParser;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::output::Output;
use super::table::{Side, Table};
use crate::app::App;
use crate::epi::clock::jst;
use crate::jobs::arrivals::run_name;
use crate::jobs::{JOBS, Ran, job};
use crate::store::RunOutcome;

/// Lists the jobs, or runs one
#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
#[command(after_help = "Example:\n  hinomi job run nightly")]
pub enum Job {
    /// Lists the jobs: when each last ran, how it ended, when it is due
    #[command(after_help = "Example:\n  hinomi job list")]
    List,
    /// Runs a job now
    #[command(after_help = "Example:\n  hinomi job run nightly")]
    Run {
        /// The job, as the list names it
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
    },
}

impl Job {
    pub async fn run(self, app: &Arc<App>, out: &Output) -> anyhow::Result<()> {
        match self {
            Self::List => {
                let (app, out) = (app.clone(), out.clone());
                tokio::task::spawn_blocking(move || list(&app, &out)).await?
            }
            Self::Run { name } => {
                let ran = app.runner.run(job(&name)?, app.clock.now(), Arc::new(out.clone())).await;
                match ran {
                    Ran::Done(done) => {
                        out.line(format!("{name}: {0}行 · {0} rows: {1}", done.rows, done.note));
                        Ok(())
                    }
                    Ran::Failed(why) => {
                        anyhow::bail!("処理 {name} に失敗しました (job {name} failed): {why}")
                    }
                    Ran::Busy | Ran::Already => {
                        anyhow::bail!("処理 {name} は実行中です (job {name} is running at this moment)")
                    }
                }
            }
        }
    }
}

fn list(app: &App, out: &Output) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut table = Table::new([
        ("job", Side::Left),
        ("last", Side::Left),
        ("outcome", Side::Left),
        ("rows", Side::Right),
        ("next", Side::Left),
        ("note", Side::Left),
    ]);
    let mut add = |name: &str, next: String, otherwise: &str| -> anyhow::Result<()> {
        let last = app.store.runs(Some(name), 1)?.into_iter().next();
        let (at, outcome, rows, note) = match last {
            None => ("—".to_owned(), "—".to_owned(), "—".to_owned(), otherwise.to_owned()),
            Some(run) => {
                let outcome = run.outcome.map_or("running", outcome_word);
                (minute(run.started), outcome.to_owned(), run.rows.to_string(), run.note)
            }
        };
        table.row([name.to_owned(), at, outcome, rows, next, note]);
        Ok(())
    };
    for job in &JOBS {
        let next =
            job.schedule(&app.settings).map_or_else(|| "when asked".into(), |s| minute(s.next_due(now)));
        add(job.name, next, job.title)?;
    }
    for mapping in app.jobs.sources() {
        let rhythm = &mapping.rhythm;
        let next = match (rhythm.every_minutes, &rhythm.by) {
            (Some(minutes), _) => format!("every {minutes} min"),
            (None, Some(by)) => format!("by {by}"),
            (None, None) => "when it comes".to_owned(),
        };
        add(&run_name(&mapping.source), next, &mapping.title.ja)?;
    }
    table.lines().into_iter().for_each(|line| out.line(line));
    Ok(())
}

fn outcome_word(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::Done => "done",
        RunOutcome::Failed => "failed",
        RunOutcome::Panicked => "fault of the program",
        RunOutcome::TimedOut => "too long",
        RunOutcome::Interrupted => "interrupted",
    }
}

fn minute(at: Timestamp) -> String {
    jst(at).strftime("%Y-%m-%d %H:%M").to_string()
}
