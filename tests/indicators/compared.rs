//! What a period is compared with: a single day with its weekday, by every indicator; a holiday with no plain day.

use std::fmt::Write as _;

use hinomi::answer::{Answer, Answers, Cell, Question};
use hinomi::definitions::role::Role;
use hinomi::epi::against::Against;
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::ward::Ward;
use crate::support::house;

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

/// A ward whose records begin on a Wednesday within a week, a month, a quarter, a season and a 年度: one of each day since.
fn begun_midway() -> (Ward, Date) {
    let ward = Ward::empty();
    let population = std::fs::read_to_string(house("data-samples/expected/population_20220201.csv"));
    ward.told_at("population_20220201.csv", &population.expect("the sample"), "2025-11-01T09:00");
    let (begun, last) = (date(2025, 11, 12), date(2026, 11, 20));
    let mut text =
        "HER-SYS ID,疾病名,当該者の類型,区民,性別,年齢,住所,発病年月日,報告年月日,受理日時\n".to_owned();
    for (n, day) in begun.series(1.day()).take_while(|day| *day <= last).enumerate() {
        let sex = ["男", "女", "その他", ""][n % 4];
        let day = day.strftime("%Y/%m/%d").to_string();
        writeln!(
            text,
            "{},新型コロナウイルス感染症,患者（確定例）,1,{sex},{},港区芝公園,{day},{day},{day} 10:00",
            2_000_000 + n,
            20 + n % 60
        )
        .expect("a line");
    }
    ward.told_at("hersys_20251101-20261120.csv", &text, "2026-11-21T00:10");
    (ward, begun)
}

const COMPARED: [Role; 6] =
    [Role::Before, Role::Ratio, Role::PartLower, Role::MaleBefore, Role::FemaleBefore, Role::OtherSexBefore];

#[tokio::test]
async fn what_is_on_record_in_part_is_compared_with_nothing_and_says_so() {
    let (ward, begun) = begun_midway();
    let answers = ward.answers_at("2026-11-21T00:20");
    let mut found = Vec::new();
    for indicator in ward.catalog.indicators.values().filter(|indicator| !indicator.against.is_empty()) {
        let by: Vec<Option<String>> = match indicator.by.is_empty() {
            true => vec![None],
            false => indicator.by.iter().cloned().map(Some).collect(),
        };
        for (against, by) in Against::ALL.into_iter().flat_map(|a| by.iter().map(move |by| (a, by.clone()))) {
            if !indicator.against.contains(&against) {
                continue;
            }
            let days = match (&by, against) {
                (Some(_), _) => (begun, date(2026, 11, 20)),
                (None, Against::Previous) => (date(2025, 11, 18), date(2025, 11, 27)),
                (None, Against::LastYear) => (date(2026, 11, 5), date(2026, 11, 20)),
            };
            let question = Question {
                by: by.clone(),
                from: Some(days.0),
                to: Some(days.1),
                against: Some(against),
                ..Question::of(&indicator.id, "covid-19")
            };
            let what = format!("{} {by:?} {against:?}", indicator.id);
            let answer = answers.ask(&question).await.unwrap_or_else(|e| panic!("{what}: {e}"));
            let names: Vec<String> = answer.column_names().iter().map(|name| (*name).clone()).collect();
            for row in 0..answer.len() {
                let own = answer.cell(row, "before_from").day().and_then(|first| {
                    let days = answer.cell(row, "before_days").int()?;
                    Some((first, first.saturating_add((days - 1).days())))
                });
                let (_, first, last) = answer.against.expect("compared");
                let (first, last) = own.unwrap_or((first, last));
                if begun <= first {
                    continue;
                }
                for name in &names {
                    let compares = COMPARED.contains(&answer.indicator.meaning(name).role);
                    assert!(
                        !compares && name != "other_cases" || answer.cell(row, name) == Cell::Null,
                        "{what}: {name}"
                    );
                }
                let pyramid = answer.indicator.column_of(Role::MaleBefore).is_some();
                let why = match pyramid {
                    true => answer.not_compared.as_ref().map(|why| why.ja.clone()),
                    false => answer.cell_of(row, Role::Reason).text().map(str::to_owned),
                };
                let expected = if last < begun {
                    "前の期間の記録なし"
                } else {
                    "前の期間は一部しか記録がない"
                };
                // A holiday is compared with no plain day, on record or not.
                let unlike = why.as_deref() == Some("比較不可") && by.as_deref() == Some("day");
                let said = why.as_ref().is_some_and(|why| why.starts_with(expected));
                // The period itself has begun before the records.
                let partly = by.is_some() && why.as_ref().is_some_and(|why| why.starts_with("一部記録（"));
                assert!(said || unlike || partly, "{what}, row {row}: {why:?}");
                if begun <= last {
                    found.push((indicator.id.clone(), against, by.clone()));
                }
            }
        }
    }
    found.dedup();
    let of = |id: &str| found.iter().filter(|(own, ..)| own == id).count();
    // A season is of another disease; a single day is on record or not.
    assert!(of("age_sex") == 2 && of("age_sex_rate") == 2 && of("rate_ratio_by_period") == 1, "{found:?}");
    assert!(of("cases_against") >= 7, "{found:?}");
    // The same of a week before each day, and of what has come so far.
    let question = Question {
        from: Some(begun),
        to: Some(date(2025, 11, 30)),
        ..Question::of("week_ratio", "covid-19")
    };
    let weeks = answers.ask(&question).await.expect("answers");
    for (day, cases, other, why) in [
        (date(2025, 11, 17), None, None, Some("記録なし")),
        (date(2025, 11, 18), Some(7.0), None, Some("前の期間の記録なし")),
        (date(2025, 11, 24), Some(7.0), None, Some("前の期間は一部しか記録がない")),
        (date(2025, 11, 25), Some(7.0), Some(7.0), None),
    ] {
        let row = (0..weeks.len()).find(|row| weeks.cell(*row, "day").day() == Some(day)).expect("the day");
        let figures = (weeks.number(row, "cases"), weeks.number(row, "other_cases"));
        assert_eq!((figures, weeks.cell(row, "reason").text()), ((cases, other), why), "{day}");
    }
}

#[tokio::test]
async fn the_groups_of_a_pyramid_make_the_whole_in_both_spans() {
    let (ward, _) = begun_midway();
    let answers = ward.answers_at("2026-11-21T00:20");
    for against in Against::ALL {
        for from in [date(2026, 11, 20), date(2026, 11, 15), date(2026, 11, 13)] {
            let answer = asked(&answers, "age_sex", (from, date(2026, 11, 20)), against).await;
            let days = i64::from((date(2026, 11, 20) - from).get_days()) + 1;
            let whole = |columns: [&str; 3]| -> Vec<i64> {
                let all = (0..answer.len()).flat_map(|row| columns.map(|name| answer.cell(row, name).int()));
                all.map(|cell| cell.expect("a figure")).collect()
            };
            assert_eq!(whole(["male", "female", "other"]).iter().sum::<i64>(), days, "{against:?} {from}");
            let before = whole(["male_before", "female_before", "other_before"]);
            assert_eq!(before.iter().sum::<i64>(), days, "{against:?} {from}");
            assert_eq!(answer.not_compared, None);
        }
    }
}
