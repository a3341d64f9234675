//! `/events`: server-sent events. The last frame of each board at once, then each new one, and a
//! heartbeat, by which a display knows that silence is not calm.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use serde_json::json;
use tokio::sync::watch;

use super::asked::{Asked, Pairs, QueryString};
use super::errors::problem;
use super::frames::{Frames, STRIP, Wall};
use super::hall::Hall;
use super::watched::Listening;
use crate::answer::Refusal;
use crate::draw::chart::Theme;
use crate::epi::clock::Clock;

/// What a display says when it begins to listen.
#[derive(Debug)]
pub(super) struct Subscription {
    boards: Vec<String>,
    theme: Theme,
    /// Seconds between heartbeats; the server's own when absent.
    heartbeat: Option<u32>,
}

impl QueryString for Subscription {
    const NAMES: &'static [&'static str] = &["board", "theme", "heartbeat"];

    fn read(said: &Pairs, hall: &Hall) -> Result<Self, Refusal> {
        Ok(Self {
            boards: said.boards("board", hall)?,
            theme: said.theme()?,
            heartbeat: said.number("heartbeat", 1..=60)?,
        })
    }
}

pub(super) async fn events(State(hall): State<Hall>, Asked(asked): Asked<Subscription>) -> Response {
    let Some(place) = hall.displays.take() else { return no_room() };
    let heartbeat = asked.heartbeat.map_or(hall.heartbeat, |s| Duration::from_secs(s.into()));
    let listening = hall.watched.listen(asked.boards.into());
    let stream = messages(&hall.wall, listening, asked.theme, heartbeat, hall.clock.clone());
    // The place is the stream's: given back when the display goes.
    let stream = stream.inspect(move |_| {
        let _ = &place;
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Proxies must not collect a stream that never ends.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(stream)).into_response()
}

/// A display that comes too many tries again by itself.
fn no_room() -> Response {
    let title = "これ以上の画面は接続できません (no room for more displays)";
    let detail = "接続中の画面が、開けるファイル数の上限に達しています \
                  (as many displays listen as the system has open files for)";
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, title, detail);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    response
}

struct Subscriber {
    frames: watch::Receiver<Frames>,
    listening: Listening,
    theme: Theme,
    heartbeat: Duration,
    clock: Clock,
    wall: Wall,
    /// The number of the last frame sent of each of the boards, and of the strip; none is 0.
    sent: Box<[u64]>,
    ready: VecDeque<Bytes>,
}

/// What one display hears. A slow one misses frames in between, never the last.
pub(super) fn messages(
    wall: &Wall,
    listening: Listening,
    theme: Theme,
    heartbeat: Duration,
    clock: Clock,
) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
    let sent = vec![0; listening.boards.len() + 1].into_boxed_slice();
    let mut subscriber = Subscriber {
        frames: wall.subscribe(),
        listening,
        theme,
        heartbeat,
        clock,
        wall: wall.clone(),
        sent,
        ready: VecDeque::new(),
    };
    let first = subscriber.beat();
    subscriber.ready.push_back(first);
    stream::unfold(subscriber, |mut subscriber| async move {
        subscriber.next().await.map(|b| (Ok(b), subscriber))
    })
}

impl Subscriber {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                return Some(bytes);
            }
            if self.gather() {
                return None;
            }
            if !self.ready.is_empty() {
                continue;
            }
            match tokio::time::timeout(self.heartbeat, self.frames.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) => return Some(self.beat()),
            }
        }
    }

    /// Takes up the frames not yet sent. True: the server is going.
    fn gather(&mut self) -> bool {
        let frames = self.frames.borrow_and_update();
        let mut new = Vec::new();
        let boards = self.listening.boards.iter().map(String::as_str).chain([STRIP]);
        for (board, sent) in boards.zip(&mut self.sent) {
            let Some(frame) = frames.boards.get(board) else { continue };
            if *sent != frame.number {
                *sent = frame.number;
                new.push(frame.clone());
            }
        }
        let closed = frames.closed;
        // Whoever hangs up the next frame does not wait until this one is drawn.
        drop(frames);
        self.ready.extend(new.iter().map(|frame| frame.drawn(self.theme).message.clone()));
        closed
    }

    fn beat(&self) -> Bytes {
        let data = json!({ "now": self.clock.now().as_millisecond(), "program": self.wall.program() });
        Bytes::from(format!("event: beat\ndata: {data}\n\n"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::{StreamExt, pin_mut};
    use jiff::civil::Time;

    use super::super::frames::Shown;
    use super::super::watched::{LINGERS, Watched};
    use super::*;
    use crate::present::layout::Look;
    use crate::present::samples;

    #[tokio::test]
    async fn a_display_hears_the_last_frame_at_once_and_then_the_heart() {
        let look = Look { theme: Theme::Light, notes: false, closing: Time::constant(9, 0, 0, 0) };
        let wall = Wall::new("p", look);
        wall.show(Shown::Board(Arc::new(samples::figures("beds"))), false);
        wall.show(Shown::Board(Arc::new(samples::figures("beds"))), false);
        let clock = Clock::fixed(samples::now());
        let listening = Watched::new(LINGERS).listen(Arc::new(["beds".into()]));
        let stream = messages(&wall, listening, Theme::Light, Duration::from_millis(20), clock);
        pin_mut!(stream);
        let mut heard = Vec::new();
        for _ in 0..3 {
            let Some(Ok(bytes)) = stream.next().await else { break };
            heard.push(String::from_utf8_lossy(&bytes).into_owned());
        }
        assert!(heard[0].starts_with("event: beat") && heard[0].contains("1795323900000"), "{heard:?}");
        assert!(heard[1].starts_with("event: frame") && heard[1].contains("\"frame\":2"), "{heard:?}");
        assert!(heard[2].starts_with("event: beat"), "{heard:?}");
        wall.close();
        assert!(stream.next().await.is_none());
    }
}
