//! Published data that nobody here wrote, through the ordinary path. It stays where `HINOMI_REAL_DATA` says.

mod tokyo_dumps;
mod totals;

use std::path::PathBuf;

pub use crate::intake::delivery::{House, stamp_of};
pub use crate::support::house;

/// The folder of published data; without it one line says what is skipped.
pub fn data(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("HINOMI_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped, HINOMI_REAL_DATA is not set: {what}");
    }
    folder
}
