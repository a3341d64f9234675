//! `/`: where to go from here.

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use maud::html;

use super::asked::Asked;
use super::past::Searched;
use super::{App, lists, plain};

pub fn router() -> Router<App> {
    Router::new().route("/", get(index))
}

async fn index(State(app): State<App>, Asked(Searched(q)): Asked<Searched>) -> Html<String> {
    let catalog = &app.parts.catalog;
    let play = catalog.playlist.boards.join(",");
    let ward = &app.parts.settings.ward;
    let content = html! {
        h1 { "火の見" small lang="en" { "Hinomi" } }
        p { (ward.ja) "の状況を、届き次第表示します。" small lang="en" { (ward.en) ", as it comes in" } }
        (lists::search("/", q.as_deref(), &[]))
        section {
            h2 { "ボード" small lang="en" { "Wall displays" } }
            p { a.button href="/wall" { "順番に切替表示（F11 で全画面）" } }
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
            h2 { "システム連携（API）" small lang="en" { "For programs" } }
            p {
                a href="/api/v1/indicators" { "/api/v1/indicators" } " ・ " a href="/api/v1/boards" { "/api/v1/boards" }
                " ・ " a href="/api/v1/status" { "/api/v1/status" }
            }
        }
    };
    plain::page("トップ", &content, app.hall.notes, &app.hall.assets)
}
