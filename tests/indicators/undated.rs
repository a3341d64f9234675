//! No person is missing from a figure without a word because their day is not known: of every indicator that counts by
//! a day the answer says how many rows have none, as of every moment, or counts them.

use std::fmt::Write as _;

use hinomi::answer::{Answer, Answers, Question};
use hinomi::definitions::Definitions;
use jiff::civil::{Date, date};

use super::ward::{NOW, Ward, time};

/// When everything was known of everybody, and when rows without their day had come as well.
const WHOLE: &str = "2022-02-14T10:00";
const LATER: &str = "2022-02-15T10:00";

/// A source of each table, of which no day need be there.
const CASES: &str = r#"
source = "own-cases"
title = { ja = "届出", en = "Notifications" }
table = "cases"
mode = "upsert"
namespace = "own"
files = "owncases_*.csv"
rhythm = { every_minutes = 30 }
constants = { disease = "covid-19", class = "confirmed" }
column = [
  { headings = ["id"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{6}', expected = true, required = true },
  { headings = ["区民"], privacy = "keep", field = "resident", type = "flag" },
  { headings = ["性別"], privacy = "keep", field = "sex", type = "code", codes = { M = ["男"], F = ["女"] } },
  { headings = ["年齢"], privacy = "coarsen", field = "age", type = "age" },
  { headings = ["住所"], privacy = "coarsen", field = "district", type = "district", table = "districts" },
  { headings = ["経路"], privacy = "keep", field = "route", type = "code", codes = { known = ["確定"], unknown = ["不明"] } },
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
constants = { disease = "covid-19", in_ward = "true" }
column = [
  { headings = ["id"], privacy = "pseudonymise", field = "subject", type = "id", pattern = '[0-9]{6}', expected = true, required = true },
  { headings = ["回"], privacy = "keep", field = "stay", type = "count", min = 1, max = 9, expected = true, required = true },
  { headings = ["区分"], privacy = "keep", field = "place", type = "code", codes = { hospital = ["入院"], awaiting = ["待ち"] } },
  { headings = ["開始"], privacy = "keep", field = "from", type = "datetime" },
  { headings = ["終了"], privacy = "keep", field = "to", type = "datetime" },
]
"#;

const BEDS: &str = r#"
source = "own-beds"
title = { ja = "病床", en = "Beds" }
table = "bed_reports"
mode = "append"
files = "ownbeds_*.csv"
rhythm = { every_minutes = 30 }
constants = { disease = "covid-19" }
column = [
  { headings = ["施設"], privacy = "keep", field = "facility_id", type = "id", pattern = 'H[0-9]{3}', expected = true, required = true },
  { headings = ["報告"], privacy = "keep", field = "reported", type = "datetime" },
  { headings = ["入院"], privacy = "keep", field = "occupied", type = "count" },
]
"#;

const TOTALS: &str = r#"
source = "own-totals"
title = { ja = "累計", en = "Totals" }
table = "aggregate_counts"
mode = "append"
files = "owntotals_*.csv"
rhythm = { every_minutes = 30 }
constants = { disease = "covid-19", area = "131032", area_class = "municipality" }
column = [
  { headings = ["日"], privacy = "keep", field = "day", type = "date" },
  { headings = ["陽性"], privacy = "keep", series = "cumulative_positive", type = "count", expected = true },
]
"#;

const HEAD: &str = "id,区民,性別,年齢,住所,経路,受理,連絡,報告,発病,公表,死亡,死亡公表\n";

/// Somebody of whom everything is known, with other cells in place of some.
fn person(id: u32, changed: &[(&str, &str)]) -> String {
    let own = id.to_string();
    let mut cells = vec![
        own.as_str(),
        "1",
        "男",
        "40",
        "港区芝公園",
        "確定",
        "2022-02-12 10:00",
        "",
        "2022-02-12",
        "2022-02-10",
        "2022-02-13",
        "",
        "",
    ];
    for (column, cell) in changed {
        let place = HEAD.trim_end().split(',').position(|name| name == *column);
        cells[place.unwrap_or_else(|| panic!("no {column}"))] = cell;
    }
    format!("{}\n", cells.join(","))
}

fn own_ward() -> Ward {
    let mut definitions = Definitions::embedded();
    for (name, text) in
        [("own-cases", CASES), ("own-stays", STAYS), ("own-beds", BEDS), ("own-totals", TOTALS)]
    {
        definitions.put(&format!("queries/sources/{name}.toml"), text);
    }
    Ward::with(&definitions)
}

fn people(from: u32, number: u32, changed: &[(&str, &str)]) -> String {
    (from..from + number).fold(String::new(), |text, id| text + &person(id, changed))
}

/// A ward of which everything is known at `WHOLE`; at `LATER` of each day of each table one row has none.
fn told() -> Ward {
    let ward = own_ward();
    let dead = people(100_010, 2, &[("死亡", "2022-02-11"), ("死亡公表", "2022-02-12")]);
    let whole = format!("{HEAD}{}{dead}", people(100_000, 10, &[]));
    ward.told_at("owncases_1.csv", &whole, WHOLE);
    let stay = |id: u32, place: &str, from: &str, to: &str| format!("{id},1,{place},{from},{to}\n");
    let mut stays = "id,回,区分,開始,終了\n".to_owned();
    for id in 100_000..100_006 {
        stays += &stay(id, "入院", "2022-02-12 12:00", if id % 2 == 0 { "2022-02-13 12:00" } else { "" });
    }
    stays += &stay(100_006, "待ち", "2022-02-12 12:00", "");
    ward.told_at("ownstays_1.csv", &stays, WHOLE);
    let mut beds = "施設,報告,入院\n".to_owned();
    (1..=6).for_each(|n| {
        let _ = writeln!(beds, "H00{n},2022-02-13 09:00,3");
    });
    ward.told_at("ownbeds_1.csv", &beds, WHOLE);
    let mut totals = "日,陽性\n".to_owned();
    (1..=9).for_each(|n| {
        let _ = writeln!(totals, "2022-02-0{n},{}", 10 * n);
    });
    ward.told_at("owntotals_1.csv", &totals, WHOLE);

    // One of a day each, among others of which all is known.
    let lacking = [
        ("受理", "昼ごろ"),
        ("報告", "木曜"),
        ("発病", "なし"),
        ("公表", "あした"),
        ("死亡", "11月下旬"),
        ("死亡公表", "来週"),
    ];
    let mut more = format!("{HEAD}{}", people(200_000, 10, &[]));
    for (id, (column, cell)) in (200_010..).zip(lacking) {
        more += &person(id, &[(column, cell)]);
    }
    // So that the columns of the dead are read mostly.
    more += &people(200_020, 4, &[("死亡", "2022-02-11"), ("死亡公表", "2022-02-12")]);
    ward.told_at("owncases_2.csv", &more, LATER);
    let mut more = "id,回,区分,開始,終了\n".to_owned();
    for id in 200_000..200_006 {
        more += &stay(id, "入院", "2022-02-12 12:00", "2022-02-13 12:00");
    }
    for (id, place) in [(200_006, "入院"), (200_008, "待ち")] {
        more += &stay(id, place, "おととい", "");
        more += &stay(id + 1, place, "2022-02-12 12:00", "夕方");
    }
    ward.told_at("ownstays_2.csv", &more, LATER);
    ward.told_at("ownbeds_2.csv", "施設,報告,入院\nH001,2022-02-14 09:00,4\nH002,けさ,4\n", LATER);
    ward.told_at("owntotals_2.csv", "日,陽性\n2022-02-10,100\nきのう,110\n", LATER);
    ward
}

async fn ask(answers: &Answers, indicator: &str, as_of: Option<&str>) -> std::sync::Arc<Answer> {
    let question = Question { as_of: as_of.map(time), ..Question::of(indicator, "covid-19") };
    answers.ask(&question).await.unwrap_or_else(|e| panic!("{indicator}: {e}"))
}

/// Days that are not known, and of how many rows.
fn lacking(answer: &Answer) -> Vec<(String, u64)> {
    answer.undated.iter().map(|one| (one.date.clone(), one.rows)).collect()
}

#[tokio::test]
async fn every_indicator_says_who_has_no_day_and_since_when() {
    let ward = told();
    let answers = ward.answers_at(NOW);
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for indicator in ward.catalog.indicators.values() {
        let now = ask(&answers, &indicator.id, None).await;
        let said = lacking(&now);
        for (column, _) in indicator.counted_by.iter().filter(|(column, _)| column.ends_with("_day")) {
            asked += 1;
            let rows = said.iter().find(|(date, _)| date == column).map_or(0, |(_, rows)| *rows);
            // Stays of unknown end, and those that wait: two each where no place is named.
            // The ward's own sources have some of the columns that figures need.
            let able = ward.catalog.mappings.values().any(|mapping| {
                mapping.source.starts_with("own")
                    && indicator.may_be_told_by(mapping, "covid-19")
                    && indicator.counts_of(mapping)
            });
            let expected = match (indicator.source[0].as_str(), indicator.counted_if.as_deref()) {
                ("placements", condition) if !condition.is_some_and(|c| c.contains("place = '")) => 2,
                _ => 1,
            };
            let expected = if able { expected } else { 0 };
            if rows != expected {
                wrong.push(format!("{} {column}: {rows}, not {expected}", indicator.id));
            }
        }
        let before = ask(&answers, &indicator.id, Some("2022-02-14T23:00")).await;
        if !before.undated.is_empty() {
            wrong.push(format!("{} as of before: {:?}", indicator.id, before.undated));
        }
        let other = Question { disease: "measles".into(), ..Question::of(&indicator.id, "measles") };
        let other = answers.ask(&other).await.unwrap_or_else(|e| panic!("{}: {e}", indicator.id));
        if indicator.takes_disease() && !other.undated.is_empty() {
            wrong.push(format!("{} of another disease: {:?}", indicator.id, other.undated));
        }
    }
    assert!(asked > 60, "{asked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A table of others' figures says what those lack.
    assert!(!ask(&answers, "against_reference", None).await.undated.is_empty());
}

#[tokio::test]
async fn a_death_on_an_unknown_day_is_in_the_total_and_said() {
    let ward = told();
    let answers = ward.answers_at(NOW);
    let total = async |as_of: Option<&str>| {
        let answer = ask(&answers, "deaths_total", as_of).await;
        (answer.cell(0, "value").int(), answer.cell(0, "last7").int(), lacking(&answer))
    };
    assert_eq!(total(Some("2022-02-14T23:00")).await, (Some(2), None, vec![]));
    assert_eq!(total(None).await, (Some(7), None, vec![("death_day".to_owned(), 1)]));
    let by_day = ask(&answers, "deaths", None).await;
    let sum: i64 = (0..by_day.len()).filter_map(|row| by_day.cell(row, "value").int()).sum();
    assert_eq!((sum, lacking(&by_day)), (6, vec![("death_day".to_owned(), 1)]));

    // Once the day is told, it is placed.
    let row = |changed: &[(&str, &str)]| format!("{HEAD}{}", person(200_014, changed));
    ward.told_at("owncases_3.csv", &row(&[("死亡", "2022-02-13")]), "2022-02-16T09:00");
    assert_eq!(total(None).await, (Some(7), None, vec![]));
    // A cell that can't be read keeps the known day; nothing is lacking.
    ward.told_at("owncases_4.csv", &row(&[("死亡", "きのう？？")]), "2022-02-16T09:10");
    assert_eq!(total(None).await, (Some(7), None, vec![]));
    // The source takes it back: alive.
    ward.told_at("owncases_5.csv", &row(&[]), "2022-02-16T09:20");
    assert_eq!(total(None).await, (Some(6), None, vec![]));
    ward.told_at("owncases_6.csv", &row(&[("死亡", "きのう？？")]), "2022-02-16T09:30");
    assert_eq!(total(None).await, (Some(7), None, vec![("death_day".to_owned(), 1)]));
    assert_eq!(total(Some("2022-02-16T09:25")).await, (Some(6), None, vec![]));
}

const NOTIFIED: &str =
    "HER-SYS ID,疾病名,当該者の類型,管轄区分,年齢,発病年月日,報告年月日,受理日時,死亡年月日,療養状況\n";

fn notified(rows: &[&str]) -> String {
    let row = |(place, row): (usize, &&str)| {
        let cells: Vec<&str> = row.split('|').collect();
        let [class, onset, reported, received, died, status] = cells[..] else { panic!("{row}") };
        format!(
            "{},新型コロナウイルス感染症,{class},管内,40,{onset},{reported},{received},{died},{status}\n",
            5_000_001 + place
        )
    };
    format!("{NOTIFIED}{}", rows.iter().enumerate().map(row).collect::<String>())
}

/// What an answer counts, by day, where it counts anybody.
fn counted(answer: &Answer) -> Vec<(Date, i64)> {
    let row = |row: usize| Some((answer.cell(row, "day").day()?, answer.cell(row, "value").int()?));
    (0..answer.len()).filter_map(row).filter(|(_, value)| *value > 0).collect()
}

#[tokio::test]
async fn who_has_the_day_that_a_figure_counts_by_is_in_it_whatever_else_is_unknown() {
    let ward = Ward::empty();
    let text = notified(&[
        &format!("{SICK}|2022/02/08|2022/02/10|2022/02/10 10:00||自宅療養"),
        &format!("{SICK}|2022/02/08|2022/02/11|昼ごろ||自宅療養"),
        &format!("{SICK}|2022/02/09|2022/02/11|||自宅療養"),
        "無症状病原体保有者||2022/02/11|昼ごろ||自宅療養",
    ]);
    ward.told_at("hersys_20220201-20220216.csv", &text, "2022-02-15T10:00");
    // Open data tell of nobody's receipt: they are others' figures, though they have an onset.
    let open = "No,公表_年月日,発症_年月日,患者_居住地,患者_年代,患者_性別\n\
                1,2022-02-12,2022-02-08,都内,30代,男性\n2,2022-02-12,2022-02-09,都内,30代,男性\n";
    ward.told_at("131032_covid19_patients.csv", open, "2022-02-15T11:00");
    let answers = ward.answers_at(NOW);
    let days = |indicator: &str| Question {
        from: Some(date(2022, 2, 5)),
        to: Some(date(2022, 2, 14)),
        ..Question::of(indicator, "covid-19")
    };
    let of = async |indicator: &str| {
        let answer = answers.ask(&days(indicator)).await.unwrap_or_else(|e| panic!("{indicator}: {e}"));
        (counted(&answer), lacking(&answer))
    };
    let none = |day: &str, rows| vec![(day.to_owned(), rows)];
    let onset = vec![(date(2022, 2, 8), 2), (date(2022, 2, 9), 1)];
    assert_eq!(of("new_cases_onset").await, (onset, none("onset_day", 1)));
    assert_eq!(of("nowcast_onset").await.1, none("onset_day", 1));
    let reported = vec![(date(2022, 2, 10), 1), (date(2022, 2, 11), 3)];
    assert_eq!(of("new_cases_reported").await, (reported, vec![]));
    assert_eq!(of("nowcast_reported").await.1, vec![]);
    assert_eq!(of("new_cases_received").await, (vec![(date(2022, 2, 10), 1)], none("received_day", 3)));
    assert_eq!(of("new_cases_published").await.0, [(date(2022, 2, 12), 2)]);
}

const SICK: &str = "患者（確定例）";

#[tokio::test]
async fn a_day_beside_the_word_of_its_column_is_a_day() {
    let ward = Ward::empty();
    let text = notified(&[
        &format!("{SICK}|2022/02/08発症|2022/02/10届出|2022/02/10 10:00受理|2022/02/11死亡|"),
        &format!("{SICK}|発症：2022/02/08|2022/02/10|2022/02/10 午後3時半|死亡（令和4年2月12日）|死亡"),
        &format!("{SICK}|2022/02/08|2022/02/10|2022/02/10 10:00|2022/02/12に死亡|"),
    ]);
    ward.told_at("hersys_20220201-20220216.csv", &text, "2022-02-15T10:00");
    let answers = ward.answers_at(NOW);
    let of = async |indicator: &str| {
        let answer = ask(&answers, indicator, None).await;
        (counted(&answer), lacking(&answer))
    };
    assert_eq!(of("deaths").await, (vec![(date(2022, 2, 11), 1), (date(2022, 2, 12), 2)], vec![]));
    assert_eq!(of("new_cases_onset").await, (vec![(date(2022, 2, 8), 3)], vec![]));
    assert_eq!(of("new_cases_received").await, (vec![(date(2022, 2, 10), 3)], vec![]));
}

#[tokio::test]
async fn notifications_as_they_come_say_what_they_lack() {
    let ward = Ward::empty();
    let text = notified(&[
        &format!("{SICK}|2022/02/08|2022/02/10|2022/02/10 10:00||自宅療養"),
        &format!("{SICK}|2022/02/08|2022/02/10|昼ごろ||自宅療養"),
        "無症状病原体保有者||2022/02/11|2022/02/11 10:00||自宅療養",
        &format!("{SICK}|症状なし|2022/02/11|2022/02/11 11:00||"),
        // Long ago: not near the days of a curve of eight weeks.
        &format!("{SICK}||2021/06/11|2021/06/11 11:00||療養解除"),
        // Dead by the kind of the notification, or by what became of them.
        "感染症死亡者の死体|2022/02/01|2022/02/12|2022/02/12 10:00||",
        &format!("{SICK}|2022/02/01|2022/02/12|2022/02/12 11:00||死亡"),
        &format!("{SICK}|2022/02/01|2022/02/12|2022/02/12 12:00|生存|"),
        "感染症死亡疑い者の死体|2022/02/01|2022/02/12|2022/02/12 13:00|先月末|",
    ]);
    ward.told_at("hersys_20210601-20220216.csv", &text, "2022-02-15T10:00");
    let answers = ward.answers_at(NOW);
    let said = async |indicator: &str| lacking(&*ask(&answers, indicator, None).await);
    let of = |date: &str, rows: u64| (date.to_owned(), rows);
    assert_eq!(said("new_cases_received").await, [of("received_day", 1)]);
    assert_eq!(said("cumulative_cases").await, [of("received_day", 1)]);
    assert_eq!(said("new_cases_onset").await, [of("onset_day", 2)]);
    assert_eq!(said("new_cases_reported").await, vec![], "all have the date on the form");
    assert_eq!(said("deaths").await, [of("death_day", 2)]);
    assert_eq!(said("new_cases_published").await, vec![], "not published is not unknown");
    assert_eq!(said("rate_by_age").await, vec![of("received_day", 1)], "perhaps a resident");
    let total = ask(&answers, "deaths_total", None).await;
    assert_eq!((total.cell(0, "value").int(), lacking(&total)), (Some(2), vec![of("death_day", 2)]));
    // Of the days of last June only who was received then.
    let days = |from: Date, to: Date| Question {
        from: Some(from),
        to: Some(to),
        ..Question::of("new_cases_onset", "covid-19")
    };
    let june = answers.ask(&days(date(2021, 6, 1), date(2021, 6, 30))).await.expect("answers");
    assert_eq!(lacking(&june), [of("onset_day", 1)]);
    let title = &june.undated[0].title;
    assert_eq!(title, "発病日なし・不明");
}

#[tokio::test]
async fn who_lacks_nothing_is_not_said_to() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let mut found = Vec::new();
    for indicator in ward.catalog.indicators.values() {
        for (date, rows) in lacking(&*ask(&answers, &indicator.id, None).await) {
            found.push(format!("{} {date} {rows}", indicator.id));
        }
    }
    // Of the small ward only onsets are missing, and of one person whether it is a resident, and where; one is of another sex, and no
    // form states a route.
    let onset = |line: &String| line.contains("onset") && line.contains("onset_day");
    let place = |line: &String| {
        line.ends_with(" resident 1")
            || line.ends_with(" district 1")
            || line.ends_with(" sex 1")
            || line.contains(" route ")
    };
    assert!(found.iter().all(|line| onset(line) || place(line)), "{found:?}");
    assert!(found.iter().any(|line| line.starts_with("new_cases_onset onset_day ")), "{found:?}");
}

#[tokio::test]
async fn what_is_asked_again_is_not_worked_out_again() {
    let ward = told();
    let answers = ward.answers_at(NOW);
    let first = ask(&answers, "new_cases_received", None).await;
    let again = ask(&answers, "new_cases_received", None).await;
    assert_eq!(first.undated, again.undated);
    assert_eq!(answers.queries_run(), 1);
}

/// A period that began before the record did: a band without anybody in it is not known to be empty.
#[tokio::test]
async fn a_pyramid_over_days_before_the_record_has_no_zeros() {
    let ward = Ward::empty();
    let text = "HER-SYS ID,疾病名,当該者の類型,性別,年齢,報告年月日,受理日時\n\
                5000001,新型コロナウイルス感染症,患者（確定例）,不明,40,2022/02/10,2022/02/10 10:00\n";
    ward.told_at("hersys_20220201-20220216.csv", text, "2022-02-15T10:00");
    ward.speaks("her-sys-cases", time("2022-02-16T13:55"));
    let asked = async |from: Date| {
        let question =
            Question { from: Some(from), to: Some(date(2022, 2, 15)), ..Question::of("age_sex", "covid-19") };
        let answer = ward.answers_at(NOW).ask(&question).await.expect("answers");
        let row =
            (0..answer.len()).find(|row| answer.cell(*row, "band").text() == Some("40代")).expect("a row");
        let cells = |row: usize| ["male", "female", "other"].map(|name| answer.cell(row, name).int());
        (cells(row), cells(0))
    };
    let (forties, children) = asked(date(2022, 2, 10)).await;
    assert_eq!((forties, children), ([Some(0), Some(0), Some(1)], [Some(0); 3]));
    let (forties, children) = asked(date(2022, 2, 9)).await;
    assert_eq!((forties, children), ([None, None, Some(1)], [None; 3]));
}

#[tokio::test]
async fn a_total_of_young_records_says_since_when_they_are() {
    let ward = Ward::empty();
    let text = notified(&[&format!("{SICK}|2022/02/08|2022/02/12|2022/02/12 10:00||")]);
    ward.told_at("hersys_20220201-20220216.csv", &text, "2022-02-13T10:00");
    ward.speaks("her-sys-cases", time("2022-02-16T13:55"));
    ward.speaks("her-sys-cases", time("2022-02-18T13:55"));
    let asked = async |at: &str| {
        let answer = ask(&ward.answers_at("2022-03-01T12:00"), "deaths_total", Some(at)).await;
        let reason = answer.cell(0, "reason").text().map(str::to_owned);
        (answer.cell(0, "value").int(), answer.cell(0, "last7").int(), reason)
    };
    assert_eq!(asked("2022-02-16T14:00").await, (Some(0), None, Some("記録は2022-02-12から".to_owned())));
    assert_eq!(asked("2022-02-18T14:00").await, (Some(0), Some(0), None));
    assert_eq!(
        asked("2022-02-13T09:00").await,
        (None, None, Some("未着（発生届（HER-SYS）が届いていません）".to_owned()))
    );
}

/// A rate counts residents, of known districts, ages and sexes: whoever it leaves out for that is said beside it.
#[tokio::test]
async fn who_is_left_out_of_a_rate_is_said_beside_it() {
    let ward = Ward::empty();
    let mut text = "HER-SYS ID,疾病名,当該者の類型,管轄区分,区民,性別,年齢,報告年月日,受理日時\n".to_owned();
    let rows = [
        ("○", "女", "40"),
        ("○", "男", "50"),
        ("○", "女", "60"),
        ("×", "女", "30"),
        ("", "女", "30"),
        ("○", "", "30"),
        ("○", "男", ""),
    ];
    for (id, (resident, sex, age)) in (6_100_000..).zip(rows) {
        let day = "2022/02/12";
        let _ = writeln!(
            text,
            "{id},新型コロナウイルス感染症,患者（確定例）,管内,{resident},{sex},{age},{day},{day} 10:00"
        );
    }
    ward.told_at("hersys_20220201-20220216.csv", &text, "2022-02-16T13:50");
    let answers = ward.answers_at(NOW);
    let of =
        |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), 1)).collect::<Vec<(String, u64)>>();
    for (indicator, lacks) in [
        ("new_cases_received", &[][..]),
        ("cases_per_100k_week", &["resident"]),
        ("rate_by_age", &["resident"]),
        ("rate_ratio_by_sex", &["resident", "sex"]),
        ("age_sex_rate", &["resident", "age_decade", "sex"]),
    ] {
        assert_eq!(lacking(&*ask(&answers, indicator, None).await), of(lacks), "{indicator}");
    }
}
