//! Where the store lives and what it may use.
//!
//! ```text
//! data_dir/
//!   hinomi.duckdb               the database (and its .wal): can always be made again from the archive
//!   archive/batches/00000042/   what batch 42 opened and closed, as Parquet, with manifest.json
//!   archive/packs/…             older batches, compacted
//!   archive/journal/*.jsonl     the ledgers: deliveries, quarantine, runs, frames, definitions, notes
//!   lock                        held while a store is open
//!   mending/                    a new archive, until it takes the old one's place
//!   tmp/                        what the database spills; emptied at start
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

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
        }
    }

    pub(super) fn paths(&self) -> Paths {
        Paths { root: self.data_dir.clone() }
    }
}

/// The data folder's layout.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    pub root: PathBuf,
}

impl Paths {
    pub fn database(&self) -> PathBuf {
        self.root.join("hinomi.duckdb")
    }

    pub fn archive(&self) -> PathBuf {
        self.root.join("archive")
    }

    pub fn batches(&self) -> PathBuf {
        self.archive().join("batches")
    }

    pub fn packs(&self) -> PathBuf {
        self.archive().join("packs")
    }

    pub fn journal(&self) -> PathBuf {
        self.archive().join("journal")
    }

    pub fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// Where a mended archive is made before it takes the place of the archive.
    pub fn mending(&self) -> Self {
        Self { root: self.root.join("mending") }
    }

    pub fn folders(&self) -> [PathBuf; 4] {
        [self.batches(), self.packs(), self.journal(), self.temporary()]
    }
}

/// The log of changes that DuckDB keeps beside a database file.
pub(super) fn wal(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".wal");
    name.into()
}
