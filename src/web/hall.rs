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
