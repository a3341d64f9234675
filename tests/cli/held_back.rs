//! What was not let through is seen: on the boards, in the strip, in the answer and on the status page.

use super::Place;
use super::place::{Server, list, wait_for};
use super::serve::drop_in;

/// Twenty rows that are right, and one without its day.
fn short_list() -> String {
    list(0, 20, "2020-03-04") + "T000020,,30,男,山田 太郎20\n"
}

fn json(server: &Server, path: &str) -> serde_json::Value {
    let (status, text) = server.get(path);
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).expect("JSON")
}

const QUESTION: &str = "/api/v1/indicators/new_cases_published?from=2020-03-04&to=2020-03-04";

#[test]
fn a_row_held_back_of_a_delivered_file_is_seen_everywhere() {
    let place = Place::new();
    let server = place.serve();
    drop_in(&place, "a.csv", &short_list());
    wait_for("the file to be taken", || json(&server, QUESTION)["held_back"][0]["rows"] == 1);

    let answer = json(&server, QUESTION);
    let held = serde_json::json!({ "source": "town-list", "title": "町の一覧", "rows": 1, "of": 21 });
    assert_eq!(answer["held_back"], serde_json::json!([held]));
    let source = answer["sources"].as_array().and_then(|all| all.iter().find(|s| s["source"] == "town-list"));
    assert_eq!(source.map(|s| s["held_back"].clone()), Some(serde_json::json!({ "rows": 1, "of": 21 })));
    let said = place.ok(&["show", "new_cases_published"]);
    assert!(
        said.contains("取込保留 1件（21件中、4.8%） 町の一覧 (town-list): 1 of 21 rows held back"),
        "{said}"
    );
    let explored = server.get("/explore?indicator=new_cases_published").1;
    assert!(explored.contains("取込保留 1件（21件中、4.8%）"), "{explored}");

    // Every panel of every board that reads the source, and the strip.
    wait_for("the boards", || server.get("/wall/published").1.contains("1件 取込保留"));
    let strip = "町の一覧 取込保留 1件（21件中、4.8%）";
    wait_for("the strip", || server.get("/wall/published").1.contains(strip));

    // On the status page which row, column and why.
    let status = server.get("/admin").1;
    assert!(status.contains("取込保留行") && status.contains("公表日"), "{status}");
    assert!(status.contains("<td class=\"number\">22</td>"), "the row: {status}");
    assert!(status.contains("必要な値がありません") && !status.contains("隔離"), "{status}");
    assert!(!status.contains("山田"), "never a value");
    let one = server.get("/admin/deliveries/1").1;
    assert!(one.contains("a.csv") && one.contains("必要な値がありません"), "{one}");
    assert_eq!(server.get("/admin/deliveries/99").0, 404);
    let before = server.get("/admin?at=2020-01-01T00:00").1;
    assert!(before.contains("過去の時点") && before.contains("まだ何も届いていません"), "{before}");
    assert_eq!(server.get("/admin?at=nonsense").0, 400);

    // A full list makes up for it.
    drop_in(&place, "b.csv", &list(0, 21, "2020-03-04"));
    wait_for("the next file", || json(&server, QUESTION)["held_back"] == serde_json::json!([]));
    assert!(!place.ok(&["show", "new_cases_published"]).contains("取込保留"));
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_refused_file_is_named_by_row_too() {
    let place = Place::new();
    let server = place.serve();
    let bad = list(0, 3, "2020-03-04") + "T000004,昨日,30,男,x\nT000005,,30,男,x\n";
    drop_in(&place, "bad.csv", &bad);
    wait_for("the refusal", || server.get("/admin").1.contains("受入拒否"));
    let status = server.get("/admin").1;
    assert!(status.contains("5行中2行が読めず、上限5%を超えました"), "{status}");
    assert!(status.contains("日付ではありません") && status.contains("必要な値がありません"), "{status}");
    wait_for("the strip", || server.get("/wall/today").1.contains("町の一覧 配信 受入拒否: 確認が必要"));
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_page_has_a_hundred_rows_of_a_long_list() {
    let place = Place::new();
    let mut text = list(0, 9_000, "2020-03-04");
    for id in 9_000..9_250 {
        text += &format!("T{id:06},,30,男,x\n");
    }
    let file = place.write("long.csv", &text);
    place.ok(&["load", "town-list", file.to_str().expect("a path")]);
    let server = place.serve();
    let status = server.get("/admin").1;
    assert!(status.contains("ほか230行"), "{status}");
    let last = server.get("/admin/deliveries/1?page=3").1;
    assert!(last.contains("3 / 3ページ") && last.contains("<td class=\"number\">9,251</td>"), "{last}");
    assert_eq!(server.stop(), 0);
}
