//! `/explain/{indicator}`: what a figure means, for whoever has to defend it. The same lines as `hinomi explain`.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::{App, errors, plain};
use crate::answer::{Explained, Question};

pub fn router() -> Router<App> {
    Router::new().route("/explain/{indicator}", get(explain))
}

async fn explain(State(app): State<App>, Path(indicator): Path<String>) -> Response {
    let (notes, assets) = (app.hall.notes, &app.hall.assets);
    let question = Question::of(&indicator, &app.parts.settings.disease);
    match app.parts.answers.explain(&question).await {
        Ok(explained) => {
            plain::page(&explained.title_ja, &content(&indicator, &explained), notes, assets).into_response()
        }
        Err(error) if error.is_asker_s() => {
            errors::page(StatusCode::NOT_FOUND, "この指標はありません", "No such indicator", notes, assets)
        }
        Err(error) => {
            tracing::error!(indicator, %error, "an indicator could not be explained");
            errors::broken(notes, assets)
        }
    }
}

fn content(indicator: &str, explained: &Explained) -> Markup {
    html! {
        h1 { (explained.title_ja) small lang="en" { (explained.title_en) } }
        p.links {
            a href=(format!("/explore?indicator={indicator}")) { "この指標を調べる" small lang="en" { "Explore it" } }
        }
        section.definition {
            dl {
                @for line in &explained.lines {
                    dt { (line.ja) " " small lang="en" { (line.en) } }
                    dd { (line.text) @if let Some(english) = &line.english { br; small lang="en" { (english) } } }
                }
            }
        }
        section {
            h2 { "集計文" small lang="en" { "The query" } }
            pre.query { code { (explained.sql) } }
        }
    }
}
