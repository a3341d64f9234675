//! A file's whole way, without a server and with one: loaded, shown, shown as of before, backed up, restored,
//! rebuilt, verified.

use super::Place;
use super::place::rows_of;

fn count(place: &Place, as_of: Option<&str>) -> String {
    let mut args = vec!["show", "new_cases_published", "--from", "2020-03-01", "--to", "2020-03-10"];
    args.extend(["--by", "day", "--format", "csv"]);
    args.extend(as_of.iter().flat_map(|at| ["--as-of", at]));
    rows_of(&place.ok(&args))
}

fn rows(csv: &str, day: &str) -> String {
    let line = csv.lines().find(|l| l.starts_with(day)).unwrap_or_else(|| panic!("no {day} in {csv}"));
    line.split(',').nth(1).unwrap_or_default().to_owned()
}

fn way(place: &Place) {
    place.list("20200305T180000.csv", 0, 30, "2020/03/04");
    place.list("20200306T180000.csv", 20, 30, "2020/03/05");
    let said = place.ok(&["load", "town-list", "20200305T180000.csv", "--replay"]);
    assert!(said.contains("30 rows, 30 versions opened"), "{said}");
    let said = place.ok(&["load", "town-list", "20200306T180000.csv"]);
    assert!(said.contains("30 versions opened, 10 closed"), "{said}");
    assert!(place.path("20200305T180000.csv").exists(), "one's own file stays");

    let now = count(place, None);
    assert_eq!((rows(&now, "2020-03-04"), rows(&now, "2020-03-05")), ("20".into(), "30".into()));
    let then = count(place, Some("2020-03-05T20:00"));
    assert_eq!(rows(&then, "2020-03-04"), "30");
    assert_ne!(rows(&then, "2020-03-05"), "30");

    let table = place.ok(&["show", "new_cases_published", "--from", "2020-03-04", "--to", "2020-03-05"]);
    assert!(table.contains("as of") && table.contains("2020-03-04"), "{table}");
    let json = place.ok(&["show", "new_cases_published", "--format", "json"]);
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");

    place.ok(&["backup", "kept"]);
    place.ok(&["restore", "kept", "--data-dir", "again"]);
    std::fs::copy(place.path("data/key"), place.path("again/key")).expect("the key");
    let csv = ["show", "new_cases_published", "--from", "2020-03-01", "--to", "2020-03-10", "--by", "day"];
    let again = place.ok(&[&csv[..], &["--format", "csv", "--data-dir", "again"]].concat());
    assert_eq!(rows_of(&again), now);
    assert_eq!(place.run(&["restore", "kept", "--data-dir", "again"]).code, 1, "never over a database");

    place.ok(&["rebuild"]);
    assert_eq!(count(place, None), now);
    assert_eq!(count(place, Some("2020-03-05T20:00")), then);
    let said = place.ok(&["verify"]);
    assert!(said.contains("2 batches"), "{said}");
    let jobs = place.ok(&["job", "list"]);
    assert!(jobs.contains("nightly"), "{jobs}");
    let said = place.ok(&["job", "run", "nightly"]);
    assert!(said.contains("batches verified"), "{said}");
    assert_eq!(count(place, None), now);
    let sources = place.ok(&["source", "list"]);
    assert!(sources.contains("町の一覧"), "{sources}");
}

#[test]
fn without_a_server() {
    way(&Place::new());
}

#[test]
fn with_a_server() {
    let place = Place::new();
    let server = place.serve();
    way(&place);
    assert_eq!(server.get("/healthz").0, 200);
    assert_eq!(server.stop(), 0);
    assert!(!place.path("data/hinomi.sock").exists());
    assert_eq!(rows(&count(&place, None), "2020-03-04"), "20", "all is there after the server went");
}
