//! Where the store lives and what it may use.

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use crate::config::DataFolder as Paths;
use crate::definitions::Schema;

#[derive(Clone, Debug)]
pub struct StoreSettings {
    pub data_dir: PathBuf,
    /// The tables.
    pub schema: Arc<Schema>,
    /// What the database may take of the memory. The process takes more (frames, readers): about half again.
    pub memory_limit: u64,
    /// Bytes that the database may spill to `tmp/`.
    pub spill_limit: u64,
    pub threads: usize,
    /// Connections that answer queries at one time.
    pub readers: usize,
    /// With less free disk than this (bytes) deliveries are held.
    pub free_disk_floor: u64,
    /// Where the pseudonym key is to be: without it deliveries wait.
    pub key_file: Option<PathBuf>,
}

impl StoreSettings {
    /// Good for one machine: the tables that the program carries, 1 GiB of memory, all its threads, a floor of 1 GiB of free disk.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            schema: Schema::embedded(),
            memory_limit: 1 << 30,
            spill_limit: 64 << 30,
            threads: std::thread::available_parallelism().map_or(2, usize::from),
            readers: 4,
            free_disk_floor: 1 << 30,
            key_file: None,
        }
    }

    pub(super) fn paths(&self) -> Paths {
        Paths::new(&self.data_dir)
    }
}

/// The log of changes that DuckDB keeps beside a database file.
pub(super) fn wal(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".wal");
    name.into()
}
