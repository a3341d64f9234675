//! A cell that can't be read costs neither its person nor what was known: the earlier value stays, and only a word
//! for "unknown" (or an empty cell) takes it back.

use hinomi::intake::fault::FaultKind;
use hinomi::store::{AsOf, BatchId, Outcome};

use super::room::{BEDS, KEYLESS, Room};

/// Notifications that only add or replace, with an age and a time.
const NOTES: &str = r#"
source = "notes"
title = { ja = "届出", en = "Notifications" }
table = "cases"
mode = "upsert"
namespace = "ward"
rhythm = { every_minutes = 30 }
constants = { disease = "covid-19", resident = "true" }
column = [
  { headings = ["id"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{6}', expected = true, required = true },
  { headings = ["sex"], privacy = "keep", field = "sex", type = "code", codes = { M = ["M"], F = ["F"] } },
  { headings = ["age"], privacy = "coarsen", field = "age", type = "age" },
  { headings = ["received"], privacy = "keep", field = "received", type = "datetime" },
  { headings = ["onset"], privacy = "keep", field = "onset_day", type = "date" },
]
"#;

const HEADER: &str = "id,sex,age,received,onset\n";
const ALL: &str = "SELECT sex, age, age_decade, received_at, received_day, onset_day FROM cases";

#[test]
fn an_unreadable_cell_keeps_what_was_known_until_a_word_for_unknown() {
    for mode in ["upsert", "snapshot"] {
        let notes = NOTES.replace("mode = \"upsert\"", &format!("mode = \"{mode}\""));
        let mut room = Room::new();
        let deliver = |room: &Room, row: &str| room.deliver(&notes, &format!("{HEADER}{row}\n"));
        let known = "M|45|40|2022-01-04T23:30:00|2022-01-05|2022-01-03";
        deliver(&room, "100001,M,45,2022-01-05 08:30,2022-01-03");
        assert_eq!(room.rows(ALL, AsOf::Latest), [known]);

        // Nothing can be made of three cells; the sex is told anew.
        let unreadable = "100001,F,読めない歳,おととい,三日";
        let receipt = deliver(&room, unreadable);
        assert_eq!((receipt.outcome, receipt.opened, receipt.closed), (Outcome::Accepted, 1, 1), "{mode}");
        assert_eq!((receipt.quarantined, receipt.faults), (0, vec![]));
        let kept = "F|45|40|2022-01-04T23:30:00|2022-01-05|2022-01-03";
        assert_eq!(room.rows(ALL, AsOf::Latest), [kept], "{mode}");
        assert_eq!(room.rows(ALL, AsOf::Batch(BatchId(1))), [known]);

        // The same again is no news.
        assert_eq!(deliver(&room, unreadable).outcome, Outcome::Unchanged, "{mode}");

        // The source says that it doesn't know the age; of the rest nothing can be made still.
        deliver(&room, "100001,F,非公表,おととい,三日");
        assert_eq!(
            room.rows(ALL, AsOf::Latest),
            ["F|-|-|2022-01-04T23:30:00|2022-01-05|2022-01-03"],
            "{mode}"
        );
        deliver(&room, "100001,F,,,3月中旬");
        assert_eq!(room.rows(ALL, AsOf::Latest), ["F|-|-|-|-|-"], "{mode}");
        // What was never known is not made up.
        deliver(&room, "100001,F,読めない歳,,");
        assert_eq!(room.rows(ALL, AsOf::Latest), ["F|-|-|-|-|-"], "{mode}");

        let before = room.everything();
        room.store.close().expect("closes");
        std::fs::remove_file(room.data().join("hinomi.duckdb")).expect("removed");
        room.reopen();
        assert_eq!(room.everything(), before, "{mode}: made again from the archive");
    }
}

/// As [`NOTES`], in each way of comparing files and of choosing between rows.
fn in_each_way(test: impl Fn(&str, &str, &str)) {
    for mode in ["append", "upsert", "snapshot", "window"] {
        for on_repeat in ["last", "first", "hold"] {
            let window = match mode {
                "window" => "window = { column = \"received_day\", in_name = '_(\\d{8})-(\\d{8})' }\n",
                _ => "",
            };
            let word = if mode == "window" { "snapshot" } else { mode };
            let text =
                format!("mode = \"{word}\"\non_repeat = \"{on_repeat}\"\nmax_bad_share = 1.0\n{window}");
            test(&NOTES.replace("mode = \"upsert\"\n", &text), mode, on_repeat);
        }
    }
}

/// A file whose rows are (id, sex, age).
fn people(rows: &[(&str, &str, &str)]) -> String {
    let row = |(id, sex, age): &(&str, &str, &str)| format!("{id},{sex},{age},2022-01-05 08:30,\n");
    rows.iter().fold(HEADER.to_owned(), |text, of| text + &row(of))
}

const SEX_AND_AGE: &str = "SELECT sex, age, age_decade FROM cases ORDER BY case_id";

#[test]
fn within_a_file_an_unreadable_cell_replaces_nothing() {
    in_each_way(|notes, mode, on_repeat| {
        let way = format!("{mode}, {on_repeat}");
        let mut room = Room::new();
        let take = |room: &Room, rows: &[(&str, &str, &str)]| {
            room.deliver_as(notes, "x_20220101-20220131.csv", &people(rows), |start| start.confirmed = true)
                .expect("a receipt")
        };
        let rows = [
            ("100001", "M", "45"), // the later age can't be read
            ("100001", "F", "読めない歳"),
            ("100002", "M", "50"), // a word for unknown is told
            ("100002", "M", "不明"),
            ("100002", "F", "x"),
            ("100003", "M", "読めない歳"), // only the later can be read
            ("100003", "F", "61"),
            ("100004", "M", "20"), // the nearest that tells of it
            ("100004", "M", "30"),
            ("100004", "?", "y"),
            ("100004", "F", "z"),
            ("100005", "M", "y"), // nobody tells of it
            ("100005", "F", "z"),
            ("100006", "M", "7"), // nothing else differs
            ("100006", "M", "歳"),
        ];
        let receipt = take(&room, &rows);
        let counted = receipt.counted.expect("counted");
        assert_eq!(counted.new + counted.merged + receipt.quarantined, 15, "{way}");
        let right: &[&str] = match on_repeat {
            "last" => &["F|45|40", "F|-|-", "F|61|60", "F|30|30", "F|-|-", "M|7|0"],
            "first" => &["M|45|40", "M|50|50", "M|61|60", "M|20|20", "M|-|-", "M|7|0"],
            _ => &[],
        };
        assert_eq!(room.rows(SEX_AND_AGE, AsOf::Latest), right, "{way}");
        // What one row gave and another did not is no note of a cell that could not be read.
        let noted = "SELECT unread FROM cases WHERE unread IS NOT NULL";
        let left = usize::from(on_repeat != "hold");
        assert_eq!(room.rows(noted, AsOf::Latest).len(), left, "{way}");
        let again = take(&room, &rows);
        assert_eq!(
            (again.outcome, again.opened),
            (Outcome::Unchanged, 0),
            "{way}: the same again is no news"
        );

        let before = room.everything();
        room.store.close().expect("closes");
        std::fs::remove_file(room.data().join("hinomi.duckdb")).expect("removed");
        room.reopen();
        assert_eq!(room.everything(), before, "{way}: made again from the archive");
    });
}

/// What a file says in one row beats what an earlier file said, and an unreadable cell beats neither; whether the file is
/// small, or so large that rows which are known are passed by.
#[test]
fn a_file_that_tells_in_one_row_only_beats_the_files_before() {
    in_each_way(|notes, mode, on_repeat| {
        for others in [0, 20_000] {
            let way = format!("{mode}, {on_repeat}, {others}");
            let room = Room::new();
            let take = |rows: &[(&str, &str, &str)]| {
                let ids: Vec<String> = (0..others).map(|n| (200_000 + n).to_string()).collect();
                let others = ids.iter().map(|id| (id.as_str(), "M", "33"));
                let rows: Vec<_> = others.chain(rows.iter().copied()).collect();
                room.deliver_as(notes, "x_20220101-20220131.csv", &people(&rows), |start| {
                    start.confirmed = true;
                })
                .expect("a receipt")
            };
            let mine = || {
                let text = "SELECT sex, age FROM cases WHERE age IS NULL OR age <> 33 ORDER BY case_id";
                room.rows(text, AsOf::Latest)
            };
            take(&[("100001", "M", "45"), ("100002", "M", "46"), ("100003", "M", "47")]);
            // The row that can't be read is the very row that is stored.
            take(&[("100001", "M", "歳"), ("100002", "M", "歳"), ("100003", "M", "歳")]);
            assert_eq!(mine(), ["M|45", "M|46", "M|47"], "{way}");
            take(&[
                ("100001", "M", "55"),
                ("100001", "M", "歳"),
                ("100002", "M", "56"),
                ("100002", "M", "46"),
                ("100002", "M", "歳"),
                ("100003", "M", "歳"),
                ("100003", "M", "57"),
            ]);
            let right = match (mode, on_repeat) {
                ("append", _) | (_, "hold") => ["M|45", "M|46", "M|47"],
                (_, "first") => ["M|55", "M|56", "M|57"],
                _ => ["M|55", "M|46", "M|57"],
            };
            assert_eq!(mine(), right, "{way}");
        }
    });
}

#[test]
fn each_row_keeps_its_own() {
    let room = Room::new();
    let rows = |cells: &[(&str, &str)]| {
        cells.iter().fold(HEADER.to_owned(), |text, (id, age)| format!("{text}{id},M,{age},,\n"))
    };
    room.accept(NOTES, &rows(&[("100001", "10"), ("100002", "20"), ("100003", "30"), ("100004", "40")]));
    // Read, unreadable, unknown, unreadable, and a newcomer of whom nothing was known.
    let more =
        [("100001", "11"), ("100002", "読めない歳"), ("100003", "不明"), ("100004", "x"), ("100005", "y")];
    let receipt =
        room.deliver_as(NOTES, "a.csv", &rows(&more), |start| start.confirmed = true).expect("a receipt");
    // Of whom only the age came, and could not be read, nothing changes.
    assert_eq!((receipt.opened, receipt.closed, receipt.unchanged), (3, 2, 2));
    let counted = receipt.counted.expect("counted");
    assert_eq!((counted.new, counted.changed), (1, 2));
    let text = "SELECT age FROM cases ORDER BY age NULLS LAST";
    assert_eq!(room.rows(text, AsOf::Latest), ["11", "20", "40", "-", "-"]);
}

#[test]
fn tables_without_a_subject_keep_by_their_key() {
    let room = Room::new();
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\nH02,2022-01-01,20\n");
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,多数\nH02,2022-01-01,-\n");
    let text = "SELECT facility_id, secured FROM bed_capacity ORDER BY facility_id";
    assert_eq!(room.rows(text, AsOf::Latest), ["H01|10", "H02|-"]);
}

/// Totals laid out in columns, where a total that can't be read has no row: a snapshot does not withdraw it.
#[test]
fn a_total_that_cannot_be_read_is_not_withdrawn() {
    let totals = r#"
source = "totals"
title = { ja = "合計", en = "Totals" }
table = "aggregate_counts"
mode = "snapshot"
key = ["area", "day"]
rhythm = { every_minutes = 30 }
constants = { disease = "covid-19" }
column = [
  { headings = ["area"], privacy = "keep", field = "area", type = "id", pattern = '[0-9]{2}', expected = true, required = true },
  { headings = ["day"], privacy = "keep", field = "day", type = "date", required = true },
  { headings = ["in"], privacy = "keep", series = "inpatients", type = "count" },
  { headings = ["home"], privacy = "keep", series = "home", type = "count" },
]
"#;
    let room = Room::new();
    room.accept(totals, "area,day,in,home\n13,2022-01-01,100,200\n");
    room.accept(totals, "area,day,in,home\n13,2022-01-01,多数,201\n");
    let text = "SELECT series, CAST(value AS BIGINT) FROM aggregate_counts ORDER BY series";
    assert_eq!(room.rows(text, AsOf::Latest), ["home|201", "inpatients|100"]);
}

#[test]
fn without_a_key_an_unreadable_cell_is_unknown() {
    let keyless = KEYLESS.replace("field = \"sex\"", "field = \"sex\", expected = true");
    let room = Room::new();
    room.accept(&keyless, "sex,day\nM,2022-01-01\nF,2022-01-01\n");
    let receipt = room.deliver(&keyless, "sex,day\nmale,2022-01-01\nF,2022-01-01\n");
    assert_eq!((receipt.outcome, receipt.opened, receipt.closed), (Outcome::Accepted, 1, 1));
    assert_eq!(room.rows("SELECT sex FROM cases ORDER BY sex", AsOf::Latest), ["F", "-"]);
    assert_eq!(
        room.deliver(&keyless, "sex,day\nmale,2022-01-01\nF,2022-01-01\n").outcome,
        Outcome::Unchanged
    );
}

/// Over half of a column's filled cells: the form has changed, and a person looks before anything is stored.
#[test]
fn what_holds_and_what_does_not() {
    let room = Room::new();
    let file = |sexes: &str| {
        let rows = sexes.split('|').enumerate();
        rows.fold(HEADER.to_owned(), |text, (n, sex)| format!("{text}30000{n},{sex},30,,\n"))
    };
    // Words for unknown, empty cells and half of the column are taken; so is a tiny file.
    for taken in ["不明|非公表|調査中|M|確認中|-", "男||||||", "男|女|男", "M|F|M|男|女|男"]
    {
        assert!(room.deliver(NOTES, &file(taken)).outcome.is_taken(), "{taken}");
    }
    let most = file("M|F|男|女|男|女");
    let before = room.everything();
    let Outcome::Held(why) = room.deliver(NOTES, &most).outcome else { panic!("not held") };
    assert!(why.ends_with("column sex: 4 of 6 filled cells can't be read (67 %), more than half"), "{why}");
    assert_eq!(room.everything(), before);
    let confirmed =
        room.deliver_as(NOTES, "b.csv", &most, |start| start.confirmed = true).expect("a receipt");
    assert!(confirmed.outcome.is_taken());
}

/// `max_bad_share` counts rows that are held back, and nothing else.
#[test]
fn the_share_of_bad_rows_is_of_rows_held_back() {
    let strict = NOTES.replace("mode =", "max_bad_share = 0.0\nmode =");
    let room = Room::new();
    let receipt =
        room.deliver(&strict, &format!("{HEADER}400001,male,30,,\n400002,M,30,,\n400003,F,30,,3月頃\n"));
    assert_eq!((receipt.outcome, receipt.opened, receipt.quarantined), (Outcome::Accepted, 3, 0));
    let receipt = room.deliver(&strict, &format!("{HEADER}400001,090-1234-5678,30,,\n400002,M,31,,\n"));
    assert!(matches!(receipt.outcome, Outcome::Refused(_)), "{:?}", receipt.outcome);
    assert_eq!(receipt.faults[0].kind, FaultKind::LooksLikePhone);
}

#[test]
fn a_large_file_keeps_too() {
    let room = Room::new();
    let rows = |tenth: Option<(&str, &str)>| {
        (0..25_000u32).fold(HEADER.to_owned(), |text, n| {
            let read = (n % 90).to_string();
            let (sex, age) = tenth.filter(|_| n % 10 == 0).unwrap_or(("M", &read));
            format!("{text}{:06},{sex},{age},,\n", n + 100_000)
        })
    };
    room.accept(NOTES, &rows(None));
    let receipt = room.deliver(NOTES, &rows(Some(("F", "x"))));
    assert_eq!((receipt.opened, receipt.closed, receipt.unchanged), (2_500, 2_500, 22_500));
    assert_eq!(room.rows("SELECT count(age), count(*) FROM cases", AsOf::Latest), ["25000|25000"]);
    let again = room.deliver(NOTES, &rows(Some(("F", "y"))));
    assert_eq!((again.outcome, again.unchanged), (Outcome::Unchanged, 25_000));
    room.accept(NOTES, &format!("{HEADER}100000,M,不明,,\n"));
    assert_eq!(room.rows("SELECT count(age), count(*) FROM cases", AsOf::Latest), ["24999|25000"]);
}
