//! Arrow and Parquet: the answer's own columns, with the facts as metadata of the schema and each column's title as
//! metadata of its field.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::super::facts::Facts;
use super::super::figures::Block;
use super::FormatError;
use crate::answer::Answer;

/// Before each key, so that it can't be taken for another program's.
const OURS: &str = "hinomi.";

pub(super) fn arrow(answer: &Answer, block: &Block, facts: &Facts) -> Result<Vec<u8>, FormatError> {
    let rows = labelled(answer, block, facts)?;
    let mut writer = StreamWriter::try_new(Vec::new(), &rows.schema())?;
    writer.write(&rows)?;
    Ok(writer.into_inner()?)
}

/// The facts stand among the file's own keys and values too, for readers that know nothing of Arrow.
pub(super) fn parquet(answer: &Answer, block: &Block, facts: &Facts) -> Result<Vec<u8>, FormatError> {
    let rows = labelled(answer, block, facts)?;
    let pairs = metadata(facts).into_iter().map(|(key, text)| KeyValue::new(key, text)).collect();
    let properties = WriterProperties::builder().set_key_value_metadata(Some(pairs)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, rows.schema(), Some(properties))?;
    writer.write(&rows)?;
    writer.close()?;
    Ok(bytes)
}

fn metadata(facts: &Facts) -> BTreeMap<String, String> {
    let training = (format!("{OURS}training"), facts.training.to_string());
    let all = facts.all().iter().map(|fact| (format!("{OURS}{}", fact.key), fact.text.clone()));
    std::iter::once(training).chain(all).collect()
}

fn labelled(answer: &Answer, block: &Block, facts: &Facts) -> Result<RecordBatch, ArrowError> {
    let titled = |field: &Arc<Field>| {
        let title = block.about.label(field.name()).to_owned();
        Arc::new(field.as_ref().clone().with_metadata([("title".to_owned(), title)]))
    };
    let schema = answer.rows.schema();
    let fields: Vec<Arc<Field>> = schema.fields().iter().map(titled).collect();
    let schema = Schema::new_with_metadata(fields, metadata(facts));
    RecordBatch::try_new(Arc::new(schema), answer.rows.columns().to_vec())
}
