//! What those see who watch the server from outside: figures, lines of the log, whether it is ready and lives.

use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixDatagram;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{PATIENCE, deliver, metrics};
use crate::cli::place::{Place, wait_for};

#[test]
fn the_figures_are_those_of_the_ledgers_and_the_format_is_prometheus() {
    let place = Place::new();
    let bad = crate::cli::place::list(0, 40, "2020-03-04") + "T000099,日付なし,40,男,x\n";
    place.write("a.csv", &bad);
    place.ok(&["load", "town-list", "a.csv"]);
    let server = place.serve();
    wait_for("the first wall", || server.get("/readyz").0 == 200);
    wait_for("a whole round", || metrics(&server)["hinomi_wall_rounds_total"] > 0.0);
    let (_, text) = server.get("/metrics");
    let mut family = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a name and a kind");
            assert!(matches!(kind, "counter" | "gauge"), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            family = name.to_owned();
        } else if !line.starts_with("# HELP ") {
            let name = line.split(['{', ' ']).next().expect("a name");
            assert_eq!(name, family, "samples stand below their family");
        }
    }
    let read = metrics(&server);
    let taken = "{source=\"town-list\",outcome=\"accepted\"}";
    assert_eq!(read[&format!("hinomi_deliveries_total{taken}")], 1.0, "{read:?}");
    assert_eq!(read[&format!("hinomi_rows_total{taken}")], 41.0);
    assert_eq!(read[&format!("hinomi_rows_held_back_total{taken}")], 1.0);
    let by_reason: f64 = read
        .iter()
        .filter(|(name, _)| name.starts_with("hinomi_quarantined_rows_total"))
        .map(|(_, n)| n)
        .sum();
    assert_eq!(by_reason, 1.0);
    for name in [
        "hinomi_data_version",
        "hinomi_queries_total",
        "hinomi_frames_total{board=\"today\"}",
        "hinomi_frames_total{board=\"strip\"}",
        "hinomi_disk_free_bytes",
        "hinomi_disk_floor_bytes",
        "hinomi_memory_resident_bytes",
        "hinomi_cache_limit_bytes",
        "hinomi_wall_rounds_total",
    ] {
        assert!(read.get(name).is_some_and(|value| *value > 0.0), "{name}: {read:?}");
    }
    deliver(&place, "b.csv", 200, 5);
    wait_for("the second version", || metrics(&server)["hinomi_data_version"] == 2.0);
    wait_for("its lag", || metrics(&server)["hinomi_wall_lag_seconds"] > 0.0);
    assert_eq!(metrics(&server)[&format!("hinomi_rows_total{taken}")], 46.0);
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_log_for_programs_is_an_object_a_line() {
    let place = Place::new();
    let log = place.path("json.log");
    let server = place
        .serve_with(&[("HINOMI__LOG__FORMAT", "json"), ("HINOMI__LOG__FILE", log.to_str().expect("a path"))]);
    deliver(&place, "a.csv", 0, 5);
    wait_for("the delivery", || metrics(&server)["hinomi_data_version"] == 1.0);
    assert_eq!(server.stop(), 0);
    let text = std::fs::read_to_string(log).expect("a log");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect();
    let said = |message: &str| lines.iter().find(|line| line["message"] == message);
    assert!(
        said("serving").is_some_and(|line| line["level"] == "INFO" && line["address"].is_string()),
        "{text}"
    );
    assert!(said("stopped").is_some(), "{text}");
    assert!(!text.contains("山田"), "{text}");
}

#[test]
fn who_started_it_hears_that_it_is_ready_lives_and_stops() {
    let place = Place::new();
    for abstract_name in [false, true] {
        let (socket, name) = supervisor(&place, abstract_name);
        socket.set_read_timeout(Some(Duration::from_millis(100))).expect("set");
        let server = place.serve_with(&[("NOTIFY_SOCKET", &name), ("WATCHDOG_USEC", "600000")]);
        let heard = || {
            let mut message = [0; 512];
            let length = socket.recv(&mut message).ok()?;
            Some(String::from_utf8_lossy(&message[..length]).into_owned())
        };
        let hears = |what: &str| {
            let until = Instant::now() + PATIENCE;
            while Instant::now() < until {
                if heard().is_some_and(|said| said.lines().any(|line| line == what)) {
                    return;
                }
            }
            panic!("nobody said {what}");
        };
        hears("EXTEND_TIMEOUT_USEC=60000000");
        hears("READY=1");
        for _ in 0..3 {
            hears("WATCHDOG=1");
        }
        assert_eq!(server.stop(), 0);
        hears("STOPPING=1");
        // It lives as it stops.
        hears("WATCHDOG=1");
    }
}

fn supervisor(place: &Place, abstract_name: bool) -> (UnixDatagram, String) {
    use std::os::linux::net::SocketAddrExt as _;
    if abstract_name {
        let name = format!("hinomi-test-{}", std::process::id());
        let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).expect("a name");
        return (UnixDatagram::bind_addr(&address).expect("bound"), format!("@{name}"));
    }
    let path = place.path("notify");
    (UnixDatagram::bind(&path).expect("bound"), path.to_str().expect("a path").to_owned())
}

/// Whoever reads standard error as JSON gets nothing else, the address included.
#[test]
fn standard_error_is_json_from_its_first_line() {
    let place = Place::new();
    let mut command = place.command(&["serve"]);
    command.env("HINOMI__LOG__FORMAT", "json").stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the server starts");
    let lines = BufReader::new(child.stderr.take().expect("its words")).lines();
    let mut address = None;
    for line in lines.map_while(Result::ok) {
        let event: serde_json::Value =
            serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: {line}"));
        if event["message"] == "serving" {
            address = event["address"].as_str().map(str::to_owned);
            break;
        }
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert!(address.is_some_and(|address| address.contains("127.0.0.1:")));
}
