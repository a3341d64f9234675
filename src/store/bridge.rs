//! From the gate's frames (polars) to what the database's appender takes (arrow): the one `unsafe` module.
//!
//! Both crates speak the Arrow C data interface, and no safe crate joins these two versions. An exported array
//! is handed over by moving one C struct: `polars_arrow::ffi::ArrowArray` and `arrow::ffi::FFI_ArrowArray` are
//! both `#[repr(C)]` copies of the `struct ArrowArray` that the specification fixes (the same for the schema),
//! so a pointer to one may be read as the other. No buffer is copied.

#![expect(unsafe_code, reason = "a C struct is handed from one crate to the other; see above")]

use std::sync::Arc;

use arrow::array::{ArrayRef, make_array};
use arrow::datatypes::{Field, Schema};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow::record_batch::RecordBatch;
use polars::prelude::{Column, CompatLevel, DataFrame};
use polars_arrow::ffi::{ArrowArray, ArrowSchema, export_array_to_c, export_field_to_c};

use super::error::StoreError;

/// One frame as one record batch, columns in the frame's order, all nullable.
pub(super) fn record_batch(frame: &DataFrame) -> Result<RecordBatch, StoreError> {
    let mut fields = Vec::with_capacity(frame.width());
    let mut arrays = Vec::with_capacity(frame.width());
    for column in frame.columns() {
        let array = array(column)?;
        fields.push(Field::new(column.name().as_str(), array.data_type().clone(), true));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|e| StoreError::Inconsistent(e.to_string()))
}

fn array(column: &Column) -> Result<ArrayRef, StoreError> {
    let series = column.as_materialized_series().rechunk();
    let field = series.field().to_arrow(CompatLevel::newest());
    let mut schema = export_field_to_c(&field);
    let mut array = export_array_to_c(series.to_arrow(0, CompatLevel::newest()));
    // SAFETY: see the module's text for the layouts. `from_raw` moves the struct out and leaves an empty,
    // released one behind, so that exactly one side runs the release callback: `array` and `schema` are dropped
    // here with nothing left to release. Both were filled by polars a line above, hence are valid.
    let data = unsafe {
        let array = FFI_ArrowArray::from_raw((&raw mut array).cast::<FFI_ArrowArray>());
        let schema = FFI_ArrowSchema::from_raw((&raw mut schema).cast::<FFI_ArrowSchema>());
        from_ffi(array, &schema)
    };
    let data = data.map_err(|e| StoreError::ColumnType {
        column: column.name().to_string(),
        kind: format!("{} ({e})", column.dtype()),
    })?;
    Ok(make_array(data))
}

// The structs are the same size on both sides; the specification fixes the rest.
const _: () = assert!(size_of::<ArrowArray>() == size_of::<FFI_ArrowArray>());
const _: () = assert!(size_of::<ArrowSchema>() == size_of::<FFI_ArrowSchema>());

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
