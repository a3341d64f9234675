//! Of which diseases anything was ever told: a disease of which there is no record has no figures, not even zeros, and
//! never those of another.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::RecordBatch;

use super::cells::cell_of;
use super::handle::{Answers, Result, failed};
use super::memory::Diseases;
use super::question::Cell;
use crate::definitions::indicator::Indicator;
use crate::store::{BatchId, Query};

/// The shared query that says it: tables and diseases.
const QUERY: &str = "told_diseases";
impl Answers {
    /// Is there any record of the disease in what the indicator counts, the first of its sources?
    pub(super) async fn has_records_of(
        &self,
        indicator: &Indicator,
        disease: &str,
        batch: BatchId,
    ) -> Result<bool> {
        if !indicator.takes_disease() || indicator.lists_items() {
            return Ok(true);
        }
        let Some(counted) = indicator.source.first() else { return Ok(true) };
        let fed = self.catalog().mappings.get(counted);
        let table = fed.map_or(counted.as_str(), |mapping| mapping.table.as_str());
        if self.catalog().table(table).and_then(|table| table.column("disease")).is_none() {
            return Ok(true);
        }
        let told = self.recorded(&indicator.id, batch).await?;
        Ok(told.is_none_or(|told| told.contains(&(table.to_owned(), disease.to_owned()))))
    }

    /// The diseases of which there is any record now.
    pub async fn diseases_on_record(&self) -> Result<BTreeSet<String>> {
        let told = self.recorded(QUERY, self.store().latest()).await?;
        Ok(told.iter().flat_map(|told| told.iter()).map(|(_, disease)| disease.clone()).collect())
    }

    /// None where the definitions do not say how to read it.
    async fn recorded(&self, indicator: &str, batch: BatchId) -> Result<Option<Arc<Diseases>>> {
        let Some(shared) = self.catalog().shared.get(QUERY) else { return Ok(None) };
        let ask = async {
            let query = Query::new(QUERY, Arc::clone(&shared.sql), []);
            Ok(Arc::new(read(&self.rows(query, batch).await?)))
        };
        let told = self.diseases_of_batch().get_or_work(self.1, batch, ask).await;
        told.map(Some).map_err(|why| failed(indicator, why))
    }
}

fn read(rows: &RecordBatch) -> Diseases {
    let text = |name: &str, row: usize| match rows.column_by_name(name).map(|column| cell_of(column, row)) {
        Some(Cell::Text(text)) => Some(text),
        _ => None,
    };
    (0..rows.num_rows()).filter_map(|row| Some((text("of_table", row)?, text("disease", row)?))).collect()
}
