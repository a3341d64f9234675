//! Sources that give only totals: the ministry's bed survey, Tokyo's status table, cumulative positives by municipality.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hinomi::store::{AsOf, Outcome};

use super::{House, data};

/// (area, day) → series → value; `area_class` where there is no area.
type Totals = BTreeMap<(String, String), BTreeMap<String, i64>>;

fn totals(house: &House) -> Totals {
    let mut totals = Totals::new();
    for row in house.query("totals", include_str!("queries/totals.sql"), &[], AsOf::Latest) {
        let [series, area, area_class, day, value] = &row[..] else { panic!("five columns") };
        let place = if area.is_empty() { area_class } else { area };
        let value = value.parse().expect("a number");
        let before = totals.entry((place.clone(), day.clone())).or_default().insert(series.clone(), value);
        assert!(before.is_none(), "{series} of {place} on {day} twice");
    }
    totals
}

fn taken(house: &House, source: &str, path: &Path) {
    let receipt = house.deliver(source, path);
    assert_eq!((receipt.outcome, receipt.quarantined), (Outcome::Accepted, 0), "{:?}", receipt.faults);
}

/// The one file of a folder whose name has this in it.
fn find(folder: &Path, part: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().contains(part))
        .collect();
    assert_eq!(found.len(), 1, "{part}");
    found.remove(0)
}

/// Cells of a file as they were published, by heading.
fn published(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).expect("readable");
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let cells = |line: &str| line.split(',').map(|c| c.trim_matches('"').to_owned()).collect::<Vec<_>>();
    let header = cells(lines.next().expect("a header"));
    lines.map(|line| header.iter().cloned().zip(cells(line)).collect()).collect()
}

/// Percent, half up.
fn percent(part: i64, whole: i64) -> i64 {
    (200 * part + whole) / (2 * whole)
}

#[test]
fn the_bed_survey_reproduces_every_percentage_and_sum() {
    let Some(data) = data("the ministry's bed survey") else { return };
    let path = data.join("mhlw_beds/000742391_20210217.csv");
    let house = House::new();
    taken(&house, "bed-survey", &path);
    let totals = totals(&house);
    let (mut rates, mut sums) = (0, 0);
    for row in published(&path) {
        let ours = &totals[&(row["都道府県番号"].clone(), "2021-02-17".to_owned())];
        for (heading, part, whole) in [
            ("入院患者病床使用率", "inpatients", "secured_beds"),
            ("重症患者病床使用率", "inpatients_severe", "secured_severe_beds"),
            ("宿泊療養施設居室使用率", "hotel", "hotel_rooms"),
        ] {
            let rate = format!("{}%", percent(ours[part], ours[whole]));
            assert_eq!(rate, row[heading], "{} {heading}", row["都道府県名"]);
            rates += 1;
        }
        let places = ["inpatients", "hotel", "home", "facility", "undecided"];
        assert_eq!(places.iter().map(|p| ours[*p]).sum::<i64>(), ours["under_care"], "{}", row["都道府県名"]);
        sums += 1;
    }
    assert_eq!((rates, sums, totals.len()), (141, 47, 47));
    // Behind a note (`注8　431`).
    let tokyo = &totals[&("13".to_owned(), "2021-02-17".to_owned())];
    assert_eq!((tokyo["inpatients_severe"], tokyo["secured_severe_beds"]), (431, 500));
    let above = totals.values().filter(|t| t["final_phase_beds"] > t["secured_beds"]).count();
    assert_eq!(above, 8, "prefectures whose planned maximum is above what is secured");
}

#[test]
fn the_status_table_keeps_its_identities() {
    let Some(data) = data("Tokyo's status table") else { return };
    let house = House::new();
    taken(&house, "status-table", &find(&data.join("tokyo"), "details_testing_positive_cases"));
    let totals = totals(&house);
    assert_eq!(totals.len(), 94);
    for ((area, day), ours) in &totals {
        assert_eq!(area, "130001");
        let of = |series: &str| ours.get(series).copied().unwrap_or(0);
        let now = of("inpatients") + of("hotel") + of("home") + of("undecided");
        assert_eq!(
            of("cumulative_positive"),
            now + of("cumulative_deaths") + of("cumulative_discharged"),
            "{day}"
        );
        assert_eq!(of("inpatients"), of("inpatients_mild_moderate") + of("inpatients_severe"), "{day}");
    }
    // What was not counted yet is absent, not zero.
    let day = |day: &str| &totals[&("130001".to_owned(), day.to_owned())];
    assert!(!day("2020-05-11").contains_key("hotel") && day("2020-05-12").contains_key("hotel"));
    assert!(!day("2020-05-20").contains_key("undecided") && day("2020-05-21")["undecided"] == 24);
}

#[test]
fn minato_has_its_figures_and_its_one_fall() {
    let Some(data) = data("cumulative positives by municipality") else { return };
    let house = House::new();
    taken(&house, "municipal-cumulative", &find(&data.join("tokyo_municipalities"), ".csv"));
    let totals = totals(&house);
    assert_eq!(totals.len(), 58_240);
    let minato: Vec<(&str, i64)> = totals
        .iter()
        .filter(|((place, _), _)| place == "131032")
        .map(|((_, day), of)| (day.as_str(), of["cumulative_positive"]))
        .collect();
    assert_eq!((minato.len(), minato[0], minato[909]), (910, ("2020-03-31", 39), ("2022-09-26", 62_889)));
    let elsewhere = &totals[&("out_of_area".to_owned(), "2022-09-26".to_owned())];
    assert_eq!(elsewhere["cumulative_positive"], 276_472);

    let sql =
        std::fs::read_to_string(super::house("queries/quality/cumulative_decreases.sql")).expect("the query");
    let falls = house.query("cumulative_decreases", &sql, &[], AsOf::Latest);
    let ours: Vec<_> = falls.iter().filter(|row| row[2] == "131032").collect();
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0][4], "2021-10-10");
    assert_eq!(ours[0][7], "-2");
    assert_eq!(falls.len(), 117);
}
