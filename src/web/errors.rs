//! Error pages for people, problem details (RFC 9457) for programs.

use std::any::Any;

use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use maud::html;
use serde_json::json;

use super::assets::Assets;
use super::hall::{Hall, Notes};
use super::plain;

/// What there is not.
pub async fn nowhere(State(hall): State<Hall>, uri: Uri) -> Response {
    if uri.path().starts_with("/api/") {
        return problem(StatusCode::NOT_FOUND, "no such resource", "the address names nothing");
    }
    page(StatusCode::NOT_FOUND, "このページはありません", "There is no such page", hall.notes, &hall.assets)
}

/// A page that says what is wrong, and where to go on.
pub fn page(status: StatusCode, ja: &str, en: &str, notes: Notes, assets: &Assets) -> Response {
    let content = html! {
        section.error {
            p.code { (status.as_u16()) }
            h1 { (ja) }
            p lang="en" { (en) }
            p { a href="/" { "はじめのページへ" } " ・ " a href="/wall" { "ボードへ" } }
        }
    };
    (status, plain::page(ja, &content, notes, assets)).into_response()
}

/// Something of ours broke; the log has what.
pub fn broken(notes: Notes, assets: &Assets) -> Response {
    let ja = "内部の誤りで表示できません（記録に残しました）";
    page(StatusCode::INTERNAL_SERVER_ERROR, ja, "An internal error; it has been logged", notes, assets)
}

/// `application/problem+json`. The detail names columns, files, parameters; never a value of a row.
pub fn problem(status: StatusCode, title: &str, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail,
    });
    let headers = [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body.to_string()).into_response()
}

/// The answer to a panic in a handler: a plain page, since pages may be what panicked.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> axum::http::Response<axum::body::Body> {
    tracing::error!("a request handler panicked");
    let text = "内部の誤りで表示できません / internal error\n";
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::INTERNAL_SERVER_ERROR, headers, Bytes::from_static(text.as_bytes())).into_response()
}
