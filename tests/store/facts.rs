//! What was known when: corrections, withdrawals, late rows, copies, remaps.

use hinomi::store::{AsOf, BatchId, BatchKind, Outcome};

use super::room::{BEDS, KEYED, KEYLESS, Room};

const SHOW: &str = "SELECT case_id, disease, sex, reported_day FROM cases ORDER BY case_id";

fn at(batch: u32) -> AsOf {
    AsOf::Batch(BatchId(batch))
}

#[test]
fn a_b_a_is_three_batches_and_each_is_remembered() {
    let room = Room::new();
    let a = "id,disease,sex,day\n100001,covid,M,2022-01-01\n100002,covid,F,2022-01-02\n";
    let b = "id,disease,sex,day\n100001,covid,M,2022-01-01\n100002,measles,F,2022-01-02\n100003,covid,,2022-01-03\n";
    for csv in [a, b, a] {
        room.accept(KEYED, csv);
    }
    let first = ["1|covid-19|M|2022-01-01", "2|covid-19|F|2022-01-02"];
    let second = ["1|covid-19|M|2022-01-01", "2|measles|F|2022-01-02", "3|covid-19|-|2022-01-03"];
    assert_eq!(room.rows(SHOW, at(0)), Vec::<String>::new());
    assert_eq!(room.rows(SHOW, at(1)), first);
    assert_eq!(room.rows(SHOW, at(2)), second);
    assert_eq!(room.rows(SHOW, at(3)), first);
    assert_eq!(room.rows(SHOW, AsOf::Latest), first);

    let again = room.deliver(KEYED, a);
    assert_eq!((again.outcome, again.batch, again.unchanged), (Outcome::Unchanged, None, 2));
    assert_eq!(room.store.latest(), BatchId(3));
}

#[test]
fn only_what_changed_is_written() {
    let room = Room::new();
    let row = |n: u32, sex: &str| format!("{n},covid,{sex},2022-01-01\n");
    let whole = |changed: u32| {
        let rows = (200_000..200_100).map(|n| row(n, if n < 200_000 + changed { "F" } else { "M" }));
        format!("id,disease,sex,day\n{}", rows.collect::<String>())
    };
    room.accept(KEYED, &whole(0));
    let receipt = room.deliver(KEYED, &whole(3));
    assert_eq!((receipt.opened, receipt.closed, receipt.unchanged, receipt.rows), (3, 3, 97, 100));
}

#[test]
fn upsert_replaces_and_never_withdraws() {
    let room = Room::new();
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\nH02,2022-01-01,20\n");
    room.accept(BEDS, "facility,day,secured\nH02,2022-01-01,25\nH02,2022-02-01,30\n");
    let text = "SELECT facility_id, from_day, secured FROM bed_capacity ORDER BY 1, 2";
    assert_eq!(
        room.rows(text, AsOf::Latest),
        ["H01|2022-01-01|10", "H02|2022-01-01|25", "H02|2022-02-01|30"]
    );
    assert_eq!(room.rows(text, at(1)), ["H01|2022-01-01|10", "H02|2022-01-01|20"]);
}

#[test]
fn append_adds_and_refuses_to_replace() {
    let room = Room::new();
    let append = BEDS.replace("\"upsert\"", "\"append\"");
    room.accept(&append, "facility,day,secured\nH01,2022-01-01,10\n");
    let receipt = room
        .deliver(&append, "facility,day,secured\nH01,2022-01-01,11\nH02,2022-01-01,20\nH03,2022-01-01,30\n");
    assert_eq!((receipt.opened, receipt.closed, receipt.quarantined), (2, 0, 1));
    assert_eq!((receipt.faults[0].row, receipt.faults.len()), (2, 1));
    let text = "SELECT facility_id, secured FROM bed_capacity ORDER BY 1";
    assert_eq!(room.rows(text, AsOf::Latest), ["H01|10", "H02|20", "H03|30"]);
}

#[test]
fn copies_without_a_key_are_counted() {
    let room = Room::new();
    let text = "SELECT sex, count(*) FROM cases GROUP BY sex ORDER BY sex";
    let rows = |men: usize, women: usize| {
        format!("sex,day\n{}{}", "M,2022-01-01\n".repeat(men), "F,2022-01-01\n".repeat(women))
    };
    room.accept(KEYLESS, &rows(5, 3));
    assert_eq!(room.rows(text, AsOf::Latest), ["F|3", "M|5"]);
    let receipt = room.deliver(KEYLESS, &rows(7, 2));
    assert_eq!((receipt.opened, receipt.closed, receipt.unchanged), (2, 1, 7));
    assert_eq!(room.rows(text, AsOf::Latest), ["F|2", "M|7"]);
    let receipt = room.deliver(KEYLESS, &rows(5, 3));
    assert_eq!((receipt.opened, receipt.closed), (1, 2));
    assert_eq!(room.rows(text, at(1)), room.rows(text, AsOf::Latest));
    assert_eq!(room.rows(text, at(2)), ["F|2", "M|7"]);
    // No case is made of rows without an id.
    assert_eq!(room.rows("SELECT count(case_id) FROM cases", AsOf::Latest), ["0"]);
}

#[test]
fn two_sources_share_their_cases_and_nothing_else() {
    let room = Room::new();
    let other = KEYED.replace("\"notes\"", "\"ledger\"");
    room.accept(KEYED, "id,disease,sex,day\n100001,covid,M,2022-01-01\n");
    room.accept(&other, "id,disease,sex,day\n100002,covid,F,2022-01-01\n100001,covid,F,2022-01-01\n");
    room.accept(KEYED, "id,disease,sex,day\n100003,covid,M,2022-01-01\n");
    let text = "SELECT source, case_id, sex FROM cases ORDER BY ALL";
    assert_eq!(room.rows(text, AsOf::Latest), ["ledger|1|F", "ledger|2|F", "notes|3|M"]);
}

#[test]
fn a_changed_mapping_is_a_remap() {
    let room = Room::new();
    let csv = "id,disease,sex,day\n100001,covid,M,2022-01-01\n";
    room.accept(KEYED, csv);
    room.accept(KEYED, &csv.replace("2022-01-01", "2022-01-02"));
    let without_sex = KEYED.replace("{ headings = [\"sex\"], privacy = \"keep\", field = \"sex\", type = \"code\", codes = { M = [\"M\"], F = [\"F\"] } },", "{ headings = [\"sex\"] },");
    assert_ne!(KEYED, without_sex);
    room.accept(&without_sex, &csv.replace("2022-01-01", "2022-01-02"));
    let kinds: Vec<_> = room.store.batches(10).unwrap().into_iter().rev().map(|b| b.kind).collect();
    assert_eq!(kinds, [BatchKind::Initial, BatchKind::Regular, BatchKind::Remap]);
    assert_eq!(room.rows("SELECT sex FROM cases", AsOf::Latest), ["-"]);
    assert_eq!(room.rows("SELECT sex FROM cases", at(2)), ["M"]);
}

#[test]
fn an_older_stamp_turns_nothing_back_and_is_not_fresh() {
    let room = Room::new();
    let csv = |sex: &str| format!("id,disease,sex,day\n100001,covid,{sex},2022-01-01\n");
    let stamped = |sex: &str, stamp: &str| {
        let stamp = stamp.parse().unwrap();
        room.deliver_as(KEYED, "f.csv", &csv(sex), |s| s.stamp = Some(stamp)).unwrap()
    };
    assert!(!stamped("M", "2021-12-10T00:00:00Z").stale);
    let fresh = room.store.sources()[0].last_delivery_at;
    let late = stamped("F", "2021-12-09T00:00:00Z");
    assert!(late.stale && late.outcome == Outcome::Unchanged, "{late:?}");
    assert_eq!((late.rows, late.left_out_counts[0].rows), (0, 1), "its row is left out, and said to be");
    assert_eq!(room.rows("SELECT sex FROM cases", AsOf::Latest), ["M"]);
    let state = room.store.sources().remove(0);
    assert_eq!((state.last_delivery_at, state.stamp), (fresh, "2021-12-10T00:00:00Z".parse().ok()));
    assert!(state.stale);
    assert!(!stamped("M", "2021-12-11T00:00:00Z").stale);
    assert!(room.store.sources()[0].last_delivery_at > fresh);
}

#[test]
fn a_replay_goes_into_an_empty_source_with_its_own_stamps() {
    let room = Room::new();
    let csv = |n: u32| format!("id,disease,sex,day\n10000{n},covid,M,2022-01-01\n");
    let replay = |n: u32, day: u32| {
        let at = format!("2020-03-{day:02}T00:00:00Z").parse().unwrap();
        room.deliver_as(KEYED, "f.csv", &csv(n), |s| {
            s.replay = true;
            s.received_at = at;
            s.stamp = Some(at);
        })
    };
    assert_eq!(replay(1, 5).unwrap().batch, Some(BatchId(1)));
    assert_eq!(replay(2, 7).unwrap().batch, Some(BatchId(2)));
    assert!(replay(3, 6).is_err(), "an earlier stamp than the last batch's");
    assert_eq!(room.store.batch_at("2020-03-06T23:00:00Z".parse().unwrap()).unwrap(), BatchId(1));
    assert_eq!(room.store.batch_at("2020-03-04T23:00:00Z".parse().unwrap()).unwrap(), BatchId(0));
    room.accept(KEYED, &csv(4));
    assert!(replay(5, 9).is_err(), "no longer an empty source");
}

#[test]
fn accepted_times_strictly_increase_when_the_clock_does_not() {
    let room = Room::new();
    let csv = |n: u32| format!("id,disease,sex,day\n10000{n},covid,M,2022-01-01\n");
    for n in 1..=3 {
        room.deliver_as(KEYED, "f.csv", &csv(n), |s| s.received_at = super::room::start_of_time()).unwrap();
    }
    let times: Vec<_> = (1..=3).map(|n| room.store.accepted_at(BatchId(n)).unwrap()).collect();
    assert!(times[0] < times[1] && times[1] < times[2]);
    assert_eq!(room.store.batch_at(times[1]).unwrap(), BatchId(2));
}
