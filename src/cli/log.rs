//! The log: what happened to files, batches and jobs, by name and number. Never a value of a row.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::sync::Arc;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat, folder};
use crate::epi::text::shown;

/// Writes events, each whole in one call, as one line each: a file's name or another program's error may have anything in
/// it, and must not write lines of its own or to a terminal.
struct Lines<W>(W);

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        self.0.write_all(format!("{}\n", shown(line)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

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
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    let as_json = log.format == LogFormat::Json;
    let started = match &log.file {
        None if as_json => lines.json().flatten_event(true).with_writer(io::stderr).try_init(),
        None => lines.with_writer(|| Lines(io::stderr())).try_init(),
        Some(path) => {
            if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
                folder::make(folder)?;
            }
            let file = OpenOptions::new().append(true).create(true).open(path);
            let file = Arc::new(file.with_context(|| {
                format!("ログ {0} を開けません (unable to open the log {0})", path.display())
            })?);
            if as_json {
                lines.json().flatten_event(true).with_writer(file).try_init()
            } else {
                lines.with_writer(move || Lines(file.clone())).try_init()
            }
        }
    };
    started.map_err(|why| anyhow::anyhow!("ログを始められません (unable to start the log): {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line() {
        let mut written = Vec::new();
        let event = "ERROR 届出\n\u{1b}[31mINFO all is well\r\n";
        Lines(&mut written).write_all(event.as_bytes()).unwrap();
        Lines(&mut written).write_all(b"INFO next\n").unwrap();
        let text = String::from_utf8(written).unwrap();
        assert_eq!(text, "ERROR 届出\\n\\u{1b}[31mINFO all is well\\r\nINFO next\n");
    }
}
