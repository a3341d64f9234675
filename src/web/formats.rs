//! An answer as a file: JSON, CSV, Arrow, Parquet.

use arrow::ipc::writer::StreamWriter;
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};

use super::figures::{Block, to_json};
use super::{panel, words};
use crate::answer::{Answer, Cell, Freshness};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Json,
    Csv,
    Arrow,
    Parquet,
}

impl Format {
    pub const ALL: [Self; 4] = [Self::Json, Self::Csv, Self::Arrow, Self::Parquet];

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Arrow => "arrow",
            Self::Parquet => "parquet",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    #[error("unable to write Arrow: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    #[error("unable to write Parquet: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
}

/// The answer's rows in a format. `bom`: a CSV that Excel opens as UTF-8.
pub fn write(answer: &Answer, block: &Block, format: Format, bom: bool) -> Result<Vec<u8>, FormatError> {
    match format {
        Format::Json => Ok(json(block).to_string().into_bytes()),
        Format::Csv => Ok(csv(block, bom).into_bytes()),
        Format::Arrow => {
            let mut writer = StreamWriter::try_new(Vec::new(), &answer.rows.schema())?;
            writer.write(&answer.rows)?;
            Ok(writer.into_inner()?)
        }
        Format::Parquet => {
            let mut bytes = Vec::new();
            let mut writer = ArrowWriter::try_new(&mut bytes, answer.rows.schema(), None)?;
            writer.write(&answer.rows)?;
            writer.close()?;
            Ok(bytes)
        }
    }
}

/// `{indicator, title, unit, definition, as_of, data_version, sources, columns, rows}`.
pub fn json(block: &Block) -> Value {
    let about = &block.about;
    let columns: Vec<Value> = block
        .table
        .columns
        .iter()
        .map(|(name, kind)| json!({ "name": name, "title": about.label(name), "type": kind }))
        .collect();
    let rows: Vec<Value> =
        block.table.rows.iter().map(|row| row.iter().map(to_json).collect::<Value>()).collect();
    json!({
        "indicator": about.id,
        "title": about.title,
        "unit": words::unit(about.unit),
        "definition": {
            "text": panel::definition(block),
            "numerator": about.numerator,
            "denominator": about.denominator,
            "basis": about.basis,
            "date": about.date,
            "lag_days": about.lag_days,
            "missing": about.missing,
            "reference": about.reference,
            "hash": about.hash,
        },
        "from": block.from.to_string(),
        "to": block.to.to_string(),
        "by": block.by,
        "bands": block.bands,
        "against": block.against.map(|(against, from, to)| {
            json!({ "period": against, "from": from.to_string(), "to": to.to_string(), "unlike": block.unlike })
        }),
        "as_of": block.as_of.to_string(),
        "data_version": block.batch.0,
        "sources": block.sources,
        "held_back": held_back(block),
        "columns": columns,
        "rows": rows,
    })
}

/// What the figures are short of, by source: rows that were not let through, of how many.
fn held_back(block: &Block) -> Vec<Value> {
    let of = |source: &Freshness| {
        let found = source.held_back?;
        Some(json!({ "source": source.source, "title": source.title, "rows": found.rows, "of": found.of }))
    };
    block.sources.iter().filter_map(of).collect()
}

/// A header line of column names, then the rows. A key that is not known is 不明, a figure that is missing nothing. Texts that a spreadsheet would take for a formula get an apostrophe.
pub fn csv(block: &Block, bom: bool) -> String {
    let mut text = String::new();
    if bom {
        text.push('\u{feff}');
    }
    let names: Vec<String> = block.table.columns.iter().map(|(name, _)| field(name)).collect();
    text.push_str(&names.join(","));
    text.push_str("\r\n");
    let keys: Vec<bool> = block.table.columns.iter().map(|(name, _)| block.is_key(name)).collect();
    for row in &block.table.rows {
        let one = |(of, key): (&Cell, &bool)| match of {
            Cell::Null if *key => "不明".to_owned(),
            of => cell(of),
        };
        let fields: Vec<String> = row.iter().zip(&keys).map(one).collect();
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Int(n) => n.to_string(),
        Cell::Float(x) if x.is_finite() => x.to_string(),
        Cell::Float(_) => String::new(),
        Cell::Decimal(decimal) => decimal.to_string(),
        Cell::Text(text) => field(&harmless(text)),
        Cell::Day(day) => day.to_string(),
        Cell::Instant(at) => at.to_string(),
        Cell::Bool(yes) => yes.to_string(),
    }
}

fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::{CellKind, Table};
    use super::super::samples;
    use super::*;

    fn block() -> Block {
        let mut block = samples::block("deaths");
        block.table = Table {
            columns: vec![("area".into(), CellKind::Text), ("value".into(), CellKind::Int)],
            rows: vec![
                vec![Cell::Text("=HYPERLINK(\"x\")".into()), Cell::Int(-2)],
                vec![Cell::Text("港区, 東京".into()), Cell::Null],
            ],
        };
        block
    }

    #[test]
    fn csv_carries_no_formula_and_keeps_negative_numbers() {
        let text = csv(&block(), false);
        assert_eq!(text, "area,value\r\n\"'=HYPERLINK(\"\"x\"\")\",-2\r\n\"港区, 東京\",\r\n");
        assert!(csv(&block(), true).starts_with("\u{feff}area"));
    }

    #[test]
    fn a_key_that_is_not_known_is_said_in_words_and_a_missing_figure_is_not() {
        use crate::catalog::indicator::Shape;
        let mut block = block();
        block.about.shape = Shape::Breakdown;
        block.table = Table {
            columns: vec![("route".into(), CellKind::Text), ("value".into(), CellKind::Int)],
            rows: vec![vec![Cell::Null, Cell::Int(2)], vec![Cell::Text("家庭内".into()), Cell::Null]],
        };
        assert_eq!(csv(&block, false), "route,value\r\n不明,2\r\n家庭内,\r\n");
        assert_eq!(json(&block)["rows"][0], serde_json::json!([null, 2]));
        block.about.shape = Shape::Table;
        assert_eq!(
            csv(&block, false),
            "route,value\r\n,2\r\n家庭内,\r\n",
            "a table's first column may be open"
        );
        block.table.columns[0].0 = "district".into();
        assert!(csv(&block, false).contains("不明,2"));
    }

    #[test]
    fn json_has_what_the_design_names() {
        let value = json(&block());
        for key in [
            "indicator",
            "title",
            "unit",
            "definition",
            "as_of",
            "data_version",
            "sources",
            "held_back",
            "columns",
            "rows",
        ] {
            assert!(value.get(key).is_some(), "{key}");
        }
        assert_eq!(value["rows"][1], serde_json::json!(["港区, 東京", null]));
        assert_eq!(value["held_back"], serde_json::json!([]));
    }

    #[test]
    fn json_says_what_the_figures_are_short_of() {
        let mut block = block();
        block.sources[0].held_back = Some(crate::answer::HeldBack { rows: 1, of: 21 });
        let value = json(&block);
        assert_eq!(value["held_back"][0]["rows"], 1);
        assert_eq!(value["held_back"][0]["source"], "her-sys-cases");
        assert_eq!(value["sources"][0]["held_back"], serde_json::json!({ "rows": 1, "of": 21 }));
    }
}
