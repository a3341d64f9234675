//! `/api/v1/boards`, and what each of them showed: frames are read, never computed.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{App, asof, errors, wall};

pub fn router() -> Router<App> {
    Router::new().route("/api/v1/boards", get(boards)).route("/api/v1/boards/{board}/frames", get(frame))
}

async fn boards(State(app): State<App>) -> Json<Value> {
    let boards = app.parts.catalog.boards.values().map(|board| {
        json!({
            "id": board.id, "title": board.title, "audience": board.audience,
            "rotate_seconds": board.rotate_seconds,
            "indicators": board.panels.iter().map(|p| &p.show).collect::<Vec<_>>(),
            "href": format!("/wall/{}", board.id),
            "frames": format!("/api/v1/boards/{}/frames", board.id),
        })
    });
    let boards: Vec<Value> = boards.collect();
    Json(json!({ "boards": boards, "playlist": app.parts.catalog.playlist.boards }))
}

#[derive(Debug, Deserialize)]
struct Moment {
    at: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

/// The moments at which a board began to show something else.
async fn times(app: App, board: String, asked: Moment) -> Response {
    let now = app.parts.clock.now();
    let moment = |text: Option<&str>, otherwise| text.map_or(Some(otherwise), |t| asof::parse(t, now));
    let (from, to) = (moment(asked.from.as_deref(), Timestamp::UNIX_EPOCH), moment(asked.to.as_deref(), now));
    let (Some(from), Some(to)) = (from, to) else {
        let how = "from, to: 2026-11-21T10:05 (Japan) or RFC 3339";
        return errors::problem(StatusCode::BAD_REQUEST, "bad query", how);
    };
    let store = app.parts.store.clone();
    match tokio::task::spawn_blocking(move || store.frame_times(&board, from, to)).await {
        Ok(Ok(times)) => Json(json!({ "times": times })).into_response(),
        Ok(Err(error)) => {
            tracing::error!(%error, "unable to list kept frames");
            errors::problem(StatusCode::INTERNAL_SERVER_ERROR, "no frames", "the record could not be read")
        }
        Err(_) => errors::problem(StatusCode::INTERNAL_SERVER_ERROR, "no frames", "the work was cut off"),
    }
}

/// What a board showed at a moment: read, never computed.
async fn frame(State(app): State<App>, Path(board): Path<String>, Query(asked): Query<Moment>) -> Response {
    if !app.parts.catalog.boards.contains_key(&board) {
        return errors::problem(StatusCode::NOT_FOUND, "no such board", "see /api/v1/boards");
    }
    if asked.from.is_some() || asked.to.is_some() {
        return times(app, board, asked).await;
    }
    let now = app.parts.clock.now();
    let Some(at) = asked.at.as_deref().map_or(Some(now), |text| asof::parse(text, now)) else {
        let how = "at: 2026-11-21T10:05 (Japan) or RFC 3339";
        return errors::problem(StatusCode::BAD_REQUEST, "bad query", how);
    };
    let store = app.parts.store.clone();
    match tokio::task::spawn_blocking(move || wall::raw(&store, &board, at)).await {
        Ok(Ok(Some(value))) => Json(value).into_response(),
        Ok(Ok(None)) => {
            errors::problem(StatusCode::NOT_FOUND, "no frame", "none was kept before that moment")
        }
        Ok(Err(why)) => {
            tracing::error!(why, "unable to read a kept frame");
            errors::problem(StatusCode::INTERNAL_SERVER_ERROR, "no frame", "the kept frame could not be read")
        }
        Err(_) => errors::problem(StatusCode::INTERNAL_SERVER_ERROR, "no frame", "the work was cut off"),
    }
}
