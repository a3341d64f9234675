//! The engine that is built in: what every engine keeps to, and what the store adds.

use std::time::Duration;

use hinomi::store::{AsOf, BatchId, DeliveryStart, Outcome, Queries, Store, StoreError};

use super::queries::Opens;
use super::room::{BEDS, KEYED, Room};

struct BuiltIn;

impl Opens for BuiltIn {
    fn open(room: &Room) -> Box<dyn Queries> {
        Box::new(room.store.clone())
    }
}

crate::every_engine!(BuiltIn);

fn filled() -> Room {
    let room = Room::new();
    room.accept(KEYED, "id,disease,sex,day\n100001,covid,M,2022-01-01\n100002,measles,F,2022-01-02\n");
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\n");
    room
}

#[test]
fn news_of_a_batch_comes_once_it_is_there() {
    let room = filled();
    let changes = room.store.changes();
    assert_eq!(*changes.borrow(), BatchId(2));
    room.accept(BEDS, "facility,day,secured\nH02,2022-01-01,10\n");
    assert!(changes.has_changed().unwrap());
    assert_eq!(*changes.borrow(), room.store.latest());
}

#[test]
fn a_data_folder_has_one_store() {
    let mut room = filled();
    assert!(matches!(Store::open(&room.settings, &room.clock), Err(StoreError::InUse { .. })));
    room.reopen();
    assert_eq!(room.rows("SELECT count(*) FROM cases", AsOf::Latest), ["2"]);
}

#[test]
fn closing_waits_for_the_delivery_under_way() {
    let room = filled();
    let mapping = super::room::mapping(BEDS);
    let start = DeliveryStart::of(&mapping, &mapping.hash(), "f.csv", room.clock.now());
    let delivery = room.store.begin(start.clone()).unwrap();
    std::thread::scope(|threads| {
        let closing = threads.spawn(|| room.store.close());
        std::thread::sleep(Duration::from_millis(100));
        assert!(!closing.is_finished());
        assert!(matches!(room.store.begin(start), Err(StoreError::Closed)));
        // Nothing was staged: an upsert of no rows changes nothing, and is kept.
        assert_eq!(delivery.accept("d", 0).unwrap().outcome, Outcome::Unchanged);
        closing.join().unwrap().unwrap();
    });
}

#[test]
fn a_closed_store_says_so() {
    let room = filled();
    room.store.close().unwrap();
    room.store.close().unwrap();
    assert!(matches!(room.ask("SELECT 1", AsOf::Latest, &[]), Err(StoreError::Closed)));
    assert!(matches!(room.store.keep_note("a", "b"), Err(StoreError::Closed)));
}
