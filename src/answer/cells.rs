//! The cells of an answer, for those who write text or JSON.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimeUnit, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::decimal::Decimal;
use super::question::{Answer, Cell};
use crate::definitions::role::Role;

impl Answer {
    /// One cell. Null when the column or the row is not there, and for what is not a number (NaN, infinity).
    pub fn cell(&self, row: usize, column: &str) -> Cell {
        self.column_index(column).map_or(Cell::Null, |index| cell_of(self.rows.column(index), row))
    }

    /// One cell of the first column with a role.
    pub fn cell_of(&self, row: usize, role: Role) -> Cell {
        self.indicator.column_of(role).map_or(Cell::Null, |column| self.cell(row, column))
    }

    /// A numeric cell; None for null and for what is not a number.
    pub fn number(&self, row: usize, column: &str) -> Option<f64> {
        self.cell(row, column).number()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.num_rows()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the columns, in their order.
    pub fn column_names(&self) -> Vec<String> {
        self.rows.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// One row, cell by cell.
    pub fn row(&self, row: usize) -> Vec<Cell> {
        self.rows.columns().iter().map(|column| cell_of(column, row)).collect()
    }

    /// `[[…], …]` for the API: numbers, text, days as `YYYY-MM-DD`, instants in UTC; null stays null.
    pub fn rows_json(&self) -> Vec<Vec<Cell>> {
        (0..self.len()).map(|row| self.row(row)).collect()
    }
}

impl Cell {
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(whole) => Some(*whole as f64),
            Self::Float(number) => Some(*number),
            Self::Decimal(decimal) => Some(decimal.number()),
            _ => None,
        }
    }

    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(whole) => Some(*whole),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn day(&self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(*day),
            _ => None,
        }
    }

    pub fn instant(&self) -> Option<Timestamp> {
        match self {
            Self::Instant(at) => Some(*at),
            _ => None,
        }
    }
}

/// A null is empty, as in CSV.
impl std::fmt::Display for Cell {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Int(whole) => write!(to, "{whole}"),
            Self::Float(number) => write!(to, "{number}"),
            Self::Decimal(decimal) => write!(to, "{decimal}"),
            Self::Text(text) => to.write_str(text),
            Self::Day(day) => write!(to, "{day}"),
            Self::Instant(at) => write!(to, "{at}"),
            Self::Bool(flag) => write!(to, "{flag}"),
        }
    }
}

/// One value of an Arrow column.
pub(super) fn cell_of(column: &ArrayRef, row: usize) -> Cell {
    if row >= column.len() || column.is_null(row) {
        return Cell::Null;
    }
    match column.data_type() {
        DataType::Int8 => Cell::Int(column.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Cell::Int(column.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Cell::Int(column.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Cell::Int(column.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Cell::Int(column.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => Cell::Int(column.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => Cell::Int(column.as_primitive::<UInt32Type>().value(row).into()),
        DataType::UInt64 => {
            i64::try_from(column.as_primitive::<UInt64Type>().value(row)).map_or(Cell::Null, Cell::Int)
        }
        DataType::Float32 => float(column.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => float(column.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            let digits = column.as_primitive::<Decimal128Type>().value(row);
            match (u32::try_from(*scale), i64::try_from(digits)) {
                (Ok(0), Ok(whole)) => Cell::Int(whole),
                (Ok(places), _) => Cell::Decimal(Decimal { digits, places }),
                (Err(_), _) => Cell::Null,
            }
        }
        DataType::Utf8 => Cell::Text(column.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Cell::Text(column.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => Cell::Text(column.as_string_view().value(row).to_owned()),
        DataType::Boolean => Cell::Bool(column.as_boolean().value(row)),
        DataType::Date32 => day(column.as_primitive::<Date32Type>().value(row)),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            Timestamp::from_microsecond(micros).map_or(Cell::Null, Cell::Instant)
        }
        _ => Cell::Null,
    }
}

fn float(number: f64) -> Cell {
    if number.is_finite() { Cell::Float(number) } else { Cell::Null }
}

fn day(since_1970: i32) -> Cell {
    jiff::civil::date(1970, 1, 1).checked_add(since_1970.days()).map_or(Cell::Null, Cell::Day)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
    };
    use jiff::civil::date;

    use super::*;

    fn cells(column: impl Array + 'static) -> Vec<Cell> {
        let column: ArrayRef = Arc::new(column);
        (0..column.len()).map(|row| cell_of(&column, row)).collect()
    }

    #[test]
    fn each_type_is_read_and_null_stays_null() {
        assert_eq!(cells(Int64Array::from(vec![Some(7), None])), [Cell::Int(7), Cell::Null]);
        assert_eq!(
            cells(Float64Array::from(vec![0.5, f64::NAN, f64::INFINITY])),
            [Cell::Float(0.5), Cell::Null, Cell::Null]
        );
        assert_eq!(
            cells(StringArray::from(vec![Some("shiba"), None])),
            [Cell::Text("shiba".into()), Cell::Null]
        );
        assert_eq!(cells(BooleanArray::from(vec![true])), [Cell::Bool(true)]);
        assert_eq!(
            cells(Date32Array::from(vec![0, 19_038])),
            [Cell::Day(date(1970, 1, 1)), Cell::Day(date(2022, 2, 15))]
        );
        assert_eq!(
            cells(TimestampMicrosecondArray::from(vec![1_000_000])),
            [Cell::Instant(Timestamp::from_second(1).expect("an instant"))]
        );
    }

    #[test]
    fn json_keeps_nulls() {
        let row = vec![Cell::Int(1), Cell::Null, Cell::Day(date(2022, 2, 16)), Cell::Text("a".into())];
        assert_eq!(serde_json::to_string(&row).expect("json"), r#"[1,null,"2022-02-16","a"]"#);
    }
}
