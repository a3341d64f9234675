//! Many displays: ten thousand under a soft limit of 1,024 open files, and one too many.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use hinomi::app::open_files;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;

use super::Place;

fn ask(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

/// A display's line, once its board has come over it.
async fn display(address: String) -> Result<tokio::net::TcpStream, String> {
    let failed = |e: std::io::Error| e.to_string();
    let mut stream = tokio::net::TcpStream::connect(address).await.map_err(failed)?;
    stream.write_all(ask("/events?board=today&heartbeat=60").as_bytes()).await.map_err(failed)?;
    let (mut text, mut buffer) = (Vec::new(), vec![0; 16 << 10]);
    loop {
        let read = tokio::time::timeout(Duration::from_mins(2), stream.read(&mut buffer)).await;
        let read = read.map_err(|_| "silence".to_owned())?.map_err(failed)?;
        text.extend_from_slice(&buffer[..read]);
        let said = String::from_utf8_lossy(&text);
        if read == 0 || !said.starts_with("HTTP/1.1 200") {
            return Err(said.into_owned());
        }
        if said.contains("event: frame") {
            return Ok(stream);
        }
    }
}

/// One answer on a line of its own, which stays open.
fn answer(address: &str, path: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).expect("a line");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("set");
    stream.write_all(ask(path).as_bytes()).expect("asked");
    let mut buffer = vec![0; 16 << 10];
    let read = stream.read(&mut buffer).expect("an answer");
    (stream, String::from_utf8_lossy(&buffer[..read]).into_owned())
}

#[test]
fn ten_thousand_displays_listen_under_a_soft_limit_of_1024() {
    let room = open_files::raise();
    // Each is a file here too; a machine whose hard limit is lower gets as many as it allows.
    let displays = 10_000.min(room.files as usize - 400);
    assert!(displays > 1024, "the hard limit of open files here proves nothing: {room:?}");
    let place = Place::new();
    // All of them come from one address.
    let server = place.serve_limited("export HINOMI__CONNECTIONS__PER_ADDRESS=100000; ulimit -Sn 1024");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listening = runtime.block_on(async {
        let at_once = Arc::new(Semaphore::new(128));
        let mut coming = Vec::new();
        for _ in 0..displays {
            let permit = at_once.clone().acquire_owned().await.expect("open");
            let address = server.address.clone();
            coming.push(tokio::spawn(async move {
                let heard = display(address).await;
                drop(permit);
                heard
            }));
        }
        let mut listening = Vec::new();
        for one in coming {
            listening.push(one.await.expect("no panic").expect("a wall"));
        }
        listening
    });
    assert_eq!(listening.len(), displays);
    assert!(
        answer(&server.address, "/healthz").1.starts_with("HTTP/1.1 200"),
        "pages are answered meanwhile"
    );
    let log = fs::read_to_string(place.path("limited.log")).expect("a log");
    assert!(log.contains("room for displays") && log.contains("displays="), "{log}");
    assert!(!log.contains("no room") && !log.contains("unable to accept"), "{log}");
    drop(listening);
    assert_eq!(server.stop(), 0);
}

#[test]
fn one_display_too_many_is_told_to_come_back_and_the_log_says_so_once() {
    // 300 files: 75 for the server itself, 225 connections, of which 197 may be displays.
    let place = Place::new();
    let server = place.serve_limited("ulimit -n 300");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listening: Vec<_> = runtime.block_on(async {
        let mut listening = Vec::new();
        for _ in 0..197 {
            listening.push(display(server.address.clone()).await.expect("a wall"));
        }
        listening
    });
    for _ in 0..3 {
        let (_, refused) = answer(&server.address, "/events?board=today");
        assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after"), "{refused}");
        assert!(refused.contains("application/problem+json"), "{refused}");
    }
    // Pages still have room, however many lines are kept open that ask nothing more.
    let mut lines = Vec::new();
    for _ in 0..300 {
        let (line, said) = answer(&server.address, "/healthz");
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        lines.push(line);
    }
    let log = fs::read_to_string(place.path("limited.log")).expect("a log");
    assert_eq!(log.matches("no room for more displays").count(), 1, "{log}");
    assert!(!log.contains("no room for more connections"), "{log}");
    drop((listening, lines));
    super::place::wait_for("room", || answer(&server.address, "/healthz").1.starts_with("HTTP/1.1 200"));
    assert!(runtime.block_on(display(server.address.clone())).is_ok());
    assert_eq!(server.stop(), 0);
}
