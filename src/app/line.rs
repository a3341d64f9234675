//! One connection: requests are read and answered until it ends, and nothing of it may take for ever. What asks must have
//! said what it wants within some seconds, and must take in what it asked for.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use super::starting::Pages;

/// Within this the head of a request has come, counted from the end of the answer before.
const TO_ASK: Duration = Duration::from_secs(15);
/// For so long the other side may take in nothing of what is sent.
const TO_TAKE_IN: Duration = Duration::from_mins(1);

/// Is something being answered on a connection?
#[derive(Clone, Debug, Default)]
pub(super) struct Work(Arc<AtomicUsize>);

/// An answer under way.
#[derive(Debug)]
pub(super) struct Busy(Work);

impl Work {
    pub(super) fn begin(&self) -> Busy {
        self.0.fetch_add(1, Ordering::AcqRel);
        Busy(self.clone())
    }

    pub(super) fn is_idle(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Answers what is asked on a connection. On the shutdown it ends with the answer in hand.
pub(super) async fn serve(stream: TcpStream, work: Work, pages: Pages, shutdown: CancellationToken) {
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let (busy, mut pages) = (work.begin(), pages.clone());
        async move {
            let response = pages.call(request.map(Body::new)).await?;
            Ok::<_, Infallible>(response.map(|body| Answer { body, _busy: busy }))
        }
    });
    let stream = TokioIo::new(Patient::new(stream, TO_TAKE_IN));
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(TO_ASK);
    let mut serving = std::pin::pin!(http.serve_connection(stream, answer));
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = shutdown.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(why) = ended {
        tracing::debug!(%why, "a connection ended before its answer did");
    }
}

/// The body of an answer, which is under way until its end.
struct Answer {
    body: Body,
    _busy: Busy,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream whose other side takes in what is sent, sooner or later.
struct Patient<S> {
    stream: S,
    patience: Duration,
    /// Since it takes in nothing.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    const fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, stuck: None }
    }

    fn within<T>(&mut self, cx: &mut Context<'_>, sent: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if sent.is_ready() {
            self.stuck = None;
            return sent;
        }
        let patience = self.patience;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        match stuck.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.within(cx, sent)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = Pin::new(&mut self.stream).poll_flush(cx);
        self.within(cx, sent)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.within(cx, sent)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.within(cx, sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn who_takes_in_nothing_is_let_go_and_who_is_slow_is_waited_for() {
        let (ours, _theirs) = tokio::io::duplex(8);
        let mut line = Patient::new(ours, Duration::from_millis(50));
        let ended = line.write_all(&[0; 100]).await;
        assert!(ended.is_err_and(|why| why.kind() == io::ErrorKind::TimedOut));

        let (ours, mut theirs) = tokio::io::duplex(8);
        let mut line = Patient::new(ours, Duration::from_mins(1));
        let reading = tokio::spawn(async move {
            let mut read = Vec::new();
            theirs.read_to_end(&mut read).await.map(|_| read.len())
        });
        assert!(line.write_all(&[0; 100]).await.is_ok());
        drop(line);
        assert!(matches!(reading.await, Ok(Ok(100))));
    }
}
