//! Bad deliveries by `load`: one clear line, exit code 1, nothing stored.

use super::Place;
use super::place::{list, rows_of};

fn refused(place: &Place, name: &str, text: &[u8], says: &[&str]) {
    std::fs::write(place.path(name), text).expect("written");
    let said = place.run(&["load", "town-list", name]);
    assert_eq!(said.code, 1, "{name}: {}{}", said.out, said.err);
    for part in says {
        assert!(said.err.contains(part), "{name}: {part} is not in {}", said.err);
    }
    assert!(said.err.contains(name), "the file is named: {}", said.err);
}

#[test]
fn bad_files_are_refused_whole() {
    let place = Place::new();
    std::fs::write(place.path("good.csv"), list(0, 40, "2020-03-04")).expect("written");
    place.ok(&["load", "town-list", "good.csv"]);
    let show = ["show", "new_cases_published", "--by", "day", "--format", "csv"];
    let before = rows_of(&place.ok(&show));

    refused(&place, "empty.csv", b"", &["empty"]);
    refused(&place, "columns.csv", "公表日,年齢\n2020-03-04,1\n".as_bytes(), &["整理番号"]);
    let mut quote = list(50, 3, "2020-03-04").into_bytes();
    quote.extend(b"\"T000099,2020-03-04,1,\n");
    refused(&place, "quote.csv", &quote, &["row 5"]);
    let many_bad = list(60, 10, "no day");
    refused(&place, "days.csv", many_bad.as_bytes(), &["bad"]);

    assert_eq!(rows_of(&place.ok(&show)), before);
    place.ok(&["verify"]);
}
