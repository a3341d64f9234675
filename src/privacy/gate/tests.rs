mod habits;
mod refusals;

use std::sync::Arc;

use polars::prelude::*;
use proptest::prelude::*;

use super::*;
use crate::definitions::mapping::Mapping;
use crate::intake::bind::bind;
use crate::privacy::scan;

const CASES: &str = r#"
source = "test"
title = { ja = "試験", en = "Test" }
table = "cases"
mode = "upsert"
namespace = "hersys"
rhythm = { calendar = "once" }
unknown = ["聴取不可"]
constants = { channel = "hersys" }
column = [
  { headings = ["ID"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{6,7}', required = true },
  { headings = ["氏名"] },
  { headings = ["性別"], privacy = "keep", field = "sex", type = "code", codes = { M = ["男"], F = ["女"] } },
  { headings = ["年齢"], privacy = "coarsen", field = "age", type = "age" },
  { headings = ["住所"], privacy = "coarsen", field = "district", type = "district", table = "districts" },
  { headings = ["発病日"], privacy = "keep", field = "onset_day", type = "date" },
  { headings = ["報告日"], privacy = "keep", field = "reported_day", type = "date", required = true },
  { headings = ["受理日時"], privacy = "keep", field = "received", type = "datetime" },
  { headings = ["発熱"], privacy = "keep", field = "fever", type = "flag" },
  { headings = ["SpO2"], privacy = "keep", field = "spo2", type = "count", min = 30, max = 100 },
]
"#;
const HEADER: [&str; 10] =
    ["ID", "氏名", "性別", "年齢", "住所", "発病日", "報告日", "受理日時", "発熱", "SpO2"];
const GOOD: [&str; 9] = [
    "1234567",
    "男",
    "95",
    "東京都港区芝公園1-5-25",
    "2021-08-01",
    "2021/8/2",
    "2021-08-02 08:30",
    "有り",
    "97",
];

const TOTALS: &str = r#"
source = "test"
title = { ja = "試験", en = "Test" }
table = "aggregate_counts"
mode = "aggregate"
key = ["area", "day", "series"]
rhythm = { calendar = "once" }
constants = { disease = "covid-19" }
column = [
  { headings = ["コード"], privacy = "keep", field = "area", type = "id", pattern = '[0-9]{6}', required = true },
  { headings = ["日付"], privacy = "keep", field = "day", type = "date", required = true },
  { headings = ["入院"], privacy = "keep", series = "inpatients", type = "count", strip_note = true },
  { headings = ["宿泊"], privacy = "keep", series = "hotel", type = "count" },
]
"#;

fn bound(mapping: &str, header: &[&str]) -> Bound {
    let mapping = Mapping::parse("test", mapping).expect("a mapping");
    let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
    bind(Arc::new(mapping), &header).expect("bound")
}

fn districts() -> Domains {
    Districts::parse(include_str!("../../../queries/reference/districts.toml"))
        .expect("the ward's table")
        .into()
}

fn gate(mapping: &str, header: &[&str]) -> Result<Gate, GateError> {
    let key = Key::throwaway();
    Gate::new(&bound(mapping, header), Some(&key), &districts())
}

fn cases() -> Gate {
    gate(CASES, &HEADER).expect("a gate")
}

fn batch<C: AsRef<str>>(rows: &[Vec<C>]) -> RawBatch {
    let mut batch = RawBatch { columns: rows.first().map_or(0, Vec::len), ..RawBatch::default() };
    for (n, row) in rows.iter().enumerate() {
        for cell in row {
            batch.text.push_str(cell.as_ref());
            batch.ends.push(batch.text.len());
        }
        batch.rows.push(n as u64 + 2);
    }
    batch
}

/// One good row with one cell changed.
fn with(column: usize, cell: &str) -> Vec<String> {
    let mut row: Vec<String> = GOOD.iter().map(|c| (*c).to_owned()).collect();
    row[column] = cell.to_owned();
    row
}

fn pass(gate: &mut Gate, rows: &[Vec<String>]) -> Passed {
    gate.pass(batch(rows)).expect("passed")
}

fn only_fault(row: Vec<String>) -> Option<(String, FaultKind)> {
    let passed = pass(&mut cases(), &[row]);
    assert_eq!(passed.safe.is_none(), passed.faults.len() == 1);
    passed.faults.into_iter().next().map(|f| (f.column, f.kind))
}

fn text(frame: &DataFrame, column: &str, row: usize) -> String {
    frame.column(column).expect(column).get(row).expect("a row").to_string()
}

#[test]
fn a_row_as_it_is_kept() {
    let passed = pass(&mut cases(), &[with(0, GOOD[0])]);
    assert_eq!((passed.faults, passed.warnings), (vec![], vec![]));
    let safe = passed.safe.expect("a row");
    assert_eq!((safe.table(), safe.rows()), ("cases", 1));
    let frame = safe.frame();
    let names: Vec<_> = frame.get_column_names().iter().map(std::string::ToString::to_string).collect();
    let expected = "age age_decade channel district fever onset_day received_at received_day reported_day sex spo2 \
        row__ subject_hi__ subject_lo__ key__ content__ unread__";
    assert_eq!(names.join(" "), expected);
    for (column, value) in [
        ("age", "90"),
        ("age_decade", "90"),
        ("channel", "\"hersys\""),
        ("district", "\"shiba\""),
        ("fever", "true"),
        ("onset_day", "2021-08-01"),
        ("received_at", "2021-08-01 23:30:00"),
        ("received_day", "2021-08-02"),
        ("reported_day", "2021-08-02"),
        ("sex", "\"M\""),
        ("spo2", "97"),
        ("row__", "2"),
        ("key__", "0"),
        ("unread__", "null"),
    ] {
        assert_eq!(text(frame, column, 0), value, "{column}");
    }
    assert_eq!(
        frame.column("received_at").expect("it").dtype(),
        &DataType::Datetime(TimeUnit::Microseconds, None)
    );
    assert_eq!(frame.column("onset_day").expect("it").dtype(), &DataType::Date);
    assert_eq!(frame.column("content__").expect("it").dtype(), &DataType::UInt64);
}

#[test]
fn unknown_is_null() {
    let mut row: Vec<String> = vec!["不明".to_owned(); 9];
    row[0] = "1234567".to_owned();
    row[5] = "R3.8.2".to_owned();
    row[7] = "聴取不可".to_owned();
    row[8] = "―".to_owned();
    let passed = pass(&mut cases(), &[row]);
    assert_eq!(passed.faults, []);
    let safe = passed.safe.expect("a row");
    for column in
        ["age", "age_decade", "district", "fever", "onset_day", "received_at", "received_day", "sex", "spo2"]
    {
        assert_eq!(text(safe.frame(), column, 0), "null", "{column}");
    }
    assert_eq!(text(safe.frame(), "channel", 0), "\"hersys\"");
}

#[test]
fn content_is_of_values_not_of_texts() {
    let hash = |row: Vec<String>| {
        let safe = pass(&mut cases(), &[row]).safe.expect("a row");
        text(safe.frame(), "content__", 0)
    };
    let good = hash(with(0, GOOD[0]));
    for (column, same) in [
        (1, "　男"),
        (2, "９０歳以上"),
        (2, "91"),
        (3, "芝５丁目"),
        (4, "令和3年8月1日"),
        (4, "44409"),
        (6, "2021/8/2 8:30:00"),
        (7, "○"),
        (8, "９７"),
        (0, "7654321"),
    ] {
        assert_eq!(hash(with(column, same)), good, "{same}");
    }
    for (column, other) in
        [(1, "女"), (1, ""), (2, "89"), (3, "赤坂"), (4, "2021-08-02"), (7, "無"), (8, "96")]
    {
        assert_ne!(hash(with(column, other)), good, "{other}");
    }
}

/// A change here makes every stored row look corrected.
#[test]
fn content_hashes_are_stable() {
    let safe = pass(&mut cases(), &[with(0, GOOD[0])]).safe.expect("a row");
    assert_eq!(text(safe.frame(), "content__", 0), "7060692135332837822");
}

#[test]
fn faults_name_column_and_kind() {
    for (column, cell, heading, kind) in [
        (0, "", "ID", FaultKind::Missing),
        (0, "不明", "ID", FaultKind::Missing),
        (0, "12345", "ID", FaultKind::LostZero),
        (0, "1234x", "ID", FaultKind::NotAnId),
        (1, "山田 太郎（ヤマダ タロウ）", "性別", FaultKind::LooksLikeName),
        (4, "090-1234-5678", "発病日", FaultKind::LooksLikePhone),
        (5, "", "報告日", FaultKind::Missing),
        (5, "調査中", "報告日", FaultKind::Missing),
        (5, "2021-02-29", "報告日", FaultKind::NotADate),
        (5, "3月中旬", "報告日", FaultKind::VagueDate),
        (6, "taro@example.jp", "受理日時", FaultKind::LooksLikeEmail),
        (7, "東京都港区芝公園1-5-25", "発熱", FaultKind::LooksLikeAddress),
        (8, "123456789018", "SpO2", FaultKind::LooksLikeIndividualNumber),
    ] {
        assert_eq!(only_fault(with(column, cell)), Some((heading.to_owned(), kind)), "{cell}");
    }
}

/// An optional cell never costs a person: it counts as unknown, and its column, kind and row are told.
#[test]
fn what_an_optional_cell_says_never_holds_its_row() {
    for (column, cell, heading, kind, nulls) in [
        (1, "男子", "性別", FaultKind::UnknownCode, "sex"),
        (2, "四十路", "年齢", FaultKind::NotAnAge, "age age_decade"),
        (2, "131", "年齢", FaultKind::NotAnAge, "age age_decade"),
        (2, "65歳以上", "年齢", FaultKind::SpansBands, "age age_decade"),
        (4, "2021-02-29", "発病日", FaultKind::NotADate, "onset_day"),
        (4, "1899-01-01", "発病日", FaultKind::OutOfRange, "onset_day"),
        (4, "3月中旬", "発病日", FaultKind::VagueDate, "onset_day"),
        (6, "2021-08-02 25:00", "受理日時", FaultKind::NotATime, "received_at received_day"),
        (6, "8月2日午前", "受理日時", FaultKind::NoYear, "received_at received_day"),
        (4, "21/8/1", "発病日", FaultKind::NoYear, "onset_day"),
        (4, "咳なし", "発病日", FaultKind::NotADate, "onset_day"),
        (4, "081114", "発病日", FaultKind::NoYear, "onset_day"),
        (4, "２６１１２０", "発病日", FaultKind::NoYear, "onset_day"),
        (4, "1234567", "発病日", FaultKind::NotADate, "onset_day"),
        (6, "261120", "受理日時", FaultKind::NoYear, "received_at received_day"),
        (6, "999999", "受理日時", FaultKind::NotATime, "received_at received_day"),
        (2, "123456", "年齢", FaultKind::NotAnAge, "age age_decade"),
        (8, "1234567", "SpO2", FaultKind::OutOfRange, "spo2"),
        (7, "多分", "発熱", FaultKind::UnknownCode, "fever"),
        (8, "多め", "SpO2", FaultKind::NotANumber, "spo2"),
        (8, "-3", "SpO2", FaultKind::Negative, "spo2"),
        (8, "101", "SpO2", FaultKind::OutOfRange, "spo2"),
    ] {
        let mut gate = cases();
        let passed = pass(&mut gate, &[with(column, cell)]);
        assert_eq!(passed.faults, [], "{cell}");
        assert_eq!(passed.warnings, [Fault::new(2, heading, kind)], "{cell}");
        let safe = passed.safe.expect("a row");
        for field in nulls.split(' ') {
            assert_eq!(text(safe.frame(), field, 0), "null", "{cell}: {field}");
        }
        // What was understood replaces what was known; what was not keeps it.
        let names = match kind {
            FaultKind::VagueDate => format!("\",~{nulls},\""),
            kind if kind.is_understood() => "null".to_owned(),
            _ => format!("\",{},\"", nulls.replace(' ', ",")),
        };
        assert_eq!(text(safe.frame(), "unread__", 0), names, "{cell}");
        let [unread] = &gate.unread()[..] else { panic!("{cell}: {:?}", gate.unread()) };
        let told = (unread.column.as_str(), unread.kind, unread.cells, unread.filled, &unread.rows[..]);
        assert_eq!(told, (heading, kind, 1, 1, &[2u64][..]), "{cell}");
    }
}

/// Digits alone of an id's length, in a column of days, moments, ages or numbers, cost the cell and never the person; a
/// number with the check digit of an individual number, or of a telephone, holds the row all the same.
#[test]
fn digits_of_an_ids_length_hold_nobody() {
    for number in (100_000..10_000_000u32).step_by(77_777) {
        for column in [2, 4, 6, 8] {
            let passed = pass(&mut cases(), &[with(column, &number.to_string())]);
            assert_eq!(passed.faults, [], "column {column}: {number}");
        }
    }
    for identifier in ["123456789018", "09012345678", "山田 太郎"] {
        for column in [2, 4, 6, 8] {
            let passed = pass(&mut cases(), &[with(column, identifier)]);
            assert_eq!(passed.faults.len(), 1, "column {column}: {identifier}");
        }
    }
}

/// Whoever is said to have died in a column that tells how it goes with people has died, in whatever words.
#[test]
fn words_for_a_death_are_read_where_there_is_a_code_for_it() {
    let status = CASES.replace(
        r#"field = "fever", type = "flag""#,
        r#"field = "status", type = "code", codes = { released = ["療養解除"], died = ["死亡"] }"#,
    );
    let mut gate = gate(&status, &HEADER).expect("a gate");
    for word in
        "死亡|死亡退院|死亡（原死因：COVID-19）|死亡（原死因）|退院（死亡）|死亡（退院）|死亡確認".split('|')
    {
        let passed = pass(&mut gate, &[with(7, word)]);
        assert_eq!((passed.faults, passed.warnings), (vec![], vec![]), "{word}");
        let safe = passed.safe.expect("a row");
        assert_eq!(text(safe.frame(), "status", 0), "\"died\"", "{word}");
    }
    for word in "死亡疑い|死亡なし|退院|あり|2026/11/22 退院".split('|') {
        let passed = pass(&mut gate, &[with(7, word)]);
        assert_eq!(passed.faults, [], "{word}");
        assert_eq!(text(passed.safe.expect("a row").frame(), "status", 0), "null", "{word}");
    }
    let named = pass(&mut gate, &[with(7, "死亡（原死因：山田太郎）")]).faults;
    assert_eq!(named, [Fault::new(2, "発熱", FaultKind::LooksLikeName)]);
}

/// A day whose time of day is told about, or in words, is a day: what counts by days counts it.
#[test]
fn a_day_without_an_exact_time_is_kept() {
    for (cell, at, told) in [
        ("2021-08-02 夕方", "null", Some(FaultKind::DayOnly)),
        ("2021年8月2日 午前", "null", Some(FaultKind::DayOnly)),
        ("2021-08-02 9時頃", "null", Some(FaultKind::DayOnly)),
        ("2021-08-02 10:00頃", "null", Some(FaultKind::DayOnly)),
        ("2021-08-02 10時05分頃", "null", Some(FaultKind::DayOnly)),
        ("2021/8/2 正午", "2021-08-02 03:00:00", None),
        ("2021/08/02 PM3:00", "2021-08-02 06:00:00", None),
        ("2021-08-02 12:00受付", "2021-08-02 03:00:00", None),
        ("20210802 1200", "2021-08-02 03:00:00", None),
    ] {
        let passed = pass(&mut cases(), &[with(6, cell)]);
        assert_eq!(passed.faults, [], "{cell}");
        assert_eq!(passed.warnings.first().map(|w| w.kind), told, "{cell}");
        let safe = passed.safe.expect("a row");
        assert_eq!(text(safe.frame(), "received_day", 0), "2021-08-02", "{cell}");
        assert_eq!(text(safe.frame(), "received_at", 0), at, "{cell}");
        assert_eq!(text(safe.frame(), "unread__", 0), "null", "{cell}");
    }
}

/// A column of what need not have happened: words say that it has on a day that is not told, or that something else has.
#[test]
fn words_of_a_death_are_a_death_and_other_ends_are_none() {
    let deaths = CASES.replace("field = \"onset_day\"", "field = \"death_day\"");
    for (cell, unread, told) in [
        ("死亡日不明", "\",~death_day,\"", Some(FaultKind::VagueDate)),
        ("死亡（日付不明）", "\",~death_day,\"", Some(FaultKind::VagueDate)),
        ("あり", "\",~death_day,\"", Some(FaultKind::VagueDate)),
        ("死亡", "\",~death_day,\"", Some(FaultKind::VagueDate)),
        ("退院", "null", Some(FaultKind::OtherOutcome)),
        ("2021/08/22 退院", "null", Some(FaultKind::OtherOutcome)),
        ("死亡なし", "null", Some(FaultKind::OtherOutcome)),
        ("×", "null", Some(FaultKind::OtherOutcome)),
        ("0", "null", Some(FaultKind::OtherOutcome)),
        ("転院", "null", Some(FaultKind::OtherOutcome)),
        ("生存", "null", Some(FaultKind::OtherOutcome)),
        ("回復", "null", Some(FaultKind::OtherOutcome)),
        ("軽快", "null", Some(FaultKind::OtherOutcome)),
        ("治癒", "null", Some(FaultKind::OtherOutcome)),
        ("入院中", "null", None),
        ("なし", "null", None),
        ("不明", "null", None),
    ] {
        let passed = pass(&mut gate(&deaths, &HEADER).expect("a gate"), &[with(4, cell)]);
        assert_eq!(passed.faults, [], "{cell}");
        assert_eq!(passed.warnings.first().map(|w| w.kind), told, "{cell}");
        let safe = passed.safe.expect("a row");
        assert_eq!(text(safe.frame(), "death_day", 0), "null", "{cell}");
        assert_eq!(text(safe.frame(), "unread__", 0), unread, "{cell}");
    }
    // What need happen to everybody is another matter: 死亡 there is no day.
    let onset = pass(&mut cases(), &[with(4, "死亡")]);
    assert_eq!(onset.warnings, [Fault::new(2, "発病日", FaultKind::NotADate)]);
}

/// A remark behind an age is no part of it; a name there is none the less one.
#[test]
fn an_age_is_read_without_the_remark_behind_it() {
    let passed = pass(&mut cases(), &[with(2, "9０歳以上（施設）")]);
    assert_eq!((passed.faults, passed.warnings), (vec![], vec![]));
    assert_eq!(text(passed.safe.expect("a row").frame(), "age", 0), "90");
    let held = only_fault(with(2, "80代（090-1234-5678）"));
    assert_eq!(held, Some(("年齢".to_owned(), FaultKind::LooksLikePhone)));
}

/// The words of published lists are no fault, and no warning.
#[test]
fn words_of_published_lists_are_unknown() {
    for (column, words) in [
        (1, "非公表|未公表|公表しない|非開示|調査中|本人の希望により非公表|－|***|NA|unknown|not disclosed"),
        (2, "非公表|高齢者|小児|未就学児|小学生|成人|調査中|年代不明|－|…|N/A|Unknown"),
        (
            4,
            "調査中|無症状|症状なし|なし|不明（調査中）|未確認|無症状病原体保有者|なし（無症状病原体保有者）",
        ),
        (6, "未定|確認中|-"),
        (7, "不明|聴取不可|確認できず"),
        (8, "不明|未入力|非公表"),
    ] {
        for word in words.split('|') {
            let mut gate = cases();
            let passed = pass(&mut gate, &[with(column, word)]);
            assert_eq!((passed.faults, passed.warnings), (vec![], vec![]), "{word}");
            assert_eq!(text(passed.safe.expect("a row").frame(), "unread__", 0), "null", "{word}");
            assert_eq!(gate.unread(), [], "{word}");
        }
    }
}

/// An unreadable cell is other content than an unknown one: the word for "unknown" that follows is a change.
#[test]
fn unread_is_other_content_than_unknown() {
    let hash = |cell: &str| {
        let safe = pass(&mut cases(), &[with(2, cell)]).safe.expect("a row");
        text(safe.frame(), "content__", 0)
    };
    assert_eq!(hash("四十路"), hash("四十過ぎ"), "no value goes into the hash");
    assert_ne!(hash("四十路"), hash("不明"));
    assert_eq!(hash("65歳以上"), hash("不明"), "understood, and no decade in it");
    assert_eq!(hash(""), hash("非公表"));
}

#[test]
fn a_key_that_cannot_be_read_holds_its_row_though_it_is_optional() {
    let optional = TOTALS.replace("'[0-9]{6}', required = true", "'[0-9]{6}', expected = true");
    let mut gate = gate(&optional, &["コード", "日付", "入院", "宿泊"]).expect("a gate");
    let rows = [vec!["13-103", "2021-02-17", "1", "2"], vec!["", "2021-02-17", "1", "2"]];
    let passed = gate.pass(batch(&rows)).expect("passed");
    assert_eq!(passed.faults, [Fault::new(2, "コード", FaultKind::NotAnId)]);
    assert_eq!(passed.safe.expect("the other row").rows(), 2);
}

/// Words of the mapping's own for ages come before the usual forms.
#[test]
fn ages_in_words_of_another_office() {
    let own = CASES.replace(
        "type = \"age\" }",
        "type = \"age\", ages = { \"Fifties\" = \"50-59\", \"Ｚ\" = \"90+\", \"9\" = \"unknown\", \"over 65\" = \"65+\" } }",
    );
    assert_ne!(own, CASES);
    for (cell, years, decade, told) in [
        ("fifties", "null", "50", None),
        ("z", "90", "90", None),
        ("9", "null", "null", None),
        ("OVER 65", "null", "null", Some(FaultKind::SpansBands)),
        ("45", "45", "40", None),
    ] {
        let passed = pass(&mut gate(&own, &HEADER).expect("a gate"), &[with(2, cell)]);
        assert_eq!(passed.warnings.first().map(|w| w.kind), told, "{cell}");
        let safe = passed.safe.expect("a row");
        assert_eq!(
            [text(safe.frame(), "age", 0), text(safe.frame(), "age_decade", 0)],
            [years, decade],
            "{cell}"
        );
    }
}

#[test]
fn the_identifying_fault_of_a_row_is_told() {
    let mut row = with(1, "男子");
    row[8] = "090-1234-5678".to_owned();
    assert_eq!(only_fault(row), Some(("SpO2".to_owned(), FaultKind::LooksLikePhone)));
}

#[test]
fn dates_in_an_unusual_order_are_kept_with_a_warning() {
    let passed = pass(&mut cases(), &[with(4, "2021-08-05")]);
    assert_eq!(passed.faults, []);
    assert_eq!(passed.safe.map(|s| s.rows()), Some(1));
    let warning = Fault::new(2, "報告日", FaultKind::OutOfOrder);
    assert_eq!(passed.warnings, [warning]);
}

#[test]
fn series_in_columns_become_rows() {
    let mut gate = gate(TOTALS, &["コード", "日付", "入院", "宿泊", "備考"]).expect("a gate");
    let rows = [
        "131032|2021-02-17|注8　431|",
        "131016|2021-02-17|1,234|12",
        "131024|2021-02-17|不明|-",
        "131024|x|1|2",
    ];
    let rows: Vec<Vec<&str>> = rows.iter().map(|r| r.split('|').collect()).collect();
    let passed = gate.pass(batch(&rows)).expect("passed");
    assert_eq!(passed.faults, [Fault::new(5, "日付", FaultKind::NotADate)]);
    assert_eq!(passed.held, [], "its day is not known");
    let safe = passed.safe.expect("rows");
    let frame = safe.frame();
    let told: Vec<String> = (0..safe.rows())
        .map(|n| {
            ["row__", "area", "series", "value", "disease"]
                .map(|c| text(frame, c, n))
                .join(" ")
                .replace('"', "")
        })
        .collect();
    let expected = [
        "2 131032 inpatients 431 covid-19",
        "3 131016 inpatients 1234 covid-19",
        "3 131016 hotel 12 covid-19",
    ];
    assert_eq!(told, expected);
    let keys = ["key__", "content__"]
        .map(|c| (0..3).map(|n| text(frame, c, n)).collect::<std::collections::BTreeSet<_>>());
    assert_eq!(keys.map(|k| k.len()), [3, 3]);
    assert_eq!(text(frame, "subject_hi__", 0), "null");
}

#[test]
fn keys_of_faulty_rows_are_told() {
    let passed = pass(&mut cases(), &[with(5, "x"), with(0, "x"), with(1, "男子")]);
    let keys: Vec<_> = passed.held.iter().map(|k| (k.row, k.subject.is_some(), k.key)).collect();
    assert_eq!(keys, [(2, true, 0)]);
    let key_of = |row: [&str; 4]| {
        let mut gate = gate(TOTALS, &["コード", "日付", "入院", "宿泊"]).expect("a gate");
        gate.pass(batch(&[row.to_vec()])).expect("passed")
    };
    let good = key_of(["131032", "2021-02-17", "1", "2"]).safe.expect("rows");
    let good: Vec<_> = (0..2).map(|n| text(good.frame(), "key__", n)).collect();
    let held = |row: [&str; 4]| -> Vec<_> { key_of(row).held.iter().map(|k| k.key.to_string()).collect() };
    assert_eq!(held(["131032", "2021-02-17", "090-1234-5678", "2"]), good);
    // A total that can't be read says nothing of its series; the other one goes in.
    let one = key_of(["131032", "2021-02-17", "七百余", "2"]);
    assert_eq!(one.held.iter().map(|k| k.key.to_string()).collect::<Vec<_>>(), good[..1]);
    let rest = one.safe.expect("the other total");
    assert_eq!([text(rest.frame(), "series", 0), text(rest.frame(), "value", 0)], ["\"hotel\"", "2"]);
}

#[test]
fn findings_count_and_never_show() {
    let mut header = HEADER.to_vec();
    header.extend(["体温", "090-1234-5678"]);
    let mut gate = gate(CASES, &header).expect("a gate");
    pass(&mut gate, &[with(1, "男"), with(1, "不明"), with(1, "山田太郎"), with(1, "x")]);
    let findings = gate.findings();
    let of = |heading: &str| findings.iter().find(|f| f.heading == heading).expect(heading);
    let sex = of("性別");
    assert_eq!((sex.kept, sex.unknown, sex.quarantined, sex.unread), (1, 1, 1, 1));
    assert_eq!(sex.unread_reasons, [(FaultKind::UnknownCode, 1)]);
    assert_eq!(of("氏名").place, crate::privacy::Place::Dropped);
    assert_eq!(of("体温").place, crate::privacy::Place::Unlisted);
    let told = format!("{findings:?}");
    assert!(
        scan(&told).iter().all(|i| *i == crate::privacy::Identifier::Name) && !told.contains("090"),
        "{told}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a cell says, the gate neither panics nor lets anything but its column's type through.
    #[test]
    fn any_cell_is_judged(column in 0usize..9, cell in "\\PC{0,24}") {
        let passed = pass(&mut cases(), &[with(column, &cell)]);
        prop_assert_eq!(passed.safe.is_some(), passed.faults.is_empty());
        if let Some(safe) = passed.safe {
            let sex = text(safe.frame(), "sex", 0);
            prop_assert!(["null", "\"M\"", "\"F\""].contains(&sex.as_str()));
        }
    }
}

/// A table printed on several pages has its headings on each.
#[test]
fn headings_once_more_are_no_row() {
    let mut gate = cases();
    let good: Vec<String> = GOOD.iter().map(|cell| (*cell).to_owned()).collect();
    // The name is not read beyond the parser.
    let again: Vec<String> =
        HEADER.iter().filter(|heading| **heading != "氏名").map(|heading| (*heading).to_owned()).collect();
    let mut in_part = again.clone();
    in_part.iter_mut().skip(3).for_each(String::clear);
    let mut one = vec![String::new(); again.len()];
    one[0].clone_from(&again[0]);
    let mut with_more = again.clone();
    with_more[1] = "男".into();
    let passed = pass(&mut gate, &[good.clone(), again, good.clone(), in_part, one, with_more, good]);
    let left: Vec<(u64, Why)> =
        passed.left_out.iter().chain(&gate.end().left_out).map(|left| (left.row, left.why)).collect();
    assert_eq!(left, [(3, Why::Headings), (5, Why::Headings)]);
    assert_eq!(passed.faults.iter().map(|fault| fault.row).collect::<Vec<_>>(), [6, 7]);
    assert_eq!(passed.safe.expect("rows").rows(), 3);
}
