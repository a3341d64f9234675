//! Readers: two pools of connections beside the writer, one of them the wall's own; each query within its deadline,
//! Arrow out. While a frame is due, what yields is stopped.

use std::sync::{Condvar, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;

use super::super::super::error::StoreError;
use super::super::super::lock::lock;
use super::super::super::settings::StoreSettings;
use super::super::plain::plain;
use super::super::queries::{Lane, Param, Query};
use super::super::value::Value;
use super::check::Columns;
use super::checked::Checked;
use super::session::{Session, bind, spill, system};
use super::watch::Watch;

/// Statements that a connection keeps prepared: about as many as there are indicators and quality queries.
const PREPARED: usize = 128;
/// What may be spilled is set anew when it differs by so many bytes.
const SPILL_STEP: u64 = 16 << 20;
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
    pub lane: Lane,
}

/// At most `size` readers at one time for the wall, and as many for all others; who comes later waits, within its deadline.
pub(crate) struct Readers {
    /// Cloned from for further readers.
    root: Mutex<Session>,
    wall: Pool,
    others: Pool,
    watch: Watch,
    /// The tables that a query may read.
    tables: Vec<String>,
    checked: Checked,
    /// Bytes that may be spilled, since they were last set.
    spill: Mutex<u64>,
}

struct Pool {
    state: Mutex<State>,
    freed: Condvar,
    size: usize,
}

#[derive(Default)]
struct State {
    idle: Vec<Reader>,
    out: usize,
}

impl Pool {
    fn new(size: usize) -> Self {
        Self { state: Mutex::default(), freed: Condvar::new(), size: size.max(1) }
    }

    /// A reader that is idle, or the right to make one; within the time that is left.
    fn take(&self, until: Instant, deadline: Duration) -> Result<Option<Reader>, StoreError> {
        let mut state = lock(&self.state);
        while state.out >= self.size {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::NoReader { seconds: deadline.as_secs_f64() });
            }
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.out += 1;
        Ok(state.idle.pop())
    }

    fn give_back(&self, reader: Option<Reader>) {
        let mut state = lock(&self.state);
        state.out -= 1;
        state.idle.extend(reader);
        drop(state);
        self.freed.notify_one();
    }
}

impl Readers {
    pub(crate) fn new(root: Session, size: usize, tables: Vec<String>) -> Self {
        Self {
            root: Mutex::new(root),
            wall: Pool::new(size),
            others: Pool::new(size),
            watch: Watch::start(),
            tables,
            checked: Checked::default(),
            spill: Mutex::default(),
        }
    }

    /// A connection outside the pool: for a delivery, for the writer.
    pub(crate) fn connect(&self) -> Result<Session, StoreError> {
        lock(&self.root).another()
    }

    /// Lets no more be spilled than the disk has room for now.
    pub(crate) fn limit_spill(&self, settings: &StoreSettings) -> Result<(), StoreError> {
        let bytes = spill(settings) & !(SPILL_STEP - 1);
        let mut last = lock(&self.spill);
        if *last != bytes {
            system(&lock(&self.root), "settings.spill", &[("spill", &format!("'{}MiB'", bytes >> 20))], &[])?;
            *last = bytes;
        }
        Ok(())
    }

    /// What may be spilled, as it was last set.
    pub(crate) fn spill_limit(&self) -> u64 {
        *lock(&self.spill)
    }

    /// Ends with the last connection to the database.
    pub(crate) fn reading(&self) -> Weak<()> {
        lock(&self.root).reading()
    }

    /// Stops what yields and is running, and whatever yields and runs for longer than a moment, until the same is called
    /// with `false` as often.
    pub(crate) fn frame_due(&self, due: bool) {
        self.watch.frame_due(due);
    }

    /// Queries that were stopped for a frame.
    pub(crate) fn gave_way(&self) -> u64 {
        self.watch.gave_way()
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
        self.ask(query, &Moment { is_last, ..*at }, deadline)
    }

    /// The same, whatever the text names.
    pub(super) fn ask(
        &self,
        query: &Query,
        at: &Moment<'_>,
        deadline: Duration,
    ) -> Result<RecordBatch, StoreError> {
        let until = Instant::now() + deadline;
        let pool = if at.lane == Lane::Wall { &self.wall } else { &self.others };
        let mut reader = match pool.take(until, deadline)? {
            Some(reader) => reader,
            None => self.reader().inspect_err(|_| pool.give_back(None))?,
        };
        let watched = self.watch.until(until, reader.conn.interrupt(), at.lane == Lane::Yielding);
        let result = reader.answer(query, at);
        let stopped = watched.end();
        pool.give_back(Some(reader));
        match result {
            // An interrupted statement fails like any other; what matters is that its time was over, or a frame due.
            Err(_) if Instant::now() >= until => {
                Err(StoreError::TimedOut { query: query.id.clone(), seconds: deadline.as_secs_f64() })
            }
            Err(_) if stopped => Err(StoreError::GaveWay { query: query.id.clone() }),
            result => result,
        }
    }

    fn reader(&self) -> Result<Reader, StoreError> {
        let conn = self.connect()?;
        conn.keep_prepared(PREPARED);
        Ok(Reader { conn, tables: "main", as_of: None })
    }
}

impl Reader {
    fn answer(&mut self, query: &Query, at: &Moment<'_>) -> Result<RecordBatch, StoreError> {
        if let Some(is_last) = at.is_last
            && let Some(rows) = self.latest(query, is_last)?
        {
            return Ok(rows);
        }
        self.see("main")?;
        if self.as_of != Some(at.batch) {
            self.as_of = None;
            system(&self.conn, "schema.as_of", &[("batch", &at.batch.to_string())], &[])?;
            self.as_of = Some(at.batch);
        }
        answer(&self.conn, query)
    }

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
