//! The routes of walls: pages, events, styles and scripts. They need the hall and nothing more.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;

use super::asked::{Asked, Nothing};
use super::hall::Hall;
use super::{errors, events, page};

pub fn router(hall: Hall) -> Router {
    Router::new()
        .route("/wall/{board}", get(page::wall))
        .route("/wall", get(page::first))
        .route("/events", get(events::events))
        .route("/static/{hash}/{*name}", get(asset))
        .fallback(errors::nowhere)
        .with_state(hall)
}

async fn asset(
    State(hall): State<Hall>,
    Path((hash, name)): Path<(String, String)>,
    _: Asked<Nothing>,
) -> Response {
    hall.assets.serve(&hash, &name)
}
