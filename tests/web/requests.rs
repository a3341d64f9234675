//! The log of a real server: one line a request, a delivery named in its lines, nobody's value.

use std::fs;

use crate::cli::place::{Place, files_in, list, wait_for};
use crate::cli::serve::drop_in;

/// The lines about requests.
fn requests(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.contains("hinomi::requests: answered")).collect()
}

#[test]
fn each_request_has_one_line_that_names_no_value() {
    let place = Place::new();
    let log = place.path("server's.log");
    let server = place.serve_with(&[("HINOMI__LOG__FILE", log.to_str().expect("text"))]);
    for (path, status, says) in [
        ("/healthz", 200, &["route=\"/healthz\" parameters=\"\""][..]),
        ("/manual?q=yamada", 200, &["route=\"/manual\"", "parameters=\"q\""]),
        ("/explain/tanaka", 404, &["route=\"/explain/{indicator}\"", "parameters=\"\""]),
        ("/suzuki?sato=kato", 404, &["route=\"none\""]),
        ("/api/v1/indicators/deaths?from=watanabe", 400, &["parameters=\"from\""]),
        ("/api/v1/indicators/deaths?%E5%B1%B1=1&to=2020-03-01", 400, &["parameters=\"? to\""]),
    ] {
        let before = requests(&fs::read_to_string(&log).expect("a log")).len();
        let (found, body) = server.get(path);
        assert_eq!(found, status, "{path}: {body}");
        let text = fs::read_to_string(&log).expect("a log");
        let new = &requests(&text)[before..];
        assert_eq!(new.len(), 1, "{path}: {new:?}");
        for part in
            says.iter().chain(&["method=\"GET\"", &format!("status={status} "), " seconds=", " bytes="])
        {
            assert!(new[0].contains(part), "{path}: {part}: {}", new[0]);
        }
        if status == 200 {
            assert!(new[0].ends_with(&format!(" bytes={}", body.len())), "{path}: {}", new[0]);
        }
    }
    drop_in(&place, "a \"list\".csv", &list(0, 10, "2020-03-04"));
    drop_in(&place, "b.csv", "公表日\n2020-03-04\n");
    let inbox = place.path("data/inbox/town-list");
    wait_for("the folder to be empty", || files_in(&inbox).is_empty());
    assert_eq!(server.stop(), 0);
    let text = fs::read_to_string(&log).expect("a log");
    let of = |says: &str| {
        text.lines().find(|line| line.contains(says)).unwrap_or_else(|| panic!("{says}: {text}"))
    };
    let taken = of(": delivered ");
    for part in ["delivery{source=town-list file=\"a \\\"list\\\".csv\" batch=1}", "rows=10 opened=10"] {
        assert!(taken.contains(part), "{part}: {taken}");
    }
    assert!(of("refused: nothing was taken").contains("delivery{source=town-list file=\"b.csv\"}"), "{text}");
    for typed in ["yamada", "tanaka", "suzuki", "kato", "watanabe", "山", "%E5", "2020-03-01"] {
        assert!(!text.contains(typed), "{typed} is in the log: {text}");
    }
}

#[test]
fn by_a_setting_only_those_that_failed_are_logged() {
    let place = Place::new();
    let log = place.path("server's.log");
    let settings = [
        ("HINOMI__LOG__FILE", log.to_str().expect("text")),
        ("HINOMI__LOG__LEVEL", "info,hinomi::requests=warn"),
    ];
    let server = place.serve_with(&settings);
    wait_for("the first wall", || server.get("/readyz").0 == 200);
    assert_eq!(server.get("/healthz").0, 200);
    assert_eq!(server.get("/events?board=today&heartbeat=nope").0, 400);
    assert_eq!(server.stop(), 0);
    let text = fs::read_to_string(&log).expect("a log");
    // Until the first wall it is not ready, and says so by a 503.
    let others: Vec<_> = requests(&text).into_iter().filter(|line| !line.contains("status=503 ")).collect();
    assert_eq!(others, Vec::<&str>::new());
    assert!(text.contains(" INFO "), "the rest is logged: {text}");
}
