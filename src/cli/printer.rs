//! Shows events to a person: a progress bar on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::Event;

/// On something that is no terminal a line of progress comes no more often than this.
const PLAIN: Duration = Duration::from_secs(10);

pub struct Printer {
    bar: Option<ProgressBar>,
    terminal: bool,
    last_plain: Instant,
}

impl Default for Printer {
    fn default() -> Self {
        Self { bar: None, terminal: io::stderr().is_terminal(), last_plain: Instant::now() }
    }
}

impl Printer {
    /// Shows one event. An error means that nobody reads any more.
    pub fn show(&mut self, event: Event) -> io::Result<()> {
        match event {
            Event::At { done, of, what } if self.terminal => self.draw(done, of, &what),
            Event::At { done, of, what } => {
                if self.last_plain.elapsed() > PLAIN {
                    self.last_plain = Instant::now();
                    let of = of.map(|n| format!(" of {n}")).unwrap_or_default();
                    eprintln!("{what}: {done}{of}");
                }
            }
            Event::Say(line) => match &self.bar {
                Some(bar) => bar.suspend(|| eprintln!("{line}")),
                None => eprintln!("{line}"),
            },
            Event::Text(text) => self.result(text.as_bytes())?,
            Event::Bytes(bytes) => self.result(&bytes)?,
        }
        Ok(())
    }

    fn result(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.end();
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    fn draw(&mut self, done: u64, of: Option<u64>, what: &str) {
        let bar = self.bar.get_or_insert_with(|| ProgressBar::new_spinner().with_style(style(None)));
        if bar.length() != of {
            bar.set_style(style(of));
            match of {
                Some(of) => bar.set_length(of),
                None => bar.unset_length(),
            }
        }
        bar.set_message(what.to_owned());
        bar.set_position(done);
    }

    /// Takes the bar away.
    pub fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.end();
    }
}

fn style(of: Option<u64>) -> ProgressStyle {
    let template = match of {
        Some(_) => "{msg} {wide_bar} {human_pos}/{human_len} {eta}",
        None => "{spinner} {msg} {human_pos} {elapsed}",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
