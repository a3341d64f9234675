//! An answer as a file: JSON, CSV, Arrow, Parquet. Each says inside what it is of.

mod columnar;
mod csv;

use serde_json::{Value, json};

use super::facts::Facts;
use super::figures::{Block, to_json};
use super::panel;
use crate::answer::{Answer, Freshness};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Json,
    Csv,
    /// CSV for Excel: headings in Japanese, figures as the pages show them.
    Excel,
    Arrow,
    Parquet,
}

impl Format {
    pub const ALL: [Self; 5] = [Self::Json, Self::Csv, Self::Excel, Self::Arrow, Self::Parquet];

    /// What a question calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Excel => "excel",
            other => other.extension(),
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv | Self::Excel => "text/csv; charset=utf-8",
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv | Self::Excel => "csv",
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

/// The answer's rows in a format, with the facts about them.
pub fn write(answer: &Answer, block: &Block, format: Format, facts: &Facts) -> Result<Vec<u8>, FormatError> {
    match format {
        Format::Json => {
            let formula = (answer.indicator.formula_ja(), answer.indicator.formula_en());
            Ok(json(formula, block, facts).to_string().into_bytes())
        }
        Format::Csv => Ok(csv::plain(block, facts).into_bytes()),
        Format::Excel => Ok(csv::excel(block, facts).into_bytes()),
        Format::Arrow => columnar::arrow(answer, block, facts),
        Format::Parquet => columnar::parquet(answer, block, facts),
    }
}

/// `{indicator, title, unit, definition, as_of, data_version, sources, columns, rows}` and the facts.
fn json((ja, en): (String, String), block: &Block, facts: &Facts) -> Value {
    let about = &block.about;
    let columns: Vec<Value> = block
        .table
        .columns
        .iter()
        .map(|(name, kind)| json!({ "name": name, "title": about.label(name), "type": kind }))
        .collect();
    let rows: Vec<Value> =
        block.table.rows.iter().map(|row| row.iter().map(to_json).collect::<Value>()).collect();
    let mut value = json!({
        "indicator": about.id,
        "title": about.title,
        "unit": about.unit.word(),
        "unit_label": { "ja": about.unit.ja(), "en": about.unit.en() },
        "definition": {
            "text": panel::definition(block),
            "formula": { "ja": ja, "en": en },
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
            json!({
                "period": against,
                "from": from.to_string(),
                "to": to.to_string(),
                "unlike": block.unlike,
                "not_compared": block.not_compared,
            })
        }),
        "as_of": block.as_of.to_string(),
        "data_version": block.batch.0,
        "sources": block.sources,
        "held_back": held_back(block),
        "undated": block.undated,
        "untold": block.untold,
        // Why there is no figure at all, in words.
        "reason": block.why(),
        "caveats": block.caveats,
    });
    if let Some(object) = value.as_object_mut() {
        for (key, said) in facts.json() {
            object.entry(key.as_str()).or_insert_with(|| said.clone());
        }
        object.extend(facts.json().get("as_of").map(|at| ("as_of_japan".to_owned(), at.clone())));
        object.insert("columns".to_owned(), columns.into());
        object.insert("rows".to_owned(), rows.into());
    }
    value
}

/// What the figures are short of, by source: rows that were not let through, of how many.
fn held_back(block: &Block) -> Vec<Value> {
    let of = |source: &Freshness| {
        let found = source.held_back?;
        Some(json!({ "source": source.source, "title": source.title, "rows": found.rows, "of": found.of }))
    };
    block.sources.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::super::figures::{CellKind, Table};
    use super::super::samples;
    use super::*;
    use crate::answer::Cell;
    use crate::config::Settings;
    use crate::definitions::{Catalog, Definitions};

    fn block() -> Block {
        let mut block = samples::block("deaths");
        block.table = Table {
            columns: vec![("area".into(), CellKind::Text), ("value".into(), CellKind::Int)],
            rows: vec![vec![Cell::Null, Cell::Int(2)], vec![Cell::Text("港区, 東京".into()), Cell::Null]],
        };
        block
    }

    fn written(block: &Block) -> Value {
        let catalog = Catalog::load(&Definitions::embedded()).expect("loads");
        let facts = Facts::of(&Settings::default(), &catalog, "covid-19", block);
        json(("分子".to_owned(), "numerator".to_owned()), block, &facts)
    }

    #[test]
    fn json_has_what_the_design_names() {
        let value = written(&block());
        for key in [
            "indicator",
            "title",
            "unit",
            "unit_label",
            "definition",
            "as_of",
            "data_version",
            "sources",
            "held_back",
            "undated",
            "untold",
            "reason",
            "caveats",
            "training",
            "ward",
            "disease",
            "period",
            "columns",
            "rows",
        ] {
            assert!(value.get(key).is_some(), "{key}");
        }
        assert_eq!(value["rows"], serde_json::json!([[null, 2], ["港区, 東京", null]]));
        assert_eq!(value["held_back"], serde_json::json!([]));
        assert_eq!(value["undated"], serde_json::json!([]));
        assert_eq!(value["unit"], "persons", "a word for programs, which no language changes");
        assert_eq!(value["unit_label"], serde_json::json!({ "ja": "人", "en": "persons" }));
        assert_eq!(value["as_of"], "2026-11-22T05:05:00Z");
        assert_eq!(value["as_of_japan"], "2026-11-22T14:05:00+09:00");
    }

    #[test]
    fn json_says_what_the_figures_are_short_of() {
        let mut block = block();
        block.sources[0].held_back = Some(crate::answer::HeldBack { rows: 1, of: 21 });
        let value = written(&block);
        assert_eq!(value["held_back"][0]["rows"], 1);
        assert_eq!(value["held_back"][0]["source"], "her-sys-cases");
        assert_eq!(value["sources"][0]["held_back"], serde_json::json!({ "rows": 1, "of": 21 }));
        block.undated = vec![crate::answer::Undated {
            date: "death_day".into(),
            title: "死亡日不明".into(),
            rows: 1,
            unit: crate::definitions::indicator::Unit::Persons,
            note: None,
        }];
        let lacking =
            serde_json::json!([{ "date": "death_day", "title": "死亡日不明", "rows": 1, "unit": "persons" }]);
        assert_eq!(written(&block)["undated"], lacking);
    }
}
