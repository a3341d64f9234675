//! One line of the log a request, inside a span that all lines of its work have: which route, which parameters were given,
//! how it was answered, after how long, with how much. The route is the template, and of parameters there are the names:
//! somebody may have typed a person's name into the address.
//!
//! The lines' own target is `hinomi::requests`: `log.level = "info,hinomi::requests=warn"` leaves those that failed.

use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::MatchedPath;
use axum::http::{Request, Response, Uri};
use tower_http::classify::{ServerErrorsAsFailures, SharedClassifier};
use tower_http::trace::{MakeSpan, OnResponse, TraceLayer};
use tracing::Span;

type Traced = TraceLayer<SharedClassifier<ServerErrorsAsFailures>, Asked, (), Answered, (), (), ()>;

pub(super) fn traced() -> Traced {
    TraceLayer::new_for_http()
        .make_span_with(Asked)
        .on_request(())
        .on_response(Answered)
        .on_body_chunk(())
        .on_eos(())
        .on_failure(())
}

#[derive(Clone, Copy)]
pub(super) struct Asked;

impl<B> MakeSpan<B> for Asked {
    fn make_span(&mut self, request: &Request<B>) -> Span {
        let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
        let (method, parameters) = (request.method().as_str(), names(request.uri()));
        // An error's, so that whatever is logged says what it is about.
        tracing::error_span!(target: "hinomi::requests", "request", method, route, parameters)
    }
}

#[derive(Clone, Copy)]
pub(super) struct Answered;

impl<B: HttpBody> OnResponse<B> for Answered {
    fn on_response(self, response: &Response<B>, latency: Duration, _: &Span) {
        let (status, seconds) = (response.status().as_u16(), latency.as_secs_f64());
        // Before it is packed; of a stream nobody knows it.
        let bytes = response.body().size_hint().exact();
        if response.status().is_server_error() {
            tracing::warn!(target: "hinomi::requests", status, seconds, bytes, "answered");
        } else {
            tracing::info!(target: "hinomi::requests", status, seconds, bytes, "answered");
        }
    }
}

/// The names of the parameters; what is no name of ours in its form is `?`.
fn names(uri: &Uri) -> String {
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let names = pairs.map(|pair| pair.split('=').next().filter(|name| plain(name)).unwrap_or("?"));
    names.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_the_names_of_its_parameters_are_left() {
        let of = |text: &str| names(&text.parse().unwrap());
        assert_eq!(of("/explore/deaths?from=2026-11-01&to=&by"), "from to by");
        assert_eq!(of("/explore/deaths"), "");
        assert_eq!(of("/manual?q=%E5%B1%B1%E7%94%B0&%E5%B1%B1%E7%94%B0=1&T000001=1&=3"), "q ? ? ?");
    }
}
