//! What goes between the tests and the engine: a head as JSON and tables as Arrow IPC streams, each with its length before it.
//! The tests include this file: their arrow may be another version.

use std::io::{Error, ErrorKind, Read, Write};
use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What the engine is opened with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Start {
    /// The archive of a data folder.
    pub archive: PathBuf,
    /// Where the engine listens.
    pub socket: PathBuf,
    pub tables: Vec<Table>,
}

/// A table of facts, as its lifting SELECT states it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    /// Its rows are about a case.
    pub subject: bool,
    pub columns: Vec<String>,
    /// The columns of `staged` that the list reads.
    pub inputs: Vec<String>,
    /// The select list.
    pub list: String,
}

/// A question. The tables given with it follow, in the order of their names.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    pub sql: String,
    pub params: Vec<(String, Value)>,
    pub given: Vec<String>,
    /// None: the latest.
    pub as_of: Option<u32>,
    pub deadline_millis: u64,
    /// Is the text one that may be asked? It is not run.
    pub only_check: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Value {
    Null,
    Day(String),
    Instant(String),
    Int(i64),
    Text(String),
}

/// An answer. Its rows follow.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    Rows,
    Checked,
    Refused(String),
    TimedOut,
    NoBatch { batch: u32, latest: u32 },
    Failed(String),
}

pub fn send<T: Serialize>(to: &mut impl Write, head: &T, tables: &[RecordBatch]) -> Result<(), Error> {
    block(to, &serde_json::to_vec(head)?)?;
    to.write_all(&(tables.len() as u64).to_le_bytes())?;
    for table in tables {
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::try_new(&mut bytes, &table.schema()).map_err(Error::other)?;
        writer.write(table).and_then(|()| writer.finish()).map_err(Error::other)?;
        drop(writer);
        block(to, &bytes)?;
    }
    to.flush()
}

pub fn receive<T: DeserializeOwned>(from: &mut impl Read) -> Result<(T, Vec<RecordBatch>), Error> {
    let head = serde_json::from_slice(&next(from)?)?;
    let tables = (0..number(from)?).map(|_| {
        let bytes = next(from)?;
        let mut reader = StreamReader::try_new(bytes.as_slice(), None).map_err(Error::other)?;
        let batch = reader.next().ok_or_else(|| Error::from(ErrorKind::UnexpectedEof))?;
        batch.map_err(Error::other)
    });
    Ok((head, tables.collect::<Result<_, _>>()?))
}

fn block(to: &mut impl Write, bytes: &[u8]) -> Result<(), Error> {
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)
}

fn next(from: &mut impl Read) -> Result<Vec<u8>, Error> {
    let length = number(from)?;
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

fn number(from: &mut impl Read) -> Result<u64, Error> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}
