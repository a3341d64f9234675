//! Whoever is in two places at once by what is on record counts once, by every figure of people under care, and the figure says so.

use hinomi::answer::{Answer, Question};
use hinomi::definitions::indicator::Indicator;
use jiff::civil::date;

use super::ward::Ward;

const HEAD: &str =
    "HER-SYS ID,療養回,疾病名,療養区分,区内,入院調整の優先度,重症度,重症度の基準,開始日時,終了日時\n";

/// As the ledger has it: ends that were forgotten, a transfer on two days at once, a stay within another, two of one moment.
const OVERLAPPING: &str = "\
600001,1,COVID-19,自宅,,,軽症,都,2026/11/01 09:00,
600001,2,COVID-19,入院,1,,重症,都,2026/11/10 10:00,
600002,1,COVID-19,入院,1,,中等症Ⅱ,都,2026/11/02 10:00,2026/11/18 10:00
600002,2,COVID-19,入院,0,,重症,都,2026/11/15 13:00,
600003,1,COVID-19,自宅,,,軽症,都,2026/11/01 09:00,2026/11/30 10:00
600003,2,COVID-19,ホテル,,,軽症,都,2026/11/05 09:00,2026/11/10 18:00
600004,1,COVID-19,入院調整中,,待機,軽症,都,2026/11/20 08:00,
600004,2,COVID-19,入院調整中,,緊急,中等症Ⅰ,都,2026/11/20 08:00,
600005,1,COVID-19,自宅,,,無症状,都,2026/11/03 09:00,
600006,1,COVID-19,入院,1,,軽症,都,2026/11/03 09:00,2026/11/12 09:00
600006,2,COVID-19,自宅,,,軽症,都,2026/11/12 09:00,
";

/// The same as a person reads it: the stay that began last is where they are.
const APART: &str = "\
600001,1,COVID-19,自宅,,,軽症,都,2026/11/01 09:00,2026/11/10 10:00
600001,2,COVID-19,入院,1,,重症,都,2026/11/10 10:00,
600002,1,COVID-19,入院,1,,中等症Ⅱ,都,2026/11/02 10:00,2026/11/15 13:00
600002,2,COVID-19,入院,0,,重症,都,2026/11/15 13:00,
600003,1,COVID-19,自宅,,,軽症,都,2026/11/01 09:00,2026/11/05 09:00
600003,2,COVID-19,ホテル,,,軽症,都,2026/11/05 09:00,2026/11/10 18:00
600003,3,COVID-19,自宅,,,軽症,都,2026/11/10 18:00,2026/11/30 10:00
600004,2,COVID-19,入院調整中,,緊急,中等症Ⅰ,都,2026/11/20 08:00,
600005,1,COVID-19,自宅,,,無症状,都,2026/11/03 09:00,
600006,1,COVID-19,入院,1,,軽症,都,2026/11/03 09:00,2026/11/12 09:00
600006,2,COVID-19,自宅,,,軽症,都,2026/11/12 09:00,
";

fn told(ledger: &str) -> Ward {
    let ward = Ward::empty();
    let mut notified =
        "HER-SYS ID,疾病名,当該者の類型,管轄区分,区民,性別,年齢,住所,重症度,報告年月日,受理日時\n".to_owned();
    for number in 1..=6 {
        notified += &format!(
            "60000{number},COVID-19,患者（確定例）,管内,1,女,40,港区芝公園,軽症,2026/11/01,2026/11/01 08:00\n"
        );
    }
    let population =
        std::fs::read_to_string(crate::support::house("data-samples/expected/population_20220201.csv"));
    ward.told_at("population_20220201.csv", &population.expect("the sample"), "2026-10-01T09:00");
    ward.told_at("hersys_20261101-20261120.csv", &notified, "2026-11-20T11:58");
    ward.told_at("ledger_20261120.csv", &format!("{HEAD}{ledger}"), "2026-11-20T11:59");
    ward
}

/// Length of stay is of stays as they are on record, and what is projected learns of when they became known.
fn counts_people(indicator: &Indicator) -> bool {
    let of_stays = ["length_of_stay", "stay_curve", "bed_projection", "bed_reach", "bed_backtest"];
    indicator.source.iter().any(|table| table == "placements") && !of_stays.contains(&&*indicator.id)
}

async fn asked(ward: &Ward, indicator: &Indicator, by: Option<&String>, at: &str) -> Answer {
    let days = (indicator.takes_period()).then_some((date(2026, 11, 1), date(2026, 11, 20)));
    let question = Question {
        by: by.cloned(),
        from: days.map(|days| days.0),
        to: days.map(|days| days.1),
        ..Question::of(&indicator.id, "covid-19")
    };
    let answer = ward.answers_at(at).ask(&question).await;
    Answer::clone(&*answer.unwrap_or_else(|e| panic!("{}: {e}", indicator.id)))
}

#[tokio::test]
async fn a_person_in_two_places_at_once_counts_once_in_every_figure_and_it_says_so() {
    let (overlapping, apart) = (told(OVERLAPPING), told(APART));
    let mut seen = Vec::new();
    for indicator in overlapping.catalog.indicators.values().filter(|of| counts_people(of)) {
        let by: Vec<Option<&String>> = match indicator.by.is_empty() {
            true => vec![None],
            false => indicator.by.iter().map(Some).collect(),
        };
        for by in by {
            let at = "2026-11-20T12:00";
            let own = asked(&overlapping, indicator, by, at).await;
            let right = asked(&apart, indicator, by, at).await;
            let rows = |answer: &Answer| (0..answer.len()).map(|row| answer.row(row)).collect::<Vec<_>>();
            assert_eq!(rows(&own), rows(&right), "{} {by:?}", indicator.id);
            assert!(!own.is_empty(), "{}", indicator.id);
            // Two are in two places now; two more were in the days before. What is put together from others says what they say.
            let people: &[u64] = match (indicator.lists_items(), indicator.takes_period()) {
                (true, _) => &[2, 4],
                (false, true) => &[4],
                (false, false) => &[2],
            };
            let said = |n: &u64| format!("滞在の記録が重なる者{n}人は、後から始まった滞在だけで数える");
            let notes: Vec<String> = own.caveats.iter().map(|note| note.ja.clone()).collect();
            let known = notes.iter().all(|note| people.iter().any(|n| said(n) == *note));
            assert!(known && !notes.is_empty(), "{}: {notes:?}", indicator.id);
            assert!(right.caveats.is_empty(), "{}", indicator.id);
        }
        seen.push(indicator.id.clone());
    }
    assert!(seen.len() >= 9, "{seen:?}");
    let of = |id: &str| seen.iter().any(|seen| seen == id);
    assert!(of("under_care") && of("inpatients_by_day") && of("severity_now") && of("awaiting_admission"));
}

#[tokio::test]
async fn all_places_together_are_as_many_as_there_are_people() {
    let ward = told(OVERLAPPING);
    let now = asked(&ward, &ward.catalog.indicators["under_care"], None, "2026-11-20T12:00").await;
    assert_eq!(now.number(0, "value"), Some(6.0));
    let named = ["hospital", "hotel", "home", "facility", "undecided", "awaiting"];
    let sum =
        |answer: &Answer, row: usize| named.iter().filter_map(|name| answer.number(row, name)).sum::<f64>();
    assert_eq!(sum(&now, 0), 6.0);
    let by_day =
        asked(&ward, &ward.catalog.indicators["under_care_by_place"], None, "2026-11-20T12:00").await;
    let people: Vec<f64> = (0..by_day.len()).map(|row| sum(&by_day, row)).collect();
    assert_eq!(people[..4], [2.0, 3.0, 5.0, 5.0]);
    assert!(people[4..19].iter().all(|people| *people == 5.0), "{people:?}");
}
