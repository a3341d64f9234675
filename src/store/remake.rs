//! The database made again, verified, and put in the place of the old one.

use std::fs;
use std::path::Path;

use super::disk::{Disk, length};
use super::error::StoreError;
use super::folder::lock_folder;
use super::handle::Store;
use super::settings::{Paths, StoreSettings, wal};
use super::types::Progress;
use super::{archive, rebuild as made, verify};

impl Store {
    /// Makes the database again from the archive, verifies it, and swaps it in; queries go on meanwhile, deliveries
    /// wait. Equal sorted content of each table as of every batch.
    pub fn rebuild(&self, progress: &dyn Fn(Progress)) -> Result<(), StoreError> {
        let settings = &self.0.settings;
        let fresh = settings.paths().temporary().join("rebuild.duckdb");
        self.has_room("a rebuild", length(&settings.paths().database()))?;
        self.alone("a rebuild", || {
            // Half the memory: the database that is in use has the other half.
            made::build(settings, &fresh, settings.memory_limit / 2, progress)?;
            let findings = verify::database(settings, &fresh, progress)?;
            if let Some(first) = findings.faults.first() {
                return Err(StoreError::Differs(first.clone()));
            }
            self.swap_files(|paths| swap(paths, &fresh))
        })
    }
}

/// Makes the database of a data folder that no process holds again from the archive, whatever state it is in.
pub fn rebuild(settings: &StoreSettings, progress: &dyn Fn(Progress)) -> Result<(), StoreError> {
    let _lock = lock_folder(settings)?;
    remake(settings, progress)
}

/// Makes the database again from the archive, verifies the new one, and puts it in the old one's place.
pub(super) fn remake(settings: &StoreSettings, progress: &dyn Fn(Progress)) -> Result<(), StoreError> {
    let paths = settings.paths();
    Disk::of(&paths.root, settings.free_disk_floor)?.last_line("making the database again")?;
    let fresh = paths.temporary().join("rebuild.duckdb");
    made::build(settings, &fresh, settings.memory_limit, progress)?;
    let findings = verify::database(settings, &fresh, progress)?;
    if let Some(first) = findings.faults.first() {
        return Err(StoreError::Differs(first.clone()));
    }
    swap(&paths, &fresh)
}

/// Puts a new database file in the place of the old one. At each moment in between, a start finds either the old
/// one, or none (and makes it again), or the new one.
pub(super) fn swap(paths: &Paths, fresh: &Path) -> Result<(), StoreError> {
    let database = paths.database();
    let log = wal(&database);
    for old in [&database, &log] {
        let aside = paths.temporary().join(format!("replaced-{}", archive::file_name(old)));
        if old.exists() {
            fs::rename(old, &aside).map_err(StoreError::file("unable to move aside", old))?;
        }
    }
    fs::rename(fresh, &database).map_err(StoreError::file("unable to name", &database))?;
    archive::sync(&paths.root)?;
    for old in [&database, &log] {
        let aside = paths.temporary().join(format!("replaced-{}", archive::file_name(old)));
        let _ = fs::remove_file(aside);
    }
    Ok(())
}
