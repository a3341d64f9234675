//! No file of the past turns back what a newer one has said, whichever way it comes.

use hinomi::intake::aside::Why;
use hinomi::store::{AsOf, Hold, Outcome, Receipt};
use jiff::Timestamp;

use super::room::{BEDS, KEYED, KEYLESS, Room};

/// Notifications of the days that stand in the file's name.
pub const WINDOWED: &str = r#"
source = "windowed"
title = { ja = "届出", en = "Notifications" }
table = "cases"
mode = "snapshot"
namespace = "ward"
window = { column = "reported_day", in_name = '_(\d{8})-(\d{8})_' }
rhythm = { every_minutes = 30 }
constants = { disease = "covid-19" }
column = [
  { headings = ["id"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{6}', expected = true, required = true },
  { headings = ["sex"], privacy = "keep", field = "sex", type = "code", codes = { M = ["M"], F = ["F"] } },
  { headings = ["day"], privacy = "keep", field = "reported_day", type = "date" },
]
"#;

/// A stamp of so many hours after the start of the room's time.
#[expect(clippy::unnecessary_wraps, reason = "as it is given to a delivery")]
fn stamp(hour: i64) -> Option<Timestamp> {
    Some(super::room::start_of_time() + jiff::SignedDuration::from_hours(hour - 48))
}

fn deliver(room: &Room, mapping: &str, name: &str, hour: i64, csv: &str) -> Receipt {
    room.deliver_as(mapping, name, csv, |start| start.stamp = stamp(hour)).expect("a receipt")
}

fn equation(receipt: &Receipt) {
    let counted = receipt.counted.expect("counted");
    let sum = counted.new + counted.changed + receipt.unchanged + counted.merged + receipt.quarantined;
    assert_eq!(sum, receipt.rows, "{receipt:?}");
}

const ALL: &str = "SELECT reported_day, sex FROM cases ORDER BY ALL";

#[test]
fn an_older_snapshot_of_everything_changes_nothing() {
    for (mapping, head) in [(KEYED, "id,disease,sex,day\n"), (KEYLESS, "sex,day\n")] {
        let room = Room::new();
        let rows = |n: u32, sex: &str| {
            let one = |i: u32| match mapping == KEYED {
                true => format!("10000{i},covid,{sex},2021-12-01\n"),
                false => format!("{sex},2021-12-0{}\n", i + 1),
            };
            head.to_owned() + &(0..n).map(one).collect::<String>()
        };
        deliver(&room, mapping, "a.csv", 2, &rows(5, "M"));
        let before = room.everything();
        let late = deliver(&room, mapping, "b.csv", 1, &rows(7, "F"));
        assert_eq!((late.outcome.clone(), late.stale), (Outcome::Unchanged, true), "{late:?}");
        assert_eq!((late.left_out_counts[0].why, late.left_out_counts[0].rows), (Why::Overtaken, 7));
        equation(&late);
        assert_eq!(room.everything(), before);
        // A person who says that it is right doesn't make it newer.
        let late = room
            .deliver_as(mapping, "b.csv", &rows(7, "F"), |start| {
                start.stamp = stamp(1);
                start.confirmed = true;
            })
            .expect("a receipt");
        assert_eq!(late.outcome, Outcome::Unchanged);
        assert_eq!(room.everything(), before);
        // The next one is newer, and applies.
        let next = deliver(&room, mapping, "c.csv", 3, &rows(6, "M"));
        assert_eq!((next.outcome, next.stale), (Outcome::Accepted, false));
    }
}

/// Of an older file the days count of which no newer one has told: they are added, corrected and withdrawn by it.
#[test]
fn an_older_window_is_merged_where_nobody_newer_has_told() {
    let room = Room::new();
    let head = "id,sex,day\n";
    deliver(
        &room,
        WINDOWED,
        "x_20211201-20211210_a.csv",
        1,
        &format!("{head}100001,M,2021-12-01\n100002,M,2021-12-02\n100005,M,2021-12-05\n"),
    );
    deliver(
        &room,
        WINDOWED,
        "x_20211203-20211212_c.csv",
        3,
        &format!("{head}100005,F,2021-12-05\n100012,F,2021-12-12\n"),
    );
    // It knows nothing of the 12th, lacks the one of the 2nd, and says otherwise of the 5th.
    let late = deliver(
        &room,
        WINDOWED,
        "x_20211201-20211211_b.csv",
        2,
        &format!("{head}100001,F,2021-12-01\n100005,M,2021-12-05\n100006,M,2021-12-06\n"),
    );
    assert_eq!((late.outcome.clone(), late.stale), (Outcome::Accepted, true), "{late:?}");
    assert_eq!(late.left_out.iter().map(|left| left.row).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(
        (late.rows, late.counted.expect("counted").changed, late.counted.expect("counted").withdrawn),
        (1, 1, 1)
    );
    equation(&late);
    assert_eq!(room.rows(ALL, AsOf::Latest), ["2021-12-01|F", "2021-12-05|F", "2021-12-12|F"]);
    let state = room.store.sources().remove(0);
    assert_eq!(state.stamp, stamp(3), "the source is as fresh as its newest file");
}

/// Where it can't be told which of two is right, a person decides; what adds only, adds.
#[test]
fn an_older_file_that_replaces_by_key_waits() {
    let room = Room::new();
    let head = "facility,day,secured\n";
    deliver(&room, BEDS, "a.csv", 2, &format!("{head}H01,2021-12-01,20\n"));
    let adds = deliver(&room, BEDS, "b.csv", 1, &format!("{head}H01,2021-12-01,20\nH02,2021-12-01,5\n"));
    assert_eq!((adds.outcome, adds.stale, adds.opened), (Outcome::Accepted, true, 1));
    let back = deliver(&room, BEDS, "c.csv", 1, &format!("{head}H01,2021-12-01,10\n"));
    assert_eq!(back.hold, Some(Hold::Older { rows: 1 }), "{back:?}");
    let words = Hold::Older { rows: 1 }.words();
    assert!(words.contains("古い内容に戻す") && words.contains("set back"), "{words}");
    assert_eq!(room.rows("SELECT secured FROM bed_capacity ORDER BY facility_id", AsOf::Latest), ["20", "5"]);
    let append = BEDS.replace("mode = \"upsert\"", "mode = \"append\"");
    let more = deliver(&room, &append, "d.csv", 1, &format!("{head}H03,2021-12-01,7\n"));
    assert_eq!((more.outcome, more.stale), (Outcome::Accepted, true));
}

/// A stamp that lies ahead, as an earlier program may have taken it, makes nothing old.
#[test]
fn a_stamp_of_times_to_come_makes_nothing_old() {
    let room = Room::new();
    let row = |sex: &str| format!("id,disease,sex,day\n100001,covid,{sex},2021-12-01\n");
    deliver(&room, KEYED, "a.csv", 24 * 365, &row("M"));
    let now = deliver(&room, KEYED, "b.csv", 48, &row("F"));
    assert_eq!((now.outcome, now.stale), (Outcome::Accepted, false));
    assert_eq!(room.rows("SELECT sex FROM cases", AsOf::Latest), ["F"]);
}
