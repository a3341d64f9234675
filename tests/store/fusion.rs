//! A second engine: Apache DataFusion over the archive alone (`tests/fusion`), a process of its own that the product neither
//! links nor locks. `tests/fusion/run` builds it and runs what is ignored elsewhere.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use arrow::array::RecordBatch;
use hinomi::definitions::Schema;
use hinomi::store::{AsOf, Param, Queries, Query, StoreError};
use tempfile::TempDir;

use super::queries::Opens;
use super::room::Room;

#[path = "../fusion/src/wire.rs"]
mod wire;

use wire::{Reply, Request, Start, Table, Value};

/// The engine; its process ends with it.
pub struct Fusion {
    process: Child,
    socket: PathBuf,
    _folder: TempDir,
}

impl Fusion {
    /// Over the archive of a data folder.
    pub fn open(data: &Path) -> Self {
        let program =
            std::env::var_os("HINOMI_FUSION").expect("HINOMI_FUSION names it: see tests/fusion/run");
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("socket");
        let mut process = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the engine starts");
        let start = Start { archive: data.join("archive"), socket: socket.clone(), tables: tables() };
        wire::send(process.stdin.as_mut().expect("a pipe"), &start, &[]).expect("said");
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("heard");
        assert_eq!(line.trim(), "listening");
        Self { process, socket, _folder: folder }
    }

    fn say(&self, query: &Query, as_of: AsOf, deadline: Duration, only_check: bool) -> Said {
        let request = Request {
            sql: query.sql.to_string(),
            params: query.params.iter().map(|(name, value)| (name.clone(), said(value))).collect(),
            given: query.given.iter().map(|table| table.name.to_string()).collect(),
            as_of: match as_of {
                AsOf::Latest => None,
                AsOf::Batch(batch) => Some(batch.0),
            },
            deadline_millis: u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX),
            only_check,
        };
        let given: Vec<RecordBatch> = query.given.iter().map(|table| table.rows.clone()).collect();
        let answered = UnixStream::connect(&self.socket).and_then(|mut stream| {
            wire::send(&mut stream, &request, &given)?;
            wire::receive(&mut stream)
        });
        let (reply, rows) = answered.map_err(|error| failed(Box::new(error)))?;
        match reply {
            Reply::Rows | Reply::Checked => Ok(rows),
            Reply::Refused(why) => Err(StoreError::Query { query: query.id.clone(), why }),
            Reply::TimedOut => {
                Err(StoreError::TimedOut { query: query.id.clone(), seconds: deadline.as_secs_f64() })
            }
            Reply::NoBatch { batch, latest } => Err(StoreError::NoBatch { batch, latest }),
            Reply::Failed(why) => Err(failed(why.into())),
        }
    }
}

type Said = Result<Vec<RecordBatch>, StoreError>;

impl Queries for Fusion {
    fn check(&self, query: &Query) -> Result<(), StoreError> {
        self.say(query, AsOf::Latest, Duration::from_secs(20), true).map(drop)
    }

    fn query(&self, query: &Query, as_of: AsOf, deadline: Duration) -> Result<RecordBatch, StoreError> {
        let rows = self.say(query, as_of, deadline, false)?;
        rows.into_iter().next().ok_or_else(|| failed("an answer without rows".into()))
    }
}

impl Drop for Fusion {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn failed(source: hinomi::store::EngineError) -> StoreError {
    StoreError::Database { doing: "asking DataFusion".into(), source }
}

fn said(value: &Param) -> Value {
    match value {
        Param::Null => Value::Null,
        Param::Day(day) => Value::Day(day.to_string()),
        Param::Instant(at) => Value::Instant(at.to_string()),
        Param::Int(number) => Value::Int(*number),
        Param::Text(text) => Value::Text(text.clone()),
    }
}

/// The tables that the program carries.
fn tables() -> Vec<Table> {
    let of = |table: &hinomi::definitions::schema::Table| {
        let mut inputs: Vec<String> = table.columns.iter().map(|column| column.input.clone()).collect();
        inputs.sort();
        inputs.dedup();
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        Table { name: table.name.clone(), subject: table.subject, columns, inputs, list: table.list.clone() }
    };
    Schema::embedded().tables.values().map(of).collect()
}

impl Opens for Fusion {
    fn open(room: &Room) -> Box<dyn Queries> {
        Box::new(Self::open(room.data()))
    }
}

crate::every_engine!(
    #[ignore = "needs tests/fusion/run"]
    Fusion
);
