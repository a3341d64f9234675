//! From the gate's frames (polars) to what the database's appender takes (arrow): value by value, without `unsafe`. No safe
//! crate joins these two versions of Arrow; handing the buffers over by the C data interface would save one copy of a batch.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Int64Array, StringViewArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow::datatypes::{Field, Schema};
use arrow::record_batch::RecordBatch;
use polars::prelude::{Column, DataFrame, DataType, PolarsResult, TimeUnit};

use super::error::StoreError;

/// One frame as one record batch, columns in the frame's order, all nullable.
pub(super) fn record_batch(frame: &DataFrame) -> Result<RecordBatch, StoreError> {
    let mut fields = Vec::with_capacity(frame.width());
    let mut arrays = Vec::with_capacity(frame.width());
    for column in frame.columns() {
        let array = array(column).map_err(|e| StoreError::Inconsistent(e.to_string()))?;
        let array = array.ok_or_else(|| StoreError::ColumnType {
            column: column.name().to_string(),
            kind: column.dtype().to_string(),
        })?;
        fields.push(Field::new(column.name().as_str(), array.data_type().clone(), true));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|e| StoreError::Inconsistent(e.to_string()))
}

/// None for a type that leaves no gate.
fn array(column: &Column) -> PolarsResult<Option<ArrayRef>> {
    let series = column.as_materialized_series();
    Ok(Some(match series.dtype() {
        DataType::Int64 => Arc::new(series.i64()?.iter().collect::<Int64Array>()),
        DataType::UInt64 => Arc::new(series.u64()?.iter().collect::<UInt64Array>()),
        DataType::Boolean => Arc::new(series.bool()?.iter().collect::<BooleanArray>()),
        DataType::String => Arc::new(series.str()?.iter().collect::<StringViewArray>()),
        DataType::Date => Arc::new(series.date()?.physical().iter().collect::<Date32Array>()),
        DataType::Datetime(TimeUnit::Microseconds, None) => {
            Arc::new(series.datetime()?.physical().iter().collect::<TimestampMicrosecondArray>())
        }
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::{Date32Type, Int64Type, TimestampMicrosecondType, UInt64Type};
    use polars::prelude::*;

    use super::*;

    #[test]
    fn values_nulls_and_types_arrive() {
        let texts: Vec<Option<String>> = (0..5_000)
            .map(|i| (i % 3 != 0).then(|| format!("a text longer than twelve bytes {i}")))
            .collect();
        let mut frame = DataFrame::new(
            5_000,
            vec![
                Series::new("text".into(), texts.clone()).into(),
                Series::new("n".into(), (0..5_000_i64).map(|i| (i != 7).then_some(i)).collect::<Vec<_>>())
                    .into(),
                Series::new("hash".into(), (0..5_000_u64).map(|i| u64::MAX - i).collect::<Vec<_>>()).into(),
                Series::new("flag".into(), (0..5_000).map(|i| Some(i % 2 == 0)).collect::<Vec<_>>()).into(),
                Series::new("day".into(), (0..5_000_i32).collect::<Vec<_>>())
                    .cast(&DataType::Date)
                    .unwrap()
                    .into(),
                Series::new("at".into(), (0..5_000_i64).collect::<Vec<_>>())
                    .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
                    .unwrap()
                    .into(),
            ],
        )
        .unwrap();
        frame = frame.slice(5, 4_000).vstack(&frame.slice(0, 3)).unwrap();
        let batch = record_batch(&frame).unwrap();
        assert_eq!(batch.num_rows(), 4_003);
        assert_eq!(batch.column(0).as_string_view().value(0), texts[5].as_deref().unwrap());
        assert!(batch.column(0).is_null(1));
        assert!(batch.column(1).is_null(2));
        assert_eq!(batch.column(1).as_primitive::<Int64Type>().value(0), 5);
        assert_eq!(batch.column(2).as_primitive::<UInt64Type>().value(4_002), u64::MAX - 2);
        assert!(batch.column(3).as_boolean().value(4_000));
        assert_eq!(batch.column(4).as_primitive::<Date32Type>().value(1), 6);
        assert_eq!(batch.column(5).as_primitive::<TimestampMicrosecondType>().value(1), 6);
    }
}
