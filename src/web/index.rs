//! `/`: where to go from here.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use maud::html;

use super::asked::Asked;
use super::hall::Hall;
use super::past::Searched;
use super::{App, plain};
use crate::config::Settings;
use crate::definitions::{Catalog, Word};
use crate::present::lists;

pub(super) fn router() -> Router<App> {
    Router::new().route("/", get(index))
}

async fn index(
    State(catalog): State<Arc<Catalog>>,
    State(settings): State<Arc<Settings>>,
    State(hall): State<Hall>,
    Asked(Searched(q)): Asked<Searched>,
) -> Html<String> {
    let catalog = &catalog;
    let play = catalog.playlist.boards.join(",");
    let ward = &settings.ward;
    let glossary = &catalog.glossary;
    let (ja, en) = (|word| glossary.ja(word), |word| glossary.en(word));
    let content = html! {
        h1 { "火の見" small lang="en" { "Hinomi" } }
        p {
            (ja(Word::WardAsItComes).replace("{ward}", &ward.ja))
            small lang="en" { (en(Word::WardAsItComes).replace("{ward}", &ward.en)) }
        }
        (lists::search("/", q.as_deref(), &[]))
        section {
            h2 { "ボード" small lang="en" { "Wall displays" } }
            p { a.button href="/wall" { (ja(Word::InTurn)) "（F11 で全画面）" } }
            (lists::boards(catalog, q.as_deref()))
            @if !play.is_empty() {
                p.hint { "順番を変える: " a href=(format!("/wall/{}?play={play}", catalog.playlist.boards[0])) { "/wall/" (catalog.playlist.boards[0]) "?play=" (play) } }
            }
        }
        section {
            h2 { "調べる" small lang="en" { "Explore" } }
            (lists::indicators(catalog, q.as_deref(), |one| format!("/explore?indicator={}", one.id)))
        }
        section {
            h2 { (ja(Word::ForPrograms)) small lang="en" { (en(Word::ForPrograms)) } }
            p {
                a href="/api/v1/indicators" { "/api/v1/indicators" } " ・ " a href="/api/v1/boards" { "/api/v1/boards" }
                " ・ " a href="/api/v1/status" { "/api/v1/status" }
            }
        }
    };
    plain::page(ja(Word::FirstPage), &content, hall.notes, &hall.assets)
}
