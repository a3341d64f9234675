//! Tokyo's 陽性患者発表詳細: 26 cumulative dumps of March 2020, replayed as nightly snapshots with their stamps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hinomi::epi::clock::jst;
use hinomi::intake::fault::{Fault, FaultKind};
use hinomi::store::{AsOf, BatchId, Outcome, Param};
use jiff::Timestamp;
use serde_json::Value;

use super::{House, data, stamp_of};

const SOURCE: &str = "open-data-patients";

/// 0 bytes.
const EMPTY: &str = "20200305T182154";
/// Copies of an earlier dump: 44 rows and nothing after 03-04, days after the site itself had moved on.
const STALE: [&str; 2] = ["20200308T204108", "20200309T220547"];
/// It has lost the end of the dump before it, eight cases that were taken back: it waits for a person, who lets it pass
/// here. (After it the stale copies say nothing new.)
const SHORTER: &str = "20200306T074519";
/// One row of it has neither number nor date.
const NAMELESS_ROW: &str = "20200321T144803";

type Counts = BTreeMap<String, i64>;

struct Dump {
    stamp: String,
    path: PathBuf,
    /// `patients_summary` of the site at the same moment.
    site: Counts,
}

fn dumps(data: &Path) -> Vec<Dump> {
    let folder = data.join("tokyo");
    let mut dumps: Vec<Dump> = std::fs::read_dir(&folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.to_owned();
            let stem = name.strip_suffix("_patients.csv").filter(|s| s.as_bytes().get(8) == Some(&b'T'))?;
            let site = site(&folder.join(format!("{stem}_data.json")));
            Some(Dump { stamp: name[..15].to_owned(), path: path.clone(), site })
        })
        .collect();
    dumps.sort_by(|a, b| a.stamp.cmp(&b.stamp));
    assert_eq!(dumps.len(), 26);
    dumps
}

fn site(path: &Path) -> Counts {
    let json: Value =
        serde_json::from_slice(&std::fs::read(path).expect("the site's figures")).expect("JSON");
    let days = json["patients_summary"]["data"].as_array().expect("days");
    let day = |entry: &Value| entry["日付"].as_str().expect("a day")[..10].to_owned();
    days.iter().map(|entry| (day(entry), entry["小計"].as_i64().expect("a count"))).collect()
}

fn counts(house: &House, as_of: AsOf) -> Counts {
    let rows = house.query("published_by_day", include_str!("queries/published_by_day.sql"), &[], as_of);
    rows.into_iter().map(|row| (row[0].clone(), row[1].parse().expect("a count"))).collect()
}

/// On the days that the site shows, are our counts the site's?
fn agree(ours: &Counts, site: &Counts) -> bool {
    site.iter().all(|(day, count)| ours.get(day).copied().unwrap_or(0) == *count)
}

fn batch_at(house: &House, stamp: Timestamp) -> AsOf {
    AsOf::Batch(house.store().batch_at(stamp).expect("a batch"))
}

#[test]
fn each_dump_says_what_the_site_said_at_its_moment() {
    let Some(data) = data("the Tokyo dumps") else { return };
    let dumps = dumps(&data);
    let house = House::new();
    let mut kept: Vec<(AsOf, Counts)> = Vec::new();
    for dump in &dumps {
        let stamp = stamp_of(&dump.stamp);
        let before = (house.store().latest(), counts(&house, AsOf::Latest));
        let mut receipt = house.replay(SOURCE, &dump.path);
        assert_eq!(receipt.hold.is_some(), dump.stamp == SHORTER, "{}", dump.stamp);
        if receipt.hold.is_some() {
            assert_eq!((house.store().latest(), counts(&house, AsOf::Latest)), before);
            receipt = house.replay_confirmed(SOURCE, &dump.path);
        }
        if dump.stamp == EMPTY {
            let Outcome::Refused(why) = &receipt.outcome else { panic!("{:?}", receipt.outcome) };
            assert!(why.ends_with("the file is empty"), "{why}");
            assert_eq!((house.store().latest(), counts(&house, AsOf::Latest)), before);
            continue;
        }
        assert!(matches!(receipt.outcome, Outcome::Accepted | Outcome::Unchanged), "{:?}", receipt.outcome);
        if dump.stamp == NAMELESS_ROW {
            let expected = Fault::new(2, "公表_年月日", FaultKind::Missing);
            assert_eq!((receipt.quarantined, &receipt.faults[..]), (1, &[expected][..]));
        } else {
            assert_eq!(receipt.quarantined, 0, "{}: {:?}", dump.stamp, receipt.faults);
        }
        let ours = counts(&house, AsOf::Latest);
        kept.push((batch_at(&house, stamp), ours));
    }

    // As of each dump, long after all of them are in.
    let mut agreeing = 0;
    for dump in &dumps {
        let ours = counts(&house, batch_at(&house, stamp_of(&dump.stamp)));
        let total: i64 = ours.values().sum();
        if dump.stamp == EMPTY {
            // The refused file left the view of the dump before it, which the site agreed with.
            continue;
        }
        let same = agree(&ours, &dump.site);
        agreeing += usize::from(same);
        if STALE.contains(&dump.stamp.as_str()) {
            assert!(!same, "{}", dump.stamp);
            assert_eq!((total, ours.keys().next_back().map(String::as_str)), (44, Some("2020-03-04")));
        } else {
            assert!(same, "{}: {ours:?} and the site {:?}", dump.stamp, dump.site);
        }
        // The one dump that is ahead of the site: rows of 03-05.
        let ahead: Vec<_> = ours.iter().filter(|(day, _)| !dump.site.contains_key(*day)).collect();
        match dump.stamp.as_str() {
            "20200305T220309" => assert_eq!(ahead, [(&"2020-03-05".to_owned(), &8)]),
            stamp => assert!(ahead.is_empty(), "{stamp}: {ahead:?}"),
        }
        if dump.stamp == NAMELESS_ROW {
            assert_eq!(total, 136);
        }
    }
    assert_eq!(agreeing, 23);
    for (as_of, then) in &kept {
        assert_eq!(counts(&house, *as_of), *then, "as of {as_of:?} the past changed");
    }
    assert_eq!(counts(&house, AsOf::Latest).values().sum::<i64>(), 212);

    // The tenth that was taken: 73 cases, as it was.
    let tenth = dumps.iter().filter(|d| d.stamp != EMPTY).nth(9).expect("a tenth");
    let ours = counts(&house, batch_at(&house, stamp_of(&tenth.stamp)));
    assert_eq!(tenth.stamp, "20200311T235443");
    assert_eq!((ours.values().sum::<i64>(), agree(&ours, &tenth.site)), (73, true));
}

/// A copy of an older dump changes the view (or keeps it old), and the quality query says so.
#[test]
fn stale_copies_are_flagged() {
    let Some(data) = data("the stale Tokyo dumps") else { return };
    let house = House::new();
    let sql = std::fs::read_to_string(super::house("queries/quality/stale_content.sql")).expect("the query");
    let mut flagged = Vec::new();
    for dump in dumps(&data) {
        if dump.stamp == EMPTY {
            continue;
        }
        let stamp = stamp_of(&dump.stamp);
        house.replay_confirmed(SOURCE, &dump.path);
        let day = Param::Day(jst(stamp).date());
        let rows = house.query("stale_content", &sql, &[("as_of_day", day)], batch_at(&house, stamp));
        if let [row] = &rows[..] {
            assert_eq!(row[..], [SOURCE, "2020-03-04"]);
            flagged.push(dump.stamp);
        }
    }
    assert_eq!(flagged, STALE);
}

/// What was kept of the attributes, against counts taken from the files by hand.
#[test]
fn the_attributes_of_both_formats() {
    let Some(data) = data("the later Tokyo formats") else { return };
    for (file, expected) in [
        (
            "20200420_patients_3184rows.csv",
            ["3184", "3158", "62", "1947", "1207", "2670", "85", "122", "0", "0"],
        ),
        (
            "130001_tokyo_covid19_patients_2022-1__first40.csv",
            ["40", "40", "0", "22", "18", "29", "11", "10", "38", "40"],
        ),
    ] {
        let house = House::new();
        let receipt = house.deliver(SOURCE, &data.join("tokyo").join(file));
        assert_eq!((receipt.outcome, receipt.quarantined), (Outcome::Accepted, 0), "{file}");
        assert_eq!(receipt.batch, Some(BatchId(1)));
        let rows = house.query("attributes", include_str!("queries/attributes.sql"), &[], AsOf::Latest);
        assert_eq!(rows[0], expected, "{file}");
    }
}
