//! Faults in the data: what the quality queries find, once a data version and day.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use jiff::civil::Date;

use super::cells::cell_of;
use super::data_fault::{DataFault, FaultGroup, GroupedBy, Span};
use super::error::AnswerError;
use super::handle::{Answers, failed};
use super::question::Cell;
use crate::definitions::Quality;
use crate::epi::clock::jst;
use crate::store::{AsOf, Param, Query, Store, StoreError};

const QUERIES: &str = "queries/quality";
/// Places of each fault that are told one by one.
const TOLD: usize = 5;
/// The column in which a query counts rows; each of its own rows is one where it has none.
const ROWS: &str = "rows";

impl Answers {
    /// All faults in the data as it is known now.
    pub async fn data_faults(&self) -> Result<Arc<Vec<DataFault>>, AnswerError> {
        let answers = self.clone();
        let looked = self.in_turn(QUERIES, move |store| Ok(answers.look_for_faults(store)?));
        looked.await.map_err(|why| failed(QUERIES, why))
    }

    fn look_for_faults(&self, store: &Store) -> Result<Arc<Vec<DataFault>>, StoreError> {
        let now = self.now();
        let today = jst(now).date();
        let of = (store.latest(), today);
        if let Some((known, found)) = self.faults_found().as_ref()
            && *known == of
        {
            return Ok(found.clone());
        }
        let mut found = Vec::new();
        for quality in self.catalog().quality.values() {
            let named = crate::definitions::parameters(&quality.sql);
            let params = [("as_of_at", Param::Instant(now)), ("as_of_day", Param::Day(today))];
            let params = params.into_iter().filter(|(name, _)| named.contains(*name));
            let params = params.map(|(name, value)| (name.to_owned(), value));
            let query = Query::new(&*quality.id, Arc::clone(&quality.sql), params);
            let rows = store.query(&query, AsOf::Batch(of.0), self.deadline())?;
            if rows.num_rows() == 0 {
                continue;
            }
            found.push(fault(quality, &rows));
        }
        let found = Arc::new(found);
        *self.faults_found() = Some((of, found.clone()));
        Ok(found)
    }
}

/// Groups the rows of a query by its texts. Of its numbers only the counts of rows are told, of its days only the spans.
fn fault(quality: &Quality, rows: &RecordBatch) -> DataFault {
    let schema = rows.schema();
    let label = |name: &str| {
        let known = quality.columns.iter().find(|(column, _)| column == name);
        known.map_or_else(|| name.to_owned(), |(_, label)| label.clone())
    };
    let day = schema.fields().iter().position(|field| field.data_type() == &DataType::Date32);
    let counted = schema.index_of(ROWS).ok();
    let mut groups: Vec<FaultGroup> = Vec::new();
    let mut places: HashMap<Vec<Option<String>>, usize> = HashMap::new();
    let mut spans: Vec<Option<(Date, Date)>> = Vec::new();
    for row in 0..rows.num_rows() {
        let of: Vec<GroupedBy> = schema
            .fields()
            .iter()
            .zip(rows.columns())
            .filter(|(field, _)| is_text(field.data_type()))
            .map(|(field, column)| GroupedBy {
                column: field.name().clone(),
                label: label(field.name()),
                code: cell_of(column, row).text().map(str::to_owned),
            })
            .collect();
        let key: Vec<_> = of.iter().map(|told| told.code.clone()).collect();
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(FaultGroup { of, rows: 0, days: None });
            spans.push(None);
            groups.len() - 1
        });
        let count = counted.and_then(|column| cell_of(rows.column(column), row).int()).unwrap_or(1);
        groups[place].rows += count.unsigned_abs();
        if let Some(Cell::Day(day)) = day.map(|column| cell_of(rows.column(column), row)) {
            let (first, last) = spans[place].unwrap_or((day, day));
            spans[place] = Some((first.min(day), last.max(day)));
        }
    }
    for (group, span) in groups.iter_mut().zip(spans) {
        let named = day.map(|column| label(schema.field(column).name()));
        group.days = named.zip(span.map(|(first, last)| Span::of(group.rows, first, last)));
    }
    groups.sort_by_key(|group| Reverse(group.rows));
    DataFault {
        id: quality.id.clone(),
        title_ja: quality.title_ja.clone(),
        title_en: quality.title_en.clone(),
        rows: groups.iter().map(|group| group.rows).sum(),
        groups: groups.len(),
        told: groups.into_iter().take(TOLD).collect(),
    }
}

fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Date32Array, Int64Array, StringArray};
    use jiff::civil::date;

    use super::*;
    use crate::definitions::{Catalog, Definitions};

    fn found(id: &str, columns: Vec<(&str, ArrayRef)>) -> DataFault {
        let catalog = Catalog::load(&Definitions::embedded()).expect("the catalog");
        fault(&catalog.quality[id], &RecordBatch::try_from_iter(columns).expect("rows"))
    }

    fn days(days: &[Date]) -> ArrayRef {
        Arc::new(Date32Array::from_iter_values(days.iter().map(|day| (*day - date(1970, 1, 1)).get_days())))
    }

    #[test]
    fn rows_are_told_by_source_and_only_many_of_one_day_by_the_day() {
        let source: ArrayRef = Arc::new(StringArray::from(vec!["a", "a", "b", "b", "c", "d"]));
        let day = [(9, 3), (11, 20), (11, 2), (11, 9), (11, 5), (11, 6)];
        let day = days(&day.map(|(month, day)| date(2026, month, day)));
        let rows: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 9, 4, 10, 9]));
        let found =
            found("contact_before_receipt", vec![("source", source), ("received_day", day), ("rows", rows)]);
        assert_eq!((found.rows, found.groups), (35, 4));
        let told: Vec<_> =
            found.told.iter().map(|g| (g.of[0].code.as_deref(), g.rows, g.days.clone())).collect();
        let named = |span| Some(("受理日".to_owned(), span));
        assert_eq!(
            told,
            [
                (Some("b"), 13, named(Span::Months(date(2026, 11, 1), date(2026, 11, 1)))),
                (Some("c"), 10, named(Span::Day(date(2026, 11, 5)))),
                (Some("d"), 9, named(Span::Months(date(2026, 11, 1), date(2026, 11, 1)))),
                (Some("a"), 3, named(Span::Months(date(2026, 9, 1), date(2026, 11, 1)))),
            ]
        );
    }

    #[test]
    fn no_number_of_a_row_is_told() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("the catalog");
        for quality in catalog.quality.values() {
            let columns = quality.columns.iter().map(|(name, _)| {
                let text = matches!(
                    name.as_str(),
                    "source"
                        | "facility_id"
                        | "what"
                        | "series"
                        | "area"
                        | "area_class"
                        | "field"
                        | "severity_basis"
                        | "district"
                        | "sex"
                );
                let column: ArrayRef = match name.as_str() {
                    name if name == "day"
                        || ["newest", "month"].contains(&name)
                        || name.ends_with("_day") =>
                    {
                        days(&[date(2026, 11, 23), date(2026, 11, 24)])
                    }
                    _ if text => Arc::new(StringArray::from(vec!["x", "y"])),
                    "rows" => Arc::new(Int64Array::from(vec![1, 2])),
                    _ => Arc::new(Int64Array::from(vec![4711, 4712])),
                };
                (name.as_str(), column)
            });
            let found = found(&quality.id, columns.collect());
            let lines = format!("{found:?}");
            assert!(!lines.contains("471") && !lines.contains("2026-11-2"), "{}: {lines}", quality.id);
            assert_eq!(found.groups, 2, "{}: {lines}", quality.id);
        }
    }
}
