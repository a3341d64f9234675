//! What tells a demo's data folder from a ward's.

use std::path::Path;

use crate::store::{Store, StoreError};

/// Marks a folder as a demo's, and says what is in it.
pub const MARK: &str = "demo.json";

/// Stands in a demo's folder from its first moment on.
pub const MAKING: &str = "demo";

/// The kind of the note by which a store knows its facts as a demo's: it goes into backups too.
const NOTE: &str = "demo";

/// Are the facts of a data folder a demo's? Then its store knows from now on.
pub fn made(data: &Path, store: &Store) -> Result<bool, StoreError> {
    if !store.notes(NOTE, 1)?.is_empty() {
        return Ok(true);
    }
    let marked = [MARK, MAKING].iter().any(|name| data.join(name).is_file());
    if marked && store.fault().is_none() {
        store.keep_note(NOTE, "{}")?;
    }
    Ok(marked)
}
