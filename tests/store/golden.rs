//! What is on disk keeps its names and its form: manifests, and a line of each journal. A later program may add to them; it
//! changes nothing that stands here, or the folders of today could not be read.

use std::fs;

use hinomi::store::{BatchId, Frame, RunOutcome};
use serde_json::{Value, json};

use super::room::{BEDS, KEYED, Room, mapping, start_of_time};

/// Everything of `golden` is in `said`, as it stands there.
fn holds(said: &Value, golden: &Value, at: &str) {
    match (said, golden) {
        (Value::Object(said), Value::Object(golden)) => {
            for (key, value) in golden {
                let found = said.get(key).unwrap_or_else(|| panic!("{at}.{key} is gone"));
                holds(found, value, &format!("{at}.{key}"));
            }
        }
        (Value::Array(said), Value::Array(golden)) => {
            assert_eq!(said.len(), golden.len(), "{at}");
            said.iter().zip(golden).enumerate().for_each(|(n, (s, g))| holds(s, g, &format!("{at}[{n}]")));
        }
        _ => assert_eq!(said, golden, "{at}"),
    }
}

fn read(room: &Room, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(room.data().join("archive").join(file)).expect("a file");
    match file.ends_with(".jsonl") {
        true => text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect(),
        false => vec![serde_json::from_str(&text).expect("JSON")],
    }
}

fn told() -> Room {
    let room = Room::new();
    let start = |start: &mut hinomi::store::DeliveryStart| {
        start.mapping_hash = "m".into();
        start.stamp = Some(start_of_time());
    };
    let csv = "id,disease,sex,day\n100001,covid,M,2022-01-01\n100002,covid,F,2022-01-02\n";
    room.deliver_as(KEYED, "a.csv", csv, start).expect("a receipt");
    let csv = csv.replace("100002,", "x,").replace(",M,", ",F,");
    room.deliver_as(KEYED, "b.csv", &csv, start).expect("a receipt");
    room
}

#[test]
fn a_manifest_keeps_its_form() {
    let room = told();
    let manifest = read(&room, "batches/00000001/manifest.json").remove(0);
    let golden = json!({
        "batch": 1, "accepted_at": "2022-01-01T00:01:00Z", "kind": "initial", "source": "notes", "table": "cases",
        "mapping": "m", "schema_version": 2, "delivery": 1, "opened": 2, "closed": 0, "identities": 2,
        "files": [{ "name": "cases.opened.parquet" }, { "name": "identities.parquet" }],
    });
    holds(&manifest, &golden, "manifest");
    for file in manifest["files"].as_array().expect("files") {
        let sha256 = file["sha256"].as_str().expect("a hash");
        assert!(sha256.len() == 64 && file["bytes"].as_u64().is_some_and(|bytes| bytes > 0));
    }
    let second = read(&room, "batches/00000002/manifest.json").remove(0);
    let golden = json!({
        "batch": 2, "accepted_at": "2022-01-01T00:02:00Z", "kind": "regular", "opened": 1, "closed": 1, "identities": 0,
        "files": [{ "name": "cases.closed.parquet" }, { "name": "cases.opened.parquet" }],
    });
    holds(&second, &golden, "manifest");
}

#[test]
fn a_pack_keeps_its_form() {
    let room = told();
    for n in 0..24 {
        room.accept(BEDS, &format!("facility,day,secured\nH02,2022-01-01,{n}\n"));
    }
    room.store.compact().expect("a pack");
    let pack = read(&room, "packs/00000001-00000018/manifest.json").remove(0);
    let names: Vec<&str> =
        pack["files"].as_array().expect("files").iter().filter_map(|file| file["name"].as_str()).collect();
    assert_eq!(
        names,
        [
            "bed_capacity.closed.parquet",
            "bed_capacity.opened.parquet",
            "cases.closed.parquet",
            "cases.opened.parquet",
            "identities.parquet"
        ]
    );
    let golden = json!({ "batch": 1, "kind": "initial", "source": "notes", "delivery": 1, "files": [] });
    holds(&pack["batches"][0], &golden, "pack");
    assert_eq!(pack["batches"].as_array().map(Vec::len), Some(18));
}

#[test]
fn a_line_of_each_journal_keeps_its_form() {
    let room = told();
    let store = &room.store;
    let start = hinomi::store::DeliveryStart::of(&mapping(BEDS), "m", "bad.csv", room.clock.now());
    store.record_refusal(&start, "no column facility").expect("kept");
    let run = store.start_run("nightly", start_of_time()).expect("a ledger").expect("a run");
    store.end_run(run, RunOutcome::TimedOut, 3, "ok").expect("an end");
    let frame = Frame {
        board: "today".into(),
        at: start_of_time(),
        batch: BatchId(2),
        definitions: "d".into(),
        program: "0.1.0".into(),
        figures: "{\"受理\":1}".into(),
    };
    store.keep_frame(&frame).expect("kept");
    store.keep_definition("queries/indicators", "beds.sql", "SELECT 1").expect("kept");
    store.keep_note("key_fingerprint", "abc").expect("kept");

    let golden = json!([
        {
            "n": 1, "source": "notes", "table": "cases", "name": "a.csv", "received_at": "2022-01-01T00:01:00Z",
            "stamp": "2022-01-01T00:00:00Z", "mapping": "m",
            "digest": "555df0f54022c42ea23c859a2f1298c0ef5adf41faaf32bb1d6e5ead4dc03062", "bytes": 71, "replay": false,
            "outcome": "accepted", "why": null, "batch": 1, "rows": 2, "opened": 2, "closed": 0, "unchanged": 0,
            "quarantined": 0, "held": 0, "stale": false, "faults": [],
        },
        {
            "n": 2, "name": "b.csv", "outcome": "accepted", "batch": 2, "rows": 2, "opened": 1, "closed": 1,
            "unchanged": 0, "quarantined": 1, "held": 1, "faults": [[3, "id", "not_an_id"]],
        },
        {
            "n": 3, "source": "beds", "table": "bed_capacity", "name": "bad.csv", "stamp": null, "mapping": "m",
            "digest": "", "bytes": 0, "outcome": "refused", "why": "no column facility", "batch": null, "rows": 0,
        },
    ]);
    holds(&Value::Array(read(&room, "journal/deliveries.jsonl")), &golden, "deliveries");
    let golden = json!([
        {
            "n": 1, "event": "started", "run": 1, "job": "nightly", "scheduled": "2022-01-01T00:00:00Z",
            "started": "2022-01-01T00:02:00Z",
        },
        { "n": 2, "event": "ended", "run": 1, "ended": "2022-01-01T00:02:00Z", "outcome": "timed_out", "rows": 3, "note": "ok" },
    ]);
    holds(&Value::Array(read(&room, "journal/runs.jsonl")), &golden, "runs");
    let frames = read(&room, "journal/frames.jsonl");
    let golden = json!([{
        "n": 1, "board": "today", "at": "2022-01-01T00:00:00Z", "batch": 2, "definitions": "d", "program": "0.1.0",
        "digest": "488fc5cfde7242e0091bfd75a5cee94e2b9e9f9e4da6e2ae7f5ac1de8ef4c06f",
    }]);
    holds(&Value::Array(frames.clone()), &golden, "frames");
    let packed = frames[0]["figures"].as_str().expect("figures");
    assert!(packed.starts_with("789c") && packed.bytes().all(|b| b.is_ascii_hexdigit()), "{packed}");
    let golden = json!([{
        "n": 1, "kind": "queries/indicators", "name": "beds.sql",
        "hash": "e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5",
        "known_at": "2022-01-01T00:02:00Z", "text": "SELECT 1",
    }]);
    holds(&Value::Array(read(&room, "journal/definitions.jsonl")), &golden, "definitions");
    let golden = json!([{ "n": 1, "at": "2022-01-01T00:02:00Z", "kind": "key_fingerprint", "body": "abc" }]);
    holds(&Value::Array(read(&room, "journal/notes.jsonl")), &golden, "notes");
}
