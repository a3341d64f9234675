//! Faults found in the data are told by source and count. The day of a single row is a value of that row, and is not told.

use super::Place;
use super::place::wait_for;

const HEADER: &str = "HER-SYS ID,疾病名,当該者の類型,届出経路,年齢,報告年月日,受理日時,入力日時\n";

/// Notifications that were typed in before they came.
fn typed_in_too_early(id: u32, day: &str) -> String {
    format!("{id},新型コロナウイルス感染症,患者（確定例）,FAX,41,{day},{day} 10:00,{day} 09:00\n")
}

#[test]
fn the_day_of_a_single_row_is_not_told() {
    let place = Place::new();
    let few = typed_in_too_early(900_001, "2026-10-13") + &typed_in_too_early(900_002, "2026-11-17");
    place.write("hersys_20261001-20261120.csv", &(HEADER.to_owned() + &few));
    place.ok(&["load", "her-sys-cases", "hersys_20261001-20261120.csv"]);
    let found = "2件、受理日 2026年10月–2026年11月";
    let said = place.ok(&["check"]);
    let told = said.lines().find(|line| line.contains(found)).unwrap_or_else(|| panic!("{said}"));
    assert!(told.contains("出典 ") && !told.contains("2026-1"), "{told}");

    let server = place.serve();
    wait_for("the first wall", || server.get("/readyz").0 == 200);
    let page = server.get("/admin").1;
    let section = page.split("データの点検").nth(1).and_then(|rest| rest.split("<h2>").next());
    let section = section.expect("the faults in the data");
    assert!(section.contains(found), "{section}");
    for day in ["2026-10-13", "2026-11-17", "10/13", "11/17"] {
        assert!(!section.contains(day), "{day}: {section}");
    }
    assert_eq!(server.stop(), 0);
}

#[test]
fn many_rows_of_one_day_are_told_by_the_day() {
    let place = Place::new();
    let many: String = (0..12).map(|n| typed_in_too_early(900_100 + n, "2026-10-13")).collect();
    place.write("hersys_20261001-20261120.csv", &(HEADER.to_owned() + &many));
    place.ok(&["load", "her-sys-cases", "hersys_20261001-20261120.csv"]);
    let said = place.ok(&["check"]);
    assert!(said.contains("12件、受理日 2026-10-13") && said.contains("12 rows"), "{said}");
}
