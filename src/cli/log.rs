//! The log: what happened to files, batches and jobs, by name and number. Never a value of a row.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal};
use std::sync::Mutex;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat, folder};

/// A server's log: to its file, or to standard error.
pub fn of_server(log: &Log) -> anyhow::Result<()> {
    start(log, &log.level)
}

/// A command's log: its results and errors are said anyway, so only warnings, unless more is asked for.
pub fn beside_results(log: &Log, asked: bool) -> anyhow::Result<()> {
    let to_terminal = Log { file: None, ..log.clone() };
    start(&to_terminal, if asked { &log.level } else { "error" })
}

fn start(log: &Log, level: &str) -> anyhow::Result<()> {
    // The ticker speaks at every tick; nobody needs it.
    let filter = EnvFilter::try_new(format!("{level},tokio_cron_scheduler=error"))
        .with_context(|| format!("ログの水準 {level} が読めません (log.level: unable to read {level})"))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter);
    let as_json = log.format == LogFormat::Json;
    let started = match &log.file {
        None if as_json => lines.json().flatten_event(true).with_writer(io::stderr).try_init(),
        None => lines.with_ansi(io::stderr().is_terminal()).with_writer(io::stderr).try_init(),
        Some(path) => {
            if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
                folder::make(folder)?;
            }
            let file = OpenOptions::new().append(true).create(true).open(path);
            let file = file.with_context(|| {
                format!("ログ {0} を開けません (unable to open the log {0})", path.display())
            })?;
            let file = Mutex::new(file);
            if as_json {
                lines.json().flatten_event(true).with_writer(file).try_init()
            } else {
                lines.with_ansi(false).with_writer(file).try_init()
            }
        }
    };
    started.map_err(|why| anyhow::anyhow!("ログを始められません (unable to start the log): {why}"))
}
