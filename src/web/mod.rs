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
pub mod wall;
pub mod walls;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::from_fn_with_state;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use hosts::Hosts;

pub use assets::Assets;
pub use places::{Place, Places};
pub use pulse::Pulse;
pub use state::{App, Parts};
pub use status::job as job_ja;

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
        .with_state(app.clone());
    let hosts = Hosts::of(app.parts.settings.hosts.as_deref());
    let known = from_fn_with_state((hosts, app.hall.clone()), hosts::check);
    dressed(walls::router(app.hall.clone()).merge(data).layer(known))
}

/// What holds for every answer: panics become pages, the log has its line, text is compressed (events are not: they would
/// wait for the compressor), no script but ours, nothing framed.
pub fn dressed(router: Router) -> Router {
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    router
        .layer(CatchPanicLayer::custom(errors::panicked))
        .layer(requests::traced())
        .layer(CompressionLayer::new())
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
