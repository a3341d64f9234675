//! Pages that are no walls: index, explore, status, errors. They fit a telephone.

use axum::response::Html;
use maud::{DOCTYPE, Markup, html};

use super::assets::Assets;
use super::hall::Notes;

pub(super) fn page(title: &str, content: &Markup, notes: Notes, assets: &Assets) -> Html<String> {
    shaded(title, content, "light", notes, assets)
}

/// A page without pictures, which can be read in the dark: `light`, `dark`, or `auto` as the reader's own machine has it.
pub(super) fn shaded(
    title: &str,
    content: &Markup,
    theme: &'static str,
    notes: Notes,
    assets: &Assets,
) -> Html<String> {
    let document = html! {
        (DOCTYPE)
        html lang="ja" data-theme=(theme) {
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
                (self::notes(notes))
                header.site {
                    a.home href="/" { "火の見" small lang="en" { "Hinomi" } }
                    nav {
                        a href="/boards" { "ボード" } a href="/explore" { "調べる" } a href="/admin" { "状態" }
                        a href="/manual" { "手引き" }
                    }
                }
                main { (content) }
            }
        }
    };
    Html(document.into_string())
}

/// 訓練データ, and that anybody can read this. One line on a wall: with both notes the English stays away.
pub(super) fn notes(notes: Notes) -> Markup {
    let both = notes.training && notes.open;
    html! {
        @if notes.any() {
            div.notes {
                @if notes.training {
                    span { b { "訓練データ" } " 実在の人の記録ではありません " @if !both { small lang="en" { "training data" } } }
                }
                @if notes.open {
                    span { b { "ログインなしで公開中" } " 誰でも見られます " @if !both { small lang="en" { "open to anybody" } } }
                }
            }
        }
    }
}
