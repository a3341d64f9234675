//! Nothing ends before it begins: such an end is not known, whatever the table, whether one row says so or what stayed known
//! from before; the row counts, and the cell is told of.

use hinomi::definitions::schema::{Schema, Table};
use hinomi::intake::fault::FaultKind;
use hinomi::store::{AsOf, Outcome};

use super::room::Room;

/// A mapping that feeds a span of a table by moments, or by days.
fn mapping(table: &Table, (begin, end): &(String, String), mode: &str, unit: &str) -> String {
    let (kind, suffix) = if unit == "_at" { ("datetime", "") } else { ("date", "_day") };
    format!(
        r#"
source = "spans"
title = {{ ja = "期間", en = "Spans" }}
table = "{}"
mode = "{mode}"
namespace = "ward"
rhythm = {{ every_minutes = 30 }}
column = [
  {{ headings = ["id"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{{6}}', expected = true, required = true }},
  {{ headings = ["始"], privacy = "keep", field = "{begin}{suffix}", type = "{kind}" }},
  {{ headings = ["終"], privacy = "keep", field = "{end}{suffix}", type = "{kind}" }},
]
"#,
        table.name
    )
}

/// Every span of every table, in each way to feed it and each mode.
fn each_span(test: impl Fn(&str, &str, &dyn Fn(&Room) -> Vec<String>, bool)) {
    let mut spans = 0;
    for table in Schema::embedded().tables.values() {
        for span in &table.spans {
            for (mode, unit) in
                [("upsert", "_at"), ("snapshot", "_at"), ("upsert", "_day"), ("snapshot", "_day")]
            {
                let (begin, end) = span;
                let all = format!(
                    "SELECT {begin}_day, {end}_day, contains(coalesce(unread, ''), ',{end}_day,') FROM {} ORDER BY case_id",
                    table.name
                );
                let rows = |room: &Room| room.rows(&all, AsOf::Latest);
                test(
                    &mapping(table, span, mode, unit),
                    &format!("{} {mode} {unit}", table.name),
                    &rows,
                    unit == "_at",
                );
                spans += 1;
            }
        }
    }
    assert!(spans >= 4, "{spans}");
}

#[test]
fn an_end_before_its_beginning_is_unknown_and_told() {
    each_span(|mapping, way, rows, moments| {
        let room = Room::new();
        let csv = "id,始,終\n100001,2022-01-05 10:00,2022-01-08 09:00\n100002,2022-01-05 10:00,2022-01-03 09:00\n\
                   100003,2022-01-05 10:00,2022-01-05 10:00\n100004,2022-01-05 10:00,2022-01-05 09:59\n\
                   100005,,2022-01-03 09:00\n100006,2022-01-05 10:00,\n";
        let csv = if moments {
            csv.to_owned()
        } else {
            csv.replace(" 10:00", "").replace(" 09:00", "").replace(" 09:59", "")
        };
        let receipt = room.deliver(mapping, &csv);
        assert_eq!(
            (receipt.outcome, receipt.opened, receipt.quarantined),
            (Outcome::Accepted, 6, 0),
            "{way}"
        );
        let told = receipt.unread.iter().filter(|unread| unread.kind == FaultKind::EndBeforeBegin);
        let warned: Vec<(&str, &[u64])> = told.map(|unread| (&*unread.column, &*unread.rows)).collect();
        let (same_day, expected) = match moments {
            true => ("2022-01-05|-|true", [("終", &[3, 5][..])]),
            false => ("2022-01-05|2022-01-05|false", [("終", &[3][..])]),
        };
        assert_eq!(warned, expected, "{way}");
        let told = [
            "2022-01-05|2022-01-08|false",
            "2022-01-05|-|true",
            "2022-01-05|2022-01-05|false",
            same_day,
            "-|2022-01-03|false",
            "2022-01-05|-|false",
        ];
        assert_eq!(rows(&room), told, "{way}");
        assert_eq!(
            room.deliver(mapping, &csv).outcome,
            Outcome::Unchanged,
            "{way}: the same again is no news"
        );
    });
}

/// What an unreadable cell leaves standing may not end what begins anew.
#[test]
fn an_end_that_stayed_known_does_not_end_before_a_new_beginning() {
    each_span(|mapping, way, rows, _| {
        let mut room = Room::new();
        let row = |begin: &str, end: &str| format!("id,始,終\n100001,{begin},{end}\n");
        room.deliver(mapping, &row("2022-01-05", "2022-01-08"));
        let known = "2022-01-05|2022-01-08|false";
        assert_eq!(rows(&room), [known], "{way}");
        // Nothing can be made of the end: the earlier one stands, where it may.
        room.deliver(mapping, &row("2022-01-06", "読めない日"));
        assert_eq!(rows(&room), ["2022-01-06|2022-01-08|false"], "{way}");
        let later = row("2022-01-10", "読めない日");
        assert_eq!(room.deliver(mapping, &later).opened, 1, "{way}");
        assert_eq!(rows(&room), ["2022-01-10|-|true"], "{way}");
        assert_eq!(room.deliver(mapping, &later).outcome, Outcome::Unchanged, "{way}");
        // An end before the beginning takes nothing back that may stand, and brings nothing back that may not.
        room.deliver(mapping, &row("2022-01-10", "2022-01-12"));
        room.deliver(mapping, &row("2022-01-11", "2022-01-09"));
        assert_eq!(rows(&room), ["2022-01-11|2022-01-12|false"], "{way}");
        room.deliver(mapping, &row("2022-01-20", "2022-01-19"));
        assert_eq!(rows(&room), ["2022-01-20|-|true"], "{way}");
        // Nothing can be made of the beginning: the earlier one stands.
        room.deliver(mapping, &row("読めない日", "2022-01-15"));
        assert_eq!(rows(&room), ["2022-01-20|-|true"], "{way}");
        room.deliver(mapping, &row("読めない日", "2022-01-22"));
        assert_eq!(rows(&room), ["2022-01-20|2022-01-22|false"], "{way}");
        // A file without the column keeps what was known, where it may.
        room.deliver(mapping, "id,始\n100001,2022-01-21\n");
        assert_eq!(rows(&room), ["2022-01-21|2022-01-22|false"], "{way}");
        room.deliver(mapping, "id,始\n100001,2022-01-25\n");
        assert_eq!(rows(&room), ["2022-01-25|-|true"], "{way}");
        // Of two rows of one file.
        let two = "id,始,終\n100001,2022-02-01,2022-02-03\n100001,2022-02-05,読めない日\n";
        room.deliver(mapping, two);
        assert_eq!(rows(&room), ["2022-02-05|-|true"], "{way}");

        let before = room.everything();
        room.store.close().expect("closes");
        std::fs::remove_file(room.data().join("hinomi.duckdb")).expect("removed");
        room.reopen();
        assert_eq!(room.everything(), before, "{way}: made again from the archive");
    });
}
