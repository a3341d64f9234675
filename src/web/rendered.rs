//! Answers of the API as the bytes that were sent, for as long as they are what would be sent again: until a source
//! speaks or the minute ends. Figures that grow with time are worked out by the minute, and so is whether a source
//! is late; everything else of an answer follows from the data, the definitions and the address.
//!
//! What is kept is bounded in size; gzip is made once an answer, when it is first asked for.

use std::io::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

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
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use sha2::{Digest, Sha256};

use crate::epi::clock::Clock;
use crate::store::{BatchId, Store};

/// What an answer takes beside body and address: its headers, the bookkeeping.
const BESIDE: usize = 1 << 10;
/// Nobody asks for the version of a minute that is over.
const LONGEST: Duration = Duration::from_mins(1);
/// An address longer than this is no address of ours.
const LONGEST_ADDRESS: usize = 2048;
/// Below this many bytes gzip gains nothing.
const WORTH_PACKING: usize = 1024;

/// What an answer may change with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Version {
    batch: BatchId,
    /// The last delivery, whatever became of it.
    delivery: u64,
    minute: i64,
}

/// The answers kept, by version and address. Clones share them.
#[derive(Clone)]
pub(crate) struct Rendered(Cache<(Version, Box<str>), Arc<Kept>>);

struct Kept {
    headers: HeaderMap,
    tag: HeaderValue,
    body: Bytes,
    packed: OnceLock<Option<Bytes>>,
}

impl Rendered {
    /// An answer larger than an eighth of the room is made anew each time.
    pub(super) fn new(most_bytes: u64) -> Self {
        let weigh = move |(_, address): &(Version, Box<str>), kept: &Arc<Kept>| {
            // Gzip comes to the body later, and is smaller.
            let bytes = (kept.body.len() * 2 + address.len() + BESIDE) as u64;
            // What weighs more than the room is not kept.
            let weight = if bytes > most_bytes / 8 { most_bytes + 1 } else { bytes };
            u32::try_from(weight).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder().max_capacity(most_bytes).weigher(weigh).time_to_live(LONGEST);
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }

    /// Bytes that are kept, as they are counted against the limit.
    pub(super) fn bytes(&self) -> u64 {
        self.0.weighted_size()
    }

    /// What is kept of an address, or what the work makes of it: that is kept unless it is no answer, which goes to who
    /// asked. Who asks meanwhile waits for the same work; None: it came to no answer.
    async fn get_or_work(
        &self,
        version: Version,
        address: String,
        work: impl Future<Output = Option<Kept>>,
    ) -> Option<Arc<Kept>> {
        let made = async { work.await.map(Arc::new) };
        self.0.optionally_get_with((version, address.into_boxed_str()), made).await
    }
}

/// Answers from memory, or has the answer made and keeps it.
pub(super) async fn answer(
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
    let (mut asked, mut no_answer) = (Some((request, next)), None);
    let work = async {
        let (request, next) = asked.take()?;
        match make(request, next).await {
            Ok(kept) => Some(kept),
            Err(response) => {
                no_answer = Some(response);
                None
            }
        }
    };
    let kept = rendered.get_or_work(version(&store, &clock), address, work).await;
    match (kept, no_answer, asked) {
        (Some(kept), ..) => kept.response(asked_packed, &known),
        (None, Some(response), _) => response,
        // Somebody else asked the same and got no answer: that one was told why.
        (None, None, Some((request, next))) => next.run(request).await,
        (None, None, None) => unwritten(),
    }
}

/// The whole answer, or the response that is none.
async fn make(request: Request, next: Next) -> Result<Kept, Response> {
    let (mut parts, body) = request.into_parts();
    // The whole answer is wanted, to be kept; whether the asker has it already is judged with what is kept.
    parts.headers.remove(IF_NONE_MATCH);
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status() != StatusCode::OK {
        return Err(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| unwritten())?;
    Ok(Kept::new(parts.headers, body))
}

fn unwritten() -> Response {
    super::errors::problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "答えがありません (no answer)",
        "答えを書き出せませんでした (the answer could not be written)",
    )
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

    async fn kept_of(rendered: &Rendered, version: Version, address: &str) -> Option<Arc<Kept>> {
        rendered.0.get(&(version, address.into())).await
    }

    async fn keep(rendered: &Rendered, version: Version, address: &str, body: &str) {
        let made = rendered.get_or_work(version, address.to_owned(), async { Some(kept(body)) }).await;
        assert!(made.is_some());
        rendered.0.run_pending_tasks().await;
    }

    #[tokio::test]
    async fn an_answer_lasts_until_a_source_speaks_or_the_minute_ends() {
        let rendered = Rendered::new(64 << 20);
        let now = version(1, 7, 100);
        keep(&rendered, now, "/a", "{}").await;
        assert!(kept_of(&rendered, now, "/a").await.is_some());
        assert!(kept_of(&rendered, now, "/b").await.is_none());
        for next in [version(2, 7, 100), version(1, 8, 100), version(1, 7, 101)] {
            assert!(kept_of(&rendered, next, "/a").await.is_none(), "{next:?}");
        }
    }

    #[tokio::test]
    async fn what_is_kept_is_bounded_and_the_oldest_version_goes_first() {
        let rendered = Rendered::new(64 << 20);
        let large = "x".repeat((4 << 20) - 2048);
        for n in 0..20 {
            keep(&rendered, version(1, 1, n / 10), &format!("/{n}"), &large).await;
        }
        assert!(rendered.0.weighted_size() <= 64 << 20);
        assert_eq!(rendered.0.entry_count(), 8);
        assert!(kept_of(&rendered, version(1, 1, 1), "/19").await.is_some());
        assert!(kept_of(&rendered, version(1, 1, 0), "/0").await.is_none());
        keep(&rendered, version(1, 1, 1), "/larger", &format!("{large}{}", "x".repeat(2048))).await;
        assert!(kept_of(&rendered, version(1, 1, 1), "/larger").await.is_none());
        assert_eq!(rendered.0.entry_count(), 8, "nothing went for it");
    }

    #[tokio::test]
    async fn no_answer_is_not_kept() {
        let rendered = Rendered::new(64 << 20);
        let now = version(1, 1, 1);
        assert!(rendered.get_or_work(now, "/a".to_owned(), async { None }).await.is_none());
        keep(&rendered, now, "/a", "{}").await;
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
