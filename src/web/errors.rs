//! Error pages for people, problem details (RFC 9457) for programs.

use std::any::Any;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use maud::{Markup, html};
use serde_json::json;

use super::assets::Assets;
use super::hall::{Hall, Notes};
use super::plain;
use crate::answer::{Crowded, Refusal};
use crate::definitions::{Glossary, Word};

/// The form of a problem.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// What there is not.
pub(super) async fn nowhere(State(hall): State<Hall>, uri: Uri) -> Response {
    no_such_page(&hall, &uri)
}

pub(super) fn no_such_page(hall: &Hall, uri: &Uri) -> Response {
    if is_for_programs(uri.path()) {
        return problem(
            StatusCode::NOT_FOUND,
            "ありません (no such resource)",
            "このアドレスには何もありません。一覧は /api/v1/indicators と /api/v1/boards (the address names nothing; see /api/v1/indicators and /api/v1/boards)",
        );
    }
    page(StatusCode::NOT_FOUND, "このページはありません", "There is no such page", hall.notes, &hall.assets)
}

/// Addresses that programs and scripts ask for, not people.
pub(crate) fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/")
        || path.starts_with("/static/")
        || matches!(path, "/events" | "/healthz" | "/readyz" | "/metrics")
}

/// A page that says what is wrong, and where to go on.
pub(super) fn page(status: StatusCode, ja: &str, en: &str, notes: Notes, assets: &Assets) -> Response {
    page_with(status, (ja, en), &Markup::default(), notes, assets)
}

/// The same with more to read below: a list to choose from.
pub(super) fn page_with(
    status: StatusCode,
    (ja, en): (&str, &str),
    more: &Markup,
    notes: Notes,
    assets: &Assets,
) -> Response {
    let content = html! {
        section.error {
            p.code { (status.as_u16()) }
            h1 { (ja) }
            p lang="en" { (en) }
            (more)
            p {
                a href="/" { (Glossary::own().ja(Word::ToFirstPage)) } " ・ " a href="/boards" { "ボード一覧へ" }
                " ・ " a href="/explore" { "調べる" }
            }
        }
    };
    (status, plain::page(ja, &content, notes, assets)).into_response()
}

/// The answer to a question that can't be asked, for whoever asked it.
pub(super) fn refused(hall: &Hall, uri: &Uri, status: StatusCode, why: &Refusal) -> Response {
    if is_for_programs(uri.path()) {
        return problem_of(status, why);
    }
    page_with(status, (&why.ja, &why.en), &accepted(why), hall.notes, &hall.assets)
}

/// What may be said instead.
pub(super) fn accepted(why: &Refusal) -> Markup {
    html! {
        @if !why.accepted.is_empty() {
            p.accepted {
                "使える値 " small lang="en" { "accepted" } " "
                @for one in &why.accepted { code { (one) } " " }
            }
        }
    }
}

/// What can't be had, for whoever asked.
pub(crate) fn wrong(hall: &Hall, uri: &Uri, status: StatusCode, (ja, en): (&str, &str)) -> Response {
    if is_for_programs(uri.path()) {
        return problem(status, "開けません (not served)", &format!("{ja} ({en})"));
    }
    page(status, ja, en, hall.notes, &hall.assets)
}

/// The server is busy: what to say, and with which status.
pub(crate) const fn busy(why: Crowded) -> StatusCode {
    match why {
        Crowded::Full => StatusCode::TOO_MANY_REQUESTS,
        Crowded::Late | Crowded::Slow => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Seconds after which a question that found no room may be asked again.
pub(crate) const AGAIN: HeaderValue = HeaderValue::from_static("10");

/// The problem of a question that found no room.
pub(crate) fn crowded(why: Crowded) -> Response {
    let mut response = problem(busy(why), "混み合っています (busy)", &why.sentence());
    response.headers_mut().insert(header::RETRY_AFTER, AGAIN);
    response
}

/// The page of a question that found no room.
pub(crate) fn crowded_page(why: Crowded, notes: Notes, assets: &Assets) -> Response {
    let (ja, en) = why.said();
    let mut response = page(busy(why), ja, en, notes, assets);
    response.headers_mut().insert(header::RETRY_AFTER, AGAIN);
    response
}

/// Something of ours broke; the log has what.
pub(super) fn broken(notes: Notes, assets: &Assets) -> Response {
    let ja = "内部の誤りで表示できません（記録に残しました）";
    page(StatusCode::INTERNAL_SERVER_ERROR, ja, "An internal error; it has been logged", notes, assets)
}

/// `application/problem+json`. Title and detail are in Japanese, then in English; the detail names columns, files, parameters; never a value of a row.
pub(super) fn problem(status: StatusCode, title: &str, detail: &str) -> Response {
    problem_body(status, problem_text(status, title, detail))
}

/// Its text.
pub(crate) fn problem_text(status: StatusCode, title: &str, detail: &str) -> String {
    let body = json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail,
    });
    body.to_string()
}

/// The problem of a question that can't be asked: the detail in Japanese and English, the parameter, and what it may be.
pub(super) fn problem_of(status: StatusCode, why: &Refusal) -> Response {
    let mut body = json!({
        "type": "about:blank", "title": "条件の誤り (bad query)", "status": status.as_u16(), "detail": why.to_string(),
        "parameter": why.parameter,
    });
    if !why.accepted.is_empty() {
        body["accepted"] = json!(why.accepted);
    }
    problem_body(status, body.to_string())
}

fn problem_body(status: StatusCode, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, PROBLEM), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}

/// The answer to a panic in a handler: a plain page, since pages may be what panicked.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> axum::http::Response<axum::body::Body> {
    tracing::error!("a request handler panicked");
    let text = "内部の誤りで表示できません (internal error)\n";
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::INTERNAL_SERVER_ERROR, headers, Bytes::from_static(text.as_bytes())).into_response()
}
