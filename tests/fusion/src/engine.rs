//! A query, checked and run.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemTable, MemoryCatalogProvider, MemoryCatalogProviderList,
    MemorySchemaProvider, TableProvider,
};
use datafusion::common::plan_err;
use datafusion::error::Result;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use tokio::runtime::Handle;

use crate::archive::{Archive, Folders};
use crate::plain::plain;
use crate::text;
use crate::wire::{Reply, Request, Start};

pub struct Engine {
    archive: Archive,
    state: SessionState,
}

impl Engine {
    pub fn new(start: Start) -> Self {
        let config = SessionConfig::new()
            .with_information_schema(false)
            .with_target_partitions(1)
            .set_str("datafusion.sql_parser.dialect", "DuckDB")
            .set_str("datafusion.sql_parser.default_null_ordering", "nulls_last")
            // Numbers with places are decimals, as they were written.
            .set_bool("datafusion.sql_parser.parse_float_as_decimal", true)
            .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
            .set_bool("datafusion.sql_parser.map_string_types_to_utf8view", false);
        let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
        Self { archive: Archive::new(start.archive, start.tables, state.clone()), state }
    }

    pub fn answer(
        self: &Arc<Self>,
        handle: &Handle,
        request: Request,
        given: Vec<RecordBatch>,
    ) -> (Reply, Vec<RecordBatch>) {
        let deadline = Duration::from_millis(request.deadline_millis);
        let engine = Arc::clone(self);
        let work = handle.spawn(async move { engine.asked(&request, given).await });
        let stop = work.abort_handle();
        match handle.block_on(async { tokio::time::timeout(deadline, work).await }) {
            Ok(Ok(Ok(answer))) => answer,
            Ok(Ok(Err(error))) => (Reply::Refused(error.to_string()), Vec::new()),
            Ok(Err(error)) => (Reply::Failed(error.to_string()), Vec::new()),
            Err(_) => {
                stop.abort();
                (Reply::TimedOut, Vec::new())
            }
        }
    }

    async fn asked(&self, request: &Request, given: Vec<RecordBatch>) -> Result<(Reply, Vec<RecordBatch>)> {
        let folders = self.archive.folders()?;
        let latest = folders.latest();
        let batch = request.as_of.unwrap_or(latest);
        if batch > latest {
            return Ok((Reply::NoBatch { batch, latest }, Vec::new()));
        }
        let (context, plan) = self.plan(request, given, &folders, batch).await?;
        if request.only_check {
            return Ok((Reply::Checked, Vec::new()));
        }
        let frame = DataFrame::new(context.state(), plan);
        let schema = Arc::clone(frame.schema().inner());
        let parts = frame.collect().await?;
        // What comes out may be declared otherwise than it was planned (nullable or not).
        let schema = parts.first().map_or(schema, RecordBatch::schema);
        Ok((Reply::Rows, vec![plain(concat_batches(&schema, &parts)?)?]))
    }

    /// A text read and planned over the relations that it names, and no others.
    async fn plan(
        &self,
        request: &Request,
        given: Vec<RecordBatch>,
        folders: &Folders,
        batch: u32,
    ) -> Result<(SessionContext, LogicalPlan)> {
        let context = SessionContext::new_with_state(bare(&self.state)?);
        for (name, rows) in request.given.iter().zip(given) {
            if self.archive.relation(name, folders, batch).await?.is_some() {
                return plan_err!("the table {name} is given with it, and there is one of this name");
            }
            let table = MemTable::try_new(rows.schema(), vec![vec![rows]])?;
            context.register_table(name.as_str(), Arc::new(table))?;
        }
        let statement = text::read(&context.state(), &request.sql, &request.params, request.only_check)?;
        for named in context.state().resolve_table_references(&statement)? {
            if named.schema().is_some() {
                return plan_err!("the relation {named} is not one of the tables");
            }
            if let Some(table) = self.archive.relation(named.table(), folders, batch).await? {
                context.register_table(named, table)?;
            }
        }
        let plan = context.state().statement_to_plan(statement).await?;
        Ok((context, plan))
    }
}

/// The same settings and functions, with no tables.
pub fn bare(state: &SessionState) -> Result<SessionState> {
    let names = &state.config_options().catalog;
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(&names.default_schema, Arc::new(MemorySchemaProvider::new()))?;
    let catalogs = MemoryCatalogProviderList::new();
    catalogs.register_catalog(names.default_catalog.clone(), Arc::new(catalog));
    Ok(SessionStateBuilder::new_from_existing(state.clone()).with_catalog_list(Arc::new(catalogs)).build())
}

/// A context with these tables.
pub fn within<const N: usize>(
    state: &SessionState,
    tables: [(&str, Arc<dyn TableProvider>); N],
) -> Result<SessionContext> {
    let context = SessionContext::new_with_state(bare(state)?);
    for (name, table) in tables {
        context.register_table(name, table)?;
    }
    Ok(context)
}
