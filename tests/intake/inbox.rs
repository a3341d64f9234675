//! Files that land in a source's folder are handed out once they are complete.

use std::fs;
use std::io::Write;
use std::time::Duration;

use hinomi::intake::inbox::{Inbox, Pace, Place};
use tokio::time::timeout;

use super::mapping;

const LONG: Duration = Duration::from_secs(20);
const PACE: Pace = Pace { settle: Duration::from_millis(150), poll: Duration::from_mins(1) };

fn names(found: Vec<(String, std::path::PathBuf)>) -> Vec<(String, String)> {
    let name = |path: std::path::PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    found.into_iter().map(|(source, path)| (source, name(path))).collect()
}

#[tokio::test]
async fn a_growing_file_is_taken_when_it_stops_growing() {
    let root = tempfile::tempdir().expect("a folder");
    let place = |source: &str| Place { folder: root.path().join(source), mapping: mapping(source) };
    fs::create_dir(root.path().join("status-table")).expect("a folder");
    fs::write(root.path().join("status-table/testing_positive_cases_2.csv"), "x").expect("written");
    fs::write(root.path().join("status-table/testing_positive_cases_1.csv.gz"), "x").expect("written");
    fs::write(root.path().join("status-table/testing_positive_cases_0.csv.part"), "x").expect("written");
    fs::write(root.path().join("status-table/another.csv"), "x").expect("written");
    let mut inbox = Inbox::open(vec![place("status-table"), place("bed-survey")], PACE);
    let source = || "status-table".to_owned();
    let found = timeout(LONG, inbox.next()).await.expect("in time");
    let expected = ["testing_positive_cases_1.csv.gz", "testing_positive_cases_2.csv"];
    assert_eq!(names(found), expected.map(|name| (source(), name.to_owned())), "at once, in their order");
    assert!(timeout(Duration::from_millis(600), inbox.next()).await.is_err(), "nothing else is complete");

    let growing = root.path().join("status-table/testing_positive_cases_3.csv");
    let writer = std::thread::spawn(move || {
        let mut file = fs::File::create(&growing).expect("a file");
        for _ in 0..20 {
            file.write_all(&[b'x'; 1000]).expect("written");
            file.flush().expect("written");
            std::thread::sleep(Duration::from_millis(30));
        }
    });
    let found = timeout(LONG, inbox.next()).await.expect("in time");
    assert_eq!(fs::metadata(&found[0].1).expect("there").len(), 20_000);
    assert_eq!(names(found), [(source(), "testing_positive_cases_3.csv".to_owned())]);
    writer.join().expect("written");
}

#[tokio::test]
async fn the_poll_catches_what_watching_missed() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("not-there-yet");
    let pace = Pace { poll: Duration::from_millis(200), ..PACE };
    let mut inbox = Inbox::open(vec![Place { folder: folder.clone(), mapping: mapping("bed-survey") }], pace);
    assert!(timeout(Duration::from_millis(300), inbox.next()).await.is_err());
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("000000001.csv"), "x").expect("written");
    let found = timeout(LONG, inbox.next()).await.expect("in time");
    assert_eq!(names(found), [("bed-survey".to_owned(), "000000001.csv".to_owned())]);
    fs::remove_file(folder.join("000000001.csv")).expect("removed");
    assert!(timeout(Duration::from_millis(700), inbox.next()).await.is_err());
    fs::write(folder.join("000000001.csv"), "x").expect("written");
    timeout(LONG, inbox.next()).await.expect("it was away and is there again");
}
