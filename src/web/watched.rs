//! Which boards somebody looks at: those are kept up to date. Another costs nothing until it is asked for.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How long a board is kept up after the last look at it: a page without a script comes again each minute, and a display
/// that lost its line finds it again.
pub const LINGERS: Duration = Duration::from_mins(3);

#[derive(Clone, Debug)]
pub struct Watched(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    begun: Instant,
    lingers: Duration,
    boards: Mutex<BTreeMap<String, Looked>>,
    /// Somebody looks at a board that nobody looked at before.
    more: Notify,
    /// Boards are made on demand: before the first round nobody waits for one.
    served: AtomicBool,
}

#[derive(Debug)]
struct Looked {
    displays: usize,
    last: Instant,
}

impl Watched {
    pub fn new(lingers: Duration) -> Self {
        Self(Arc::new(Inner {
            begun: Instant::now(),
            lingers,
            boards: Mutex::default(),
            more: Notify::new(),
            served: AtomicBool::new(false),
        }))
    }

    /// A page shows these boards.
    pub fn look(&self, boards: &[String]) {
        self.count(boards, 0);
    }

    /// A display listens to these boards, until what is returned is dropped.
    pub fn listen(&self, boards: Arc<[String]>) -> Listening {
        self.count(&boards, 1);
        Listening { watched: self.clone(), boards }
    }

    fn count(&self, boards: &[String], displays: usize) {
        let mut all = self.boards();
        let mut new = false;
        for board in boards {
            new |= !self.holds(all.get(board));
            let looked = all.entry(board.clone()).or_insert(Looked { displays: 0, last: Instant::now() });
            looked.displays += displays;
            looked.last = Instant::now();
        }
        drop(all);
        if new {
            self.0.more.notify_one();
        }
    }

    fn holds(&self, looked: Option<&Looked>) -> bool {
        looked.is_some_and(|looked| looked.displays > 0 || looked.last.elapsed() < self.0.lingers)
    }

    /// Whether somebody looks at a board, or did a moment ago.
    pub fn is_watched(&self, board: &str) -> bool {
        self.holds(self.boards().get(board))
    }

    /// Whether those who looked before the server came have had time to come back.
    pub fn is_settled(&self) -> bool {
        self.0.begun.elapsed() >= self.0.lingers
    }

    /// Somebody looks at a board that nobody looked at before.
    pub async fn more(&self) {
        self.0.more.notified().await;
    }

    /// From now on boards are made when they are asked for.
    pub fn serve(&self) {
        self.0.served.store(true, Ordering::Release);
    }

    pub fn is_served(&self) -> bool {
        self.0.served.load(Ordering::Acquire)
    }

    fn boards(&self) -> MutexGuard<'_, BTreeMap<String, Looked>> {
        self.0.boards.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A display that listens to some boards.
#[derive(Debug)]
pub struct Listening {
    watched: Watched,
    pub boards: Arc<[String]>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut all = self.watched.boards();
        for board in self.boards.iter() {
            if let Some(looked) = all.get_mut(board) {
                looked.displays = looked.displays.saturating_sub(1);
                looked.last = Instant::now();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_is_watched_while_a_display_listens_and_a_while_after() {
        let boards: Arc<[String]> = Arc::new(["beds".to_owned()]);
        let watched = Watched::new(Duration::ZERO);
        assert!(!watched.is_watched("beds"));
        let (one, other) = (watched.listen(boards.clone()), watched.listen(boards.clone()));
        drop(one);
        assert!(watched.is_watched("beds") && !watched.is_watched("care"));
        drop(other);
        assert!(!watched.is_watched("beds"), "nobody is left, and nothing lingers");
        let watched = Watched::new(LINGERS);
        drop(watched.listen(boards));
        watched.look(&["care".to_owned()]);
        assert!(watched.is_watched("beds") && watched.is_watched("care"), "they may come again");
    }

    #[tokio::test]
    async fn a_board_that_nobody_looked_at_is_news() {
        let watched = Watched::new(LINGERS);
        watched.look(&["beds".to_owned()]);
        watched.more().await;
        watched.look(&["beds".to_owned()]);
        let again = tokio::time::timeout(Duration::from_millis(20), watched.more()).await;
        assert!(again.is_err(), "it was looked at already");
    }
}
