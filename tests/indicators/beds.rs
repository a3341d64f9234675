//! A count of beds that can't be read holds nobody's figure silently: who is left out is named, in both sums alike.

use hinomi::answer::{Answers, Cell, Question};
use jiff::civil::date;

use super::ward::Ward;

const FACILITIES: &str =
    "施設コード,施設名,種別,区内,地区\nH001,甲,病院,1,芝\nH002,乙,病院,1,麻布\nH003,丙,病院,1,赤坂\n";
const PLANNED: &str = "医療機関コード,医療機関名,対象疾病,適用開始日,確保病床,即応病床,最終フェーズ,うち重症者用確保病床,うち重症者用即応病床\n";
const REPORTED: &str =
    "医療機関コード,医療機関名,対象疾病,報告日時,入院者数,うち確保病床,うち重症,重症の基準\n";

/// Three hospitals of 20, 10 and 30 beds; `planned` of the second, `occupied` of the third.
fn ward(planned: &str, occupied: &str) -> Ward {
    let ward = Ward::empty();
    let capacity = [("H001", "20"), ("H002", planned), ("H003", "30")].map(|(hospital, beds)| {
        format!("{hospital},,新型コロナウイルス感染症,2022-01-01,{beds},{beds},{beds},4,4\n")
    });
    let reports = [("H001", "12"), ("H002", "5"), ("H003", occupied)].map(|(hospital, people)| {
        format!("{hospital},,新型コロナウイルス感染症,2022/02/16 09:00,{people},{people},1,都\n")
    });
    ward.told_at("facilities_20220101.csv", FACILITIES, "2022-02-15T08:00");
    ward.told_at("capacity_20220215.csv", &(PLANNED.to_owned() + &capacity.concat()), "2022-02-15T18:00");
    ward.told_at("beds_20220216.csv", &(REPORTED.to_owned() + &reports.concat()), "2022-02-16T09:20");
    ward
}

/// The last row's share, its two parts and its reason.
async fn last(answers: &Answers, indicator: &str) -> (Option<f64>, Option<i64>, Option<i64>, String) {
    let question = Question {
        from: (indicator == "bed_occupancy").then(|| date(2022, 2, 14)),
        ..Question::of(indicator, "covid-19")
    };
    let answer = answers.ask(&question).await.unwrap_or_else(|e| panic!("{indicator}: {e}"));
    let row = answer.len() - 1;
    let text = answer.cell(row, "reason").text().unwrap_or_default().to_owned();
    (
        answer.number(row, "value").map(|share| (share * 10.0).round() / 10.0),
        answer.cell(row, "occupied").int(),
        answer.cell(row, "secured").int(),
        text,
    )
}

const OCCUPANCY: [&str; 2] = ["bed_occupancy", "bed_occupancy_now"];

#[tokio::test]
async fn who_is_left_out_of_both_sums_is_named() {
    for (planned, occupied, people, beds, said) in [
        ("10", "6", 23, 60, ""),
        ("約10", "6", 18, 50, "麻布訓練病院を除く（読めない値か空欄）"),
        ("10", "満床", 17, 30, "赤坂訓練病院を除く（読めない値か空欄）"),
        ("満床", "", 12, 20, "麻布訓練病院・赤坂訓練病院を除く（読めない値か空欄）"),
    ] {
        let ward = ward(planned, occupied);
        let answers = ward.answers_at("2022-02-16T14:00");
        for indicator in OCCUPANCY {
            let share = (1000.0 * f64::from(people) / f64::from(beds)).round() / 10.0;
            let expected = (Some(share), Some(i64::from(people)), Some(i64::from(beds)), said.to_owned());
            assert_eq!(last(&answers, indicator).await, expected, "{indicator} {planned} {occupied}");
        }
    }
}

#[tokio::test]
async fn who_has_not_reported_is_named_too_and_nobody_makes_no_figure() {
    let ward = ward("満床", "6");
    // Three days later nobody has reported again but the second, whose beds can't be told.
    let again = format!("{REPORTED}H002,,新型コロナウイルス感染症,2022/02/19 09:00,5,5,1,都\n");
    ward.told_at("beds_20220219.csv", &again, "2022-02-19T09:20");
    let answers = ward.answers_at("2022-02-19T14:00");
    for indicator in OCCUPANCY {
        let (share, _, _, why) = last(&answers, indicator).await;
        let said =
            "麻布訓練病院を除く（読めない値か空欄）、芝訓練総合病院・赤坂訓練病院を除く（3日以内の報告なし）";
        assert_eq!((share, why.as_str()), (None, said), "{indicator}");
    }
}

#[tokio::test]
async fn a_hospital_without_stated_beds_is_left_out_by_name() {
    let ward = ward("10", "6");
    let other = format!("{FACILITIES}H004,丁,病院,1,高輪\n");
    ward.told_at("facilities_20220216.csv", &other, "2022-02-16T09:30");
    let report = format!("{REPORTED}H004,,新型コロナウイルス感染症,2022/02/16 09:10,3,3,1,都\n");
    ward.told_at("beds_20220216b.csv", &report, "2022-02-16T09:40");
    let answers = ward.answers_at("2022-02-16T14:00");
    for indicator in OCCUPANCY {
        let (share, people, beds, why) = last(&answers, indicator).await;
        assert_eq!((share, people, beds), (Some(38.3), Some(23), Some(60)), "{indicator}");
        assert!(why.ends_with("を除く（病床数の報告なし）"), "{indicator}: {why}");
    }
}

#[tokio::test]
async fn each_hospital_says_what_cannot_be_told_of_it() {
    let ward = ward("約10", "満床");
    let answers = ward.answers_at("2022-02-16T14:00");
    let answer = answers.ask(&Question::of("hospital_beds", "covid-19")).await.expect("answers");
    let reasons: Vec<String> = (0..answer.len()).map(|row| answer.cell(row, "reason").to_string()).collect();
    assert_eq!(answer.cell(0, "reason"), Cell::Null, "{reasons:?}");
    assert!(reasons[1].contains("確保病床: 読めない値か空欄"), "{reasons:?}");
    assert!(reasons[2].contains("入院者: 読めない値か空欄"), "{reasons:?}");
    let now = answers.ask(&Question::of("bed_occupancy_now", "covid-19")).await.expect("answers");
    let days = ["reported_from", "reported_to"].map(|name| now.cell(0, name).day());
    assert_eq!(days, [Some(date(2022, 2, 16)); 2]);
}

/// Each finding about hospitals is brought about by one of them, and names that one alone.
#[tokio::test]
async fn a_finding_names_the_hospital_of_its_own_row() {
    let whole = ward("10", "6");
    let quiet = whole.answers_at("2022-02-16T14:00").data_faults().await.expect("looks");
    let of_hospitals = |faults: &[hinomi::answer::DataFault]| -> Vec<(String, Vec<String>)> {
        let codes = |fault: &hinomi::answer::DataFault| {
            let own = fault.told.iter().flat_map(|group| &group.of);
            own.filter(|of| of.column == "facility_id").filter_map(|of| of.code.clone()).collect()
        };
        faults
            .iter()
            .map(|fault| (fault.id.clone(), codes(fault)))
            .filter(|(_, own): &(_, Vec<_>)| !own.is_empty())
            .collect()
    };
    assert_eq!(of_hospitals(&quiet), [], "nothing is amiss");
    let report = |hospital: &str, at: &str, occupied: &str, secured: &str, severe: &str| {
        format!("{hospital},,新型コロナウイルス感染症,{at},{occupied},{secured},{severe},都\n")
    };
    let noon = "2022/02/16 12:00";
    for (finding, row) in [
        ("occupancy_above_secured", report("H002", noon, "11", "5", "1")),
        ("bed_parts_above_whole", report("H002", noon, "3", "3", "4")),
        ("reports_without_capacity", report("H077", noon, "3", "3", "0")),
        ("unknown_facilities", report("H077", noon, "3", "3", "0")),
    ] {
        let ward = ward("10", "6");
        ward.told_at("beds_20220216b.csv", &(REPORTED.to_owned() + &row), "2022-02-16T12:20");
        let found = of_hospitals(&ward.answers_at("2022-02-16T14:00").data_faults().await.expect("looks"));
        let own = row.split(',').next().expect("a code").to_owned();
        let named = found.iter().find(|(id, _)| id == finding).map(|(_, named)| named.clone());
        assert_eq!(named, Some(vec![own]), "{finding}: {found:?}");
    }
    // One reports earlier than all others: the others are of the day before, and that is said of them.
    let ward = ward("満床", "6");
    let next = report("H003", "2022/02/17 09:00", "6", "6", "1");
    ward.told_at("beds_20220217.csv", &(REPORTED.to_owned() + &next), "2022-02-17T09:20");
    let found = of_hospitals(&ward.answers_at("2022-02-17T10:00").data_faults().await.expect("looks"));
    let named = |id: &str| found.iter().find(|(own, _)| own == id).map(|(_, named)| named.clone());
    assert_eq!(named("bed_reports_of_different_days"), Some(vec!["H001".into(), "H002".into()]));
    assert_eq!(named("reports_without_capacity"), Some(vec!["H002".into()]), "its beds can't be told");
}

/// Every indicator of beds in the ward, but those that list hospitals one by one or say how good a projection was.
const IN_THE_WARD: [&str; 9] = [
    "bed_occupancy",
    "bed_occupancy_final",
    "bed_occupancy_in_secured",
    "bed_occupancy_now",
    "bed_occupancy_planned",
    "bed_occupancy_ready",
    "bed_projection",
    "bed_reach",
    "severe_bed_occupancy",
];

/// The last row of an indicator of beds: who is in it, of how many, and its reason.
async fn headcount(answers: &Answers, indicator: &str) -> (Option<i64>, Option<i64>, String) {
    let answer = answers.ask(&Question::of(indicator, "covid-19")).await;
    let answer = answer.unwrap_or_else(|e| panic!("{indicator}: {e}"));
    let row = if indicator == "bed_projection" { 0 } else { answer.len() - 1 };
    let count = |name: &str| answer.column_index(name).and_then(|_| answer.cell(row, name).int());
    let reason = answer.cell(row, "reason").text().unwrap_or_default().to_owned();
    (count("reported"), count("hospitals"), reason)
}

/// Of some hospital it is not known whether it lies in the ward: it is in no sum, and named in every one.
#[tokio::test]
async fn a_hospital_of_unknown_place_is_named_in_every_indicator_of_beds() {
    let ledger = "HER-SYS ID,療養回,疾病名,療養区分,施設コード,区内,重症度,重症度の基準,開始日時,終了日時\n\
                  100001,1,新型コロナウイルス感染症,入院,H001,1,軽症,都,2022-02-10 10:00,\n";
    for (listed, said) in [
        ("H003,丙,病院,,赤坂\n", "赤坂訓練病院を除く（区内・区外不明）"),
        ("", "赤坂訓練病院を除く（施設一覧にない）"),
        // Known to lie outside: it is none of the ward's.
        ("H003,丙,病院,0,\n", ""),
    ] {
        let ward = ward("10", "6");
        let others = FACILITIES.lines().filter(|line| !line.starts_with("H003"));
        let list: String = others.map(|line| format!("{line}\n")).chain([listed.to_owned()]).collect();
        ward.told_at("facilities_20220216.csv", &list, "2022-02-16T09:30");
        ward.told_at("ledger_20220216.csv", ledger, "2022-02-16T13:55");
        let answers = ward.answers_at("2022-02-16T14:00");
        let all: Vec<&str> = ward
            .catalog
            .indicators
            .values()
            .filter(|own| own.group.as_deref() == Some("beds"))
            .map(|own| &*own.id)
            .collect();
        let others = ["bed_backtest", "hospital_beds"];
        assert!(all.iter().all(|id| IN_THE_WARD.contains(id) || others.contains(id)), "{all:?}");
        for indicator in IN_THE_WARD {
            let (reported, hospitals, reason) = headcount(&answers, indicator).await;
            if said.is_empty() {
                assert!(!reason.contains("赤坂訓練病院"), "{indicator}: {reason}");
            } else {
                assert!(reason.ends_with(said), "{indicator} {listed}: {reason}");
            }
            if !["bed_projection", "bed_reach"].contains(&indicator) {
                let of = if said.is_empty() { 2 } else { 3 };
                assert_eq!((reported, hospitals), (Some(2), Some(of)), "{indicator} {listed}");
            }
        }
        let beds = answers.ask(&Question::of("hospital_beds", "covid-19")).await.expect("answers");
        let row = (0..beds.len())
            .find(|row| beds.cell(*row, "facility_id").text() == Some("H003"))
            .expect("listed");
        let reason = beds.cell(row, "reason").text().unwrap_or_default().to_owned();
        let own = said.trim_start_matches("赤坂訓練病院を除く（").trim_end_matches('）');
        assert_eq!(reason, own, "{listed}");
    }
}

/// The beds that a projection is held against are those of the hospitals that reported: who is not among them is named.
#[tokio::test]
async fn a_projection_names_whose_beds_it_does_not_count() {
    let ward = ward("満床", "6");
    let ledger = "HER-SYS ID,療養回,疾病名,療養区分,施設コード,区内,重症度,重症度の基準,開始日時,終了日時\n\
                  100001,1,新型コロナウイルス感染症,入院,H001,1,軽症,都,2022-02-10 10:00,\n";
    ward.told_at("ledger_20220216.csv", ledger, "2022-02-16T13:55");
    ward.told_at("ledger_20220224.csv", ledger, "2022-02-24T13:55");
    for (at, said) in [
        ("2022-02-16T14:00", "麻布訓練病院を除く（読めない値か空欄）"),
        ("2022-02-24T14:00", "芝訓練総合病院・麻布訓練病院・赤坂訓練病院を除く（3日以内の報告なし）"),
    ] {
        let answers = ward.answers_at(at);
        for indicator in ["bed_projection", "bed_reach"] {
            let (_, _, reason) = headcount(&answers, indicator).await;
            assert!(reason.ends_with(said), "{indicator} {at}: {reason}");
        }
    }
}

/// By one standard of severity those who report by another, or by none, are in no sum, and named.
#[tokio::test]
async fn a_hospital_that_judges_by_another_standard_is_named() {
    let ward = ward("10", "6");
    let report = |hospital: &str, severe: &str, basis: &str| {
        format!("{hospital},,新型コロナウイルス感染症,2022/02/16 12:00,9,9,{severe},{basis}\n")
    };
    let again = [report("H002", "2", "国"), report("H003", "1", "")].concat();
    ward.told_at("beds_20220216b.csv", &(REPORTED.to_owned() + &again), "2022-02-16T12:20");
    let answers = ward.answers_at("2022-02-16T14:00");
    for (by, value, named) in [("tokyo", 25.0, "麻布訓練病院"), ("national", 50.0, "芝訓練総合病院")]
    {
        let question =
            Question { by: Some(by.to_owned()), ..Question::of("severe_bed_occupancy", "covid-19") };
        let answer = answers.ask(&question).await.expect("answers");
        let last = answer.len() - 1;
        assert_eq!(answer.number(last, "value"), Some(value), "{by}");
        assert_eq!(
            (answer.cell(last, "reported").int(), answer.cell(last, "hospitals").int()),
            (Some(1), Some(3)),
            "{by}"
        );
        let said = format!("{named}を除く（重症の基準が異なる）、赤坂訓練病院を除く（重症の基準が不明）");
        assert_eq!(answer.cell(last, "reason").text(), Some(said.as_str()), "{by}");
    }
}
