//! What each board showed, and from when: kept as it was shown, compressed, never computed again.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::deliveries::{at, moment};
use super::engine::{self, Row, Session, Value, batch, instant, number, text};
use super::error::StoreError;
use super::handle::Store;
use super::sql;
use super::types::{BatchId, Frame};
use crate::epi::clock::jst;

/// An entry of the journal of frames. The figures are zlib, in hexadecimal digits.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FrameLine {
    pub board: String,
    pub at: Timestamp,
    pub batch: BatchId,
    pub definitions: String,
    pub program: String,
    pub digest: String,
    pub figures: String,
}

impl Store {
    /// Keeps what a board shows from `frame.at` on. A frame equal to the board's last one is not kept again: the
    /// earlier one still says what was shown. Was it kept?
    pub fn keep_frame(&self, frame: &Frame) -> Result<bool, StoreError> {
        let mut hash = Sha256::new();
        for part in [&frame.definitions, &frame.program, &frame.figures] {
            hash.update(part);
            hash.update([0]);
        }
        hash.update(frame.batch.0.to_le_bytes());
        let digest = hex::encode(hash.finalize());
        self.0.with_writer(|writer| {
            if writer.frame_digests.get(&frame.board) == Some(&digest) {
                return Ok(false);
            }
            let packed = pack(&frame.figures)?;
            let line = FrameLine {
                board: frame.board.clone(),
                at: frame.at,
                batch: frame.batch,
                definitions: frame.definitions.clone(),
                program: frame.program.clone(),
                digest: digest.clone(),
                figures: hex::encode(&packed),
            };
            let number = writer.frames.next();
            writer.keep(|w| &mut w.frames, &line, |conn| add(conn, number, &line, packed))?;
            writer.frame_digests.insert(frame.board.clone(), digest);
            Ok(true)
        })
    }

    /// What a board showed at an instant; None before its first frame.
    pub fn frame_at(&self, board: &str, at: Timestamp) -> Result<Option<Frame>, StoreError> {
        let conn = self.0.connect()?;
        let values = [("board", text(board)), ("at", instant(at))];
        let found = engine::system_rows(&conn, "ledger.frame_at", &[], &values, |row| {
            let packed: Vec<u8> = row.get(5)?;
            let frame = Frame {
                board: row.get(0)?,
                at: moment(row, 1)?,
                batch: BatchId(row.get(2)?),
                definitions: row.get(3)?,
                program: row.get(4)?,
                figures: String::new(),
            };
            Ok((frame, packed))
        })?;
        found
            .into_iter()
            .next()
            .map(|(frame, packed)| Ok(Frame { figures: unpack(&packed)?, ..frame }))
            .transpose()
    }

    /// From when on there are frames of a board.
    pub fn first_frame(&self, board: &str) -> Result<Option<Timestamp>, StoreError> {
        let conn = self.0.connect()?;
        let values = [("board", text(board))];
        let found = engine::system_rows(&conn, "ledger.first_frame", &[], &values, |row| at(row, 0))?;
        Ok(found.into_iter().flatten().next())
    }

    /// The days in Japan on which frames of a board were kept, with how many on each.
    pub fn frame_days(&self, board: &str) -> Result<Vec<(Date, u64)>, StoreError> {
        let conn = self.0.connect()?;
        let values = [("board", text(board))];
        engine::system_rows(&conn, "ledger.frame_days", &[], &values, |row| {
            let frames: i64 = row.get(1)?;
            Ok((jst(moment(row, 0)?).date(), frames.unsigned_abs()))
        })
    }

    /// When the figures of a board changed, between two instants.
    pub fn frame_times(
        &self,
        board: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let conn = self.0.connect()?;
        let values = [("board", text(board)), ("from", instant(from)), ("to", instant(to))];
        engine::rows(&conn, "frame times", sql::text("ledger.frame_times")?, &values, |row| moment(row, 0))
    }
}

/// Adds a frame inside the caller's transaction.
pub(super) fn add(conn: &Session, frame: u64, line: &FrameLine, packed: Vec<u8>) -> Result<(), StoreError> {
    let values = [
        ("frame", number(frame)),
        ("board", text(&line.board)),
        ("at", instant(line.at)),
        ("batch", batch(line.batch)),
        ("definitions", text(&line.definitions)),
        ("program", text(&line.program)),
        ("digest", text(&line.digest)),
        ("figures", Value::Bytes(packed)),
    ];
    engine::system(conn, "ledger.add_frame", &[], &values).map(|_| ())
}

/// A frame as its journal has it.
pub(super) fn line(row: &Row<'_>) -> Result<FrameLine, StoreError> {
    Ok(FrameLine {
        board: row.get(0)?,
        at: moment(row, 1)?,
        batch: BatchId(row.get(2)?),
        definitions: row.get(3)?,
        program: row.get(4)?,
        digest: row.get(5)?,
        figures: hex::encode(row.get::<Vec<u8>>(6)?),
    })
}

fn pack(figures: &str) -> Result<Vec<u8>, StoreError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(figures.as_bytes()).and_then(|()| encoder.finish());
    packed.map_err(|e| StoreError::Inconsistent(format!("a frame can't be compressed: {e}")))
}

fn unpack(packed: &[u8]) -> Result<String, StoreError> {
    let mut text = String::new();
    let read = ZlibDecoder::new(packed).read_to_string(&mut text);
    read.map(|_| text).map_err(|e| StoreError::Inconsistent(format!("a frame can't be read: {e}")))
}

/// The bytes of a frame in the journal.
pub(super) fn unhex(digits: &str) -> Result<Vec<u8>, StoreError> {
    hex::decode(digits).map_err(|_| StoreError::Inconsistent("a frame of the journal can't be read".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_survive_packing() {
        let figures = r#"{"受理":[1,2,3]}"#.repeat(500);
        let packed = pack(&figures).unwrap();
        assert!(packed.len() * 10 < figures.len());
        assert_eq!(unpack(&unhex(&hex::encode(&packed)).unwrap()).unwrap(), figures);
        assert!(unhex("0").is_err() && unhex("zz").is_err());
    }
}
