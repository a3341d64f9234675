//! A repeated answer of the API: the same bytes and tag until a source speaks, then the new figures.

use std::collections::BTreeMap;

use super::Place;
use super::place::{Server, list};

struct Heard {
    status: u16,
    tag: String,
    encoding: Option<String>,
    body: Vec<u8>,
}

fn hear(server: &Server, path: &str, headers: &[(&str, &str)]) -> Heard {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.get(format!("http://{}{path}", server.address));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.call().expect("an answer");
    let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().expect("text").to_owned());
    let (tag, encoding) = (header("etag").unwrap_or_default(), header("content-encoding"));
    let status = answer.status().as_u16();
    Heard { status, tag, encoding, body: answer.body_mut().read_to_vec().expect("bytes") }
}

fn minute() -> i64 {
    hinomi::epi::clock::Clock::running().now().as_second().div_euclid(60)
}

#[test]
fn repeated_answers_are_the_same_bytes_until_a_source_speaks() {
    let place = Place::new();
    let server = place.serve();
    let first = place.list("a.csv", 0, 40, "2020-03-04");
    place.ok(&["load", "town-list", first.to_str().expect("a path")]);
    let all: serde_json::Value =
        serde_json::from_slice(&hear(&server, "/api/v1/indicators", &[]).body).expect("JSON");
    let ids = all["indicators"].as_array().expect("a list").iter().map(|i| i["id"].as_str().expect("an id"));
    let mut paths = vec!["/api/v1/indicators".to_owned()];
    paths.extend(ids.flat_map(|id| {
        ["json", "csv", "arrow", "parquet"].map(|f| format!("/api/v1/indicators/{id}?format={f}"))
    }));
    paths.push("/api/v1/indicators/new_cases_published.svg?from=2020-03-01&to=2020-03-31".to_owned());
    let mut tags = BTreeMap::new();
    for path in &paths {
        // Not over the end of a minute, where figures that grow with time change.
        let (before, heard) = loop {
            let started = minute();
            let (one, two) = (hear(&server, path, &[]), hear(&server, path, &[]));
            if minute() == started {
                break (one, two);
            }
        };
        assert_eq!(before.status, 200, "{path}");
        assert!(before.tag == heard.tag && before.body == heard.body, "{path}");
        let known = hear(&server, path, &[("if-none-match", &heard.tag)]);
        assert!(known.status == 304 && known.body.is_empty(), "{path}: {}", known.status);
        tags.insert(path.clone(), heard.tag);
    }
    let path = "/api/v1/indicators/new_cases_published?from=2020-03-01&to=2020-03-31";
    let packed = hear(&server, path, &[("accept-encoding", "gzip")]);
    assert!(packed.encoding.as_deref() == Some("gzip") || packed.body.starts_with(b"{"));
    let value = |heard: &Heard| {
        let json: serde_json::Value = serde_json::from_slice(&heard.body).expect("JSON");
        json["rows"].as_array().expect("rows").iter().find(|r| r[0] == "2020-03-04").map(|r| r[1].clone())
    };
    assert_eq!(value(&hear(&server, path, &[])), Some(40.into()));
    let second = place.list("b.csv", 100, 5, "2020-03-04");
    place.ok(&["load", "town-list", second.to_str().expect("a path")]);
    assert_eq!(value(&hear(&server, path, &[])), Some(45.into()), "at once");
    for (path, tag) in tags.iter().filter(|(path, _)| path.contains('?')) {
        assert_ne!(hear(&server, path, &[]).tag, *tag, "{path}: the data has changed");
    }
    let asked_again = list(100, 5, "2020-03-04");
    let unchanged = place.write("c.csv", &asked_again);
    let tag = hear(&server, path, &[]).tag;
    place.ok(&["load", "town-list", unchanged.to_str().expect("a path")]);
    assert_ne!(hear(&server, path, &[]).tag, tag, "that a source spoke stands in the answer");
    for wrong in ["/api/v1/indicators/nosuch", "/api/v1/indicators/deaths?by=nosuch"] {
        let (one, two) = (hear(&server, wrong, &[]), hear(&server, wrong, &[]));
        assert!(one.status >= 400 && one.status == two.status && one.body == two.body, "{wrong}");
    }
    assert_eq!(server.stop(), 0);
}
