//! Rows that were held back mark the figures that they could change, and no others.

use std::collections::BTreeSet;

use hinomi::answer::Question;

use super::figures::samples;
use super::ward::Ward;

const NOW: &str = "2022-02-16T14:00";

/// A file of each source of which one row is held back.
fn files(source: &str) -> (&'static str, String) {
    let rows = |header: &str, good: &dyn Fn(u32) -> String, bad: &str| {
        let (before, after) =
            ((1..=30).map(good).collect::<String>(), (31..=60).map(good).collect::<String>());
        format!("{header}\n{before}{bad}\n{after}")
    };
    match source {
        "open-data-patients" => (
            "x_patients.csv",
            rows(
                "No,公表_年月日,患者_居住地,患者_年代,患者_性別",
                &|n| format!("{n},2022-02-{:02},都内,40代,男性\n", n % 14 + 1),
                "61,きのう,都内,40代,男性",
            ),
        ),
        "her-sys-cases" => (
            "hersys_20220101-20220216.csv",
            rows(
                "HER-SYS ID,疾病名,当該者の類型,届出経路,管轄区分,区民,性別,年齢,住所,報告年月日,受理日時",
                &|n| {
                    let day = n % 14 + 1;
                    format!(
                        "{},新型コロナウイルス感染症,患者（確定例）,HER-SYS,管内,1,男,45,港区芝公園,2022-02-{day:02},2022-02-{day:02} 10:00\n",
                        1_000_000 + n
                    )
                },
                "1000090,新型コロナウイルス感染症,患者（確定例）,HER-SYS,管内,1,男,45,港区芝公園,きのう,2022-02-10 10:00",
            ),
        ),
        "hospital-beds" => (
            "beds_20220216.csv",
            rows(
                "医療機関コード,医療機関名,対象疾病,報告日時,入院者数,うち確保病床,うち重症,重症の基準",
                &|n| format!("H{n:03},,新型コロナウイルス感染症,2022/02/16 09:00,2,2,1,都\n"),
                "H099,,新型コロナウイルス感染症,きのう,2,2,1,都",
            ),
        ),
        _ => (
            "x_testing_positive_cases.csv",
            rows(
                "全国地方公共団体コード,日付,陽性者数（累計）,入院中,軽症・中等症,重症,死亡,退院",
                &|n| format!("130001,2021-{:02}-{:02},{n},1,1,0,0,0\n", n / 28 + 1, n % 28 + 1),
                "130001,きのう,9,1,1,0,0,0",
            ),
        ),
    }
}

/// The indicators that say something is held back, with what they are asked by.
async fn marked(ward: &Ward, disease: &str) -> BTreeSet<String> {
    let answers = ward.answers_at(NOW);
    let mut marked = BTreeSet::new();
    for indicator in ward.catalog.indicators.values().filter(|own| !own.lists_items()) {
        let by =
            indicator.by.iter().map(|by| Some(by.clone())).chain(indicator.by.is_empty().then_some(None));
        for by in by {
            let question = Question { by: by.clone(), ..Question::of(&indicator.id, disease) };
            let answer = answers.ask(&question).await.unwrap_or_else(|e| panic!("{question:?}: {e}"));
            if answer.sources.iter().any(|source| source.held_back.is_some()) {
                marked.insert(match by {
                    Some(by) if indicator.id == "aggregate_series" => format!("{} {by}", indicator.id),
                    _ => indicator.id.clone(),
                });
            }
        }
    }
    marked
}

#[tokio::test]
async fn held_rows_mark_what_they_can_touch() {
    for (source, touched, untouched) in [
        (
            "open-data-patients",
            &["new_cases_published"][..],
            &[
                "new_cases_received",
                "received_today",
                "bed_occupancy",
                "inpatients",
                "under_care",
                "rate_by_age",
                "aggregate_series inpatients",
            ][..],
        ),
        (
            "her-sys-cases",
            &[
                "new_cases_received",
                "new_cases_reported",
                "received_today",
                "rate_by_age",
                "inpatients",
                "under_care_per_100k",
            ][..],
            &["bed_occupancy", "hospital_beds", "aggregate_series inpatients", "published_by_area"][..],
        ),
        (
            "hospital-beds",
            &["bed_occupancy", "bed_occupancy_now", "severe_bed_occupancy", "hospital_beds"][..],
            &["new_cases_received", "inpatients", "under_care", "aggregate_series inpatients"][..],
        ),
        (
            "status-table",
            &["aggregate_series inpatients", "aggregate_series cumulative_deaths", "published_by_area"][..],
            &[
                "aggregate_series secured_beds",
                "aggregate_series facility",
                "new_cases_published",
                "bed_occupancy",
            ][..],
        ),
    ] {
        let ward = Ward::empty();
        let (name, text) = files(source);
        for (minute, (own, text)) in samples().into_iter().enumerate() {
            // One file of a source is enough.
            if own.split('_').next() != name.split('_').next() {
                ward.told_at(&own, &text, &format!("2022-02-16T13:{:02}", 10 + minute));
            }
        }
        ward.held_back_at(source, name, &text, "2022-02-16T13:50");
        let found = marked(&ward, "covid-19").await;
        for id in touched {
            assert!(found.contains(*id), "{source}: {id} of {found:?}");
        }
        for id in untouched {
            assert!(!found.contains(*id), "{source}: {id} of {found:?}");
        }
        // Whatever an indicator reads of this source's table, nothing else is marked.
        let mapping = &ward.catalog.mappings[source];
        for id in &found {
            let indicator = &ward.catalog.indicators[id.split(' ').next().expect("a name")];
            assert!(
                indicator.source.iter().any(|own| *own == mapping.table || *own == mapping.source),
                "{source}: {id}"
            );
        }
        // Of a disease that the source does not tell of.
        if source != "her-sys-cases" {
            let other: Vec<String> = marked(&ward, "measles")
                .await
                .into_iter()
                .filter(|id| ward.catalog.indicators[id.split(' ').next().expect("a name")].takes_disease())
                .collect();
            assert_eq!(other, [""; 0], "{source}");
        }
    }
}
