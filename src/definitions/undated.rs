//! Rows that an indicator would count if their day were known: the query that counts them, made of its header's
//! `counted_by` and `counted_if` and of what `queries/schema/` says of those columns.
//!
//! A day that every row should have is not known where it is null. A day of something that need not happen is not
//! known where the row says in another way that it has: the cell was filled and gave no day, or another column says so.
//! What else a row must have to be counted, or to be in a part of the figure, is found alike ([`Need`]).

use std::sync::Arc;

use super::indicator::{Indicator, Unit};
use super::schema::{NOTE, Schema, Table};

/// How the rows are found that an indicator would count if their day were known, or what else it counts by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Names no parameter: `source`, `disease`, `lacks` (which of the days, a bit for each), `near` (another day of such rows,
    /// null where nothing says about when), `until` (the day on which such a stay ended), `decade` (of whom no more is known
    /// of the age), `cases`. The same text for all indicators that count alike.
    pub sql: Arc<str>,
    /// The sources that tell of all those days, and of what the header says it is told by. Others lack none.
    pub sources: Vec<String>,
    /// Column and name of each day, and of what else a row must have to be counted.
    pub days: Vec<(String, String)>,
    /// Which of them are days.
    pub are_days: Vec<bool>,
    /// Rows are stays: they are of all days from the first to the last.
    pub are_spans: bool,
    /// What the rows are: persons, or a count of something else.
    pub unit: Unit,
}

/// What a row must have: `received_day`; `sex[M,F]`, one of these codes; `age_decade[bands]`, an age that fits a band;
/// `in_ward|facilities.in_ward`, either of them.
pub struct Need<'a> {
    pub column: &'a str,
    /// Tables and columns that will do as well.
    pub others: Vec<(&'a str, &'a str)>,
    codes: Vec<&'a str>,
}

/// Codes that stand for the bands of the ages asked for.
const BANDS: &str = "bands";

impl<'a> Need<'a> {
    pub fn of(text: &'a str) -> Self {
        let mut ways = text.split('|');
        let own = ways.next().unwrap_or_default();
        let (column, codes) = own.split_once('[').unwrap_or((own, ""));
        let codes = codes.trim_end_matches(']').split(',').filter(|code| !code.is_empty()).collect();
        Self { column, others: ways.filter_map(|way| way.split_once('.')).collect(), codes }
    }

    fn is_banded(&self) -> bool {
        self.codes == [BANDS]
    }

    /// What is wrong with it, in a table.
    fn fault(&self, table: &Table, schema: &Schema) -> Option<String> {
        let has =
            |name: &str, column: &str| schema.tables.get(name).is_some_and(|t| t.column(column).is_some());
        let known = table.column(self.column).is_some()
            && self.others.iter().all(|(name, column)| has(name, column) && link(table, name).is_some());
        let fits = !self.is_banded() || self.column == "age_decade" && table.column("age").is_some();
        (!known || !fits).then(|| format!("counted_by: {} has no {}", table.name, self.column))
    }

    /// The condition by which a row lacks it.
    fn lacks(&self, table: &Table) -> String {
        let column = self.column;
        let own = match table.events.get(column) {
            None if self.is_banded() => "age IS NULL".to_owned(),
            None if self.codes.is_empty() => format!("{column} IS NULL"),
            None => format!("({column} IS NULL OR {column} NOT IN ('{}'))", self.codes.join("', '")),
            Some(condition) => {
                let or = condition.as_ref().map_or_else(String::new, |condition| format!(" OR {condition}"));
                format!("({column} IS NULL AND (coalesce(contains({NOTE}, ',{column},'), FALSE){or}))")
            }
        };
        let others: Vec<String> =
            self.others.iter().map(|(name, column)| format!("of_{name}.has_{column} IS NULL")).collect();
        if others.is_empty() { own } else { format!("({own} AND {})", others.join(" AND ")) }
    }

    /// The rows of other tables that have it.
    fn joins(&self, table: &Table) -> String {
        let one = |(name, column): &(&str, &str)| {
            let link = link(table, name)?;
            Some(format!(
                "\n  LEFT JOIN (\n    SELECT {link} AS has_{column} FROM {name} WHERE {column} IS NOT NULL \
                 GROUP BY {link}\n  ) AS of_{name} ON of_{name}.has_{column} = {}.{link}",
                table.name
            ))
        };
        self.others.iter().filter_map(one).collect()
    }
}

/// The column by which a row has its row of another table.
fn link(table: &Table, other: &str) -> Option<&'static str> {
    match other {
        "facilities" => table.column("facility_id").map(|_| "facility_id"),
        "cases" => table.subject.then_some("case_id"),
        _ => None,
    }
}

/// Whatever disease is asked for, who has none may be meant.
pub(super) const DISEASE: (&str, &str) = ("disease", "疾患不明");

/// All that a row must have, with the disease last.
pub(super) fn needs(indicator: &Indicator, table: &Table) -> Vec<(String, String)> {
    let mut all = indicator.counted_by.clone();
    if table.column(DISEASE.0).is_some() {
        all.push((DISEASE.0.to_owned(), DISEASE.1.to_owned()));
    }
    all
}

pub(super) fn faults(indicator: &Indicator, table: &Table, schema: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    for (place, (column, _)) in indicator.counted_by.iter().enumerate() {
        let need = Need::of(column);
        if place > 0 && !table.has_day(need.column) {
            found.extend(need.fault(table, schema));
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
    let all = needs(indicator, table);
    let lacks = |column: &str| Need::of(column).lacks(table);
    let lacking: Vec<String> = all.iter().map(|(column, _)| lacks(column)).collect();
    let banded = all.iter().position(|(column, _)| Need::of(column).is_banded());
    let days: Vec<&str> = indicator.counted_by.iter().map(|(column, _)| Need::of(column).column).collect();
    // Each of them is a bit: a row may lack several.
    let bits: Vec<String> = lacking
        .iter()
        .enumerate()
        .map(|(place, lacks)| format!("CASE WHEN {lacks} THEN {} ELSE 0 END", 1_u64 << place))
        .collect();
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
    let until = if is_span(table) { "to_day" } else { "CAST(NULL AS DATE)" };
    let decade = match banded.and_then(|place| lacking.get(place)) {
        Some(lacks) => format!("CASE WHEN {lacks} THEN age_decade END"),
        None => "CAST(NULL AS SMALLINT)".to_owned(),
    };
    let of = "source, disease, lacks, near, until, decade";
    format!(
        "SELECT {of}, count(*) AS cases\nFROM (\n  SELECT source, {disease} AS disease, \
         {} AS lacks, {near} AS near, {until} AS until, {decade} AS decade\n  FROM {}{}\n  \
         WHERE ({}){counted_if}\n) AS undated\nGROUP BY {of}\nORDER BY {of}",
        bits.join(" + "),
        table.name,
        all.iter().map(|(column, _)| Need::of(column).joins(table)).collect::<String>(),
        lacking.join(" OR "),
    )
}

/// Is a row of this table a stay, from its first day to its last?
pub(super) fn is_span(table: &Table) -> bool {
    table.column("from_day").is_some() && table.column("to_day").is_some()
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
