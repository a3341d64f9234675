//! The state of all handlers.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;

use super::assets::Assets;
use super::frames::Wall;
use super::hall::{Anew, Hall, Notes};
use super::history::history;
use super::places::Places;
use super::pulse::Pulse;
use super::rendered::Rendered;
use super::watched::Watched;
use crate::answer::Answers;
use crate::config::Settings;
use crate::definitions::{Catalog, Definitions};
use crate::draw::chart::Theme;
use crate::epi::clock::Clock;
use crate::present::Desk;
use crate::present::layout::Look;
use crate::store::{Lane, Store};

/// Seconds between heartbeats, and of silence until a display says that nothing is new. Two missed
/// beats and the time to notice stay under a minute.
const HEARTBEAT: Duration = Duration::from_secs(15);
const STALE: Duration = Duration::from_secs(45);

/// What the rooms before this one provide.
#[derive(Clone)]
pub struct Parts {
    pub store: Store,
    pub answers: Answers,
    pub catalog: Arc<Catalog>,
    pub definitions: Arc<Definitions>,
    pub clock: Clock,
    pub settings: Arc<Settings>,
    /// Displays that may listen at one time.
    pub most_displays: usize,
    /// How long a board is kept up after the last look at it.
    pub lingers: Duration,
    /// Bytes of answers that are kept as they were sent.
    pub memory: u64,
}

impl Parts {
    /// Where figures are asked for and made ready to be shown.
    pub(super) fn desk(&self) -> Desk {
        Desk {
            answers: self.answers.clone(),
            catalog: self.catalog.clone(),
            disease: self.settings.disease.clone(),
            as_of: None,
        }
    }
}

/// Reckons a board's figures as of a moment of which nothing was kept.
fn anew(desk: Desk) -> Anew {
    Arc::new(move |board, at| {
        let desk = Desk { as_of: Some(at), ..desk.clone() };
        Box::pin(async move { desk.board(&board, None, at).await })
    })
}

/// The state of all handlers, each of which takes the parts that it needs. Clones share everything.
#[derive(Clone)]
pub struct App(Arc<Shared>);

pub struct Shared {
    pub(crate) parts: Parts,
    pub(crate) hall: Hall,
    pub(crate) rendered: Rendered,
    pub(crate) pulse: Arc<Pulse>,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<App> for Hall {
    fn from_ref(app: &App) -> Self {
        app.hall.clone()
    }
}

impl FromRef<App> for Rendered {
    fn from_ref(app: &App) -> Self {
        app.rendered.clone()
    }
}

impl FromRef<App> for Store {
    fn from_ref(app: &App) -> Self {
        app.parts.store.clone()
    }
}

impl FromRef<App> for Clock {
    fn from_ref(app: &App) -> Self {
        app.parts.clock.clone()
    }
}

impl FromRef<App> for Answers {
    fn from_ref(app: &App) -> Self {
        app.parts.answers.clone()
    }
}

impl FromRef<App> for Arc<Catalog> {
    fn from_ref(app: &App) -> Self {
        app.parts.catalog.clone()
    }
}

impl FromRef<App> for Arc<Settings> {
    fn from_ref(app: &App) -> Self {
        app.parts.settings.clone()
    }
}

impl FromRef<App> for Desk {
    fn from_ref(app: &App) -> Self {
        app.parts.desk()
    }
}

impl App {
    pub fn new(mut parts: Parts) -> Self {
        let notes =
            Notes { training: parts.settings.training, open: !parts.settings.listen.ip().is_loopback() };
        // Whoever asks over a page gives way to the wall.
        parts.answers = parts.answers.in_lane(Lane::Yielding);
        let anew = anew(parts.desk());
        let look = Look { theme: Theme::Light, notes: notes.any(), closing: parts.settings.closing };
        let assets = Assets::new(&parts.definitions);
        let hall = Hall {
            wall: Wall::new(&assets.program(), look),
            boards: Arc::new(parts.catalog.boards.clone()),
            playlist: parts.catalog.playlist.boards.clone().into(),
            assets: Arc::new(assets),
            clock: parts.clock.clone(),
            heartbeat: HEARTBEAT,
            stale: STALE,
            notes,
            history: Some(history(parts.store.clone())),
            anew: Some(anew),
            displays: Places::new("displays", parts.most_displays),
            watched: Watched::new(parts.lingers),
        };
        let rendered = Rendered::new(parts.memory);
        Self(Arc::new(Shared { parts, hall, rendered, pulse: Arc::default() }))
    }

    /// How the wall does.
    pub fn pulse(&self) -> &Arc<Pulse> {
        &self.pulse
    }

    pub fn wall(&self) -> &Wall {
        &self.hall.wall
    }
}
