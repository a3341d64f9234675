//! Two sources whose rows make one figure: it is told where both have told, and says which has not.

use hinomi::answer::{Answer, Answers, Cell, Question};
use hinomi::definitions::Definitions;
use hinomi::definitions::role::Role;
use jiff::civil::{Date, date};

use super::figures::by_period;
use super::ward::{Ward, time};

const HEAD: &str = "HER-SYS ID,疾病名,当該者の類型,管内,地区,性別,年齢,感染経路,初回連絡日時,報告年月日,受理日時,死亡年月日\n";
const LIST: &str = "整理番号,報告日,受理日時";

/// A list of an office's own beside the notifications, told each morning.
fn list(columns: &str, rhythm: &str) -> String {
    format!(
        "source = \"office-list\"\ntitle = {{ ja = \"所内リスト\", en = \"Office list\" }}\ntable = \"cases\"\n\
         mode = \"snapshot\"\nnamespace = \"office\"\nfiles = \"office_*.csv\"\nrhythm = {rhythm}\n\
         constants = {{ disease = \"covid-19\", class = \"confirmed\" }}\ncolumn = [\n\
         {{ headings = [\"整理番号\"], privacy = \"pseudonymise\", field = \"subject\", type = \"id\", pattern = '[0-9]{{1,7}}', expected = true, required = true }},\n\
         {{ headings = [\"報告日\"], privacy = \"keep\", field = \"reported_day\", type = \"date\", expected = true, required = true }},\n\
         {{ headings = [\"受理日時\"], privacy = \"keep\", field = \"received\", type = \"datetime\", expected = true, required = true }},\n\
         {columns}]\n"
    )
}

const DAILY: &str = "{ by = \"09:30\", calendar = \"daily\" }";
const HALF_HOURLY: &str = "{ every_minutes = 30, grace_minutes = 15 }";

fn ward(columns: &str, rhythm: &str) -> Ward {
    let mut definitions = Definitions::embedded();
    definitions.put("queries/sources/office-list.toml", &list(columns, rhythm));
    Ward::with(&definitions)
}

fn notified(rows: &[(u32, &str, &str)]) -> String {
    let one = |(number, at, died): &(u32, &str, &str)| {
        let day = at.split(' ').next().unwrap_or(at);
        format!("{number},新型コロナウイルス感染症,患者（確定例）,管内,,女,40,不明,,{day},{at},{died}\n")
    };
    HEAD.to_owned() + &rows.iter().map(one).collect::<String>()
}

fn listed(rows: &[(u32, &str)]) -> String {
    let one = |(number, at): &(u32, &str)| {
        let day = at.split(' ').next().unwrap_or(at);
        format!("{number},{day},{at}\n")
    };
    format!("{LIST}\n") + &rows.iter().map(one).collect::<String>()
}

const NOTIFIED: [(u32, &str, &str); 3] = [
    (7_000_001, "2026/11/02 09:00", "2026/11/10"),
    (7_000_002, "2026/11/09 10:00", ""),
    (7_000_003, "2026/11/17 11:00", ""),
];
const LISTED: [(u32, &str); 2] = [(1, "2026/11/03 09:00"), (2, "2026/11/19 10:00")];

async fn one(answers: &Answers, indicator: &str) -> Answer {
    let answer = answers.ask(&Question::of(indicator, "covid-19")).await.expect("answers");
    Answer::clone(&answer)
}

async fn days(answers: &Answers, indicator: &str, from: i8, to: i8) -> Vec<String> {
    by_period(answers, indicator, "day", date(2026, 11, from), date(2026, 11, to)).await
}

fn notes(answer: &Answer) -> Vec<&str> {
    answer.untold.iter().map(|note| note.ja.as_str()).collect()
}

/// The notifications stopped on the 18th; the list goes on.
fn stopped(rhythm: &str) -> Ward {
    let ward = ward("", rhythm);
    ward.told_at("hersys_20261101-20261130.csv", &notified(&NOTIFIED), "2026-11-18T17:00");
    ward.told_at("office_20261121.csv", &listed(&LISTED), "2026-11-21T09:00");
    ward
}

const BEHIND: &str = "発生届（HER-SYS）: 未着（11月18日 17:00までのデータ）";

#[tokio::test]
async fn days_of_which_one_has_not_told_are_no_zero_and_not_complete() {
    let ward = stopped(DAILY);
    let answers = ward.answers_at("2026-11-21T09:10");
    let reason = |value: &str| format!("{value}×{BEHIND}");
    assert_eq!(
        days(&answers, "new_cases_received", 16, 20).await,
        ["0○".to_owned(), "1○".into(), "0×".into(), reason("1"), reason("—")],
    );
    let weeks =
        by_period(&answers, "new_cases_received", "week", date(2026, 11, 2), date(2026, 11, 21)).await;
    assert_eq!(weeks[..2], ["2○", "1○"]);
    assert!(weeks[2].starts_with("2×"), "{weeks:?}");
    for measure in
        ["week_ratio", "reproduction_number", "alerts_daily", "new_cases_mean7", "cumulative_cases"]
    {
        let answer = one(&answers, measure).await;
        assert!(answer.settled <= date(2026, 11, 17), "{measure}: {}", answer.settled);
        assert_eq!(notes(&answer), [BEHIND], "{measure}");
    }
    let ratio = one(&answers, "week_ratio").await;
    assert_eq!(ratio.as_of, time("2026-11-18T17:00"), "the moment up to which all have told");
    let today = one(&answers, "received_today").await;
    assert_eq!((today.number(0, "value"), today.cell(0, "closed")), (None, Cell::Null));
    // The other way round: the list is behind, and yesterday is not closed.
    let ward = self::ward("", DAILY);
    ward.told_at("office_20261118.csv", &listed(&LISTED[..1]), "2026-11-18T17:00");
    ward.told_at("hersys_20261101-20261130.csv", &notified(&NOTIFIED), "2026-11-21T09:05");
    let today = one(&ward.answers_at("2026-11-21T09:10"), "received_today").await;
    assert_eq!((today.number(0, "value"), today.cell(0, "closed")), (Some(0.0), Cell::Bool(false)));
    assert_eq!(notes(&today), ["所内リスト: 未着（11月18日 17:00までのデータ）"]);
}

/// The month so far ends where the last word did, and so does the month before.
#[tokio::test]
async fn spans_after_the_last_word_are_of_like_length() {
    let ward = ward("", DAILY);
    let mut rows = NOTIFIED.to_vec();
    for (number, day) in (1..).zip(1..=30) {
        let at: &'static str = format!("2026/10/{day:02} 09:00").leak();
        rows.push((7_000_100 + number, at, ""));
    }
    ward.told_of(
        "hersys_20261001-20261130.csv",
        &notified(&rows),
        Some("2026-10-10T17:00"),
        "2026-10-10T17:00",
    );
    ward.told_of(
        "hersys_20261001-20261130.csv",
        &notified(&rows),
        Some("2026-11-10T17:00"),
        "2026-11-10T17:00",
    );
    let answer = one(&ward.answers_at("2026-11-21T09:10"), "to_date").await;
    let month = (0..answer.len()).find(|row| answer.cell(*row, "span").text() == Some("this_month"));
    let month = month.expect("the span");
    let cell = |name: &str| answer.cell(month, name).int();
    assert_eq!((cell("value"), cell("before_now")), (Some(2), Some(10)), "up to the 10th of each");
    assert_eq!(notes(&answer), ["未着（11月10日 17:00までのデータ）"]);
    let week = (0..answer.len()).find(|row| answer.cell(*row, "span").text() == Some("this_week"));
    assert_eq!(answer.cell(week.expect("the span"), "value"), Cell::Null);
}

/// One that speaks each morning is not late at noon, and takes nothing from today's figure.
#[tokio::test]
async fn a_daily_one_in_its_rhythm_leaves_today_to_the_other() {
    let ward = ward("", DAILY);
    ward.told_at("office_20261121.csv", &listed(&LISTED), "2026-11-20T22:00");
    let mut rows = NOTIFIED.to_vec();
    rows.push((7_000_004, "2026/11/21 08:00", ""));
    ward.told_at("hersys_20261101-20261130.csv", &notified(&rows), "2026-11-21T08:50");
    let answers = ward.answers_at("2026-11-21T09:00");
    let today = one(&answers, "received_today").await;
    assert_eq!((today.number(0, "value"), today.untold.len()), (Some(1.0), 0));
    assert_eq!(days(&answers, "new_cases_received", 19, 21).await, ["1○", "0×", "1×"]);
}

#[tokio::test]
async fn of_two_that_tell_of_today_both_are_needed() {
    let ward = stopped(HALF_HOURLY);
    let today = one(&ward.answers_at("2026-11-21T09:10"), "received_today").await;
    assert_eq!((today.number(0, "value"), notes(&today)), (None, vec![BEHIND]));
}

#[tokio::test]
async fn a_column_that_one_does_not_have_makes_no_zero_of_its_people() {
    let ward = ward("", DAILY);
    ward.told_at("hersys_20261101-20261130.csv", &notified(&NOTIFIED[1..]), "2026-11-21T08:50");
    ward.told_at("office_20261121.csv", &listed(&LISTED), "2026-11-21T08:55");
    let answers = ward.answers_at("2026-11-21T09:10");
    let lacks = "所内リスト: 未着（死亡年月日の列が届いていません）";
    let none = format!("—×{lacks}");
    assert_eq!(days(&answers, "deaths", 10, 11).await, [none.clone(), none]);
    let total = one(&answers, "deaths_total").await;
    assert_eq!((total.number(0, "value"), notes(&total)), (None, vec![lacks]));
    assert_eq!(total.cell(0, "reason").text(), Some(lacks));
    // The dead of whom one did tell stay.
    ward.told_at("hersys_20261101-20261130.csv", &notified(&NOTIFIED), "2026-11-21T09:05");
    let answers = ward.answers_at("2026-11-21T09:10");
    assert_eq!(days(&answers, "deaths", 10, 10).await, [format!("1×{lacks}")]);
    let total = one(&answers, "deaths_total").await;
    assert_eq!((total.number(0, "value"), notes(&total)), (Some(1.0), vec![lacks]));
}

/// A source that speaks once has said all that it will; so has one that is silent for weeks while another goes on.
#[tokio::test]
async fn one_that_has_ended_is_not_waited_for() {
    let once = ward("", "{ calendar = \"once\" }");
    let ended = ward("", DAILY);
    for ward in [&once, &ended] {
        ward.told_at("office_20261020.csv", &listed(&[(1, "2026/10/12 09:00")]), "2026-10-20T09:00");
        ward.told_at("hersys_20261001-20261130.csv", &notified(&NOTIFIED), "2026-11-21T08:50");
        let answers = ward.answers_at("2026-11-21T09:10");
        assert_eq!(days(&answers, "new_cases_received", 17, 19).await, ["1○", "0○", "0○"]);
        assert!(one(&answers, "week_ratio").await.untold.is_empty());
    }
    let names = ["her-sys-cases", "office-list"].map(str::to_owned);
    let answers = ended.answers_at("2026-11-21T09:10").of_sources(names.into_iter().collect());
    let told = days(&answers, "new_cases_received", 18, 18).await;
    assert_eq!(told, ["—×所内リスト: 未着（10月20日 09:00までのデータ）"], "the settings name it");
}

/// Two ledgers of stays: one of them does not say when they ended.
#[tokio::test]
async fn a_part_that_one_ledger_does_not_have_is_no_zero() {
    let ledger = list("", "{ every_minutes = 60 }")
        .replace("office-list", "second-ledger")
        .replace("所内リスト", "第二台帳")
        .replace("\"cases\"", "\"placements\"")
        .replace("office_", "second_")
        .replace(", class = \"confirmed\"", ", place = \"hospital\"")
        .replace("\"reported_day\", type = \"date\"", "\"stay\", type = \"count\", min = 1, max = 99")
        .replace("field = \"received\"", "field = \"from\"");
    let mut definitions = Definitions::embedded();
    definitions.put("queries/sources/second-ledger.toml", &ledger);
    let ward = Ward::with(&definitions);
    let stays = "HER-SYS ID,療養回,疾病名,療養区分,開始日時,終了日時\n\
                 7000001,1,新型コロナウイルス感染症,入院,2026/11/18 09:00,2026/11/20 09:00\n";
    ward.told_at("ledger_20261121.csv", stays, "2026-11-21T08:50");
    ward.told_at("second_20261121.csv", &format!("{LIST}\n1,1,2026/11/19 09:00\n"), "2026-11-21T08:55");
    let answers = ward.answers_at("2026-11-21T09:00");
    let moves = one(&answers, "admissions_discharges").await;
    let day = |day| {
        (0..moves.len()).find(|row| moves.cell_of(*row, Role::Period).day() == Some(date(2026, 11, day)))
    };
    let discharged = |of| day(of).map(|row| moves.cell(row, "discharged"));
    assert_eq!((discharged(19), discharged(20)), (Some(Cell::Null), Some(Cell::Int(1))));
    let note = notes(&moves);
    assert!(
        note.len() == 1 && note[0].contains("第二台帳: 未着（") && note[0].contains("列が届いていません"),
        "{note:?}"
    );
}

/// For every indicator of people and all that it may be asked by: after the last word of one of two sources nothing is zero
/// or complete, and the answer says which has not told.
#[tokio::test]
async fn the_whole_catalog_waits_for_both() {
    let ward = stopped(DAILY);
    let answers = ward.answers_at("2026-11-21T09:10");
    let last: Date = date(2026, 11, 18);
    let mut wrong = Vec::new();
    let mut asked = 0;
    for indicator in ward.catalog.indicators.values() {
        let counted = ward.catalog.counted(indicator);
        let notified = &ward.catalog.mappings["her-sys-cases"];
        let both = counted.is_some_and(|table| indicator.has_part(notified, table, "covid-19"));
        if !both || indicator.lists_items() {
            continue;
        }
        let answer = one(&answers, &indicator.id).await;
        let value = |row: usize| answer.cell_of(row, Role::Value).number();
        if !(0..answer.len()).any(|row| value(row).is_some()) {
            continue;
        }
        asked += 1;
        if !notes(&answer).iter().any(|note| note.contains("発生届（HER-SYS）")) {
            wrong.push(format!("{}: {:?}", indicator.id, notes(&answer)));
        }
        if answer.settled >= last {
            wrong.push(format!("{}: settled up to {}", indicator.id, answer.settled));
        }
        for row in 0..answer.len() {
            let Some(day) = answer.cell_of(row, Role::Period).day().filter(|day| *day > last) else {
                continue;
            };
            let (value, complete) = (answer.cell_of(row, Role::Value), answer.cell_of(row, Role::Complete));
            if value.number() == Some(0.0) || complete == Cell::Bool(true) {
                wrong.push(format!("{}: {day} is {value} {complete}", indicator.id));
            }
        }
    }
    assert!(asked >= 15, "{asked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sources whose people make one figure together say that one person may be among both: in each indicator that counts them.
#[tokio::test]
async fn a_sum_of_several_lists_says_so() {
    let ward = ward("", DAILY);
    ward.told_at("hersys_20261101-20261130.csv", &notified(&NOTIFIED), "2026-11-21T08:50");
    let alone = ward.answers_at("2026-11-21T09:10");
    for indicator in ward.catalog.indicators.keys() {
        assert!(one(&alone, indicator).await.caveats.is_empty(), "{indicator}: one source");
    }
    ward.told_at("office_20261121.csv", &listed(&LISTED), "2026-11-21T08:55");
    let both = ward.answers_at("2026-11-21T09:10");
    for indicator in
        ["new_cases_received", "cumulative_cases", "week_ratio", "received_today", "cases_against"]
    {
        let said = one(&both, indicator).await.caveats;
        assert_eq!(said.len(), 1, "{indicator}");
        assert_eq!(said[0].ja, "2つの系統の合計。重複がありうる");
        assert!(said[0].en.contains("2 sources"));
    }
    // Days on which only one of them has anybody.
    let of = async |from: i8, to: i8| {
        let question = Question {
            from: Some(date(2026, 11, from)),
            to: Some(date(2026, 11, to)),
            ..Question::of("new_cases_received", "covid-19")
        };
        both.ask(&question).await.expect("answers").caveats.len()
    };
    assert_eq!((of(4, 18).await, of(2, 3).await), (0, 1));
    assert!(one(&both, "new_cases_published").await.caveats.is_empty(), "neither has published anybody");
}

/// Two lists of what was published, without a common id.
#[tokio::test]
async fn two_lists_of_one_person_are_a_sum_of_two() {
    let mut definitions = Definitions::embedded();
    let own = definitions.text("queries/sources/open-data-patients.toml").expect("there");
    let other = own
        .replace("source = \"open-data-patients\"", "source = \"open-data-city\"")
        .replace("files = \"*patients*\"", "files = \"*citylist*\"");
    definitions.put("queries/sources/open-data-city.toml", &other);
    let ward = Ward::with(&definitions);
    let list = "No,公表_年月日,患者_居住地,患者_年代,患者_性別\n1,2026-11-19,都内,30代,男性\n";
    ward.told_at("130001_patients.csv", list, "2026-11-20T22:00");
    let answers = ward.answers_at("2026-11-21T09:10");
    assert!(one(&answers, "new_cases_published").await.caveats.is_empty());
    ward.told_at("131032_citylist.csv", list, "2026-11-20T22:10");
    let answer = one(&ward.answers_at("2026-11-21T09:10"), "new_cases_published").await;
    let sum: f64 = (0..answer.len()).filter_map(|row| answer.number(row, "value")).sum();
    assert_eq!((sum, answer.caveats.len()), (2.0, 1));
    let block = hinomi::present::gather::block(&answer, &ward.catalog);
    assert_eq!(block.caveats[0].ja, "2つの系統の合計。重複がありうる");
}
