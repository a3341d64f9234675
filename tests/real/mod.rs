//! Published data that nobody here wrote, through the ordinary path. It stays where `HINOMI_REAL_DATA` says.

mod tokyo_dumps;
mod totals;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;

use hinomi::epi::clock::from_jst;

/// The folder of published data; without it one line says what is skipped.
pub fn data(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("HINOMI_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped, HINOMI_REAL_DATA is not set: {what}");
    }
    folder
}

pub fn house(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The stamp at the start of a dump's name: JST.
pub fn stamp_of(name: &str) -> Timestamp {
    from_jst(name[..15].parse::<DateTime>().expect("a stamp"))
}
