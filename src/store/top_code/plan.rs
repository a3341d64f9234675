//! What becomes of each stored version that keeps too much of an age: its age, its decade, its hashes.

use std::collections::{HashMap, HashSet};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt32Type,
    UInt64Type,
};

use super::super::archive::Folder;
use super::super::engine::{self, Place, Row, Session, Value};
use super::super::error::StoreError;
use super::super::schema::{NOTE, Table};
use super::super::types::BatchId;
use super::super::versions::Versions;
use super::kept::{AGE, DECADE, kept};
use crate::epi::age::decade_of;
use crate::privacy::{Contents, Stored};

/// The store's own columns in an archived file, and its note.
const OWN: [&str; 7] = ["source", "case_id", "key__", "content__", "row__", "known_from", NOTE];
/// By which the key of a further copy is mixed from the content's hash (`accept.number_copies`).
const COPIES: u64 = 11_400_714_819_323_198_485;

/// Adds the versions of one table to the plan. How many there are.
pub(super) fn make(conn: &Session, table: &Table, folders: &[Folder]) -> Result<u64, StoreError> {
    let Some(versions) = Versions::of(conn, table, folders)? else { return Ok(0) };
    let has = |name: &str| versions.present.contains(name);
    let Some(kept) = kept(has(AGE), has(DECADE))? else { return Ok(0) };
    let mut batches = Vec::new();
    let places = [("files", versions.opened.as_str()), ("closed", &versions.closed), ("kept", kept)];
    engine::streamed(conn, "top_code.kept", &places, &[], |batch| batches.push(batch))?;
    if batches.iter().all(|batch| batch.num_rows() == 0) {
        return Ok(0);
    }
    let mut keys = Keys::of(conn, &versions.opened)?;
    let mut rows = 0;
    for batch in &batches {
        rows += add(conn, table, batch, &mut keys)?;
    }
    Ok(rows)
}

fn add(conn: &Session, table: &Table, batch: &RecordBatch, keys: &mut Keys) -> Result<u64, StoreError> {
    let broken = |e: arrow::error::ArrowError| StoreError::Inconsistent(e.to_string());
    let own = |name: &str, kind: &DataType| {
        let column = batch
            .column_by_name(name)
            .ok_or_else(|| StoreError::Inconsistent(format!("an archived file without {name}")))?;
        cast(column, kind).map_err(broken)
    };
    let (sources, cases) = (own("source", &DataType::Utf8)?, own("case_id", &DataType::Int32)?);
    let (sources, cases) = (sources.as_string::<i32>(), cases.as_primitive::<Int32Type>());
    let (old_keys, contents) = (own("key__", &DataType::UInt64)?, own("content__", &DataType::UInt64)?);
    let (old_keys, contents) = (old_keys.as_primitive::<UInt64Type>(), contents.as_primitive::<UInt64Type>());
    let known_from = own("known_from", &DataType::UInt32)?;
    let known_from = known_from.as_primitive::<UInt32Type>();

    let schema = batch.schema();
    let public: Vec<usize> =
        (0..batch.num_columns()).filter(|at| !OWN.contains(&schema.field(*at).name().as_str())).collect();
    let facts = batch.project(&public).and_then(engine::plain).map_err(broken)?;
    let names: Vec<String> = facts.schema().fields().iter().map(|f| f.name().clone()).collect();
    let place = |name: &str| names.iter().position(|n| n == name);
    let (age_at, decade_at) = (place(AGE), place(DECADE));
    let mut hasher = Contents::of(&names);

    let mut plan: Vec<[Value; 9]> = Vec::with_capacity(facts.num_rows());
    for row in 0..facts.num_rows() {
        let Some(mut values) = stored(&facts, row) else {
            return Err(StoreError::Inconsistent(format!(
                "{}: a column of a type that has no hash",
                table.name
            )));
        };
        let whole = |at: Option<usize>| match at.map(|at| values[at]) {
            Some(Stored::Whole(number)) => Some(number),
            _ => None,
        };
        let (age, decade) = top_coded(whole(age_at), whole(decade_at));
        for (at, mended) in [(age_at, age), (decade_at, decade)] {
            if let Some(at) = at {
                values[at] = mended.map_or(Stored::Null, |n| Stored::Whole(n.into()));
            }
        }
        let content = hasher.hash(&values);
        let (source, case) = (sources.value(row), (!cases.is_null(row)).then(|| cases.value(row)));
        let key = keys.mended(source, case, old_keys.value(row), contents.value(row), content);
        let whole = |number: Option<i16>| Value::from(number.map(i64::from));
        plan.push([
            table.name.as_str().into(),
            source.into(),
            case.map(i64::from).into(),
            old_keys.value(row).into(),
            Value::Batch(BatchId(known_from.value(row))),
            key.into(),
            content.into(),
            whole(age),
            whole(decade),
        ]);
    }
    engine::append_rows(conn, "planning what is mended", (Place::Temporary, "mended"), plan)?;
    Ok(facts.num_rows() as u64)
}

/// An age of over 90 is 90; a decade is a whole one, at most 90; an age has its decade.
fn top_coded(age: Option<i64>, decade: Option<i64>) -> (Option<i16>, Option<i16>) {
    let small = |number: i64| i16::try_from(number.clamp(-1, 90)).unwrap_or(90);
    let years = age.map(small);
    let band = match (age, decade) {
        (Some(91..), _) => Some(90),
        (Some(0..=90), None) => years.map(decade_of),
        (_, decade) => decade.map(|d| decade_of(small(d))),
    };
    (years, band)
}

/// One row's values. None for a type that the gate doesn't make.
fn stored(facts: &RecordBatch, row: usize) -> Option<Vec<Stored<'_>>> {
    facts.columns().iter().map(|column| value(column.as_ref(), row)).collect()
}

fn value(column: &dyn Array, row: usize) -> Option<Stored<'_>> {
    if column.is_null(row) {
        return Some(Stored::Null);
    }
    Some(match column.data_type() {
        DataType::Int64 => Stored::Whole(column.as_primitive::<Int64Type>().value(row)),
        // One with decimals is hashed as it was written, which the table doesn't know: the next delivery of such a row
        // counts as a change.
        DataType::Decimal128(_, places) => {
            let unit = 10_i128.checked_pow(u32::try_from(*places).ok()?)?;
            let value = column.as_primitive::<Decimal128Type>().value(row);
            let whole = (value % unit == 0).then(|| i64::try_from(value / unit).ok()).flatten();
            whole.map_or(Stored::Null, Stored::Whole)
        }
        DataType::Boolean => Stored::Flag(column.as_boolean().value(row)),
        DataType::Utf8 => Stored::Text(column.as_string::<i32>().value(row)),
        DataType::Date32 => Stored::Day(column.as_primitive::<Date32Type>().value(row)),
        DataType::Timestamp(..) => {
            Stored::Instant(column.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        _ => return None,
    })
}

/// The keys of mended rows. A row with a subject or with key columns keeps its own; without them the key is made of the
/// content, and two rows that differed in their ages alone become copies of each other.
struct Keys {
    taken: HashSet<(String, u64)>,
    given: HashMap<(String, u64), u64>,
}

impl Keys {
    fn of(conn: &Session, files: &str) -> Result<Self, StoreError> {
        let read = |row: &Row<'_>| Ok((row.get::<String>(0)?, row.get::<u64>(1)?));
        let taken = engine::system_rows(conn, "top_code.keys", &[("files", files)], &[], read)?;
        Ok(Self { taken: taken.into_iter().collect(), given: HashMap::new() })
    }

    fn mended(&mut self, source: &str, case: Option<i32>, key: u64, content: u64, mended: u64) -> u64 {
        if case.is_some() || copy(key, content).is_none() {
            return key;
        }
        if let Some(given) = self.given.get(&(source.to_owned(), key)) {
            return *given;
        }
        let mut number = 1_u64;
        let free = loop {
            let mixed = if number == 1 { mended } else { mended ^ number.wrapping_mul(COPIES) };
            if self.taken.insert((source.to_owned(), mixed)) {
                break mixed;
            }
            number += 1;
        };
        self.given.insert((source.to_owned(), key), free);
        free
    }
}

/// Which copy of a content a key stands for; None when the key is not made of the content.
fn copy(key: u64, content: u64) -> Option<u64> {
    // Newton's method: the inverse of an odd number by multiplication, modulo 2^64.
    let inverse = (0..6).fold(1_u64, |x, _| x.wrapping_mul(2_u64.wrapping_sub(COPIES.wrapping_mul(x))));
    match (key ^ content).wrapping_mul(inverse) {
        0 => Some(1),
        number @ 2..=0xffff_ffff => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_age_above_ninety_is_left_and_none_below_it_is_touched() {
        for (age, decade, expected) in [
            (Some(105), None, (Some(90), Some(90))),
            (Some(300), Some(300), (Some(90), Some(90))),
            (Some(91), Some(80), (Some(90), Some(90))),
            (Some(90), None, (Some(90), Some(90))),
            (Some(0), None, (Some(0), Some(0))),
            (Some(47), None, (Some(47), Some(40))),
            (None, Some(110), (None, Some(90))),
            (None, Some(47), (None, Some(40))),
            (None, None, (None, None)),
        ] {
            assert_eq!(top_coded(age, decade), expected, "{age:?} {decade:?}");
        }
    }

    #[test]
    fn the_key_of_a_copy_is_known_from_any_other() {
        let content = 0x1234_5678_9abc_def0;
        assert_eq!(copy(content, content), Some(1));
        for number in [2, 3, 1_000, 0xffff_ffff] {
            assert_eq!(copy(content ^ COPIES.wrapping_mul(number), content), Some(number));
        }
        assert_eq!(copy(0x0fed_cba9_8765_4321, content), None);
        assert_eq!(copy(0, content), None);
    }

    #[test]
    fn rows_that_become_equal_are_copies() {
        let mut keys = Keys { taken: HashSet::from([("open".into(), 50)]), given: HashMap::new() };
        assert_eq!(keys.mended("open", None, 7, 7, 50), 0x32 ^ COPIES.wrapping_mul(2));
        assert_eq!(keys.mended("open", None, 8, 8, 50), 0x32 ^ COPIES.wrapping_mul(3));
        // Another version of the same row goes on being the same row.
        assert_eq!(keys.mended("open", None, 7, 7, 50), 0x32 ^ COPIES.wrapping_mul(2));
        assert_eq!(keys.mended("other", None, 7, 7, 50), 50);
        assert_eq!(keys.mended("keyed", None, 123_456_789_012_345, 7, 50), 123_456_789_012_345);
        assert_eq!(keys.mended("cases", Some(3), 0, 0, 50), 0);
    }
}
