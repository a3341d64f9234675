//! What is answered without the server: not ready yet, or no room, in words, so that nobody waits in silence.

use std::convert::Infallible;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A 503 in words.
pub(super) struct ComeBack {
    /// Seconds.
    after: u32,
    ja: &'static str,
    en: &'static str,
}

/// The data folder is being opened.
const STARTING: ComeBack = ComeBack { after: 2, ja: "起動中です", en: "Starting" };

/// The system lets the process open no more connections.
pub(super) const FULL: ComeBack =
    ComeBack { after: 10, ja: "接続数が上限に達しています", en: "No room for more connections" };

impl ComeBack {
    fn response(&self) -> String {
        let Self { after, ja, en } = self;
        let page = format!(
            "<!doctype html><html lang=\"ja\"><meta charset=\"utf-8\">\
             <meta http-equiv=\"refresh\" content=\"{after}\"><title>火の見</title><h1>{ja}</h1>\
             <p lang=\"en\">{en}.</p></html>\n"
        );
        format!(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\n\
             Content-Length: {}\r\nRetry-After: {after}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{page}",
            page.len()
        )
    }
}

/// Does the work; meanwhile every request is told to come back.
pub async fn answer_while<T>(listener: &TcpListener, work: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        done = work => done,
        never = answer(listener) => match never {},
    }
}

async fn answer(listener: &TcpListener) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(tell(stream, &STARTING))),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Reads a request and tells whoever made it to come back.
pub(super) async fn tell(mut stream: TcpStream, words: &ComeBack) {
    let mut request = [0; 4096];
    // What was asked doesn't matter; but a line cut before it was read would look like a fault.
    let asked = tokio::time::timeout(Duration::from_secs(2), stream.read(&mut request)).await;
    if !matches!(asked, Ok(Ok(1..))) {
        return;
    }
    let answer = words.response();
    // Whoever went away needs no answer.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_comes_early_is_told_to_come_back() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asking = async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answer
        };
        let answer = answer_while(&listener, asking).await;
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("起動中"), "{answer}");
    }
}
