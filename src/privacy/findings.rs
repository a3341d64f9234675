//! What became of each column of a delivery, in counts: the report of `hinomi source try`. Never a value.

use serde::Serialize;

use super::identifiers::scan;
use crate::definitions::mapping::{Kind, Privacy};
use crate::intake::bind::Bound;
use crate::intake::fault::{FaultKind, Unread};

/// One column of the mapping, or of the file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The mapping's first heading for the column; for an unlisted column the file's own.
    pub heading: String,
    pub rule: Privacy,
    pub kind: Option<Kind>,
    /// The table column it feeds.
    pub field: Option<String>,
    pub place: Place,
    /// Cells whose value went through, as it is, coarsened or as a pseudonym.
    pub kept: u64,
    /// Cells that were empty, said "unknown", or whose district is not in the table.
    pub unknown: u64,
    /// Cells for which their row was not let through.
    pub quarantined: u64,
    /// The same by reason, the most frequent first.
    pub reasons: Vec<(FaultKind, u64)>,
    /// Cells of which nothing could be made, and that cost their row nothing else: unknown, with a warning.
    pub unread: u64,
    /// The same by reason, the most frequent first.
    pub unread_reasons: Vec<(FaultKind, u64)>,
    /// Rows let through of which this column's date comes before one that it usually follows.
    pub warnings: u64,
}

/// Where a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the file, and read.
    Read,
    /// Listed in the mapping, never read past the parser, whether the file has it or not.
    Dropped,
    /// Listed in the mapping to be kept, not in the file.
    Absent,
    /// In the file, not in the mapping: never read past the parser.
    Unlisted,
}

/// A column's counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub kept: u64,
    pub unknown: u64,
    pub warnings: u64,
    /// Cells that were not empty.
    pub filled: u64,
    reasons: Vec<(FaultKind, u64)>,
    unread: Vec<(FaultKind, u64, Vec<u64>)>,
}

impl Tally {
    /// A cell for which its row is held back.
    pub(super) fn fault(&mut self, kind: FaultKind) {
        match self.reasons.iter_mut().find(|(held, _)| *held == kind) {
            Some((_, count)) => *count += 1,
            None => self.reasons.push((kind, 1)),
        }
    }

    /// A cell that counts as unknown because nothing could be made of it.
    pub(super) fn unread(&mut self, kind: FaultKind, row: u64) {
        match self.unread.iter_mut().find(|(held, ..)| *held == kind) {
            Some((_, count, rows)) => {
                *count += 1;
                if rows.len() < Unread::ROWS {
                    rows.push(row);
                }
            }
            None => self.unread.push((kind, 1, vec![row])),
        }
    }

    /// The column's cells that could not be read, by kind.
    pub(super) fn all_unread(&self, heading: &str) -> impl Iterator<Item = Unread> {
        self.unread.iter().map(move |(kind, cells, rows)| Unread {
            column: heading.to_owned(),
            kind: *kind,
            cells: *cells,
            filled: self.filled,
            rows: rows.clone(),
        })
    }
}

/// The mapping's columns in its order, then the file's unlisted ones.
pub(super) fn of(bound: &Bound, tallies: &[Tally]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, column) in bound.mapping.columns.iter().enumerate() {
        let read = bound.read.iter().position(|r| *r == at);
        let tally = read.and_then(|cell| tallies.get(cell)).cloned().unwrap_or_default();
        let place = match (column.privacy, read) {
            (Privacy::Drop, _) => Place::Dropped,
            (_, Some(_)) => Place::Read,
            (_, None) => Place::Absent,
        };
        let mut reasons = tally.reasons;
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut unread_reasons: Vec<_> = tally.unread.iter().map(|(kind, n, _)| (*kind, *n)).collect();
        unread_reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        findings.push(Finding {
            heading: column.name(),
            rule: column.privacy,
            kind: column.kind,
            field: column.field.clone().or_else(|| column.series.clone()),
            place,
            kept: tally.kept,
            unknown: tally.unknown,
            quarantined: reasons.iter().map(|(_, count)| count).sum(),
            reasons,
            unread: unread_reasons
                .iter()
                .filter(|(kind, _)| !kind.keeps_value())
                .map(|(_, count)| count)
                .sum(),
            unread_reasons,
            warnings: tally.warnings,
        });
    }
    for heading in &bound.unlisted {
        findings.push(Finding {
            heading: shown(heading),
            rule: Privacy::Drop,
            kind: None,
            field: None,
            place: Place::Unlisted,
            kept: 0,
            unknown: 0,
            quarantined: 0,
            reasons: Vec::new(),
            unread: 0,
            unread_reasons: Vec::new(),
            warnings: 0,
        });
    }
    findings
}

/// A file without a header has values where headings should be: those are not shown.
fn shown(heading: &str) -> String {
    if scan(heading).is_empty() { heading.to_owned() } else { "（見出しでない値）".to_owned() }
}
