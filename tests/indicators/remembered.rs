//! The same question at the same data version is answered from memory, and by one query however many ask.

use hinomi::answer::{AnswerError, FreshState, Question};

use super::ward::{NOW, Ward, time};

fn question(indicator: &str) -> Question {
    Question::of(indicator, "covid-19")
}

#[tokio::test]
async fn a_repeated_question_does_not_touch_the_store() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    for indicator in ward.catalog.indicators.keys() {
        let first = answers.ask(&question(indicator)).await.expect("answers");
        let before = answers.queries_run();
        let second = answers.ask(&question(indicator)).await.expect("answers");
        assert_eq!(answers.queries_run(), before, "{indicator}");
        assert_eq!(first.rows, second.rows, "{indicator}");
    }
}

#[tokio::test]
async fn only_what_names_the_moment_is_asked_anew_when_it_passes() {
    let ward = Ward::told();
    let (answers, clock) = ward.answers();
    let ask = async |indicator: &str| {
        let before = answers.queries_run();
        answers.ask(&question(indicator)).await.expect("answers");
        answers.queries_run() - before
    };
    assert_eq!(
        (ask("under_care").await, ask("deaths_total").await, ask("new_cases_received").await),
        (1, 1, 1)
    );
    clock.set(time("2022-02-16T14:00:59"));
    assert_eq!(
        (ask("under_care").await, ask("deaths_total").await, ask("new_cases_received").await),
        (0, 0, 0)
    );
    clock.set(time("2022-02-16T14:01"));
    assert_eq!(
        (ask("under_care").await, ask("deaths_total").await, ask("new_cases_received").await),
        (1, 0, 0)
    );
    clock.set(time("2022-02-17T14:01"));
    assert_eq!(
        (ask("under_care").await, ask("deaths_total").await, ask("new_cases_received").await),
        (1, 0, 1),
        "of the day after nobody has told"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_ask_at_once_are_one_query() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let asking: Vec<_> = (0..50)
        .map(|_| {
            let answers = answers.clone();
            tokio::spawn(async move { answers.ask(&question("age_by_week")).await.expect("answers").len() })
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.await.expect("no panic") % 10, 1, "whole bands by week, and one row of unknown age");
    }
    assert_eq!(answers.queries_run(), 1);
}

#[tokio::test]
async fn before_the_first_batch_nothing_was_known() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let before = Question { as_of: Some(time("2020-12-31T23:59")), ..question("cumulative_cases") };
    let answer = answers.ask(&before).await.expect("answers");
    assert_eq!(answer.batch.0, 0);
    assert!((0..answer.len()).all(|row| answer.number(row, "value").is_none()), "no quiet zero");

    let beyond = Question { as_of: Some(time("2022-02-16T14:01")), ..question("deaths_total") };
    let answer = answers.ask(&beyond).await.expect("a minute beyond is a clock that goes before");
    assert_eq!((answer.batch, answer.as_of), (ward.store.latest(), time(NOW)));
    let future = Question { as_of: Some(time("2099-01-01T00:00")), ..question("deaths_total") };
    let error = answers.ask(&future).await.expect_err("nothing is known of the future");
    assert!(matches!(&error, AnswerError::Refused(why) if why.parameter == "as_of"), "{error}");
}

#[tokio::test]
async fn an_answer_names_the_sources_that_have_spoken() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let answer = answers.ask(&question("bed_occupancy_now")).await.expect("answers");
    let names: Vec<_> = answer.sources.iter().map(|s| s.source.as_str()).collect();
    assert_eq!(names, ["bed-capacity", "facilities", "hospital-beds"]);
    let state = |source: &str| answer.sources.iter().find(|s| s.source == source).expect("there").state;
    assert_eq!(state("bed-capacity"), FreshState::Stopped, "last heard of a year ago");
    assert_eq!(state("hospital-beds"), FreshState::Fresh);
    // As long as a ward has not said what it takes, those count that have ever spoken.
    let spoken = answers.freshness(None).await.expect("answers");
    assert!(!spoken.is_empty() && spoken.iter().all(|s| s.state != FreshState::Never));
    let taken = ward.catalog.mappings.keys().cloned().collect();
    let all = ward.answers().0.of_sources(taken).freshness(None).await.expect("answers");
    assert_eq!(all.len(), ward.catalog.mappings.len());
    assert!(all.iter().any(|s| s.source == "open-data-patients" && s.state == FreshState::Never));
}

#[tokio::test]
async fn a_file_of_last_week_that_comes_today_makes_nothing_fresh() {
    let text = "HER-SYS ID,疾病名,当該者の類型,管轄区分,年齢,報告年月日,受理日時\n\
                5000001,新型コロナウイルス感染症,患者（確定例）,管内,40,2022/02/08,2022/02/08 10:00\n";
    let known = "2022-02-16T09:00";
    let fresh = async |stamp: Option<&str>| {
        let ward = Ward::empty();
        ward.told_of("hersys_20220201-20220228.csv", text, stamp, known);
        let all = ward.answers_at(known).freshness(None).await.expect("answers");
        let own = all.iter().find(|s| s.source == "her-sys-cases").expect("it has spoken");
        assert_eq!(own.last_delivery, Some(time(known)));
        (own.state, own.told_until())
    };
    // It is to speak every half hour.
    let (old, new) = ("2022-02-09T06:00", "2022-02-16T08:50");
    assert_eq!(fresh(Some(old)).await, (FreshState::Stopped, Some(time(old))));
    assert_eq!(fresh(Some(new)).await, (FreshState::Fresh, Some(time(new))));
    // One that says nothing is of when it came.
    assert_eq!(fresh(None).await, (FreshState::Fresh, Some(time(known))));
}

#[tokio::test]
async fn a_question_that_can_t_be_is_the_asker_s_fault() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let error = answers.ask(&question("no_such")).await.expect_err("no such indicator");
    assert!(matches!(&error, AnswerError::NoIndicator { .. }), "{error}");
}

#[tokio::test]
async fn of_a_disease_without_a_record_there_is_no_figure() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let on_record = answers.diseases_on_record().await.expect("answers");
    assert!(on_record.contains("covid-19") && on_record.contains("measles") && !on_record.contains("dengue"));
    for indicator in ward.catalog.indicators.values().filter(|indicator| indicator.takes_disease()) {
        let asked = Question::of(&indicator.id, "dengue");
        let answer = answers.ask(&asked).await.unwrap_or_else(|why| panic!("{}: {why}", indicator.id));
        for row in 0..answer.len() {
            for column in ["value", "male", "female", "admitted", "hospital", "occupied"] {
                assert_eq!(answer.number(row, column), None, "{}: {column} of row {row}", indicator.id);
            }
        }
    }
    // A single case is a record: the other days are zeros then.
    let measles = answers.ask(&Question::of("new_cases_received", "measles")).await.expect("answers");
    assert!((0..measles.len()).any(|row| measles.number(row, "value") == Some(0.0)));
}
