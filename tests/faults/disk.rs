//! A disk that fills up under a running server, and one that is full when it starts: on a small file system of its own, where
//! the tests may mount one.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::{Display, metrics};
use crate::cli::place::{Place, Server, list, wait_for};

/// A small file system with the data folder on it; gone when dropped.
struct Small {
    place: Place,
    root: PathBuf,
}

impl Small {
    /// None where the tests may not mount: only root may.
    fn mounted() -> Option<Self> {
        let place = Place::new();
        let root = place.path("small");
        fs::create_dir(&root).expect("made");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=96m", "tmpfs"]).arg(&root).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            println!("no file system can be mounted here: skipped");
            return None;
        }
        Some(Self { place, root })
    }

    /// The environment of a server there: its inbox stands on another disk, as a source's does.
    fn environment(&self, floor: &str) -> Vec<(&'static str, String)> {
        let inbox = self.place.path("inbox");
        fs::create_dir_all(&inbox).expect("made");
        vec![
            ("HINOMI__DATA_DIR", self.root.join("data").to_str().expect("a path").to_owned()),
            ("HINOMI__FREE_DISK_FLOOR", floor.to_owned()),
            ("HINOMI__SOURCES__TOWN_LIST__INBOX", inbox.to_str().expect("a path").to_owned()),
            ("HINOMI__LOG__FILE", self.place.path("server-log.txt").to_str().expect("a path").to_owned()),
        ]
    }

    fn serve(&self, floor: &str) -> Server {
        let environment = self.environment(floor);
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.place.serve_in(&self.root.join("data"), &environment)
    }

    /// A command there: was it done, and what it said.
    fn run(&self, floor: &str, args: &[&str]) -> (bool, String) {
        let said = self.place.command(args).envs(self.environment(floor)).output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (said.status.success(), text(&said.stdout) + &text(&said.stderr))
    }

    fn free(&self) -> u64 {
        let stat = rustix::fs::statvfs(&self.root).expect("measured");
        stat.f_bavail * stat.f_frsize
    }

    fn deliver(&self, name: &str, first: u32, rows: u32) {
        let inbox = self.place.path("inbox");
        fs::write(inbox.join("coming.part"), list(first, rows, "2020-03-05")).expect("written");
        fs::rename(inbox.join("coming.part"), inbox.join(name)).expect("named");
    }

    fn ballast(&self) -> PathBuf {
        self.root.join("ballast")
    }

    /// Leaves so many bytes free, as exactly as the file system counts.
    fn fill(&self, leave: u64) {
        let mut file = File::create(self.ballast()).expect("made");
        let block = vec![0; 64 << 10];
        // Until nothing more goes in.
        while file.write_all(&block).is_ok() {}
        while file.write_all(&block[..4096]).is_ok() {}
        let full = file.metadata().expect("known").len();
        file.set_len(full.saturating_sub(leave)).expect("cut");
    }

    fn empty(&self) {
        fs::remove_file(self.ballast()).expect("removed");
    }

    fn log(&self) -> String {
        fs::read_to_string(self.place.path("server-log.txt")).unwrap_or_default()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // A server that a failed test left may still hold it.
        let _ = Command::new("umount").arg("-l").arg(&self.root).status();
    }
}

/// Does a line of the log say what became of a file?
fn ended(line: &str) -> bool {
    ["deliveries wait", "tried again", "delivered"].iter().any(|what| line.contains(what))
}

/// Rows of a delivery that needs more room than is left.
const AT_ONCE: u32 = 30_000;

fn version(server: &Server) -> u64 {
    metrics(server)["hinomi_data_version"] as u64
}

fn verify(small: &Small) {
    let (done, said) = small.run("0", &["verify"]);
    assert!(done, "{said}");
}

fn cases(server: &Server) -> u64 {
    // A machine at its limit tells whoever asks to come back.
    let mut said = String::new();
    for _ in 0..10 {
        let (status, text) = server.get("/api/v1/indicators/cumulative_town?format=json");
        said = text;
        if status == 200 {
            break;
        }
    }
    let answer: Value = serde_json::from_str(&said).expect("json");
    answer["rows"][0][0].as_u64().expect("a count")
}

const COUNT: &str = "-- title.ja: 数\n-- title.en: Count\n-- unit: persons\n-- shape: value\n-- measure: none\n\
    -- basis: 受理\n-- date: 公表日\n-- numerator: 行の数\n-- source: town-list\n-- lag_days: 0\n-- missing: zero\n\
    -- high_is: bad\n-- columns: value 件数\n-- board: none\n\
    SELECT CAST(count(*) AS BIGINT) AS value FROM cases WHERE source = 'town-list'\n";

fn counts(place: &Place) {
    place.write("definitions/queries/indicators/cumulative_town.sql", COUNT);
}

#[test]
fn a_disk_that_fills_up_at_any_step_of_a_delivery_heals_by_itself() {
    let Some(small) = Small::mounted() else { return };
    counts(&small.place);
    // Without a floor a delivery begins with little room, and runs out of it on its way.
    let server = small.serve("0");
    let mut display = Display::at(&server.address);
    small.deliver("start.csv", 0, 40);
    display.shows(1);
    let mut rows: u32 = 40;
    for (round, leave) in
        [0, 300, 1_100, 1_200, 1_300, 1_500, 1_800, 2_200, 2_600, 4_500].into_iter().enumerate()
    {
        small.fill(leave << 10);
        let round = round as u32 + 1;
        small.deliver(&format!("{round}.csv"), round * 50_000, AT_ONCE);
        let file = format!("{round}.csv");
        let tried = |log: &str| log.lines().any(|line| line.contains(&file) && ended(line));
        wait_for("an attempt", || tried(&small.log()));
        // Whatever became of it: pages are answered, and say what is wrong.
        assert!(matches!(server.get("/healthz").0, 200 | 503));
        small.empty();
        wait_for("its health", || server.get("/healthz").0 == 200);
        rows += AT_ONCE;
        wait_for("the delivery, once there was room", || version(&server) == u64::from(round) + 1);
        assert_eq!(cases(&server), u64::from(rows), "after {leave} KiB");
        println!(
            "{leave} KiB: opened again {} times",
            metrics(&server)["hinomi_database_opened_again_total"]
        );
        display.shows(u64::from(round) + 1);
    }
    let opened = metrics(&server)["hinomi_database_opened_again_total"];
    assert!(opened > 0.0, "the database failed, or this has tried nothing");
    assert_eq!(server.stop(), 0);
    verify(&small);
    let server = small.serve("0");
    assert_eq!(cases(&server), u64::from(rows), "after a restart");
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_server_that_starts_without_a_free_byte_shows_its_last_frames_and_says_why() {
    for floor in ["16MB", "0"] {
        let Some(small) = Small::mounted() else { return };
        starts_full(&small, floor);
    }
}

fn starts_full(small: &Small, floor: &str) {
    counts(&small.place);
    let server = small.serve(floor);
    Display::at(&server.address).shows(0);
    small.deliver("a.csv", 0, 40);
    wait_for("a kept frame", || {
        version(&server) == 1 && server.get("/api/v1/boards/today/frames").1.matches("\"at\"").count() > 1
    });
    // Its log of changes is not folded in.
    server.kill();

    small.fill(0);
    let server = small.serve(floor);
    Display::at(&server.address).shows(1);
    let (status, said) = server.get("/healthz");
    assert!(status == 503 && said.starts_with("read_only: ") && said.contains("ディスク満杯"), "{said}");
    wait_for("figures", || server.get("/readyz").0 == 200);
    let (_, status) = server.get("/api/v1/status");
    let status: Value = serde_json::from_str(&status).expect("json");
    assert_eq!(status["troubles"][0]["what"], "read_only", "{status}");
    let wall = server.get("/wall/today").1;
    assert!(wall.contains("サーバー障害") && wall.contains("ディスク満杯"), "header and strip");
    assert!(server.get("/admin").1.contains("ディスク満杯"));
    assert_eq!(metrics(&server)["hinomi_trouble{what=\"read_only\"}"], 1.0);
    small.deliver("b.csv", 100, 7);
    assert_eq!(cases(&server), 40, "what is there is answered");

    small.empty();
    wait_for("its health", || server.get("/healthz") == (200, "ok\n".to_owned()));
    wait_for("what waited", || version(&server) == 2);
    assert_eq!(cases(&server), 47);
    wait_for("a calm wall", || !server.get("/wall/today").1.contains("サーバー障害"));
    assert_eq!(server.stop(), 0);
    verify(small);
}

#[test]
fn below_the_floor_deliveries_wait_and_nothing_fails() {
    let Some(small) = Small::mounted() else { return };
    counts(&small.place);
    let server = small.serve("32MB");
    small.deliver("a.csv", 0, 40);
    wait_for("the first version", || version(&server) == 1);
    small.fill(24 << 20);
    small.deliver("b.csv", 100, 7);
    wait_for("the trouble", || server.get("/healthz").1.starts_with("disk_low: "));
    assert_eq!(server.get("/healthz").0, 200, "it goes on");
    wait_for("the strip", || server.get("/wall/today").1.contains("ディスク不足"));
    assert_eq!((cases(&server), version(&server)), (40, 1));
    for work in [
        vec!["job", "run", "nightly"],
        vec!["backup", small.root.join("b").to_str().unwrap()],
        vec!["rebuild"],
    ] {
        let (done, said) = small.run("32MB", &work);
        assert!(!done && said.contains("ディスクの空きが"), "{work:?}: {said}");
    }
    assert!(!small.root.join("b").exists());
    // Elsewhere there is room.
    let elsewhere = small.place.path("b");
    let (done, said) = small.run("32MB", &["backup", elsewhere.to_str().unwrap()]);
    assert!(done, "{said}");
    let (done, said) = small.run("32MB", &["restore", elsewhere.to_str().unwrap(), "--replace"]);
    assert!(!done && said.contains("ディスクの空きが"), "{said}");
    small.empty();
    wait_for("what waited", || version(&server) == 2);
    assert_eq!(metrics(&server)["hinomi_database_opened_again_total"], 0.0);
    assert_eq!(server.stop(), 0);
    verify(&small);
}

/// Sorts more than the memory holds.
const SORTED: &str = "SELECT CAST(max(n) AS BIGINT) AS value FROM \
    (SELECT row_number() OVER (ORDER BY x * 7919 % 1000003, x) AS n FROM cases, range(1000000) AS a(x)) AS sorted";

#[test]
fn what_is_spilled_leaves_the_floor_free_as_the_disk_fills_up() {
    const FLOOR: u64 = 24 << 20;
    let Some(small) = Small::mounted() else { return };
    counts(&small.place);
    let (header, _) = COUNT.split_once("SELECT").expect("a header");
    small.place.write("definitions/queries/indicators/sorted.sql", &format!("{header}{SORTED}"));
    let server = small.serve("24MB");
    small.deliver("a.csv", 0, 40);
    wait_for("the first version", || version(&server) == 1);
    wait_for("a limit", || metrics(&server)["hinomi_spill_limit_bytes"] > 0.0);
    small.fill(FLOOR + (24 << 20));
    wait_for("a lower one", || metrics(&server)["hinomi_spill_limit_bytes"] <= f64::from(24 << 20));
    let asked = AtomicBool::new(false);
    let least = std::thread::scope(|threads| {
        let watching = threads.spawn(|| {
            let mut least = small.free();
            while !asked.load(Ordering::Relaxed) {
                least = least.min(small.free());
                std::thread::sleep(Duration::from_millis(1));
            }
            least
        });
        let (status, said) = server.get("/api/v1/indicators/sorted?format=json");
        asked.store(true, Ordering::Relaxed);
        assert!(status >= 500, "more than fits was spilled: {said}");
        watching.join().expect("a measure")
    });
    assert!(
        (FLOOR..FLOOR + (20 << 20)).contains(&least),
        "something was spilled, and the floor stayed: {least}"
    );
    assert_eq!(server.get("/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(cases(&server), 40);
    assert_eq!(server.stop(), 0);
}
