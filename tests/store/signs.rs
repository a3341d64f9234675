//! Which snapshots wait for a person, and which do not.

use hinomi::intake::fault::{FaultKind, Unread};
use hinomi::store::{Hold, Outcome, Receipt};

use super::room::{KEYED, KEYLESS, Room};

fn windowed() -> String {
    KEYED.replace(
        "\ncolumn = [",
        "\nwindow = { column = \"reported_day\", in_name = '_(\\d{8})-(\\d{8})' }\ncolumn = [",
    )
}

/// Cases of days of July 2022: id and day.
fn csv(cases: &[(u32, u32)]) -> String {
    let rows = cases.iter().map(|(id, day)| format!("{},covid,M,2022-07-{day:02}\n", 100_000 + id));
    format!("id,disease,sex,day\n{}", rows.collect::<String>())
}

/// Three cases a day.
fn three_a_day(days: std::ops::RangeInclusive<u32>) -> Vec<(u32, u32)> {
    days.flat_map(|day| (0..3).map(move |n| (day * 3 + n, day))).collect()
}

struct Ward {
    room: Room,
    mapping: String,
}

impl Ward {
    fn new() -> Self {
        Self { room: Room::new(), mapping: windowed() }
    }

    fn until(&self, day: u32, cases: &[(u32, u32)]) -> Receipt {
        let name = format!("h_20220701-202207{day:02}.csv");
        self.room.deliver_as(&self.mapping, &name, &csv(cases), |_| {}).expect("a receipt")
    }

    fn taken(&self, day: u32, cases: &[(u32, u32)]) {
        let receipt = self.until(day, cases);
        assert!(receipt.outcome.is_taken(), "{receipt:?}");
    }
}

#[test]
fn a_file_cut_at_its_end_is_held_and_says_what_would_go() {
    let ward = Ward::new();
    let all = three_a_day(1..=10);
    ward.taken(10, &all);
    let receipt = ward.until(10, &all[..25]);
    let days = ("2022-07-09".parse().unwrap(), "2022-07-10".parse().unwrap());
    assert_eq!(
        receipt.hold,
        Some(Hold::LostEnd { withdrawn: 5, stored: 30, days: Some(days), elsewhere: 0 })
    );
    let Outcome::Held(why) = &receipt.outcome else { panic!("{receipt:?}") };
    assert!(why.contains("30件のうち最後の5件") && why.contains("5 of 30 rows"), "{why}");
    assert_eq!((receipt.batch, receipt.opened, receipt.closed), (None, 0, 0));
    assert_eq!(ward.room.store.sources()[0].hold, receipt.hold);
    // The same comes again: still held. The whole one comes: nothing happened.
    assert!(ward.until(10, &all[..25]).hold.is_some());
    assert_eq!(ward.until(10, &all).outcome, Outcome::Unchanged);
}

#[test]
fn new_rows_elsewhere_do_not_hide_a_lost_end() {
    let ward = Ward::new();
    let all = three_a_day(1..=10);
    ward.taken(10, &all);
    let mut late = all[..26].to_vec();
    late.insert(4, (900, 2));
    assert!(matches!(ward.until(10, &late).hold, Some(Hold::LostEnd { withdrawn: 4, .. })));
}

#[test]
fn a_list_that_begins_with_the_newest_day_loses_its_oldest() {
    let ward = Ward::new();
    let mut all = three_a_day(1..=10);
    all.reverse();
    ward.taken(10, &all);
    assert!(matches!(ward.until(10, &all[..25]).hold, Some(Hold::LostEnd { withdrawn: 5, .. })));
}

#[test]
fn without_a_window_or_a_key_the_place_in_the_file_tells() {
    let room = Room::new();
    let list = |rows: usize| {
        let rows = (0..rows).map(|n| format!("{},2022-01-{:02}\n", ["M", "F"][n % 2], n * 7 % 28 + 1));
        format!("sex,day\n{}", rows.collect::<String>())
    };
    room.accept(KEYLESS, &list(40));
    assert!(matches!(room.deliver(KEYLESS, &list(36)).hold, Some(Hold::LostEnd { withdrawn: 4, .. })));
    // Two are no sign.
    assert_eq!(room.deliver(KEYLESS, &list(38)).outcome, Outcome::Accepted);
}

#[test]
fn corrections_elsewhere_do_not_hide_a_lost_end() {
    // By key and day, in either order: the last rows are gone, and one or some of the others were corrected.
    for newest_first in [false, true] {
        for corrected in [vec![3], vec![0, 9, 17], vec![25], vec![0, 25]] {
            let ward = Ward::new();
            let mut all = three_a_day(1..=10);
            if newest_first {
                all.reverse();
            }
            ward.taken(10, &all);
            let mut cut = all[..26].to_vec();
            for row in &corrected {
                // Dated anew within the days that stay.
                cut[*row].1 = if newest_first { 8 } else { 3 };
            }
            // A row that was not at the end may go as well.
            cut.remove(12);
            let elsewhere = corrected.len() as u64 + 1;
            let receipt = ward.until(10, &cut);
            let held = matches!(receipt.hold, Some(Hold::LostEnd { withdrawn: 4, elsewhere: n, .. }) if n == elsewhere);
            assert!(held, "{newest_first} {corrected:?}: {receipt:?}");
            let Outcome::Held(why) = &receipt.outcome else { panic!("{receipt:?}") };
            assert!(why.contains(&format!("残る行の変更・取下げは{elsewhere}件だけです")), "{why}");
        }
    }
    // Without a key a corrected row is one that goes and one that comes.
    let list = |rows: usize, corrected: &[usize]| {
        let sex = |n: usize| ["M", "F"][(n + usize::from(corrected.contains(&n))) % 2];
        let rows = (0..rows).map(|n| format!("{},2022-01-{:02}\n", sex(n), n / 4 + 1));
        format!("sex,day\n{}", rows.collect::<String>())
    };
    for corrected in [vec![5], vec![2, 21], vec![1, 10, 30]] {
        let room = Room::new();
        // Five of each content at least: who is corrected is still to be told from the others.
        room.accept(KEYLESS, &list(40, &[]));
        let receipt = room.deliver(KEYLESS, &list(36, &corrected));
        let Some(Hold::LostEnd { withdrawn, elsewhere, .. }) = receipt.hold else { panic!("{receipt:?}") };
        assert_eq!((withdrawn, elsewhere), (4, corrected.len() as u64), "{corrected:?}");
    }
    // Where much else changes as well it is another list: other signs look at that.
    let ward = Ward::new();
    let all = three_a_day(1..=10);
    ward.taken(10, &all);
    let mut other = all[..26].to_vec();
    other[..12].iter_mut().for_each(|case| case.1 = 1 + case.1 % 4);
    assert!(!matches!(ward.until(10, &other).hold, Some(Hold::LostEnd { .. })));
}

#[test]
fn empty_last_days_that_had_rows_are_held_whatever_else_changes() {
    let ward = Ward::new();
    let all = three_a_day(1..=8);
    let mut last = all.clone();
    last.push((500, 10));
    ward.taken(10, &last);
    // One row of the last day is gone, and another was corrected meanwhile.
    let mut file = all.clone();
    file[3].1 = 3;
    let receipt = ward.until(10, &file);
    let (from, to) = ("2022-07-09".parse().unwrap(), "2022-07-10".parse().unwrap());
    assert_eq!(receipt.hold, Some(Hold::LostDays { from, to, withdrawn: 1, stored: 25 }));
}

#[test]
fn an_ordinary_weekend_of_a_small_ward_is_not_held() {
    let ward = Ward::new();
    // Friday the 8th: two or three cases a day.
    let mut cases: Vec<(u32, u32)> = (1..=8).flat_map(|d| [(d * 10, d), (d * 10 + 1, d)]).collect();
    cases.push((82, 8));
    ward.taken(8, &cases);
    // Saturday and Sunday: nobody notifies, the window goes on.
    ward.taken(9, &cases);
    ward.taken(10, &cases);
    // Monday: one of Wednesday was a double entry, two of Friday go elsewhere (one stays), one is dated anew.
    cases.retain(|(id, _)| ![60, 81, 82].contains(id));
    cases[3].1 = 1;
    ward.taken(11, &cases);
    // Two at the very end go, no other change; the day keeps a row.
    cases.extend([(110, 11), (111, 11), (112, 11)]);
    ward.taken(11, &cases);
    cases.truncate(cases.len() - 2);
    ward.taken(11, &cases);
    // Three withdrawals, not at the end.
    cases.retain(|(id, _)| ![20, 31, 50].contains(id));
    ward.taken(12, &cases);
    // The window moves on and leaves old days out: they are not absent.
    let name = "h_20220705-20220713.csv";
    let late: Vec<_> = cases.iter().copied().filter(|(_, day)| *day >= 5).collect();
    let receipt = ward.room.deliver_as(&ward.mapping, name, &csv(&late), |_| {}).unwrap();
    assert_eq!((receipt.outcome, receipt.closed), (Outcome::Unchanged, 0));
}

#[test]
fn a_replaced_end_is_not_lost() {
    // Without keys, three rows at the end come corrected: as many go as come.
    let room = Room::new();
    room.accept(
        KEYLESS,
        "sex,day\nM,2022-01-01\nM,2022-01-01\nF,2022-01-02\nF,2022-01-03\nF,2022-01-03\nF,2022-01-03\n",
    );
    let receipt = room.deliver(
        KEYLESS,
        "sex,day\nM,2022-01-01\nM,2022-01-01\nF,2022-01-02\nM,2022-01-03\nM,2022-01-03\nM,2022-01-03\n",
    );
    assert_eq!((receipt.outcome, receipt.closed), (Outcome::Accepted, 3));
}

#[test]
fn far_more_withdrawals_than_usual_are_held() {
    let ward = Ward::new();
    let mut cases = three_a_day(1..=28);
    ward.taken(31, &cases);
    // Usually one goes and the last day has news.
    for n in 0..4 {
        cases.remove(7 * n);
        cases.push((800 + n as u32, 29));
        ward.taken(31, &cases);
    }
    // Eleven of 84, all over the month.
    let mut n = 0;
    cases.retain(|_| {
        n += 1;
        n % 7 != 3 || n > 77
    });
    let receipt = ward.until(31, &cases);
    let Some(Hold::ManyWithdrawn { withdrawn: 11, stored: 84, usual: Some(usual) }) = receipt.hold else {
        panic!("{receipt:?}")
    };
    assert!(usual < 0.02, "{usual}");
    // Once a person has let it pass, it is not usual for that.
    let confirmed = ward
        .room
        .deliver_as(&ward.mapping, "h_20220701-20220731.csv", &csv(&cases), |s| s.confirmed = true)
        .unwrap();
    assert_eq!((confirmed.outcome, confirmed.closed, confirmed.by_person), (Outcome::Accepted, 11, true));
}

#[test]
fn as_many_lines_as_a_sheet_has_are_held_in_every_mode() {
    let rows = |n: usize| {
        let rows = (0..n).map(|n| format!("{},covid,M,2022-01-01\n", 100_000 + n));
        format!("id,disease,sex,day\n{}", rows.collect::<String>())
    };
    for mode in ["snapshot", "upsert", "append"] {
        let room = Room::new();
        let mapping = KEYED.replace("\"snapshot\"", &format!("\"{mode}\""));
        let receipt = room.deliver(&mapping, &rows(65_535));
        assert_eq!(receipt.hold, Some(Hold::FullSheet { lines: 65_536, withdrawn: 0 }), "{mode}");
        assert_eq!(room.deliver(&mapping, &rows(65_534)).outcome, Outcome::Accepted, "{mode}");
    }
}

#[test]
fn a_file_that_ends_in_the_middle_of_a_line_is_held() {
    for mode in ["snapshot", "upsert"] {
        let room = Room::new();
        let mapping = KEYED.replace("\"snapshot\"", &format!("\"{mode}\""));
        let whole = csv(&three_a_day(1..=10));
        room.accept(&mapping, &whole);
        let cut = room.deliver(&mapping, &whole[..whole.len() - 14]);
        assert_eq!(cut.hold, Some(Hold::Torn { row: 31 }), "{mode}: {cut:?}");
        assert_eq!(cut.faults[0].kind, FaultKind::Ragged);
        // Without its last line end alone a file is whole.
        let receipt = room.deliver(&mapping, whole.trim_end());
        assert_eq!(receipt.outcome, Outcome::Unchanged, "{mode}");
    }
}

#[test]
fn a_column_is_held_against_what_is_usual_for_its_source() {
    let room = Room::new();
    let deliver = |day: u32, cells: u64, filled: u64| {
        let unread =
            Unread { column: "年齢".into(), kind: FaultKind::NotAnAge, cells, filled, rows: vec![2] };
        room.deliver_unread(KEYED, &csv(&three_a_day(1..=day)), vec![unread])
    };
    for day in 9..=12 {
        assert!(deliver(day, 2, 100).outcome.is_taken());
    }
    let held = deliver(13, 40, 100);
    let Some(Hold::Unreadable { cells: 40, filled: 100, usual: Some(usual), .. }) = held.hold else {
        panic!("{held:?}")
    };
    assert!((usual - 0.02).abs() < 1e-9, "{usual}");
    assert_eq!(room.store.delivery(held.delivery).unwrap().unwrap().receipt.unread, held.unread);
}
