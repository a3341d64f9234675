//! What is answered while the server starts: not ready yet, in words, so that nobody waits in silence. The pages come
//! later on the same lines: at no moment is anybody turned away.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use tower::Service;

use crate::web::{Early, PROBLEM, early, is_for_programs, problem_text};

/// A 503 in words.
pub(super) struct ComeBack {
    /// Seconds.
    pub after: u32,
    ja: &'static str,
    en: &'static str,
    why_ja: &'static str,
    why_en: &'static str,
}

/// The data folder is being opened.
const STARTING: Early = Early {
    after: 2,
    ja: "サーバーは起動中です",
    en: "The server is starting",
    why_ja: "データを開いています。終わるまで数秒から数分かかります",
    why_en: "it opens its data, which takes from seconds to minutes",
};

/// The system lets the process open no more connections.
pub(super) const FULL: ComeBack = ComeBack {
    after: 10,
    ja: "接続数が上限に達しています",
    en: "No room for more connections",
    why_ja: "開いている画面が多すぎます",
    why_en: "too many displays and pages are open",
};

impl ComeBack {
    /// What is said, and as what: a page for people, a problem for programs, by the path that was asked for.
    pub(super) fn told(&self, path: &str) -> (&'static str, String) {
        let Self { after, ja, en, why_ja, why_en } = self;
        if is_for_programs(path) {
            let (title, detail) = (format!("{ja} ({en})"), format!("{why_ja} ({why_en})"));
            return (PROBLEM, problem_text(StatusCode::SERVICE_UNAVAILABLE, &title, &detail));
        }
        let page = format!(
            "<!doctype html><html lang=\"ja\"><meta charset=\"utf-8\">\
             <meta http-equiv=\"refresh\" content=\"{after}\"><title>火の見 {ja}</title><h1>{ja}</h1>\
             <p>{why_ja}。この画面は{after}秒ごとに自動で開き直します。</p>\
             <p lang=\"en\">{en}: {why_en}. This page tries again by itself every {after} seconds.</p></html>\n"
        );
        ("text/html; charset=utf-8", page)
    }
}

/// The pages, once they are there; until then whoever calls is told to come back. Clones share them.
#[derive(Clone)]
pub(super) struct Pages(Arc<(OnceLock<Router>, Router)>);

impl Default for Pages {
    fn default() -> Self {
        Self(Arc::new((OnceLock::new(), early(STARTING))))
    }
}

impl Pages {
    /// From now on requests are answered, on the lines that are open already too.
    pub(super) fn open(&self, router: Router) {
        // Once a server.
        let _ = self.0.0.set(router);
    }
}

impl Service<Request> for Pages {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (pages, early) = &*self.0;
        pages.get().unwrap_or(early).clone().call(request)
    }
}

#[cfg(test)]
mod tests {
    use std::future::IntoFuture as _;

    use axum::ServiceExt as _;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    async fn ask(line: &mut TcpStream, path: &str) -> String {
        line.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let read = line.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }

    #[tokio::test]
    async fn whoever_comes_early_is_told_to_come_back_and_then_answered_on_the_same_line() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let pages = Pages::default();
        let serving = axum::serve(listener, pages.clone().into_make_service()).into_future();
        let serving = tokio::spawn(serving);
        let mut early = TcpStream::connect(address).await.unwrap();
        for (path, kind, says) in [
            ("/wall/today", "text/html", "<h1>サーバーは起動中です"),
            ("/", "text/html", "2秒ごとに自動で開き直します"),
            ("/explore?indicator=age_sex", "text/html", "The server is starting"),
            (
                "/api/v1/indicators/age_sex",
                "application/problem+json",
                "サーバーは起動中です (The server is starting)",
            ),
            ("/events?boards=today", "application/problem+json", "\"status\":503"),
            ("/readyz", "application/problem+json", "データを開いています"),
        ] {
            let answer = ask(&mut early, path).await;
            assert!(answer.starts_with("HTTP/1.1 503") && answer.contains(says), "{path}: {answer}");
            assert!(answer.contains("retry-after: 2") && answer.contains("no-store"), "{path}: {answer}");
            assert!(answer.contains(&format!("content-type: {kind}")), "{path}: {answer}");
        }
        pages.open(Router::new().route("/readyz", get(|| async { "ready" })));
        let answer = ask(&mut early, "/readyz").await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ready"), "{answer}");
        serving.abort();
    }
}
