//! Readers: a pool of connections beside the writer, each query within its deadline, Arrow out.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use duckdb::{Connection, InterruptHandle};

use super::decimals::trimmed;
use super::engine;
use super::error::StoreError;
use super::query::Query;

/// A connection, and how it is set.
struct Reader {
    conn: Connection,
    /// Where it finds the tables: `latest` or `main`.
    tables: &'static str,
    /// The batch that the views in `main` read as of.
    as_of: Option<u32>,
}

/// What a query reads.
pub(super) struct Moment<'a> {
    pub batch: u32,
    /// For the last batch: is it the last one still? Then no version has to be looked for.
    pub is_last: Option<&'a dyn Fn() -> bool>,
}

/// At most `size` readers at one time; who comes later waits, within its deadline.
pub(super) struct Readers {
    state: Mutex<State>,
    freed: Condvar,
    watch: Watch,
    size: usize,
}

struct State {
    /// Cloned from for further readers.
    root: Connection,
    idle: Vec<Reader>,
    out: usize,
}

impl Readers {
    pub fn new(root: Connection, size: usize) -> Self {
        let state = State { root, idle: Vec::new(), out: 0 };
        Self { state: Mutex::new(state), freed: Condvar::new(), watch: Watch::start(), size: size.max(1) }
    }

    /// A connection outside the pool: for a delivery, for the writer.
    pub fn connect(&self) -> Result<Connection, StoreError> {
        lock(&self.state).root.try_clone().map_err(StoreError::database("opening a connection"))
    }

    /// Runs a query as of a moment. The text has been checked.
    pub fn query(
        &self,
        query: &Query,
        at: &Moment<'_>,
        deadline: Duration,
    ) -> Result<RecordBatch, StoreError> {
        let until = Instant::now() + deadline;
        let mut reader = self.take(until, deadline)?;
        let result = self.within(&mut reader, query, at, until);
        let mut state = lock(&self.state);
        state.out -= 1;
        state.idle.push(reader);
        drop(state);
        self.freed.notify_one();
        match result {
            // An interrupted statement fails like any other; what matters is that its time was over.
            Err(_) if Instant::now() >= until => {
                Err(StoreError::TimedOut { query: query.id.clone(), seconds: deadline.as_secs_f64() })
            }
            result => result,
        }
    }

    fn take(&self, until: Instant, deadline: Duration) -> Result<Reader, StoreError> {
        let mut state = lock(&self.state);
        while state.out >= self.size {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::NoReader { seconds: deadline.as_secs_f64() });
            }
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let reader = match state.idle.pop() {
            Some(reader) => reader,
            None => {
                let conn = state.root.try_clone().map_err(StoreError::database("opening a reader"))?;
                Reader { conn, tables: "main", as_of: None }
            }
        };
        state.out += 1;
        Ok(reader)
    }

    fn within(
        &self,
        reader: &mut Reader,
        query: &Query,
        at: &Moment<'_>,
        until: Instant,
    ) -> Result<RecordBatch, StoreError> {
        let _watched = self.watch.until(until, reader.conn.interrupt_handle());
        if let Some(is_last) = at.is_last
            && let Some(rows) = reader.latest(query, is_last)?
        {
            return Ok(rows);
        }
        reader.see("main")?;
        if reader.as_of != Some(at.batch) {
            reader.as_of = None;
            engine::system(&reader.conn, "schema.as_of", &[("batch", &at.batch.to_string())], &[])?;
            reader.as_of = Some(at.batch);
        }
        run(&reader.conn, query)
    }
}

impl Reader {
    fn see(&mut self, tables: &'static str) -> Result<(), StoreError> {
        if self.tables != tables {
            engine::system(&self.conn, "schema.see", &[("tables", tables)], &[])?;
            self.tables = tables;
        }
        Ok(())
    }

    /// Reads what is known now. None when a batch came in while it did: then it is not the moment asked for.
    fn latest(
        &mut self,
        query: &Query,
        is_last: &dyn Fn() -> bool,
    ) -> Result<Option<RecordBatch>, StoreError> {
        self.see("latest")?;
        let rows = run(&self.conn, query)?;
        Ok(is_last().then_some(rows))
    }
}

/// Runs a query on a connection that is set up for it.
pub(super) fn run(conn: &Connection, query: &Query) -> Result<RecordBatch, StoreError> {
    let why = |why: String| StoreError::Query { query: query.id.clone(), why };
    let mut statement = conn.prepare(&query.sql).map_err(|e| why(e.to_string()))?;
    let params: Vec<_> = query.params.iter().map(|(n, p)| (n.as_str(), p.value())).collect();
    engine::bind(&mut statement, &query.id, &params)?;
    statement.raw_execute().map_err(|e| why(e.to_string()))?;
    let schema = statement.schema();
    let mut batches = Vec::new();
    while let Some(part) = statement.step().map_err(|e| why(e.to_string()))? {
        batches.push(RecordBatch::from(&part));
    }
    let rows = concat_batches(&schema, &batches).and_then(plain);
    rows.map_err(|e| why(e.to_string()))
}

/// Few types leave the engine: Int64, Float64, Decimal128, Utf8, Boolean, Date32, Timestamp(µs).
pub(super) fn plain(batch: RecordBatch) -> Result<RecordBatch, arrow::error::ArrowError> {
    let mut fields = Vec::with_capacity(batch.num_columns());
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let wanted = plain_type(field.data_type());
        let column = match wanted == *field.data_type() {
            true => trimmed(column)?.unwrap_or_else(|| column.clone()),
            false => cast(column, &wanted)?,
        };
        fields.push(Field::new(field.name(), column.data_type().clone(), true));
        columns.push(column);
    }
    let rows = arrow::record_batch::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &rows)
}

fn plain_type(kind: &DataType) -> DataType {
    match kind {
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => DataType::Int64,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => DataType::Int64,
        // A sum of whole numbers is a decimal without places.
        DataType::Decimal128(_, 0) | DataType::Decimal256(_, 0) => DataType::Int64,
        DataType::Decimal32(_, _) | DataType::Decimal64(_, _) => DataType::Float64,
        // With places it is a figure as it was published.
        DataType::Decimal128(_, _) => kind.clone(),
        DataType::Decimal256(_, _) => DataType::Float64,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => DataType::Float64,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, _) => DataType::Timestamp(TimeUnit::Microsecond, None),
        other => other.clone(),
    }
}

/// Interrupts queries whose time is over: one thread for all of them.
struct Watch(Arc<Watched>);

#[derive(Default)]
struct Watched {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    /// By time and number; a number is never used twice.
    waiting: BTreeMap<(Instant, u64), Arc<InterruptHandle>>,
    next: u64,
    stopped: bool,
}

/// Takes the query off the list again: after this is dropped nothing interrupts the connection.
struct Ticket<'a>(&'a Watched, (Instant, u64));

impl Watch {
    fn start() -> Self {
        let shared = Arc::new(Watched::default());
        let watched = shared.clone();
        std::thread::spawn(move || watched.run());
        Self(shared)
    }

    fn until(&self, until: Instant, handle: Arc<InterruptHandle>) -> Ticket<'_> {
        let mut queue = lock(&self.0.queue);
        let key = (until, queue.next);
        queue.next += 1;
        let first = queue.waiting.keys().next().is_none_or(|k| key < *k);
        queue.waiting.insert(key, handle);
        drop(queue);
        if first {
            self.0.changed.notify_one();
        }
        Ticket(&self.0, key)
    }
}

impl Watched {
    fn run(&self) {
        let mut queue = lock(&self.queue);
        while !queue.stopped {
            let now = Instant::now();
            // Interrupted under the lock, so that a ticket that is gone can't be interrupted any more.
            while let Some(entry) = queue.waiting.first_entry().filter(|e| e.key().0 <= now) {
                entry.remove().interrupt();
            }
            let wait = queue.waiting.keys().next().map(|(at, _)| at.saturating_duration_since(now));
            queue = match wait {
                Some(wait) => {
                    self.changed.wait_timeout(queue, wait).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        lock(&self.0.queue).waiting.remove(&self.1);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        lock(&self.0.queue).stopped = true;
        self.0.changed.notify_one();
    }
}

/// A lock whose holder panicked is taken all the same: what it guards is kept consistent step by step.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
