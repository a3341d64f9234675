//! Reasons that name hospitals: a query writes their codes in braces, people read their names.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::error::ArrowError;

use super::cells::cell_of;
use crate::definitions::Catalog;
use crate::definitions::indicator::Indicator;
use crate::definitions::role::Role;

/// The rows with names in their reasons: `{H002}を除く` is `麻布訓練病院を除く`.
pub(super) fn named(
    rows: RecordBatch,
    indicator: &Indicator,
    catalog: &Catalog,
) -> Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let place = schema.fields().iter().position(|field| indicator.meaning(field.name()).role == Role::Reason);
    let Some(place) = place.filter(|_| indicator.source.iter().any(|table| table == "facilities")) else {
        return Ok(rows);
    };
    let told =
        |row: usize| cell_of(rows.column(place), row).text().map(|text| in_words(text, catalog).into_owned());
    let told: StringArray = (0..rows.num_rows()).map(told).collect();
    let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
    columns[place] = Arc::new(told);
    RecordBatch::try_new(schema, columns)
}

/// A code that the list of facilities does not have stands as it is.
fn in_words<'a>(text: &'a str, catalog: &Catalog) -> Cow<'a, str> {
    if !text.contains('{') {
        return Cow::Borrowed(text);
    }
    let mut said = String::with_capacity(text.len());
    for (at, part) in text.split('{').enumerate() {
        match part.split_once('}').filter(|_| at > 0) {
            Some((code, rest)) => {
                said += catalog.facilities.get(code).map_or(code, |facility| &facility.ja);
                said += rest;
            }
            None => said += part,
        }
    }
    Cow::Owned(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Definitions;

    #[test]
    fn a_code_in_braces_is_a_name() {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        let said = in_words("{H001}・{H999}を除く（読めない値か空欄）", &catalog);
        assert_eq!(said, "芝訓練総合病院・H999を除く（読めない値か空欄）");
        assert_eq!(in_words("3日以内の報告なし", &catalog), "3日以内の報告なし");
    }
}
