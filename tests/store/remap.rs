//! What a changed reading brings is one batch of its own kind, and nothing else is.

use hinomi::store::{BatchKind, Outcome, Receipt};

use super::room::{KEYED, Room, mapping};

const CSV: &str = "id,disease,sex,day\n100001,covid,M,2022-01-01\n100002,covid,F,2022-01-02\n";

/// Delivers as the program did before its gate changed: by another hash of the same mapping.
fn before(room: &Room, csv: &str) -> Receipt {
    room.deliver_as(KEYED, "f.csv", csv, |start| start.mapping_hash = "as it was before".into())
        .expect("a receipt")
}

fn kinds(room: &Room) -> Vec<BatchKind> {
    room.store.batches(10).expect("the ledger").into_iter().rev().map(|batch| batch.kind).collect()
}

#[test]
fn rows_that_read_otherwise_come_as_one_remap() {
    let mut room = Room::new();
    // What the old gate made of a day that it could not read; the new one reads it.
    before(&room, &CSV.replace("2022-01-02", ""));
    room.reopen();
    room.accept(KEYED, CSV);
    room.accept(KEYED, &CSV.replace(",F,", ",M,"));
    assert_eq!(kinds(&room), [BatchKind::Initial, BatchKind::Remap, BatchKind::Regular]);
    let hashes: Vec<String> = room.store.batches(2).unwrap().into_iter().map(|b| b.mapping_hash).collect();
    assert_eq!(hashes, [mapping(KEYED).hash(), mapping(KEYED).hash()]);
}

#[test]
fn a_reading_that_changes_nothing_leaves_no_remap_behind() {
    for restarted in [false, true] {
        let mut room = Room::new();
        before(&room, CSV);
        let again = room.deliver(KEYED, CSV);
        assert_eq!((again.outcome, again.batch, again.unchanged), (Outcome::Unchanged, None, 2));
        if restarted {
            room.reopen();
        }
        room.accept(KEYED, &CSV.replace(",F,", ",M,"));
        assert_eq!(kinds(&room), [BatchKind::Initial, BatchKind::Regular], "restarted: {restarted}");
    }
}

#[test]
fn what_is_refused_or_held_does_not_use_the_remap_up() {
    let room = Room::new();
    before(&room, CSV);
    let refused = room.deliver(KEYED, "id,disease,sex,day\n?,covid,M,2022-01-01\n!,covid,F,2022-01-02\n");
    assert!(matches!(refused.outcome, Outcome::Refused(_)));
    let held = room.deliver(KEYED, "id,disease,sex,day\n");
    assert!(matches!(held.outcome, Outcome::Held(_)));
    room.accept(KEYED, &CSV.replace(",F,", ",M,"));
    assert_eq!(kinds(&room), [BatchKind::Initial, BatchKind::Remap]);
}
