//! Frames: a board's figures with the bytes that go to displays. Made once per change, shared by all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::draw::chart::Theme;
use crate::present::figures::{Figures, StripFigures};
use crate::present::headline::Hung;
use crate::present::layout::Look;
use crate::present::{headline, panel, strip};

/// The pseudo-board under which the strip and the state of the sources travel.
pub const STRIP: &str = "strip";

/// What a frame shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    Board(Arc<Figures>),
    Strip(Arc<StripFigures>),
}

/// One frame, drawn when first asked for in a theme.
#[derive(Debug)]
pub struct Frame {
    pub shown: Shown,
    /// A kept frame that stands in until the figures have been made anew.
    pub stand_in: bool,
    /// Counts up with each frame of its board.
    pub number: u64,
    look: Look,
    program: Arc<str>,
    light: OnceLock<Drawn>,
    dark: OnceLock<Drawn>,
}

/// Parts of a page by their ids, and the message that carries them to displays.
#[derive(Debug)]
pub struct Drawn {
    pub parts: Vec<(String, String)>,
    pub message: Bytes,
}

impl Frame {
    /// The drawing in a theme; made on the first call, by whoever calls first.
    pub fn drawn(&self, theme: Theme) -> &Drawn {
        let (slot, theme) = match theme {
            Theme::Light => (&self.light, Theme::Light),
            Theme::Dark => (&self.dark, Theme::Dark),
        };
        slot.get_or_init(|| self.draw(&Look { theme, ..self.look }))
    }

    fn draw(&self, look: &Look) -> Drawn {
        let parts = match &self.shown {
            Shown::Board(figures) => board_parts(figures, self.stand_in, look),
            Shown::Strip(figures) => vec![
                (STRIP.to_owned(), strip::strip(figures).into_string()),
                ("systems".to_owned(), strip::systems(figures).into_string()),
            ],
        };
        let message = message(&self.program, self.board(), self.number, &self.shown, &parts);
        Drawn { parts, message }
    }

    pub fn board(&self) -> &str {
        match &self.shown {
            Shown::Board(figures) => &figures.board,
            Shown::Strip(_) => STRIP,
        }
    }
}

fn board_parts(figures: &Figures, stand_in: bool, look: &Look) -> Vec<(String, String)> {
    let board = &figures.board;
    let hung = if stand_in { Hung::StandIn } else { Hung::Live };
    let title = headline::title(figures, hung, false).into_string();
    let panels = figures.panels.iter().enumerate().map(|(place, shown)| {
        (panel::id(board, place), panel::panel(board, place, shown, look).into_string())
    });
    std::iter::once((headline::id(board), title)).chain(panels).collect()
}

/// One server-sent event. JSON escapes line ends, so that the data is one line.
fn message(program: &str, board: &str, number: u64, shown: &Shown, parts: &[(String, String)]) -> Bytes {
    let (at, batch) = match shown {
        Shown::Board(figures) => (figures.at, figures.batch),
        Shown::Strip(figures) => (figures.at, figures.batch),
    };
    let panels: Map<String, Value> =
        parts.iter().map(|(id, html)| (id.clone(), Value::String(html.clone()))).collect();
    let data = json!({
        "program": program, "board": board, "frame": number,
        "version": batch.0, "as_of": at.to_string(), "panels": panels,
    });
    Bytes::from(format!("event: frame\ndata: {data}\n\n"))
}

/// The latest frame of every board.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    pub boards: BTreeMap<String, Arc<Frame>>,
    /// The server is going: streams end.
    pub closed: bool,
}

/// Where frames are hung up and displays look. Clones share one.
#[derive(Clone, Debug)]
pub struct Wall {
    frames: Arc<watch::Sender<Frames>>,
    /// The number of the last frame of each board: one that hangs again goes on counting.
    last: Arc<Mutex<BTreeMap<String, u64>>>,
    program: Arc<str>,
    look: Look,
}

impl Wall {
    pub fn new(program: &str, look: Look) -> Self {
        Self {
            frames: Arc::new(watch::Sender::new(Frames::default())),
            last: Arc::default(),
            program: program.into(),
            look,
        }
    }

    /// Draws the figures (light; dark when first asked for) and shows them on every display.
    pub fn show(&self, shown: Shown, stand_in: bool) {
        let mut frame = Frame {
            shown,
            stand_in,
            number: 0,
            look: self.look,
            program: self.program.clone(),
            light: OnceLock::new(),
            dark: OnceLock::new(),
        };
        let board = frame.board().to_owned();
        frame.number = self.next(&board);
        frame.drawn(Theme::Light);
        self.frames.send_modify(|frames| drop(frames.boards.insert(board, Arc::new(frame))));
    }

    fn next(&self, board: &str) -> u64 {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let number = last.entry(board.to_owned()).or_default();
        *number += 1;
        *number
    }

    /// Nobody looks at it any more. True: it hung.
    pub fn take_down(&self, board: &str) -> bool {
        self.frames.send_if_modified(|frames| frames.boards.remove(board).is_some())
    }

    pub fn latest(&self, board: &str) -> Option<Arc<Frame>> {
        self.frames.borrow().boards.get(board).cloned()
    }

    /// The latest frame of every board, by name.
    pub(crate) fn frames(&self) -> Vec<(String, Arc<Frame>)> {
        let frames = self.frames.borrow();
        frames.boards.iter().map(|(board, frame)| (board.clone(), frame.clone())).collect()
    }

    pub fn subscribe(&self) -> watch::Receiver<Frames> {
        self.frames.subscribe()
    }

    /// Displays that listen at this moment.
    pub fn displays(&self) -> usize {
        self.frames.receiver_count()
    }

    /// Ends every stream: the server is stopping.
    pub fn close(&self) {
        self.frames.send_modify(|frames| frames.closed = true);
    }

    pub const fn look(&self) -> Look {
        self.look
    }

    pub fn program(&self) -> &str {
        &self.program
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Time;

    use super::*;
    use crate::present::samples;

    fn wall() -> Wall {
        let look = Look { theme: Theme::Light, notes: false, closing: Time::constant(9, 0, 0, 0) };
        Wall::new("0.1.0-test", look)
    }

    #[test]
    fn all_displays_get_the_same_bytes() {
        let wall = wall();
        wall.show(Shown::Board(Arc::new(samples::figures("beds"))), false);
        let (a, b) = (wall.subscribe(), wall.subscribe());
        let bytes =
            |r: &watch::Receiver<Frames>| r.borrow().boards["beds"].drawn(Theme::Light).message.clone();
        assert_eq!(bytes(&a).as_ptr(), bytes(&b).as_ptr());
        assert_eq!(wall.displays(), 2);
    }

    #[test]
    fn a_message_is_one_event_of_one_line() {
        let wall = wall();
        wall.show(Shown::Strip(Arc::new(samples::strip())), false);
        let frame = wall.latest(STRIP).map(|f| f.drawn(Theme::Light).message.clone()).unwrap_or_default();
        let text = String::from_utf8_lossy(&frame).into_owned();
        assert!(text.starts_with("event: frame\ndata: {") && text.ends_with("}\n\n"));
        assert_eq!(text.lines().count(), 3);
    }

    #[test]
    fn frames_are_numbered() {
        let wall = wall();
        for _ in 0..3 {
            wall.show(Shown::Strip(Arc::new(samples::strip())), false);
        }
        assert_eq!(wall.latest(STRIP).map(|f| f.number), Some(3));
    }
}
