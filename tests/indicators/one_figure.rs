//! A day or a period has one figure, whatever days are asked for with it.

use hinomi::answer::{Answer, Answers, Cell, Question};
use hinomi::definitions::indicator::Shape;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::ward::{Ward, time};

async fn asked(
    answers: &Answers,
    indicator: &str,
    by: Option<&str>,
    days: (Date, Date),
) -> std::sync::Arc<Answer> {
    let question = Question {
        by: by.map(str::to_owned),
        from: Some(days.0),
        to: Some(days.1),
        ..Question::of(indicator, "covid-19")
    };
    answers.ask(&question).await.unwrap_or_else(|e| panic!("{indicator}: {e}"))
}

/// The rows by their day, without those of periods that the range cuts.
fn whole(answer: &Answer) -> Vec<(Date, Vec<Cell>)> {
    let cut = |row: &usize| answer.cell(*row, "complete") == Cell::Bool(false);
    let rows = (0..answer.len()).filter(|row| !cut(row));
    rows.filter_map(|row| Some((answer.cell(row, "day").day()?, answer.row(row)))).collect()
}

fn differ(one: &Answer, other: &Answer) -> Option<String> {
    let (one, other) = (whole(one), whole(other));
    one.iter().find_map(|(day, row)| {
        let (_, twin) = other.iter().find(|(other, _)| other == day)?;
        (twin != row).then(|| format!("{day}: {row:?} and {twin:?}"))
    })
}

#[tokio::test]
async fn every_series_gives_a_day_the_same_figure_whatever_days_are_asked_for() {
    let ward = Ward::told();
    let (answers, _) = ward.answers();
    let ranges = [
        (date(2021, 3, 1), date(2022, 2, 16)),
        (date(2021, 12, 1), date(2022, 2, 16)),
        (date(2022, 1, 31), date(2022, 2, 14)),
        (date(2022, 2, 9), date(2022, 2, 12)),
        (date(2022, 2, 10), date(2022, 2, 16)),
        (date(2021, 3, 29), date(2021, 4, 21)),
    ];
    let mut wrong = Vec::new();
    let mut compared = 0;
    for indicator in ward.catalog.indicators.values().filter(|i| i.shape == Shape::Series && i.names("from"))
    {
        let choices: Vec<Option<&str>> = if indicator.by.is_empty() {
            vec![None]
        } else {
            indicator.by.iter().map(|by| Some(by.as_str())).collect()
        };
        for by in choices {
            let mut told = Vec::new();
            for days in ranges {
                told.push(asked(&answers, &indicator.id, by, days).await);
            }
            for (one, other) in told
                .iter()
                .enumerate()
                .flat_map(|(place, one)| told[place + 1..].iter().map(move |o| (one, o)))
            {
                compared += 1;
                wrong.extend(differ(one, other).map(|what| format!("{} {by:?} {what}", indicator.id)));
            }
        }
    }
    assert!(compared > 500, "{compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A ward that received so many on each day from a first one on.
fn received(first: Date, counts: &[u32]) -> Ward {
    let ward = Ward::empty();
    let mut text = String::from("HER-SYS ID,疾病名,当該者の類型,年齢,報告年月日,受理日時\n");
    let mut number = 4_000_000;
    for (day, count) in (0_i64..).zip(counts) {
        let day = first.saturating_add(day.days());
        let day = format!("{:04}/{:02}/{:02}", day.year(), day.month(), day.day());
        for _ in 0..*count {
            number += 1;
            text += &format!("{number},新型コロナウイルス感染症,患者（確定例）,40,{day},{day} 10:00\n");
        }
    }
    let last = first.saturating_add((counts.len() as i64).days());
    let plain = |day: Date| day.to_string().replace('-', "");
    ward.told_at(&format!("hersys_{}-{}.csv", plain(first), plain(last)), &text, &format!("{last}T06:00"));
    ward
}

fn rt(answer: &Answer) -> Vec<(Option<f64>, Option<String>)> {
    let reason = |row| answer.cell(row, "reason").text().map(str::to_owned);
    (0..answer.len()).map(|row| (answer.number(row, "value"), reason(row))).collect()
}

#[tokio::test]
async fn the_reproduction_number_knows_of_an_earlier_wave_that_is_out_of_sight() {
    let mut counts = [0; 130];
    (counts[0], counts[2], counts[3], counts[118], counts[120], counts[121]) = (1, 1, 2, 2, 1, 3);
    let first = date(2021, 3, 10);
    let ward = received(first, &counts);
    let last = first.saturating_add(129.days());
    ward.speaks("her-sys-cases", time("2021-08-01T11:55"));
    let answers = ward.answers_at("2021-08-01T12:00");
    let long = asked(&answers, "reproduction_number", None, (first, last)).await;
    let short = asked(&answers, "reproduction_number", None, (first.saturating_add(117.days()), last)).await;
    assert_eq!((long.len(), short.len()), (130, 13));
    assert_eq!(rt(&long)[117..], rt(&short)[..]);
    // Weeks without a case: the prior would climb to its mean of 5.
    for (day, (value, reason)) in rt(&long).iter().enumerate().take(118).skip(30) {
        assert!(value.is_none() && reason.is_some(), "day {day}: {value:?} {reason:?}");
    }
    assert_eq!(long.as_of, time("2021-08-01T12:00"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn any_two_ranges_agree_on_the_reproduction_number_of_every_day(
        counts in prop::collection::vec(prop::sample::select(vec![0u32, 0, 0, 0, 1, 2, 5]), 40..200),
        ranges in prop::collection::vec((0i64..200, 0i64..60), 2..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let first = date(2021, 1, 5);
        let ward = received(first, &counts);
        let answers = ward.answers_at("2021-10-01T12:00");
        let mut told: Vec<std::sync::Arc<Answer>> = Vec::new();
        for (start, length) in ranges {
            let from = first.saturating_add(start.days());
            let asked = asked(&answers, "reproduction_number", None, (from, from.saturating_add(length.days())));
            told.push(runtime.block_on(asked));
        }
        for (place, one) in told.iter().enumerate() {
            for other in &told[place + 1..] {
                prop_assert_eq!(differ(one, other), None);
            }
        }
    }
}
