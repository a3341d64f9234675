//! The hall: what walls need and nothing more. Boards, frames, assets, clock. It has no door to the
//! store but a look at kept frames.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::assets::Assets;
use super::frames::Wall;
use super::places::Places;
use super::watched::Watched;
use crate::definitions::board::Board;
use crate::epi::clock::Clock;
use crate::present::figures::{Figures, StripFigures};

/// A frame as it was kept.
#[derive(Clone, Debug)]
pub struct Kept {
    pub board: Figures,
    /// The strip that hung below it, if one was kept.
    pub strip: Option<StripFigures>,
}

/// What is on record of a board at a moment.
#[derive(Clone, Debug)]
pub enum Past {
    Shown(Box<Kept>),
    /// No display showed it then.
    NotShown,
    /// Nothing was kept so early; the first moment of which there is something, if there is any.
    NotYet {
        first: Option<Timestamp>,
    },
}

/// Reads back what a board showed at a moment. Blocking.
pub type History = Arc<dyn Fn(&str, Timestamp) -> Result<Past, String> + Send + Sync>;

/// Reckons what a board would have shown at a moment of which no frame was kept.
pub type Anew =
    Arc<dyn Fn(Arc<Board>, Timestamp) -> Pin<Box<dyn Future<Output = Figures> + Send>> + Send + Sync>;

#[derive(Clone)]
pub struct Hall {
    pub wall: Wall,
    pub boards: Arc<BTreeMap<String, Arc<Board>>>,
    /// The boards that a display without settings of its own goes through.
    pub playlist: Arc<[String]>,
    pub assets: Arc<Assets>,
    pub clock: Clock,
    pub heartbeat: Duration,
    /// Silence after which a display says that nothing is new.
    pub stale: Duration,
    pub notes: Notes,
    pub history: Option<History>,
    pub anew: Option<Anew>,
    /// Displays that may listen at one time.
    pub displays: Places,
    /// The boards that somebody looks at.
    pub watched: Watched,
}

/// How long a page waits for a board that nobody looked at before.
const WAITS: Duration = Duration::from_secs(5);

impl Hall {
    /// Says that somebody looks at these boards, and waits until they hang.
    pub(super) async fn ask_for(&self, boards: &[String]) {
        self.watched.look(boards);
        if !self.watched.is_served() {
            return;
        }
        let mut frames = self.wall.subscribe();
        let hang = frames.wait_for(|frames| {
            frames.closed || boards.iter().all(|board| frames.boards.get(board).is_some_and(|f| !f.stand_in))
        });
        // A page that has waited long enough shows what there is; the rest comes by itself.
        drop(tokio::time::timeout(WAITS, hang).await);
    }
}

/// What every page says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    pub training: bool,
    /// Others can reach the server and nobody logs in.
    pub open: bool,
}

impl Notes {
    pub const fn any(self) -> bool {
        self.training || self.open
    }
}
