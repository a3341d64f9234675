//! Files as clerks and other offices write them, none of them by the same hand: what is taken, what is told.

use encoding_rs::SHIFT_JIS;
use hinomi::intake::fault::FaultKind;
use hinomi::store::{AsOf, Outcome, Receipt};

use crate::store::room::Room;

const PEOPLE: &str = r#"
source = "people"
title = { ja = "一覧", en = "List" }
table = "cases"
mode = "upsert"
namespace = "x"
max_bad_share = 0.5
rhythm = { calendar = "once" }
constants = { disease = "covid-19" }
column = [
  { headings = ["番号"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{4}', expected = true, required = true },
  { headings = ["公表日"], privacy = "keep", field = "published_day", type = "date" },
  { headings = ["年代"], privacy = "coarsen", field = "age", type = "age" },
  { headings = ["死亡日"], privacy = "keep", field = "death_day", type = "date" },
  { headings = ["SpO2"], privacy = "keep", field = "spo2", type = "count", max = 100 },
]
"#;

const TOTALS: &str = r#"
source = "totals"
title = { ja = "集計", en = "Totals" }
table = "aggregate_counts"
mode = "aggregate"
key = ["series", "area", "day"]
max_bad_share = 0.5
rhythm = { calendar = "once" }
constants = { disease = "covid-19", area_class = "municipality" }
column = [
  { headings = ["コード"], privacy = "keep", field = "area", type = "id", pattern = '[0-9]{6}', required = true },
  { headings = ["日付"], privacy = "keep", field = "day", type = "date", expected = true, required = true },
  { headings = ["陽性者数"], privacy = "keep", series = "positive", type = "count", expected = true },
  { headings = ["体温"], privacy = "keep", series = "temperature", type = "decimal" },
]
"#;

/// The cells of one column of a list of people, each in a row of its own: what is stored, and what is told.
fn one(heading: &str, column: &str, cells: &[(&str, &str, Option<FaultKind>)]) {
    let mut text = format!("番号,{heading}\n");
    cells.iter().enumerate().for_each(|(n, (cell, ..))| text += &format!("{n:04},\"{cell}\"\n"));
    let room = Room::new();
    let receipt = room
        .deliver_as(PEOPLE, "a.csv", &text, |start| start.confirmed = true)
        .unwrap_or_else(|error| panic!("{heading}: {error}"));
    assert_eq!((receipt.outcome, receipt.quarantined), (Outcome::Accepted, 0), "{heading}");
    let stored = room.rows(&format!("SELECT {column} FROM cases ORDER BY case_id"), AsOf::Latest);
    let wanted: Vec<&str> = cells.iter().map(|(_, value, _)| *value).collect();
    assert_eq!(stored, wanted, "{heading}");
    for (n, (cell, _, kind)) in (2u64..).zip(cells) {
        let told = receipt.unread.iter().find(|unread| unread.rows.contains(&n)).map(|unread| unread.kind);
        assert_eq!(told, *kind, "{heading}: {cell}");
    }
}

#[test]
fn counts_are_read_with_their_units_and_in_kanji() {
    let no = Some(FaultKind::NotANumber);
    one(
        "SpO2",
        "spo2",
        &[
            ("97", "97", None),
            ("97%", "97", None),
            ("９７％", "97", None),
            ("九十七", "97", None),
            ("九七", "97", None),
            ("９十七", "97", None),
            ("97.0", "97", None),
            ("97.5", "-", no),
            ("97～98", "-", no),
            ("約97", "-", no),
            ("97以上", "-", no),
            ("9.7百", "-", no),
            ("測定不能", "-", no),
            ("-97", "-", Some(FaultKind::Negative)),
            ("▲97", "-", Some(FaultKind::Negative)),
            ("百二十", "-", Some(FaultKind::OutOfRange)),
            ("不明", "-", None),
            ("ー", "-", None),
        ],
    );
}

#[test]
fn ages_in_kanji_are_ages() {
    one(
        "年代",
        "age_decade",
        &[
            ("二十三", "20", None),
            ("二十三歳", "20", None),
            ("七十代", "70", None),
            ("百二歳", "90", None),
            ("八〇代", "80", None),
            ("千二百", "-", Some(FaultKind::NotAnAge)),
            ("四十路", "-", Some(FaultKind::NotAnAge)),
            ("年代非公表", "-", None),
            ("公表を望まない", "-", None),
            ("回答を拒否", "-", None),
        ],
    );
}

/// Another outcome where the day of a death stands is no death, and is seen: all of them alike.
#[test]
fn other_outcomes_are_no_death_and_are_seen() {
    let other = Some(FaultKind::OtherOutcome);
    let words = ["生存", "退院", "転院", "回復", "軽快", "治癒", "生存（入院中）", "転帰：退院", "alive"];
    let mut cells: Vec<_> = words.iter().map(|word| (*word, "-", other)).collect();
    cells.extend([
        ("なし", "-", None),
        ("入院中", "-", None),
        ("不明", "-", None),
        ("令和四年二月一日", "2022-02-01", None),
        ("死亡", "-", Some(FaultKind::VagueDate)),
        ("骨折", "-", Some(FaultKind::NotADate)),
    ]);
    one("死亡日", "death_day", &cells);
    // However many there are: they are no sign of a wrong mapping.
    let rows: String = (0..30).map(|n| format!("{n:04},生存\n")).collect();
    let receipt = Room::new().deliver(PEOPLE, &format!("番号,死亡日\n{rows}"));
    assert_eq!((receipt.outcome, receipt.hold), (Outcome::Accepted, None));
    assert_eq!(receipt.unread[0].cells, 30);
}

fn totals(text: &str) -> (Receipt, Vec<String>) {
    let room = Room::new();
    let receipt = room.deliver(TOTALS, text);
    let sql = "SELECT area, day, series, CAST(value AS VARCHAR) FROM aggregate_counts ORDER BY ALL";
    (receipt, room.rows(sql, AsOf::Latest))
}

#[test]
fn totals_are_read_with_their_signs() {
    for (cell, stored) in [
        ("\"1,234\"", Some("1234")),
        ("１，２３４", Some("1234")),
        ("\"１，２３４\"", Some("1234")),
        ("15人", Some("15")),
        ("3日", Some("3")),
        ("七百", Some("700")),
        ("千二百件", Some("1200")),
        ("1万2千", Some("12000")),
        ("1.2万", Some("12000")),
        ("\"1,23\"", None),
        ("5未満", None),
        ("(5)", None),
    ] {
        let (receipt, rows) =
            totals(&format!("コード,日付,陽性者数\n131032,2021-03-01,{cell}\n131041,2021-03-01,1\n"));
        let found = rows.iter().find_map(|row| row.strip_prefix("131032|2021-03-01|positive|"));
        let found = found.map(|value| value.split('.').next().unwrap_or(value));
        assert_eq!(found, stored, "{cell}");
        assert!(found.is_some() || receipt.quarantined > 0 || !receipt.unread.is_empty(), "{cell}: told");
    }
    let (_, rows) = totals(
        "コード,日付,陽性者数,体温\n131032,R3.3.1,1,３８．５℃\n131041,2021/3/1,1,-0.5\n131059,20210301,1,36.8度\n",
    );
    let temperatures: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.split_once("temperature|"))
        .map(|(_, t)| t.trim_end_matches('0'))
        .collect();
    assert_eq!(temperatures, ["38.5", "-0.5", "36.8"]);
}

#[test]
fn the_form_of_the_file_changes_nothing() {
    let plain = "コード,日付,陽性者数\n131032,2021-03-01,3\n131041,2021-03-01,4\n";
    let (_, wanted) = totals(plain);
    assert_eq!(wanted.len(), 2);
    let forms = [
        format!("\u{feff}{plain}"),
        plain.replace('\n', "\r\n"),
        plain.replace('\n', "\r"),
        "陽性者数,,備考,日付,コード,,\n3,,\"二\n行\",2021-03-01,131032,,\n4,,x,2021-03-01,131041,,\n"
            .to_owned(),
        " 日付 ,コ ー ド,陽性者数\n2021-03-01,131032,3\n2021-03-01,131041,4\n".to_owned(),
        format!("\n{plain}\n,,\n合計,,7\n※速報値\n出典：東京都\n"),
        plain.replace("131041", "小計,,3\n131041") + "総計,,7\n",
        plain.replace("131032,2021-03-01,3\n", "131032,2021-03-01,3\n131032,2021-03-01,3\n"),
        "コード,日付,陽性者数\n１３１０３２,令和三年三月一日,三人\n131041,44256,４\n".to_owned(),
        plain.replace("\n131041", ",,,\n131041"),
    ];
    for form in forms {
        let (receipt, rows) = totals(&form);
        assert_eq!(rows, wanted, "{form}");
        let counted = receipt.counted.expect("counted");
        let sum = counted.new + counted.changed + receipt.unchanged + counted.merged + receipt.quarantined;
        assert_eq!(sum, receipt.rows, "{form}");
    }
}

fn refused(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.csv");
    std::fs::write(&path, bytes).expect("written");
    let mapping = crate::store::room::mapping(TOTALS);
    match super::read(&path, &mapping, 9) {
        Ok(read) => format!("{:?}", read.rows),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_no_table_of_commas_says_so() {
    let plain = "コード,日付,陽性者数\n131032,2021-03-01,3\n";
    for (sign, ja, en) in [("\t", "タブ", "tabs"), (";", "セミコロン", "semicolons"), ("|", "「|」", "bars")]
    {
        let said = refused(plain.replace(',', sign).as_bytes());
        assert!(said.contains(ja) && said.contains(en), "{said}");
    }
    for empty in [&b""[..], b"\xef\xbb\xbf", b"\n\n", b"\xff\xfe"] {
        assert!(refused(empty).contains("ファイルが空です"), "{}", refused(empty));
    }
    assert!(refused(&SHIFT_JIS.encode(plain).0).contains("131032"));
}

/// UTF-16 that lost a byte: what is whole is read, and the last row is no surprise.
#[test]
fn utf_16_of_odd_length_is_read_to_its_end() {
    let text = "コード,日付,陽性者数\n131032,2021-03-01,3\n131041,2021-03-01,4\n";
    for big in [false, true] {
        let bytes: Vec<u8> = format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect();
        for end in (0..=bytes.len()).rev().take(60) {
            let read = refused(&bytes[..end]);
            assert!(end < bytes.len() || read.contains("131041"), "{read}");
        }
        let mut odd = bytes.clone();
        odd.push(b'x');
        assert!(refused(&odd).contains("131041"));
    }
}
