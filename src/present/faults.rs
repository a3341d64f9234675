//! Faults in the data as staff read them: whose, how many and about when, by names and in Japanese. Never a day or a number of
//! a single row.

use jiff::civil::Date;

use super::numbers;
use crate::answer::{DataFault, FaultGroup, GroupedBy, Span};
use crate::definitions::Catalog;
use crate::definitions::role::Role;
use crate::measure::names::meaning;

/// The groups of a fault that are told: `病院 芝総合病院（H002）、3件、報告日 2026年11月`.
pub fn lines(fault: &DataFault, catalog: &Catalog) -> Vec<String> {
    let line = |group: &FaultGroup| {
        let mut said: Vec<String> =
            group.of.iter().map(|told| format!("{} {}", told.label, value(told, catalog))).collect();
        said.push(format!("{}件", numbers::whole(i64::try_from(group.rows).unwrap_or(i64::MAX))));
        said.extend(group.days.as_ref().map(|(label, span)| format!("{label} {}", spoken(*span))));
        said.join("、")
    };
    fault.told.iter().map(line).collect()
}

fn value(told: &GroupedBy, catalog: &Catalog) -> String {
    told.code.as_deref().map_or_else(|| "不明".to_owned(), |code| named(&told.column, code, catalog))
}

fn spoken(span: Span) -> String {
    let month = |day: Date| format!("{}年{}月", day.year(), day.month());
    match span {
        Span::Day(day) => day.to_string(),
        Span::Months(first, last) if first == last => month(first),
        Span::Months(first, last) => format!("{}–{}", month(first), month(last)),
    }
}

/// A code by its name; one of a list that people keep has its code beside it, by which it is looked up.
fn named(column: &str, code: &str, catalog: &Catalog) -> String {
    let listed = match meaning(column).role {
        Role::Facility => catalog.facilities.get(code).map(|facility| facility.ja.as_str()),
        Role::Area => catalog.areas.get(code).map(|area| area.ja.as_str()),
        Role::Source => catalog.mappings.get(code).map(|mapping| mapping.title.ja.as_str()),
        Role::District => return catalog.district(code).map_or_else(|| code.to_owned(), |d| d.ja.clone()),
        Role::Disease => return catalog.disease_ja(code).to_owned(),
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
        let told = |column: &str, label: &str, code: Option<&str>| GroupedBy {
            column: column.into(),
            label: label.into(),
            code: code.map(str::to_owned),
        };
        let source = catalog.mappings.keys().next().expect("a source").clone();
        let title = catalog.mappings[&source].title.ja.clone();
        let month = |month| jiff::civil::date(2026, month, 1);
        let group = |rows, span| FaultGroup {
            of: vec![
                told("source", "出典", Some(&source)),
                told("severity_basis", "重症の基準", Some("tokyo")),
                told("area", "地域", None),
            ],
            rows,
            days: Some(("受理日".into(), span)),
        };
        let fault = DataFault {
            id: "x".into(),
            title_ja: "x".into(),
            title_en: "x".into(),
            rows: 1_203,
            groups: 3,
            told: vec![
                group(1_200, Span::Day(month(9))),
                group(2, Span::Months(month(9), month(11))),
                group(1, Span::Months(month(9), month(9))),
            ],
        };
        let whose = format!("出典 {title}（{source}）、重症の基準 都の基準、地域 不明");
        assert_eq!(
            lines(&fault, &catalog),
            [
                format!("{whose}、1,200件、受理日 2026-09-01"),
                format!("{whose}、2件、受理日 2026年9月–2026年11月"),
                format!("{whose}、1件、受理日 2026年9月"),
            ]
        );
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
