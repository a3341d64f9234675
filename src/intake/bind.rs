//! A mapping meets a file's header: which columns are read, in which order, and which are never read.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::error::{IntakeError, Refusal};
use crate::definitions::mapping::{Mapping, Privacy, heading_key};

/// A mapping bound to one file's header: which columns are read past the parser, in which order.
#[derive(Clone, Debug)]
pub struct Bound {
    pub mapping: Arc<Mapping>,
    /// For each cell of a raw row: the index into `mapping.columns`. Dropped columns are not among them.
    pub read: Vec<usize>,
    /// Headings of the file that no column of the mapping accepts (never read).
    pub unlisted: Vec<String>,
}

/// What one file tells of its table's columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableColumns {
    /// Those that the file feeds, and those that the mapping fills for every row; sorted.
    pub there: Vec<String>,
    /// Those that the mapping feeds from a heading that the file does not have.
    pub lacking: Vec<String>,
    /// The mapping's names of what is read where it is there, and is not: the first heading of each.
    pub absent: Vec<String>,
}

impl Bound {
    /// Which of the table's columns the file tells of.
    pub fn columns(&self) -> TableColumns {
        let mut there: BTreeSet<String> = self.mapping.constants.keys().cloned().collect();
        let (read, absent): (Vec<_>, Vec<_>) = (0..self.mapping.columns.len())
            .filter(|at| self.mapping.columns[*at].privacy != Privacy::Drop)
            .partition(|at| self.read.contains(at));
        let fed = |all: &[usize]| -> BTreeSet<String> {
            all.iter().flat_map(|at| self.mapping.columns[*at].feeds()).collect()
        };
        there.extend(fed(&read));
        let lacking = fed(&absent).into_iter().filter(|column| !there.contains(column)).collect();
        let absent = absent.iter().map(|at| self.mapping.columns[*at].name()).collect();
        TableColumns { there: there.into_iter().collect(), lacking, absent }
    }
}

/// Where the columns of one file stand.
pub(super) struct Layout {
    pub bound: Bound,
    /// For each cell of a raw row: its position in the file's row, or those of its parts.
    pub positions: Vec<Vec<usize>>,
    /// For each position in the file's row: the mapping's first heading, or `column 12` where none is listed.
    pub names: Vec<String>,
    /// Cells of a row, empty headings at its end not counted.
    pub width: usize,
}

/// Binds a mapping to a header.
pub fn bind(mapping: Arc<Mapping>, header: &[String]) -> Result<Bound, IntakeError> {
    lay(mapping, header, 1).map(|layout| layout.bound).map_err(|why| IntakeError::new("header", why))
}

/// Every accepted heading, with the columns and their parts that it means.
fn accepted(mapping: &Mapping) -> HashMap<String, Vec<(usize, usize)>> {
    let mut accepted: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    for (index, column) in mapping.columns.iter().enumerate() {
        let whole = column.headings.iter().map(|heading| (heading, 0));
        let parts = column.from.iter().zip(0..);
        for (heading, part) in whole.chain(parts) {
            let owners = accepted.entry(heading_key(heading)).or_default();
            // Two of a column's headings may be the same but for their width.
            if !owners.contains(&(index, part)) {
                owners.push((index, part));
            }
        }
    }
    accepted
}

/// How many cells of a row are headings of the mapping.
pub(super) fn headings_in(mapping: &Mapping, row: &[String]) -> usize {
    let accepted = accepted(mapping);
    row.iter().filter(|cell| accepted.contains_key(&heading_key(cell))).count()
}

pub(super) fn lay(mapping: Arc<Mapping>, header: &[String], row: u64) -> Result<Layout, Refusal> {
    let accepted = accepted(&mapping);
    let keys: Vec<String> = header.iter().map(|h| heading_key(h)).collect();
    let width = keys.iter().rposition(|k| !k.is_empty()).map_or(0, |last| last + 1);
    // For each part of each column: where it was found.
    let mut found: Vec<Vec<Vec<usize>>> =
        mapping.columns.iter().map(|c| vec![Vec::new(); c.from.len().max(1)]).collect();
    let mut unlisted = Vec::new();
    let mut names = Vec::with_capacity(width);
    for (position, key) in keys.iter().take(width).enumerate() {
        let Some(owners) = accepted.get(key) else {
            names.push(format!("column {}", position + 1));
            if !key.is_empty() {
                unlisted.push(header[position].trim().to_owned());
            }
            continue;
        };
        for (index, part) in owners {
            found[*index][*part].push(position);
        }
        names.push(
            owners.first().map_or_else(String::new, |(index, part)| mapping.columns[*index].part_name(*part)),
        );
    }

    // Missing columns come first: a file without a header shows its first row here, and nothing of that may be named.
    let mut missing = Vec::new();
    for (column, parts) in mapping.columns.iter().zip(&found).filter(|(c, _)| c.expected || c.required) {
        let lacking = parts.iter().enumerate().filter(|(_, places)| places.is_empty());
        missing.extend(lacking.map(|(part, _)| column.part_name(part)));
    }
    if !missing.is_empty() {
        return Err(Refusal::MissingColumns { row, columns: missing });
    }
    // A dropped column may stand twice: neither is read.
    let mut cells = Vec::new();
    for (index, (column, parts)) in mapping.columns.iter().zip(found).enumerate() {
        if column.privacy == Privacy::Drop {
            continue;
        }
        if let Some(part) = parts.iter().position(|places| places.len() > 1) {
            return Err(Refusal::DuplicateHeading { row, column: column.part_name(part) });
        }
        let places: Vec<usize> = parts.into_iter().flatten().collect();
        if places.len() == column.from.len().max(1) {
            cells.push((places, index));
        }
    }
    cells.sort();
    let (positions, read) = cells.into_iter().unzip();
    Ok(Layout { bound: Bound { mapping, read, unlisted }, positions, names, width })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping() -> Arc<Mapping> {
        let text = r#"
            source = "beds"
            title = { ja = "病床", en = "Beds" }
            table = "bed_reports"
            mode = "upsert"
            key = ["reported_day"]
            rhythm = { calendar = "once" }
            column = [
              { headings = ["報告日", "報告_年月日"], privacy = "keep", field = "reported_day", type = "date", required = true },
              { headings = ["SpO2（室内気）"], privacy = "keep", field = "spo2", type = "count" },
              { headings = ["氏名"] },
            ]
        "#;
        Arc::new(Mapping::parse("beds", text).unwrap())
    }

    fn header(headings: &[&str]) -> Vec<String> {
        headings.iter().map(|h| (*h).to_owned()).collect()
    }

    #[test]
    fn drifting_and_full_width_headings_are_met() {
        let bound =
            bind(mapping(), &header(&["ＳＰＯ２ (室内気)", "備考", " 報告＿年 月日", "氏名", ""])).unwrap();
        assert_eq!(bound.read, [1, 0]);
        assert_eq!(bound.unlisted, ["備考"]);
    }

    #[test]
    fn a_missing_column_is_named_by_the_mapping_and_nothing_of_the_file() {
        let error = bind(mapping(), &header(&["2020-01-01", "山田 太郎"])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "header: 1行目に見出し 報告日 がありません · row 1: no column is headed 報告日"
        );
    }

    #[test]
    fn a_day_of_several_columns_is_read_where_all_are_there() {
        let text = r#"
            source = "days"
            title = { ja = "日", en = "Days" }
            table = "aggregate_counts"
            mode = "aggregate"
            key = ["series", "day"]
            rhythm = { calendar = "once" }
            column = [
              { from = ["年", "月", "日"], privacy = "keep", field = "day", type = "date", required = true },
              { headings = ["数", "人数"], privacy = "keep", series = "a", type = "count" },
              { headings = ["人数"], privacy = "keep", series = "b", type = "count" },
            ]
        "#;
        let mapping = Arc::new(Mapping::parse("days", text).unwrap());
        let layout = lay(mapping.clone(), &header(&["人数", "日", "月", "x", "年"]), 1).unwrap();
        assert_eq!(layout.positions, [vec![0], vec![0], vec![4, 2, 1]]);
        assert_eq!(layout.bound.read, [1, 2, 0]);
        assert_eq!(layout.names, ["数", "日", "月", "column 4", "年"]);
        let error = bind(mapping.clone(), &header(&["年", "日", "人数"])).unwrap_err();
        assert!(matches!(error.why, Refusal::MissingColumns { columns, .. } if columns == ["月"]));
        let error = bind(mapping, &header(&["年", "月", "月", "日"])).unwrap_err();
        assert!(matches!(error.why, Refusal::DuplicateHeading { column, .. } if column == "月"));
    }

    #[test]
    fn two_headings_for_one_column_are_refused_and_dropped_ones_are_not() {
        let error = bind(mapping(), &header(&["報告日", "報告_年月日"])).unwrap_err();
        assert!(matches!(error.why, Refusal::DuplicateHeading { row: 1, column } if column == "報告日"));
        assert!(bind(mapping(), &header(&["報告日", "氏名", "氏名", "x", "x"])).is_ok());
    }
}
