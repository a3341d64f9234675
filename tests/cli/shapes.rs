//! Figures with decimals, and the time from which a file counts as known, on the command line.

use super::Place;

const RATE: &str = r#"
source = "sentinel-rate"
title = { ja = "定点当たり", en = "Reports per sentinel" }
table = "aggregate_counts"
mode = "aggregate"
key = ["series", "area", "day"]
files = "*.csv"
rhythm = { calendar = "once" }
constants = { disease = "influenza", area_class = "prefecture" }

column = [
  { headings = ["都道府県番号"], privacy = "keep", field = "area", type = "id", pattern = '0[1-9]|[1-3][0-9]|4[0-7]', expected = true, required = true },
  { headings = ["週の初日"], privacy = "keep", field = "day", type = "date", expected = true, required = true },
  { headings = ["定当"], privacy = "keep", series = "flu_per_sentinel", type = "decimal", expected = true },
  { headings = ["報告"], privacy = "keep", series = "flu_reports", type = "count" },
]
"#;

fn place() -> Place {
    let place = Place::new();
    place.write("definitions/queries/sources/sentinel-rate.toml", RATE);
    place
}

fn series(place: &Place, name: &str, format: &str) -> String {
    let ask = ["show", "aggregate_series", "--disease", "influenza", "--by", name, "--from", "2025-01-01"];
    place.ok(&[&ask[..], &["--to", "2025-02-01", "--format", format]].concat())
}

#[test]
fn a_series_of_decimals_is_kept_as_it_was_published() {
    let place = place();
    assert!(place.ok(&["check"]).contains("no fault"));
    let text = include_str!("../../data-samples/shapes/per_sentinel.csv");
    place.write("week.csv", text);
    place.ok(&["load", "sentinel-rate", "week.csv"]);
    // Each figure with the places of the column, never rounded.
    let csv = series(&place, "flu_per_sentinel", "csv");
    let rows: Vec<&str> = csv
        .lines()
        .filter(|l| !l.starts_with('#'))
        .skip(1)
        .map(|l| l.split(",prefecture").next().unwrap_or(l))
        .collect();
    assert_eq!(
        rows,
        ["13,2025-01-13,13.81", "13,2025-01-20,9.50", "14,2025-01-13,0.07", "14,2025-01-20,12.00"]
    );
    let table = series(&place, "flu_per_sentinel", "table");
    for figure in ["13.81", "9.50", "0.07", "12.00"] {
        assert!(table.contains(figure), "{table}");
    }
    let json = series(&place, "flu_per_sentinel", "json");
    assert!(json.contains("13.81") && json.contains("0.07") && !json.contains("13.810"), "{json}");
    // A correction is one; the same figure in another form is none.
    let said = place.ok(&["load", "sentinel-rate", "week.csv"]);
    assert!(said.contains("nothing new"), "{said}");
    place.write("again.csv", &text.replace("9.50", "9.5").replace("13.81", "13.810"));
    let said = place.ok(&["load", "sentinel-rate", "again.csv"]);
    assert!(said.contains("nothing new"), "{said}");
    place.write("corrected.csv", &text.replace("13.81", "13.79"));
    place.ok(&["load", "sentinel-rate", "corrected.csv"]);
    assert!(series(&place, "flu_per_sentinel", "csv").contains("13.79"));
    place.ok(&["verify"]);
    place.ok(&["rebuild"]);
    assert!(series(&place, "flu_per_sentinel", "csv").contains(",13.79,"));
}

#[test]
fn counts_beside_decimals_stay_whole() {
    let place = place();
    place.write(
        "week.csv",
        "都道府県番号,週の初日,定当,報告\n13,2025-01-13,13.81,5800\n14,2025-01-13,7,2100\n",
    );
    place.ok(&["load", "sentinel-rate", "week.csv"]);
    let csv = series(&place, "flu_reports", "csv");
    assert!(csv.contains("2025-01-13,5800,") && csv.contains("2025-01-13,2100,"), "{csv}");
    let json = series(&place, "flu_reports", "json");
    assert!(json.contains("5800") && !json.contains("5800.0"), "{json}");
}

#[test]
fn a_fault_in_a_mapping_names_its_file_once() {
    let place = place();
    place.write("definitions/queries/sources/sentinel-rate.toml", &RATE.replace("\"decimal\"", "\"date\""));
    for args in [&["check"][..], &["load", "sentinel-rate", "week.csv"]] {
        let said = place.run(args);
        assert_ne!(said.code, 0);
        let text = format!("{}{}", said.out, said.err);
        assert_eq!(text.matches("queries/sources/sentinel-rate.toml").count(), 1, "{text}");
        assert!(text.contains("column 定当: a series is of counts, integers or decimals"), "{text}");
    }
}

#[test]
fn a_receipt_says_from_when_a_file_counts_as_known() {
    let place = place();
    let week = |name: &str, figure: &str| {
        place.write(name, &format!("都道府県番号,週の初日,定当\n13,2020-12-21,{figure}\n"));
    };
    week("20210729T141819Z_x.csv", "1.25");
    week("20210730_x.csv", "1.5");
    week("20210731_090000_x.csv", "1.75");
    for (name, known) in [
        ("20210729T141819Z_x.csv", "2021-07-29 23:18:19"),
        ("20210730_x.csv", "2021-07-30 23:59:59"),
        ("20210731_090000_x.csv", "2021-07-31 09:00:00"),
    ] {
        let said = place.ok(&["load", "sentinel-rate", "--replay", name]);
        assert!(said.contains(known), "{name}: {said}");
    }
    let as_of = |at: &str| {
        let ask = ["show", "aggregate_series", "--disease", "influenza", "--by", "flu_per_sentinel"];
        place.ok(&[&ask[..], &["--from", "2020-12-01", "--as-of", at, "--format", "csv"]].concat())
    };
    assert!(!as_of("2021-07-29T23:18").contains("13,2020-12-21"));
    assert!(as_of("2021-07-29T23:19").contains(",1.25,"));
    assert!(as_of("2021-07-31T00:00").contains(",1.5,"));
}

#[test]
fn what_is_no_time_is_told_with_the_forms_that_are() {
    let place = place();
    let text = "都道府県番号,週の初日,定当\n13,2020-12-21,1.25\n";
    for name in ["week.csv", "20210729T256199_x.csv"] {
        place.write(name, text);
        let said = place.run(&["load", "sentinel-rate", "--replay", name]);
        assert_eq!(said.code, 1);
        assert!(said.err.contains("20210729T141819, 20210729_141819"), "{}", said.err);
    }
    let said = place.run(&["load", "sentinel-rate", "week.csv", "--stamp", "29.7.2021"]);
    assert!(
        said.code == 1 && said.err.contains("29.7.2021") && said.err.contains("20210729_141819"),
        "{}",
        said.err
    );
    let said = place.run(&["load", "sentinel-rate", "--replay", "week.csv", "--stamp", "2099-01-01T00:00"]);
    assert!(said.code == 1 && said.err.contains("future"), "{}", said.err);
    let said = place.ok(&["load", "sentinel-rate", "--replay", "week.csv", "--stamp", "20210729_1418"]);
    assert!(said.contains("2021-07-29 14:18:00"), "{said}");
}
