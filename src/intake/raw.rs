//! A raw batch: some rows of a file, as text, only the columns that the mapping lists.

use super::aside::Aside;
use super::fault::Fault;

/// Stands between the parts of a cell that is made from several columns.
pub const PARTS: char = '\u{1f}';

/// Some rows of one file. Cells are slices of one text buffer; nothing of an unlisted column is in it.
#[derive(Debug, Default)]
pub struct RawBatch {
    /// All cell texts, one after another, row by row.
    pub text: String,
    /// End offset in `text` of each cell; row-major, `columns` cells a row.
    pub ends: Vec<usize>,
    /// How many listed columns each row has: in the order of [`crate::intake::bind::Bound::read`].
    pub columns: usize,
    /// The number of each row in the file (the header is row 1; a quoted cell may span lines, rows count records).
    pub rows: Vec<u64>,
    /// Rows that the parser could not split, with their numbers; they are not in `rows`.
    pub faults: Vec<Fault>,
    /// Of the rows and the faults, in the order of their numbers: those that may be no rows of the table at all. Only
    /// rows that lack something they are known by are looked at.
    pub asides: Vec<(u64, Aside)>,
}

impl RawBatch {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text of one cell.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let at = row * self.columns + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }
}
