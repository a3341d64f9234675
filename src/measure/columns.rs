//! Columns as Arrow: read from a query's rows, and put together to those of an answer.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Float64Array, RecordBatch, StringArray, UInt64Array,
};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Date32Type, Field, Float64Type, Schema};
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use super::intervals::Estimate;
use super::score::Forecast;
use crate::epi::reason::Reason;
use crate::measure::common::{LOWER, LOWER50, LOWER80, REASON, UNLIKE, UPPER, UPPER50, UPPER80, VALUE};

const EPOCH: Date = Date::constant(1970, 1, 1);

pub fn column<'a>(rows: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, ArrowError> {
    let column = rows.column_by_name(name);
    column.ok_or_else(|| ArrowError::SchemaError(format!("there is no column {name}")))
}

/// A column as numbers.
pub fn numbers(rows: &RecordBatch, name: &str) -> Result<Vec<Option<f64>>, ArrowError> {
    Ok(cast(column(rows, name)?, &DataType::Float64)?.as_primitive::<Float64Type>().iter().collect())
}

/// A column as days.
pub fn days(rows: &RecordBatch, name: &str) -> Result<Vec<Option<Date>>, ArrowError> {
    let days = cast(column(rows, name)?, &DataType::Date32)?;
    let days = days.as_primitive::<Date32Type>().iter();
    Ok(days.map(|day| EPOCH.checked_add(day?.days()).ok()).collect())
}

/// Days as a column.
pub fn day_column(days: impl Iterator<Item = Date>) -> ArrayRef {
    day_or_none(days.map(Some))
}

/// Days as a column, where there may be none.
pub fn day_or_none(days: impl Iterator<Item = Option<Date>>) -> ArrayRef {
    Arc::new(days.map(|day| day.map(|day| (day - EPOCH).get_days())).collect::<Date32Array>())
}

/// A column as words.
pub fn words(rows: &RecordBatch, name: &str) -> Result<Vec<Option<String>>, ArrowError> {
    let words = cast(column(rows, name)?, &DataType::Utf8)?;
    Ok(words.as_string::<i32>().iter().map(|word| word.map(str::to_owned)).collect())
}

/// Cases of days of which there are records.
pub fn counted(cases: Option<f64>) -> Result<f64, Reason> {
    cases.ok_or(Reason::NoRecords)
}

/// People of whom there is a count.
pub fn peopled(people: Option<f64>) -> Result<f64, Reason> {
    people.ok_or(Reason::NoPopulation)
}

/// Why rows are not compared, where the query says so.
pub fn unlike(rows: &RecordBatch) -> Result<Vec<Option<Reason>>, ArrowError> {
    if rows.column_by_name(UNLIKE.name).is_none() {
        return Ok(vec![None; rows.num_rows()]);
    }
    let known = [Reason::NotAlike, Reason::BeforeInPart, Reason::BeforeUnrecorded];
    let reason = |word: String| {
        let found = known.iter().find(|reason| reason.ja() == word).cloned();
        found.ok_or_else(|| ArrowError::SchemaError(format!("column {}: what is {word}?", UNLIKE.name)))
    };
    words(rows, UNLIKE.name)?.into_iter().map(|word| word.map(reason).transpose()).collect()
}

pub type Figures = Vec<Result<Estimate, Reason>>;

pub fn floats(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.collect::<Float64Array>())
}

pub fn reasons<T>(found: &[Result<T, Reason>]) -> ArrayRef {
    Arc::new(found.iter().map(|f| f.as_ref().err().map(Reason::in_full)).collect::<StringArray>())
}

/// The same, with what is to be said of every row.
pub fn reasons_and<T>(found: &[Result<T, Reason>], said: Option<&str>) -> ArrayRef {
    let why = |found: &Result<T, Reason>| match (found.as_ref().err().map(Reason::in_full), said) {
        (Some(why), Some(said)) => Some(format!("{why}、{said}")),
        (why, said) => why.map(Cow::into_owned).or_else(|| said.map(str::to_owned)),
    };
    Arc::new(found.iter().map(why).collect::<StringArray>())
}

pub fn figure(found: &Figures) -> [(&'static str, ArrayRef); 3] {
    let part = |part: fn(&Estimate) -> f64| floats(found.iter().map(|f| f.as_ref().ok().map(part)));
    [(VALUE.name, part(|e| e.value)), (LOWER.name, part(|e| e.lower)), (UPPER.name, part(|e| e.upper))]
}

pub fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, ArrowError> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, c)| c).collect())
}

/// The columns of a median within its bands.
pub fn forecast(found: &[Result<Forecast, Reason>]) -> Vec<(&'static str, ArrayRef)> {
    let part = |part: &dyn Fn(&Forecast) -> f64| floats(found.iter().map(|f| f.as_ref().ok().map(part)));
    let mut columns = vec![(VALUE.name, part(&|f| f.median))];
    let names = [(LOWER50, UPPER50), (LOWER80, UPPER80), (LOWER, UPPER)];
    for (band, (lower, upper)) in names.into_iter().enumerate() {
        columns.extend([
            (lower.name, part(&|f| f.bands[band].lower)),
            (upper.name, part(&|f| f.bands[band].upper)),
        ]);
    }
    columns
}

/// Reasons of a figure, or what is said beside one.
pub fn reason_texts(reasons: impl Iterator<Item = Option<Reason>>) -> ArrayRef {
    Arc::new(reasons.map(|why| why.map(|why| why.in_full().into_owned())).collect::<StringArray>())
}

/// The figures after the first column, the query's other columns, the reasons.
pub fn beside(rows: &RecordBatch, found: Figures) -> Result<RecordBatch, ArrowError> {
    let why = reasons(&found);
    beside_with_reasons(rows, found, why)
}

/// The same, with what is said of each row.
pub fn beside_with_reasons(
    rows: &RecordBatch,
    found: Figures,
    why: ArrayRef,
) -> Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let mut columns: Vec<(&str, ArrayRef)> =
        schema.fields().iter().zip(rows.columns()).map(|(f, c)| (f.name().as_str(), c.clone())).collect();
    let rest = columns.split_off(columns.len().min(1));
    columns.extend(figure(&found));
    columns.extend(rest);
    columns.push((REASON.name, why));
    batch(columns)
}

/// The rows of each name in the first column, in the order in which the names come.
pub fn grouped(rows: &RecordBatch) -> Result<Vec<Vec<usize>>, ArrowError> {
    let words = cast(rows.column(0), &DataType::Utf8)?;
    let words = words.as_string::<i32>();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for row in 0..rows.num_rows() {
        let key = words.is_valid(row).then(|| words.value(row));
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(row);
    }
    Ok(groups)
}

/// The first column, one row a group; nothing for a group without rows.
pub fn named<'a>(rows: &'a RecordBatch, groups: &[Vec<usize>]) -> Result<(&'a str, ArrayRef), ArrowError> {
    let first: UInt64Array = groups.iter().map(|group| group.first().map(|row| *row as u64)).collect();
    Ok((rows.schema_ref().field(0).name().as_str(), take(rows.column(0), &first, None)?))
}
