//! How each indicator of the catalog finds the rows that it would count if their day were known.

use super::catalog::Catalog;
use super::indicator::{Indicator, Unit};
use super::mapping::Mapping;
use super::schema::Table;
use super::undated::{Dated, Need, faults, is_span, needs, text};

impl Catalog {
    /// The table whose rows an indicator counts: the first of its sources, or what that feeds.
    pub fn counted(&self, indicator: &Indicator) -> Option<&Table> {
        let name = indicator.source.first()?;
        let fed = self.mappings.get(name).map(|mapping| &mapping.table);
        self.table(fed.unwrap_or(name))
    }

    /// None where the header names no day, or what can't be asked for (which `hinomi check` says).
    pub(super) fn dated(&self, indicator: &Indicator) -> Option<Dated> {
        let table = self.counted(indicator)?;
        if indicator.counted_by.is_empty() || !faults(indicator, table, &self.domains.schema).is_empty() {
            return None;
        }
        let named = indicator.source.first()?;
        let feeds_all = |mapping: &Mapping| {
            let days = indicator.counted_by.iter().map(|(column, _)| column);
            let days = days.filter(|column| table.has_day(column));
            days.chain(&indicator.told_by).all(|column| mapping.feeds(column))
        };
        let feeding = self.mappings.values().filter(|m| *named == m.table || *named == m.source);
        let all = needs(indicator, table);
        let named = |(column, label): &(String, String)| (Need::of(column).column.to_owned(), label.clone());
        Some(Dated {
            sql: text(indicator, table).into(),
            sources: feeding.filter(|m| feeds_all(m)).map(|m| m.source.clone()).collect(),
            days: all.iter().map(named).collect(),
            are_days: all.iter().map(|(column, _)| table.has_day(column)).collect(),
            are_spans: is_span(table),
            unit: if table.counts_persons { Unit::Persons } else { Unit::Count },
        })
    }

    /// What a header says of days that its table does not have.
    pub fn undated_faults(&self, indicator: &Indicator) -> Vec<String> {
        if indicator.counted_by.is_empty() {
            let alone = indicator.counted_if.is_some() || indicator.undated.is_some();
            return if alone {
                vec!["counted_if and undated need counted_by".to_owned()]
            } else {
                Vec::new()
            };
        }
        match self.counted(indicator) {
            Some(table) => faults(indicator, table, &self.domains.schema),
            None => vec!["counted_by: what it counts is no table".to_owned()],
        }
    }
}
