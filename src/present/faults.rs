//! Faults in the data as staff read them: whose, when, how many, by names and in Japanese.

use super::{numbers, words};
use crate::answer::{Cell, DataFault, Told};
use crate::definitions::Catalog;

/// The first rows of a fault: `病院 芝総合病院（H002）、日 2026-11-14、内容 …`.
pub fn lines(fault: &DataFault, catalog: &Catalog) -> Vec<String> {
    let line = |row: &Vec<Told>| {
        let said: Vec<String> =
            row.iter().map(|told| format!("{} {}", told.label, value(told, catalog))).collect();
        said.join("、")
    };
    fault.told.iter().map(line).collect()
}

fn value(told: &Told, catalog: &Catalog) -> String {
    match &told.cell {
        Cell::Null => "不明".to_owned(),
        Cell::Text(code) => named(&told.column, code, catalog),
        Cell::Int(number) => numbers::whole(*number),
        Cell::Instant(at) => words::moment(*at),
        other => other.to_string(),
    }
}

/// A code by its name; one of a list that people keep has its code beside it, by which it is looked up.
fn named(column: &str, code: &str, catalog: &Catalog) -> String {
    let listed = match column {
        "facility_id" => catalog.facilities.get(code).map(|facility| facility.ja.as_str()),
        "area" => catalog.areas.get(code).map(|area| area.ja.as_str()),
        "source" => catalog.mappings.get(code).map(|mapping| mapping.title.ja.as_str()),
        "district" => return catalog.district(code).map_or_else(|| code.to_owned(), |d| d.ja.clone()),
        "disease" => return catalog.disease_ja(code).to_owned(),
        _ => return catalog.code_ja(code).unwrap_or(code).to_owned(),
    };
    listed.map_or_else(|| code.to_owned(), |name| format!("{name}（{code}）"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Definitions;

    #[test]
    fn a_fault_is_a_sentence() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("the catalog");
        let told =
            |column: &str, label: &str, cell: Cell| Told { column: column.into(), label: label.into(), cell };
        let source = catalog.mappings.keys().next().expect("a source").clone();
        let title = catalog.mappings[&source].title.ja.clone();
        let fault = DataFault {
            id: "x".into(),
            title_ja: "x".into(),
            title_en: "x".into(),
            rows: 1,
            told: vec![vec![
                told("source", "出典", Cell::Text(source.clone())),
                told("severity_basis", "重症の基準", Cell::Text("tokyo".into())),
                told("rows", "件数", Cell::Int(1_200)),
                told("day", "日", Cell::Null),
            ]],
        };
        let expected = format!("出典 {title}（{source}）、重症の基準 都の基準、件数 1,200、日 不明");
        assert_eq!(lines(&fault, &catalog), [expected]);
    }

    #[test]
    fn every_column_of_a_quality_query_has_a_label() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("the catalog");
        for quality in catalog.quality.values() {
            assert!(!quality.columns.is_empty(), "{}", quality.id);
            assert!(quality.columns.iter().all(|(_, label)| !label.is_ascii()), "{}", quality.id);
        }
    }
}
