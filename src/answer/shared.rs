//! Shared queries that name no parameter and read nothing but facts: worked out once for each version of the data, and given as they came out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;

use super::cells::cell_of;
use super::given::{Known, Type, Value, written};
use super::question::Cell;
use crate::definitions::Catalog;
use crate::definitions::indicator::Indicator;
use crate::store::{AsOf, BatchId, Query, Store, StoreError};

/// Texts remembered before the oldest versions' are let go, all at once.
const MOST: usize = 200;

/// The text of each query at a version; none where it can't be written down.
type Texts = HashMap<(String, BatchId), Option<String>>;

#[derive(Clone, Default)]
pub struct WorkedOut(Arc<Mutex<Texts>>);

impl WorkedOut {
    /// What an indicator reads of them at a version. Blocks; who asks at the same time waits for the first.
    pub fn of(
        &self,
        catalog: &Catalog,
        indicator: &Indicator,
        (store, batch, deadline): (&Store, BatchId, Duration),
    ) -> Result<Known, StoreError> {
        let mut known = Known::new();
        let read = catalog.shared.iter().filter(|(name, _)| indicator.reads(name));
        for (name, shared) in read.filter(|(_, shared)| shared.stands_alone(&catalog.shared)) {
            let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let key = (name.clone(), batch);
            if !made.contains_key(&key) {
                let query = Query { id: name.clone(), sql: Arc::clone(&shared.sql), params: Vec::new() };
                let rows = store.query(&query, AsOf::Batch(batch), deadline)?;
                if made.len() >= MOST {
                    made.clear();
                }
                made.insert(key.clone(), text(name, &rows));
            }
            if let Some(Some(text)) = made.get(&key) {
                known.insert(name.clone(), text.clone());
            }
        }
        Ok(known)
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
