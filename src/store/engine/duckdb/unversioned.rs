//! Plain tables, for measuring what versions cost (`tests/bench`): the same text by the same engine, as of no moment.

use std::path::Path;

use arrow::array::RecordBatch;

use super::super::super::error::StoreError;
use super::super::super::settings::StoreSettings;
use super::super::queries::Query;
use super::readers::answer;
use super::session::Session;

/// A database file whose tables have no versions.
pub struct Unversioned(Session);

impl Unversioned {
    /// Opens a database file; the engine reaches only the folder of the settings.
    pub fn open(file: &Path, settings: &StoreSettings) -> Result<Self, StoreError> {
        Session::open(file, settings, settings.memory_limit).map(Self)
    }

    /// Runs a query, whatever its text names.
    pub fn query(&self, query: &Query) -> Result<RecordBatch, StoreError> {
        answer(&self.0, query)
    }
}
