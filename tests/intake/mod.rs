//! Files into raw batches, from the outside.

mod bad_input;
mod bytes;
mod delivered;
pub mod delivery;
mod forms;
mod gated;
mod grammar;
mod inbox;
mod mapping;
mod samples;
mod shapes;
mod variants;
mod words;
mod tried;
mod until;

use std::path::Path;
use std::sync::Arc;

use hinomi::definitions::mapping::Mapping;
use hinomi::intake::IntakeError;
use hinomi::intake::fault::{Fault, FaultKind};
use hinomi::intake::file::{FileSummary, Reader};

use crate::support::gated::mapping as mapped;
pub use crate::support::house;
use crate::support::text;

pub fn mapping_text(source: &str) -> String {
    text(&format!("queries/sources/{source}.toml"))
}

pub fn mapping(source: &str) -> Arc<Mapping> {
    mapped(&mapping_text(source))
}

/// Everything of a file that comes past the parser.
#[derive(Debug)]
pub struct Read {
    pub encoding: &'static str,
    pub headings: Vec<String>,
    pub unlisted: Vec<String>,
    pub rows: Vec<(u64, Vec<String>)>,
    pub faults: Vec<Fault>,
    pub summary: FileSummary,
}

pub fn read(path: &Path, mapping: &Arc<Mapping>, batch: usize) -> Result<Read, IntakeError> {
    let mut reader = Reader::open(path, mapping.clone())?;
    let bound = reader.bound().clone();
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    while let Some(raw) = reader.next_batch(batch)? {
        assert!(raw.len() + raw.faults.len() <= batch);
        for row in 0..raw.len() {
            let cells = (0..raw.columns).map(|column| raw.cell(row, column).to_owned()).collect();
            rows.push((raw.rows[row], cells));
        }
        faults.extend(raw.faults);
    }
    let encoding = reader.encoding();
    let headings = bound.read.iter().map(|&c| mapping.columns[c].name().clone()).collect();
    Ok(Read { encoding, headings, unlisted: bound.unlisted, rows, faults, summary: reader.finish()? })
}

pub fn fault(row: u64, column: &str, kind: FaultKind) -> Fault {
    Fault::new(row, column, kind)
}
