//! Rows of an answer of which nobody has told: no zero stands there, nothing is complete, and the reason says why.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow::compute::nullif;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use jiff::ToSpan;
use jiff::civil::Date;

use super::cells::cell_of;
use super::extent::{Covered, Extent};
use super::question::Cell;
use crate::definitions::indicator::Indicator;
use crate::definitions::role::Role;

/// How much of a row's days was told of.
struct RowCoverage {
    days: Option<(Date, Date)>,
    covered: Covered,
    /// One of the sources has told nothing of them.
    short: bool,
    /// All of them were told of to their end.
    whole: bool,
}

/// Rows by period: those that nobody has told of are emptied, those that were told of in part are not complete.
/// `end`: the last day of the period that begins on a day.
pub(super) fn empty(
    rows: &RecordBatch,
    indicator: &Indicator,
    extent: &Extent,
    end: impl Fn(Date) -> Date,
) -> Result<RecordBatch, ArrowError> {
    let place =
        |role: Role| rows.schema().fields().iter().position(|f| indicator.meaning(f.name()).role == role);
    let Some(period) = place(Role::Period) else { return Ok(rows.clone()) };
    // A count that stands there all the same was told: somebody is in it.
    let counts = indicator.measure.is_none() && place(Role::Complete).is_some();
    let whole = extent.whole_day().unwrap_or(Date::MIN);
    let before = i64::from(indicator.window.unwrap_or(1)) - 1;
    let rows_covered: Vec<RowCoverage> = (0..rows.num_rows())
        .map(|row| match cell_of(rows.column(period), row).day() {
            None => RowCoverage { days: None, covered: Covered::All, short: false, whole: true },
            Some(first) => {
                let last = end(first);
                let first = first.saturating_sub(before.days());
                let until = extent.last_day().unwrap_or(Date::MIN).min(last);
                let covered = if until < first { Covered::None } else { extent.covers(first, until) };
                let short = covered == Covered::Part && extent.lacks_a_source(first, until);
                let whole = covered == Covered::All && last <= whole;
                RowCoverage { days: Some((first, until.max(first))), covered, short, whole }
            }
        })
        .collect();
    // A column that counts days of its own needs all of them.
    let windowed = |column: &str, row: usize| {
        let window = indicator.windows.iter().find(|(name, _)| name == column).map(|(_, days)| *days);
        let last = rows_covered[row].days.map(|(_, last)| last);
        let span =
            window.zip(last).map(|(days, last)| (last.saturating_sub((i64::from(days) - 1).days()), last));
        span.is_some_and(|(first, last)| extent.gap(first, last).is_some())
    };
    // A period is not compared by the days of it that were told of, nor with one of which a day was not.
    let from_before = rows.column_by_name("before_from").zip(place(Role::DaysBefore));
    let gap_before = |row: usize| {
        let (from, days) = from_before?;
        let first = cell_of(from, row).day()?;
        let days = cell_of(rows.column(days), row).int()?;
        extent.gap(first, first.saturating_add((days - 1).days()))
    };
    let before_gone: Vec<Option<String>> = (0..rows.num_rows()).map(gap_before).collect();
    let compared = |role: Role, row: usize| match role {
        Role::Before => before_gone[row].is_some(),
        Role::Ratio | Role::PartLower | Role::PartUpper if from_before.is_some() => {
            before_gone[row].is_some() || rows_covered[row].covered == Covered::Part
        }
        _ => false,
    };
    // Of days before its own nothing may be missing.
    let untold = |row: usize| match rows_covered[row].covered {
        Covered::None => true,
        Covered::Part => before > 0,
        Covered::All => false,
    };
    let mut columns = Vec::with_capacity(rows.num_columns());
    let mut fields = Vec::with_capacity(rows.num_columns());
    let mut emptied = vec![false; rows.num_rows()];
    for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
        let role = indicator.meaning(field.name()).role;
        let made: ArrayRef = match role {
            Role::Complete => {
                let over = |row: usize| match cell_of(column, row) {
                    Cell::Bool(over) => Some(over && rows_covered[row].whole),
                    _ => None,
                };
                Arc::new((0..rows.num_rows()).map(over).collect::<BooleanArray>())
            }
            _ if is_figure(field.data_type()) && (role == Role::Before || !beside(role)) => {
                let gone: Vec<bool> = (0..rows.num_rows())
                    .map(|row| {
                        let number = cell_of(column, row).number();
                        let zero = number == Some(0.0);
                        if role == Role::Before {
                            return compared(role, row);
                        }
                        compared(role, row)
                            || windowed(field.name(), row)
                            || rows_covered[row].short && zero
                            || untold(row) && (zero || (!counts || before > 0) && number.is_some())
                    })
                    .collect();
                if role == Role::Value {
                    emptied.iter_mut().zip(&gone).for_each(|(all, gone)| *all |= gone);
                    let null = |row: usize| untold(row) && column.is_null(row);
                    (0..rows.num_rows()).filter(|row| null(*row)).for_each(|row| emptied[row] = true);
                }
                nullif(column, &BooleanArray::from(gone))?
            }
            _ => Arc::clone(column),
        };
        columns.push(made);
        fields.push(field.as_ref().clone().with_nullable(true));
    }
    if let Some(reason) = place(Role::Reason) {
        let text = |row: usize| match rows_covered[row]
            .days
            .filter(|_| emptied[row] || rows_covered[row].covered == Covered::Part)
        {
            Some((first, last)) => Some(extent.reason(first, last)),
            None if before_gone[row].is_some() => {
                before_gone[row].as_ref().map(|why| format!("比較期間: {why}"))
            }
            None => cell_of(rows.column(reason), row).text().map(str::to_owned),
        };
        columns[reason] = Arc::new((0..rows.num_rows()).map(text).collect::<StringArray>());
        fields[reason] = Field::new(fields[reason].name(), DataType::Utf8, true);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// The same of columns of the answer: what they count by was not delivered.
pub(super) fn without(rows: &RecordBatch, parts: &[String]) -> Result<RecordBatch, ArrowError> {
    let all = BooleanArray::from(vec![true; rows.num_rows()]);
    let schema = rows.schema();
    let fields = schema.fields().iter().zip(rows.columns());
    let columns = fields.map(|(field, column)| {
        let gone = parts.iter().any(|part| part == field.name());
        if gone { nullif(column, &all) } else { Ok(Arc::clone(column)) }
    });
    with(rows, columns.collect::<Result<_, _>>()?)
}

/// Nobody among those that one of the sources tells of is no zero, where another does not tell of it at all. `of`: columns of
/// the answer; none: all.
pub(super) fn no_zero(
    rows: &RecordBatch,
    indicator: &Indicator,
    of: &[String],
    why: &str,
) -> Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let mut emptied = vec![false; rows.num_rows()];
    let mut columns = Vec::with_capacity(rows.num_columns());
    for (field, column) in schema.fields().iter().zip(rows.columns()) {
        let role = indicator.meaning(field.name()).role;
        let asked = of.is_empty() || of.contains(field.name());
        if !asked || !is_figure(field.data_type()) || beside(role) {
            columns.push(Arc::clone(column));
            continue;
        }
        let zero: Vec<bool> =
            (0..rows.num_rows()).map(|row| cell_of(column, row).number() == Some(0.0)).collect();
        emptied.iter_mut().zip(&zero).for_each(|(row, zero)| *row |= zero);
        columns.push(nullif(column, &BooleanArray::from(zero))?);
    }
    let rows = with(rows, columns)?;
    explain(&rows, indicator, |value, _, row| (emptied[row] && value.is_null(row)).then_some(why))
}

/// The rows with other cells, any of which may be none.
fn with(rows: &RecordBatch, columns: Vec<ArrayRef>) -> Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let fields: Vec<Field> = schema.fields().iter().map(|f| f.as_ref().clone().with_nullable(true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// Where there is no figure there are no limits to it.
pub(super) fn limited(rows: &RecordBatch, indicator: &Indicator) -> Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let role = |place: usize| indicator.meaning(schema.field(place).name()).role;
    let value = (0..rows.num_columns()).find(|place| role(*place) == Role::Value);
    let mut columns = rows.columns().to_vec();
    let mut before = None;
    for place in 0..rows.num_columns() {
        let of = match role(place) {
            Role::Lower(_) | Role::Upper(_) => value,
            Role::PartLower | Role::PartUpper => before,
            _ => {
                before = Some(place);
                continue;
            }
        };
        if let Some(of) = of {
            let none = BooleanArray::from(
                (0..rows.num_rows()).map(|row| columns[of].is_null(row)).collect::<Vec<_>>(),
            );
            columns[place] = nullif(&columns[place], &none)?;
        }
    }
    with(rows, columns)
}

/// Nobody is in any group, and of somebody it is not known in which: nobody is no zero then. `unknown`: who they are, where they are in no
/// row, of a row's days, or of all where rows are of no days.
pub(super) fn nobody_known(
    rows: &RecordBatch,
    indicator: &Indicator,
    unknown: impl Fn(Option<Date>) -> Option<String>,
) -> Result<RecordBatch, ArrowError> {
    #[derive(Default)]
    struct Group {
        zeros: bool,
        others: bool,
        in_none: bool,
    }
    let schema = rows.schema();
    let role = |place: usize| indicator.meaning(schema.field(place).name()).role;
    let figure = |place: usize| is_figure(schema.field(place).data_type()) && !beside(role(place));
    // What is expected, and the bounds of that, count nobody.
    let limit = |place: usize| {
        use Role::{Bound, Expected, Lower, PartLower, PartUpper, Upper};
        matches!(role(place), Lower(_) | Upper(_) | PartLower | PartUpper | Expected | Bound)
    };
    let places = 0..rows.num_columns();
    let key = places.clone().find(|place| role(*place).is_key());
    let period = places.clone().find(|place| role(*place) == Role::Period);
    let day = |row: usize| period.and_then(|period| cell_of(rows.column(period), row).day());
    let mut groups: BTreeMap<Option<Date>, Group> = BTreeMap::new();
    for place in places.filter(|place| figure(*place) && !limit(*place)) {
        for row in 0..rows.num_rows() {
            let Some(number) = cell_of(rows.column(place), row).number() else { continue };
            let group = groups.entry(day(row)).or_default();
            match key.is_some_and(|key| rows.column(key).is_null(row)) {
                true => group.in_none |= number > 0.0,
                false if number == 0.0 => group.zeros = true,
                false => group.others = true,
            }
        }
    }
    let none = || "区分の分かる者なし".to_owned();
    let whys: BTreeMap<Option<Date>, String> = groups
        .into_iter()
        .filter(|(_, group)| group.zeros && !group.others)
        .filter_map(|(day, group)| Some((day, unknown(day).or_else(|| group.in_none.then(none))?)))
        .collect();
    if whys.is_empty() {
        return Ok(rows.clone());
    }
    let gone = |row: usize| whys.get(&day(row)).map(String::as_str);
    let mut columns = rows.columns().to_vec();
    for place in (0..rows.num_columns()).filter(|place| figure(*place)) {
        let zero = |row: usize| gone(row).is_some() && cell_of(rows.column(place), row).number() == Some(0.0);
        let zeros: Vec<bool> = (0..rows.num_rows()).map(zero).collect();
        columns[place] = nullif(&columns[place], &BooleanArray::from(zeros))?;
    }
    let emptied = with(rows, columns)?;
    explain(&emptied, indicator, |value, _, row| gone(row).filter(|_| value.is_null(row)))
}

/// Says why, in rows that have no figure.
pub(super) fn because(
    rows: &RecordBatch,
    indicator: &Indicator,
    why: &str,
) -> Result<RecordBatch, ArrowError> {
    explain(rows, indicator, |value, _, row| value.is_null(row).then_some(why))
}

/// The same, where a row does not say it itself.
pub(super) fn where_none(
    rows: &RecordBatch,
    indicator: &Indicator,
    why: &str,
) -> Result<RecordBatch, ArrowError> {
    explain(rows, indicator, |value, reason, row| (value.is_null(row) && reason.is_null(row)).then_some(why))
}

/// Says in rows that have a figure, and no word of their own, what it lacks.
pub(super) fn in_part(
    rows: &RecordBatch,
    indicator: &Indicator,
    what: &str,
) -> Result<RecordBatch, ArrowError> {
    let lacks = |value: &ArrayRef, reason: &ArrayRef, row| value.is_valid(row) && reason.is_null(row);
    explain(rows, indicator, |value, reason, row| lacks(value, reason, row).then_some(what))
}

/// Says another thing where a row without a figure says this.
pub(super) fn instead(
    rows: &RecordBatch,
    indicator: &Indicator,
    this: impl Fn(&str) -> bool,
    other: &str,
) -> Result<RecordBatch, ArrowError> {
    explain(rows, indicator, |value, reason, row| {
        (value.is_null(row) && cell_of(reason, row).text().is_some_and(&this)).then_some(other)
    })
}

/// Has no row a figure, though it could?
pub(super) fn is_without(rows: &RecordBatch, indicator: &Indicator) -> bool {
    let value = indicator.column_of(Role::Value).and_then(|name| rows.column_by_name(name));
    value.is_some_and(|value| value.null_count() == value.len())
}

/// Gives rows another reason, by their value and the reason that they have.
fn explain<'a>(
    rows: &RecordBatch,
    indicator: &Indicator,
    why: impl Fn(&ArrayRef, &ArrayRef, usize) -> Option<&'a str>,
) -> Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let place = |role: Role| schema.fields().iter().position(|f| indicator.meaning(f.name()).role == role);
    let (Some(reason), Some(value)) = (place(Role::Reason), place(Role::Value)) else {
        return Ok(rows.clone());
    };
    let text = |row: usize| match why(rows.column(value), rows.column(reason), row) {
        Some(why) => Some(why.to_owned()),
        None => cell_of(rows.column(reason), row).text().map(str::to_owned),
    };
    let mut columns = rows.columns().to_vec();
    columns[reason] = Arc::new((0..rows.num_rows()).map(text).collect::<StringArray>());
    let mut fields: Vec<Field> = schema.fields().iter().map(|field| field.as_ref().clone()).collect();
    fields[reason] = Field::new(fields[reason].name(), DataType::Utf8, true);
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// Of today, where today has not been told of: the day before stays where it was told to its end. A part of it beside the word
/// "yesterday" would be taken for the whole.
pub(super) fn of_today(
    rows: &RecordBatch,
    indicator: &Indicator,
    extent: &Extent,
    yesterday: Date,
) -> Result<RecordBatch, ArrowError> {
    let keeps = extent.whole_day().is_some_and(|whole| whole >= yesterday);
    // Whether it is closed is not asked where it has not been told to its end.
    let stays =
        |name: &str| keeps && (indicator.meaning(name).role == Role::Yesterday || is_flag(rows, name));
    let schema = rows.schema();
    let names = schema.fields().iter().map(|field| field.name().clone());
    without(rows, &names.filter(|name| !stays(name)).collect::<Vec<_>>())
}

/// Yesterday is not closed: one of its sources has not told of its end.
pub(super) fn not_closed(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = rows.columns().iter().map(|column| match column.as_any().downcast_ref::<BooleanArray>() {
        Some(flags) => Arc::new(flags.iter().map(|flag| flag.map(|_| false)).collect::<BooleanArray>()),
        None => Arc::clone(column),
    });
    RecordBatch::try_new(rows.schema(), columns.collect())
}

fn is_flag(rows: &RecordBatch, name: &str) -> bool {
    rows.column_by_name(name).is_some_and(|column| *column.data_type() == DataType::Boolean)
}

fn is_figure(kind: &DataType) -> bool {
    kind.is_numeric()
}

/// No figure of its own: the length of a period, what a figure is held to, the period compared with.
fn beside(role: Role) -> bool {
    matches!(role, Role::Days | Role::DaysBefore | Role::Before | Role::Denominator | Role::Reference)
}
