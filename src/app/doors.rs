//! Where connections come in: as many as there is room for. One too many is answered 503 and closed, so that a
//! display tries again and nobody waits in silence.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::starting::{ComeBack, FULL};
use crate::web::{Place, Places};

/// Connections that are turned away at one time; each takes a file until it has read why.
const TURNED_AWAY: usize = 16;

pub(super) struct Doors {
    listener: TcpListener,
    places: Places,
    turned_away: Arc<Semaphore>,
    /// The last attempt to accept failed, which was logged.
    failing: bool,
}

impl Doors {
    pub(super) fn new(listener: TcpListener, connections: usize) -> Self {
        Self {
            listener,
            places: Places::new("connections", connections),
            turned_away: Arc::new(Semaphore::new(TURNED_AWAY)),
            failing: false,
        }
    }

    fn turn_away(&self, stream: TcpStream) {
        // Beyond a few at a time the line is simply cut.
        let Ok(permit) = self.turned_away.clone().try_acquire_owned() else { return };
        tokio::spawn(async move {
            tell(stream).await;
            drop(permit);
        });
    }
}

/// Reads a request and tells whoever made it to come back. By hand, and not through axum: axum keeps a line for as long as
/// its caller likes, and these have to be closed as soon as they are answered.
async fn tell(mut stream: TcpStream) {
    let mut request = [0; 4096];
    // What was asked doesn't matter; but a line cut before it was read would look like a fault.
    let asked = tokio::time::timeout(Duration::from_secs(2), stream.read(&mut request)).await;
    if !matches!(asked, Ok(Ok(1..))) {
        return;
    }
    let page = FULL.page();
    let head = format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: {}\r\nContent-Length: {}\r\nRetry-After: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        ComeBack::TYPE,
        page.len(),
        FULL.after
    );
    // Whoever went away needs no answer.
    let _ = stream.write_all((head + &page).as_bytes()).await;
    let _ = stream.shutdown().await;
}

impl Listener for Doors {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            match TcpListener::accept(&self.listener).await {
                Ok((stream, address)) => {
                    self.failing = false;
                    let Some(place) = self.places.take() else {
                        self.turn_away(stream);
                        continue;
                    };
                    // Without it a short answer waits for the other side's acknowledgement.
                    if let Err(why) = stream.set_nodelay(true) {
                        tracing::debug!(%why, "a connection waits to fill its packets");
                    }
                    return (Connection { stream, _place: place }, address);
                }
                Err(why) => {
                    if !std::mem::replace(&mut self.failing, true) {
                        tracing::error!(%why, "unable to accept connections; trying on");
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that has a place.
pub(super) struct Connection {
    stream: TcpStream,
    _place: Place,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
