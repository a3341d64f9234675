//! What a period is compared with: a single day with its weekday, by every indicator; a holiday with no plain day.

use hinomi::answer::{Answer, Answers, Question};
use hinomi::epi::against::Against;
use jiff::civil::{Date, date};

use super::ward::Ward;

async fn asked(
    answers: &Answers,
    indicator: &str,
    days: (Date, Date),
    against: Against,
) -> std::sync::Arc<Answer> {
    let by = (indicator == "cases_against").then(|| "day".to_owned());
    let question = Question {
        by,
        from: Some(days.0),
        to: Some(days.1),
        against: Some(against),
        ..Question::of(indicator, "covid-19")
    };
    answers.ask(&question).await.unwrap_or_else(|e| panic!("{indicator}: {e}"))
}

fn sum(answer: &Answer, columns: [&str; 2]) -> Option<i64> {
    let all = (0..answer.len()).flat_map(|row| columns.map(|name| answer.cell(row, name).int()));
    let known: Vec<i64> = all.flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum())
}

#[tokio::test]
async fn a_day_of_a_pyramid_is_compared_with_the_day_of_which_the_table_speaks() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    for against in Against::ALL {
        for day in [date(2022, 2, 9), date(2022, 2, 10), date(2022, 2, 14), date(2022, 2, 15)] {
            let table = asked(&answers, "cases_against", (day, day), against).await;
            let pyramid = asked(&answers, "age_sex", (day, day), against).await;
            let (_, first, last) = pyramid.against.expect("compared");
            assert_eq!(Some(first), table.cell(0, "before_from").day(), "{day}");
            assert_eq!((first, first.weekday()), (last, day.weekday()), "{day}");
            assert_eq!(
                sum(&pyramid, ["male_before", "female_before"]),
                table.cell(0, "before").int(),
                "{day}"
            );
        }
    }
}

#[tokio::test]
async fn a_holiday_is_compared_with_no_plain_day() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let day = date(2022, 2, 11);
    for indicator in ["age_sex", "age_sex_rate"] {
        let answer = asked(&answers, indicator, (day, day), Against::Previous).await;
        assert!(answer.unlike, "建国記念の日");
        for name in ["male_before", "female_before"] {
            assert!((0..answer.len()).all(|row| answer.number(row, name).is_none()), "{indicator} {name}");
        }
    }
}

#[tokio::test]
async fn a_ratio_of_one_day_is_to_its_weekday() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let day = |day| (date(2022, 2, day), date(2022, 2, day));
    let plain = asked(&answers, "rate_ratio_by_period", day(15), Against::Previous).await;
    let earlier = (date(2022, 2, 8), date(2022, 2, 8));
    assert_eq!(plain.against.map(|(_, first, last)| (first, last)), Some(earlier));
    let holiday = asked(&answers, "rate_ratio_by_period", day(11), Against::Previous).await;
    assert!(!holiday.is_empty());
    for row in 0..holiday.len() {
        assert_eq!(
            (holiday.number(row, "value"), holiday.cell(row, "reason").text()),
            (None, Some("比較不可"))
        );
    }
}

#[tokio::test]
async fn spans_are_compared_with_as_many_days() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    for against in Against::ALL {
        for days in [(date(2022, 2, 1), date(2022, 2, 2)), (date(2021, 2, 27), date(2021, 4, 3))] {
            let answer = asked(&answers, "age_sex", days, against).await;
            let (_, first, last) = answer.against.expect("compared");
            assert_eq!((last - first).get_days(), (days.1 - days.0).get_days());
            assert!(!answer.unlike);
        }
    }
}
