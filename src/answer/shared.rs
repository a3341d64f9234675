//! Shared queries that name no parameter and read nothing but facts: worked out once for each version of the data, and given as they came out.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use moka::sync::Cache;

use super::cells::cell_of;
use super::given::{Known, Type, Value, written};
use super::question::Cell;
use crate::definitions::Catalog;
use crate::definitions::indicator::Indicator;
use crate::store::{AsOf, BatchId, Query, Store, StoreError};

/// Texts remembered; what was read longest ago goes first.
const MOST: u64 = 200;

/// The text of each query at a version; none where it can't be written down.
#[derive(Clone)]
pub struct WorkedOut(Cache<(String, BatchId), Option<Arc<str>>>);

impl Default for WorkedOut {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl WorkedOut {
    /// What an indicator reads of them at a version. Blocks; who asks for the same one meanwhile waits for the first.
    pub fn of(
        &self,
        catalog: &Catalog,
        indicator: &Indicator,
        (store, batch, deadline): (&Store, BatchId, Duration),
    ) -> Result<Known, Arc<StoreError>> {
        let mut known = Known::new();
        let read = catalog.shared.iter().filter(|(name, _)| indicator.reads(name));
        for (name, shared) in read.filter(|(_, shared)| shared.stands_alone(&catalog.shared)) {
            let work = || {
                let query = Query { id: name.clone(), sql: Arc::clone(&shared.sql), params: Vec::new() };
                let rows = store.query(&query, AsOf::Batch(batch), deadline)?;
                Ok(text(name, &rows))
            };
            if let Some(text) = self.once((name.clone(), batch), work)? {
                known.insert(name.clone(), text.to_string());
            }
        }
        Ok(known)
    }

    /// The work's result, done once a key. A failure is not remembered.
    fn once(
        &self,
        key: (String, BatchId),
        work: impl FnOnce() -> Result<Option<String>, StoreError>,
    ) -> Result<Option<Arc<str>>, Arc<StoreError>> {
        self.0.try_get_with(key, || work().map(|text| text.map(Arc::from)))
    }
}

/// None where a column is of a kind that is not written down.
fn text(name: &str, rows: &RecordBatch) -> Option<String> {
    let schema = rows.schema();
    let column = |field: &Arc<arrow::datatypes::Field>| {
        let kind = match field.data_type() {
            DataType::Date32 => Type::Day,
            DataType::Int64 => Type::Whole,
            DataType::Float64 | DataType::Decimal128(..) => Type::Decimal,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Type::Text,
            _ => return None,
        };
        Some((field.name().clone(), kind))
    };
    let columns: Vec<(String, Type)> = schema.fields().iter().map(column).collect::<Option<_>>()?;
    let columns: Vec<(&str, Type)> = columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    let value = |cell: Cell| match cell {
        Cell::Int(number) => Value::Whole(number),
        Cell::Float(number) => Value::Decimal(number),
        Cell::Decimal(decimal) => Value::Decimal(decimal.number()),
        Cell::Text(text) => Value::Text(text),
        Cell::Day(day) => Value::Day(day),
        _ => Value::Null,
    };
    let row = |row: usize| rows.columns().iter().map(|column| value(cell_of(column, row))).collect();
    Some(written(name, &columns, &(0..rows.num_rows()).map(row).collect::<Vec<Vec<Value>>>()))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    #[test]
    fn a_long_query_holds_up_no_other() {
        let worked_out = WorkedOut::default();
        let (begun, has_begun) = mpsc::channel();
        let (end, may_end) = mpsc::channel();
        std::thread::scope(|threads| {
            let long = threads.spawn(|| {
                worked_out.once(("long".into(), BatchId(1)), move || {
                    begun.send(()).expect("heard");
                    may_end.recv_timeout(PATIENCE).map_err(|why| StoreError::Lost(why.to_string()))?;
                    Ok(Some("1".to_owned()))
                })
            });
            has_begun.recv_timeout(PATIENCE).expect("begun");
            let other = worked_out.once(("other".into(), BatchId(1)), || Ok(Some("2".to_owned())));
            end.send(()).expect("the long one waits");
            assert_eq!(other.expect("worked out").as_deref(), Some("2"));
            assert_eq!(long.join().expect("ended").expect("it did not wait in vain").as_deref(), Some("1"));
        });
    }

    #[test]
    fn a_failure_is_not_remembered() {
        let worked_out = WorkedOut::default();
        let key = || ("a".to_owned(), BatchId(1));
        assert!(worked_out.once(key(), || Err(StoreError::Closed)).is_err());
        assert_eq!(worked_out.once(key(), || Ok(None)).expect("tried again"), None);
        let again = worked_out.once(key(), || Ok(Some("not asked".to_owned())));
        assert_eq!(again.expect("remembered"), None);
    }
}
