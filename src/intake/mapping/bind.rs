//! A mapping meets a file's header: which columns are read, in which order, and which are never read.

use std::collections::HashMap;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::{Bound, Mapping, Privacy};
use crate::intake::error::{IntakeError, Refusal};

/// Where the columns of one file stand.
pub(in crate::intake) struct Layout {
    pub bound: Bound,
    /// For each cell of a raw row: its position in the file's row.
    pub positions: Vec<usize>,
    /// For each position in the file's row: the mapping's first heading, or `column 12` where none is listed.
    pub names: Vec<String>,
    /// Cells of a row, empty headings at its end not counted.
    pub width: usize,
}

/// Binds a mapping to a header.
pub fn bind(mapping: Arc<Mapping>, header: &[String]) -> Result<Bound, IntakeError> {
    lay(mapping, header, 1).map(|layout| layout.bound).map_err(|why| IntakeError::new("header", why))
}

pub(in crate::intake) fn lay(mapping: Arc<Mapping>, header: &[String], row: u64) -> Result<Layout, Refusal> {
    let mut accepted = HashMap::new();
    for (index, column) in mapping.columns.iter().enumerate() {
        for heading in &column.headings {
            accepted.insert(heading_key(heading), index);
        }
    }
    let keys: Vec<String> = header.iter().map(|h| heading_key(h)).collect();
    let width = keys.iter().rposition(|k| !k.is_empty()).map_or(0, |last| last + 1);
    let mut seen = vec![0usize; mapping.columns.len()];
    let mut read = Vec::new();
    let mut positions = Vec::new();
    let mut unlisted = Vec::new();
    let mut names = Vec::with_capacity(width);
    for (position, key) in keys.iter().take(width).enumerate() {
        let Some(&index) = accepted.get(key) else {
            names.push(format!("column {}", position + 1));
            if !key.is_empty() {
                unlisted.push(header[position].trim().to_owned());
            }
            continue;
        };
        let column = &mapping.columns[index];
        names.push(column.name().to_owned());
        seen[index] += 1;
        if column.privacy != Privacy::Drop {
            read.push(index);
            positions.push(position);
        }
    }

    // Missing columns come first: a file without a header shows its first row here, and nothing of that may be named.
    let columns: Vec<String> = mapping
        .columns
        .iter()
        .zip(&seen)
        .filter(|(column, seen)| **seen == 0 && (column.expected || column.required))
        .map(|(column, _)| column.name().to_owned())
        .collect();
    if !columns.is_empty() {
        return Err(Refusal::MissingColumns { row, columns });
    }
    // A dropped column may stand twice: neither is read.
    let twice = mapping.columns.iter().zip(&seen).find(|(c, seen)| **seen > 1 && c.privacy != Privacy::Drop);
    if let Some((column, _)) = twice {
        return Err(Refusal::DuplicateHeading { row, column: column.name().to_owned() });
    }
    Ok(Layout { bound: Bound { mapping, read, unlisted }, positions, names, width })
}

/// How headings are compared: after NFKC, without spaces, case-insensitively.
pub fn heading_key(heading: &str) -> String {
    heading
        .nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{feff}' | '\u{200b}'))
        .flat_map(char::to_lowercase)
        .collect()
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
        assert_eq!(error.to_string(), "header: row 1: no column is headed 報告日");
    }

    #[test]
    fn two_headings_for_one_column_are_refused_and_dropped_ones_are_not() {
        let error = bind(mapping(), &header(&["報告日", "報告_年月日"])).unwrap_err();
        assert!(matches!(error.why, Refusal::DuplicateHeading { row: 1, column } if column == "報告日"));
        assert!(bind(mapping(), &header(&["報告日", "氏名", "氏名", "x", "x"])).is_ok());
    }
}
