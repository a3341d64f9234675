//! `/explain/{indicator}`: what a figure means, for whoever has to defend it. The same lines as `hinomi explain`.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::asked::{Asked, Named, Pairs, QueryString};
use super::hall::Hall;
use super::{App, errors, plain};
use crate::answer::{AnswerError, Choices, Explained, Refusal};
use crate::definitions::{Catalog, Glossary, Word};
use crate::present::{Desk, lists};

pub(super) fn router() -> Router<App> {
    Router::new().route("/explain/{indicator}", get(explain))
}

/// Of which disease the inputs and their freshness are told.
struct Of(Choices);

impl QueryString for Of {
    const NAMES: &'static [&'static str] = &["disease"];

    fn read(said: &Pairs, _: &Hall) -> Result<Self, Refusal> {
        Ok(Self(Choices { disease: said.owned("disease"), ..Choices::default() }))
    }
}

async fn explain(
    State(desk): State<Desk>,
    State(hall): State<Hall>,
    Named(id): Named,
    uri: Uri,
    Asked(Of(choices)): Asked<Of>,
) -> Response {
    let (notes, assets) = (hall.notes, &hall.assets);
    let Some(indicator) = desk.catalog.indicators.get(&id) else {
        return no_such_indicator(&desk.catalog, &hall);
    };
    let refused = |why: &Refusal| errors::refused(&hall, &uri, StatusCode::BAD_REQUEST, why);
    let question = match choices.question(indicator, &desk.disease) {
        Ok(question) => question,
        Err(why) => return refused(&why),
    };
    match desk.answers.explain(&question).await {
        Ok(explained) => {
            let content = content(&id, &explained, &desk.catalog.glossary);
            plain::page(&explained.title_ja, &content, notes, assets).into_response()
        }
        Err(AnswerError::Refused(why)) => refused(&why),
        Err(AnswerError::Crowded { why, .. }) => errors::crowded_page(why, notes, assets),
        Err(error) => {
            tracing::error!(indicator = id, %error, "an indicator could not be explained");
            errors::broken(notes, assets)
        }
    }
}

/// A page that offers those that there are.
pub(super) fn no_such_indicator(catalog: &Catalog, hall: &Hall) -> Response {
    let more = html! {
        (lists::search(lists::EXPLORE, None, &[]))
        (lists::indicators(catalog, None, |one| format!("/explore?indicator={}", one.id)))
    };
    let said = ("この指標はありません", "No such indicator");
    errors::page_with(StatusCode::NOT_FOUND, said, &more, hall.notes, &hall.assets)
}

fn content(indicator: &str, explained: &Explained, glossary: &Glossary) -> Markup {
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
            h2 { (glossary.ja(Word::QuerySql)) small lang="en" { (glossary.en(Word::QuerySql)) } }
            pre.query { code { (explained.sql) } }
        }
    }
}
