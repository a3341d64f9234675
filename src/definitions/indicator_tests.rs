use std::collections::BTreeMap;

use super::*;

const GOOD: &str = "\
-- title.ja: 死亡者数
-- title.en: Deaths
-- unit: persons
-- shape: series
-- measure: none
-- basis: 管内
-- date: 死亡日
-- numerator: 療養中に死亡した者
--   (原因を問わない)
-- source: cases
-- lag_days: 7
-- missing: zero
-- high_is: bad
-- reference: 20 | 2021-04-15 分科会 ステージIII ; 50 | 2021-04-15 分科会 ステージIV
-- columns: day 日 ; value 死亡者数
-- by: day ; week
-- days: 28
SELECT 1
";

fn parse(text: &str) -> Result<Indicator, String> {
    Indicator::parse("queries/indicators/x.sql", "x", &File::made(text)).map_err(|e| e.to_string())
}

#[test]
fn a_header_is_read() {
    let read = parse(GOOD).expect("parses");
    assert_eq!(read.numerator, "療養中に死亡した者 (原因を問わない)");
    assert_eq!(
        read.reference[1],
        Reference {
            value: 50.0,
            label: "2021-04-15 分科会 ステージIV".into(),
            diseases: vec![],
            area: None,
            comparison: crate::epi::comparison::Comparison::AtLeast,
            back: 0.0,
        }
    );
    assert_eq!(read.columns[1], ("value".into(), "死亡者数".into()));
    assert_eq!(read.by, ["day", "week"]);
    assert_eq!((read.days, read.lag_days, read.on_board), (28, 7, true));
    assert_eq!(&*read.sql, "SELECT 1");
}

#[test]
fn each_fault_names_file_and_line() {
    let cases = [
        ("-- unit: persons", "-- unit: people", "line 3: unit: `people` is none of"),
        ("-- shape: series", "-- shape: series\n-- chart: tile", "line 5: chart: `tile` is none of bars"),
        (
            "-- shape: series",
            "-- shape: value\n-- chart: bars",
            "line 5: chart: a value can't be drawn as bars",
        ),
        ("-- basis: 管内", "-- bases: 管内", "line 6: unknown key `bases`"),
        ("-- basis: 管内\n", "", "the header does not say basis"),
        ("-- date: 死亡日", "-- date:", "line 7: date: no value"),
        ("-- lag_days: 7", "-- lag_days: -1", "line 11: lag_days: not a whole number"),
        ("20 | 2021-04-15 分", "20 | 分", "line 14: reference:"),
        ("value 死亡者数", "value", "line 15: columns: `value` is not"),
        ("value 死亡者数", "day 死亡者数", "line 15: columns: `day` for the second time"),
        ("-- missing: zero", "-- missing: zero\n-- missing: gap", "line 13: key `missing` for the second"),
        ("-- measure: none", "-- measure: rate(per", "line 5: measure: the bracket is not closed"),
        ("-- by: day", "-- against: 2019\n-- by: day", "line 16: against: `2019` is none of"),
        ("-- days: 28", "-- days: 0", "line 17: days: not between"),
        ("SELECT 1", "", "no query after the header"),
        ("-- title.ja: 死亡者数", "--   loose", "line 1: a continuation line before"),
    ];
    for (from, to, expected) in cases {
        let error = parse(&GOOD.replace(from, to)).expect_err(to);
        assert!(error.contains(expected) && error.contains("x.sql"), "{to}: {error}");
    }
}

#[test]
fn a_text_may_serve_two_measures() {
    let first = parse(GOOD).expect("parses");
    let named = GOOD.replace("SELECT 1\n", "").replace("-- days: 28", "-- days: 28\n-- query: x");
    let second = parse(&named).expect("parses");
    let all = BTreeMap::from([("x".to_owned(), Arc::new(first.clone()))]);
    let found = second.with_text(&all).expect("it names one").expect("it is there");
    assert_eq!(found.sql, first.sql);
    assert!(found.hash != first.hash && found.hash != second.hash);
    assert!(second.with_text(&BTreeMap::new()).expect("it names one").is_err());
    assert!(first.with_text(&all).is_none());
}

#[test]
fn a_stem_is_plain() {
    assert!(Indicator::parse("q/A b.sql", "A b", &File::made(GOOD)).is_err());
}
