//! What becomes of files.

use hinomi::config::Bytes;
use hinomi::jobs::deliver::{DeliverError, Options};
use hinomi::jobs::disposal::Disposal;
use hinomi::store::{Outcome, StoreError};

use super::Ward;

fn confirmed() -> Options {
    Options { confirmed: true, ..Options::default() }
}

#[tokio::test]
async fn a_taken_file_is_deleted_moved_or_left() {
    for (after, done) in [("delete", false), ("move", true), ("leave", false)] {
        let ward = Ward::new(after).await;
        let path = ward.lay("a.csv", 10);
        let receipt = ward.deliver(&path, &Options::default()).unwrap();
        assert_eq!((receipt.outcome, receipt.opened), (Outcome::Accepted, 10));
        assert_eq!(path.exists(), after == "leave", "{after}");
        assert_eq!(ward.data("done/ward-list/a.csv").exists(), done, "{after}");
    }
}

#[tokio::test]
async fn a_person_own_file_stays_where_it_is() {
    let ward = Ward::new("delete").await;
    let path = ward.lay("a.csv", 10);
    let options = Options { disposal: Disposal::Leave, ..Options::default() };
    ward.deliver(&path, &options).unwrap();
    assert!(path.exists());
}

#[tokio::test]
async fn a_shrunk_list_waits_for_a_person() {
    let ward = Ward::new("delete").await;
    ward.deliver(&ward.lay("a.csv", 100), &Options::default()).unwrap();
    ward.at("2026-11-21T10:00:00");
    let shrunk = ward.lay("b.csv", 10);
    let receipt = ward.deliver(&shrunk, &Options::default()).unwrap();
    assert!(matches!(receipt.outcome, Outcome::Held(_)), "{receipt:?}");
    assert!(!shrunk.exists());
    let held = ward.data("held/ward-list/b.csv");
    assert!(held.exists() && ward.data("held/ward-list/b.csv.receipt.json").exists());

    ward.at("2026-11-21T10:30:00");
    let receipt = ward.deliver(&held, &confirmed()).unwrap();
    assert_eq!((receipt.outcome, receipt.closed), (Outcome::Accepted, 90));
    assert!(!held.exists() && !ward.data("held/ward-list/b.csv.receipt.json").exists());
}

#[tokio::test]
async fn a_full_disk_leaves_the_file_where_it_is() {
    let ward = Ward::with("delete", |settings| settings.free_disk_floor = Bytes(u64::MAX)).await;
    let path = ward.lay("a.csv", 10);
    let why = ward.deliver(&path, &Options::default()).unwrap_err();
    let held = |why: &DeliverError| match why {
        DeliverError::Store { source, .. } => matches!(**source, StoreError::DiskLow { .. }),
        _ => false,
    };
    assert!(held(&why), "{why:?}");
    assert!(path.exists());
}

#[tokio::test]
async fn a_bad_file_is_put_away_with_its_receipt() {
    let ward = Ward::new("delete").await;
    let path = ward.lay("a.csv", 0);
    std::fs::write(&path, "だれか,なにか\n1,2\n").unwrap();
    let receipt = ward.deliver(&path, &Options::default()).unwrap();
    assert!(matches!(receipt.outcome, Outcome::Refused(_)), "{receipt:?}");
    assert!(!path.exists() && ward.data("refused/ward-list/a.csv").exists());
    let kept = std::fs::read_to_string(ward.data("refused/ward-list/a.csv.receipt.json")).unwrap();
    assert!(kept.contains("番号"), "{kept}");
    assert!(matches!(ward.deliver(&path, &Options::default()), Err(DeliverError::Gone(_))));
}

#[tokio::test]
async fn another_key_is_refused() {
    let ward = Ward::new("delete").await;
    ward.deliver(&ward.lay("a.csv", 10), &Options::default()).unwrap();
    let Ward { ward, clock, app } = ward;
    app.close().await.unwrap();
    std::fs::remove_file(ward.path("data/key")).unwrap();
    let app = ward.app().await;
    let ward = Ward { ward, clock, app };
    ward.at("2026-11-21T10:00:00");
    let path = ward.lay("b.csv", 12);
    let why = ward.deliver(&path, &Options::default()).unwrap_err().to_string();
    assert!(why.contains("key"), "{why}");
    assert!(path.exists() && !ward.data("key").exists());
}
