//! Keeps the walls up to date: the boards of the playlist and those that somebody looks at are computed once per change of the
//! data, and each minute, because waits grow and days end by themselves. Any other is computed when somebody asks for it. What
//! was shown is kept, and from when on no display showed it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::frames::{STRIP, Shown};
use super::hall::Past;
use super::history::history;
use super::keeper::Keeper;
use super::state::App;
use crate::definitions::Catalog;
use crate::definitions::board::Board;
use crate::definitions::mapping::Title;
use crate::present::gather::Desk;
use crate::store::Lane;

/// Computes and shows frames until the shutdown, then ends all displays' streams.
pub async fn run(app: App, shutdown: CancellationToken) {
    let mut changes = app.parts.store.changes();
    let round = Round::new(&app);
    round.stand_in().await;
    let mut changed = None;
    'rounds: while !shutdown.is_cancelled() {
        // Whatever comes while a round runs makes one more round, however much it is.
        changes.borrow_and_update();
        let begun = Instant::now();
        round.run().await;
        app.pulse.came_round(changed.take());
        app.hall.watched.serve();
        if changes.has_changed().unwrap_or_default() {
            // It came at some moment of the round.
            changed = Some(begun);
        }
        let minute = tokio::time::sleep(round.until_next_minute());
        tokio::pin!(minute);
        loop {
            tokio::select! {
                told = changes.changed() => {
                    if told.is_err() { break 'rounds }
                    changed = changed.or_else(|| Some(Instant::now()));
                    break;
                }
                () = &mut minute => break,
                () = app.hall.watched.more() => round.catch_up().await,
                () = shutdown.cancelled() => break 'rounds,
            }
        }
    }
    app.wall().close();
    round.keeper.end().await;
}

struct Round {
    app: App,
    desk: Desk,
    boards: Vec<Arc<Board>>,
    keeper: Keeper,
}

impl Round {
    fn new(app: &App) -> Self {
        let parts = &app.parts;
        let desk = Desk {
            answers: parts.answers.in_lane(Lane::Wall),
            catalog: parts.catalog.clone(),
            disease: parts.settings.disease.clone(),
            as_of: None,
        };
        let keeper = Keeper::start(parts.store.clone(), parts.catalog.hash.clone());
        Self { app: app.clone(), desk, boards: in_order(&parts.catalog), keeper }
    }

    /// Shows what was last kept, marked as such, until the figures have been made anew.
    async fn stand_in(&self) {
        let history = history(self.app.parts.store.clone());
        let app = self.app.clone();
        let boards = self.boards.clone();
        let now = app.parts.clock.now();
        let shown = tokio::task::spawn_blocking(move || {
            for board in &boards {
                match history(&board.id, now) {
                    Ok(Past::Shown(kept)) => {
                        app.wall().show(Shown::Board(Arc::new(kept.board)), true);
                        if let Some(strip) = kept.strip {
                            app.wall().show(Shown::Strip(Arc::new(strip)), true);
                        }
                    }
                    Ok(Past::NotShown | Past::NotYet { .. }) => {}
                    Err(why) => tracing::warn!(board = board.id, why, "a kept frame can't stand in"),
                }
            }
        });
        if shown.await.is_err() {
            tracing::error!("showing kept frames panicked");
        }
    }

    /// Every board that is watched once, the first of the playlist first, the strip right after it.
    async fn run(&self) {
        // Until every board hangs, whoever else asks gives way.
        let _due = self.desk.answers.frame_due();
        let now = self.app.parts.clock.now();
        let mut strip = false;
        for board in self.boards.iter().filter(|board| self.is_watched(board)) {
            self.board(board, now).await;
            if !strip {
                self.strip(now).await;
                strip = true;
            }
            self.catch_up().await;
        }
        if !strip {
            self.strip(now).await;
        }
        self.take_down(now);
    }

    fn is_watched(&self, board: &Board) -> bool {
        self.app.hall.playlist.contains(&board.id) || self.app.hall.watched.is_watched(&board.id)
    }

    /// The boards that are watched and do not hang yet.
    async fn catch_up(&self) {
        let hangs = |board: &Board| self.app.wall().latest(&board.id).is_some_and(|frame| !frame.stand_in);
        for board in self.boards.iter().filter(|board| self.app.hall.watched.is_watched(&board.id)) {
            if !hangs(board) {
                self.board(board, self.app.parts.clock.now()).await;
            }
        }
    }

    async fn board(&self, board: &Board, now: Timestamp) {
        let latest = self.app.wall().latest(&board.id);
        let before =
            latest.as_ref().and_then(|f| if let Shown::Board(b) = &f.shown { Some(b.clone()) } else { None });
        let figures = self.desk.board(board, before.as_deref(), now).await;
        self.hang(Shown::Board(Arc::new(figures))).await;
    }

    /// What nobody looks at any more hangs no longer, and the record says so.
    fn take_down(&self, now: Timestamp) {
        if !self.app.hall.watched.is_settled() {
            return;
        }
        let batch = self.app.parts.store.latest();
        for board in self.boards.iter().filter(|board| !self.is_watched(board)) {
            if self.app.wall().take_down(&board.id) {
                self.keeper.take_down(&board.id, now, batch);
            }
        }
    }

    async fn strip(&self, now: Timestamp) {
        let latest = self.app.wall().latest(STRIP);
        let before =
            latest.as_ref().and_then(|f| if let Shown::Strip(s) = &f.shown { Some(s.clone()) } else { None });
        let figures = self.desk.strip(self.troubles(), before.as_deref(), now).await;
        self.hang(Shown::Strip(Arc::new(figures))).await;
    }

    /// What is not normal with the store itself.
    fn troubles(&self) -> Vec<Title> {
        let troubles = self.app.parts.store.troubles();
        let title = |(ja, en): (&str, &str)| Title { ja: ja.to_owned(), en: en.to_owned() };
        troubles.iter().map(|trouble| title(trouble.said())).collect()
    }

    /// Draws, shows, and keeps what is new.
    async fn hang(&self, shown: Shown) {
        let app = self.app.clone();
        let drawn = shown.clone();
        if tokio::task::spawn_blocking(move || app.wall().show(drawn, false)).await.is_err() {
            tracing::error!("drawing a frame panicked");
        }
        self.keeper.keep(shown);
    }

    /// By the project's clock, so that a replayed day turns its minutes as well.
    fn until_next_minute(&self) -> Duration {
        let passed = self.app.parts.clock.now().as_millisecond().rem_euclid(60_000);
        Duration::from_millis(60_050 - passed.unsigned_abs())
    }
}

/// The playlist's boards first, in its order: a display that waits waits for those.
pub fn in_order(catalog: &Catalog) -> Vec<Arc<Board>> {
    let boards = &catalog.boards;
    let listed = &catalog.playlist.boards;
    let first = listed.iter().filter_map(|id| boards.get(id).cloned());
    let rest = boards.iter().filter(|(id, _)| !listed.contains(id)).map(|(_, b)| b.clone());
    first.chain(rest).collect()
}
