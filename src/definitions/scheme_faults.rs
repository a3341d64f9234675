//! Are the schemes of reference values true to the indicators?

use super::catalog::Catalog;
use super::indicator::Shape;
use super::problem::Problem;
use super::schemes::{Asks, Scheme};

/// What does not hold: schemes that ask what is not there, and tables of schemes that are not there.
pub fn problems(catalog: &Catalog) -> Vec<Problem> {
    let mut found = Vec::new();
    for scheme in catalog.schemes.values() {
        let file = format!("queries/reference/schemes/{}.toml", scheme.id);
        found.extend(faults(catalog, scheme).into_iter().map(|what| Problem { file: file.clone(), what }));
    }
    for indicator in catalog.indicators.values().filter(|i| i.lists_items()) {
        let unknown = indicator.by.iter().filter(|by| !catalog.schemes.contains_key(*by));
        found.extend(unknown.map(|by| Problem {
            file: format!("queries/indicators/{}.sql", indicator.id),
            what: format!("by: there is no scheme {by}"),
        }));
    }
    found
}

fn faults(catalog: &Catalog, scheme: &Scheme) -> Vec<String> {
    let unknown = scheme.diseases.iter().filter(|disease| !catalog.diseases().contains_key(disease.as_str()));
    let mut found: Vec<String> = unknown.map(|disease| format!("no source tells of {disease}")).collect();
    for item in &scheme.items {
        for asks in item.asks() {
            found.extend(asked(catalog, asks).map(|what| format!("item {}: {what}", item.code)));
        }
        for on in &item.marks_on {
            let carries = catalog.indicator(on).is_some_and(|i| i.schemes.contains(&scheme.id));
            if !carries {
                found.push(format!("item {}: {on} has no `reference: {}`", item.code, scheme.id));
            }
        }
    }
    found
}

fn asked(catalog: &Catalog, asks: &Asks) -> Option<String> {
    let name = &asks.indicator;
    let Some(indicator) = catalog.indicator(name) else {
        return Some(format!("there is no indicator {name}"));
    };
    if indicator.lists_items() {
        return Some(format!("{name} is itself put together from others"));
    }
    if indicator.label(&asks.column).is_none() {
        return Some(format!("{name} has no column {}", asks.column));
    }
    if let Some(by) = asks.by.as_ref().filter(|by| !indicator.by.contains(by)) {
        return Some(format!("{name} has no by {by}"));
    }
    match (indicator.shape, &asks.row) {
        (Shape::Breakdown, None) => Some(format!("{name} is a breakdown: say which row")),
        (Shape::Value | Shape::Series, Some(_)) => {
            Some(format!("{name} is no breakdown: it has no such row"))
        }
        (Shape::Value | Shape::Series | Shape::Breakdown, _) => None,
        (Shape::Pyramid | Shape::Heat | Shape::Table, _) => Some(format!("{name} has no single figure")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::Definitions;
    use super::*;

    #[test]
    fn what_does_not_hold_is_named() {
        let path = "queries/reference/schemes/2021-04.toml";
        let marks = "marks_on = [\"bed_occupancy\"]";
        let cases = [
            ("indicator = \"bed_occupancy_now\"", "indicator = \"beds\"", "there is no indicator beds"),
            (
                "\"bed_occupancy_now\", column = \"value\"",
                "\"bed_occupancy_now\", column = \"x\"",
                "no column x",
            ),
            ("by = \"tokyo\"", "by = \"osaka\"", "no by osaka"),
            ("indicator = \"bed_occupancy_now\"", "indicator = \"against_reference\"", "put together"),
            ("indicator = \"bed_occupancy_now\"", "indicator = \"severity_now\"", "say which row"),
            (marks, "marks_on = [\"deaths\", \"bed_occupancy\"]", "deaths has no `reference: 2021-04`"),
        ];
        for (from, to, expected) in cases {
            let mut definitions = Definitions::embedded();
            let text = definitions.text(path).expect("there").replacen(from, to, 1);
            // The indicator's own header needs its mark all the same.
            let text = text.replace(marks, "marks_on = [\"bed_occupancy\", \"bed_occupancy_now\"]");
            definitions.put(path, &text);
            let (catalog, errors) = Catalog::read(&definitions);
            assert!(errors.is_empty(), "{errors:?}");
            let found = problems(&catalog);
            assert!(
                found.iter().any(|p| p.file == path && p.what.contains(expected)),
                "{expected}: {found:?}"
            );
        }
        assert_eq!(problems(&Catalog::load(&Definitions::embedded()).expect("loads")), []);
    }

    #[test]
    fn a_header_names_a_scheme_that_has_a_mark_for_it() {
        let path = "queries/indicators/deaths.sql";
        let mut definitions = Definitions::embedded();
        let text = definitions.text(path).expect("there").replacen(
            "-- columns",
            "-- reference: 2021-04\n-- columns",
            1,
        );
        definitions.put(path, &text);
        let (_, errors) = Catalog::read(&definitions);
        assert!(errors.iter().any(|e| e.to_string().contains("no scheme `2021-04` has a mark for deaths")));
    }
}
