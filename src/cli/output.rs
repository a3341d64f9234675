//! What a command says while it works: results, lines beside them, progress. The same whether somebody reads it
//! on this terminal or through the control socket.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::jobs::Watch;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// So much is done, of so much if that is known.
    At { done: u64, of: Option<u64>, what: String },
    /// A line beside the result (standard error).
    Say(String),
    /// Some of the result (standard output).
    Text(String),
    /// Some of the result, in bytes. On the wire their number stands here and they follow.
    #[serde(skip)]
    Bytes(Vec<u8>),
}

/// Where a command sends its events. Cheap to clone.
#[derive(Clone)]
pub struct Output {
    events: UnboundedSender<Event>,
    last: Arc<Mutex<Option<Instant>>>,
}

impl Output {
    pub fn channel() -> (Self, UnboundedReceiver<Event>) {
        let (events, read) = unbounded_channel();
        (Self { events, last: Arc::default() }, read)
    }

    /// A line of the result.
    pub fn line(&self, line: impl Into<String>) {
        let mut line = line.into();
        line.push('\n');
        self.send(Event::Text(line));
    }

    /// Text of the result as it is.
    pub fn text(&self, text: impl Into<String>) {
        self.send(Event::Text(text.into()));
    }

    pub fn bytes(&self, bytes: Vec<u8>) {
        self.send(Event::Bytes(bytes));
    }

    fn send(&self, event: Event) {
        // A reader that has gone away is no reason to leave work half done.
        let _ = self.events.send(event);
    }
}

impl Watch for Output {
    fn at(&self, done: u64, of: Option<u64>, what: &str) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let soon = last.is_some_and(|at| at.elapsed() < Duration::from_millis(100));
        if soon && of != Some(done) {
            return;
        }
        *last = Some(Instant::now());
        self.send(Event::At { done, of, what: what.to_owned() });
    }

    fn say(&self, line: &str) {
        self.send(Event::Say(line.to_owned()));
    }
}
