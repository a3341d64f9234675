//! Answers come in the order of their text: of more rows than the engine hands out at once, asked again and again.

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use hinomi::store::{AsOf, BatchId};

use super::room::{BEDS, KEYLESS, Room};

/// The engine keeps 122,880 rows together.
const ROWS: usize = 150_000;

#[test]
fn many_rows_come_in_the_order_of_the_text_every_time() {
    let room = Room::new();
    let row = |n: usize| {
        format!(
            "{},20{:02}-{:02}-{:02}\n",
            if n.is_multiple_of(3) { "F" } else { "M" },
            n % 22,
            n % 12 + 1,
            n % 28 + 1
        )
    };
    let rows = (0..ROWS).map(row).collect::<String>();
    room.accept(KEYLESS, &format!("sex,day\n{rows}"));
    room.accept(BEDS, "facility,day,secured\nH01,2022-01-01,10\n");
    for text in [
        "SELECT row_number() OVER (ORDER BY published_day, sex) AS n, published_day FROM cases ORDER BY n",
        "SELECT -row_number() OVER (ORDER BY published_day, sex) AS n, sex FROM cases ORDER BY n",
        "WITH numbered AS (SELECT row_number() OVER (ORDER BY sex, published_day) AS n FROM cases)
         SELECT n FROM numbered UNION ALL SELECT 0 FROM bed_capacity ORDER BY n",
    ] {
        for turn in 0..12 {
            let as_of = [AsOf::Latest, AsOf::Batch(BatchId(2)), AsOf::Batch(BatchId(1))][turn % 3];
            let answer = room.ask(text, as_of, &[]).unwrap();
            let numbers = answer.column(0).as_primitive::<Int64Type>().values();
            assert!(numbers.len() >= ROWS, "{text}");
            assert!(numbers.is_sorted(), "{text}: turn {turn} begins with {}", numbers[0]);
        }
    }
}
