//! `/`: where to go from here.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;

use super::{App, plain, words};

pub fn router() -> Router<App> {
    Router::new().route("/", get(index))
}

async fn index(State(app): State<App>) -> Response {
    let catalog = &app.parts.catalog;
    let play = catalog.playlist.boards.join(",");
    let ward = &app.parts.settings.ward;
    let content = html! {
        h1 { "火の見" small lang="en" { "Hinomi" } }
        p { (ward.ja) " の状況を、届いたその時に。" small lang="en" { (ward.en) ", as it comes in" } }
        section {
            h2 { "ボード" small lang="en" { "Wall displays" } }
            p { a.button href="/wall" { "順に表示（F11 で全画面）" } }
            ul.boards {
                @for board in catalog.boards.values() {
                    li {
                        a href=(format!("/wall/{}", board.id)) { (board.title.ja) } " "
                        small lang="en" { (board.title.en) } " "
                        a.lesser href=(format!("/wall/{}?theme=dark", board.id)) { "暗色" }
                    }
                }
            }
            p.hint { "順番を変える: " code { "/wall/today?play=" (play) } }
            p.hint { "過去の表示: " code { "/wall/today?at=2026-11-14T10:05" } "（今は " (words::moment(app.parts.clock.now())) "）" }
        }
        section {
            h2 { "調べる" small lang="en" { "Explore" } }
            ul.indicators {
                @for indicator in catalog.indicators.values() {
                    li {
                        a href=(format!("/explore?indicator={}", indicator.id)) { (indicator.title_ja) }
                        " " span.basis { (indicator.basis) } " " small lang="en" { (indicator.title_en) }
                    }
                }
            }
        }
        section {
            h2 { "プログラムから" small lang="en" { "For programs" } }
            p {
                a href="/api/v1/indicators" { "/api/v1/indicators" } " ・ " a href="/api/v1/boards" { "/api/v1/boards" }
                " ・ " a href="/api/v1/status" { "/api/v1/status" }
            }
        }
    };
    plain::page("はじめ", &content, app.hall.notes, &app.hall.assets).into_response()
}
