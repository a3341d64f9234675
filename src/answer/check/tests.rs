use super::*;
use crate::definitions::Definitions;

/// All faults have a Japanese sentence of their own, not only that there is one.
fn told(catalog: &Catalog) -> Vec<Problem> {
    let found = check_alone(catalog);
    for fault in &found {
        assert!(!fault.to_string().contains("定義に誤りがあります"), "{fault}");
    }
    found
}

fn catalog(change: impl FnOnce(&mut Definitions)) -> Catalog {
    let mut definitions = Definitions::embedded();
    change(&mut definitions);
    let (catalog, errors) = Catalog::read(&definitions);
    assert!(errors.is_empty(), "{errors:?}");
    catalog
}

#[test]
fn what_is_embedded_holds() {
    assert_eq!(check_alone(&catalog(|_| {})), []);
}

#[test]
fn what_does_not_hold_is_named() {
    let path = "queries/indicators/deaths_total.sql";
    let cases = [
        ("disease = $disease", "disease = $illness", "unknown parameter $illness"),
        ("source: cases", "source: casses", "neither a table nor a source"),
        ("columns: value", "columns: total", "are not those of a value"),
    ];
    for (from, to, expected) in cases {
        let broken = catalog(|definitions| {
            let text = definitions.text(path).expect("there").replace(from, to);
            definitions.put(path, &text);
        });
        let found = told(&broken);
        assert!(found.iter().any(|p| p.file == path && p.what.contains(expected)), "{to}: {found:?}");
    }
}

#[test]
fn a_group_that_there_is_not_is_named() {
    let path = "dashboards/beds.toml";
    let broken = catalog(|definitions| {
        let text = definitions.text(path).expect("there");
        assert!(text.contains("group = \"beds\""), "{path}");
        let text = text.replace("group = \"beds\"", "group = \"cots\"");
        definitions.put(path, &text);
    });
    let found = told(&broken);
    assert!(found.len() == 1 && found[0].file == path, "{found:?}");
    assert!(found[0].what.contains("no group cots"), "{found:?}");
}

#[test]
fn an_indicator_on_no_board_is_named() {
    let broken = catalog(|definitions| {
        let text = definitions.text("queries/indicators/deaths_total.sql").expect("there").to_owned();
        definitions.put("queries/indicators/lonely.sql", &text);
    });
    assert!(told(&broken).iter().any(|p| p.what.contains("shown on no board")));
}

/// What the gate would refuse whatever the file is, is a fault of the mapping: also of one's own.
#[test]
fn a_mapping_that_no_file_could_be_loaded_by_is_named() {
    let mapping = |columns: &str| {
        format!(
            "source = \"own\"\ntitle = {{ ja = \"独自\", en = \"Own\" }}\ntable = \"cases\"\nmode = \"append\"\n\
             rhythm = {{ calendar = \"once\" }}\ncolumn = [ {columns} ]\n"
        )
    };
    let path = "queries/sources/own.toml";
    for (columns, says) in [
        (
            "{ headings = [\"生年月日\"], privacy = \"keep\", field = \"onset_day\", type = \"date\", expected = true }",
            "announces a date of birth",
        ),
        (
            "{ headings = [\"年齢\"], privacy = \"keep\", field = \"age\", type = \"integer\", expected = true }",
            "cases.age holds an age in years",
        ),
        (
            "{ headings = [\"番号\"], privacy = \"keep\", field = \"facility_id\", type = \"id\", pattern = '.+', expected = true }",
            "cases has no column facility_id",
        ),
        (
            "{ headings = [\"性別\"], privacy = \"keep\", field = \"sex\", type = \"code\", codes = { man = [\"男\"] }, expected = true }",
            "has no code man",
        ),
    ] {
        let broken = catalog(|definitions| definitions.put(path, &mapping(columns)));
        let found = told(&broken);
        assert!(found.iter().any(|p| p.file == path && p.what.contains(says)), "{says}: {found:?}");
    }
    let names = "{ headings = [\"name\"], privacy = \"keep\", field = \"class\", type = \"code\", \
                 codes = { confirmed = [\"確定\"] }, expected = true }";
    let sound = catalog(|definitions| definitions.put(path, &mapping(names)));
    assert_eq!(check_alone(&sound), []);
}

#[test]
fn a_mapping_to_a_column_that_is_not_there_is_named() {
    let path = "queries/sources/hospital-beds.toml";
    let broken = catalog(|definitions| {
        let text = definitions.text(path).expect("there").replace("\"occupied_secured\"", "\"occupied_by\"");
        definitions.put(path, &text);
    });
    assert!(told(&broken).iter().any(|p| p.file == path && p.what.contains("occupied_by")));
}

#[test]
fn one_s_own_board_need_not_say_a_group() {
    let own = catalog(|definitions| {
        let text = definitions.text("dashboards/beds.toml").expect("there").replace("group = \"beds\"\n", "");
        definitions.put("dashboards/own.toml", &text);
    });
    assert!(check_alone(&own).iter().all(|p| !p.what.contains("group")));
}

#[test]
fn a_centre_s_own_scheme_holds() {
    let own = "id = \"x\"\ndate = \"2021-04-15\"\nja = \"a\"\nen = \"a\"\nshort = \"分科会\"\nsource = \"s\"\n\
        diseases = [\"covid-19\"]\narea = \"prefecture\"\n[[item]]\nid = \"beds\"\nja = \"病床\"\nen = \"beds\"\n\
        unit = \"percent\"\nasks = { indicator = \"bed_occupancy_now\", column = \"value\" }\ncomparison = \">=\"\n\
        marks = [{ ja = \"ステージIII\", value = 20 }]\nsource = \"s\"\n";
    let own = catalog(|definitions| definitions.put("queries/reference/schemes/x.toml", own));
    assert_eq!(check_alone(&own), []);
}
