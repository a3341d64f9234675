//! Who has no day is said wherever the figure stands: in the answer, on the command line, on pages and boards, in files
//! and pictures.

use super::Place;
use super::place::wait_for;

const HEAD: &str = "HER-SYS ID,疾病名,当該者の類型,管轄区分,年齢,発病年月日,報告年月日,受理日時,死亡年月日\n";
const QUESTION: &str = "/api/v1/indicators/new_cases_received";

/// Notifications of yesterday; one of an unknown hour, and one death on an unknown day.
fn notifications(day: &str) -> String {
    let row = |id: u32, onset: &str, received: &str, died: &str| {
        format!("{id},新型コロナウイルス感染症,患者（確定例）,管内,40,{onset},{day},{received},{died}\n")
    };
    let at = format!("{day} 10:00");
    let known: String = (0..8).map(|n| row(6_000_000 + n, day, &at, day)).collect();
    let lacking = [
        row(6_000_010, day, "昼ごろ", ""),
        row(6_000_011, day, &at, "11月下旬"),
        row(6_000_012, "", &at, ""),
    ];
    format!("{HEAD}{known}{}", lacking.concat())
}

#[test]
fn who_has_no_day_is_said_everywhere() {
    let place = Place::new();
    let today = hinomi::epi::clock::jst(hinomi::epi::clock::Clock::running().now()).date();
    let day = today.yesterday().expect("a day").to_string();
    let plain = day.replace('-', "");
    let name = format!("hersys_{plain}-{plain}.csv");
    let file = place.write(&name, &notifications(&day));
    place.ok(&["load", "her-sys-cases", file.to_str().expect("a path")]);

    let said = place.ok(&["show", "new_cases_received"]);
    assert!(
        said.contains("不明 受理日不明 1人（集計に入っていない）: 1 person without received_day"),
        "{said}"
    );
    let said = place.ok(&["show", "deaths_total"]);
    assert!(said.contains("死亡日不明 1人（累計に含み、直近7日には含まない）"), "{said}");
    let explained = place.ok(&["explain", "new_cases_onset"]);
    assert!(explained.contains("発病日なし・不明 1人") && explained.contains("不明の扱い"), "{explained}");

    let server = place.serve();
    let (status, text) = server.get(QUESTION);
    assert_eq!(status, 200, "{text}");
    let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let expected =
        serde_json::json!([{ "date": "received_day", "title": "受理日不明", "rows": 1, "unit": "persons" }]);
    assert_eq!(answer["undated"], expected);
    let csv = server.get(&format!("{QUESTION}?format=csv")).1;
    assert!(
        csv.lines().any(|l| l.starts_with('#') && l.contains("受理日不明 1人（集計に入っていない）")),
        "{csv}"
    );
    let svg = server.get(&format!("{QUESTION}.svg")).1;
    assert!(svg.contains("不明: 受理日不明 1人") && svg.contains("不明 受理日不明 1人"), "{svg}");
    assert!(server.get("/explore?indicator=new_cases_received").1.contains("受理日不明 1人"));
    assert!(server.get("/explain/new_cases_received").1.contains("受理日不明 1人"));

    // Every board whose figures lack somebody says so.
    for (board, mark) in [
        ("today", "受理日不明 1人"),
        ("trend", "受理日不明 1人"),
        ("reported", "受理日不明 1人"),
        ("care", "死亡日不明 1人"),
        ("nowcast", "発病日なし・不明 1人"),
        ("age-sex", "受理日不明 1人"),
        ("weeks", "受理日不明 1人"),
        ("compare", "受理日不明 1人"),
        ("alerts", "受理日不明 1人"),
    ] {
        let shown = || server.get(&format!("/wall/{board}")).1;
        wait_for(board, || shown().contains(mark) || shown().contains("不明 "));
    }
    assert_eq!(server.stop(), 0);
}
