//! Slow and idle clients, many of them, and clients that ask by a name that is not ours.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use hinomi::app::open_files;

use super::{Display, PATIENCE, ask, deliver, get};
use crate::cli::place::{Place, wait_for};

const IDLE: usize = 2_000;

#[test]
fn two_thousand_idle_half_requests_leave_wall_deliveries_and_commands_at_work() {
    let room = open_files::raise();
    assert!(room.files as usize > IDLE + 400, "the hard limit of open files here proves nothing: {room:?}");
    let place = Place::new();
    place.list("a.csv", 0, 40, "2020-03-04");
    place.ok(&["load", "town-list", "a.csv"]);
    // Fewer files than there are idle lines, and most of them for others than the lines.
    let server = place.serve_limited("ulimit -n 1024");
    let mut display = Display::at(&server.address);
    display.shows(1);
    let halves: Vec<TcpStream> = (0..IDLE)
        .map(|n| {
            let mut line = TcpStream::connect(&server.address).expect("a line");
            // Some have begun to say something.
            if n % 2 == 0 {
                let _ = line.write_all(b"GET /wall/today HTTP/1.1\r\nHost: loc");
            }
            line
        })
        .collect();
    // The wall and a delivery, on the line that was there; then a new display, a page, a command.
    deliver(&place, "b.csv", 100, 3);
    display.shows(2);
    Display::at(&server.address).shows(2);
    assert_eq!(server.get("/healthz").0, 200);
    assert!(place.ok(&["source", "list"]).contains("town-list"));
    let log = std::fs::read_to_string(place.path("limited.log")).expect("a log");
    assert!(!log.contains("unable to accept") && !log.contains("no room"), "{log}");
    // The last ones still had a line; who says nothing loses it.
    let mut last = halves.into_iter().next_back().expect("one");
    last.set_read_timeout(Some(PATIENCE)).expect("set");
    match last.read(&mut [0; 64]) {
        // The end, or first a word why.
        Ok(_) => {}
        Err(why) => assert_eq!(why.kind(), std::io::ErrorKind::ConnectionReset, "{why}"),
    }
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_body_that_never_comes_is_not_waited_for() {
    let place = Place::new();
    let server = place.serve();
    let request = "POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc";
    let answer = ask(&server.address, request);
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
}

#[test]
fn one_address_has_its_limit_and_so_have_displays() {
    let place = Place::new();
    let server = place
        .serve_with(&[("HINOMI__CONNECTIONS__PER_ADDRESS", "6"), ("HINOMI__CONNECTIONS__DISPLAYS", "4")]);
    // Lines that ask nothing make room.
    let idle: Vec<TcpStream> =
        (0..20).map(|_| TcpStream::connect(&server.address).expect("a line")).collect();
    assert!(ask(&server.address, &get("/healthz", "localhost")).starts_with("HTTP/1.1 200"));
    drop(idle);
    let mut displays: Vec<Display> = (0..4).map(|_| Display::at(&server.address)).collect();
    for display in &mut displays {
        display.shows(0);
    }
    let refused = ask(&server.address, &get("/events?board=today", "localhost"));
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: 30"), "{refused}");
    assert!(refused.contains("application/problem+json"), "{refused}");
    drop(displays);
    wait_for("their places", || server.get("/metrics").1.contains("\nhinomi_displays 0\n"));
    assert_eq!(server.stop(), 0);

    // Where all lines are at work, one more is told to come back.
    let server = place.serve_with(&[("HINOMI__CONNECTIONS__PER_ADDRESS", "3")]);
    let mut displays: Vec<Display> = (0..3).map(|_| Display::at(&server.address)).collect();
    for display in &mut displays {
        display.shows(0);
    }
    let refused = ask(&server.address, &get("/healthz", "localhost"));
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("接続数が上限"), "{refused}");
    drop(displays.pop());
    wait_for("room", || ask(&server.address, &get("/healthz", "localhost")).starts_with("HTTP/1.1 200"));
    drop(displays);
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_name_that_is_not_ours_gets_nothing() {
    let place = Place::new();
    let server = place.serve();
    let own = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a name");
    let status = |server: &crate::cli::place::Server, path: &str, host: &str| -> u16 {
        let answer = ask(&server.address, &get(path, host));
        if answer.starts_with("HTTP/1.1 421") {
            assert!(answer.contains("hosts") && answer.contains("この名前では開けません"), "{answer}");
            assert!(!answer.contains(host), "the name is not repeated: {answer}");
        }
        answer[9..12].parse().expect("a status")
    };
    let paths = ["/healthz", "/", "/wall/today", "/api/v1/indicators", "/metrics", "/manual", "/nowhere"];
    for host in ["rebound.example", "127.0.0.1.rebound.example", "rebound.example:8460"] {
        for path in paths {
            assert_eq!(status(&server, path, host), 421, "{path} as {host}");
        }
        assert_eq!(status(&server, "/events?board=today", host), 421, "{host}");
    }
    for host in ["127.0.0.1", "localhost", "[::1]", "192.168.0.7:80", own.trim()] {
        assert_eq!(status(&server, "/healthz", host), 200, "{host}");
    }
    assert_eq!(server.stop(), 0);
    let server = place.serve_with(&[("HINOMI__HOSTS", "[\"board.example.lg.jp\"]")]);
    assert_eq!(status(&server, "/healthz", "Board.Example.lg.jp:8460"), 200);
    assert_eq!(status(&server, "/healthz", "127.0.0.1"), 200);
    assert_eq!(status(&server, "/healthz", own.trim()), 421, "only those that are named");
    assert_eq!(server.stop(), 0);
}
