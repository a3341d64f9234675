//! Pages that are no walls: index, explore, status, errors. They fit a telephone.

use axum::response::Html;
use maud::{DOCTYPE, Markup, html};

use super::assets::Assets;
use super::hall::Notes;
use super::page;

pub fn page(title: &str, content: &Markup, notes: Notes, assets: &Assets) -> Html<String> {
    let document = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " — 火の見" }
                link rel="icon" href=(assets.url("icon.svg"));
                link rel="preload" href=(assets.font_url()) as="font" type="font/ttf" crossorigin;
                link rel="stylesheet" href=(assets.url("hinomi.css"));
                script src=(assets.url("find.js")) defer {}
            }
            body {
                (page::notes(notes))
                header.site {
                    a.home href="/" { "火の見" small lang="en" { "Hinomi" } }
                    nav { a href="/boards" { "ボード" } a href="/explore" { "調べる" } a href="/admin" { "状態" } }
                }
                main { (content) }
            }
        }
    };
    Html(document.into_string())
}
