//! The groups of a figure and what is said to be unknown make the whole: of people and stays each of whom lacks something, in
//! every indicator, by all that it may be asked by.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use hinomi::answer::{Answer, Answers, Cell, Question};
use hinomi::definitions::Definitions;
use hinomi::definitions::role::Role;
use jiff::civil::date;

use super::ward::Ward;
use crate::support::house;

/// A Monday: the day before is on it, and so is the week that is over.
const NOW: &str = "2022-02-14T14:00";

const CASES: &str = r#"
source = "own-cases"
title = { ja = "届出", en = "Notifications" }
table = "cases"
mode = "upsert"
namespace = "own"
files = "owncases_*.csv"
rhythm = { every_minutes = 30 }
constants = { disease = "covid-19", class = "confirmed", channel = "hersys" }
column = [
  { headings = ["id"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{6}', expected = true, required = true },
  { headings = ["管轄"], privacy = "keep", field = "jurisdiction", type = "code", codes = { here = ["管内"], transferred_out = ["移管"] } },
  { headings = ["区民"], privacy = "keep", field = "resident", type = "flag" },
  { headings = ["性別"], privacy = "keep", field = "sex", type = "code", codes = { M = ["男"], F = ["女"], X = ["その他"] } },
  { headings = ["年齢"], privacy = "coarsen", field = "age", type = "age" },
  { headings = ["住所"], privacy = "coarsen", field = "district", type = "district", table = "districts" },
  { headings = ["経路"], privacy = "keep", field = "route", type = "code", codes = { known = ["確定"], unknown = ["不明"] } },
  { headings = ["重症度"], privacy = "keep", field = "severity", type = "code", codes = { mild = ["軽症"], severe = ["重症"] } },
  { headings = ["受理"], privacy = "keep", field = "received", type = "datetime" },
  { headings = ["連絡"], privacy = "keep", field = "first_contact", type = "datetime" },
  { headings = ["報告"], privacy = "keep", field = "reported_day", type = "date" },
  { headings = ["発病"], privacy = "keep", field = "onset_day", type = "date" },
  { headings = ["公表"], privacy = "keep", field = "published_day", type = "date" },
  { headings = ["死亡"], privacy = "keep", field = "death_day", type = "date" },
  { headings = ["死亡公表"], privacy = "keep", field = "death_published_day", type = "date" },
]
"#;

const STAYS: &str = r#"
source = "own-stays"
title = { ja = "台帳", en = "Stays" }
table = "placements"
mode = "upsert"
namespace = "own"
key = ["stay"]
files = "ownstays_*.csv"
rhythm = { every_minutes = 30 }
constants = { stay = "1" }
column = [
  { headings = ["id"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{6}', expected = true, required = true },
  { headings = ["疾病"], privacy = "keep", field = "disease", type = "code", codes = { "covid-19" = ["コロナ"], measles = ["麻しん"] } },
  { headings = ["区分"], privacy = "keep", field = "place", type = "code", codes = { hospital = ["入院"], awaiting = ["待ち"], home = ["自宅"] } },
  { headings = ["病院"], privacy = "keep", field = "facility_id", type = "id", pattern = 'H[0-9]{3}' },
  { headings = ["区内"], privacy = "keep", field = "in_ward", type = "flag" },
  { headings = ["緊急度"], privacy = "keep", field = "urgency", type = "code", codes = { emergency = ["緊急"], standby = ["待機"] } },
  { headings = ["重症度"], privacy = "keep", field = "severity", type = "code", codes = { mild = ["軽症"], severe = ["重症"] } },
  { headings = ["基準"], privacy = "keep", field = "severity_basis", type = "code", codes = { tokyo = ["都"], national = ["国"] } },
  { headings = ["開始"], privacy = "keep", field = "from", type = "datetime" },
  { headings = ["終了"], privacy = "keep", field = "to", type = "datetime" },
]
"#;

type Row = BTreeMap<&'static str, &'static str>;

const PERSON: [(&str, &str); 14] = [
    ("管轄", "管内"),
    ("区民", "1"),
    ("性別", "男"),
    ("年齢", "40"),
    ("住所", "港区芝公園"),
    ("経路", "確定"),
    ("重症度", "軽症"),
    ("受理", "2022-02-13 10:00"),
    ("連絡", ""),
    ("報告", "2022-02-13"),
    ("発病", "2022-02-10"),
    ("公表", "2022-02-13"),
    ("死亡", ""),
    ("死亡公表", ""),
];

const STAY: [(&str, &str); 9] = [
    ("疾病", "コロナ"),
    ("区分", "入院"),
    ("病院", "H001"),
    ("区内", ""),
    ("緊急度", ""),
    ("重症度", "軽症"),
    ("基準", "都"),
    ("開始", "2022-02-12 12:00"),
    ("終了", ""),
];

/// Everybody lacks something, some two things; most lack nothing.
fn persons() -> Vec<Row> {
    let lacking: [&[(&str, &str)]; 21] = [
        &[("性別", "")],
        &[("性別", "その他")],
        &[("性別", "その他"), ("年齢", "30代")],
        &[("年齢", "")],
        &[("年齢", "30代")],
        &[("年齢", ""), ("性別", "")],
        &[("住所", "")],
        &[("住所", ""), ("年齢", "")],
        &[("区民", "")],
        &[("区民", ""), ("住所", "")],
        &[("区民", "0"), ("住所", "")],
        &[("区民", "0"), ("性別", "女")],
        &[("経路", "")],
        &[("経路", "不明"), ("住所", "港区麻布十番")],
        &[("重症度", "")],
        &[("受理", "")],
        &[("受理", ""), ("住所", "")],
        &[("報告", "")],
        &[("発病", "")],
        &[("死亡", "2022-02-13"), ("死亡公表", "2022-02-14")],
        &[("管轄", "移管"), ("住所", "")],
    ];
    let whole = std::iter::repeat_n(&[][..], 12);
    let changed = lacking.into_iter().chain(whole);
    changed.map(|changed| PERSON.into_iter().chain(changed.iter().copied()).collect()).collect()
}

/// Of persons by their place in the list, some of nobody who was notified.
fn stays() -> Vec<(u32, Row)> {
    let lacking: [(u32, &[(&str, &str)]); 24] = [
        (0, &[]),
        (1, &[("病院", "H101")]),
        (2, &[("病院", "")]),
        (3, &[("病院", ""), ("区内", "1")]),
        (4, &[("病院", "H999")]),
        (8, &[("区分", "")]),
        (10, &[("区分", "自宅"), ("病院", "")]),
        (12, &[("区分", "待ち"), ("病院", ""), ("緊急度", "緊急")]),
        (13, &[("区分", "待ち"), ("病院", "")]),
        (14, &[("区分", "自宅"), ("病院", ""), ("重症度", "")]),
        (15, &[("区分", "自宅"), ("病院", ""), ("重症度", "重症"), ("基準", "")]),
        (16, &[("区分", "自宅"), ("病院", ""), ("重症度", "重症"), ("基準", "国")]),
        (17, &[("開始", "")]),
        (18, &[("開始", ""), ("区分", "")]),
        (19, &[("終了", "2022-02-13 12:00")]),
        // Ends that lie before their beginnings are unknown, by days and by hours.
        (30, &[("終了", "2022-02-10 12:00")]),
        (31, &[("終了", "2022-02-12 11:59"), ("区分", "自宅"), ("病院", "")]),
        // Handed over with an open stay: no longer of this centre.
        (20, &[("病院", "")]),
        (21, &[("疾病", "")]),
        (22, &[("疾病", "麻しん")]),
        // Nobody was notified of these.
        (500, &[]),
        (501, &[("病院", "")]),
        (502, &[("区分", "自宅"), ("病院", ""), ("重症度", "")]),
        (503, &[("区分", "")]),
    ];
    let whole = (24..30).map(|id| (id, &[][..]));
    let changed = lacking.into_iter().chain(whole);
    changed.map(|(id, changed)| (id, STAY.into_iter().chain(changed.iter().copied()).collect())).collect()
}

/// One of whom all is known, a year before: each column is there.
fn earlier() -> Row {
    let days = ["報告", "発病", "公表"].map(|column| (column, "2021-02-01"));
    PERSON.into_iter().chain(days).chain([("受理", "2021-02-01 10:00")]).collect()
}

fn csv(columns: &[(&str, &str)], rows: impl Iterator<Item = (u32, Row)>) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let mut text = format!("id,{}\n", names.join(","));
    for (id, row) in rows {
        let cells: Vec<&str> = names.iter().map(|name| row[name]).collect();
        let _ = writeln!(text, "{},{}", 100_000 + id, cells.join(","));
    }
    text
}

fn told() -> Ward {
    let mut definitions = Definitions::embedded();
    definitions.put("queries/sources/own-cases.toml", CASES);
    definitions.put("queries/sources/own-stays.toml", STAYS);
    let ward = Ward::with(&definitions);
    for name in ["facilities_20220101.csv", "population_20220201.csv"] {
        let text = fs::read_to_string(house("data-samples/expected").join(name)).expect("the sample");
        ward.told_at(name, &text, "2022-02-01T09:00");
    }
    let earlier = csv(&PERSON, [(900, earlier())].into_iter());
    ward.told_at("owncases_0.csv", &earlier, "2021-02-02T09:00");
    ward.told_at("owncases_1.csv", &csv(&PERSON, (0..).zip(persons())), "2022-02-14T13:50");
    ward.told_at("ownstays_1.csv", &csv(&STAY, stays().into_iter()), "2022-02-14T13:50");
    ward
}

/// Whom an indicator counts, of all those, when nothing of them was unknown.
#[derive(Clone, Copy)]
enum Whole {
    Persons(fn(&Row) -> bool),
    Stays(fn(&Row) -> bool),
}

/// Where its answer has them.
enum Counted {
    /// The sum of these columns over all rows, or over those of the last day alone.
    Rows(&'static [&'static str]),
    Last(&'static [&'static str]),
    /// The row that is called so.
    Named(&'static str, &'static [&'static str]),
}

use Counted::{Last, Named, Rows};
use Whole::{Persons, Stays};

const EVERYBODY: Whole = Persons(|_| true);
const RESIDENTS: Whole = Persons(|row| row["区民"] != "0");

fn is(row: &Row, column: &str, words: &[&str]) -> bool {
    words.contains(&row[column])
}

/// The end, where it is one: not before the beginning.
fn ends(row: &Row) -> bool {
    !row["終了"].is_empty() && row["終了"] >= row["開始"]
}

const UNDER_CARE: Whole = Stays(|row| !ends(row));
const IN_HOSPITAL: Whole = Stays(|row| is(row, "区分", &["入院", ""]));

/// Every indicator that counts people or stays in a way that adds up.
const ADDITIVE: [(&str, Whole, Counted); 35] = [
    ("admissions_discharges", IN_HOSPITAL, Rows(&["admitted"])),
    ("age_by_week", EVERYBODY, Rows(&["value"])),
    ("age_sex", EVERYBODY, Rows(&["male", "female", "other"])),
    ("age_sex_by_period", EVERYBODY, Rows(&["value"])),
    ("alerts_by_district", EVERYBODY, Rows(&["value"])),
    ("alerts_daily", EVERYBODY, Rows(&["value"])),
    ("alerts_weekly", EVERYBODY, Rows(&["value"])),
    ("alerts_weekly_by_district", EVERYBODY, Rows(&["value"])),
    (
        "awaiting_admission",
        Stays(|row| is(row, "区分", &["待ち", ""])),
        Rows(&["emergency", "today", "standby"]),
    ),
    ("cases_against", EVERYBODY, Rows(&["value"])),
    ("cases_by_district", RESIDENTS, Rows(&["value"])),
    ("cases_by_district_and_age", RESIDENTS, Rows(&["value"])),
    ("cases_per_100k_week", RESIDENTS, Last(&["cases"])),
    ("deaths", Persons(|row| !row["死亡"].is_empty()), Rows(&["value"])),
    ("deaths_published", Persons(|row| !row["死亡公表"].is_empty()), Rows(&["value"])),
    ("deaths_total", Persons(|row| !row["死亡"].is_empty()), Rows(&["value"])),
    (
        "first_contact_pending",
        Persons(|row| row["死亡"].is_empty() && row["管轄"] != "移管"),
        Rows(&["received"]),
    ),
    ("hospitalisation_share", UNDER_CARE, Rows(&["under_care"])),
    ("inpatients", IN_HOSPITAL, Rows(&["in_ward", "out_of_ward"])),
    (
        "inpatients_by_day",
        Stays(|row| is(row, "区分", &["入院", ""]) && row["病院"] != "H101"),
        Last(&["value"]),
    ),
    ("length_of_stay", IN_HOSPITAL, Named("全体", &["stays"])),
    ("median_age", EVERYBODY, Rows(&["n", "unknown"])),
    ("new_cases_mean7", EVERYBODY, Last(&["value"])),
    ("new_cases_onset", EVERYBODY, Rows(&["value"])),
    ("new_cases_published", EVERYBODY, Rows(&["value"])),
    ("new_cases_received", EVERYBODY, Rows(&["value"])),
    ("new_cases_reported", EVERYBODY, Rows(&["value"])),
    ("rate_by_age", RESIDENTS, Rows(&["cases"])),
    ("rate_by_district", RESIDENTS, Rows(&["cases"])),
    ("rate_ratio_by_district", RESIDENTS, Rows(&["cases"])),
    ("rate_ratio_by_period", RESIDENTS, Rows(&["cases"])),
    ("rate_ratio_by_sex", RESIDENTS, Rows(&["cases"])),
    ("severity_now", UNDER_CARE, Rows(&["value"])),
    ("share_65", EVERYBODY, Rows(&["total", "unknown"])),
    (
        "under_care_by_place",
        UNDER_CARE,
        Last(&["hospital", "hotel", "home", "facility", "undecided", "awaiting"]),
    ),
];

/// And those that do not, or are tested on their own below; reports of beds and others' totals.
const OTHERS: [&str; 31] = [
    "against_reference",
    "age_sex_rate",
    "aggregate_series",
    "bed_backtest",
    "bed_occupancy",
    "bed_occupancy_final",
    "bed_occupancy_in_secured",
    "bed_occupancy_now",
    "bed_occupancy_planned",
    "bed_occupancy_ready",
    "bed_projection",
    "bed_reach",
    "cumulative_cases",
    "doubling_time",
    "hospital_beds",
    "nowcast_onset",
    "nowcast_onset_coverage",
    "nowcast_reported",
    "nowcast_reported_coverage",
    "published_by_area",
    "received_today",
    "reproduction_number",
    "reproduction_simple",
    "severe_bed_occupancy",
    "standardised_rate_by_district",
    "stay_curve",
    "to_date",
    "under_care",
    "under_care_per_100k",
    "unlinked_share",
    "week_ratio",
];

fn sum(answer: &Answer, rows: impl Iterator<Item = usize>, columns: &[&str]) -> f64 {
    let cells = rows.flat_map(|row| columns.iter().map(move |column| answer.cell(row, column)));
    cells.filter_map(|cell| cell.number()).sum()
}

fn counted(answer: &Answer, how: &Counted) -> f64 {
    match how {
        Rows(columns) => sum(answer, 0..answer.len(), columns),
        Last(columns) => {
            // Today is no whole day, and counts under some.
            let last = (0..answer.len()).rev().find(|row| answer.cell(*row, columns[0]) != Cell::Null);
            sum(answer, last.into_iter(), columns)
        }
        Named(name, columns) => {
            let row = (0..answer.len()).find(|row| answer.cell(*row, "band").text() == Some(*name));
            sum(answer, row.into_iter(), columns)
        }
    }
}

/// What is said to be unknown and is not counted. A stay of unknown end goes on.
fn said(answer: &Answer) -> u64 {
    let left_out = |one: &&hinomi::answer::Undated| {
        one.date != "to_day" && !(one.date == "death_day" && answer.indicator.id == "deaths_total")
    };
    answer.undated.iter().filter(left_out).map(|one| one.rows).sum()
}

async fn ask(answers: &Answers, question: &Question) -> Answer {
    let answer = answers.ask(question).await;
    Answer::clone(&answer.unwrap_or_else(|e| panic!("{question:?}: {e}")))
}

fn whole(of: Whole) -> usize {
    match of {
        Persons(fits) => persons().iter().filter(|row| fits(row)).count(),
        Stays(fits) => {
            let ours = |row: &Row| row["疾病"] != "麻しん";
            // Who is handed over is of another centre while the stay goes on.
            let here = |id: u32| id != 20;
            stays().iter().filter(|(id, row)| ours(row) && here(*id) && fits(row)).count()
        }
    }
}

#[tokio::test]
async fn the_groups_and_what_is_unknown_make_the_whole() {
    let ward = told();
    let answers = ward.answers_at(NOW);
    let listed: BTreeSet<&str> = ADDITIVE.iter().map(|(id, ..)| *id).chain(OTHERS).collect();
    let all: BTreeSet<&str> = ward.catalog.indicators.keys().map(String::as_str).collect();
    assert_eq!(listed, all, "every indicator is here");
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for (id, of, how) in &ADDITIVE {
        let indicator = &ward.catalog.indicators[*id];
        let mut choices: Vec<(Option<String>, Option<String>)> = vec![(None, None)];
        choices.extend(indicator.by.iter().map(|by| (Some(by.clone()), None)));
        choices.extend(ward.catalog.bandings_of(indicator).iter().map(|b| (None, Some(b.id.clone()))));
        for (by, bands) in choices {
            let question = Question { by: by.clone(), bands: bands.clone(), ..Question::of(id, "covid-19") };
            let answer = ask(&answers, &question).await;
            let per = if *id == "new_cases_mean7" { 7.0 } else { 1.0 };
            let found = counted(&answer, how) * per + said(&answer) as f64;
            let mut expected = whole(*of) as f64;
            // Who was there a year before, where the days reach back to them.
            let reach_back = answer.from <= date(2021, 2, 1) && !id.starts_with("alerts");
            if let Persons(fits) = of
                && reach_back
                && fits(&earlier())
            {
                expected += 1.0;
            }
            // Stays that an indicator counts whoever they are of now.
            if ["admissions_discharges", "length_of_stay"].contains(id) {
                expected += 1.0;
            }
            // Ended before now.
            if ["inpatients", "inpatients_by_day"].contains(id) {
                expected -= stays().iter().filter(|(_, row)| ends(row)).count() as f64;
            }
            asked += 1;
            if (found - expected).abs() > 1e-6 {
                wrong.push(format!("{id} {by:?} {bands:?}: {found}, not {expected}: {:?}", answer.undated));
            }
        }
    }
    assert!(asked > 80, "{asked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn parts_and_what_is_unknown_make_the_figure_beside_them() {
    let ward = told();
    let answers = ward.answers_at(NOW);
    let of = async |id: &str| ask(&answers, &Question::of(id, "covid-19")).await;
    let lacks = |answer: &Answer, column: &str| {
        answer.undated.iter().find(|one| one.date == column).map_or(0, |one| one.rows) as f64
    };
    let all = whole(UNDER_CARE) as f64;
    let care = of("under_care").await;
    let parts = ["hospital", "hotel", "home", "facility", "undecided", "awaiting"];
    assert_eq!(sum(&care, 0..1, &parts), care.number(0, "value").expect("a number"));
    assert_eq!(care.number(0, "value").expect("a number") + said(&care) as f64, all);
    for (id, parts, column) in [
        ("inpatients", &["in_ward", "out_of_ward"][..], "in_ward"),
        ("awaiting_admission", &["emergency", "today", "standby"], "urgency"),
    ] {
        let answer = of(id).await;
        let value = answer.number(0, "value").expect("a number");
        assert!(lacks(&answer, column) > 0.0, "{id}: {:?}", answer.undated);
        assert_eq!(sum(&answer, 0..1, parts) + lacks(&answer, column), value, "{id}");
    }
    // Whoever is known not to be a resident is none of its people.
    let rate = of("under_care_per_100k").await;
    assert_eq!(sum(&rate, 0..1, &["residents", "unknown"]) + said(&rate) as f64, all - 1.0);
    for id in ["bed_projection", "bed_reach"] {
        let said = of(id).await;
        assert!(lacks(&said, "in_ward") > 0.0 && lacks(&said, "place") > 0.0, "{id}: {:?}", said.undated);
    }
    // Whose age fits no band, is not known, or whose sex is another.
    let residents = whole(RESIDENTS) as f64;
    for (bands, decades) in [("ten", 1.0), ("five", 0.0)] {
        let answer = ask(
            &answers,
            &Question { bands: Some(bands.to_owned()), ..Question::of("age_sex_rate", "covid-19") },
        )
        .await;
        let banded = |row: &&Row| {
            row["区民"] == "1"
                && is(row, "性別", &["男", "女"])
                && !row["受理"].is_empty()
                && row["年齢"] == "40"
        };
        let banded = persons().iter().filter(banded).count() as f64;
        // One is of a decade alone, which bands of five years can't hold.
        assert_eq!(said(&answer) as f64, residents - banded - decades, "{:?}", answer.undated);
    }
    let answer = of("standardised_rate_by_district").await;
    assert_eq!((lacks(&answer, "district"), lacks(&answer, "age")), (3.0, 4.0), "{:?}", answer.undated);
    assert_eq!(lacks(&of("unlinked_share").await, "route"), 1.0);
}

/// A ward whose ledger tells of stays and whose notifications never came.
#[tokio::test]
async fn stays_need_no_notification() {
    let mut definitions = Definitions::embedded();
    definitions.put("queries/sources/own-stays.toml", STAYS);
    let ward = Ward::with(&definitions);
    let text =
        fs::read_to_string(house("data-samples/expected/facilities_20220101.csv")).expect("the sample");
    ward.told_at("facilities_20220101.csv", &text, "2022-02-01T09:00");
    ward.told_at("ownstays_1.csv", &csv(&STAY, stays().into_iter()), "2022-02-14T13:50");
    let answers = ward.answers_at(NOW);
    let of = async |id: &str| ask(&answers, &Question::of(id, "covid-19")).await;
    let length = of("length_of_stay").await;
    assert!(length.number(0, "stays").is_some_and(|stays| stays > 10.0), "{:?}", length.cell(0, "reason"));
    assert!(
        length.undated.iter().any(|one| one.title == "疾患不明" && one.rows == 1),
        "{:?}",
        length.undated
    );
    assert!(of("stay_curve").await.number(0, "at_risk").is_some_and(|stays| stays > 10.0));
    assert!(of("inpatients").await.number(0, "value").is_some_and(|value| value > 5.0));
}

/// Where all are judged by another basis, or by none that is known, nobody severely ill is no zero.
#[tokio::test]
async fn nobody_judged_is_no_zero() {
    let mut definitions = Definitions::embedded();
    definitions.put("queries/sources/own-stays.toml", STAYS);
    for (basis, rows) in [("国", [("other_criteria", 3.0)]), ("", [("", 3.0)])] {
        let ward = Ward::with(&definitions);
        let changed: Row = STAY.into_iter().chain([("重症度", "重症"), ("基準", basis)]).collect();
        // One of another disease, so that there are bases on record.
        let other: Row = STAY.into_iter().chain([("疾病", "麻しん")]).collect();
        let all = (0..3).map(|id| (id, changed.clone())).chain([(9, other)]);
        ward.told_at("ownstays_1.csv", &csv(&STAY, all), "2022-02-14T13:50");
        let answer = ask(&ward.answers_at(NOW), &Question::of("severity_now", "covid-19")).await;
        let found: Vec<(String, f64)> = (0..answer.len())
            .filter_map(|row| {
                let name = answer.cell(row, "severity").text().unwrap_or_default().to_owned();
                Some((name, answer.number(row, "value")?))
            })
            .collect();
        assert_eq!(found, rows.map(|(name, value)| (name.to_owned(), value)), "{basis}");
        assert_eq!(answer.cell(0, "reason").text(), Some("この基準で判定された者なし"));
    }
}

/// Where of all it is not known whether they are residents, or of which district, age or sex, no rate is zero: it is none, and says of
/// how many it is not known.
#[tokio::test]
async fn where_all_are_unknown_nobody_is_no_zero() {
    let mut definitions = Definitions::embedded();
    definitions.put("queries/sources/own-cases.toml", CASES);
    let population =
        fs::read_to_string(house("data-samples/expected/population_20220201.csv")).expect("the sample");
    for column in ["区民", "性別", "年齢", "住所"] {
        let ward = Ward::with(&definitions);
        ward.told_at("population_20220201.csv", &population, "2022-02-01T09:00");
        // One of whom all is known, long ago: the column is there.
        let first = csv(&PERSON, [(900, earlier())].into_iter());
        ward.told_at("owncases_0.csv", &first, "2021-02-02T09:00");
        let one: Row = PERSON.into_iter().chain([(column, "")]).collect();
        ward.told_at("owncases_1.csv", &csv(&PERSON, (0..7).map(|id| (id, one.clone()))), "2022-02-14T13:50");
        let answers = ward.answers_at(NOW);
        let mut none = 0;
        // A table of others' figures says what those lack.
        for indicator in ward.catalog.indicators.values().filter(|own| !own.lists_items()) {
            let answer = ask(&answers, &Question::of(&indicator.id, "covid-19")).await;
            let unplaced = answer.undated.iter().any(|one| !one.date.ends_with("_day") && one.rows > 0);
            let own = indicator.counted_by.iter().any(|(need, _)| {
                need.starts_with(match column {
                    "区民" => "resident",
                    "性別" => "sex",
                    "年齢" => "age",
                    _ => "district",
                })
            });
            assert_eq!(unplaced, own, "{} without {column}: {:?}", indicator.id, answer.undated);
            if !own {
                continue;
            }
            none += 1;
            for row in 0..answer.len() {
                // Of weeks in which nobody came there is nobody to be unknown.
                let day = answer.cell_of(row, Role::Period).day();
                if day.is_some_and(|day| day != date(2022, 2, 13)) {
                    continue;
                }
                let value = answer.cell_of(row, Role::Value);
                assert!(value.number() != Some(0.0), "{} without {column}", indicator.id);
                if value == Cell::Null && answer.column_index("reason").is_some() {
                    let why = answer.cell_of(row, Role::Reason).to_string();
                    assert!(why.contains("7人"), "{} without {column}: {why}", indicator.id);
                }
            }
        }
        assert!(none > 0, "{column}");
    }
}

/// Where of all people the day is not known that a figure counts by, something is on record all the same: no figure says that nothing
/// is.
#[tokio::test]
async fn where_all_days_are_unknown_that_is_why_there_is_no_figure() {
    let mut definitions = Definitions::embedded();
    definitions.put("queries/sources/own-cases.toml", CASES);
    definitions.put("queries/sources/own-stays.toml", STAYS);
    let days = [("受理", "received_day"), ("報告", "reported_day"), ("発病", "onset_day")];
    for (column, day) in days {
        let ward = Ward::with(&definitions);
        let lacking = |row: &[(&'static str, &'static str)]| -> Row {
            row.iter().copied().map(|(name, cell)| (name, if name == column { "" } else { cell })).collect()
        };
        let (person, stay) = (lacking(&PERSON), lacking(&STAY));
        ward.told_at(
            "owncases_1.csv",
            &csv(&PERSON, (0..7).map(|id| (id, person.clone()))),
            "2022-02-14T13:50",
        );
        ward.told_at("ownstays_1.csv", &csv(&STAY, (0..7).map(|id| (id, stay.clone()))), "2022-02-14T13:50");
        let answers = ward.answers_at(NOW);
        let counts = |own: &&std::sync::Arc<hinomi::definitions::indicator::Indicator>| {
            let of_people =
                own.source.first().is_some_and(|table| ["cases", "placements"].contains(&&**table));
            of_people && own.counted_by.first().is_some_and(|(first, _)| first == day) && !own.lists_items()
        };
        let mut none = 0;
        for indicator in ward.catalog.indicators.values().filter(counts) {
            let answer = ask(&answers, &Question::of(&indicator.id, "covid-19")).await;
            let lacking = answer.undated.iter().find(|one| one.date == day).map(|one| one.rows);
            // How good past estimates were is of days before these.
            let of_before = indicator.id.ends_with("_coverage") && lacking.is_none();
            assert!(
                lacking == Some(7) || of_before,
                "{} without {column}: {:?}",
                indicator.id,
                answer.undated
            );
            if answer.column_index("reason").is_none() || indicator.column_of(Role::Value).is_none() {
                continue;
            }
            for row in 0..answer.len() {
                assert_eq!(answer.cell_of(row, Role::Value), Cell::Null, "{} without {column}", indicator.id);
                let why = answer.cell_of(row, Role::Reason).to_string();
                let nobody = hinomi::epi::reason::Reason::is_of_nobody(&why);
                assert!(!nobody, "{} without {column}: {why}", indicator.id);
                none += usize::from(why.contains("7人") || why.contains("7件"));
            }
        }
        assert!(none > 0, "{column}");
    }
}

/// Single years above 90 would each stand for all of 90 and over.
#[test]
fn a_population_by_single_years_to_a_hundred_is_not_taken_as_it_is() {
    let text = |oldest: &dyn Fn(u32) -> String, last: u32| {
        let rows = (0..=last).map(|age| format!("港区,2022-02-01,芝,男,{},200\n", oldest(age)));
        format!("市区町村,基準日,地区,性別,年齢,人口\n{}", rows.collect::<String>())
    };
    let ward = Ward::empty();
    ward.refused_at("population_20220201.csv", &text(&|age| age.to_string(), 100), "2022-02-10T09:00");
    let top = |age: u32| if age == 90 { "90歳以上".to_owned() } else { age.to_string() };
    ward.told_at("population_20220201.csv", &text(&top, 90), "2022-02-10T09:10");
}
