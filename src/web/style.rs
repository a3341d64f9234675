//! `/style`: the design system as it is, in both themes. Nothing here is of a real person or day.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use maud::{DOCTYPE, html};

use super::App;
use super::asked::{Asked, Nothing};
use super::hall::Hall;
use crate::definitions::Catalog;
use crate::draw::chart::Theme;
use crate::present::specimens;

pub(super) fn router() -> Router<App> {
    Router::new().route("/style", get(style))
}

async fn style(
    State(catalog): State<Arc<Catalog>>,
    State(hall): State<Hall>,
    _: Asked<Nothing>,
) -> Html<String> {
    let document = html! {
        (DOCTYPE)
        html.sheet lang="ja" data-theme="light" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "見た目の決まり — 火の見" }
                link rel="icon" href=(hall.assets.url("icon.svg"));
                link rel="preload" href=(hall.assets.font_url()) as="font" type="font/ttf" crossorigin;
                link rel="stylesheet" href=(hall.assets.url("wall.css"));
            }
            body {
                main {
                    h1 { "見た目の決まり" small lang="en" { "The design system" } }
                    p { a href="/" { "火の見" } " ・ この頁の数はすべて見本です。" }
                    @for (theme, shade, name) in [(Theme::Light, "light", "明"), (Theme::Dark, "dark", "暗")] {
                        section.shade data-theme=(shade) aria-label=(name) { (specimens::sheet(&catalog, theme)) }
                    }
                }
            }
        }
    };
    Html(document.into_string())
}
