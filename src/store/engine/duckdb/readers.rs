//! Readers: a pool of connections beside the writer, each query within its deadline, Arrow out.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use duckdb::InterruptHandle;

use super::super::super::error::StoreError;
use super::super::super::lock::lock;
use super::super::plain::plain;
use super::super::queries::{Param, Query};
use super::super::value::Value;
use super::check::Columns;
use super::checked::Checked;
use super::session::{Session, bind, system};

/// Statements that a connection keeps prepared: about as many as there are indicators and quality queries.
const PREPARED: usize = 128;
/// A statement keeps the rows of its last answer: with more than this it is not kept.
const MOST_ROWS_KEPT: usize = 10_000;

/// A connection, and how it is set.
struct Reader {
    conn: Session,
    /// Where it finds the tables: `latest` or `main`.
    tables: &'static str,
    /// The batch that the views in `main` read as of.
    as_of: Option<u32>,
}

/// What a query reads.
pub(crate) struct Moment<'a> {
    pub batch: u32,
    /// For the last batch: is it the last one still? Then no version has to be looked for.
    pub is_last: Option<&'a dyn Fn() -> bool>,
}

/// At most `size` readers at one time; who comes later waits, within its deadline.
pub(crate) struct Readers {
    state: Mutex<State>,
    freed: Condvar,
    watch: Watch,
    size: usize,
    /// The tables that a query may read.
    tables: Vec<String>,
    checked: Checked,
}

struct State {
    /// Cloned from for further readers.
    root: Session,
    idle: Vec<Reader>,
    out: usize,
}

impl Readers {
    pub(crate) fn new(root: Session, size: usize, tables: Vec<String>) -> Self {
        let state = State { root, idle: Vec::new(), out: 0 };
        Self {
            state: Mutex::new(state),
            freed: Condvar::new(),
            watch: Watch::start(),
            size: size.max(1),
            tables,
            checked: Checked::default(),
        }
    }

    /// A connection outside the pool: for a delivery, for the writer.
    pub(crate) fn connect(&self) -> Result<Session, StoreError> {
        lock(&self.state).root.another()
    }

    /// Refuses a text that names more than it may.
    pub(crate) fn check(&self, query: &Query) -> Result<(), StoreError> {
        self.columns(query).map(drop)
    }

    fn columns(&self, query: &Query) -> Result<Columns, StoreError> {
        self.checked.columns(query, &self.tables, || self.connect())
    }

    /// Runs a query as of a moment, if its text passes the check.
    pub(crate) fn query(
        &self,
        query: &Query,
        at: &Moment<'_>,
        deadline: Duration,
    ) -> Result<RecordBatch, StoreError> {
        // With a `*` somewhere it may be shown a table's own columns only, which the views in `main` have.
        let columns = self.columns(query)?;
        let is_last = at.is_last.filter(|_| columns == Columns::Named);
        self.ask(query, &Moment { batch: at.batch, is_last }, deadline)
    }

    /// The same, whatever the text names.
    pub(super) fn ask(
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
        let reader = if let Some(reader) = state.idle.pop() {
            reader
        } else {
            let conn = state.root.another()?;
            conn.keep_prepared(PREPARED);
            Reader { conn, tables: "main", as_of: None }
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
        let _watched = self.watch.until(until, reader.conn.interrupt());
        if let Some(is_last) = at.is_last
            && let Some(rows) = reader.latest(query, is_last)?
        {
            return Ok(rows);
        }
        reader.see("main")?;
        if reader.as_of != Some(at.batch) {
            reader.as_of = None;
            system(&reader.conn, "schema.as_of", &[("batch", &at.batch.to_string())], &[])?;
            reader.as_of = Some(at.batch);
        }
        answer(&reader.conn, query)
    }
}

impl Reader {
    fn see(&mut self, tables: &'static str) -> Result<(), StoreError> {
        if self.tables != tables {
            system(&self.conn, "schema.see", &[("tables", tables)], &[])?;
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
        let rows = answer(&self.conn, query)?;
        Ok(is_last().then_some(rows))
    }
}

/// Runs a query on a connection that is set up for it. Its text is prepared once.
pub(super) fn answer(conn: &Session, query: &Query) -> Result<RecordBatch, StoreError> {
    let why = |why: String| StoreError::Query { query: query.id.clone(), why };
    let _filled = conn.fill(&query.given)?;
    let mut statement = conn.conn.prepare_cached(&query.sql).map_err(|e| why(e.to_string()))?;
    let params: Vec<_> = query.params.iter().map(|(name, param)| (name.as_str(), value(param))).collect();
    bind(&mut statement, &query.id, &params)?;
    statement.raw_execute().map_err(|e| why(e.to_string()))?;
    let schema = statement.schema();
    let mut batches = Vec::new();
    while let Some(part) = statement.step().map_err(|e| why(e.to_string()))? {
        batches.push(RecordBatch::from(&part));
    }
    let rows = concat_batches(&schema, &batches).and_then(plain).map_err(|e| why(e.to_string()))?;
    if rows.num_rows() > MOST_ROWS_KEPT {
        statement.discard();
    }
    Ok(rows)
}

fn value(param: &Param) -> Value {
    match param {
        Param::Null => Value::Null,
        Param::Day(day) => Value::Day(*day),
        Param::Instant(at) => Value::Instant(*at),
        Param::Int(number) => Value::Int(*number),
        Param::Text(text) => Value::Text(text.clone()),
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
