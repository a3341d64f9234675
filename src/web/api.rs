//! `/api/v1`: the same answers for programs. Errors are problem details (RFC 9457).

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::figures::Block;
use super::formats::{self, Format};
use super::{App, asof, chart, errors, gather, wall, words};
use crate::answer::{Answer, AnswerError, Question};
use crate::catalog::files::hex;
use crate::catalog::indicator::Indicator;
use crate::draw::chart::Size;

pub fn router() -> Router<App> {
    Router::new()
        .route("/api/v1/indicators", get(indicators))
        .route("/api/v1/indicators/{id}", get(indicator))
        .route("/api/v1/boards", get(boards))
        .route("/api/v1/boards/{board}/frames", get(frame))
        .route("/api/v1/status", get(super::status::api))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
}

/// What a question may say in an address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    pub from: Option<String>,
    pub to: Option<String>,
    pub as_of: Option<String>,
    pub by: Option<String>,
    pub disease: Option<String>,
    pub format: Option<String>,
    /// A CSV that Excel opens as UTF-8.
    pub bom: Option<String>,
    /// Pixels, for pictures.
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub theme: Option<String>,
}

/// Which parameter is wrong, and how it is written right.
#[derive(Debug, PartialEq, Eq)]
pub struct BadQuery(pub String);

impl Asked {
    /// Empty fields, as forms send them, say nothing.
    pub fn question(&self, indicator: &Indicator, app: &App) -> Result<Question, BadQuery> {
        let by = said(self.by.as_deref());
        if let Some(by) = by
            && !indicator.by.iter().any(|b| b == by)
        {
            let known = if indicator.by.is_empty() { "nothing".to_owned() } else { indicator.by.join(", ") };
            return Err(BadQuery(format!("by: {} can be asked by {known}", indicator.id)));
        }
        let (from, to) = (day("from", self.from.as_deref())?, day("to", self.to.as_deref())?);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(BadQuery("from is later than to".to_owned()));
        }
        Ok(Question {
            indicator: indicator.id.clone(),
            from,
            to,
            as_of: self.moment(app.parts.clock.now())?,
            by: by.map(str::to_owned),
            disease: said(self.disease.as_deref()).unwrap_or(&app.parts.settings.disease).to_owned(),
        })
    }

    fn moment(&self, now: Timestamp) -> Result<Option<Timestamp>, BadQuery> {
        let Some(text) = said(self.as_of.as_deref()) else { return Ok(None) };
        let wrong = || BadQuery("as_of: 2026-11-21, 2026-11-21T10:05 (Japan) or RFC 3339".to_owned());
        asof::parse(text, now).map(Some).ok_or_else(wrong)
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|t| !t.is_empty())
}

fn day(name: &str, text: Option<&str>) -> Result<Option<Date>, BadQuery> {
    let Some(text) = said(text) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| BadQuery(format!("{name}: a day like 2026-11-21")))
}

async fn indicators(State(app): State<App>) -> Json<Value> {
    let all: Vec<Value> = app.parts.catalog.indicators.values().map(|i| summary(i)).collect();
    Json(json!({ "indicators": all }))
}

fn summary(indicator: &Indicator) -> Value {
    json!({
        "id": indicator.id,
        "title": { "ja": indicator.title_ja, "en": indicator.title_en },
        "unit": words::unit(indicator.unit),
        "shape": indicator.shape,
        "basis": indicator.basis,
        "date": indicator.date,
        "numerator": indicator.numerator,
        "denominator": indicator.denominator,
        "by": indicator.by,
        "columns": indicator.columns.iter().map(|(name, title)| json!({ "name": name, "title": title }))
            .collect::<Vec<_>>(),
        "href": format!("/api/v1/indicators/{}", indicator.id),
    })
}

/// `/api/v1/indicators/{id}`, and the same with `.svg` or `.png` as a picture.
async fn indicator(
    State(app): State<App>,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Query(asked) = match asked {
        Ok(asked) => asked,
        Err(wrong) => return errors::problem(StatusCode::BAD_REQUEST, "bad query", &wrong.body_text()),
    };
    let (name, picture) = match id.rsplit_once('.') {
        Some((name, kind @ ("svg" | "png"))) => (name, Some(kind)),
        _ => (id.as_str(), None),
    };
    let Some(indicator) = app.parts.catalog.indicators.get(name).cloned() else {
        return errors::problem(StatusCode::NOT_FOUND, "no such indicator", "see /api/v1/indicators");
    };
    let question = match asked.question(&indicator, &app) {
        Ok(question) => question,
        Err(BadQuery(why)) => return errors::problem(StatusCode::BAD_REQUEST, "bad query", &why),
    };
    let Some(format) = Format::of(asked.format.as_deref().unwrap_or_default()) else {
        let known = "format: json, csv, arrow or parquet";
        return errors::problem(StatusCode::BAD_REQUEST, "bad query", known);
    };
    let answer = match app.parts.answers.ask(&question).await {
        Ok(answer) => answer,
        Err(error) => return failed(&question, &error),
    };
    let tag = tag(&answer, &app, picture.unwrap_or(format.extension()), &asked);
    if known(&headers, &tag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let block = gather::block(&answer, &app.parts.catalog);
    match picture {
        Some(kind) => draw(block, kind == "png", asked, tag).await,
        None => file(&answer, &block, format, asked.bom.is_some(), tag),
    }
}

fn failed(question: &Question, error: &AnswerError) -> Response {
    if error.is_asker_s() {
        return errors::problem(StatusCode::BAD_REQUEST, "bad query", &error.to_string());
    }
    tracing::error!(indicator = %question.indicator, %error, "a question could not be answered");
    errors::problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "no answer",
        &format!("{} could not be computed", question.indicator),
    )
}

/// By data version, definition and question; for open questions also by the minute, since waits grow.
fn tag(answer: &Answer, app: &App, form: &str, asked: &Asked) -> String {
    let minute = answer.as_of.as_second().div_euclid(60);
    let parts = format!(
        "{}|{}|{}|{}|{:?}|{minute}|{form}|{asked:?}|{}",
        answer.batch.0,
        answer.indicator.hash,
        answer.from,
        answer.to,
        answer.by,
        app.hall.wall.program(),
    );
    format!("W/\"{}-{}\"", answer.batch.0, hex(&Sha256::digest(parts)[..8]))
}

fn known(headers: &HeaderMap, tag: &str) -> bool {
    let asked = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    asked.flat_map(|list| list.split(',')).any(|t| t.trim() == tag || t.trim() == "*")
}

fn file(answer: &Answer, block: &Block, format: Format, bom: bool, tag: String) -> Response {
    let bytes = match formats::write(answer, block, format, bom) {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(indicator = %block.about.id, %error, "an answer could not be written");
            return errors::problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "no file",
                "the answer could not be written",
            );
        }
    };
    let mut response = Body::from(bytes).into_response();
    let named = format!("attachment; filename=\"{}.{}\"", block.about.id, format.extension());
    let headers = response.headers_mut();
    put(headers, header::CONTENT_TYPE, format.media_type());
    put(headers, header::ETAG, &tag);
    put(headers, header::CACHE_CONTROL, "no-cache");
    if format != Format::Json {
        put(headers, header::CONTENT_DISPOSITION, &named);
    }
    response
}

fn put(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = value.parse() {
        headers.insert(name, value);
    }
}

async fn draw(block: Block, png: bool, asked: Asked, tag: String) -> Response {
    let Some(kind) = chart::natural(&block) else {
        let why = format!("{} has no picture", block.about.id);
        return errors::problem(StatusCode::NOT_FOUND, "no picture", &why);
    };
    let width = asked.width.unwrap_or(1200).clamp(200, 4000);
    let height = asked.height.unwrap_or(width * 9 / 16).clamp(120, 4000);
    let size = Size { width, height, text: (f64::from(width.min(height * 16 / 9)) / 55.0).max(9.0) };
    let theme = super::page::theme(asked.theme.as_deref().unwrap_or_default());
    let drawn = tokio::task::spawn_blocking(move || {
        let chart = chart::of(kind, &block, None, false)?;
        let svg = crate::draw::svg(&chart, size, theme);
        Some(svg.and_then(|svg| if png { crate::draw::png(&svg, width) } else { Ok(svg.into_bytes()) }))
    });
    match drawn.await {
        Ok(Some(Ok(bytes))) => {
            let kind = if png { "image/png" } else { "image/svg+xml" };
            let headers = [
                (header::CONTENT_TYPE, kind.to_owned()),
                (header::ETAG, tag),
                (header::CACHE_CONTROL, "no-cache".to_owned()),
            ];
            (headers, bytes).into_response()
        }
        Ok(None) => errors::problem(StatusCode::NOT_FOUND, "no picture", "the answer does not fit its form"),
        Ok(Some(Err(error))) => {
            tracing::error!(%error, "a chart could not be drawn");
            errors::problem(StatusCode::INTERNAL_SERVER_ERROR, "no picture", "the chart could not be drawn")
        }
        Err(_) => errors::problem(StatusCode::INTERNAL_SERVER_ERROR, "no picture", "the drawing was cut off"),
    }
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
}

/// What a board showed at a moment: read, never computed.
async fn frame(State(app): State<App>, Path(board): Path<String>, Query(asked): Query<Moment>) -> Response {
    if !app.parts.catalog.boards.contains_key(&board) {
        return errors::problem(StatusCode::NOT_FOUND, "no such board", "see /api/v1/boards");
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

/// Ready once the first board of the playlist has been computed.
async fn ready(State(app): State<App>) -> Response {
    let first = app.hall.playlist.first().cloned().unwrap_or_default();
    let there = app.wall().latest(&first).is_some_and(|f| !f.stand_in);
    if there {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "starting\n").into_response()
    }
}
