//! The archive of a data folder: each table's versions with the batches from which and until when they were known.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray, UInt32Array};
use arrow::datatypes::Schema;
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::exec_err;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::session_state::SessionState;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::engine::{bare, within};
use crate::text;
use crate::wire::{Table, Value};

pub struct Archive {
    root: PathBuf,
    pub tables: BTreeMap<String, Table>,
    state: SessionState,
    /// By the table's name.
    versions: Mutex<BTreeMap<String, Versions>>,
}

/// The files that a table's versions were read of, and the versions.
type Versions = (Vec<PathBuf>, Arc<dyn TableProvider>);

/// The folders of the archive at one moment.
pub struct Folders(Vec<Folder>);

struct Folder {
    path: PathBuf,
    batches: Vec<Manifest>,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Manifest {
    batch: u32,
    accepted_at: String,
    kind: String,
    files: Vec<File>,
}

#[derive(Clone, Deserialize)]
struct File {
    name: String,
}

#[derive(Deserialize)]
struct Pack {
    batches: Vec<Manifest>,
    files: Vec<File>,
}

impl Folders {
    pub fn latest(&self) -> u32 {
        self.0.iter().flat_map(|folder| &folder.batches).map(|batch| batch.batch).max().unwrap_or(0)
    }

    fn with(&self, file: &str) -> Vec<PathBuf> {
        let has = self.0.iter().filter(|folder| folder.files.iter().any(|f| f.name == file));
        has.map(|folder| folder.path.join(file)).collect()
    }
}

impl Archive {
    pub fn new(root: PathBuf, tables: Vec<Table>, state: SessionState) -> Self {
        let tables = tables.into_iter().map(|table| (table.name.clone(), table)).collect();
        Self { root, tables, state, versions: Mutex::default() }
    }

    pub fn folders(&self) -> Result<Folders> {
        let mut found: Vec<Folder> = Vec::new();
        for path in listed(&self.root.join("packs"))? {
            let pack: Pack = manifest(&path)?;
            found.push(Folder { path, batches: pack.batches, files: pack.files });
        }
        let packed: Vec<u32> = found.iter().flat_map(|f| &f.batches).map(|b| b.batch).collect();
        for path in listed(&self.root.join("batches"))? {
            let manifest: Manifest = manifest(&path)?;
            if !packed.contains(&manifest.batch) {
                let files = manifest.files.clone();
                found.push(Folder { path, batches: vec![manifest], files });
            }
        }
        Ok(Folders(found))
    }

    /// What a name stands for as of a batch: a table of facts, or what became known of one. None: neither.
    pub async fn relation(
        &self,
        name: &str,
        folders: &Folders,
        batch: u32,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        if let Some(table) = self.tables.get(name) {
            let text = format!(
                "SELECT {} FROM versions WHERE known_from <= {batch} AND (known_to IS NULL OR known_to > {batch})",
                public(table, "versions"),
            );
            return self.view(&text, table, folders).await.map(Some);
        }
        let of = name.strip_suffix("_changes").and_then(|table| self.tables.get(table));
        let Some(table) = of.filter(|table| table.subject) else { return Ok(None) };
        let public = public(table, "versions");
        let text = format!(
            "SELECT {public}, opened.known_day, 1 AS delta
             FROM versions JOIN batches AS opened ON opened.batch = versions.known_from
             WHERE opened.kind IN ('regular', 'replay') AND versions.known_from <= {batch}
             UNION ALL
             SELECT {public}, ended.known_day, -1 AS delta
             FROM versions
             JOIN batches AS opened ON opened.batch = versions.known_from
             JOIN batches AS ended ON ended.batch = versions.known_to
             WHERE opened.kind <> 'initial' AND ended.kind IN ('regular', 'replay') AND versions.known_to <= {batch}"
        );
        self.view(&text, table, folders).await.map(Some)
    }

    async fn view(&self, text: &str, table: &Table, folders: &Folders) -> Result<Arc<dyn TableProvider>> {
        let tables = [("versions", self.versions(table, folders).await?), ("batches", batches(folders)?)];
        let context = within(&self.state, tables)?;
        Ok(context.sql(text).await?.into_view())
    }

    async fn versions(&self, table: &Table, folders: &Folders) -> Result<Arc<dyn TableProvider>> {
        let opened = folders.with(&format!("{}.opened.parquet", table.name));
        let closed = folders.with(&format!("{}.closed.parquet", table.name));
        let all: Vec<PathBuf> = opened.iter().chain(&closed).cloned().collect();
        let mut versions = self.versions.lock().await;
        if let Some((of, found)) = versions.get(&table.name)
            && *of == all
        {
            return Ok(Arc::clone(found));
        }
        let made: Arc<dyn TableProvider> = Arc::new(self.load(table, &opened, &closed).await?);
        versions.insert(table.name.clone(), (all, Arc::clone(&made)));
        Ok(made)
    }

    async fn load(&self, table: &Table, opened: &[PathBuf], closed: &[PathBuf]) -> Result<MemTable> {
        let context = SessionContext::new_with_state(bare(&self.state)?);
        let mut present: Vec<String> = Vec::new();
        if !opened.is_empty() {
            let files = parquet(&context, opened).await?;
            present = files.schema().fields().iter().map(|field| field.name().clone()).collect();
            context.register_table("opened", files.into_view())?;
        }
        let inputs = table.inputs.iter().map(|input| match present.contains(input) {
            true => format!("o.\"{input}\""),
            false => format!("NULL AS \"{input}\""),
        });
        let inputs = inputs.collect::<Vec<_>>().join(", ");
        let from = match (opened.is_empty(), closed.is_empty()) {
            (true, _) => format!(
                "(SELECT {inputs}, CAST(NULL AS VARCHAR) AS source, CAST(NULL AS INTEGER) AS case_id,
                 CAST(NULL AS INTEGER) AS known_from, CAST(NULL AS INTEGER) AS known_to WHERE false)"
            ),
            (_, true) => format!(
                "(SELECT {inputs}, o.source, o.case_id, o.known_from, CAST(NULL AS INTEGER) AS known_to FROM opened o)"
            ),
            _ => {
                context.register_table("closed", parquet(&context, closed).await?.into_view())?;
                format!(
                    "(SELECT {inputs}, o.source, o.case_id, o.known_from, c.known_to FROM opened o LEFT JOIN closed c
                     ON c.known_from = o.known_from AND c.key__ = o.key__ AND c.source = o.source
                     AND c.case_id IS NOT DISTINCT FROM o.case_id)"
                )
            }
        };
        let sql =
            format!("SELECT {}, source, case_id, known_from, known_to FROM {from} AS staged", table.list);
        let statement = text::read(&context.state(), &sql, &Vec::<(String, Value)>::new(), false)?;
        let plan = context.state().statement_to_plan(statement).await?;
        let frame = context.execute_logical_plan(plan).await?;
        let schema = Arc::clone(frame.schema().inner());
        MemTable::try_new(schema, vec![frame.collect().await?])
    }
}

/// The columns that a query may name.
fn public(table: &Table, of: &str) -> String {
    let own = table.subject.then_some("case_id");
    let names = table.columns.iter().map(String::as_str).chain(["source"]).chain(own);
    names.map(|name| format!("{of}.\"{name}\"")).collect::<Vec<_>>().join(", ")
}

async fn parquet(context: &SessionContext, files: &[PathBuf]) -> Result<datafusion::prelude::DataFrame> {
    let paths: Vec<String> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let inferred = context.read_parquet(paths.clone(), ParquetReadOptions::default()).await?;
    // A column without nulls in one file may have them in the next.
    let fields = inferred.schema().fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
    let schema = Schema::new(fields.collect::<Vec<_>>());
    context.read_parquet(paths, ParquetReadOptions::default().schema(&schema)).await
}

/// Each batch, what it was and on which day (JST) it was accepted.
fn batches(folders: &Folders) -> Result<Arc<dyn TableProvider>> {
    const NINE_HOURS: i64 = 9 * 3_600_000_000;
    let all: Vec<&Manifest> = folders.0.iter().flat_map(|folder| &folder.batches).collect();
    let instants = all.iter().map(|m| {
        arrow::compute::kernels::cast_utils::string_to_timestamp_nanos(&m.accepted_at)
            .map(|nanos| nanos.div_euclid(1_000) + NINE_HOURS)
    });
    let instants: TimestampMicrosecondArray = instants.collect::<std::result::Result<Vec<i64>, _>>()?.into();
    let days = arrow::compute::cast(&instants, &arrow::datatypes::DataType::Date32)?;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("batch", Arc::new(UInt32Array::from_iter_values(all.iter().map(|m| m.batch)))),
        ("kind", Arc::new(StringArray::from_iter_values(all.iter().map(|m| &m.kind)))),
        ("known_day", days),
    ];
    let rows = RecordBatch::try_from_iter(columns)?;
    Ok(Arc::new(MemTable::try_new(rows.schema(), vec![vec![rows]])?))
}

fn manifest<T: for<'a> Deserialize<'a>>(folder: &Path) -> Result<T> {
    let text = fs::read(folder.join("manifest.json"))?;
    serde_json::from_slice(&text).map_err(|error| DataFusionError::External(Box::new(error)))
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let found: std::io::Result<Vec<PathBuf>> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut found = found?;
    found.retain(|path| path.extension().is_none_or(|e| e != "tmp"));
    found.sort();
    if found.iter().any(|path| !path.is_dir()) {
        return exec_err!("{} has something else than folders", folder.display());
    }
    Ok(found)
}
