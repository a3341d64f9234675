//! Decimals leave the engine as they were published: with the places that a column needs, and without any as whole
//! numbers. Never by way of a float.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Int64Array};
use arrow::datatypes::{DECIMAL128_MAX_PRECISION, DataType, Decimal128Type};
use arrow::error::ArrowError;

/// A column of decimals with as few places as hold all its values: `13.80` and `13.81` keep two. Where none is needed it
/// is a column of `Int64`, as a count is. None for a column of another type.
pub(super) fn trimmed(column: &ArrayRef) -> Result<Option<ArrayRef>, ArrowError> {
    let DataType::Decimal128(_, scale) = column.data_type() else { return Ok(None) };
    let Ok(scale) = u32::try_from(*scale) else { return Ok(None) };
    let values = column.as_primitive::<Decimal128Type>();
    let places = values.iter().flatten().map(|value| places(value, scale)).max().unwrap_or(0);
    let divisor = 10_i128.pow(scale - places);
    let numbers = values.iter().map(|value| value.map(|value| value / divisor));
    if places == 0 {
        let whole: Option<Vec<Option<i64>>> =
            numbers.clone().map(|n| n.map(i64::try_from).transpose().ok()).collect();
        if let Some(whole) = whole {
            return Ok(Some(Arc::new(Int64Array::from(whole))));
        }
    }
    let kept = Decimal128Array::from(numbers.collect::<Vec<_>>());
    let scale = i8::try_from(places).unwrap_or(0);
    Ok(Some(Arc::new(kept.with_precision_and_scale(DECIMAL128_MAX_PRECISION, scale)?)))
}

/// The places that a value needs of those that its column has.
fn places(value: i128, scale: u32) -> u32 {
    let mut value = value;
    let mut places = scale;
    while places > 0 && value % 10 == 0 {
        value /= 10;
        places -= 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: Vec<Option<i128>>, scale: i8) -> ArrayRef {
        Arc::new(Decimal128Array::from(values).with_precision_and_scale(38, scale).unwrap())
    }

    fn shown(values: Vec<Option<i128>>, scale: i8) -> (DataType, Vec<Option<i128>>) {
        let found = trimmed(&column(values, scale)).unwrap().unwrap();
        let values = match found.data_type() {
            DataType::Int64 => {
                let whole = found.as_primitive::<arrow::datatypes::Int64Type>();
                whole.iter().map(|v| v.map(i128::from)).collect()
            }
            _ => found.as_primitive::<Decimal128Type>().iter().collect(),
        };
        (found.data_type().clone(), values)
    }

    #[test]
    fn a_column_has_the_places_that_it_needs() {
        let two = shown(vec![Some(13_810_000), Some(13_800_000), None], 6);
        assert_eq!(two, (DataType::Decimal128(38, 2), vec![Some(1381), Some(1380), None]));
        let whole = shown(vec![Some(13_000_000), None, Some(0), Some(-2_000_000)], 6);
        assert_eq!(whole, (DataType::Int64, vec![Some(13), None, Some(0), Some(-2)]));
        assert_eq!(shown(vec![], 15), (DataType::Int64, vec![]));
        assert_eq!(shown(vec![Some(-5)], 1), (DataType::Decimal128(38, 1), vec![Some(-5)]));
        let large = i128::from(i64::MAX) * 10;
        assert_eq!(shown(vec![Some(large)], 0), (DataType::Decimal128(38, 0), vec![Some(large)]));
        let whole: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        assert!(trimmed(&whole).unwrap().is_none());
    }
}
