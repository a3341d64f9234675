//! Files as they land: in the order of their stamps, tried again, set aside, refused.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hinomi::intake::stamp::Stamp;
use hinomi::jobs::arrivals::{Arrival, Arrivals};
use hinomi::jobs::deliver::{DeliverError, Options};
use hinomi::store::{Outcome, RunOutcome};
use tokio_util::sync::CancellationToken;

use super::Ward;

async fn until(done: impl Fn() -> bool) {
    for _ in 0..600 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Takes these files as the server does, until `done` holds.
async fn take(ward: &Ward, source: &str, files: &[PathBuf], done: impl Fn() -> bool) {
    let shutdown = CancellationToken::new();
    let arrivals = Arrivals::new(ward.app.jobs.clone(), shutdown.clone());
    let arrival = |path: &PathBuf| Arrival { source: source.to_owned(), path: path.clone() };
    arrivals.add(files.iter().map(arrival).collect());
    let running = tokio::spawn(arrivals.run());
    until(&done).await;
    shutdown.cancel();
    running.await.expect("ends");
    assert!(done(), "in time");
}

fn taken(ward: &Ward) -> Vec<String> {
    let all = ward.app.store.deliveries(99).expect("the ledger");
    all.into_iter().rev().filter(|entry| entry.receipt.outcome.is_taken()).map(|entry| entry.name).collect()
}

#[tokio::test]
async fn files_are_taken_by_their_stamps_whatever_they_are_called() {
    let ward = Ward::new("delete").await;
    let names = ["a_20261120T090000.csv", "b_20261120T070000.csv", "c_20261120T080000.csv"];
    let files: Vec<PathBuf> = (10u32..).zip(names).map(|(n, name)| ward.lay(name, n)).collect();
    take(&ward, "ward-list", &files, || taken(&ward).len() == 3).await;
    assert_eq!(taken(&ward), [names[1], names[2], names[0]]);
}

/// While a file is tried again the later ones of its source wait; after a while they go on, and that file, when it can be
/// taken, is older than they are.
#[tokio::test]
async fn a_file_that_can_not_be_read_keeps_later_ones_waiting_for_a_while() {
    let ward = Ward::new("delete").await;
    let (first, second) = (ward.lay("20261120T070000.csv", 30), ward.lay("20261120T080000.csv", 31));
    // The key is another's: that is no fault of the file.
    let key = ward.data("key");
    fs::create_dir_all(ward.data("")).expect("made");
    fs::create_dir(&key).expect("a folder in the key's place");
    let refused = || ward.app.store.deliveries(9).expect("the ledger").len();
    let shutdown = CancellationToken::new();
    let arrivals = Arrivals::new(ward.app.jobs.clone(), shutdown.clone());
    let arrival = |path: &PathBuf| Arrival { source: "ward-list".to_owned(), path: path.clone() };
    arrivals.add(vec![arrival(&second), arrival(&first)]);
    let running = tokio::spawn(arrivals.run());
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert!(first.exists() && second.exists() && refused() == 0, "nothing is refused, nothing goes");
    // It can be read from now on: both are taken, in their order.
    fs::remove_dir(&key).expect("away");
    until(|| taken(&ward).len() == 2).await;
    assert_eq!(taken(&ward), ["20261120T070000.csv", "20261120T080000.csv"]);
    shutdown.cancel();
    running.await.expect("ends");
}

/// One that never comes to an end is set aside and told; when it can be taken at last, it is older than what went on.
#[tokio::test]
async fn a_file_that_comes_to_no_end_is_set_aside() {
    let ward = Ward::new("delete").await;
    let (first, second) = (ward.lay("20261120T070000.csv", 30), ward.lay("20261120T080000.csv", 31));
    let (writing, file) = (Arc::new(AtomicBool::new(true)), first.clone());
    let still = writing.clone();
    let writer = std::thread::spawn(move || {
        let mut n = 0;
        while still.load(Ordering::Relaxed) {
            n += 1;
            let mut open = fs::File::options().append(true).open(&file).expect("opens");
            writeln!(open, "W{n:05},2026-11-18").expect("grows");
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let shutdown = CancellationToken::new();
    let arrivals = Arrivals::new(ward.app.jobs.clone(), shutdown.clone());
    let arrival = |path: &PathBuf| Arrival { source: "ward-list".to_owned(), path: path.clone() };
    arrivals.add(vec![arrival(&second), arrival(&first)]);
    let running = tokio::spawn(arrivals.run());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(taken(&ward).is_empty() && second.exists(), "the later one waits");
    ward.at("2026-11-20T10:16:00");
    until(|| !taken(&ward).is_empty()).await;
    assert_eq!(taken(&ward), ["20261120T080000.csv"]);
    let runs = ward.app.store.runs(Some("deliver:ward-list"), 9).expect("the runs");
    assert!(
        runs.iter().any(|run| run.outcome == Some(RunOutcome::Failed) && run.note.contains("後回し")),
        "{runs:?}"
    );
    let known = ward.app.store.latest();
    writing.store(false, Ordering::Relaxed);
    writer.join().expect("ends");
    until(|| taken(&ward).len() == 2).await;
    let last = ward.app.store.deliveries(1).expect("the ledger").remove(0);
    assert!(last.receipt.stale && last.receipt.outcome == Outcome::Unchanged, "{last:?}");
    assert_eq!(ward.app.store.latest(), known, "nothing is turned back");
    shutdown.cancel();
    running.await.expect("ends");
}

/// A table of one's own that holds less than its rule lets through: the database can't take the value.
#[tokio::test]
async fn content_that_fails_again_and_again_is_refused_with_its_receipt() {
    let root = tempfile::tempdir().expect("a folder");
    let definitions = root.path().join("definitions");
    fs::create_dir_all(definitions.join("queries/schema")).expect("made");
    fs::create_dir_all(definitions.join("queries/sources")).expect("made");
    let table = "-- table: rooms\n-- subject: no\n-- happened: yes\n-- Rooms.\nSELECT\n  CAST(day AS DATE) AS day,\n  CAST(n AS SMALLINT) AS n  -- rule: number 0 100000\nFROM staged\n";
    fs::write(definitions.join("queries/schema/0901_rooms.sql"), table).expect("written");
    let mapping = "source = \"rooms\"\ntitle = { ja = \"部屋\", en = \"Rooms\" }\ntable = \"rooms\"\nmode = \"upsert\"\nkey = [\"day\"]\nrhythm = { by = \"08:00\" }\n\
        column = [{ headings = [\"日\"], privacy = \"keep\", field = \"day\", type = \"date\", required = true }, { headings = [\"数\"], privacy = \"keep\", field = \"n\", type = \"count\" }]\n";
    fs::write(definitions.join("queries/sources/rooms.toml"), mapping).expect("written");
    let ward = Ward::with("delete", |settings| settings.definitions_dir = Some(definitions.clone())).await;
    let inbox = ward.app.jobs.inbox("rooms");
    fs::create_dir_all(&inbox).expect("made");
    let (bad, good) = (inbox.join("20261119T070000.csv"), inbox.join("20261119T080000.csv"));
    fs::write(&bad, "日,数\n2026-11-18,70000\n").expect("written");
    fs::write(&good, "日,数\n2026-11-18,70\n").expect("written");
    take(&ward, "rooms", &[bad.clone(), good.clone()], || taken(&ward).len() == 1).await;
    let all = ward.app.store.deliveries(9).expect("the ledger");
    let Outcome::Refused(why) = &all[1].receipt.outcome else { panic!("{all:?}") };
    assert!(
        why.contains("同じ誤りで3回失敗しました") && why.contains("failed 3 times in the same way"),
        "{why}"
    );
    assert!(!why.contains("70000"), "no value: {why}");
    assert!(ward.data("refused/rooms/20261119T070000.csv").exists() && !bad.exists());
    assert!(ward.data("refused/rooms/20261119T070000.csv.receipt.json").exists());
    let runs = ward.app.store.runs(Some("deliver:rooms"), 9).expect("the runs");
    assert!(
        runs.iter().any(|run| run.outcome == Some(RunOutcome::Failed) && run.note.contains("受入拒否")),
        "{runs:?}"
    );
}

#[tokio::test]
async fn a_link_in_a_folder_is_never_followed() {
    let ward = Ward::new("delete").await;
    let own = ward.lay("a.csv", 5);
    let secret = ward.data("elsewhere.csv");
    fs::rename(&own, &secret).expect("moved");
    symlink(&secret, &own).expect("a link");
    assert!(matches!(ward.deliver(&own, &Options::default()), Err(DeliverError::Gone(_))));
    let mapping = ward.app.jobs.mapping("ward-list").expect("the source");
    let inbox = ward.app.jobs.inbox("ward-list");
    assert_eq!(hinomi::jobs::reload::waiting(&inbox, &mapping), Vec::<PathBuf>::new());
    assert!(secret.exists() && own.is_symlink());
}

#[tokio::test]
async fn a_file_of_times_to_come_is_refused() {
    let ward = Ward::new("delete").await;
    let ahead = ward.lay("20261120T200000.csv", 5);
    let receipt = ward.deliver(&ahead, &Options::default()).expect("a receipt");
    let Outcome::Refused(why) = &receipt.outcome else { panic!("{receipt:?}") };
    assert!(why.contains("今より先です") && why.contains("lies ahead"), "{why}");
    assert!(ward.data("refused/ward-list/20261120T200000.csv").exists());
    // What comes after it is not old for it; a clock that goes a little fast is no fault.
    let soon = ward.deliver(&ward.lay("20261120T103000.csv", 5), &Options::default()).expect("a receipt");
    assert_eq!((soon.outcome, soon.stale), (Outcome::Accepted, false));
    let now = ward.deliver(&ward.lay("20261120T103100.csv", 6), &Options::default()).expect("a receipt");
    assert_eq!((now.outcome, now.stale), (Outcome::Accepted, false));
    // Nor is what its own clock puts before the fast one, and after the moment at which that one came.
    let right = ward.deliver(&ward.lay("20261120T100100.csv", 7), &Options::default()).expect("a receipt");
    assert_eq!((right.outcome, right.stale), (Outcome::Accepted, false));
}

/// Tomorrow's name is of tomorrow, in a name and as `--stamp` says it.
#[tokio::test]
async fn a_day_to_come_is_refused_too() {
    let ward = Ward::new("delete").await;
    let tomorrow = ward.lay("list_20261121.csv", 5);
    let receipt = ward.deliver(&tomorrow, &Options::default()).expect("a receipt");
    let Outcome::Refused(why) = &receipt.outcome else { panic!("{receipt:?}") };
    assert!(why.contains("今より先です"), "{why}");
    let day: jiff::civil::Date = "2026-11-21".parse().expect("a day");
    let options = Options { stamp: Some(Stamp::Day(day).instant(ward.clock.now())), ..Options::default() };
    let receipt = ward.deliver(&ward.lay("list.csv", 5), &options).expect("a receipt");
    assert!(matches!(receipt.outcome, Outcome::Refused(_)), "{receipt:?}");
    // Shortly before midnight the next day is within what clocks may differ.
    ward.at("2026-11-20T23:30");
    let soon = ward.deliver(&ward.lay("list_20261121.csv", 5), &Options::default()).expect("a receipt");
    assert_eq!(soon.outcome, Outcome::Accepted);
    let today = ward.deliver(&ward.lay("list_20261120.csv", 6), &Options::default()).expect("a receipt");
    assert_eq!((today.outcome, today.stale), (Outcome::Accepted, false));
}

/// A day alone in the name of a file that is left where it is: the day orders the files, and what is written into one
/// anew is read.
#[tokio::test]
async fn files_of_days_that_are_left_in_place_turn_nothing_back() {
    let ward = Ward::new("leave").await;
    let read = || ward.app.store.deliveries(9).expect("the ledger");
    let new = ward.lay("list_20261119.csv", 31);
    ward.deliver(&new, &Options::default()).expect("a receipt");
    let batch = ward.app.store.latest();
    // The older one is laid down later.
    let old = ward.lay("list_20261118.csv", 30);
    let receipt = ward.deliver(&old, &Options::default()).expect("a receipt");
    assert!(receipt.stale && receipt.outcome == Outcome::Unchanged, "{receipt:?}");
    assert_eq!(ward.app.store.latest(), batch);
    // Both are touched, and nothing in them is new.
    for path in [&old, &new] {
        let file = fs::File::options().append(true).open(path).expect("opens");
        file.set_modified(std::time::SystemTime::from(ward.clock.now())).expect("touched");
    }
    take(&ward, "ward-list", &[new.clone(), old.clone()], || true).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((read().len(), ward.app.store.latest()), (2, batch));
    // What is written into the newer one after its day is read; into the older one too, and turns nothing back.
    ward.lay("list_20261119.csv", 32);
    take(&ward, "ward-list", &[new], || read().len() == 3).await;
    assert_eq!((read()[0].receipt.opened, read()[0].receipt.stale), (1, false));
    let batch = ward.app.store.latest();
    ward.lay("list_20261118.csv", 29);
    take(&ward, "ward-list", &[old], || read().len() == 4).await;
    assert!(read()[0].receipt.stale && ward.app.store.latest() == batch);
}

/// Files without any time, of which an older one is touched: its content is what it was.
#[tokio::test]
async fn an_older_file_without_a_time_that_is_touched_is_not_read_again() {
    let ward = Ward::new("leave").await;
    let touched = |path: &PathBuf, after: u64| {
        let file = fs::File::options().append(true).open(path).expect("opens");
        let at = std::time::SystemTime::from(ward.clock.now()) + Duration::from_secs(after);
        file.set_modified(at).expect("touched");
    };
    let (first, second) = (ward.lay("a.csv", 30), ward.lay("b.csv", 31));
    for (n, path) in [(0, &first), (60, &second)] {
        touched(path, n);
        ward.at(if n == 0 { "2026-11-20T10:00:30" } else { "2026-11-20T10:02" });
        ward.deliver(path, &Options::default()).expect("a receipt");
    }
    let batch = ward.app.store.latest();
    ward.at("2026-11-20T10:10");
    touched(&first, 0);
    take(&ward, "ward-list", &[first], || true).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        (ward.app.store.deliveries(9).expect("the ledger").len(), ward.app.store.latest()),
        (2, batch)
    );
}

/// Files that their source leaves in place, one older than the other: neither a restart nor a night turns anything back.
#[tokio::test]
async fn what_is_left_in_place_turns_nothing_back() {
    let ward = Ward::new("leave").await;
    let old = ward.lay("20261119T070000.csv", 30);
    ward.deliver(&old, &Options::default()).expect("a receipt");
    let new = ward.lay("20261120T070000.csv", 31);
    ward.deliver(&new, &Options::default()).expect("a receipt");
    let batch = ward.app.store.latest();
    let read = ward.app.store.deliveries(9).expect("the ledger").len();
    let job = hinomi::jobs::job("reload").expect("the job");
    let ran = ward.app.runner.run(job, ward.clock.now(), Arc::new(hinomi::jobs::Unwatched)).await;
    assert!(matches!(ran, hinomi::jobs::Ran::Done(_)), "{ran:?}");
    assert_eq!(ward.app.store.latest(), batch);
    assert_eq!(
        ward.app.store.deliveries(9).expect("the ledger").len(),
        read + 1,
        "the newer alone is read again"
    );
    // A restart hands them out again: neither is read.
    take(&ward, "ward-list", &[old, new], || true).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        (ward.app.store.latest(), ward.app.store.deliveries(9).expect("the ledger").len()),
        (batch, read + 1)
    );
}
