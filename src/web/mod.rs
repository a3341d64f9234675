//! Walls, the API, live push.
//!
//! In come answers; out go pages, pictures, files and server-sent events. The wall's frames are
//! computed once per change of the data by [`wall::run`], kept, and pushed as the same bytes to all
//! displays. News is learned of by watching the data version; nothing here knows of jobs.

mod api;
mod asked;
mod assets;
mod boards;
mod deliveries;
mod errors;
mod events;
mod explain;
mod explore;
pub mod frames;
pub mod hall;
mod index;
mod keeper;
mod page;
mod past;
mod places;
mod plain;
mod rendered;
mod status;
pub mod wall;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::http::{HeaderName, HeaderValue, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

pub use assets::Assets;
pub use places::{Place, Places};
pub use status::job as job_ja;

use crate::answer::Answers;
use crate::config::Settings;
use crate::definitions::{Catalog, Definitions};
use crate::draw::chart::Theme;
use crate::epi::clock::Clock;
use crate::present::layout::Look;
use crate::store::Store;
use frames::Wall;
use hall::{Hall, Notes};

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
}

/// The state of all handlers. Clones share everything.
#[derive(Clone)]
pub struct App {
    pub(crate) parts: Arc<Parts>,
    pub(crate) hall: Hall,
    pub(crate) rendered: rendered::Rendered,
}

impl FromRef<App> for Hall {
    fn from_ref(app: &App) -> Self {
        app.hall.clone()
    }
}

impl App {
    pub fn new(parts: Parts) -> Self {
        let notes =
            Notes { training: parts.settings.training, open: !parts.settings.listen.ip().is_loopback() };
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
            history: Some(wall::history(parts.store.clone())),
            displays: Places::new("displays", parts.most_displays),
        };
        Self { parts: Arc::new(parts), hall, rendered: rendered::Rendered::default() }
    }

    pub fn wall(&self) -> &Wall {
        &self.hall.wall
    }
}

/// Everything that is served.
pub fn router(app: &App) -> Router {
    let data = Router::new()
        .merge(api::router(app))
        .merge(boards::router())
        .merge(index::router())
        .merge(past::router())
        .merge(explain::router())
        .merge(explore::router())
        .merge(status::router())
        .with_state(app.clone());
    dressed(hall::router(app.hall.clone()).merge(data))
}

/// What holds for every answer: no script but ours, nothing framed, panics become pages, text is compressed
/// (events are not: they would wait for the compressor).
pub fn dressed(router: Router) -> Router {
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    router
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(errors::panicked))
        .layer(set(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
        .layer(set(header::X_FRAME_OPTIONS, "DENY"))
        .layer(set(header::CACHE_CONTROL, "no-store"))
        .layer(set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(set(
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ))
}

const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";
