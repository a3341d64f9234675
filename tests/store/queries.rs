//! What every engine keeps to, whatever it is: one suite over the trait [`Queries`]. An engine joins it by saying how it is
//! opened over a data folder ([`Opens`]) and calling `every_engine!`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, TimeUnit};
use hinomi::store::{AsOf, BatchId, Given, Param, Queries, Query, StoreError};

use super::room::{BEDS, KEYED, Room, lines};

const DEADLINE: Duration = Duration::from_secs(20);

/// How an engine is opened over what the store of a room has taken in.
pub trait Opens {
    fn open(room: &Room) -> Box<dyn Queries>;
}

/// Two cases and a bed (batches 1 and 2); then the first case changes (batch 3) and the second goes (batch 4).
fn filled() -> Room {
    let room = Room::new();
    room.accept(KEYED, "id,disease,sex,day\n100001,covid,M,2022-01-01\n100002,measles,F,2022-01-02\n");
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\n");
    room.accept(KEYED, "id,disease,sex,day\n100001,covid,F,2022-01-01\n100002,measles,F,2022-01-02\n");
    room.accept(KEYED, "id,disease,sex,day\n100001,covid,F,2022-01-01\n");
    room
}

fn ask(engine: &dyn Queries, query: &Query, as_of: AsOf) -> Vec<String> {
    lines(&engine.query(query, as_of, DEADLINE).unwrap_or_else(|error| panic!("{}: {error}", query.sql)))
}

fn refused(engine: &dyn Queries, query: &Query) -> bool {
    let checked = engine.check(query);
    let asked = engine.query(query, AsOf::Latest, DEADLINE);
    matches!(checked, Err(StoreError::Query { .. })) && matches!(asked, Err(StoreError::Query { .. }))
}

fn table(name: &str, columns: Vec<(&str, ArrayRef)>) -> Given {
    let rows = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true)));
    Given { name: name.into(), rows: rows.expect("a table") }
}

/// Days from 2022-01-01 on, numbered.
fn days(length: i32) -> Given {
    let day: ArrayRef = Arc::new(Date32Array::from_iter_values((0..length).map(|n| 18_993 + n)));
    let label: ArrayRef = Arc::new(StringArray::from_iter_values((0..length).map(|n| format!("{n}日目"))));
    table("days", vec![("day", day), ("label", label)])
}

pub fn a_query_names_the_tables_and_nothing_else<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    for text in [
        "SELECT hi FROM vault.identities",
        "SELECT case_id FROM latest.cases",
        "SELECT source FROM deliveries",
        "SELECT table_name FROM duckdb_tables()",
        "SELECT table_name FROM information_schema.tables",
        "SELECT 1; SELECT 2",
        "DELETE FROM cases",
        "SELECT sex FROM cases WHERE known_from = 1",
        "SELECT label FROM days",
        "SELECT sex FROM",
    ] {
        assert!(refused(&*engine, &Query::new("other", text, [])), "{text}");
    }
    let columns = engine
        .query(&Query::new("all", "SELECT * FROM cases", []), AsOf::Latest, DEADLINE)
        .expect("as asked");
    for own in ["key__", "content__", "row__", "known_from", "known_to"] {
        assert!(columns.schema().index_of(own).is_err(), "{own}");
    }
    assert!(columns.schema().index_of("case_id").is_ok() && columns.schema().index_of("source").is_ok());
}

pub fn parameters_are_bound_by_name_and_only_those_named<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    let all = [
        ("disease", Param::Text("covid-19".into())),
        ("from", Param::Day("2022-01-01".parse().expect("as asked"))),
        ("to", Param::Day("2022-01-31".parse().expect("as asked"))),
        ("as_of_at", Param::Instant("2022-01-31T00:00:00Z".parse().expect("as asked"))),
        ("n", Param::Int(3)),
        ("by", Param::Null),
    ];
    let all = all.map(|(name, value)| (name.to_owned(), value));
    let text = "SELECT count(*) + $n AS n FROM cases
        WHERE disease = $disease AND reported_day BETWEEN $from AND $to AND ($by IS NULL OR sex = $by)";
    assert_eq!(ask(&*engine, &Query::new("named", text, all.clone()), AsOf::Latest), ["4"]);
    let missing =
        engine.query(&Query::new("missing", "SELECT $other AS x FROM cases", all), AsOf::Latest, DEADLINE);
    assert!(matches!(missing, Err(StoreError::Query { why, .. }) if why.contains("$other")));
}

pub fn the_same_text_answers_for_other_values<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    let text: Arc<str> = "SELECT count(*) AS n FROM cases WHERE disease = $disease".into();
    for (disease, as_of, n) in [
        ("covid-19", AsOf::Latest, "1"),
        ("measles", AsOf::Latest, "0"),
        ("measles", AsOf::Batch(BatchId(3)), "1"),
        ("covid-19", AsOf::Batch(BatchId(0)), "0"),
        ("measles", AsOf::Batch(BatchId(4)), "0"),
        ("covid-19", AsOf::Batch(BatchId(1)), "1"),
    ] {
        let params = [("disease".to_owned(), Param::Text(disease.into()))];
        let query = Query::new("same", Arc::clone(&text), params);
        assert_eq!(ask(&*engine, &query, as_of), [n], "{disease} {as_of:?}");
    }
}

pub fn a_name_may_come_with_another_text<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    for (text, answer) in
        [("SELECT count(*) AS n FROM cases", "1"), ("SELECT max(secured) AS n FROM bed_capacity", "10")]
    {
        assert_eq!(ask(&*engine, &Query::new("reworded", text, []), AsOf::Latest), [answer]);
    }
    assert!(refused(&*engine, &Query::new("reworded", "SELECT case_id FROM latest.cases", [])));
}

pub fn few_types_come_out<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    let text = "SELECT sum(secured) AS total, avg(secured) AS mean, count(*) AS n, max(from_day) AS day,
          CAST(max(from_day) AS TIMESTAMP) AS at, max(facility_id) AS id, bool_or(secured > 1) AS any_of,
          CAST(1.50 AS DECIMAL(4, 2)) AS d
        FROM bed_capacity";
    let answer = engine.query(&Query::new("types", text, []), AsOf::Latest, DEADLINE).expect("as asked");
    let kinds: Vec<_> = answer.schema().fields().iter().map(|f| f.data_type().clone()).collect();
    let expected = [
        DataType::Int64,
        DataType::Float64,
        DataType::Int64,
        DataType::Date32,
        DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::Utf8,
        DataType::Boolean,
        // With the places that it needs.
        DataType::Decimal128(38, 1),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(lines(&answer), ["10|10.0|1|2022-01-01|2022-01-01T00:00:00|H01|true|1.5"]);
    let none = Query::new("none", "SELECT facility_id FROM bed_capacity WHERE secured < 0", []);
    let none = engine.query(&none, AsOf::Latest, DEADLINE).expect("as asked");
    assert_eq!((none.num_rows(), none.num_columns()), (0, 1));
}

pub fn each_moment_shows_what_was_known<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    std::thread::scope(|threads| {
        for n in 0..8_u32 {
            let engine = &engine;
            threads.spawn(move || {
                for turn in 0..20 {
                    let batch = (n + turn) % 5;
                    let (men, all) =
                        [("0", "0"), ("1", "2"), ("1", "2"), ("0", "2"), ("0", "1")][batch as usize];
                    let text = "SELECT count(*) FILTER (WHERE sex = 'M') AS men, count(*) AS n FROM cases";
                    let shown = ask(&**engine, &Query::new("moment", text, []), AsOf::Batch(BatchId(batch)));
                    assert_eq!(shown, [format!("{men}|{all}")], "batch {batch}");
                }
            });
        }
    });
    let later = engine.query(&Query::new("later", "SELECT 1 AS n", []), AsOf::Batch(BatchId(5)), DEADLINE);
    assert!(matches!(later, Err(StoreError::NoBatch { batch: 5, latest: 4 })), "{later:?}");
}

pub fn a_query_ends_within_its_time_and_the_next_one_runs<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    let text =
        "SELECT count(*) AS n FROM generate_series(1, 100000000) AS a(x), generate_series(1, 100000) AS b(y)
        WHERE (x * y) % 7 = 3";
    let started = Instant::now();
    let answer = engine.query(&Query::new("endless", text, []), AsOf::Latest, Duration::from_millis(300));
    assert!(matches!(answer, Err(StoreError::TimedOut { .. })), "{answer:?}");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(
        ask(&*engine, &Query::new("next", "SELECT count(*) AS n FROM cases", []), AsOf::Latest),
        ["1"]
    );
}

pub fn tables_given_are_read_by_their_names<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    let text = "SELECT days.label, count(cases.case_id) AS n FROM days
        LEFT JOIN cases ON cases.reported_day = days.day GROUP BY days.day, days.label ORDER BY days.day";
    let query = Query::new("by_day", text, []).given([days(3)]);
    engine.check(&query).expect("it may");
    assert_eq!(ask(&*engine, &query, AsOf::Latest), ["0日目|1", "1日目|0", "2日目|0"]);
    assert_eq!(ask(&*engine, &query, AsOf::Batch(BatchId(1))), ["0日目|1", "1日目|1", "2日目|0"]);
    // Others next time, under the same name and with the same text.
    let query = Query::new("by_day", text, []).given([days(1)]);
    assert_eq!(ask(&*engine, &query, AsOf::Latest), ["0日目|1"]);
    let query = Query::new("by_day", text, []).given([days(0)]);
    assert_eq!(ask(&*engine, &query, AsOf::Latest), Vec::<String>::new());
    // What was given once is not there for the next.
    assert!(refused(&*engine, &Query::new("by_day", text, [])));
}

pub fn tables_given_keep_their_types_and_nulls<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    let decimals =
        Decimal128Array::from(vec![Some(1_380), None]).with_precision_and_scale(38, 2).expect("as asked");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("label", Arc::new(StringArray::from(vec![Some("it's «長い» longer than twelve bytes"), None]))),
        ("number", Arc::new(Int64Array::from(vec![None, Some(-7)]))),
        ("share", Arc::new(Float64Array::from(vec![Some(0.1), None]))),
        ("published", Arc::new(decimals)),
        ("day", Arc::new(Date32Array::from(vec![Some(2_932_896), None]))),
        ("instant", Arc::new(TimestampMicrosecondArray::from(vec![Some(1_640_995_200_000_001), None]))),
        ("flag", Arc::new(BooleanArray::from(vec![Some(true), None]))),
    ];
    let text =
        "SELECT label, number, share, published, day, instant, flag FROM given ORDER BY label NULLS LAST";
    let query = Query::new("types_given", text, []).given([table("given", columns)]);
    let told = ask(&*engine, &query, AsOf::Latest);
    let first = "it's «長い» longer than twelve bytes|-|0.1|13.8|9999-12-31|2022-01-01T00:00:00.000001|true";
    assert_eq!(told, [first, "-|-7|-|-|-|-|-"]);
    // Other columns under the same name.
    let other = table("given", vec![("label", Arc::new(Int64Array::from(vec![5])) as ArrayRef)]);
    let query = Query::new("other_columns", "SELECT label + 1 AS n FROM given", []).given([other]);
    assert_eq!(ask(&*engine, &query, AsOf::Latest), ["6"]);
}

pub fn many_rows_and_many_tables_may_be_given<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..30_000));
    let text = "WITH odd AS (SELECT n FROM numbers WHERE n % 2 = 1)
        SELECT count(*) AS rows_read, sum(odd.n) AS total, (SELECT count(*) FROM days) AS days FROM odd";
    let query = Query::new("many", text, []).given([table("numbers", vec![("n", numbers)]), days(1_096)]);
    for _ in 0..3 {
        assert_eq!(ask(&*engine, &query, AsOf::Latest), ["15000|225000000|1096"]);
    }
}

pub fn a_table_given_may_not_take_the_place_of_facts<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    let cases = table("cases", vec![("n", Arc::new(Int64Array::from(vec![1])) as ArrayRef)]);
    assert!(refused(&*engine, &Query::new("instead", "SELECT n FROM cases", []).given([cases])));
    assert_eq!(
        ask(&*engine, &Query::new("facts", "SELECT count(*) AS n FROM cases", []), AsOf::Latest),
        ["1"]
    );
}

pub fn queries_beside_each_other_keep_their_own_tables<E: Opens>() {
    let room = filled();
    let engine = E::open(&room);
    let text: Arc<str> = "SELECT count(*) AS n FROM days".into();
    std::thread::scope(|threads| {
        for n in 1..=8 {
            let (engine, text) = (&engine, &text);
            threads.spawn(move || {
                for turn in 0..20 {
                    let length = n * 100 + turn;
                    let query = Query::new("beside", Arc::clone(text), []).given([days(length)]);
                    assert_eq!(ask(&**engine, &query, AsOf::Latest), [length.to_string()]);
                }
            });
        }
    });
}

/// The suite as tests of one engine, each with an attribute where one is given.
#[macro_export]
macro_rules! every_engine {
    ($(#[$attribute:meta])? $engine:ty) => {
        $crate::every_engine!($(#[$attribute])? $engine:
            a_query_names_the_tables_and_nothing_else,
            parameters_are_bound_by_name_and_only_those_named,
            the_same_text_answers_for_other_values,
            a_name_may_come_with_another_text,
            few_types_come_out,
            each_moment_shows_what_was_known,
            a_query_ends_within_its_time_and_the_next_one_runs,
            tables_given_are_read_by_their_names,
            tables_given_keep_their_types_and_nulls,
            many_rows_and_many_tables_may_be_given,
            a_table_given_may_not_take_the_place_of_facts,
            queries_beside_each_other_keep_their_own_tables
        );
    };
    ($engine:ty: $($property:ident),+) => {
        $(#[test] fn $property() { super::queries::$property::<$engine>(); })+
    };
    (#[$attribute:meta] $engine:ty: $($property:ident),+) => {
        $(#[test] #[$attribute] fn $property() { super::queries::$property::<$engine>(); })+
    };
}
