//! Bad input by the whole path: what is refused leaves everything stored as it was.

use std::fmt::Write as _;
use std::path::PathBuf;

use hinomi::intake::fault::{Fault, FaultKind};
use hinomi::store::{AsOf, Outcome, Receipt};

use super::delivery::House;
use super::{fault, house};

const SOURCE: &str = "municipal-cumulative";
const HEADER: &str = "全国地方公共団体コード,都道府県名,市区町村名,公表_年月日,集計区分,陽性者数\n";

fn bad(name: &str) -> PathBuf {
    house("data-samples/bad").join(name)
}

/// Every total that is known now, as text.
fn totals(house: &House) -> Vec<Vec<String>> {
    house.query("totals", include_str!("../real/queries/totals.sql"), &[], AsOf::Latest)
}

fn with_sample() -> House {
    let ours = House::new();
    let sample = house("data-samples/municipal-cumulative/municipality_20210307.csv");
    let receipt = ours.deliver(SOURCE, &sample);
    assert_eq!((receipt.outcome, receipt.opened), (Outcome::Accepted, 35));
    ours
}

fn refused(receipt: &Receipt) -> &str {
    match &receipt.outcome {
        Outcome::Refused(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_refused_changes_nothing() {
    let house = with_sample();
    let before = (house.store().latest(), totals(&house));
    for (name, says) in [
        ("empty.csv", "the file is empty"),
        ("wrong-encoding.csv", "EUC-JP"),
        ("missing-column.csv", "row 1: no column is headed 公表_年月日"),
        ("no-header.csv", "row 1: no column is headed"),
        ("twice-the-same-heading.csv", "row 1, column 陽性者数"),
        ("unterminated-quote.csv", "row 4, column 市区町村名"),
        ("cut-short.csv.gz", "damaged or cut short"),
        ("no-csv-inside.zip", "no .csv file"),
    ] {
        let receipt = house.deliver(SOURCE, &bad(name));
        assert!(refused(&receipt).contains(says), "{name}: {}", refused(&receipt));
        assert_eq!((house.store().latest(), totals(&house)), before, "{name}");
    }
    // One row in five is more than the mapping lets pass: the whole file is refused, and the row is named.
    for (name, column, kind) in [
        ("ragged-short.csv", "", FaultKind::Ragged),
        ("ragged-long.csv", "", FaultKind::Ragged),
        ("nul-byte.csv", "陽性者数", FaultKind::NulByte),
        ("stray-quote.csv", "市区町村名", FaultKind::UnterminatedQuote),
        ("swallowed-quote.csv", "市区町村名", FaultKind::UnterminatedQuote),
        ("record-in-quote.csv", "全国地方公共団体コード", FaultKind::RecordInQuote),
        ("records-in-quote.csv", "市区町村名", FaultKind::RecordInQuote),
        ("broken-character.csv", "集計区分", FaultKind::BadEncoding),
        ("broken-character-cp932.csv", "集計区分", FaultKind::BadEncoding),
        ("impossible-date.csv", "公表_年月日", FaultKind::NotADate),
        ("negative-count.csv", "陽性者数", FaultKind::Negative),
        ("not-a-number.csv", "陽性者数", FaultKind::NotANumber),
        ("unknown-code.csv", "集計区分", FaultKind::UnknownCode),
        ("not-an-id.csv", "全国地方公共団体コード", FaultKind::NotAnId),
    ] {
        let receipt = house.deliver(SOURCE, &bad(name));
        refused(&receipt);
        assert_eq!((receipt.quarantined, &receipt.faults[..]), (1, &[fault(4, column, kind)][..]), "{name}");
        assert_eq!((house.store().latest(), totals(&house)), before, "{name}");
    }
}

/// The same key twice with different figures: the later one counts, and both rows are named.
#[test]
fn the_same_key_twice_is_named() {
    let house = with_sample();
    let receipt = house.deliver(SOURCE, &bad("duplicate-key.csv"));
    assert_eq!((&receipt.outcome, receipt.quarantined), (&Outcome::Accepted, 0));
    assert_eq!(receipt.merged_rows, [Fault::new(4, "", FaultKind::ContradictingRows).beside(7)]);
    let counted = receipt.counted.expect("counted");
    assert_eq!((receipt.rows, counted.new, counted.merged), (6, 5, 1));
}

#[test]
fn a_few_bad_rows_are_quarantined_and_the_others_taken() {
    let house = with_sample();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("municipality_20210308.csv");
    let mut text = HEADER.to_owned();
    for day in 1..=28 {
        let value = if day == 9 { "-1".to_owned() } else { (100 + day).to_string() };
        writeln!(text, "131067,東京都,台東区,2021-03-{day:02},市区町村,{value}").expect("written");
    }
    std::fs::write(&path, text).expect("written");
    let receipt = house.deliver(SOURCE, &path);
    assert_eq!((&receipt.outcome, receipt.opened, receipt.quarantined), (&Outcome::Accepted, 27, 1));
    assert_eq!(receipt.faults, [fault(10, "陽性者数", FaultKind::Negative)]);
    assert_eq!(totals(&house).len(), 35 + 27);
}

#[test]
fn an_unknown_column_is_no_fault_and_only_a_header_changes_nothing() {
    let house = with_sample();
    let receipt = house.deliver(SOURCE, &bad("only-header.csv"));
    assert!(receipt.batch.is_none() && receipt.opened + receipt.closed == 0, "{:?}", receipt.outcome);
    assert_eq!(totals(&house).len(), 35);
    let receipt = house.deliver(SOURCE, &bad("unknown-column.csv"));
    assert_eq!((receipt.outcome, receipt.opened), (Outcome::Accepted, 5));
}

/// A snapshot says what there is: one with no rows would withdraw everything, and waits for a person.
#[test]
fn a_snapshot_with_only_a_header_is_held() {
    let ours = House::new();
    let sample = house("data-samples/open-data-patients/20210310T200000_patients.csv");
    let taken = ours.deliver("open-data-patients", &sample);
    assert_eq!((taken.outcome, taken.closed), (Outcome::Accepted, 0));
    let text = std::fs::read_to_string(&sample).expect("readable");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("20210311T200000_patients.csv");
    std::fs::write(&path, text.lines().next().expect("a header")).expect("written");
    let latest = ours.store().latest();
    let receipt = ours.deliver("open-data-patients", &path);
    assert!(matches!(receipt.outcome, Outcome::Held(_)), "{:?}", receipt.outcome);
    assert_eq!((receipt.batch, ours.store().latest()), (None, latest));
}
