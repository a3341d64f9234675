//! `/manual`: the manual's pages, a list of them, and where a word stands. The same pages as `hinomi manual`.

mod rendered;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::asked::{Asked, Named, Pairs, QueryString};
use super::hall::Hall;
use super::{App, errors, plain};
use crate::answer::Refusal;
use crate::definitions::Catalog;
use crate::definitions::manual::{Half, Hit, Manual, Page};
use crate::draw::chart::Theme;

pub(super) fn router() -> Router<App> {
    Router::new().route("/manual", get(list)).route("/manual/{page}", get(page))
}

/// What the address of the list may say.
struct Searched {
    q: Option<String>,
    shade: Shade,
}

impl QueryString for Searched {
    const NAMES: &'static [&'static str] = &["q", "theme"];

    fn read(said: &Pairs, hall: &Hall) -> Result<Self, Refusal> {
        Ok(Self { q: said.owned("q"), shade: Shade::read(said, hall)? })
    }
}

/// As the address says; where it says nothing, as the reader's own machine has it.
#[derive(Clone, Copy)]
struct Shade(Option<Theme>);

impl QueryString for Shade {
    const NAMES: &'static [&'static str] = &["theme"];

    fn read(said: &Pairs, _: &Hall) -> Result<Self, Refusal> {
        let theme = said.theme()?;
        Ok(Self(said.text("theme").map(|_| theme)))
    }
}

impl Shade {
    fn word(self) -> &'static str {
        match self.0 {
            None => "auto",
            Some(Theme::Light) => "light",
            Some(Theme::Dark) => "dark",
        }
    }
}

/// Passages that one search lists.
const SHOWN: usize = 60;

async fn list(
    State(catalog): State<Arc<Catalog>>,
    State(hall): State<Hall>,
    Asked(asked): Asked<Searched>,
) -> Html<String> {
    let manual = &catalog.manual;
    let content = html! {
        h1 { "手引き" small lang="en" { "Manual" } }
        (field(asked.q.as_deref()))
        @if let Some(q) = &asked.q { (found(&manual.search(q))) }
        (contents(manual, None))
        p.hint {
            "コマンドでも読めます " small lang="en" { "On the command line" } " "
            code { "hinomi manual" }
        }
    };
    plain::shaded("手引き", &content, asked.shade.word(), hall.notes, &hall.assets)
}

async fn page(
    State(catalog): State<Arc<Catalog>>,
    State(hall): State<Hall>,
    Named(name): Named,
    Asked(shade): Asked<Shade>,
) -> Response {
    let manual = &catalog.manual;
    let Some(place) = manual.pages.iter().position(|page| page.name == name) else {
        let said = ("手引きにこのページはありません", "No such page in the manual");
        let more = contents(manual, None);
        return errors::page_with(StatusCode::NOT_FOUND, said, &more, hall.notes, &hall.assets);
    };
    let page = &manual.pages[place];
    let assets = &hall.assets;
    let whole = |half: &Half| rendered::half(page, half, &sections(half), manual, assets);
    let content = html! {
        div.reader {
            nav.pages { (field(None)) (contents(manual, Some(page))) }
            div.page {
                @if let Some(en) = &page.en {
                    p.languages { a href={ "#" (anchor_of(en)) } lang="en" hreflang="en" { "In English" } }
                }
                article { (whole(&page.ja)) }
                @if let Some(en) = &page.en { article lang="en" { (whole(en)) } }
                p.turn {
                    @if let Some(before) = place.checked_sub(1).and_then(|at| manual.pages.get(at)) {
                        a href={ "/manual/" (before.name) } rel="prev" { "前: " (before.ja.title) }
                    }
                    @if let Some(after) = manual.pages.get(place + 1) {
                        a href={ "/manual/" (after.name) } rel="next" { "次: " (after.ja.title) }
                    }
                }
            }
        }
    };
    plain::shaded(&page.ja.title, &content, shade.word(), hall.notes, assets).into_response()
}

fn anchor_of(half: &Half) -> &str {
    half.sections.first().map_or("", |section| section.id.as_str())
}

/// The field. It asks the server: a page is not known to the list by its text.
fn field(q: Option<&str>) -> Markup {
    html! {
        form.search action="/manual" method="get" role="search" {
            label {
                span { "手引きをさがす" small lang="en" { "Search the manual" } }
                input type="search" name="q" value=(q.unwrap_or_default()) maxlength="80" placeholder="取込保留、鍵、backup など" required;
            }
            button type="submit" { "検索" small lang="en" { "Search" } }
        }
    }
}

fn contents(manual: &Manual, here: Option<&Page>) -> Markup {
    html! {
        ol.contents {
            @for page in &manual.pages {
                li {
                    a href={ "/manual/" (page.name) } aria-current=[here.filter(|one| *one == page).map(|_| "page")] { (page.ja.title) }
                    @if let Some(en) = &page.en { small lang="en" { (en.title) } }
                }
            }
        }
    }
}

/// The sections of a long page, to go to.
fn sections(half: &Half) -> Markup {
    let below = half.sections.get(1..).unwrap_or_default();
    html! {
        @if below.len() > 2 {
            p.sections { @for section in below { a href={ "#" (section.id) } { (rendered::spoken(&section.heading)) } " " } }
        }
    }
}

fn found(hits: &[Hit<'_>]) -> Markup {
    html! {
        section.hits {
            h2 { "見つかった箇所" small lang="en" { "Found" } " " span.basis { (hits.len()) } }
            @if hits.is_empty() {
                p.nothing role="status" { "該当するものがありません" small lang="en" { "Nothing found" } }
            }
            ul {
                @for hit in hits.iter().take(SHOWN) {
                    @let english = hit.page.en.as_ref().is_some_and(|en| en == hit.half);
                    li lang=[english.then_some("en")] {
                        a href={ "/manual/" (hit.page.name) "#" (hit.section.id) } {
                            @if english { (rendered::spoken(&hit.half.title)) } @else { (hit.half.title) }
                            @if hit.section.heading != hit.half.title {
                                " › " @if english { (rendered::spoken(&hit.section.heading)) } @else { (hit.section.heading) }
                            }
                        }
                        p { (rendered::excerpt(hit.excerpt, english)) }
                    }
                }
            }
        }
    }
}
