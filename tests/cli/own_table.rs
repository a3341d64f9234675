//! A table of one's own, in the folder of definitions: stored, checked at the gate, asked, and found again by a rebuild.

use super::place::Place;

const TABLE: &str = "-- table: dog_bites\n-- subject: no\n-- happened: yes\nSELECT\n  \
    CAST(day AS DATE) AS day,\n  \
    CAST(district AS VARCHAR) AS district,   -- rule: district\n  \
    CAST(bites AS INTEGER) AS bites          -- rule: number 0 999\nFROM staged\n";

const MAPPING: &str = r#"
source = "dog-bites"
title = { ja = "犬の咬傷届", en = "Dog bites" }
table = "dog_bites"
mode = "upsert"
key = ["day", "district"]
rhythm = { calendar = "once" }
column = [
  { headings = ["日"], privacy = "keep", field = "day", type = "date", expected = true, required = true },
  { headings = ["地区"], privacy = "coarsen", field = "district", type = "district", table = "districts", expected = true },
  { headings = ["件数"], privacy = "keep", field = "bites", type = "count", expected = true },
]
"#;

const INDICATOR: &str = "-- title.ja: 犬の咬傷届\n-- title.en: Dog bites\n-- unit: count\n-- shape: series\n-- measure: none\n\
    -- basis: 受理\n-- date: 届出日\n-- numerator: 届出の件数\n-- source: dog_bites\n-- lag_days: 0\n-- missing: gap\n\
    -- high_is: bad\n-- columns: day 日 ; value 件数\n-- days: 30\n-- board: none\n\
    SELECT day, CAST(sum(bites) AS BIGINT) AS value FROM dog_bites WHERE day BETWEEN $from AND $to GROUP BY day ORDER BY day\n";

fn place() -> Place {
    let place = Place::new();
    place.write("definitions/queries/schema/0001_dog_bites.sql", TABLE);
    place.write("definitions/queries/sources/dog-bites.toml", MAPPING);
    place.write("definitions/queries/indicators/dog_bites.sql", INDICATOR);
    place
}

fn bites(place: &Place) -> String {
    place.ok(&["show", "dog_bites", "--from", "2022-02-01", "--to", "2022-02-03", "--format", "csv"])
}

#[test]
fn a_table_of_one_s_own_works_everywhere() {
    let place = place();
    place.ok(&["check"]);
    let file = place
        .write("bites.csv", "日,地区,件数\n2022-02-01,芝公園1,2\n2022-02-01,赤坂,1\n2022-02-02,赤坂,4\n");
    let file = file.to_str().expect("a path");
    place.ok(&["source", "try", "dog-bites", file]);
    place.ok(&["load", "dog-bites", file]);
    let before = bites(&place);
    assert!(before.contains("2022-02-01,3") && before.contains("2022-02-02,4"), "{before}");
    place.ok(&["rebuild"]);
    assert_eq!(
        bites(&place).lines().filter(|l| !l.starts_with('#')).collect::<Vec<_>>(),
        before.lines().filter(|l| !l.starts_with('#')).collect::<Vec<_>>()
    );
    place.ok(&["verify"]);
}

#[test]
fn the_gate_keeps_the_table_s_rules() {
    let place = place();
    let wrong =
        MAPPING.replace("field = \"bites\", type = \"count\"", "field = \"bites\", type = \"decimal\"");
    place.write("definitions/queries/sources/dog-bites.toml", &wrong);
    let said = place.run(&["check"]);
    assert_ne!(said.code, 0);
    let all = format!("{}{}", said.out, said.err);
    assert!(all.contains("dog-bites.toml") && all.contains("a whole number from 0 to 999"), "{all}");
}

#[test]
fn a_table_that_is_none_is_refused_by_its_line() {
    let place = place();
    place.write(
        "definitions/queries/schema/0001_dog_bites.sql",
        &TABLE.replace("CAST(bites AS INTEGER)", "bites"),
    );
    let said = place.run(&["check"]);
    assert_ne!(said.code, 0);
    let all = format!("{}{}", said.out, said.err);
    assert!(all.contains("0001_dog_bites.sql, line 7"), "{all}");
}

#[test]
fn the_store_s_own_statements_are_not_to_be_replaced() {
    let place = place();
    place.write("definitions/queries/system/accept.sql", "-- name: compare\nSELECT 1\n");
    let said = place.run(&["check"]);
    assert_ne!(said.code, 0);
    assert!(
        said.err.contains("queries/system/accept.sql") && said.err.contains("差し替えられません"),
        "{}",
        said.err
    );
}
