//! The server: files in its folders, an orderly end, a sudden one.

use std::fs;

use super::Place;
use super::place::{files_in, list, rows_of, wait_for};

fn total(place: &Place) -> u64 {
    let csv = place.ok(&[
        "show",
        "new_cases_published",
        "--from",
        "2020-03-01",
        "--to",
        "2020-03-31",
        "--by",
        "day",
        "--format",
        "csv",
    ]);
    rows_of(&csv).lines().skip(1).filter_map(|l| l.split(',').nth(1)?.parse::<u64>().ok()).sum()
}

/// As a careful source delivers: under another name first.
pub fn drop_in(place: &Place, name: &str, text: &str) {
    let inbox = place.path("data/inbox/town-list");
    fs::create_dir_all(&inbox).expect("made");
    let half = inbox.join(format!("{name}.part"));
    fs::write(&half, text).expect("written");
    fs::rename(half, inbox.join(name)).expect("renamed");
}

#[test]
fn files_in_its_folders_are_taken_and_bad_ones_put_away() {
    let place = Place::new();
    let server = place.serve();
    drop_in(&place, "a.csv", &list(0, 10, "2020-03-04"));
    drop_in(&place, "b.csv", "公表日\n2020-03-04\n");
    drop_in(&place, "c.csv", &list(10, 10, "2020-03-05"));
    let inbox = place.path("data/inbox/town-list");
    wait_for("the folder to be empty", || files_in(&inbox).is_empty());
    assert_eq!(total(&place), 20);
    let refused = files_in(&place.path("data/refused/town-list"));
    assert_eq!(refused, ["b.csv", "b.csv.receipt.json"]);
    let receipt = fs::read_to_string(place.path("data/refused/town-list/b.csv.receipt.json")).expect("there");
    assert!(receipt.contains("整理番号"), "{receipt}");
    let jobs = place.ok(&["job", "list"]);
    assert!(jobs.contains("deliver:town-list"), "{jobs}");
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_scheme_of_one_s_own_may_be_asked_for() {
    let place = Place::new();
    place.write(
        "definitions/queries/reference/schemes/ward-2026.toml",
        "id = \"ward-2026\"\ndate = \"2026-01-05\"\nja = \"区の目安\"\nen = \"The ward's own\"\nshort = \"区\"\n\
         source = \"保健所\"\n[[item]]\nid = \"beds\"\nja = \"病床（区の目安）\"\nen = \"Beds\"\nunit = \"percent\"\n\
         asks = { indicator = \"bed_occupancy_now\", column = \"value\" }\ncomparison = \">=\"\n\
         marks = [{ ja = \"注意\", value = 35 }]\nsource = \"保健所\"\n",
    );
    place.ok(&["check"]);
    let table = place.ok(&["show", "against_reference", "--by", "ward-2026"]);
    assert!(table.contains("病床（区の目安）") && table.contains("35%以上"), "{table}");
    let explained = place.ok(&["explain", "against_reference"]);
    assert!(explained.contains("2026-01-05 病床（区の目安）"), "{explained}");

    let server = place.serve();
    let (status, page) = server.get("/explore?indicator=against_reference&by=ward-2026");
    assert_eq!(status, 200);
    assert!(page.contains("value=\"ward-2026\" selected") && page.contains("35%以上"), "{page}");
    let (status, json) = server.get("/api/v1/indicators/against_reference?by=ward-2026");
    assert!(status == 200 && json.contains("ward-2026/beds"), "{json}");
    assert_eq!(server.stop(), 0);
}

#[test]
fn questions_that_can_t_be_say_why() {
    let place = Place::new();
    let server = place.serve();
    let today = place.ok(&["show", "deaths_total", "--as-of", "today"]);
    assert!(today.contains("as of"), "{today}");
    let day = hinomi::epi::clock::Clock::running().today();
    for (question, why) in [
        ("from=2020-11-20&to=2020-11-01", "from 2020-11-20 is later than to 2020-11-01"),
        ("as_of=2199-01-01", "as of 2199-01-01T23:59+09:00 lies in the future"),
        ("as_of=2199-01-01T10:05", "lies in the future"),
        ("bands=ten", "has no age bands: bands can't be chosen"),
        ("against=previous", "has no period to compare with: against can't be chosen"),
    ] {
        let (status, problem) = server.get(&format!("/api/v1/indicators/new_cases_published?{question}"));
        assert!(status == 400 && problem.contains(why), "{question}: {status} {problem}");
    }
    for question in [format!("as_of={day}"), format!("as_of={day}T00:00")] {
        let (status, _) = server.get(&format!("/api/v1/indicators/new_cases_published?{question}"));
        assert_eq!(status, 200, "{question}");
    }
    let (status, page) = server.get("/explore?indicator=new_cases_published&as_of=2199-01-01T10:05");
    assert!(status == 400 && page.contains("lies in the future"), "{page}");
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_file_that_grows_is_taken_once_and_whole() {
    let place = Place::new();
    let server = place.serve();
    let path = place.path("data/inbox/town-list/slow.csv");
    let whole = list(0, 400, "2020-03-04");
    wait_for("the folder", || path.parent().is_some_and(std::path::Path::is_dir));
    let mut file = fs::File::create(&path).expect("made");
    for part in whole.as_bytes().chunks(whole.len() / 8 + 1) {
        use std::io::Write;
        file.write_all(part).expect("written");
        std::thread::sleep(std::time::Duration::from_millis(150));
    }
    drop(file);
    wait_for("the file to be taken", || !path.exists());
    assert_eq!(total(&place), 400);
    assert!(files_in(&place.path("data/refused/town-list")).is_empty());
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_sudden_end_loses_nothing_acknowledged() {
    const FILES: u32 = 24;
    let place = Place::new();
    let inbox = place.path("data/inbox/town-list");
    for n in 0..FILES {
        drop_in(&place, &format!("{n:03}.csv"), &list(n * 1000, 200, "2020-03-04"));
    }
    let mut left = files_in(&inbox).len();
    for _ in 0..5 {
        let server = place.serve();
        // Somewhere in the middle of a delivery, a little further each time.
        wait_for("a delivery", || files_in(&inbox).len() < left || left == 0);
        server.kill();
        left = files_in(&inbox).len();
        let taken = u64::from(FILES) - left as u64;
        let known = total(&place);
        assert!(known >= taken * 200, "{taken} files were acknowledged, {known} rows are known");
        assert_eq!(known % 200, 0, "no file is taken by halves");
        place.ok(&["verify"]);
    }
    let server = place.serve();
    wait_for("the folder to be empty", || files_in(&inbox).is_empty());
    assert_eq!(server.stop(), 0);
    assert_eq!(total(&place), u64::from(FILES) * 200);
    assert!(files_in(&place.path("data/refused/town-list")).is_empty());
}

/// Files that wait for the server's start are taken by the times in their names, and no name writes into the log.
#[test]
fn what_waits_at_the_start_is_taken_in_its_order() {
    let place = Place::new();
    let evil = "a\n\u{1b}[31mERROR 偽\n_20200306T1200.csv";
    drop_in(&place, evil, &list(0, 30, "2020-03-04"));
    drop_in(&place, "m_20200306T1100.csv", &list(0, 20, "2020-03-04"));
    drop_in(&place, "z_20200306T1000.csv", &list(0, 10, "2020-03-04"));
    let log = place.path("server.log");
    let server = place.serve_with(&[("HINOMI__LOG__FILE", &log.display().to_string())]);
    wait_for("the folder to be empty", || files_in(&place.path("data/inbox/town-list")).is_empty());
    let journal =
        fs::read_to_string(place.path("data/archive/journal/deliveries.jsonl")).expect("the journal");
    let at = |name: &str| journal.find(name).unwrap_or_else(|| panic!("{name}: {journal}"));
    assert!(at("z_20200306T1000") < at("m_20200306T1100") && at("m_20200306T1100") < at("_20200306T1200"));
    let log = fs::read_to_string(log).expect("the log");
    assert!(log.contains("_20200306T1200.csv") && !log.contains('\u{1b}'), "{log}");
    assert!(log.lines().all(|line| line.starts_with("20")), "each line is an event of its own: {log}");
    assert_eq!(server.stop(), 0);
    assert_eq!(total(&place), 30);
}

#[test]
fn a_full_disk_holds_deliveries_and_the_status_says_so() {
    let place = Place::new();
    let server = place.serve_with(&[("HINOMI__FREE_DISK_FLOOR", "1000TB")]);
    drop_in(&place, "a.csv", &list(0, 10, "2020-03-04"));
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(files_in(&place.path("data/inbox/town-list")), ["a.csv"]);
    let status: serde_json::Value = serde_json::from_str(&server.get("/api/v1/status").1).expect("JSON");
    assert!(status["disk"]["free"].as_u64() < status["disk"]["floor"].as_u64(), "{status}");
    let said = place.run(&["load", "town-list"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("floor"), "{}", said.err);
    assert_eq!(server.stop(), 0, "what waits does not keep the server");
    let server = place.serve();
    wait_for("the file to be taken", || files_in(&place.path("data/inbox/town-list")).is_empty());
    assert_eq!(total(&place), 10);
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_long_path_has_a_socket_too() {
    let place = Place::new();
    let deep = format!("{}/data", "much-too-long-a-name-for-a-folder/".repeat(4));
    let settings = fs::read_to_string(place.path("hinomi.toml")).expect("there");
    place.write("hinomi.toml", &settings.replace("'data'", &format!("'{deep}'")));
    fs::create_dir_all(place.path(&deep)).expect("made");
    std::os::unix::fs::symlink(place.path(&deep), place.path("data")).expect("linked");
    let server = place.serve();
    assert!(place.ok(&["job", "list"]).contains("nightly"));
    assert_eq!(server.stop(), 0);
}
