//! Tables given with a query: the database scans the record batches where they are.
//!
//! Each connection has a temporary view for each table that was ever given to it, over a table function (`given_rows`) with the
//! number of a slot. Before a query its tables are put into their slots; afterwards these are emptied. So the text of a
//! query stays the same whatever is given with it, and is prepared once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use arrow::array::RecordBatch;
use duckdb::Connection;
use duckdb::core::{DataChunkHandle, LogicalTypeHandle, LogicalTypeId};
use duckdb::vtab::arrow::{record_batch_to_duckdb_data_chunk, to_duckdb_logical_type_for_field};
use duckdb::vtab::{BindInfo, InitInfo, TableFunctionInfo, VTab};

use super::super::super::lock::lock;
use super::super::queries::Given;

const FUNCTION: &str = "given_rows";
/// Rows handed over at one time: no more than the database's vectors hold.
const ROWS: usize = 1_024;

/// What is given now, by slot. The database calls the table function without saying for which connection: the number of the
/// slot says it.
static SLOTS: LazyLock<Mutex<BTreeMap<u64, RecordBatch>>> = LazyLock::new(Mutex::default);
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A slot of one connection for one table; free again when dropped.
struct Slot {
    number: u64,
    empty: RecordBatch,
}

impl Slot {
    fn holding(rows: &RecordBatch) -> Self {
        let slot = Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            empty: RecordBatch::new_empty(rows.schema()),
        };
        slot.hold(rows.clone());
        slot
    }

    fn hold(&self, rows: RecordBatch) {
        lock(&SLOTS).insert(self.number, rows);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        lock(&SLOTS).remove(&self.number);
    }
}

/// The tables that were ever given to a connection, by name.
#[derive(Default)]
pub(super) struct Tables(BTreeMap<Arc<str>, Slot>);

impl Tables {
    /// Puts a table's rows where the next query finds them. The number of its slot, where the table is new to the
    /// connection or has other columns than before: then it needs a view.
    pub(super) fn put(&mut self, table: &Given) -> Option<u64> {
        match self.0.get(&table.name) {
            Some(slot) if slot.empty.schema() == table.rows.schema() => {
                slot.hold(table.rows.clone());
                None
            }
            _ => {
                let slot = Slot::holding(&table.rows);
                let number = slot.number;
                self.0.insert(Arc::clone(&table.name), slot);
                Some(number)
            }
        }
    }

    /// Forgets a table, as if it had never been given.
    pub(super) fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Lets all rows go.
    pub(super) fn empty(&self) {
        self.0.values().for_each(|slot| slot.hold(slot.empty.clone()));
    }
}

/// Makes the table function known to a database, once.
pub(super) fn register(conn: &Connection) -> duckdb::Result<()> {
    conn.register_table_function::<Scan>(FUNCTION)
}

struct Scan;

/// How far a scan has come.
#[derive(Default)]
struct Progress {
    rows: OnceLock<RecordBatch>,
    next: AtomicUsize,
}

fn held(slot: u64) -> Option<RecordBatch> {
    lock(&SLOTS).get(&slot).cloned()
}

impl VTab for Scan {
    type BindData = u64;
    type InitData = Progress;

    fn bind(bind: &BindInfo) -> Result<u64, Box<dyn std::error::Error>> {
        let slot = bind.get_parameter(0).to_uint64();
        let rows = held(slot).ok_or("nothing is given here")?;
        for field in rows.schema().fields() {
            bind.add_result_column(field.name(), to_duckdb_logical_type_for_field(field)?);
        }
        // For the order of joins. Not exact: a plan may be used again with other rows.
        bind.set_cardinality(rows.num_rows() as u64, false);
        Ok(slot)
    }

    fn init(_: &InitInfo) -> Result<Progress, Box<dyn std::error::Error>> {
        Ok(Progress::default())
    }

    fn func(
        scan: &TableFunctionInfo<Self>,
        output: &mut DataChunkHandle,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let progress = scan.get_init_data();
        let rows = if let Some(rows) = progress.rows.get() {
            rows
        } else {
            // At the time of the query, not when it was prepared.
            let rows = held(*scan.get_bind_data()).ok_or("nothing is given here")?;
            progress.rows.get_or_init(|| rows)
        };
        let from = progress.next.fetch_add(ROWS, Ordering::Relaxed).min(rows.num_rows());
        let length = ROWS.min(rows.num_rows() - from);
        if length == 0 {
            output.set_len(0);
            return Ok(());
        }
        record_batch_to_duckdb_data_chunk(&rows.slice(from, length), output)
    }

    fn parameters() -> Option<Vec<LogicalTypeHandle>> {
        Some(vec![LogicalTypeHandle::from(LogicalTypeId::UBigint)])
    }
}
