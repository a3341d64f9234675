//! An answer of many rows is in the order of its text in every file that it may come as.

use std::fmt::Write as _;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::Int64Type;
use arrow::ipc::reader::StreamReader;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::Place;

const DAYS: u32 = 1_700;
const AREAS: u32 = 20;
/// Four series of each day and area: more than the 122,880 rows that the engine keeps together.
const VALUES: usize = (DAYS * AREAS * 4) as usize;

const MAPPING: &str = r#"
source = "wide-totals"
title = { ja = "集計", en = "Totals" }
table = "aggregate_counts"
mode = "aggregate"
key = ["series", "area", "day"]
rhythm = { calendar = "once" }
constants = { disease = "covid-19" }
column = [
  { headings = ["day"], privacy = "keep", field = "day", type = "date", expected = true, required = true },
  { headings = ["area"], privacy = "keep", field = "area", type = "id", pattern = '[0-9]{2}', expected = true, required = true },
  { headings = ["a"], privacy = "keep", series = "probe_a", type = "count" },
  { headings = ["b"], privacy = "keep", series = "probe_b", type = "count" },
  { headings = ["c"], privacy = "keep", series = "probe_c", type = "count" },
  { headings = ["d"], privacy = "keep", series = "probe_d", type = "count" },
]
"#;

const INDICATOR: &str = "-- title.ja: 順番
-- title.en: In order
-- unit: count
-- shape: table
-- measure: none
-- basis: 公表
-- date: 集計日
-- numerator: 公表値
-- source: aggregate_counts
-- lag_days: 0
-- missing: gap
-- high_is: neither
-- columns: n 番号 ; day 日
-- days: 3000
-- board: none
SELECT row_number() OVER (ORDER BY series, area, day) AS n, day
FROM aggregate_counts
WHERE disease = $disease AND day BETWEEN $from AND $to
ORDER BY n
";

fn totals() -> String {
    let mut text = "day,area,a,b,c,d\n".to_owned();
    let first = jiff::civil::date(2020, 1, 1);
    for day in first.series(jiff::Span::new().days(1)).take(DAYS as usize) {
        for area in 1..=AREAS {
            writeln!(text, "{day},{area:02},{area},1,2,3").expect("a line");
        }
    }
    text
}

fn in_order(numbers: &[i64], least: usize, how: &str) {
    assert!(numbers.len() >= least, "{how}: {} rows", numbers.len());
    assert!(numbers.is_sorted(), "{how}: begins with {}", numbers[0]);
}

fn first_column(batches: Vec<RecordBatch>) -> Vec<i64> {
    let all = concat_batches(&batches[0].schema(), &batches).expect("one batch");
    assert_eq!(all.column(0).null_count(), 0);
    all.column(0).as_primitive::<Int64Type>().values().to_vec()
}

fn of_csv(text: &str) -> Vec<i64> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(|line| line.split(',').next().expect("a cell").parse().expect("a number"))
        .collect()
}

#[test]
fn every_file_of_an_answer_is_in_the_order_of_its_text() {
    let place = Place::new();
    place.write("definitions/queries/sources/wide-totals.toml", MAPPING);
    place.write("definitions/queries/indicators/in_order.sql", INDICATOR);
    let settings = std::fs::read_to_string(place.path("hinomi.toml")).expect("settings");
    place.write("hinomi.toml", &settings.replace("threads = 1", "threads = 4"));
    place.write("totals.csv", &totals());
    let server = place.serve();
    place.ok(&["load", "wide-totals", "totals.csv"]);
    // Each question is a new one: none is answered from memory.
    let mut first = jiff::civil::date(2019, 12, 1);
    let mut next = || {
        first = first.tomorrow().expect("a day");
        first.to_string()
    };
    for _ in 0..3 {
        let text =
            place.ok(&["show", "in_order", "--from", &next(), "--to", "2024-12-31", "--format", "csv"]);
        in_order(&of_csv(&text), VALUES, "the command line's CSV");
        let file = |format: &str, from: &str| {
            let path = format!("/api/v1/indicators/in_order?from={from}&to=2024-12-31&format={format}");
            server.bytes(&path)
        };
        let text = String::from_utf8(file("csv", &next())).expect("text");
        in_order(&of_csv(text.trim_start_matches('\u{feff}')), VALUES, "CSV");
        let stream = file("arrow", &next());
        let batches = StreamReader::try_new(stream.as_slice(), None).expect("a stream");
        in_order(&first_column(batches.map(|b| b.expect("rows")).collect()), VALUES, "Arrow");
        let bytes = bytes::Bytes::from(file("parquet", &next()));
        let batches = ParquetRecordBatchReaderBuilder::try_new(bytes).expect("a file").build().expect("rows");
        in_order(&first_column(batches.map(|b| b.expect("rows")).collect()), VALUES, "Parquet");
        let json: serde_json::Value = serde_json::from_slice(&file("json", &next())).expect("JSON");
        let numbers: Vec<i64> = json["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row[0].as_i64().expect("a number"))
            .collect();
        in_order(&numbers, VALUES, "JSON");
    }
    assert_eq!(server.stop(), 0);
}
