//! A person decides on files that are held.

use std::path::Path;

use hinomi::jobs::Unwatched;
use hinomi::jobs::decide::{self, NOTE};
use hinomi::jobs::deliver::{Disposal, Options};
use hinomi::store::{Outcome, Receipt};

use super::Ward;

/// A list of twenty is taken, then comes one that has lost its end.
async fn with_held() -> Ward {
    let ward = Ward::new("delete").await;
    ward.deliver(&ward.lay("a.csv", 20), &Options::default()).expect("works");
    ward.at("2026-11-21T10:00:00");
    let receipt = ward.deliver(&ward.lay("b.csv", 16), &Options::default()).expect("works");
    assert!(receipt.hold.is_some() && receipt.if_taken, "{receipt:?}");
    // Beside the file too: nothing was taken, and the counts say what would be.
    let beside = std::fs::read(ward.data("held/ward-list/b.csv.receipt.json")).expect("a receipt");
    let beside: serde_json::Value = serde_json::from_slice(&beside).expect("JSON");
    assert_eq!(
        (&beside["if_taken"], &beside["opened"], &beside["closed"]),
        (&true.into(), &0.into(), &0.into())
    );
    assert_eq!(beside["counted"]["withdrawn"], 4);
    ward.at("2026-11-21T10:30:00");
    ward
}

fn accept(ward: &Ward, name: &str) -> anyhow::Result<Receipt> {
    let mapping = ward.app.jobs.mapping("ward-list").expect("works");
    decide::accept(&ward.app.jobs, &mapping, Path::new(name), &Unwatched)
}

fn refuse(ward: &Ward, name: &str) -> anyhow::Result<Receipt> {
    let mapping = ward.app.jobs.mapping("ward-list").expect("works");
    decide::refuse(&ward.app.jobs, &mapping, Path::new(name))
}

fn note(ward: &Ward) -> serde_json::Value {
    let notes = ward.app.store.notes(NOTE, 9).expect("works");
    assert_eq!(notes.len(), 1);
    serde_json::from_str(&notes[0].body).expect("works")
}

#[tokio::test]
async fn what_is_accepted_is_taken_and_kept_as_a_decision() {
    let ward = with_held().await;
    let receipt = accept(&ward, "b.csv").unwrap();
    assert_eq!((&receipt.outcome, receipt.closed, receipt.by_person), (&Outcome::Accepted, 4, true));
    assert!(!receipt.if_taken);
    let held = ward.data("held/ward-list/b.csv");
    assert!(!held.exists() && !ward.data("held/ward-list/b.csv.receipt.json").exists());
    let state = ward.app.store.sources().remove(0);
    assert_eq!((state.outcome, state.hold), (Outcome::Accepted, None));
    let note = note(&ward);
    assert_eq!((note["file"].as_str(), note["sign"]["sign"].as_str()), (Some("b.csv"), Some("lost_end")));
    assert_eq!((note["held"].as_u64(), note["decided"].as_u64()), (Some(2), Some(3)));
    assert!(accept(&ward, "b.csv").is_err());
}

#[tokio::test]
async fn what_is_refused_is_put_away_and_nobody_need_look_again() {
    let ward = with_held().await;
    let latest = ward.app.store.latest();
    let receipt = refuse(&ward, "b.csv").unwrap();
    assert!(matches!(&receipt.outcome, Outcome::Refused(why) if why.contains("末尾")), "{receipt:?}");
    assert_eq!(ward.app.store.latest(), latest);
    assert!(!ward.data("held/ward-list/b.csv").exists());
    assert!(!ward.data("held/ward-list/b.csv.receipt.json").exists());
    assert!(ward.data("refused/ward-list/b.csv").exists());
    assert!(ward.data("refused/ward-list/b.csv.receipt.json").exists());
    let state = ward.app.store.sources().remove(0);
    assert!(state.by_person && state.hold.is_none());
    assert_eq!(note(&ward)["outcome"]["outcome"].as_str(), Some("refused"));
    assert!(refuse(&ward, "b.csv").is_err());
}

#[tokio::test]
async fn a_later_delivery_is_not_undone_by_an_earlier_one() {
    let ward = with_held().await;
    ward.deliver(&ward.lay("c.csv", 21), &Options::default()).unwrap();
    let why = accept(&ward, "b.csv").unwrap_err().to_string();
    assert!(why.contains("later delivery"), "{why}");
    refuse(&ward, "b.csv").unwrap();
    assert_eq!(ward.app.store.sources()[0].rows, 21);
}

#[tokio::test]
async fn a_file_of_ones_own_is_decided_on_where_it_is() {
    let ward = Ward::new("delete").await;
    ward.deliver(&ward.lay("a.csv", 20), &Options::default()).unwrap();
    let own = ward.ward.path("own.csv");
    std::fs::rename(ward.lay("b.csv", 16), &own).unwrap();
    let options = Options { disposal: Disposal::Leave, ..Options::default() };
    ward.at("2026-11-21T10:00:00");
    assert!(ward.deliver(&own, &options).unwrap().hold.is_some());
    ward.at("2026-11-21T10:30:00");
    // Another file of the same name is not the one that was looked at.
    let text = std::fs::read(&own).unwrap();
    std::fs::write(&own, "番号,公表日\nW00001,2026-11-19\n").unwrap();
    let mapping = ward.app.jobs.mapping("ward-list").unwrap();
    assert!(decide::accept(&ward.app.jobs, &mapping, &own, &Unwatched).is_err());
    std::fs::write(&own, text).unwrap();
    let receipt = decide::accept(&ward.app.jobs, &mapping, &own, &Unwatched).unwrap();
    assert_eq!((receipt.outcome, receipt.closed, own.exists()), (Outcome::Accepted, 4, true));
}

#[tokio::test]
async fn what_nobody_holds_is_not_decided_on() {
    let ward = with_held().await;
    let why = accept(&ward, "a.csv").unwrap_err().to_string();
    assert!(why.contains("no delivery of ward-list by this name is held"), "{why}");
}
