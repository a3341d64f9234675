//! The gate's promise binds the table, not the mapping's word: every type on every column of every table is either
//! refused before a row is read, by `check` as by the gate, or what is stored keeps the column's rule, whatever the
//! file says.

use std::sync::Arc;

use hinomi::definitions::districts::Districts;
use hinomi::definitions::mapping::Mapping;
use hinomi::intake::bind::bind;
use hinomi::privacy::{Gate, Identifier, Key, refusals, scan};
use hinomi::store::AsOf;

use crate::store::room::Room;
use crate::support::gated::{no_towns, towns};

/// What a file may hold where it should not.
const NASTY: [&str; 34] = [
    "105",
    "300",
    "-1",
    "0",
    "45",
    "90",
    "1945",
    "40000",
    "70000",
    "3000000000",
    "99999999999999",
    "1e9",
    "98.6",
    "09012345678",
    "0312345678",
    "312345678",
    "090-1234-5678",
    "山田 太郎",
    "山田太郎",
    "yamadataro",
    "taro@example.jp",
    "東京都港区芝公園1-5-25",
    "芝5丁目",
    "1945-03-02",
    "昭和20年3月2日",
    "2021-08-01 10:00",
    "123456789018",
    "1234567",
    "131032",
    "H001",
    "M",
    "有り",
    "80代後半",
    "65歳以上",
];

/// Ways to write each type down in a mapping.
const TYPES: [(&str, &str); 18] = [
    ("keep", "type = \"date\""),
    ("keep", "type = \"datetime\""),
    ("keep", "type = \"count\""),
    ("keep", "type = \"count\", min = 0, max = 99999999999"),
    ("keep", "type = \"integer\""),
    ("keep", "type = \"decimal\""),
    ("coarsen", "type = \"age\""),
    ("keep", "type = \"age\""),
    ("keep", "type = \"flag\""),
    ("coarsen", "type = \"district\", table = \"districts\""),
    ("keep", "type = \"id\", pattern = '[0-9]{1,12}'"),
    ("keep", "type = \"id\", pattern = '[HYK0-9]{2,12}'"),
    ("keep", "type = \"id\", pattern = '.+'"),
    ("keep", "type = \"code\", codes = { M = [\"M\", \"45\"], F = [\"山田太郎\"] }"),
    ("keep", "type = \"code\", codes = { shiba = [\"芝5丁目\", \"45\"] }"),
    ("keep", "type = \"code\", codes = { \"105\" = [\"105\", \"1945\"], home = [\"M\"] }"),
    ("keep", "type = \"code\", codes = { \"山田太郎\" = [\"山田太郎\"] }"),
    ("keep", "type = \"code\", codes = { \"09012345678\" = [\"09012345678\"] }"),
];

fn mapping(table: &str, field: &str, privacy: &str, kind: &str) -> String {
    format!(
        "source = \"nasty\"\ntitle = {{ ja = \"試験\", en = \"Test\" }}\ntable = \"{table}\"\nmode = \"append\"\n\
         max_bad_share = 1.0\nrhythm = {{ calendar = \"once\" }}\n\
         column = [ {{ headings = [\"値\"], privacy = \"{privacy}\", field = \"{field}\", {kind}, expected = true }} ]\n"
    )
}

/// Does a stored value keep the rule that people of the house would name for the column?
fn keeps(table: &str, column: &str, kind: &str, districts: &Districts, value: &str) -> bool {
    let number = || value.parse::<i64>();
    match column {
        "age" => number().is_ok_and(|n| (0..=90).contains(&n)),
        "age_decade" => number().is_ok_and(|n| (0..=90).contains(&n) && n % 10 == 0),
        "district" => districts.all().iter().any(|d| d.code == value),
        _ if kind == "VARCHAR" => {
            let area = |i: &Identifier| *i == Identifier::HerSysId && column == "area" && value == "131032";
            value.is_ascii() && scan(value).iter().all(area)
        }
        // Rows about one person have no number that could be a year, a telephone or an id.
        _ if matches!(kind, "SMALLINT" | "INTEGER" | "BIGINT") => {
            let most = if matches!(table, "cases" | "placements") { 999 } else { 999_999_999 };
            number().is_ok_and(|n| n <= most)
        }
        _ => true,
    }
}

#[test]
fn every_type_on_every_column_keeps_the_rule_or_is_refused() {
    let (domains, room) = (towns(), Room::in_ward(towns()));
    let header = ["値".to_owned()];
    let csv = NASTY.iter().fold("値\n".to_owned(), |text, cell| format!("{text}\"{cell}\"\n"));
    let (mut taken, mut refused) = (0, 0);
    for (table, columns) in room.store.tables() {
        for (column, kind) in &columns {
            let stem = column.trim_end_matches("_at").trim_end_matches("_day");
            for (privacy, said) in TYPES {
                let field = if said.contains("datetime") { stem } else { column.as_str() };
                let text = mapping(&table, field, privacy, said);
                let Ok(parsed) = Mapping::parse("nasty", &text) else {
                    refused += 1;
                    continue;
                };
                let parsed = Arc::new(parsed);
                let gate = Gate::new(
                    &bind(parsed.clone(), &header).expect("bound"),
                    Some(&Key::throwaway()),
                    &domains,
                );
                let told = refusals(&parsed, &domains);
                told.iter().for_each(|why| in_japanese_first(why));
                assert_eq!(
                    gate.is_err(),
                    !told.is_empty(),
                    "check and load agree: {table}.{column}, {said}: {told:?}"
                );
                if gate.is_err() {
                    refused += 1;
                    continue;
                }
                taken += 1;
                let source = format!("{table}-{column}-{taken}");
                let text = text.replace("\"nasty\"", &format!("\"{source}\""));
                room.deliver_as(&text, "file.csv", &csv, |start| start.confirmed = true)
                    .unwrap_or_else(|error| panic!("{table}.{column}, {said}: {error}"));
                let all = format!(
                    "SELECT {column} FROM {table} WHERE source = '{source}' AND {column} IS NOT NULL"
                );
                for value in room.rows(&all, AsOf::Latest) {
                    assert!(
                        keeps(&table, column, kind, &domains.districts, &value),
                        "{table}.{column}, {said}: {value}"
                    );
                }
            }
        }
    }
    assert!(taken > 100 && refused > taken * 3, "{taken} taken, {refused} refused");
}

/// The reason is said in Japanese, and then in English.
fn in_japanese_first(why: &str) {
    let (ja, en) = why.split_once(" · ").unwrap_or_else(|| panic!("in both languages: {why}"));
    let kana = |c: char| matches!(c, '\u{3041}'..='\u{30ff}');
    let reason = ja.split_once(": ").map_or(ja, |(_, reason)| reason);
    assert!(reason.contains(kana) && en.chars().any(|c| c.is_ascii_lowercase()), "{why}");
}

/// A mapping that keeps what its table may not hold is refused with the reason, and names its column.
#[test]
fn the_reason_is_said() {
    let domains = no_towns();
    let told = |table: &str, field: &str, privacy: &str, kind: &str| {
        let parsed = Mapping::parse("nasty", &mapping(table, field, privacy, kind)).expect("a mapping");
        refusals(&Arc::new(parsed), &domains).join("; ")
    };
    assert_eq!(
        told("cases", "age", "keep", "type = \"integer\""),
        "列「値」: cases.age に入るのは年齢（歳。90は90歳以上。type age）で、type integer ではありません · column 値: cases.age \
         holds an age in years, 90 meaning 90 and over (type age), not type integer"
    );
    assert_eq!(told("cases", "age_decade", "coarsen", "type = \"age\""), "");
    assert_eq!(told("cases", "age", "coarsen", "type = \"age\""), "");
    assert!(
        told("placements", "stay", "keep", "type = \"decimal\"").contains("a whole number from 1 to 999")
    );
    assert!(told("people", "age", "coarsen", "type = \"age\"").contains("people is not among the tables"));
    // Every heading that announces an identifier, and each with what may be done.
    let kept = mapping("cases", "onset_day", "keep", "type = \"date\"").replace("[\"値\"]", "[\"生年月日\"]");
    let two = kept.replace(
        "expected = true }",
        "expected = true }, { headings = [\"住所\"], privacy = \"keep\", field = \"facility\", type = \"id\", pattern = 'H[0-9]' }",
    );
    let parsed = Mapping::parse("nasty", &two).expect("a mapping");
    let told = refusals(&Arc::new(parsed), &domains);
    assert_eq!(told.len(), 3, "{told:?}");
    told.iter().for_each(|why| in_japanese_first(why));
    assert!(
        told[0].contains("生年月日") && told[1].contains("住所") && told[2].contains("no column facility"),
        "{told:?}"
    );
}
