//! Few types leave an engine.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatchOptions;

use super::decimals::trimmed;

/// A batch in the types that queries give: Int64, Float64, Decimal128, Utf8, Boolean, Date32, Timestamp(µs).
pub(crate) fn plain(batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
    let mut fields = Vec::with_capacity(batch.num_columns());
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let wanted = plain_type(field.data_type());
        let column = match wanted == *field.data_type() {
            true => trimmed(column)?.unwrap_or_else(|| column.clone()),
            false => cast(column, &wanted)?,
        };
        fields.push(Field::new(field.name(), column.data_type().clone(), true));
        columns.push(column);
    }
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &rows)
}

fn plain_type(kind: &DataType) -> DataType {
    match kind {
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => DataType::Int64,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => DataType::Int64,
        // A sum of whole numbers is a decimal without places.
        DataType::Decimal128(_, 0) | DataType::Decimal256(_, 0) => DataType::Int64,
        DataType::Decimal32(_, _) | DataType::Decimal64(_, _) => DataType::Float64,
        // With places it is a figure as it was published.
        DataType::Decimal128(_, _) => kind.clone(),
        DataType::Decimal256(_, _) => DataType::Float64,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => DataType::Float64,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, _) => DataType::Timestamp(TimeUnit::Microsecond, None),
        other => other.clone(),
    }
}
