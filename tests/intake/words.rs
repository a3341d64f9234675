//! Files that say things in words: published lists, ages of other offices, headings that announce a name. Each person
//! counts, and what is not known is not known.

use std::fs;

use hinomi::intake::fault::FaultKind::{self, NotADate, NotAnAge, OutOfRange, SpansBands, VagueDate};
use hinomi::intake::fault::Unread;
use hinomi::privacy::refusals;
use hinomi::store::{AsOf, Outcome};

use super::{house, mapping_text};
use crate::store::room::Room;
use crate::support::gated::{Gated, mapping as mapped, towns};

const FOLDER: &str = "data-samples/words";

fn sample(name: &str) -> String {
    fs::read_to_string(house(FOLDER).join(name)).expect("a sample")
}

/// The cells that the gate lets through as unknown with a warning: column, kind, rows.
fn unread(mapping: &str, name: &str) -> Vec<(String, FaultKind, Vec<u64>)> {
    let gated = Gated::of(&house(FOLDER).join(name), &mapped(mapping), &towns(), 7);
    assert_eq!(gated.faults(), [], "{name}: nobody is held back");
    let warned = gated.passed.iter().map(|passed| passed.warnings.len() as u64).sum::<u64>();
    let unread = gated.unread;
    assert_eq!(warned, unread.iter().map(|u| u.cells).sum::<u64>(), "each is told, and each is counted");
    unread.into_iter().map(|Unread { column, kind, rows, .. }| (column, kind, rows)).collect()
}

#[test]
fn ages_in_words_cost_nobody() {
    let (mapping, name) = (mapping_text("her-sys-cases"), "hersys_20261005-20261005_20261006T060000.csv");
    let room = Room::in_ward(towns());
    let receipt = room.deliver_as(&mapping, name, &sample(name), |_| {}).expect("a receipt");
    assert_eq!((receipt.outcome, receipt.opened, receipt.quarantined), (Outcome::Accepted, 20, 0));
    let bands = room.rows(
        "SELECT age_decade, count(*) FROM cases GROUP BY age_decade ORDER BY age_decade NULLS LAST",
        AsOf::Latest,
    );
    assert_eq!(bands, ["0|3", "20|1", "30|1", "70|1", "90|4", "-|10"]);
    assert_eq!(room.rows("SELECT max(age) FROM cases", AsOf::Latest), ["90"], "102 is 90 and over");
    assert_eq!(
        unread(&mapping, name),
        [("年齢".to_owned(), SpansBands, vec![20]), ("年齢".to_owned(), NotAnAge, vec![21])]
    );
}

#[test]
fn a_published_list_in_words_is_taken_whole() {
    let (mapping, name) = (mapping_text("open-data-patients"), "20210402T220000_patients.csv");
    let room = Room::new();
    let receipt = room.deliver_as(&mapping, name, &sample(name), |_| {}).expect("a receipt");
    assert_eq!((receipt.outcome, receipt.opened, receipt.quarantined), (Outcome::Accepted, 8, 0));
    let known =
        "SELECT count(*), count(onset_day), count(age_decade), count(sex), count(residence) FROM cases";
    assert_eq!(room.rows(known, AsOf::Latest), ["8|2|6|6|6"]);
    assert_eq!(
        unread(&mapping, name),
        [("発症_年月日".to_owned(), VagueDate, vec![3, 6, 8]), ("発症_年月日".to_owned(), NotADate, vec![9])]
    );
}

#[test]
fn ages_of_other_offices_are_read_or_mapped() {
    let (mapping, name) = (sample("ages.toml"), "ages.csv");
    let room = Room::new();
    let receipt = room.deliver_as(&mapping, name, &sample(name), |_| {}).expect("a receipt");
    assert_eq!((receipt.outcome, receipt.opened, receipt.quarantined), (Outcome::Accepted, 30, 0));
    let bands = room.rows(
        "SELECT age_decade, count(*) FROM cases GROUP BY age_decade ORDER BY age_decade NULLS LAST",
        AsOf::Latest,
    );
    assert_eq!(bands, ["0|4", "10|1", "20|2", "30|1", "40|3", "50|1", "90|4", "-|14"]);
    assert_eq!(room.rows("SELECT count(age) FROM cases", AsOf::Latest), ["0"], "a band alone was asked for");
    let rows = |kind: FaultKind| {
        let found = unread(&mapping, name).into_iter().find(|(_, k, _)| *k == kind);
        found.map(|(_, _, rows)| rows).unwrap_or_default()
    };
    assert_eq!(rows(SpansBands), [19, 20, 21, 22]);
    assert_eq!(rows(NotAnAge), [28, 29, 30, 31]);
    assert_eq!(rows(OutOfRange), [0u64; 0]);
}

#[test]
fn a_heading_may_announce_a_name_where_a_code_list_lets_none_through() {
    let mapping = sample("tidy.toml");
    let room = Room::new();
    let receipt = room.deliver_as(&mapping, "tidy.csv", &sample("tidy.csv"), |_| {}).expect("a receipt");
    assert_eq!((receipt.outcome, receipt.opened), (Outcome::Accepted, 3));
    // A name in it is no code: the row is held back, and says nothing of the name.
    let named = sample("tidy.csv").replace("療養中", "山田太郎");
    let receipt =
        room.deliver_as(&mapping, "tidy.csv", &named, |start| start.max_bad_share = 0.5).expect("a receipt");
    assert_eq!(receipt.faults.first().map(|f| (f.row, f.kind)), Some((4, FaultKind::LooksLikeName)));
}

#[test]
fn an_age_as_it_is_is_refused_with_the_reason() {
    let told = refusals(&mapped(&sample("integer-age.toml")), &towns());
    assert_eq!(
        told,
        [
            "列「age」: cases.age に入るのは年齢（歳。90は90歳以上。type age）で、type integer ではありません · column age: cases.age holds \
          an age in years, 90 meaning 90 and over (type age), not type integer"
        ]
    );
}
