//! Answers of the API as the bytes that were sent, for as long as they are what would be sent again: until a source
//! speaks or the minute ends. Figures that grow with time are worked out by the minute, and so is whether a source
//! is late; everything else of an answer follows from the data, the definitions and the address.
//!
//! What is kept is bounded in size; gzip is made once an answer, when it is first asked for.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::epi::clock::Clock;
use crate::store::{BatchId, Store};

const MOST_BYTES: usize = 64 << 20;
/// One answer larger than this is made anew each time.
const LARGEST: usize = 8 << 20;
/// An address longer than this is no address of ours.
const LONGEST_ADDRESS: usize = 2048;
/// Below this many bytes gzip gains nothing.
const WORTH_PACKING: usize = 1024;

/// What an answer may change with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Version {
    batch: BatchId,
    /// The last delivery, whatever became of it.
    delivery: u64,
    minute: i64,
}

/// The answers kept. Clones share them.
#[derive(Clone, Default)]
pub struct Rendered(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    version: Version,
    answers: HashMap<Box<str>, Arc<Kept>>,
    bytes: usize,
}

struct Kept {
    headers: HeaderMap,
    tag: HeaderValue,
    body: Bytes,
    packed: OnceLock<Option<Bytes>>,
}

impl Rendered {
    fn find(&self, version: Version, address: &str) -> Option<Arc<Kept>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.turn_to(version);
        held.answers.get(address).cloned()
    }

    /// Keeps an answer, unless the version has moved on meanwhile or there is no room until it does.
    fn keep(&self, version: Version, address: &str, kept: &Arc<Kept>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = kept.body.len() + address.len();
        if held.version == version && held.bytes + bytes <= MOST_BYTES {
            held.bytes += bytes;
            held.answers.insert(address.into(), Arc::clone(kept));
        }
    }
}

impl Held {
    fn turn_to(&mut self, version: Version) {
        if self.version != version {
            *self = Self { version, ..Self::default() };
        }
    }
}

/// Answers from memory, or has the answer made and keeps it.
pub async fn answer(
    State(rendered): State<Rendered>,
    State(store): State<Store>,
    State(clock): State<Clock>,
    request: Request,
    next: Next,
) -> Response {
    let asked_packed = takes_gzip(request.headers());
    let known = request.headers().get_all(IF_NONE_MATCH).iter().cloned().collect::<Vec<_>>();
    let address = address(request.uri()).filter(|_| request.method() == Method::GET);
    let Some(address) = address else { return next.run(request).await };
    let version = version(&store, &clock);
    if let Some(kept) = rendered.find(version, &address) {
        return kept.response(asked_packed, &known);
    }
    let (mut parts, body) = request.into_parts();
    // The whole answer is wanted, to be kept; whether the asker has it already is judged here.
    parts.headers.remove(IF_NONE_MATCH);
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return super::errors::problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "答えがありません (no answer)",
            "答えを書き出せませんでした (the answer could not be written)",
        );
    };
    let kept = Arc::new(Kept::new(parts.headers, body));
    if kept.body.len() <= LARGEST {
        rendered.keep(version, &address, &kept);
    }
    kept.response(asked_packed, &known)
}

fn address(uri: &Uri) -> Option<String> {
    uri.path_and_query().map(|a| a.as_str().to_owned()).filter(|a| a.len() <= LONGEST_ADDRESS)
}

fn version(store: &Store, clock: &Clock) -> Version {
    Version {
        batch: store.latest(),
        delivery: store.last_delivery(),
        minute: clock.now().as_second().div_euclid(60),
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let listed = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    listed.flat_map(|list| list.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

impl Kept {
    fn new(mut headers: HeaderMap, body: Bytes) -> Self {
        headers.remove(CONTENT_LENGTH);
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        let made = || format!("W/\"{}\"", hex::encode(&Sha256::digest(&body)[..8]));
        let tag = headers.get(ETAG).cloned().or_else(|| HeaderValue::from_str(&made()).ok());
        let tag = tag.unwrap_or_else(|| HeaderValue::from_static("W/\"\""));
        headers.insert(ETAG, tag.clone());
        Self { headers, tag, body, packed: OnceLock::new() }
    }

    fn response(&self, packed: bool, known: &[HeaderValue]) -> Response {
        let is_known = |list: &HeaderValue| {
            let list = list.to_str().unwrap_or_default();
            list.split(',').map(str::trim).any(|one| one == "*" || one.as_bytes() == self.tag.as_bytes())
        };
        if known.iter().any(is_known) {
            return (StatusCode::NOT_MODIFIED, [(ETAG, self.tag.clone())]).into_response();
        }
        let mut headers = self.headers.clone();
        let packed = packed.then(|| self.packed.get_or_init(|| self.pack()).clone()).flatten();
        let body = match packed {
            Some(packed) => {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                packed
            }
            None => self.body.clone(),
        };
        (headers, Body::from(body)).into_response()
    }

    /// None where nothing is gained.
    fn pack(&self) -> Option<Bytes> {
        // PNG and Parquet are packed already.
        let is_text = self.headers.get(CONTENT_TYPE).is_some_and(|kind| {
            let kind = kind.as_bytes();
            [&b"text/"[..], b"application/json", b"image/svg"].iter().any(|text| kind.starts_with(text))
        });
        if !is_text || self.body.len() < WORTH_PACKING {
            return None;
        }
        let mut packer = GzEncoder::new(Vec::with_capacity(self.body.len() / 4), Compression::default());
        packer.write_all(&self.body).ok()?;
        packer.finish().ok().map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(body: &str) -> Kept {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Kept::new(headers, Bytes::from(body.to_owned()))
    }

    fn version(batch: u32, delivery: u64, minute: i64) -> Version {
        Version { batch: BatchId(batch), delivery, minute }
    }

    #[test]
    fn an_answer_lasts_until_a_source_speaks_or_the_minute_ends() {
        for next in [version(2, 7, 100), version(1, 8, 100), version(1, 7, 101)] {
            let rendered = Rendered::default();
            let now = version(1, 7, 100);
            assert!(rendered.find(now, "/a").is_none());
            rendered.keep(now, "/a", &Arc::new(kept("{}")));
            assert!(rendered.find(now, "/a").is_some() && rendered.find(now, "/b").is_none());
            assert!(rendered.find(next, "/a").is_none(), "{next:?}");
            rendered.keep(now, "/a", &Arc::new(kept("{}")));
            assert!(rendered.find(next, "/a").is_none(), "made of what is past");
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let rendered = Rendered::default();
        let now = version(1, 1, 1);
        rendered.find(now, "/");
        let large = Arc::new(kept(&"x".repeat(LARGEST)));
        for n in 0..20 {
            rendered.keep(now, &format!("/{n}"), &large);
        }
        let held = rendered.0.lock().unwrap();
        assert!(held.bytes <= MOST_BYTES && held.answers.len() == 7, "{}", held.answers.len());
    }

    #[tokio::test]
    async fn gzip_holds_the_same_bytes_and_is_made_once() {
        let text = "本日の状況 ".repeat(1000);
        let kept = kept(&text);
        let response = kept.response(true, &[]);
        assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
        let packed = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(packed.len() * 10 < text.len());
        let mut read = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&packed[..]), &mut read).unwrap();
        assert_eq!(read, text);
        let again = to_bytes(kept.response(true, &[]).into_body(), usize::MAX).await.unwrap();
        assert_eq!(again.as_ptr(), packed.as_ptr(), "the same memory");
        let plain = kept.response(false, &[]);
        assert!(plain.headers().get(CONTENT_ENCODING).is_none());
        assert_eq!(to_bytes(plain.into_body(), usize::MAX).await.unwrap(), text);
    }

    #[test]
    fn who_has_the_answer_is_told_so() {
        let kept = kept("{}");
        let tag = kept.tag.clone();
        let list = HeaderValue::from_str(&format!("W/\"x\", {}", tag.to_str().unwrap())).unwrap();
        for known in [tag, list, HeaderValue::from_static("*")] {
            assert_eq!(kept.response(true, &[known]).status(), StatusCode::NOT_MODIFIED);
        }
        let other = HeaderValue::from_static("W/\"x\"");
        assert_eq!(kept.response(true, &[other]).status(), StatusCode::OK);
    }

    #[test]
    fn gzip_is_for_those_who_take_it() {
        let takes = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(text));
            takes_gzip(&headers)
        };
        for text in ["gzip", "deflate, GZIP;q=0.5", "br, gzip;q=1.0, *;q=0"] {
            assert!(takes(text), "{text}");
        }
        for text in ["identity", "br", "gzip;q=0", "gzip;q=0.0"] {
            assert!(!takes(text), "{text}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
