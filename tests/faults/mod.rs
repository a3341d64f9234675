//! What goes wrong around a server and its store, and what must go on all the same: the real program, faults made on purpose.
#![allow(clippy::unwrap_used, reason = "a test that can not go on fails here")]

mod clients;
mod crowd;
mod degraded;
mod disk;
mod flips;
mod kills;
mod memory;
mod order;
#[cfg(target_arch = "x86_64")]
mod power;
#[cfg(target_arch = "x86_64")]
mod recorded;
mod same;
mod seeds;
mod tally;
mod watched;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::cli::place::{Place, Server};

/// The one patience of these tests: never a measure of speed.
const PATIENCE: Duration = Duration::from_mins(5);

/// What an address answers on a line of its own: the head, and the body as far as it is text.
fn ask(address: &str, request: &str) -> String {
    let mut line = TcpStream::connect(address).expect("a line");
    line.set_read_timeout(Some(PATIENCE)).expect("set");
    line.write_all(request.as_bytes()).expect("asked");
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).expect("an answer, and then its end");
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str, host: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

/// All samples of `/metrics` by name and labels.
fn metrics(server: &Server) -> BTreeMap<String, f64> {
    let (status, text) = server.get("/metrics");
    assert_eq!(status, 200, "{text}");
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        (name.to_owned(), value.parse().expect("a number"))
    };
    text.lines().filter(|line| !line.starts_with('#')).map(sample).collect()
}

/// A display that listens to the board `today`.
struct Display(BufReader<TcpStream>);

impl Display {
    fn at(address: &str) -> Self {
        let mut line = TcpStream::connect(address).expect("a line");
        line.set_read_timeout(Some(PATIENCE)).expect("set");
        line.write_all(get("/events?board=today&heartbeat=1", "localhost").as_bytes()).expect("asked");
        Self(BufReader::new(line))
    }

    /// Waits for a frame of the board that shows at least this version of the data.
    fn shows(&mut self, version: u64) {
        let until = Instant::now() + PATIENCE;
        let mut text = String::new();
        while Instant::now() < until {
            text.clear();
            let read = self.0.read_line(&mut text).expect("a line of an event");
            assert!(read > 0, "the server closed the display's line");
            let of_board = text.contains("\"board\":\"today\"");
            let shown = text
                .split_once("\"version\":")
                .filter(|_| of_board)
                .and_then(|(_, rest)| rest[..rest.find(|c: char| !c.is_ascii_digit())?].parse::<u64>().ok());
            if shown.is_some_and(|shown| shown >= version) {
                return;
            }
        }
        panic!("version {version} never hung");
    }
}

/// Puts a file into the folder of its source, as a source does: under another name first.
fn deliver(place: &Place, name: &str, first: u32, rows: u32) {
    let folder = place.path("data/inbox/town-list");
    std::fs::create_dir_all(&folder).expect("made");
    let whole = crate::cli::place::list(first, rows, "2020-03-05");
    std::fs::write(folder.join("coming.part"), whole).expect("written");
    std::fs::rename(folder.join("coming.part"), folder.join(name)).expect("named");
}
