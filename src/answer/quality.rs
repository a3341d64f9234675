//! Faults in the data: what the quality queries find, once a data version and day.

use std::sync::Arc;

use jiff::civil::Date;

use super::answers::Answers;
use super::cells::cell_of;
use super::error::AnswerError;
use super::question::Cell;
use crate::epi::clock::jst;
use crate::store::{AsOf, BatchId, Param, Query, StoreError};

/// Rows of each fault that are told one by one.
const TOLD: usize = 5;

/// What one quality query found. Its rows say where and how many, never who.
#[derive(Clone, Debug, PartialEq)]
pub struct DataFault {
    pub id: String,
    pub title_ja: String,
    pub title_en: String,
    pub rows: usize,
    /// The first rows, cell by cell.
    pub told: Vec<Vec<Told>>,
}

/// A cell of a fault's row, with its column and what that is called in Japanese.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub column: String,
    pub label: String,
    pub cell: Cell,
}

pub(super) type Found = Option<((BatchId, Date), Arc<Vec<DataFault>>)>;

impl Answers {
    /// All faults in the data as it is known now.
    pub async fn data_faults(&self) -> Result<Arc<Vec<DataFault>>, AnswerError> {
        let answers = self.clone();
        let looked = tokio::task::spawn_blocking(move || answers.look_for_faults());
        let broke = |_| AnswerError::BrokeOff { indicator: "queries/quality".to_owned() };
        let failed =
            |source| AnswerError::Store { indicator: "queries/quality".to_owned(), source: Arc::new(source) };
        looked.await.map_err(broke)?.map_err(failed)
    }

    fn look_for_faults(&self) -> Result<Arc<Vec<DataFault>>, StoreError> {
        let (store, now) = (self.store(), self.now());
        let today = jst(now).date();
        let of = (store.latest(), today);
        if let Some((known, found)) = self.faults_found().as_ref()
            && *known == of
        {
            return Ok(found.clone());
        }
        let mut found = Vec::new();
        for quality in self.catalog().quality.values() {
            let named = crate::definitions::parameters(&quality.sql);
            let params = [("as_of_at", Param::Instant(now)), ("as_of_day", Param::Day(today))];
            let params = params.into_iter().filter(|(name, _)| named.contains(*name));
            let query = Query {
                id: quality.id.clone(),
                sql: Arc::clone(&quality.sql),
                params: params.map(|(name, value)| (name.to_owned(), value)).collect(),
            };
            let rows = store.query(&query, AsOf::Batch(of.0), self.deadline())?;
            if rows.num_rows() == 0 {
                continue;
            }
            let schema = rows.schema();
            let line = |row: usize| {
                let cells = schema.fields().iter().zip(rows.columns());
                let told = cells.map(|(field, column)| {
                    let column_name = field.name();
                    let known = quality.columns.iter().find(|(name, _)| name == column_name);
                    Told {
                        column: column_name.clone(),
                        label: known.map_or_else(|| column_name.clone(), |(_, label)| label.clone()),
                        cell: cell_of(column, row),
                    }
                });
                told.collect()
            };
            found.push(DataFault {
                id: quality.id.clone(),
                title_ja: quality.title_ja.clone(),
                title_en: quality.title_en.clone(),
                rows: rows.num_rows(),
                told: (0..rows.num_rows().min(TOLD)).map(line).collect(),
            });
        }
        let found = Arc::new(found);
        *self.faults_found() = Some((of, found.clone()));
        Ok(found)
    }
}
