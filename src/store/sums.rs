//! What rows amount to, in whatever order and files they lie: each row's SHA-256, added up. Two sets of rows are equal
//! when their sums are, and compaction keeps them.
//!
//! A row is its cells that are not null, by the names of their columns in order; a whole number is the same number
//! in every width. So a column that a file lacks and one that is null throughout are one thing.

use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array,
    RecordBatch, StringArray, TimestampMicrosecondArray, UInt32Array, UInt64Array,
};
use arrow::buffer::NullBuffer;
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    UInt32Type, UInt64Type,
};
use sha2::{Digest, Sha256};

use super::error::StoreError;

/// How many rows, and what they add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub rows: u64,
    total: [u64; 4],
}

impl Sum {
    fn add(&mut self, digest: &[u8; 32]) {
        let mut total = [0; 4];
        for (word, bytes) in total.iter_mut().zip(digest.chunks_exact(8)) {
            *word = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        }
        self.join(&Self { rows: 1, total });
    }

    fn join(&mut self, other: &Self) {
        self.rows += other.rows;
        let mut carry = false;
        for (word, add) in self.total.iter_mut().zip(other.total) {
            let (sum, first) = word.overflowing_add(add);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, first || second);
        }
    }

    /// The total in hexadecimal digits.
    pub(super) fn hex(&self) -> String {
        self.total.iter().map(|word| hex::encode(word.to_le_bytes())).collect()
    }
}

/// By batch.
pub(super) type Sums = BTreeMap<u32, Sum>;

enum Cells {
    Whole(Int64Array),
    Natural(UInt64Array),
    Decimal(Decimal128Array, i8),
    Float(Float64Array),
    Text(StringArray),
    Flag(BooleanArray),
    Day(Date32Array),
    Instant(TimestampMicrosecondArray),
}

struct Column {
    /// Stands for the name before each cell.
    name: [u8; 8],
    cells: Cells,
    nulls: Option<NullBuffer>,
}

/// Threads that sum up rows beside the query that reads them.
const THREADS: usize = 4;

/// The sums of the rows that `read` gives out, by the batches that a column names. They are summed up on other threads while
/// `read` goes on.
pub(super) fn of(
    by: &str,
    read: impl FnOnce(&mut dyn FnMut(RecordBatch)) -> Result<(), StoreError>,
) -> Result<Sums, StoreError> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let (rows, waiting) = sync_channel::<RecordBatch>(2 * threads);
    let waiting = Mutex::new(waiting);
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
    let summed = || {
        let (mut sums, mut added) = (Sums::new(), Ok(()));
        // What comes after an error is taken as well: whoever reads would wait for ever.
        while let Ok(rows) = next() {
            if added.is_ok() {
                added = add(&mut sums, by, &rows);
            }
        }
        added.map(|()| sums)
    };
    thread::scope(|scope| {
        let adders: Vec<_> = (0..threads).map(|_| scope.spawn(summed)).collect();
        let read = read(&mut |batch| {
            // Nobody takes it only where every adder has panicked, which is told below.
            let _ = rows.send(batch);
        });
        drop(rows);
        let mut all = Sums::new();
        for adder in adders {
            let sums = adder.join().map_err(|_| StoreError::Inconsistent("summing up rows".into()))??;
            join(&mut all, &sums);
        }
        read.map(|()| all)
    })
}

/// Adds sums to others.
pub(super) fn join(sums: &mut Sums, others: &Sums) {
    others.iter().for_each(|(batch, sum)| sums.entry(*batch).or_default().join(sum));
}

/// Adds rows to the sums of the batches that a column names.
fn add(sums: &mut Sums, by: &str, rows: &RecordBatch) -> Result<(), StoreError> {
    let broken = |e: arrow::error::ArrowError| StoreError::Inconsistent(e.to_string());
    let missing = || StoreError::Inconsistent(format!("archived rows without {by}"));
    let batches = cast(rows.column_by_name(by).ok_or_else(missing)?, &DataType::UInt32).map_err(broken)?;
    let batches: &UInt32Array = batches.as_primitive::<UInt32Type>();
    let schema = rows.schema();
    let mut named: Vec<(&String, &ArrayRef)> =
        schema.fields().iter().map(|field| field.name()).zip(rows.columns()).collect();
    named.sort_by_key(|(name, _)| *name);
    let columns = named
        .into_iter()
        .filter(|(_, array)| array.null_count() < array.len())
        .map(|(name, array)| column(name, array))
        .collect::<Result<Vec<_>, _>>()?;
    let mut text = Vec::with_capacity(512);
    let mut of: Option<(u32, Sum)> = None;
    for row in 0..rows.num_rows() {
        text.clear();
        for column in
            columns.iter().filter(|column| column.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)))
        {
            text.extend_from_slice(&column.name);
            column.cells.write(row, &mut text);
        }
        let batch = batches.value(row);
        let sum = match &mut of {
            Some((same, sum)) if *same == batch => sum,
            of => {
                if let Some((before, sum)) = of.take() {
                    sums.insert(before, sum);
                }
                &mut of.insert((batch, sums.remove(&batch).unwrap_or_default())).1
            }
        };
        sum.add(&Sha256::digest(&text).into());
    }
    if let Some((batch, sum)) = of {
        sums.insert(batch, sum);
    }
    Ok(())
}

fn column(name: &str, array: &ArrayRef) -> Result<Column, StoreError> {
    let broken = |e: arrow::error::ArrowError| StoreError::Inconsistent(e.to_string());
    let as_type = |kind: &DataType| cast(array, kind).map_err(broken);
    let cells = match array.data_type() {
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => {
            Cells::Whole(as_type(&DataType::Int64)?.as_primitive::<Int64Type>().clone())
        }
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => {
            Cells::Natural(as_type(&DataType::UInt64)?.as_primitive::<UInt64Type>().clone())
        }
        DataType::Decimal128(_, scale) => {
            Cells::Decimal(array.as_primitive::<Decimal128Type>().clone(), *scale)
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            Cells::Float(as_type(&DataType::Float64)?.as_primitive::<Float64Type>().clone())
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            Cells::Text(as_type(&DataType::Utf8)?.as_string::<i32>().clone())
        }
        DataType::Boolean => Cells::Flag(array.as_boolean().clone()),
        DataType::Date32 => Cells::Day(array.as_primitive::<Date32Type>().clone()),
        DataType::Timestamp(_, _) => {
            let micros = as_type(&DataType::Timestamp(TimeUnit::Microsecond, None))?;
            Cells::Instant(micros.as_primitive::<TimestampMicrosecondType>().clone())
        }
        other => {
            return Err(StoreError::ColumnType { column: name.to_owned(), kind: other.to_string() });
        }
    };
    let digest = Sha256::digest(name);
    let mut short = [0; 8];
    short.copy_from_slice(&digest[..8]);
    Ok(Column { name: short, cells, nulls: array.nulls().cloned() })
}

impl Cells {
    /// Writes a cell that is not null: what kind it is, then its value.
    fn write(&self, row: usize, into: &mut Vec<u8>) {
        match self {
            Self::Whole(cells) => whole(i128::from(cells.value(row)), into),
            Self::Natural(cells) => whole(i128::from(cells.value(row)), into),
            Self::Decimal(cells, scale) => {
                let (mut digits, mut scale) = (cells.value(row), *scale);
                while scale > 0 && digits % 10 == 0 {
                    digits /= 10;
                    scale -= 1;
                }
                if scale > 0 {
                    into.extend([b'd', scale.unsigned_abs()]);
                }
                whole(digits, into);
            }
            Self::Float(cells) => {
                into.push(b'f');
                into.extend(cells.value(row).to_bits().to_le_bytes());
            }
            Self::Text(cells) => {
                let text = cells.value(row);
                into.push(b't');
                into.extend((text.len() as u64).to_le_bytes());
                into.extend(text.as_bytes());
            }
            Self::Flag(cells) => into.extend([b'b', u8::from(cells.value(row))]),
            Self::Day(cells) => {
                into.push(b'j');
                into.extend(cells.value(row).to_le_bytes());
            }
            Self::Instant(cells) => {
                into.push(b'i');
                into.extend(cells.value(row).to_le_bytes());
            }
        }
    }
}

fn whole(number: i128, into: &mut Vec<u8>) {
    if let Ok(small) = i64::try_from(number) {
        into.push(b'n');
        into.extend(small.to_le_bytes());
    } else {
        into.push(b'N');
        into.extend(number.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Int16Array;

    use super::*;

    fn rows(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        RecordBatch::try_from_iter(columns).unwrap()
    }

    fn summed(batches: &[RecordBatch]) -> Sums {
        of("known_from", |each| {
            batches.iter().cloned().for_each(each);
            Ok(())
        })
        .unwrap()
    }

    #[test]
    fn an_error_of_the_rows_and_one_of_the_query_are_told() {
        let batch = || Arc::new(UInt32Array::from(vec![1])) as ArrayRef;
        let lacking = rows(vec![("age", batch())]);
        let given = |batch: &RecordBatch, n: usize| {
            of("known_from", |each| {
                (0..n).for_each(|_| each(batch.clone()));
                Ok(())
            })
        };
        assert!(matches!(given(&lacking, 1000), Err(StoreError::Inconsistent(_))));
        let whole = rows(vec![("known_from", batch())]);
        assert_eq!(given(&whole, 1000).unwrap()[&1].rows, 1000);
        let cut = of("known_from", |each| {
            each(whole.clone());
            Err(StoreError::NotLater)
        });
        assert!(matches!(cut, Err(StoreError::NotLater)));
    }

    #[test]
    fn order_files_widths_and_absent_columns_do_not_matter_and_values_do() {
        let batch = |n: Vec<u32>| Arc::new(UInt32Array::from(n)) as ArrayRef;
        let age = |n: Vec<Option<i16>>| Arc::new(Int16Array::from(n)) as ArrayRef;
        let wide = |n: Vec<Option<i64>>| Arc::new(Int64Array::from(n)) as ArrayRef;
        let sex = |n: Vec<Option<&str>>| Arc::new(StringArray::from(n)) as ArrayRef;
        let golden = summed(&[rows(vec![
            ("known_from", batch(vec![1, 2, 1])),
            ("age", age(vec![Some(3), Some(4), None])),
            ("sex", sex(vec![Some("F"), None, Some("M")])),
        ])]);
        assert_eq!(golden[&1].rows, 2);
        // Kept for good: a sum that was written is compared with one of a later program.
        assert_eq!(golden[&1].hex(), "291a1ab5e8ee6dd26704f5962fc728df933a8fbd3215a18d5e30f051509ef223");
        assert_eq!(golden[&2].hex(), "9bc533bec71348b3043798971aeb70885f08edf7c833f1db57b4c38059e7e7c3");
        let split = summed(&[
            rows(vec![("sex", sex(vec![Some("M")])), ("known_from", batch(vec![1]))]),
            rows(vec![
                ("age", wide(vec![Some(4), Some(3)])),
                ("known_from", batch(vec![2, 1])),
                ("note", sex(vec![None, None])),
                ("sex", sex(vec![None, Some("F")])),
            ]),
        ]);
        assert_eq!(split, golden);
        let other = summed(&[rows(vec![
            ("known_from", batch(vec![1, 2, 1])),
            ("age", age(vec![Some(3), Some(5), None])),
            ("sex", sex(vec![Some("F"), None, Some("M")])),
        ])]);
        assert!(other[&1] == golden[&1] && other[&2] != golden[&2]);
    }

    #[test]
    fn a_decimal_without_places_is_its_number() {
        let number = |array: ArrayRef| {
            let batch = Arc::new(UInt32Array::from(vec![1])) as ArrayRef;
            summed(&[rows(vec![("known_from", batch), ("n", array)])])[&1].clone()
        };
        let decimal = |digits: i128, scale| {
            Arc::new(Decimal128Array::from(vec![digits]).with_precision_and_scale(9, scale).unwrap())
                as ArrayRef
        };
        let seven = number(Arc::new(Int64Array::from(vec![7])));
        assert_eq!(number(decimal(700, 2)), seven);
        assert_eq!(number(decimal(7, 0)), seven);
        assert_ne!(number(decimal(7, 2)), seven);
        assert_eq!(number(Arc::new(UInt64Array::from(vec![7]))), seven);
    }
}
