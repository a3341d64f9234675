//! `quartiles()`: of `age` and `cases` by period, the median age and the quartiles, one row a period; and what is said where ages are not
//! known.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, UInt64Array};
use arrow::compute::take;
use arrow::error::ArrowError;

use crate::definitions::measure::MeasureCall;
use crate::definitions::role::{Column, Role};
use crate::epi::reason::Reason;
use crate::measure::columns::{Figures, batch, figure, grouped, named, numbers, reason_texts};
use crate::measure::common::{CASES, REASON, VALUE};
use crate::measure::intervals::Estimate;
use crate::measure::method::{Beside, Formula, Making, Method, Part, USUAL};
use crate::measure::quantiles::from_single_years;

const AGE: Column = Column::new("age", Role::Other);

pub static METHOD: Method = Method {
    name: "quartiles",
    needs: &[AGE, CASES],
    drops: &[AGE.name, CASES.name],
    makes: &[
        Part::First,
        Part::Made(VALUE),
        // The quartiles hold half of all.
        Part::Made(Column::new("lower", Role::Lower(50)).own()),
        Part::Made(Column::new("upper", Role::Upper(50)).own()),
        Part::Made(Column::new("n", Role::Count)),
        Part::Made(Column::new("unknown", Role::Count)),
        Part::Rest,
        Part::Made(REASON),
    ],
    formula: |_| Formula {
        ja: "1歳ごとの件数から中央値と四分位（Hyndman & Fan 1996 の型7）。年齢の分からない者は除く",
        en: "quartiles of ages in completed years, those of unknown age left out: at rank (n − 1) p, between \
             neighbours by linear interpolation (Hyndman & Fan, The American Statistician 1996, definition 7)",
    },
    making: Making::Rows(|_: &MeasureCall, rows: &RecordBatch, _: &Beside<'_>| quartiles(rows)),
    ..USUAL
};

/// A figure of those whose age is known: none where there is nobody, and a word beside it where they are fewer than the
/// others.
pub(super) fn of_known(
    found: Result<Estimate, Reason>,
    known: i64,
    unknown: i64,
) -> (Result<Estimate, Reason>, Option<Reason>) {
    let count = |people: i64| usize::try_from(people).unwrap_or_default();
    let found = match found {
        Err(_) if known == 0 && unknown > 0 => Err(Reason::AgesUnknown { unknown: count(unknown) }),
        found => found,
    };
    let why = match &found {
        Err(why) => Some(why.clone()),
        Ok(_) if unknown > known => {
            Some(Reason::FewAgesKnown { known: count(known), unknown: count(unknown) })
        }
        Ok(_) => None,
    };
    (found, why)
}

/// One row for each period: its quartiles, of how many, and how many have no age.
fn quartiles(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (ages, cases) = (numbers(rows, "age")?, numbers(rows, "cases")?);
    let groups = grouped(rows)?;
    let mut found: Figures = Vec::with_capacity(groups.len());
    let mut why = Vec::with_capacity(groups.len());
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for group in &groups {
        // Before the first record nobody was counted.
        if group.iter().all(|row| cases[*row].is_none()) {
            found.push(Err(Reason::NoRecords));
            why.push(Some(Reason::NoRecords));
            known.push(None);
            unknown.push(None);
            continue;
        }
        let mut people: Vec<u32> = Vec::new();
        let mut ageless = 0;
        for row in group {
            let count = cases[*row].unwrap_or(0.0);
            match ages[*row] {
                Some(age) if age >= 0.0 => {
                    let age = age as usize;
                    if people.len() <= age {
                        people.resize(age + 1, 0);
                    }
                    people[age] = people[age].saturating_add(count as u32);
                }
                _ => ageless += count as i64,
            }
        }
        let estimate = from_single_years(&people);
        let estimate = estimate.map(|q| Estimate { value: q.median, lower: q.lower, upper: q.upper });
        let aged = people.iter().map(|n| i64::from(*n)).sum::<i64>();
        let (estimate, said) = of_known(estimate, aged, ageless);
        found.push(estimate);
        why.push(said);
        known.push(Some(aged));
        unknown.push(Some(ageless));
    }
    let mut columns = vec![named(rows, &groups)?];
    columns.extend(figure(&found));
    columns.push(("n", Arc::new(Int64Array::from(known)) as ArrayRef));
    columns.push(("unknown", Arc::new(Int64Array::from(unknown))));
    // What the query says of a period stands in each of its rows.
    let first = UInt64Array::from_iter_values(groups.iter().filter_map(|g| g.first()).map(|row| *row as u64));
    let schema = rows.schema();
    for (field, column) in schema.fields().iter().zip(rows.columns()).skip(1) {
        if !METHOD.drops.contains(&field.name().as_str()) {
            columns.push((field.name(), take(column, &first, None)?));
        }
    }
    columns.push(("reason", reason_texts(why.into_iter())));
    batch(columns)
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Date32Array, StringArray};
    use arrow::datatypes::Int64Type;

    use super::*;

    #[test]
    fn those_of_unknown_age_are_counted_apart() {
        let day: ArrayRef = Arc::new(Date32Array::from(vec![0, 0, 0, 0, 7]));
        let age: ArrayRef = Arc::new(Int64Array::from(vec![Some(10), Some(20), Some(40), None, None]));
        let cases: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 1, 3, 0]));
        let label: ArrayRef = Arc::new(StringArray::from(vec!["a", "a", "a", "a", "b"]));
        let rows = batch(vec![("day", day), ("age", age), ("cases", cases), ("label", label)]).unwrap();
        let made = quartiles(&rows).unwrap();
        let names: Vec<_> = made.schema().fields().iter().map(|f| f.name().clone()).collect();
        assert_eq!(names, ["day", "value", "lower", "upper", "n", "unknown", "label", "reason"]);
        // 10 20 20 40 at ranks 0.75, 1.5 and 2.25, as R's quantile.
        let value = |column: &str| numbers(&made, column).unwrap();
        assert_eq!(value("value"), [Some(20.0), None]);
        assert_eq!((value("lower")[0], value("upper")[0]), (Some(17.5), Some(25.0)));
        assert_eq!(made.column_by_name("n").unwrap().as_primitive::<Int64Type>().values(), &[4, 0]);
        assert_eq!(made.column_by_name("unknown").unwrap().as_primitive::<Int64Type>().values(), &[3, 0]);
        assert_eq!(made.column_by_name("label").unwrap().as_string::<i32>().value(1), "b");
    }

    #[test]
    fn how_many_ages_are_unknown_is_said() {
        let day: ArrayRef = Arc::new(Date32Array::from(vec![0, 0, 7, 14, 14]));
        let age: ArrayRef = Arc::new(Int64Array::from(vec![Some(30), None, None, Some(50), None]));
        let cases: ArrayRef = Arc::new(Int64Array::from(vec![2, 3, 4, 2, 2]));
        let rows = batch(vec![("day", day), ("age", age), ("cases", cases)]).unwrap();
        let made = quartiles(&rows).unwrap();
        assert_eq!(numbers(&made, "value").unwrap(), [Some(30.0), None, Some(50.0)]);
        let reason = made.column_by_name("reason").unwrap().as_string::<i32>().clone();
        assert_eq!(reason.value(0), "年齢の分かる者が半数未満（2人、不明 3人）");
        assert_eq!(reason.value(1), "年齢の分かる者なし（不明 4人）");
        assert!(arrow::array::Array::is_null(&reason, 2), "half of them");
    }

    #[test]
    fn a_period_before_the_record_has_nobody_counted() {
        let day: ArrayRef = Arc::new(Date32Array::from(vec![0]));
        let none: ArrayRef = Arc::new(Int64Array::from(vec![None::<i64>]));
        let made =
            quartiles(&batch(vec![("day", day), ("age", none.clone()), ("cases", none)]).unwrap()).unwrap();
        for column in ["value", "n", "unknown"] {
            assert_eq!(numbers(&made, column).unwrap(), [None], "{column}");
        }
        assert_eq!(
            made.column_by_name("reason").unwrap().as_string::<i32>().value(0),
            Reason::NoRecords.ja()
        );
    }
}
