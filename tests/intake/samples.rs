//! The samples of `data-samples/` are read as the README beside them says.

use super::{Read, house, mapping, read};

fn sample(source: &str, file: &str) -> Read {
    let path = house("data-samples").join(source).join(file);
    read(&path, &mapping(source), 7).unwrap_or_else(|error| panic!("{error}"))
}

fn column<'a>(found: &'a Read, heading: &str) -> Vec<&'a str> {
    let at = found.headings.iter().position(|h| h == heading).expect("the column");
    found.rows.iter().map(|row| row.1[at].as_str()).collect()
}

#[test]
fn open_data_patients() {
    let found = sample("open-data-patients", "20210310T200000_patients.csv");
    assert_eq!(found.encoding, "UTF-8 with BOM");
    let expected =
        ["公表_年月日", "発症_年月日", "患者_居住地", "患者_年代", "患者_性別", "患者_状態", "退院済フラグ"];
    assert_eq!(found.headings, expected);
    assert!(found.faults.is_empty() && found.unlisted.is_empty());
    assert_eq!(found.rows[0].0, 2);
    assert_eq!(column(&found, "公表_年月日")[0], "2021-03-01");
}

#[test]
fn bed_survey() {
    let found = sample("bed-survey", "000000001_20210407.csv");
    assert_eq!(found.encoding, "CP932");
    assert_eq!(column(&found, "都道府県番号"), ["11", "13", "14"]);
    assert_eq!(column(&found, "うち重症者数"), ["6", "88", "11"]);
    assert_eq!(column(&found, "更新日"), ["2021-04-07"; 3]);
    assert!(found.rows.iter().flat_map(|r| &r.1).all(|cell| !cell.contains(['%', '／', '県'])));
}

#[test]
fn status_table() {
    let found = sample("status-table", "testing_positive_cases_20210314.csv");
    assert_eq!(found.encoding, "UTF-8");
    assert_eq!(found.rows.len(), 14);
    assert_eq!(column(&found, "宿泊療養")[0], "");
}

#[test]
fn municipal_cumulative() {
    let found = sample("municipal-cumulative", "municipality_20210307.csv");
    assert_eq!(found.encoding, "UTF-16LE");
    assert_eq!(found.rows.len(), 35);
    assert_eq!(column(&found, "集計区分")[3..5], ["都外", "調査中"]);
    assert_eq!(column(&found, "全国地方公共団体コード")[3..5], ["", ""]);
}
