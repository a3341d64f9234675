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
mod early;
mod errors;
mod events;
mod explain;
mod explore;
pub mod frames;
pub mod hall;
mod hosts;
mod history;
mod index;
mod keeper;
mod manual;
mod metrics;
mod page;
mod past;
mod places;
mod plain;
mod pulse;
mod rendered;
mod requests;
mod state;
mod status;
mod style;
pub mod wall;
pub mod walls;
mod watched;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Response, header};
use axum::middleware::from_fn_with_state;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use hosts::Hosts;

pub use assets::Assets;
pub use early::{Early, early};
pub(crate) use errors::{PROBLEM, is_for_programs, problem_text};
pub use places::{Place, Places};
pub use pulse::Pulse;
pub use state::{App, Parts};
pub use status::job as job_ja;
pub use watched::{LINGERS, Watched};

/// Everything that is served.
pub fn router(app: &App) -> Router {
    let data = Router::new()
        .merge(api::router(app))
        .merge(boards::router())
        .merge(index::router())
        .merge(past::router())
        .merge(explain::router())
        .merge(explore::router())
        .merge(manual::router())
        .merge(status::router())
        .merge(style::router())
        .with_state(app.clone());
    let hosts = Hosts::of(app.parts.settings.hosts.as_deref());
    let known = from_fn_with_state((hosts, app.clone()), hosts::check);
    dressed(walls::router(app.hall.clone()).merge(data).layer(known))
}

/// What holds for every answer: panics become pages, the log has its line, text is compressed (events are not: they would
/// wait for the compressor), no script but ours, nothing framed. One layer: each of a router's own costs every request two
/// allocations.
pub fn dressed(router: Router) -> Router {
    router.layer(
        ServiceBuilder::new()
            .map_response(with_headers)
            .layer(CompressionLayer::new())
            .layer(requests::traced())
            .layer(CatchPanicLayer::custom(errors::panicked)),
    )
}

/// Headers of every answer that does not set them itself.
static HEADERS: [(HeaderName, HeaderValue); 8] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ),
];

fn with_headers<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    for (name, value) in &HEADERS {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    response
}

const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";
