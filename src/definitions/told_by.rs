//! By which columns a figure is told: a source whose mapping does not feed them, or whose files did not have them, says nothing
//! of it.

use super::Catalog;
use super::indicator::Indicator;
use super::mapping::{Column, Mapping};
use super::schema::{ColumnType, Table};
use super::undated::Need;

impl Indicator {
    /// Does this source feed what the indicator counts, the first of its sources?
    pub fn counts_of(&self, mapping: &Mapping) -> bool {
        self.source.first().is_some_and(|of| *of == mapping.table || *of == mapping.source)
    }

    /// May such a source tell of it: by its mapping, of this disease?
    pub fn may_be_told_by(&self, mapping: &Mapping, disease: &str) -> bool {
        let every = !self.names("disease");
        (every || mapping.tells_of(disease)) && self.told_by.iter().all(|column| mapping.feeds(column))
    }
}

impl Indicator {
    /// Are the rows of such a source among those that it counts: does it give them the day that says which are? A list of
    /// what others published has no part in what was received here.
    pub fn has_part(&self, mapping: &Mapping, counted: &Table, disease: &str) -> bool {
        let every = !self.names("disease");
        self.counts_of(mapping)
            && (every || mapping.tells_of(disease))
            && self.day_of(counted).is_none_or(|day| mapping.feeds(day))
    }

    /// The day that says which rows are among those that it counts.
    pub fn day_of(&self, counted: &Table) -> Option<&str> {
        let is_day = |column: &&str| {
            counted.column(column).is_some_and(|own| own.kind == ColumnType::Day)
                && !counted.events.contains_key(*column)
        };
        let mut told = self.told_by.iter().map(String::as_str).rev();
        let mut counted_by = self.counted_by.iter().map(|(column, _)| column.as_str());
        let first = self.counted_by.first().map(|(column, _)| column.as_str());
        told.find(is_day).or_else(|| counted_by.find(is_day)).or(first)
    }
}

impl Catalog {
    /// Can a row of such a source change a figure: is it among those that are counted, or does it give something else that the
    /// text reads? `by`: the series, where the figure is of one.
    pub fn is_touched(
        &self,
        indicator: &Indicator,
        mapping: &Mapping,
        disease: &str,
        by: Option<&str>,
    ) -> bool {
        if indicator.lists_items() {
            return true;
        }
        if indicator.names("disease") && !mapping.tells_of(disease) {
            return false;
        }
        if indicator.counts_of(mapping) {
            let mut series = mapping.columns.iter().filter_map(|column| column.series.as_deref()).peekable();
            let said = |series: &str| by == Some(series) || indicator.sql.contains(&format!("'{series}'"));
            let of_series = series.peek().is_none() || series.any(said);
            return of_series
                && self.counted(indicator).is_none_or(|table| indicator.has_part(mapping, table, disease));
        }
        // What is said of people beside is joined by who they are; of other tables by what they give beside the disease.
        let of_people = self.table(&mapping.table).is_some_and(|table| table.subject);
        let has_subject = mapping.columns.iter().any(|column| column.field.as_deref() == Some("subject"));
        let given = mapping.columns.iter().flat_map(Column::feeds);
        (!of_people || has_subject)
            && given.filter(|column| column != "disease").any(|column| indicator.reads(&column))
    }

    /// What the header says of columns that are not there, and columns that files may lack and of which it does not say what
    /// is then.
    pub fn told_by_faults(&self, indicator: &Indicator) -> Vec<String> {
        let mut found = Vec::new();
        let Some(counted) = self.counted(indicator) else { return found };
        for column in indicator.told_by.iter().filter(|column| counted.column(column).is_none()) {
            found.push(format!("told_by: what it counts has no column {column}"));
        }
        for need in indicator.parts_told_by.iter().flat_map(|part| &part.needs) {
            let (table, column) = need.split_once('.').unwrap_or((&counted.name, need));
            if self.table(table).is_none_or(|table| table.column(column).is_none()) {
                found.push(format!("parts_told_by: {table} has no column {column}"));
            }
        }
        let labelled = |column: &&String| indicator.columns.iter().any(|(name, _)| name == *column);
        let parts = indicator.parts_told_by.iter().flat_map(|part| &part.columns);
        for column in parts.filter(|column| !labelled(column)) {
            found.push(format!("parts_told_by: its answer has no column {column}"));
        }
        for (column, _) in indicator.windows.iter().filter(|(column, _)| !labelled(&column)) {
            found.push(format!("window: its answer has no column {column}"));
        }
        for column in self.left_open(indicator, counted) {
            found.push(format!(
                "files may lack {column}, which its text counts by: name it in told_by, parts_told_by or told_without"
            ));
        }
        found
    }

    /// Columns of what is counted that a file may lack, that the text names and the header does not.
    fn left_open(&self, indicator: &Indicator, counted: &Table) -> Vec<String> {
        let mut said: Vec<&str> = indicator.told_by.iter().map(String::as_str).collect();
        said.extend(indicator.told_without.iter().map(String::as_str));
        said.extend(indicator.parts_told_by.iter().flat_map(|part| &part.needs).map(String::as_str));
        // Without a day that every row has, a row is in no figure and is said to lack it. One of what need not happen
        // says by being empty that it has not.
        let days = indicator.counted_by.iter().map(|(column, _)| Need::of(column).column);
        said.extend(days.filter(|column| !counted.events.contains_key(*column)));
        // A moment and its day stand in one column of the file, an age and its decade too.
        let twin = |column: &str| match (column.strip_suffix("_at"), column.strip_suffix("_day")) {
            (Some(stem), _) => Some(format!("{stem}_day")),
            (_, Some(stem)) => Some(format!("{stem}_at")),
            _ if column.ends_with("_decade") => column.strip_suffix("_decade").map(str::to_owned),
            _ => None,
        };
        let names =
            |column: &str| said.contains(&column) || twin(column).is_some_and(|twin| said.contains(&&*twin));
        let mut open = Vec::new();
        for mapping in self.mappings.values().filter(|mapping| indicator.counts_of(mapping)) {
            let optional = mapping.columns.iter().filter(|column| !column.expected && !column.required);
            for column in optional.flat_map(super::mapping::Column::feeds) {
                if indicator.reads(&column) && !names(&column) && !open.contains(&column) {
                    open.push(column);
                }
            }
        }
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Definitions;

    #[test]
    fn what_a_header_leaves_open_or_misnames_is_named() {
        for (id, from, to, says) in [
            ("deaths", "told_by: death_day,", "told_by: died_on,", "has no column died_on"),
            (
                "first_contact_pending",
                "-- told_by: first_contact_at\n",
                "",
                "files may lack first_contact_at",
            ),
            (
                "awaiting_admission",
                "parts_told_by: urgency:",
                "parts_told_by: haste:",
                "placements has no column haste",
            ),
            ("awaiting_admission", "urgency: emergency,", "urgency: emergence,", "no column emergence"),
            (
                "deaths_total",
                "window: last7 7",
                "window: last77 7",
                "window: its answer has no column last77",
            ),
        ] {
            let path = format!("queries/indicators/{id}.sql");
            let mut definitions = Definitions::embedded();
            let text = definitions.text(&path).expect("there").replace(from, to);
            definitions.put(&path, &text);
            let (catalog, _) = Catalog::read(&definitions);
            let found = catalog.told_by_faults(&catalog.indicators[id]);
            assert!(found.iter().any(|what| what.contains(says)), "{says}: {found:?}");
        }
    }
}
