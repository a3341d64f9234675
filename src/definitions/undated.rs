//! Rows that an indicator would count if their day were known: the query that counts them, made of its header's
//! `counted_by` and `counted_if` and of what `queries/schema/` says of those columns.
//!
//! A day that every row should have is not known where it is null. A day of something that need not happen is not
//! known where the row says in another way that it has: the cell was filled and gave no day, or another column says so.

use std::sync::Arc;

use super::indicator::{Indicator, Unit};
use super::schema::{NOTE, Table};

/// How the rows are found that an indicator would count if their day were known, or what else it counts by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Names no parameter: `source`, `disease`, `lacks` (which of the days, from 0), `near` (another day of such rows,
    /// null where nothing says about when), `cases`. The same text for all indicators that count alike.
    pub sql: Arc<str>,
    /// The sources that tell of all those days, and of what the header says it is told by. Others lack none.
    pub sources: Vec<String>,
    /// Column and name of each day, and of what else a row must have to be counted.
    pub days: Vec<(String, String)>,
    /// Which of them are days.
    pub are_days: Vec<bool>,
    /// What the rows are: persons, or a count of something else.
    pub unit: Unit,
}

pub(super) fn faults(indicator: &Indicator, table: &Table) -> Vec<String> {
    let mut found = Vec::new();
    for (place, (column, _)) in indicator.counted_by.iter().enumerate() {
        if place > 0 && table.column(column).is_some() && !table.has_day(column) {
            continue;
        }
        if !table.has_day(column) {
            found.push(format!("counted_by: {} has no day {column}", table.name));
        } else if table.events.contains_key(column) && table.column(NOTE).is_none() {
            found.push(format!("counted_by: {} does not note which {column} could not be read", table.name));
        }
    }
    if let Some(condition) = &indicator.counted_if {
        let faults = super::lint::faults(condition).into_iter().map(|(_, what)| what);
        found.extend(faults.map(|what| format!("counted_if: {what}")));
        if !super::lint::parameters(condition).is_empty() {
            found.push("counted_if: it takes no parameter".to_owned());
        }
    }
    found
}

pub(super) fn text(indicator: &Indicator, table: &Table) -> String {
    let lacks = |column: &str| match table.events.get(column) {
        None => format!("{column} IS NULL"),
        Some(condition) => {
            let or = condition.as_ref().map_or_else(String::new, |condition| format!(" OR {condition}"));
            format!("({column} IS NULL AND (coalesce(contains({NOTE}, ',{column},'), FALSE){or}))")
        }
    };
    let days: Vec<&str> = indicator.counted_by.iter().map(|(column, _)| column.as_str()).collect();
    let lacking: Vec<String> = days.iter().map(|column| lacks(column)).collect();
    let whens: Vec<String> =
        lacking.iter().enumerate().map(|(place, lacks)| format!("WHEN {lacks} THEN {place}")).collect();
    // The other days that its sources tell of say about when. Where something has happened on an unknown day, the days
    // that all rows have say nothing of it.
    let others = indicator.told_by.iter().map(String::as_str);
    let others = others.filter(|column| table.has_day(column) && !days.contains(column));
    let known = days.iter().copied().filter(|column| table.has_day(column));
    let (events, plain): (Vec<&str>, Vec<&str>) =
        known.chain(others).partition(|column| table.events.contains_key(*column));
    let of_days_alone = days.iter().all(|column| table.has_day(column));
    let near = match plain.as_slice() {
        [] => "CAST(NULL AS DATE)".to_owned(),
        [_] if of_days_alone => "CAST(NULL AS DATE)".to_owned(),
        plain => {
            let happened: Vec<String> =
                events.iter().map(|column| format!("NOT {}", lacks(column))).collect();
            let near = format!("coalesce({})", plain.join(", "));
            match happened.is_empty() {
                true => near,
                false => format!("CASE WHEN {} THEN {near} END", happened.join(" AND ")),
            }
        }
    };
    let disease = if table.column("disease").is_some() { "disease" } else { "CAST(NULL AS VARCHAR)" };
    let counted_if =
        indicator.counted_if.as_ref().map_or_else(String::new, |condition| format!(" AND ({condition})"));
    format!(
        "SELECT source, disease, lacks, near, count(*) AS cases\nFROM (\n  SELECT source, {disease} AS disease, \
         CASE {} END AS lacks, {near} AS near\n  FROM {}\n  WHERE ({}){counted_if}\n) AS undated\n\
         GROUP BY source, disease, lacks, near\nORDER BY source, disease, lacks, near",
        whens.join(" "),
        table.name,
        lacking.join(" OR "),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Definitions;
    use super::super::catalog::Catalog;

    fn catalog() -> Catalog {
        Catalog::load(&Definitions::embedded()).expect("loads")
    }

    #[test]
    fn indicators_that_count_alike_ask_alike() {
        let catalog = catalog();
        let sql = |id: &str| catalog.dated[id].sql.clone();
        assert_eq!(sql("new_cases_received"), sql("median_age"));
        assert_ne!(sql("new_cases_received"), sql("rate_by_age"), "residents only");
        assert!(sql("deaths").contains("contains(unread, ',death_day,')"), "{}", sql("deaths"));
        assert!(sql("new_cases_onset").contains("coalesce(onset_day, received_day) AS near"));
    }

    #[test]
    fn who_has_no_such_column_lacks_nothing() {
        let catalog = catalog();
        let sources = |id: &str| catalog.dated[id].sources.join(" ");
        assert_eq!(sources("new_cases_published"), "her-sys-cases open-data-patients");
        assert_eq!(sources("new_cases_received"), "her-sys-cases");
        assert_eq!(sources("deaths"), "her-sys-cases");
    }

    /// Which sources tell of a day is asked of the source: of a row only the days that it is counted by.
    #[test]
    fn nobody_is_left_out_for_a_day_that_a_figure_does_not_count_by() {
        let catalog = catalog();
        for indicator in catalog.indicators.values() {
            let Some(table) = catalog.counted(indicator) else { continue };
            let asked = |column: &&str| indicator.sql.contains(&format!("{column} IS NOT NULL"));
            let days = table.columns.iter().map(|column| column.name.as_str());
            for day in days.filter(|column| table.has_day(column)).filter(asked) {
                let counts = indicator.counted_by.iter().any(|(column, _)| column == day);
                assert!(counts, "{} leaves out who has no {day}", indicator.id);
            }
        }
    }

    /// Every indicator says by which days it counts, or is listed here with its reason.
    #[test]
    fn every_indicator_says_what_it_counts_by() {
        let catalog = catalog();
        // Tables of others' figures, which say it themselves.
        let without: Vec<&str> = catalog
            .indicators
            .keys()
            .map(String::as_str)
            .filter(|id| !catalog.dated.contains_key(*id))
            .collect();
        assert_eq!(without, ["against_reference"]);
    }

    #[test]
    fn a_header_that_names_no_day_of_its_table_is_named() {
        for (from, to, says) in [
            ("counted_by: death_day", "counted_by: died_on", "cases has no day died_on"),
            ("counted_by: death_day", "counted_by: age", "cases has no day age"),
            ("counted_if: jurisdiction", "counted_if: now() > '2020' AND jurisdiction", "counted_if: a call"),
            ("counted_if: jurisdiction", "counted_if: disease = $disease AND jurisdiction", "no parameter"),
        ] {
            let path = "queries/indicators/deaths.sql";
            let mut definitions = Definitions::embedded();
            let text = definitions.text(path).expect("there").replace(from, to);
            definitions.put(path, &text);
            let (catalog, _) = Catalog::read(&definitions);
            let found = catalog.undated_faults(&catalog.indicators["deaths"]);
            assert!(found.iter().any(|what| what.contains(says)), "{says}: {found:?}");
        }
    }
}
