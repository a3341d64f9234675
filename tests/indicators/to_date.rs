//! What was known then, and routes of infection: wards of their own, told a few notifications at a time.

use hinomi::answer::{Answer, Answers, Question};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::ward::{Ward, time};

const HEAD: &str = "HER-SYS ID,疾病名,当該者の類型,年齢,報告年月日,受理日時,入力日時,感染経路\n";

/// One notification received at a moment, in the export of its own day.
fn tell(ward: &Ward, number: u32, received: &str, route: &str, known: &str) {
    let day = received.split_once('T').map_or(received, |(day, _)| day);
    let plain = day.replace('-', "");
    let at = received.replace('T', " ").replace('-', "/");
    let row = format!(
        "{},新型コロナウイルス感染症,患者（確定例）,40,{},{at},{at},{route}\n",
        2_000_000 + number,
        day.replace('-', "/")
    );
    ward.told_at(&format!("hersys_{plain}-{plain}.csv"), &format!("{HEAD}{row}"), known);
}

async fn asked(answers: &Answers, as_of: Option<&str>) -> std::sync::Arc<Answer> {
    let question = Question { as_of: as_of.map(time), ..Question::of("to_date", "covid-19") };
    answers.ask(&question).await.expect("answers")
}

/// The row of a span: value, before, `before_now`, `last_year`, and the reason.
fn row(answer: &Answer, code: &str) -> (Vec<Option<i64>>, Option<String>) {
    let found = (0..answer.len()).find(|r| answer.cell(*r, "span").text() == Some(code)).expect("the span");
    let whole = |name: &&str| answer.cell(found, name).int();
    let columns = ["value", "before", "before_now", "last_year"];
    (columns.iter().map(whole).collect(), answer.cell(found, "reason").text().map(str::to_owned))
}

#[tokio::test]
async fn before_is_what_was_known_then() {
    let ward = Ward::empty();
    tell(&ward, 1, "2022-01-03T10:00", "確定", "2022-01-03T12:00");
    // The source speaks every half hour: at these moments it had said all.
    let heard = |moment: &str| ward.speaks("her-sys-cases", time(moment));
    heard("2022-01-15T13:50");
    heard("2022-02-01T13:50");
    tell(&ward, 2, "2022-02-07T10:00", "不明", "2022-02-07T12:00");
    heard("2022-02-08T13:50");
    // Received on the Tuesday, but told only on the Thursday.
    tell(&ward, 3, "2022-02-08T10:00", "不明", "2022-02-10T09:00");
    tell(&ward, 4, "2022-02-15T10:00", "推定", "2022-02-15T12:00");
    heard("2022-02-15T13:50");
    let answers = ward.answers_at("2022-02-15T14:00");
    let now = asked(&answers, None).await;
    assert_eq!(row(&now, "this_week").0, [Some(1), Some(1), Some(2), None]);
    assert_eq!(row(&now, "this_day").0, [Some(1), Some(0), Some(1), None]);
    assert_eq!(row(&now, "this_day").1.as_deref(), Some("比較対象が0件"));
    // January's records begin on the 3rd, December has none.
    assert_eq!(
        row(&now, "this_quarter"),
        (vec![Some(4), None, None, None], Some("一部記録（1月3日から）".to_owned()))
    );
    // A week earlier the second was known and the third was not.
    let then = asked(&answers, Some("2022-02-08T14:00")).await;
    assert_eq!(row(&then, "this_week").0, [Some(1), Some(0), Some(0), None]);
}

#[tokio::test]
async fn what_had_not_been_delivered_is_not_counted_as_absent() {
    let ward = Ward::empty();
    tell(&ward, 1, "2022-02-07T10:00", "確定", "2022-02-07T12:00");
    tell(&ward, 2, "2022-02-08T10:00", "確定", "2022-02-08T18:00");
    tell(&ward, 4, "2022-02-14T10:00", "確定", "2022-02-15T13:49");
    tell(&ward, 3, "2022-02-15T10:00", "確定", "2022-02-15T13:50");
    // On Tuesday the 8th at 14:00 the source had been silent since noon of the day before.
    let now = asked(&ward.answers_at("2022-02-15T14:00"), None).await;
    let (figures, reason) = row(&now, "this_week");
    assert_eq!(
        (figures, reason.as_deref()),
        (vec![Some(2), None, Some(2), None], Some("当時のデータ未着のため比較不可"))
    );
    // The other way round: it had spoken then and is silent now.
    tell(&ward, 1, "2022-02-07T10:00", "確定", "2022-02-22T08:00");
    let late = asked(&ward.answers_at("2022-02-22T14:00"), None).await;
    let (figures, reason) = row(&late, "this_week");
    assert_eq!((figures, reason.as_deref()), (vec![None; 4], Some("未着（2月15日 13:50までのデータ）")));
}

#[tokio::test]
async fn what_was_loaded_later_was_not_known_then() {
    let ward = Ward::empty();
    for (number, day) in [(1, "2022-01-03T10:00"), (2, "2022-02-07T10:00"), (3, "2022-02-14T10:00")] {
        tell(&ward, number, day, "確定", &format!("2022-02-15T12:0{number}"));
    }
    let answers = ward.answers_at("2022-02-15T14:00");
    let now = asked(&answers, None).await;
    let (figures, reason) = row(&now, "this_week");
    assert_eq!(figures, [Some(1), None, Some(1), None]);
    assert_eq!(reason.as_deref(), Some("当時の記録なし"));
}

#[tokio::test]
async fn routes_that_are_not_known_are_a_share_of_those_stated() {
    let ward = Ward::empty();
    let told =
        [("2022-02-01", "不明"), ("2022-02-08", "不明"), ("2022-02-09", "確定"), ("2022-02-10", "不明")];
    let more = [("2022-02-11", "推定"), ("2022-02-12", "調査中"), ("2022-02-13", "不明")];
    for (number, (day, route)) in (1..).zip(told.into_iter().chain(more)) {
        tell(&ward, number, &format!("{day}T10:00"), route, &format!("{day}T12:00"));
    }
    ward.speaks("her-sys-cases", time("2022-02-15T13:55"));
    let answers = ward.answers_at("2022-02-15T14:00");
    let question = Question { from: "2022-02-14".parse().ok(), ..Question::of("unlinked_share", "covid-19") };
    let answer = answers.ask(&question).await.expect("answers");
    // Of the 8th to the 14th five state a route: three unknown, one traced, one presumed. The week before: one unknown.
    assert_eq!(answer.number(0, "value"), Some(60.0));
    assert_eq!((answer.number(0, "total"), answer.number(0, "unlinked_ratio")), (Some(5.0), Some(3.0)));
    assert!((answer.number(0, "unlinked_mean7").expect("a mean") - 3.0 / 7.0).abs() < 1e-12);

    let against = Question { by: Some("2021-04".into()), ..Question::of("against_reference", "covid-19") };
    let answer = answers.ask(&against).await.expect("answers");
    let last = answer.len() - 1;
    // The last complete day is the 14th.
    assert_eq!(answer.number(last, "value"), Some(60.0));
    assert_eq!(answer.cell(last, "reached").text(), Some("50%以上に該当"));
    // No bed was ever reported: no figure, and no mark.
    assert_eq!(answer.cell(0, "reason").text(), Some("未受信"));
    assert!(answer.cell(0, "reached").is_null() && answer.cell(0, "value").is_null());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]
    /// A batch accepted after the instant changes nothing that was known before it.
    #[test]
    fn as_of_never_sees_the_future(minutes in prop::collection::vec(0i64..10_000, 1..5)) {
        let ward = Ward::empty();
        tell(&ward, 1, "2022-01-31T10:00", "確定", "2022-01-31T12:00");
        tell(&ward, 2, "2022-02-07T10:00", "確定", "2022-02-07T12:00");
        tell(&ward, 1, "2022-01-31T10:00", "確定", "2022-02-08T13:50");
        let answers = ward.answers_at("2022-02-15T14:00");
        let runtime = tokio::runtime::Builder::new_multi_thread().build().expect("a runtime");
        let before = |answers: &Answers| {
            let answer = runtime.block_on(asked(answers, None));
            ["this_day", "this_week"].map(|code| row(&answer, code).0[1])
        };
        let first = before(&answers);
        // Each was received in the week before and becomes known after the same point of that week.
        for (number, minute) in (3..).zip(minutes) {
            let known = time("2022-02-08T14:01") + SignedDuration::from_mins(i64::from(number) * 20_000 / 1_000 + minute.min(100));
            let day = 1 + number % 7;
            let text = hinomi::epi::clock::jst(known).to_string();
            tell(&ward, number, &format!("2022-02-0{day}T09:{:02}", minute % 60), "確定", &text);
            prop_assert_eq!(before(&answers), first);
        }
    }
}
