//! A whole database beside a damaged archive: walls and questions go on, deliveries wait, nothing is packed or backed up,
//! and everybody is told. A key that is gone is the same, and comes back.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use hinomi::store::{AsOf, DeliveryStart, Store, StoreError};

use super::metrics;
use crate::cli::place::{Place, Server, list, wait_for};
use crate::cli::serve::drop_in;
use crate::store::room::{BEDS, Room, mapping};

fn quiet(_: hinomi::store::Progress) {}

#[test]
fn with_a_damaged_archive_everything_can_be_asked_and_nothing_is_taken() {
    for how in ["a missing batch", "a damaged manifest", "a missing ledger", "half a ledger"] {
        let mut room = Room::new();
        for n in 1..30 {
            room.accept(BEDS, &format!("facility,day,secured\nH01,2022-01-01,{n}\n"));
        }
        let before = room.everything();
        room.store.close().unwrap();
        let archive = room.data().join("archive");
        let manifest = archive.join("batches/00000012/manifest.json");
        let ledger = archive.join("journal/deliveries.jsonl");
        match how {
            "a missing batch" => fs::remove_dir_all(archive.join("batches/00000012")).unwrap(),
            "a damaged manifest" => fs::write(&manifest, fs::read(&manifest).unwrap().split_off(9)).unwrap(),
            "a missing ledger" => fs::remove_file(&ledger).unwrap(),
            _ => {
                let text = fs::read(&ledger).unwrap();
                fs::write(&ledger, &text[..text.len() / 2]).unwrap();
            }
        }
        room.store = Store::open(&room.settings, &room.clock).unwrap_or_else(|e| panic!("{how}: {e}"));
        let fault = room.store.fault().unwrap_or_else(|| panic!("{how}: nothing is said"));
        assert!(fault.contains("batch") || fault.contains("deliveries.jsonl"), "{how}: {fault}");
        assert_eq!(room.everything(), before, "{how}");
        assert_eq!(room.rows("SELECT secured FROM bed_capacity", AsOf::Latest), ["29"], "{how}");
        let start = DeliveryStart::of(&mapping(BEDS), "m", "f.csv", room.clock.now());
        let refused = |done: Result<(), StoreError>| {
            let error = done.expect_err(how);
            let text = error.to_string();
            assert!(
                matches!(error, StoreError::Degraded { .. } | StoreError::Damaged { .. }),
                "{how}: {text}"
            );
        };
        refused(room.store.begin(start).map(drop));
        refused(room.store.compact().map(drop));
        refused(room.store.backup(&room.beside("backup"), &quiet).map(drop));
        assert!(!room.beside("backup").exists(), "{how}");
        room.store.close().unwrap();
        let done = hinomi::store::repair(&room.settings, &room.clock, &[], true, &quiet).unwrap();
        assert!(done.done, "{how}");
        room.reopen_closed();
        assert_eq!((room.store.fault(), room.everything()), (None, before), "{how}");
        room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,99\n");
    }
}

#[test]
fn a_server_says_that_its_archive_is_damaged_and_goes_on_after_the_repair() {
    let place = Place::new();
    let inbox = place.path("data/inbox/town-list");
    let server = place.serve();
    drop_in(&place, "a.csv", &list(0, 10, "2020-03-04"));
    wait_for("the first file", || server.get("/api/v1/status").1.contains("\"data_version\":1"));
    assert_eq!(server.get("/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(server.stop(), 0);

    let file = fs::read_dir(place.path("data/archive/batches/00000001")).unwrap();
    let file =
        file.flatten().map(|e| e.path()).find(|p| p.to_string_lossy().ends_with(".opened.parquet")).unwrap();
    let whole = fs::read(&file).unwrap();
    let mut broken = whole.clone();
    broken[whole.len() / 2] ^= 1;
    fs::write(&file, broken).unwrap();

    let server = place.serve();
    wait_for("the damage to be said", || server.get("/healthz").1.contains("保管記録の破損"));
    drop_in(&place, "b.csv", &list(10, 10, "2020-03-05"));
    wait_for("walls and questions", || server.get("/readyz").0 == 200);
    assert_eq!(server.get("/healthz").0, 503, "nothing is taken in");
    let (_, status) = server.get("/api/v1/status");
    let said: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!((&said["troubles"][0]["what"], &said["data_version"]), (&"damaged".into(), &1.into()));
    assert!(said["troubles"][0]["why"].as_str().unwrap().contains("SHA-256"), "{status}");
    assert_eq!(metrics(&server)["hinomi_trouble{what=\"damaged\"}"], 1.0);
    assert!(server.get("/admin").1.contains("SHA-256"));
    wait_for("the strip to say it", || server.get("/wall/today").1.contains("保管記録の破損"));
    let (answered, _) = server.get("/api/v1/indicators/new_cases_published?from=2020-03-01&to=2020-03-31");
    assert_eq!(answered, 200);
    let said = place.run(&["job", "run", "nightly"]);
    assert!(said.code != 0 && said.err.contains("保管記録が壊れている"), "{}", said.err);
    let said = place.run(&["backup", "backup"]);
    assert!(said.code != 0 && said.err.contains("SHA-256"), "{}", said.err);
    assert!(inbox.join("b.csv").exists(), "what waits stays where it is");
    let said = place.run(&["repair"]);
    assert!(said.code != 0 && said.err.contains("サーバーを止めて"), "{}", said.err);
    assert_eq!(server.stop(), 0);

    let told = place.ok(&["repair"]);
    assert!(
        told.contains("バッチ 1")
            && told.contains("データベースから作り直します")
            && told.contains("--apply"),
        "{told}"
    );
    assert!(fs::read(&file).unwrap() != whole);
    let done = place.ok(&["repair", "--apply"]);
    assert!(done.contains("作り直し、照合しました"), "{done}");
    let server = place.serve();
    wait_for("the file that waited", || !inbox.join("b.csv").exists());
    assert_eq!(server.get("/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(server.stop(), 0);
    place.ok(&["verify"]);
}

#[test]
fn where_no_copy_is_whole_a_backup_is_restored_over_what_can_not_be_opened() {
    let place = Place::new();
    place.write("a.csv", &list(0, 10, "2020-03-04"));
    place.ok(&["load", "town-list", "a.csv"]);
    place.ok(&["backup", "copy"]);
    let folder = fs::read_dir(place.path("data/archive/batches/00000001")).unwrap();
    let mut files = folder.flatten().map(|e| e.path());
    let file = files.find(|p| p.to_string_lossy().ends_with(".opened.parquet")).unwrap();
    fs::write(&file, b"no rows").unwrap();
    for args in [&["backup", "other"][..], &["rebuild"]] {
        let said = place.run(args);
        assert!(said.code != 0 && said.err.contains("hinomi repair"), "{args:?}: {}", said.err);
    }
    fs::write(place.path("data/hinomi.duckdb"), b"no database").unwrap();
    for args in [&["verify"][..], &["restore", "copy"]] {
        let said = place.run(args);
        assert!(said.code != 0 && said.err.contains("hinomi repair"), "{args:?}: {}", said.err);
    }
    let said = place.run(&["repair", "--apply"]);
    assert!(said.code != 0 && said.err.contains("無傷の写しがありません"), "{}", said.err);
    let said = place.ok(&["restore", "copy", "--replace"]);
    assert!(said.contains("everything up to batch 1"), "{said}");
    place.ok(&["verify"]);
    place.write("b.csv", &list(10, 10, "2020-03-05"));
    place.ok(&["load", "town-list", "b.csv"]);
}

#[test]
fn without_its_key_a_server_shows_what_is_stored_and_deliveries_wait() {
    let place = Place::new();
    let server = place.serve();
    drop_in(&place, "a.csv", &list(0, 10, "2020-03-04"));
    wait_for("the first file", || server.get("/api/v1/status").1.contains("\"data_version\":1"));
    assert_eq!(server.stop(), 0);
    let (key, away) = (place.path("data/key"), place.path("away"));
    fs::rename(&key, &away).unwrap();
    let server = place.serve();
    assert!(server.get("/healthz").1.contains("仮名化の鍵を使えません"), "{:?}", server.get("/healthz"));
    let (answered, _) = server.get("/api/v1/indicators/new_cases_published?from=2020-03-01&to=2020-03-31");
    assert_eq!(answered, 200);
    drop_in(&place, "b.csv", &list(10, 10, "2020-03-05"));
    wait_for("the strip to say it", || server.get("/wall/today").1.contains("仮名化の鍵を使えません"));
    assert!(place.path("data/inbox/town-list/b.csv").exists() && !key.exists());
    let told = place.run(&["load", "town-list", "data/inbox/town-list/b.csv"]);
    assert!(told.code != 0 && told.err.contains("鍵のファイル"), "{}", told.err);
    // A source without people's numbers waits as well.
    let population =
        concat!(env!("CARGO_MANIFEST_DIR"), "/data-samples/population-register/population_202611.csv");
    let told = place.run(&["load", "population-register", population]);
    assert!(told.code != 0 && told.err.contains("鍵のファイル"), "{}", told.err);
    assert!(server.get("/api/v1/status").1.contains("\"data_version\":1"));
    wait_for("the first wall", || server.get("/readyz").0 == 200);
    let (_, ready) = server.get("/readyz");
    assert!(ready.starts_with("ready\n") && ready.contains("no_key: 仮名化の鍵を使えません"), "{ready}");
    let why = |server: &Server| -> String {
        let status: serde_json::Value = serde_json::from_str(&server.get("/api/v1/status").1).unwrap();
        status["troubles"][0]["why"].as_str().unwrap().to_owned()
    };
    assert!(why(&server).contains("がありません") && server.get("/admin").1.contains("がありません"));
    // A copy that others can read, and another key, are of no use either, and say so.
    let with = |mode: u32, text: &[u8]| {
        fs::write(&key, text).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
    };
    with(0o644, &fs::read(&away).unwrap());
    assert!(why(&server).contains("chmod 600"), "{}", why(&server));
    with(0o600, "ab".repeat(32).as_bytes());
    assert!(why(&server).contains("鍵のファイル") && why(&server).contains("で作られています"));
    let told = place.run(&["repair"]);
    assert!(told.err.contains("サーバーを止めて"), "{}", told.err);
    // Put back, it is used without a restart.
    fs::rename(&away, &key).unwrap();
    wait_for("the file that waited", || server.get("/api/v1/status").1.contains("\"data_version\":2"));
    assert_eq!(server.get("/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(server.stop(), 0);
    // Nothing makes a key again; the command says where it stands.
    for (text, says) in [(Some("ab".repeat(32)), "で作られています"), (None, "がありません")] {
        fs::remove_file(&key).unwrap();
        text.into_iter().for_each(|text| with(0o600, text.as_bytes()));
        let told = place.ok(&["repair"]);
        assert!(told.contains(says) && told.contains("取り込みは待ちます"), "{told}");
    }
}
