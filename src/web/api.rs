//! `/api/v1`: the same answers for programs. Errors are problem details (RFC 9457).

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::asked::{Asked, Named, Nothing, Pairs, QueryString};
use super::hall::Hall;
use super::{App, errors, rendered};
use crate::answer::{Answer, AnswerError, Choices, Question, Refusal, Turn};
use crate::config::Settings;
use crate::definitions::Catalog;
use crate::definitions::indicator::Indicator;
use crate::draw::chart::{Size, Theme};
use crate::epi::clock::jst;
use crate::present::facts::Facts;
use crate::present::figures::Block;
use crate::present::formats::{self, Format};
use crate::present::{Desk, chart, gather};
use crate::store::{Store, Trouble};

const NO_PICTURE: &str = "図がありません (no picture)";

pub(super) fn router(app: &App) -> Router<App> {
    let from_memory = || axum::middleware::from_fn_with_state(app.clone(), rendered::answer);
    Router::new()
        .route("/api/v1/indicators", get(indicators).layer(from_memory()))
        .route("/api/v1/indicators/{id}", get(indicator).layer(from_memory()))
        .route("/api/v1/status", get(super::status::api))
        .route("/metrics", get(super::metrics::metrics))
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
}

/// What an address may say of a figure, and of the file or the picture that it comes as.
#[derive(Clone, Debug)]
struct Form {
    choices: Choices,
    format: Format,
    /// A CSV that Excel opens as UTF-8.
    bom: bool,
    /// Pixels.
    width: Option<u32>,
    height: Option<u32>,
    theme: Theme,
    /// What only a file may say, and what only a picture may.
    of_file: Result<(), Refusal>,
    of_picture: Result<(), Refusal>,
}

impl QueryString for Form {
    const NAMES: &'static [&'static str] = &[
        "from", "to", "as_of", "by", "bands", "against", "disease", "format", "bom", "width", "height",
        "theme",
    ];

    fn read(said: &Pairs, hall: &Hall) -> Result<Self, Refusal> {
        let format = said.word("format", &Format::ALL.map(|format| (format.name(), format)))?;
        let format = format.unwrap_or_default();
        let bom = said.word("bom", &[("1", true), ("0", false)])?;
        if format != Format::Csv {
            said.without(&["bom"], ("CSV（format=csv）以外では", "but to format=csv"))?;
        }
        Ok(Self {
            choices: said.choices(hall.clock.now())?,
            format,
            bom: bom.unwrap_or_default(),
            width: said.number("width", 200..=4000)?,
            height: said.number("height", 120..=4000)?,
            theme: said.theme()?,
            of_file: said
                .without(&["width", "height", "theme"], ("画像（.svg, .png）以外では", "but to pictures")),
            of_picture: said.without(&["format", "bom"], ("画像では", "to a picture")),
        })
    }
}

impl Form {
    /// The word that addresses had for a CSV that Excel opens still means it.
    const fn written(&self) -> Format {
        match (self.format, self.bom) {
            (Format::Csv, true) => Format::Excel,
            (format, _) => format,
        }
    }
}

/// Well, or what is not: 503 where nothing more is taken in.
async fn healthy(State(store): State<Store>, _: Asked<Nothing>) -> Response {
    let troubles = store.troubles();
    let ill = troubles.iter().any(|trouble| !matches!(trouble, Trouble::DiskLow { .. }));
    let status = if ill { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, said(&troubles)).into_response()
}

/// A line for each trouble; `ok` where there is none.
fn said(troubles: &[Trouble]) -> String {
    if troubles.is_empty() {
        return "ok\n".to_owned();
    }
    let line = |trouble: &Trouble| {
        let (ja, en) = trouble.said();
        format!("{}: {ja} ({en})\n", trouble.name())
    };
    troubles.iter().map(line).collect()
}

async fn indicators(State(catalog): State<Arc<Catalog>>, _: Asked<Nothing>) -> Json<Value> {
    let all: Vec<Value> = catalog.indicators.values().map(|i| summary(&catalog, i)).collect();
    Json(json!({ "indicators": all }))
}

fn summary(catalog: &Catalog, indicator: &Indicator) -> Value {
    json!({
        "id": indicator.id,
        "title": { "ja": indicator.title_ja, "en": indicator.title_en },
        "unit": indicator.unit.word(),
        "unit_label": { "ja": indicator.unit.ja(), "en": indicator.unit.en() },
        "shape": indicator.shape,
        "group": indicator.group,
        "basis": indicator.basis,
        "date": indicator.date,
        "numerator": indicator.numerator,
        "denominator": indicator.denominator,
        "takes_period": indicator.takes_period(),
        "takes_disease": indicator.takes_disease(),
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
    State(Desk { answers, catalog, disease, .. }): State<Desk>,
    State(settings): State<Arc<Settings>>,
    State(hall): State<Hall>,
    Named(id): Named,
    Asked(form): Asked<Form>,
) -> Response {
    let (name, picture) = match id.rsplit_once('.') {
        Some((name, kind @ ("svg" | "png"))) => (name, Some(kind)),
        _ => (id.as_str(), None),
    };
    let Some(indicator) = catalog.indicators.get(name).cloned() else {
        let why =
            "この指標はありません。一覧は /api/v1/indicators (no such indicator; see /api/v1/indicators)";
        return errors::problem(StatusCode::NOT_FOUND, "指標がありません (no such indicator)", why);
    };
    let fits = if picture.is_some() { form.of_picture.clone() } else { form.of_file.clone() };
    let question = fits.and_then(|()| form.choices.clone().question(&indicator, &disease));
    let question = match question {
        Ok(question) => question,
        Err(why) => return errors::problem_of(StatusCode::BAD_REQUEST, &why),
    };
    let answer = match answers.ask(&question).await {
        Ok(answer) => answer,
        Err(error) => return failed(&question, &error),
    };
    let tag = tag(&answer, &catalog, &hall, picture.unwrap_or(form.format.extension()), &form);
    let block = gather::block(&answer, &catalog);
    let facts = Facts::of(&settings, &catalog, &question.disease, &block);
    match picture {
        Some(kind) => match answers.turn(&format!("drawing {kind}")).await {
            Ok(turn) => draw(block, facts, kind == "png", &form, (tag, turn)).await,
            Err(error) => failed(&question, &error),
        },
        None => file(&answer, &block, &facts, form.written(), tag),
    }
}

fn failed(question: &Question, error: &AnswerError) -> Response {
    if let AnswerError::Refused(why) = error {
        return errors::problem_of(StatusCode::BAD_REQUEST, why);
    }
    if let AnswerError::Crowded { why, .. } = error {
        return errors::crowded(*why);
    }
    tracing::error!(indicator = %question.indicator, %error, "a question could not be answered");
    errors::problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "答えがありません (no answer)",
        &format!("{0} を集計できませんでした ({0} could not be computed)", question.indicator),
    )
}

/// By data version, definitions and question, which days are settled, and the state of the sources; by the minute where the figure itself grows with time (waits),
/// by the day where it is counted back from today.
fn tag(answer: &Answer, catalog: &Catalog, hall: &Hall, kind: &str, form: &Form) -> String {
    let parts_move = answer.indicator.lists_items();
    let moment = if parts_move || answer.indicator.names("as_of_at") {
        answer.as_of.as_second().div_euclid(60).to_string()
    } else {
        jst(answer.as_of).date().to_string()
    };
    let parts = format!(
        "{}|{}|{}|{}|{:?}|{moment}|{kind}|{form:?}|{}|{:?}|{:?}",
        answer.batch.0,
        catalog.hash,
        answer.from,
        answer.to,
        (&answer.by, &answer.bands, answer.against),
        hall.wall.program(),
        // How fresh the sources are stands in the answer too.
        answer.sources,
        answer.settled,
    );
    format!("W/\"{}-{}\"", answer.batch.0, hex::encode(&Sha256::digest(parts)[..8]))
}

fn file(answer: &Answer, block: &Block, facts: &Facts, format: Format, tag: String) -> Response {
    let bytes = match formats::write(answer, block, format, facts) {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(indicator = %block.about.id, %error, "an answer could not be written");
            return errors::problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "ファイルがありません (no file)",
                "答えを書き出せませんでした (the answer could not be written)",
            );
        }
    };
    let mut response = Body::from(bytes).into_response();
    // JSON is read where it is; its name is for those who keep it.
    let kept = if format == Format::Json { "inline" } else { "attachment" };
    let headers = response.headers_mut();
    put(headers, header::CONTENT_TYPE, format.media_type());
    put(headers, header::ETAG, &tag);
    put(headers, header::CACHE_CONTROL, "no-cache");
    put(headers, header::CONTENT_DISPOSITION, &named(kept, facts, format.extension()));
    response
}

/// RFC 6266. The name is ASCII and holds nothing that would have to be quoted.
fn named(kept: &str, facts: &Facts, extension: &str) -> String {
    format!("{kept}; filename=\"{}\"", facts.file_name(extension))
}

fn put(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = value.parse() {
        headers.insert(name, value);
    }
}

async fn draw(
    block: Block,
    facts: Facts,
    png: bool,
    form: &Form,
    (tag, turn): (String, Option<Turn>),
) -> Response {
    let Some(kind) = chart::natural(&block) else {
        let why = format!("{0} には図がありません ({0} has no picture)", block.about.id);
        return errors::problem(StatusCode::NOT_FOUND, NO_PICTURE, &why);
    };
    let width = form.width.unwrap_or(1200);
    let height = form.height.unwrap_or(width * 9 / 16).max(120);
    let size = Size::of_picture(width, height);
    let theme = form.theme;
    let disposition = named("inline", &facts, if png { "png" } else { "svg" });
    let drawn = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let mut chart = chart::of(kind, &block, None, false)?;
        facts.onto(&mut chart.caption);
        Some(crate::draw::svg(&chart, size, theme).and_then(|svg| match png {
            true => Ok(facts.inside(&chart.caption, crate::draw::png(&svg, width)?)),
            false => Ok(svg.into_bytes()),
        }))
    });
    match drawn.await {
        Ok(Some(Ok(bytes))) => {
            let kind = if png { "image/png" } else { "image/svg+xml" };
            let headers = [
                (header::CONTENT_TYPE, kind.to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
                (header::ETAG, tag),
                (header::CACHE_CONTROL, "no-cache".to_owned()),
            ];
            (headers, bytes).into_response()
        }
        Ok(None) => {
            let why = "この形では描けません (the answer does not fit its form)";
            errors::problem(StatusCode::NOT_FOUND, NO_PICTURE, why)
        }
        Ok(Some(Err(error))) => {
            tracing::error!(%error, "a chart could not be drawn");
            errors::problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                NO_PICTURE,
                "図を描けませんでした (the chart could not be drawn)",
            )
        }
        Err(_) => errors::problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            NO_PICTURE,
            "処理が中断されました (the drawing was cut off)",
        ),
    }
}

/// Ready once the first board of the playlist has been computed.
async fn ready(State(hall): State<Hall>, State(store): State<Store>, _: Asked<Nothing>) -> Response {
    let first = hall.playlist.first().cloned().unwrap_or_default();
    let there = hall.wall.latest(&first).is_some_and(|f| !f.stand_in);
    let troubles = store.troubles();
    if troubles.iter().any(Trouble::stops_answers) {
        return (StatusCode::SERVICE_UNAVAILABLE, said(&troubles)).into_response();
    }
    if there {
        // What keeps deliveries waiting does not keep anybody from reading, and is said all the same.
        let also = if troubles.is_empty() { String::new() } else { said(&troubles) };
        format!("ready\n{also}").into_response()
    } else {
        let headers = [(header::RETRY_AFTER, "2"), (header::CACHE_CONTROL, "no-store")];
        (
            StatusCode::SERVICE_UNAVAILABLE,
            headers,
            "starting: 最初のボードを集計中です (the first board is being computed)\n",
        )
            .into_response()
    }
}
