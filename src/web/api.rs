//! `/api/v1`: the same answers for programs. Errors are problem details (RFC 9457).

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::asked::{Asked, BadQuery};
use super::figures::Block;
use super::formats::{self, Format};
use super::{App, chart, errors, gather, rendered, words};
use crate::answer::{Answer, AnswerError, Question};
use crate::catalog::Catalog;
use crate::catalog::files::hex;
use crate::catalog::indicator::Indicator;
use crate::catalog::measure::Measure;
use crate::draw::chart::Size;
use crate::epi::clock::jst;

pub fn router(app: &App) -> Router<App> {
    let from_memory = || axum::middleware::from_fn_with_state(app.clone(), rendered::answer);
    Router::new()
        .route("/api/v1/indicators", get(indicators).layer(from_memory()))
        .route("/api/v1/indicators/{id}", get(indicator).layer(from_memory()))
        .route("/api/v1/status", get(super::status::api))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
}

async fn indicators(State(app): State<App>) -> Json<Value> {
    let catalog = &app.parts.catalog;
    let all: Vec<Value> = catalog.indicators.values().map(|i| summary(catalog, i)).collect();
    Json(json!({ "indicators": all }))
}

fn summary(catalog: &Catalog, indicator: &Indicator) -> Value {
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
        "bands": catalog.bandings_of(indicator).iter().map(|banding| banding.id.as_str()).collect::<Vec<_>>(),
        "against": indicator.against,
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

/// By data version, definitions and question, which days are settled, and the state of the sources; by the minute where the figure itself grows with time (waits),
/// by the day where it is counted back from today.
fn tag(answer: &Answer, app: &App, form: &str, asked: &Asked) -> String {
    let parts_move = answer.indicator.measure == Measure::Against;
    let moment = if parts_move || answer.indicator.names("as_of_at") {
        answer.as_of.as_second().div_euclid(60).to_string()
    } else {
        jst(answer.as_of).date().to_string()
    };
    let parts = format!(
        "{}|{}|{}|{}|{:?}|{moment}|{form}|{asked:?}|{}|{:?}|{:?}",
        answer.batch.0,
        app.parts.catalog.hash,
        answer.from,
        answer.to,
        (&answer.by, &answer.bands, answer.against),
        app.hall.wall.program(),
        // How fresh the sources are stands in the answer too.
        answer.sources,
        answer.settled,
    );
    format!("W/\"{}-{}\"", answer.batch.0, hex(&Sha256::digest(parts)[..8]))
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
