//! Rows as text.

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// The cells of each row; what has no value is `null`.
pub fn rows(batch: &RecordBatch, null: &str) -> Vec<Vec<String>> {
    let options = FormatOptions::default().with_null(null);
    let column = |column| ArrayFormatter::try_new(column, &options).expect("a column of text");
    let columns: Vec<_> = batch.columns().iter().map(|c| column(c.as_ref())).collect();
    (0..batch.num_rows()).map(|row| columns.iter().map(|c| c.value(row).to_string()).collect()).collect()
}

/// The cells of each row joined by a bar; what has no value is a dash.
pub fn lines(batch: &RecordBatch) -> Vec<String> {
    rows(batch, "-").into_iter().map(|cells| cells.join("|")).collect()
}
