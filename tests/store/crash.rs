//! `kill -9` at any moment, and a disk that is full: nothing acknowledged is lost, nothing is half there.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use hinomi::epi::clock::Clock;
use hinomi::store::{AsOf, BatchId, Query, Store, StoreSettings};

use super::room::{KEYED, Room};

const CHILD: &str = "HINOMI_TEST_STORE_CHILD";
const LIMIT: &str = "HINOMI_TEST_STORE_LIMIT";

/// A snapshot of 300 notifications; what changes from turn to turn depends on the turn alone.
fn snapshot(turn: u32) -> String {
    let rows = (0..300).map(|n| {
        let sex = if (n + turn).is_multiple_of(7) { "F" } else { "M" };
        format!("{},covid,{sex},2022-01-{:02}\n", 100_000 + n, (n + turn) % 28 + 1)
    });
    format!("id,disease,sex,day\n{}", rows.collect::<String>())
}

/// What the table shows after a turn.
fn shown(store: &Store, as_of: AsOf) -> Vec<String> {
    let text = "SELECT case_id, sex, reported_day FROM cases ORDER BY case_id";
    let query = Query::new("shown", text, []);
    super::room::lines(&store.query(&query, as_of, Duration::from_mins(5)).expect("rows"))
}

fn expected(turn: u32) -> Vec<String> {
    let row = |n: u32| {
        let sex = if (n + turn).is_multiple_of(7) { "F" } else { "M" };
        format!("{}|{sex}|2022-01-{:02}", n + 1, (n + turn) % 28 + 1)
    };
    (0..300).map(row).collect()
}

/// Not a test of its own: the process that the others kill. Delivers turn after turn and says each one that was
/// acknowledged.
#[test]
fn child() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let limit = |bytes: Option<u64>| {
        let limits = rustix::process::Rlimit { current: bytes, maximum: None };
        rustix::process::setrlimit(rustix::process::Resource::Fsize, limits).unwrap();
    };
    limit(std::env::var(LIMIT).ok().map(|text| text.parse().unwrap()));
    let room = Room::with(|s| s.data_dir = folder.into());
    let first = room.store.latest().0;
    let mut out = std::io::stdout();
    for turn in first..first + 400 {
        let receipt = room.deliver_as(KEYED, "f.csv", &snapshot(turn), |_| {});
        match receipt {
            Ok(receipt) => writeln!(out, "acknowledged {turn} {}", receipt.batch.unwrap().0).unwrap(),
            Err(error) => {
                writeln!(out, "failed {error:?}").unwrap();
                // There is room again: it goes on, without a restart.
                limit(None);
                match room.deliver_as(KEYED, "f.csv", &snapshot(turn), |_| {}) {
                    Ok(receipt) => writeln!(out, "recovered {}", receipt.batch.unwrap().0).unwrap(),
                    Err(error) => writeln!(out, "stuck {error:?}").unwrap(),
                }
                break;
            }
        }
        out.flush().unwrap();
    }
}

fn spawn(folder: &std::path::Path, limit: Option<u64>) -> std::process::Child {
    // The shell makes writes beyond the limit fail, where they would end the process otherwise.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(std::env::current_exe().expect("a program"));
    command.args(["--exact", "store::crash::child", "--nocapture", "--test-threads=1"]);
    command.env(CHILD, folder).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(limit) = limit {
        command.env(LIMIT, limit.to_string());
    }
    command.spawn().expect("a child")
}

/// The turn of an acknowledgement, and its batch.
fn acknowledged(line: &str) -> Option<(u32, u32)> {
    let at = line.find("acknowledged ")?;
    let mut words = line[at..].split_whitespace().skip(1);
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

#[test]
fn killed_at_any_moment_it_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut last = 0;
    for round in 0..6_u64 {
        let mut child = spawn(&data, None);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        for line in lines {
            let Ok(line) = line else { break };
            if let Some((turn, batch)) = acknowledged(&line) {
                assert_eq!(batch, turn + 1);
                last = batch;
                seen += 1;
            }
            if seen == 3 + round {
                // Somewhere within the next delivery.
                std::thread::sleep(Duration::from_millis(7 * round + 3));
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(seen >= 3 + round, "the child ended by itself");
        let settings = StoreSettings { free_disk_floor: 0, ..StoreSettings::new(&data) };
        let store = Store::open(&settings, &Clock::running()).unwrap();
        let latest = store.latest().0;
        assert!(latest >= last, "batch {last} was acknowledged, {latest} is there");
        for batch in [1, last.max(2) / 2, latest] {
            assert_eq!(shown(&store, AsOf::Batch(BatchId(batch))), expected(batch - 1), "batch {batch}");
        }
        let findings = store.verify(&|_| {}).unwrap();
        assert_eq!(findings.faults, Vec::<String>::new(), "round {round}");
        assert_eq!(findings.batches, u64::from(latest));
        store.close().unwrap();
    }
}

#[test]
fn a_full_disk_is_an_error_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // A limit on the size of a file stands for a disk that is full: writes beyond it fail.
    let mut child = spawn(&data, Some(700 << 10));
    let (mut last, mut failed, mut recovered) = (0, false, false);
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        if let Some((_, batch)) = acknowledged(&line) {
            last = batch;
        }
        recovered |= line.contains("recovered ");
        failed |= line.contains("failed ");
    }
    child.wait().unwrap();
    assert!(last > 0, "nothing was acknowledged before the disk was full");
    assert!(failed, "the disk was never full");
    assert!(recovered, "with room again it did not go on");
    let settings = StoreSettings { free_disk_floor: 0, ..StoreSettings::new(&data) };
    let store = Store::open(&settings, &Clock::running()).unwrap();
    let latest = store.latest().0;
    assert!(latest >= last, "batch {last} was acknowledged, {latest} is there");
    assert_eq!(shown(&store, AsOf::Latest), expected(latest - 1));
    assert_eq!(store.verify(&|_| {}).unwrap().faults, Vec::<String>::new());
}
