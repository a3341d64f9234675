//! Faults of meaning: the parser lets them by, the gate names their row and column.

use std::path::Path;

use hinomi::intake::fault::Fault;
use hinomi::intake::fault::FaultKind::{self, Negative, NotADate, NotANumber, NotAnId, UnknownCode};

use super::{fault, house, mapping};
use crate::support::gated::{Gated, towns};

/// How many facts a file makes, and its rows at fault.
fn gated(source: &str, path: &Path) -> (usize, Vec<Fault>) {
    let gated = Gated::of(path, &mapping(source), &towns(), 3);
    (gated.facts(), gated.faults())
}

fn bad(name: &str, column: &str, kind: FaultKind) {
    let found = gated("municipal-cumulative", &house("data-samples/bad").join(name));
    assert_eq!(found, (4, vec![fault(4, column, kind)]), "{name}");
}

#[test]
fn faults_of_meaning_name_row_and_column() {
    bad("impossible-date.csv", "公表_年月日", NotADate);
    bad("negative-count.csv", "陽性者数", Negative);
    bad("not-a-number.csv", "陽性者数", NotANumber);
    bad("unknown-code.csv", "集計区分", UnknownCode);
    bad("not-an-id.csv", "全国地方公共団体コード", NotAnId);
}

/// Faults of the parser come through the gate with the rest, and the same key twice is left to the store.
#[test]
fn faults_of_the_parser_are_passed_on() {
    bad("ragged-short.csv", "", FaultKind::Ragged);
    bad("record-in-quote.csv", "全国地方公共団体コード", FaultKind::RecordInQuote);
    let found = gated("municipal-cumulative", &house("data-samples/bad/duplicate-key.csv"));
    assert_eq!(found, (6, Vec::new()));
}

#[test]
fn the_samples_pass_whole() {
    for (source, file, facts) in [
        ("open-data-patients", "20210310T200000_patients.csv", None),
        ("bed-survey", "000000001_20210407.csv", Some(3 * 13)),
        ("status-table", "testing_positive_cases_20210314.csv", Some(14 * 6 + 9 * 2 + 5)),
        ("municipal-cumulative", "municipality_20210307.csv", Some(35)),
    ] {
        let path = house("data-samples").join(source).join(file);
        let (made, faults) = gated(source, &path);
        assert!(faults.is_empty(), "{source}: {faults:?}");
        assert!(made > 0 && facts.is_none_or(|facts| facts == made), "{source}: {made}");
    }
}
