//! Snapshots: withdrawal, windows, what is held, and rows that were not let through.

use hinomi::intake::fault::FaultKind;
use hinomi::store::{AsOf, Outcome};

use super::room::{KEYED, KEYLESS, Room};

/// What holds a row back wherever it stands.
const PHONE: &str = "090-1234-5678";
const IDS: &str = "SELECT case_id, sex FROM cases ORDER BY 1";

fn windowed() -> String {
    KEYED.replace(
        "\ncolumn = [",
        "\nwindow = { column = \"reported_day\", in_name = '_(\\d{8})-(\\d{8})' }\ncolumn = [",
    )
}

/// A snapshot of these ids, `sex` by id.
fn csv(rows: &[(u32, &str)]) -> String {
    let rows = rows.iter().map(|(id, sex)| format!("{},covid,{sex},2022-01-01\n", 100_000 + id));
    format!("id,disease,sex,day\n{}", rows.collect::<String>())
}

#[test]
fn what_is_absent_is_withdrawn() {
    let room = Room::new();
    room.accept(KEYED, &csv(&[(1, "M"), (2, "M"), (3, "M")]));
    let receipt = room.deliver(KEYED, &csv(&[(1, "M"), (3, "F")]));
    assert_eq!((receipt.opened, receipt.closed, receipt.held), (1, 2, 0));
    assert_eq!(room.rows(IDS, AsOf::Latest), ["1|M", "3|F"]);
}

#[test]
fn a_window_withdraws_only_within_itself() {
    let room = Room::new();
    let mapping = windowed();
    let days = |rows: &[(u32, u32)]| {
        let rows = rows.iter().map(|(id, day)| format!("{},covid,M,2022-01-{day:02}\n", 100_000 + id));
        format!("id,disease,sex,day\n{}", rows.collect::<String>())
    };
    let deliver =
        |name: &str, rows: &[(u32, u32)]| room.deliver_as(&mapping, name, &days(rows), |_| {}).unwrap();
    deliver("h_20220101-20220110.csv", &[(1, 1), (2, 5), (3, 10)]);
    // 3 lies outside this window, 2 is absent within it; a row of a day outside it is held back, and what is stored of 1 stays.
    let others = (6..40).map(|id| (id, 3 + id % 3));
    let rows: Vec<(u32, u32)> = [(1, 9), (4, 2)].into_iter().chain(others).collect();
    let receipt = deliver("h_20220101-20220105.csv", &rows);
    assert_eq!((receipt.opened, receipt.closed, receipt.quarantined), (35, 1, 1), "{receipt:?}");
    let text = "SELECT case_id, reported_day FROM cases WHERE case_id <= 4 ORDER BY 1";
    assert_eq!(room.rows(text, AsOf::Latest), ["1|2022-01-01", "3|2022-01-10", "4|2022-01-02"]);
    // A name without a window withdraws nothing.
    let receipt = deliver("h.csv", &[(5, 3)]);
    assert_eq!((receipt.opened, receipt.closed), (1, 0));
}

#[test]
fn an_empty_or_halved_snapshot_waits_for_a_person() {
    let room = Room::new();
    room.accept(KEYED, &csv(&[(1, "M"), (2, "M"), (3, "M"), (4, "M"), (5, "M")]));
    let none = room.deliver(KEYED, "id,disease,sex,day\n");
    assert!(matches!(none.outcome, Outcome::Held(_)), "{none:?}");
    let few = room.deliver(KEYED, &csv(&[(1, "M"), (2, "M")]));
    assert!(matches!(few.outcome, Outcome::Held(_)), "{few:?}");
    assert_eq!(room.rows("SELECT count(*) FROM cases", AsOf::Latest), ["5"]);
    assert!(matches!(room.store.sources()[0].outcome, Outcome::Held(_)));
    let confirmed =
        room.deliver_as(KEYED, "f.csv", &csv(&[(1, "M"), (2, "M")]), |s| s.confirmed = true).unwrap();
    assert_eq!((confirmed.outcome, confirmed.closed), (Outcome::Accepted, 3));
}

#[test]
fn a_quarantined_row_with_a_known_key_keeps_its_version_and_others_go() {
    let room = Room::new();
    room.accept(KEYED, &csv(&[(1, "M"), (2, "M"), (3, "M"), (4, "M")]));
    // 2 has a telephone number for a sex; 3 is absent.
    let receipt = room.deliver(KEYED, &csv(&[(1, "M"), (2, PHONE), (4, "F")]));
    assert_eq!((receipt.quarantined, receipt.held, receipt.closed, receipt.opened), (1, 1, 2, 1));
    assert_eq!(room.rows(IDS, AsOf::Latest), ["1|M", "2|M", "4|F"]);
    assert_eq!(room.store.sources()[0].held_rows, 1);
    let faults = room.store.faults(receipt.delivery, 10).unwrap();
    assert_eq!((faults.len(), faults[0].row, faults[0].kind), (1, 3, FaultKind::LooksLikePhone));
    // Mended, it is changed; absent without a fault, it goes.
    room.accept(KEYED, &csv(&[(1, "M"), (2, "F"), (4, "F")]));
    assert_eq!(room.rows(IDS, AsOf::Latest), ["1|M", "2|F", "4|F"]);
    assert_eq!(room.store.sources()[0].held_rows, 0);
}

#[test]
fn a_quarantined_row_with_an_unknown_key_keeps_them_all() {
    let room = Room::new();
    room.accept(KEYED, &csv(&[(1, "M"), (2, "M"), (3, "M"), (4, "M")]));
    // Whose row the last one is can't be told: 2 and 3 are absent.
    let unreadable = csv(&[(1, "M"), (4, "F")]) + "12x,covid,M,2022-01-01\n";
    let receipt = room.deliver(KEYED, &unreadable);
    assert_eq!((receipt.quarantined, receipt.held, receipt.closed, receipt.opened), (1, 2, 1, 1));
    assert_eq!(room.rows(IDS, AsOf::Latest), ["1|M", "2|M", "3|M", "4|F"]);
    // A person who knows may say so.
    let confirmed = room.deliver_as(KEYED, "f.csv", &unreadable, |s| s.confirmed = true).unwrap();
    assert_eq!((confirmed.closed, confirmed.held), (2, 0));
    assert_eq!(room.rows(IDS, AsOf::Latest), ["1|M", "4|F"]);
}

#[test]
fn held_back_contradicting_rows_keep_the_stored_version() {
    let room = Room::new();
    let mapping = KEYED.replace("mode = ", "on_repeat = \"hold\"\nmode = ");
    room.accept(&mapping, &csv(&[(1, "M"), (2, "M"), (3, "M")]));
    let receipt = room.deliver(&mapping, &csv(&[(1, "M"), (2, "F"), (2, "M"), (3, "F"), (3, "F"), (4, "M")]));
    assert_eq!((receipt.quarantined, receipt.held, receipt.opened, receipt.closed), (2, 1, 2, 1));
    let rows: Vec<_> = receipt.faults.iter().map(|f| (f.row, f.kind)).collect();
    assert_eq!(rows, [(3, FaultKind::DuplicateKey), (4, FaultKind::DuplicateKey)]);
    assert_eq!(room.rows(IDS, AsOf::Latest), ["1|M", "2|M", "3|F", "4|M"]);
}

#[test]
fn without_keys_the_delivery_counts_and_says_what_it_held_back() {
    let room = Room::new();
    room.accept(KEYLESS, "sex,day\nM,2022-01-01\nF,2022-01-02\nF,2022-01-03\n");
    let receipt = room.deliver(KEYLESS, "sex,day\nM,2022-01-01\nF,\nF,2022-01-03\n");
    assert_eq!((receipt.quarantined, receipt.held, receipt.closed), (1, 1, 1));
    assert_eq!(room.store.sources()[0].held_rows, 1);
}

#[test]
fn too_many_bad_rows_refuse_the_delivery_whole() {
    let room = Room::new();
    room.accept(KEYED, &csv(&[(1, "M"), (2, "M"), (3, "M")]));
    let receipt = room.deliver(KEYED, &csv(&[(1, "F"), (2, PHONE), (3, PHONE)]));
    assert!(matches!(&receipt.outcome, Outcome::Refused(why) if why.contains("2 of 3")), "{receipt:?}");
    assert_eq!((receipt.batch, receipt.quarantined), (None, 2));
    assert_eq!(room.rows(IDS, AsOf::Latest), ["1|M", "2|M", "3|M"]);
    assert_eq!(room.store.deliveries(1).unwrap()[0].receipt.outcome, receipt.outcome);
}

#[test]
fn a_large_snapshot_finds_what_it_knows_while_it_comes_in() {
    let room = Room::new();
    let whole = |sex: &str| {
        let rows = (0..50_000).map(|n| {
            let sex = if n % 100 == 0 { sex } else { "M" };
            format!("{},covid,{sex},2022-01-{:02}\n", 100_000 + n, n % 28 + 1)
        });
        format!("id,disease,sex,day\n{}", rows.collect::<String>())
    };
    room.accept(KEYED, &whole("M"));
    let receipt = room.deliver(KEYED, &whole("F"));
    assert_eq!((receipt.opened, receipt.closed, receipt.unchanged), (500, 500, 49_500));
    // Copies are told apart by number, also when most of them are known.
    let copies = |n: usize| format!("sex,day\n{}", "M,2022-01-01\n".repeat(n));
    room.accept(KEYLESS, &copies(30_000));
    let receipt = room.deliver(KEYLESS, &copies(30_002));
    assert_eq!((receipt.opened, receipt.closed, receipt.unchanged), (2, 0, 30_000));
    let receipt = room.deliver(KEYLESS, &copies(30_000));
    assert_eq!((receipt.opened, receipt.closed, receipt.unchanged), (0, 2, 30_000));
}
