//! A population that lacks a sex, an age or a district makes no rate too high: each rate is that of the whole population, or none,
//! and says who is missing.

use std::fmt::Write as _;

use hinomi::answer::{Answer, Cell, Question};
use hinomi::definitions::role::Role;

use super::ward::Ward;

const DISTRICTS: [&str; 5] = ["芝", "麻布", "赤坂", "高輪", "芝浦港南"];
const NOW: &str = "2022-02-14T14:00";

/// Persons of each district, sex and age; `keeps` leaves rows out.
fn population(months: &[&str], keeps: impl Fn(&str, &str, u32) -> bool) -> String {
    let mut text = "市区町村,基準日,地区,性別,年齢,人口\n".to_owned();
    for month in months {
        for (place, district) in (0u32..).zip(DISTRICTS) {
            for (sex, age) in ["男", "女"].into_iter().flat_map(|sex| (0..=90).map(move |age| (sex, age))) {
                if keeps(district, sex, age) {
                    let oldest = if age == 90 { "90歳以上".to_owned() } else { age.to_string() };
                    let _ =
                        writeln!(text, "港区,{month},{district},{sex},{oldest},{}", 100 + 10 * place + age);
                }
            }
        }
    }
    text
}

/// Thirty in each district, of both sexes and all ages, half of them a month before the others; and one of long ago.
fn cases() -> String {
    let mut text =
        "HER-SYS ID,疾病名,当該者の類型,届出経路,管轄区分,区民,性別,年齢,住所,報告年月日,受理日時\n"
            .to_owned();
    let towns = ["芝公園", "麻布十番", "赤坂", "高輪", "芝浦"];
    let mut row = |id: u32, sex: &str, age: u32, town: &str, day: &str| {
        let day = format!("{day},{day} 10:00");
        let _ = writeln!(
            text,
            "{id},新型コロナウイルス感染症,患者（確定例）,HER-SYS,管内,1,{sex},{age},港区{town},{day}"
        );
    };
    row(1_000_001, "男", 40, "芝公園", "2021-03-01");
    for (at, town) in (1u32..).zip(towns) {
        for n in 0..60 {
            let day = ["2022-02-10", "2022-02-12", "2022-01-10", "2022-01-12"][n as usize % 4];
            row(1_000_000 + at * 100 + n, ["男", "女"][n as usize / 2 % 2], n * 3 / 2, town, day);
        }
    }
    text
}

fn ward(population: &str) -> Ward {
    let ward = Ward::empty();
    ward.told_at("population_20220201.csv", population, "2022-02-01T09:00");
    ward.told_at("hersys_20210301-20220214.csv", &cases(), "2022-02-14T13:50");
    let ledger = "HER-SYS ID,療養回,疾病名,療養区分,施設コード,区内,重症度,重症度の基準,開始日時,終了日時\n\
                  1000101,1,新型コロナウイルス感染症,自宅,,,軽症,都,2022-02-10 10:00,\n";
    ward.told_at("ledger_20220214.csv", ledger, "2022-02-14T13:55");
    ward
}

/// The answers of every rate over people, by all that it may be asked by.
async fn rates(ward: &Ward) -> Vec<(String, Answer)> {
    let answers = ward.answers_at(NOW);
    let mut found = Vec::new();
    for indicator in ward.catalog.indicators.values().filter(|own| own.reads("population_cells")) {
        let bandings = ward.catalog.bandings_of(indicator);
        let bandings = bandings.iter().map(|banding| Some(banding.id.clone())).chain([None]);
        for bands in bandings {
            let question = Question { bands: bands.clone(), ..Question::of(&indicator.id, "covid-19") };
            let answer = answers.ask(&question).await.unwrap_or_else(|e| panic!("{question:?}: {e}"));
            found.push((format!("{} {bands:?}", indicator.id), Answer::clone(&answer)));
        }
    }
    found
}

const FIGURES: [Role; 7] = [
    Role::Value,
    Role::Lower(95),
    Role::Upper(95),
    Role::Male,
    Role::Female,
    Role::MaleBefore,
    Role::FemaleBefore,
];

/// The figures of a row by what it is of.
fn figures(answer: &Answer) -> Vec<(String, Vec<Cell>, String)> {
    let of = |row: usize| {
        let first = answer.indicator.columns[0].0.as_str();
        let key = if first == "value" { String::new() } else { answer.cell(row, first).to_string() };
        let cells = FIGURES.map(|role| answer.cell_of(row, role)).to_vec();
        let reason = answer.column_index("reason").map(|_| answer.cell(row, "reason").to_string());
        (key, cells, reason.unwrap_or_else(|| "人口に欠け".to_owned()))
    };
    (0..answer.len()).map(of).collect()
}

#[tokio::test]
async fn no_rate_is_over_a_part_of_the_people() {
    type Keeps = fn(&str, &str, u32) -> bool;
    let whole = rates(&ward(&population(&["2022-01-01", "2022-02-01"], |_, _, _| true))).await;
    assert!(whole.len() >= 9, "{}", whole.len());
    for (id, answer) in &whole {
        assert!(
            answer.caveats.iter().all(|one| !one.ja.contains("人口に欠け")),
            "{id}: {:?}",
            answer.caveats
        );
        let some = figures(answer).iter().any(|(_, cells, _)| cells.iter().any(|cell| *cell != Cell::Null));
        assert!(some, "{id}: {answer:?}");
    }
    let kinds: [(&str, Keeps, &str); 7] = [
        ("a sex", |_, sex, _| sex == "男", "女"),
        ("a district", |district, _, _| district != "赤坂", "赤坂"),
        ("an age band", |_, _, age| age / 10 != 4, "40代"),
        ("the oldest", |_, _, age| age < 90, "90歳以上"),
        ("a sex of a district", |district, sex, _| (district, sex) != ("芝", "女"), "芝・女"),
        (
            "an age band of a group",
            |district, sex, age| (district, sex, age / 10) != ("芝", "女", 3),
            "芝・女の30代",
        ),
        (
            "a year of age of a group",
            |district, sex, age| (district, sex, age) != ("高輪", "男", 45),
            "高輪・男の45歳",
        ),
    ];
    for (kind, keeps, words) in kinds {
        let part = rates(&ward(&population(&["2022-01-01", "2022-02-01"], keeps))).await;
        let mut gone = 0;
        for ((id, whole), (_, part)) in whole.iter().zip(&part) {
            let said = part.caveats.iter().find(|one| one.ja.contains("人口に欠け"));
            assert!(
                said.is_some_and(|one| one.ja.contains(words)),
                "{id} without {kind}: {:?}",
                part.caveats
            );
            let all = figures(whole);
            for (key, cells, reason) in figures(part) {
                let own = all.iter().find(|(own, ..)| *own == key).map(|(_, cells, _)| cells);
                let own = own.unwrap_or_else(|| panic!("{id} without {kind}: {key}"));
                for (cell, own) in cells.iter().zip(own) {
                    assert!(
                        cell == own || *cell == Cell::Null,
                        "{id} without {kind}, {key}: {cell}, not {own}"
                    );
                }
                if cells[0] == Cell::Null && own[0] != Cell::Null {
                    assert!(reason.contains("人口に欠け"), "{id} without {kind}, {key}: {reason}");
                }
                gone += usize::from(cells != *own);
            }
            // All people are in these.
            if ["cases_per_100k_week", "under_care_per_100k"].iter().any(|of_all| id.starts_with(of_all)) {
                assert!(
                    figures(part).iter().all(|(_, cells, _)| cells[0] == Cell::Null),
                    "{id} without {kind}"
                );
            }
        }
        assert!(gone > 4, "{kind}: {gone}");
    }
}

/// A month that lacks somebody makes no figure of the days that it is of, and none of others.
#[tokio::test]
async fn only_the_days_of_a_month_that_lacks_somebody_have_none() {
    let mut text = population(&["2022-01-01"], |_, sex, _| sex == "男");
    text += population(&["2022-02-01"], |_, _, _| true).split_once('\n').expect("a header").1;
    let ward = ward(&text);
    let answers = ward.answers_at(NOW);
    let answer = answers.ask(&Question::of("cases_per_100k_week", "covid-19")).await.expect("answers");
    let mut of = [0, 0];
    for row in 0..answer.len() {
        let february = answer.cell(row, "day").day().expect("a day") >= jiff::civil::date(2022, 2, 1);
        let has = answer.cell(row, "population") != Cell::Null;
        assert_eq!(has, february, "{:?}", answer.cell(row, "day"));
        of[usize::from(february)] += 1;
    }
    assert!(of.iter().all(|days| *days > 5), "{of:?}");
    assert!(
        answer.caveats.iter().any(|one| one.ja.contains("2022年1月の人口に女がない")),
        "{:?}",
        answer.caveats
    );
    let now = answers.ask(&Question::of("under_care_per_100k", "covid-19")).await.expect("answers");
    assert!(now.number(0, "value").is_some() && now.caveats.is_empty(), "{:?}", now.caveats);
}

/// Where a population is told by districts alone, by sexes alone or by tens of years, nobody is missing from what it is not told by.
#[tokio::test]
async fn what_a_population_is_not_told_by_it_does_not_lack() {
    let source = |columns: &str, name: &str| {
        format!(
            "source = \"{name}\"\ntitle = {{ ja = \"人口\", en = \"People\" }}\ntable = \"population\"\nmode = \"upsert\"\n\
             key = [\"month\", \"{name}\"]\nfiles = \"{name}_*.csv\"\nrhythm = {{ calendar = \"once\" }}\ncolumn = [\n{columns}\n\
             {{ headings = [\"月\"], privacy = \"keep\", field = \"month\", type = \"date\", required = true }},\n\
             {{ headings = [\"人口\"], privacy = \"keep\", field = \"persons\", type = \"count\", max = 9999999, required = true }},\n]\n"
        )
    };
    let district = r#"{ headings = ["区分"], privacy = "keep", field = "district", type = "code", required = true, codes = { shiba = ["芝"], azabu = ["麻布"], akasaka = ["赤坂"], takanawa = ["高輪"], shibaura = ["芝浦港南"] } },"#;
    let sex = r#"{ headings = ["区分"], privacy = "keep", field = "sex", type = "code", required = true, codes = { M = ["男"], F = ["女"] } },"#;
    for (name, column, groups) in [("district", district, &DISTRICTS[..]), ("sex", sex, &["男", "女"][..])]
    {
        for left_out in 0..=1 {
            let mut definitions = hinomi::definitions::Definitions::embedded();
            definitions.put(&format!("queries/sources/{name}.toml"), &source(column, name));
            let ward = Ward::with(&definitions);
            let rows = groups[left_out..].iter().map(|group| format!("{group},2022-01-01,10000\n"));
            ward.told_at(
                &format!("{name}_1.csv"),
                &format!("区分,月,人口\n{}", rows.collect::<String>()),
                "2022-02-01T09:00",
            );
            ward.told_at("hersys_20210301-20220214.csv", &cases(), "2022-02-14T13:50");
            let answers = ward.answers_at(NOW);
            let answer =
                answers.ask(&Question::of("cases_per_100k_week", "covid-19")).await.expect("answers");
            let last = answer.cell(answer.len() - 1, "population");
            let expected =
                if left_out == 0 { Cell::Float(10_000.0 * groups.len() as f64) } else { Cell::Null };
            assert_eq!(last, expected, "{name} without {left_out}: {:?}", answer.caveats);
        }
    }
}
