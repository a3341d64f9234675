//! A trial says what a delivery does, and does nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use hinomi::definitions::Catalog;
use hinomi::definitions::files::Definitions;
use hinomi::store::{AsOf, Hold, Outcome, Receipt};
use jiff::ToSpan;

use super::delivery::House;
use super::house;

/// Every file below a folder, with its bytes; the database's own file may be tidied at any time.
fn kept(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.to_string_lossy().contains("hinomi.duckdb") {
                let bytes = std::fs::read(&path).expect("readable");
                found.insert(path, bytes);
            }
        }
    }
    found
}

/// Tries a file, then delivers it: the same receipt, and nothing but the delivery changed anything.
fn same(ours: &House, source: &str, path: &Path, replay: bool) -> Receipt {
    let before = (ours.store().latest(), kept(ours.folder()), ours.store().sources());
    let tried = ours.try_out(source, path, replay);
    let after = (ours.store().latest(), kept(ours.folder()), ours.store().sources());
    assert!(before == after, "{source} {}: a trial left something behind", path.display());
    let receipt = if replay { ours.replay(source, path) } else { ours.deliver(source, path) };
    assert_eq!(tried, receipt, "{source} {}", path.display());
    receipt
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

#[test]
fn a_trial_of_every_sample_is_its_delivery() {
    let catalog = Catalog::load(&Definitions::embedded()).expect("the catalog");
    let ours = House::new();
    for source in catalog.mappings.keys() {
        for path in files(&house("data-samples").join(source)) {
            let first = same(&ours, source, &path, false);
            assert_eq!(first.outcome, Outcome::Accepted, "{}", path.display());
            // Known by now: the trial is made against what is stored.
            let again = same(&ours, source, &path, false);
            assert_eq!((again.outcome, again.counted.expect("counted").new), (Outcome::Unchanged, 0));
        }
    }
}

#[test]
fn a_trial_of_every_bad_sample_is_its_delivery() {
    for stored in [false, true] {
        let ours = House::new();
        if stored {
            ours.deliver(
                "municipal-cumulative",
                &house("data-samples/municipal-cumulative/municipality_20210307.csv"),
            );
        }
        for path in files(&house("data-samples/bad")) {
            same(&ours, "municipal-cumulative", &path, false);
        }
    }
}

const HEADER: &str =
    "HER-SYS ID,疾病名,当該者の類型,届出経路,管轄区分,区民,性別,年齢,住所,報告年月日,受理日時\n";

fn notification(id: u32, class: &str, day: u32) -> String {
    format!(
        "{id},新型コロナウイルス感染症,{class},HER-SYS,管内,○,女,52,港区芝公園,2026-10-{day:02},2026-10-{day:02} 11:00\n"
    )
}

#[test]
fn a_trial_holds_merges_and_refuses_as_a_delivery_does() {
    let ours = House::new();
    let folder = tempfile::tempdir().expect("a folder");
    let lay = |name: &str, rows: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{HEADER}{rows}")).expect("written");
        path
    };
    let source = "her-sys-cases";
    let rows: Vec<String> = (0..21).map(|n| notification(810_000 + n, "患者（確定例）", 1 + n / 7)).collect();
    let contradicting = notification(810_000, "無症状病原体保有者", 1) + &rows.concat();
    let path = lay("hersys_20261001-20261003_20261004T060000.csv", &contradicting);
    let receipt = same(&ours, source, &path, false);
    let counted = receipt.counted.expect("counted");
    assert_eq!((receipt.rows, counted.new, counted.merged, receipt.quarantined), (22, 21, 1, 0));

    let path = lay("hersys_20261001-20261003_20261004T063000.csv", &rows[..17].concat());
    let receipt = same(&ours, source, &path, false);
    assert!(matches!(receipt.hold, Some(Hold::LostEnd { withdrawn: 4, .. })), "{receipt:?}");

    let bad = rows.concat().replace("8100", "8100x");
    let path = lay("hersys_20261001-20261003_20261004T070000.csv", &bad);
    assert!(matches!(same(&ours, source, &path, false).outcome, Outcome::Refused(_)));

    let mut more = rows.concat();
    for n in 0..5 {
        write!(more, "{}", notification(820_000 + n, "患者（確定例）", 3)).expect("written");
    }
    let path = lay("hersys_20261001-20261003_20261004T073000.csv", &more);
    assert_eq!(same(&ours, source, &path, false).counted.expect("counted").new, 5);
}

#[test]
fn a_replay_takes_nothing_of_the_days_after_its_stamp_and_a_trial_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("hersys_20261001-20261004_20261003T120000.csv");
    let rows: String = (0..30).map(|n| notification(810_000 + n, "患者（確定例）", 1 + n / 15)).collect();
    // Known from 12:00 of the 3rd: a report of the 4th can't be in it, nor one received at 12:01.
    let later = notification(830_000, "患者（確定例）", 4);
    std::fs::write(&path, format!("{HEADER}{rows}{later}")).expect("written");
    let replayed = House::new();
    let receipt = same(&replayed, "her-sys-cases", &path, true);
    assert_eq!(receipt.rows, 31);
    let text = "SELECT count(*) FROM cases WHERE reported_day > DATE '2026-10-03' OR received_day > DATE '2026-10-03'";
    assert_eq!(replayed.query("ahead", text, &[], AsOf::Latest), [["0"]]);
    let live = House::new();
    live.clock().set(live.clock().now().checked_add(1.hour()).expect("a time"));
    let receipt = same(&live, "her-sys-cases", &path, false);
    assert_eq!((receipt.quarantined, receipt.unread.len()), (0, 0));
}
