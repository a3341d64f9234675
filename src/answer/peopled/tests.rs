use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use jiff::civil::date;

use super::*;
use crate::definitions::Definitions;

const JANUARY: Date = date(2026, 1, 1);

/// District, sex, ten years of age, single years.
type Row = (Option<&'static str>, Option<&'static str>, Option<i64>, Option<i64>);

fn told(months: &[(Date, Vec<Row>)]) -> Lacks {
    let rows: Vec<(Date, Row)> =
        months.iter().flat_map(|(month, rows)| rows.iter().map(move |row| (*month, *row))).collect();
    let columns: Vec<(&str, DataType, ArrayRef)> = vec![
        (
            "month",
            DataType::Date32,
            Arc::new(
                rows.iter().map(|(m, _)| Some((*m - date(1970, 1, 1)).get_days())).collect::<Date32Array>(),
            ),
        ),
        ("district", DataType::Utf8, Arc::new(rows.iter().map(|(_, row)| row.0).collect::<StringArray>())),
        ("sex", DataType::Utf8, Arc::new(rows.iter().map(|(_, row)| row.1).collect::<StringArray>())),
        ("age_decade", DataType::Int64, Arc::new(rows.iter().map(|(_, row)| row.2).collect::<Int64Array>())),
        ("years", DataType::Int64, Arc::new(rows.iter().map(|(_, row)| row.3).collect::<Int64Array>())),
    ];
    let fields: Vec<Field> =
        columns.iter().map(|(name, kind, _)| Field::new(*name, kind.clone(), true)).collect();
    let columns = columns.into_iter().map(|(_, _, column)| column).collect();
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("a table");
    missing(&rows, &Catalog::load(&Definitions::embedded()).expect("loads"))
}

fn in_ja(lacks: &Lacks) -> String {
    lacks.of_days(&[(JANUARY, JANUARY)]).map(|said| said.ja).unwrap_or_default()
}

/// All that the ward has.
fn whole() -> Vec<Row> {
    let districts = ["shiba", "azabu", "akasaka", "takanawa", "shibaura"];
    let groups = districts.into_iter().flat_map(|district| ["M", "F"].map(|sex| (district, sex)));
    let tens = |(district, sex)| {
        (0..=9).map(move |ten| (Some(district), Some(sex), Some(ten * 10), Some(all(ten * 10))))
    };
    groups.flat_map(tens).collect()
}

#[test]
fn who_is_missing_is_said_by_the_greatest_group() {
    type Keeps = fn(&Row) -> bool;
    assert_eq!(told(&[(JANUARY, whole())]).missing, []);
    let cases: [(Keeps, usize, &str); 7] = [
        (|row| row.1 == Some("M"), 5 * 91, "女がない"),
        (|row| row.0 != Some("akasaka"), 2 * 91, "赤坂がない"),
        (|row| row.2 != Some(40), 100, "40代がない"),
        (|row| row.2 != Some(90), 10, "90歳以上がない"),
        (|row| (row.0, row.1) != (Some("shiba"), Some("F")), 91, "芝・女がない"),
        (|row| (row.0, row.1, row.2) != (Some("shiba"), Some("F"), Some(0)), 10, "芝・女の10歳未満がない"),
        (|row| row.1 == Some("M") && row.2 != Some(40), 5 * 91 + 50, "女、40代がない"),
    ];
    for (keeps, missing, said) in cases {
        let lacks = told(&[(JANUARY, whole().into_iter().filter(keeps).collect())]);
        assert_eq!(lacks.missing.len(), missing, "{said}");
        assert!(in_ja(&lacks).contains(said), "{said}: {}", in_ja(&lacks));
    }
}

#[test]
fn single_years_are_missed_where_others_have_them() {
    let without = |ten: i64, year: i64| {
        let rows = whole().into_iter().map(|row| match row {
            (Some("shiba"), Some("F"), Some(own), Some(years)) if own == ten => {
                (row.0, row.1, row.2, Some(years & !(1 << year)))
            }
            row => row,
        });
        told(&[(JANUARY, rows.collect())])
    };
    let lacks = without(40, 5);
    assert_eq!(lacks.missing.iter().map(|of| of.age).collect::<Vec<_>>(), [Some(45)]);
    assert!(in_ja(&lacks).contains("芝・女の45歳がない"), "{}", in_ja(&lacks));
    assert_eq!(without(80, 5).missing, [], "of an old age there may be nobody");
    // Tens of years alone: nobody's single years are missed.
    let tens = whole().into_iter().map(|(district, sex, ten, _)| (district, sex, ten, None));
    assert_eq!(told(&[(JANUARY, tens.collect())]).missing, []);
}

#[test]
fn by_what_it_is_not_told_it_lacks_nothing() {
    let districts = ["shiba", "azabu", "akasaka", "takanawa", "shibaura"];
    let by_district: Vec<Row> =
        districts.iter().map(|district| (Some(*district), None, None, None)).collect();
    assert_eq!(told(&[(JANUARY, by_district.clone())]).missing, []);
    let lacks = told(&[(JANUARY, by_district[1..].to_vec())]);
    assert_eq!((lacks.missing.len(), in_ja(&lacks).contains("芝がない")), (1, true), "{}", in_ja(&lacks));
    assert_eq!(told(&[(JANUARY, vec![(None, Some("M"), None, None)])]).missing.len(), 1);
    assert_eq!(told(&[(JANUARY, vec![(None, None, None, None)])]).missing, []);
    // All of ten years of age: told by no ages.
    assert_eq!(told(&[(JANUARY, vec![(None, None, Some(40), Some(1))])]).missing, []);
    assert_eq!(told(&[]).missing, []);
}

#[test]
fn days_are_of_the_month_last_told() {
    let men: Vec<Row> = whole().into_iter().filter(|row| row.1 == Some("M")).collect();
    let lacks = told(&[(JANUARY, men), (date(2026, 3, 1), whole())]);
    let of = |first: Date, last: Date| lacks.of_days(&[(first, last)]).is_some();
    assert!(of(date(2025, 12, 1), date(2025, 12, 2)), "the first month stands for the days before it");
    assert!(of(date(2026, 2, 28), date(2026, 3, 5)) && !of(date(2026, 3, 1), date(2026, 3, 5)));
    assert_eq!(lacks.of_days(&[]), None);
}
