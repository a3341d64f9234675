//! Words and figures read the same everywhere: nothing on a wall, a page or a picture is cut, and the command line rounds as
//! the pages do.

use hinomi::epi::clock::Clock;
use jiff::ToSpan;
use regex::Regex;
use serde_json::Value;

use super::Place;
use super::place::{Server, wait_for};

/// Four weeks of a few notifications a day, so that most figures are there and some have a reason instead.
fn serve(place: &Place) -> Server {
    let today = Clock::running().today();
    let first = today.saturating_sub(28.days());
    let mut text = String::from(
        "HER-SYS ID,疾病名,当該者の類型,届出経路,管轄区分,区民,性別,年齢,住所,報告年月日,受理日時\n",
    );
    let mut id = 900_000;
    for (n, day) in first.series(1.day()).take(28).enumerate() {
        for k in 0..=(n % 4) {
            id += 1;
            let (sex, age) = (["男", "女"][k % 2], (7 * id) % 90);
            let age = if id % 5 == 0 { "不明".to_owned() } else { age.to_string() };
            text += &format!(
                "{id},新型コロナウイルス感染症,患者（確定例）,HER-SYS,管内,○,{sex},{age},港区芝公園,{day},{day} 10:00\n"
            );
        }
    }
    let plain = |day: jiff::civil::Date| day.to_string().replace('-', "");
    let name = format!("hersys_{}-{}.csv", plain(first), plain(today.saturating_sub(1.day())));
    place.write(&name, &text);
    place.ok(&["load", "her-sys-cases", &name]);
    let server = place.serve();
    wait_for("the first wall", || server.get("/readyz").0 == 200);
    server
}

fn json(server: &Server, path: &str) -> Value {
    serde_json::from_str(&server.get(path).1).expect("JSON")
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn nothing_is_cut_on_any_wall_page_or_picture() {
    let place = Place::new();
    let server = serve(&place);
    let indicators = json(&server, "/api/v1/indicators");
    let mut reasons = 0;
    let mut paths: Vec<String> =
        ids(&json(&server, "/api/v1/boards")["boards"]).iter().map(|id| format!("/wall/{id}")).collect();
    assert!(paths.len() > 20, "{paths:?}");
    for id in ids(&indicators["indicators"]) {
        let answer = json(&server, &format!("/api/v1/indicators/{id}"));
        let columns = answer["columns"].as_array().expect("columns");
        let reason = columns.iter().position(|column| column["name"] == "reason");
        let rows = answer["rows"].as_array().expect("rows");
        reasons += reason.map_or(0, |at| rows.iter().filter(|row| row[at].is_string()).count());
        paths.push(format!("/explore?indicator={id}"));
        for size in ["", "?width=320", "?width=640&height=360", "?width=1600"] {
            paths.push(format!("/api/v1/indicators/{id}.svg{size}"));
        }
    }
    assert!(reasons > 50, "{reasons} reasons");
    let mut cut = Vec::new();
    for path in &paths {
        let (status, text) = server.get(path);
        assert!(status == 200 || path.contains(".svg"), "{path}: {status}");
        if status == 200 && text.contains('…') {
            let at = text.find('…').unwrap_or_default();
            let before: String =
                text[..at].chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
            cut.push(format!("{path}: {before}…"));
        }
    }
    assert!(cut.is_empty(), "{}", cut.join("\n"));
    assert_eq!(server.stop(), 0);
}

/// The rows of a page's table, each cell by cell, without spaces.
fn rows_of_page(page: &str) -> Vec<String> {
    let pattern = |text: &str| Regex::new(text).expect("a pattern");
    let (row, cell, tag) =
        (pattern(r"(?s)<tr>(.*?)</tr>"), pattern(r"(?s)<td[^>]*>(.*?)</td>"), pattern(r"<[^>]+>"));
    let body =
        page.split("<tbody>").nth(1).and_then(|rest| rest.split("</tbody>").next()).unwrap_or_default();
    let text = |cell: &str| tag.replace_all(cell, "").replace("&amp;", "&").replace(' ', "");
    let rows = row.captures_iter(body);
    rows.map(|row| cell.captures_iter(&row[1]).map(|cell| text(&cell[1])).collect::<String>()).collect()
}

#[test]
fn the_command_line_says_each_figure_as_the_pages_do() {
    let place = Place::new();
    let server = serve(&place);
    let list = json(&server, "/api/v1/indicators");
    let (mut compared, mut decimals) = (0, 0);
    for one in list["indicators"].as_array().expect("a list") {
        let id = one["id"].as_str().expect("an id");
        // Waits grow by the minute.
        if matches!(id, "awaiting_admission" | "first_contact_pending") {
            continue;
        }
        let page = rows_of_page(&server.get(&format!("/explore?indicator={id}")).1);
        let said = place.ok(&["show", id]);
        let lines: Vec<String> = said.lines().map(|line| line.replace(' ', "")).collect();
        for row in page {
            compared += 1;
            decimals += usize::from(row.contains('.'));
            assert!(lines.contains(&row), "{id}: {row} is not in\n{said}");
        }
    }
    assert!(compared > 300 && decimals > 50, "{compared} rows, {decimals} with decimals");
    assert_eq!(server.stop(), 0);
}
