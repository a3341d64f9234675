//! Before anything was recorded there is no zero, in any indicator: not on an empty store, not where only other sources have
//! spoken, not where those who have can't tell, not on the day before the first record.

use hinomi::answer::{Answer, Answers, Cell, Question};
use hinomi::definitions::indicator::Indicator;
use hinomi::definitions::role::Role;
use jiff::civil::{Date, date};

use super::figures::{beside, by_period, samples};
use super::ward::{Ward, time};

/// Is it a figure, or a limit of one?
fn is_figure(role: Role) -> bool {
    matches!(role, Role::Value | Role::Lower(_) | Role::Upper(_))
        || matches!(
            role,
            Role::Male | Role::Female | Role::MaleBefore | Role::FemaleBefore | Role::OtherSexBefore
        )
}

/// What an answer says although nothing is known.
fn made_up(answer: &Answer) -> Vec<String> {
    let names: Vec<String> = answer.column_names().iter().map(|name| (*name).clone()).collect();
    let mut found = Vec::new();
    for row in 0..answer.len() {
        for (name, cell) in names.iter().zip(answer.row(row)) {
            let role = answer.indicator.meaning(name).role;
            let number = match cell {
                Cell::Int(number) => number as f64,
                Cell::Float(number) => number,
                Cell::Bool(true) if role == Role::Complete => {
                    found.push(format!("{name} of row {row} is true"));
                    continue;
                }
                _ => continue,
            };
            if is_figure(role) || number == 0.0 && !beside(role) {
                found.push(format!("{name} of row {row} is {number}"));
            }
        }
    }
    found
}

/// Asks by each of its choices.
async fn all_made_up(answers: &Answers, indicator: &Indicator, days: Option<(Date, Date)>) -> Vec<String> {
    let mut found = Vec::new();
    let choices =
        if indicator.by.is_empty() { vec![None] } else { indicator.by.iter().cloned().map(Some).collect() };
    for by in choices {
        let mut question = Question { by: by.clone(), ..Question::of(&indicator.id, "covid-19") };
        if let Some((from, to)) = days.filter(|_| ranged(indicator)) {
            (question.from, question.to) = (Some(from), Some(to));
        }
        let answer = answers.ask(&question).await.unwrap_or_else(|e| panic!("{}: {e}", indicator.id));
        let by = by.unwrap_or_default();
        found.extend(made_up(&answer).into_iter().map(|what| format!("{} {by}: {what}", indicator.id)));
    }
    found
}

/// Is it of days that may be asked for?
fn ranged(indicator: &Indicator) -> bool {
    indicator.names("from") && indicator.takes_period()
}

#[tokio::test]
async fn on_an_empty_store_nothing_is_zero() {
    let ward = Ward::empty();
    let answers = ward.answers().0;
    let mut wrong = Vec::new();
    for indicator in ward.catalog.indicators.values() {
        wrong.extend(all_made_up(&answers, indicator, None).await);
        wrong.extend(all_made_up(&answers, indicator, Some((date(2022, 2, 1), date(2022, 2, 10)))).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn where_only_other_sources_have_spoken_nothing_is_zero() {
    let mut wrong = Vec::new();
    for (name, text) in samples() {
        let ward = Ward::empty();
        ward.told_at(&name, &text, "2021-06-01T00:00");
        let spoken =
            ward.catalog.mappings.values().filter(|m| m.takes_file(&name)).max_by_key(|m| m.files.len());
        let table = &spoken.expect("a source").table;
        let answers = ward.answers().0;
        for indicator in ward.catalog.indicators.values() {
            // Tables of reference values ask others, which are tried themselves.
            if indicator.source.first() == Some(table) || indicator.id == "against_reference" {
                continue;
            }
            let found = all_made_up(&answers, indicator, None).await;
            wrong.extend(found.into_iter().map(|what| format!("{name} alone: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const PUBLISHED: &str = "公表_年月日,発症_年月日,患者_居住地,患者_年代,患者_性別\n\
    2021-03-30,2021-03-27,都内,40代,男性\n2021-04-02,,都内,20代,女性\n";

#[tokio::test]
async fn those_who_can_t_tell_make_no_zero() {
    let ward = Ward::empty();
    ward.told_at("tokyo_patients.csv", PUBLISHED, "2021-04-02T22:00");
    let answers = ward.answers_at("2021-06-15T12:00");
    let mut wrong = Vec::new();
    let days = Some((date(2021, 3, 1), date(2021, 5, 31)));
    for indicator in ward.catalog.indicators.values() {
        if !matches!(indicator.id.as_str(), "new_cases_published" | "against_reference") {
            wrong.extend(all_made_up(&answers, indicator, days).await);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Nor do they make one of a disease that they do not tell of.
    let measles = Question { disease: "measles".into(), ..Question::of("new_cases_published", "measles") };
    assert_eq!(made_up(&answers.ask(&measles).await.expect("answers")), Vec::<String>::new());
}

#[tokio::test]
async fn published_cases_are_on_record_from_the_first_that_was_published() {
    let ward = Ward::empty();
    ward.told_at("tokyo_patients.csv", PUBLISHED, "2021-04-02T22:00");
    let answers = ward.answers_at("2021-06-15T12:00");
    let months =
        by_period(&answers, "new_cases_published", "month", date(2021, 1, 1), date(2021, 5, 31)).await;
    assert_eq!(months, ["—×記録なし", "—×記録なし", "1×", "1×", "—×未着（4月2日 22:00までのデータ）"]);
    for indicator in
        ["new_cases_received", "new_cases_onset", "new_cases_reported", "deaths", "deaths_published"]
    {
        let days = by_period(&answers, indicator, "day", date(2021, 3, 30), date(2021, 3, 31)).await;
        assert_eq!(days, ["—×記録なし", "—×記録なし"], "{indicator}");
    }
}

#[tokio::test]
async fn a_yesterday_that_is_not_on_record_is_not_closed() {
    let ward = Ward::empty();
    let text = "HER-SYS ID,疾病名,当該者の類型,管轄区分,年齢,報告年月日,受理日時\n\
                5000001,新型コロナウイルス感染症,患者（確定例）,管内,40,2022/02/12,2022/02/12 10:00\n";
    ward.told_at("hersys_20220201-20220216.csv", text, "2022-02-12T12:00");
    ward.speaks("her-sys-cases", time("2022-02-13T08:55"));
    ward.speaks("her-sys-cases", time("2022-02-13T13:55"));
    let answers = ward.answers_at("2022-02-20T12:00");
    let asked = async |at: &str| {
        let question = Question { as_of: Some(time(at)), ..Question::of("received_today", "covid-19") };
        let answer = answers.ask(&question).await.expect("answers");
        ["yesterday", "closed"].map(|column| answer.cell(0, column))
    };
    assert_eq!(asked("2022-02-12T14:00").await, [Cell::Null, Cell::Null]);
    assert_eq!(asked("2022-02-13T08:59").await, [Cell::Int(1), Cell::Bool(false)]);
    assert_eq!(asked("2022-02-13T14:00").await, [Cell::Int(1), Cell::Bool(true)]);
}

#[tokio::test]
async fn on_the_day_before_the_first_record_nothing_is_zero() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let mut wrong = Vec::new();
    for indicator in ward.catalog.indicators.values().filter(|i| ranged(i)) {
        // The first onset on record is of 2021-03-28, the first stay of 2022-02-04, the first report of beds of 2022-02-14, the
        // first total of the same day.
        let last = match indicator.source.first().map(String::as_str) {
            Some("cases") => date(2021, 3, 27),
            Some("placements") => date(2022, 2, 3),
            _ => date(2021, 12, 31),
        };
        let first = last.saturating_sub(jiff::Span::new().days(40));
        wrong.extend(all_made_up(&answers, indicator, Some((first, last))).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn as_of_a_day_before_the_first_record_nothing_is_zero() {
    let ward = Ward::told();
    let answers = ward.answers_at("2021-03-20T12:00");
    let mut wrong = Vec::new();
    for indicator in ward.catalog.indicators.values() {
        wrong.extend(all_made_up(&answers, indicator, None).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_same_hour_of_a_week_without_records_is_no_zero() {
    let ward = Ward::empty();
    let head = "HER-SYS ID,疾病名,当該者の類型,年齢,報告年月日,受理日時\n";
    let row = |number: u32, at: &str| {
        format!(
            "{number},新型コロナウイルス感染症,患者（確定例）,40,{},{at}\n",
            at.split(' ').next().unwrap_or(at)
        )
    };
    let text = [
        row(3_000_001, "2021/06/07 09:10"),
        row(3_000_002, "2021/06/07 11:40"),
        row(3_000_003, "2021/06/08 10:20"),
    ];
    ward.told_at("hersys_20210601-20210630.csv", &format!("{head}{}", text.concat()), "2021-06-08T12:00");
    let asked = async |at: &str| {
        let answer =
            ward.answers_at(at).ask(&Question::of("received_today", "covid-19")).await.expect("answers");
        ["value", "same_hour_last_week", "yesterday"].map(|name| answer.cell(0, name).int())
    };
    assert_eq!(asked("2021-06-08T18:00").await, [Some(1), None, Some(2)]);
    assert_eq!(
        asked("2021-06-09T18:00").await,
        [None, None, None],
        "yesterday was told until noon, today not at all"
    );
    ward.speaks("her-sys-cases", time("2021-06-09T17:55"));
    assert_eq!(asked("2021-06-09T18:00").await, [Some(0), None, Some(1)]);
    ward.speaks("her-sys-cases", time("2021-06-15T17:55"));
    assert_eq!(asked("2021-06-15T18:00").await, [Some(0), Some(1), Some(0)]);
}

#[tokio::test]
async fn a_difference_over_a_hole_is_no_day_s_figure() {
    let ward = Ward::empty();
    let text = "全国地方公共団体コード,日付,陽性者数（累計）,入院中,軽症・中等症,重症,死亡,退院\n\
        130001,2021-07-01,500,0,0,0,0,500\n130001,2021-07-02,517,0,0,0,0,517\n\
        130001,2021-07-12,760,0,0,0,0,760\n130001,2021-07-13,755,0,0,0,0,755\n";
    ward.told_at("testing_positive_cases.csv", text, "2021-07-13T22:00");
    let question = Question {
        from: Some(date(2021, 7, 1)),
        to: Some(date(2021, 7, 31)),
        ..Question::of("published_by_area", "covid-19")
    };
    let answer = ward.answers_at("2021-08-01T12:00").ask(&question).await.expect("answers");
    let told: Vec<_> = (0..answer.len())
        .map(|row| (answer.cell(row, "day").to_string(), answer.cell(row, "value").int()))
        .collect();
    let day = |day: &str, value| (format!("2021-07-{day}"), value);
    assert_eq!(told, [day("02", Some(17)), day("12", None), day("13", Some(-5))]);
    let why = answer.cell(1, "reason");
    assert_eq!(why.text(), Some("前の値が10日前のため1日分の数が出せない（その間の差 243）"));
    assert_eq!(time("2021-08-01T12:00"), answer.as_of);
}
