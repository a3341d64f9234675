//! What is served until the pages are there: that the server starts, in the house's style and with its font.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;

use super::assets::Assets;
use super::errors::{PROBLEM, is_for_programs, problem_text};
use super::hall::Notes;
use super::plain;
use crate::definitions::Definitions;

/// What is said, and why, and after how many seconds to come again.
#[derive(Clone, Copy, Debug)]
pub struct Early {
    pub after: u32,
    pub ja: &'static str,
    pub en: &'static str,
    pub why_ja: &'static str,
    pub why_en: &'static str,
}

/// Every page says so and comes again by itself; programs get it as a problem.
pub fn early(early: Early) -> Router {
    let Early { after, ja, en, why_ja, why_en } = early;
    let assets = Arc::new(Assets::new(&Definitions::embedded()));
    let content = html! {
        h1 { (ja) " " small lang="en" { (en) } }
        p { (why_ja) "。この画面は" (after) "秒ごとに自動で開き直します。" }
        p lang="en" { (en) ": " (why_en) ". This page tries again by itself every " (after) " seconds." }
    };
    let page = plain::page(ja, &content, Notes::default(), &assets).0;
    let come_back = move |uri: &Uri| -> Response {
        let headers =
            [(header::RETRY_AFTER, after.to_string()), (header::CACHE_CONTROL, "no-store".to_owned())];
        let status = StatusCode::SERVICE_UNAVAILABLE;
        if is_for_programs(uri.path()) {
            let problem = problem_text(status, &format!("{ja} ({en})"), &format!("{why_ja} ({why_en})"));
            return (status, headers, [(header::CONTENT_TYPE, PROBLEM)], problem).into_response();
        }
        let of_page = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (HeaderName::from_static("refresh"), after.to_string()),
        ];
        (status, headers, of_page, page.clone()).into_response()
    };
    Router::new()
        .route(
            "/static/{hash}/{*name}",
            get(|Path((hash, name)): Path<(String, String)>| async move { assets.serve(&hash, &name) }),
        )
        .fallback(move |uri: Uri| std::future::ready(come_back(&uri)))
}
