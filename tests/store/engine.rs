//! The engine boundary: what a query may do, in which time, and what comes out.

use std::time::{Duration, Instant};

use arrow::datatypes::{DataType, TimeUnit};
use hinomi::store::{AsOf, BatchId, DeliveryStart, Outcome, Param, Query, Store, StoreError};

use super::room::{BEDS, KEYED, Room};

fn filled() -> Room {
    let room = Room::new();
    room.accept(KEYED, "id,disease,sex,day\n100001,covid,M,2022-01-01\n100002,measles,F,2022-01-02\n");
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\n");
    room
}

#[test]
fn a_query_names_tables_and_nothing_else() {
    let room = filled();
    for text in [
        "SELECT * FROM vault.identities",
        "SELECT * FROM vault.cases_closed",
        "SELECT * FROM latest.cases",
        "SELECT * FROM deliveries",
        "SELECT * FROM duckdb_tables()",
        "SELECT 1; SELECT 2",
        "DELETE FROM cases",
        "SELECT getvariable('as_of_batch')",
    ] {
        let answer = room.ask(text, AsOf::Latest, &[]);
        assert!(matches!(answer, Err(StoreError::Query { .. })), "{text}");
    }
    let columns = room.ask("SELECT * FROM cases", AsOf::Latest, &[]).unwrap().schema();
    for own in ["key__", "content__", "row__", "known_from", "known_to"] {
        assert!(columns.index_of(own).is_err(), "{own}");
    }
    assert!(columns.index_of("case_id").is_ok() && columns.index_of("source").is_ok());
    let columns = room.ask("SELECT * FROM bed_capacity", AsOf::Latest, &[]).unwrap().schema();
    assert!(columns.index_of("case_id").is_err());
}

#[test]
fn parameters_are_bound_by_name_and_only_those_named() {
    let room = filled();
    let all = [
        ("disease", Param::Text("covid-19".into())),
        ("from", Param::Day("2022-01-01".parse().unwrap())),
        ("to", Param::Day("2022-01-31".parse().unwrap())),
        ("as_of_at", Param::Instant("2022-01-31T00:00:00Z".parse().unwrap())),
        ("n", Param::Int(3)),
        ("by", Param::Null),
    ];
    let text = "SELECT count(*) + $n AS n FROM cases
        WHERE disease = $disease AND reported_day BETWEEN $from AND $to AND ($by IS NULL OR sex = $by)";
    let answer = room.ask(text, AsOf::Latest, &all).unwrap();
    assert_eq!(super::room::lines(&answer), ["4"]);
    let missing = room.ask("SELECT $other AS x FROM cases", AsOf::Latest, &all);
    assert!(matches!(missing, Err(StoreError::Query { why, .. }) if why.contains("$other")));
}

#[test]
fn few_types_come_out() {
    let room = filled();
    let text = "SELECT sum(secured) AS total, avg(secured) AS mean, count(*) AS n, max(from_day) AS day,
          CAST(max(from_day) AS TIMESTAMP) AS at, max(facility_id) AS id, bool_or(secured > 1) AS any,
          CAST(1.50 AS DECIMAL(4, 2)) AS d, CAST(1 AS UBIGINT) AS u
        FROM bed_capacity";
    let answer = room.ask(text, AsOf::Latest, &[]).unwrap();
    let kinds: Vec<_> = answer.schema().fields().iter().map(|f| f.data_type().clone()).collect();
    let at = DataType::Timestamp(TimeUnit::Microsecond, None);
    let expected = [
        DataType::Int64,
        DataType::Float64,
        DataType::Int64,
        DataType::Date32,
        at,
        DataType::Utf8,
        DataType::Boolean,
        // With the places that it needs.
        DataType::Decimal128(38, 1),
        DataType::Int64,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(super::room::lines(&answer), ["10|10.0|1|2022-01-01|2022-01-01T00:00:00|H01|true|1.5|1"]);
    let none = room.ask("SELECT facility_id FROM bed_capacity WHERE secured < 0", AsOf::Latest, &[]).unwrap();
    assert_eq!((none.num_rows(), none.num_columns()), (0, 1));
}

#[test]
fn a_query_ends_within_its_time_and_the_reader_stays_good() {
    let room = filled();
    let text = "SELECT count(*) FROM generate_series(1, 100000000) a(x), generate_series(1, 100000) b(y)
        WHERE (x * y) % 7 = 3";
    let query = Query { id: "endless".into(), sql: text.into(), params: Vec::new() };
    let started = Instant::now();
    let answer = room.store.query(&query, AsOf::Latest, Duration::from_millis(300));
    assert!(matches!(answer, Err(StoreError::TimedOut { .. })), "{answer:?}");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(room.rows("SELECT count(*) FROM cases", AsOf::Latest), ["2"]);
}

#[test]
fn readers_beside_each_other_keep_their_own_moment() {
    let room = filled();
    room.accept(KEYED, "id,disease,sex,day\n100001,covid,F,2022-01-01\n100002,measles,F,2022-01-02\n");
    std::thread::scope(|threads| {
        for n in 0..8_u32 {
            let room = &room;
            threads.spawn(move || {
                for turn in 0..20 {
                    let batch = (n + turn) % 4;
                    let men = if batch == 1 || batch == 2 { "1" } else { "0" };
                    let text = "SELECT count(*) FROM cases WHERE sex = 'M'";
                    assert_eq!(room.rows(text, AsOf::Batch(BatchId(batch))), [men], "batch {batch}");
                }
            });
        }
    });
    assert!(matches!(room.ask("SELECT 1", AsOf::Batch(BatchId(4)), &[]), Err(StoreError::NoBatch { .. })));
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
