//! One store for a data folder.

use std::time::Duration;

use super::error::StoreError;
use super::settings::StoreSettings;
use crate::config::{FolderError, FolderLock};

/// Holds the data folder for a store that works alone.
pub(super) fn lock_folder(settings: &StoreSettings) -> Result<FolderLock, StoreError> {
    settings.paths().lock(Duration::ZERO).map_err(|error| match error {
        FolderError::InUse { folder } => StoreError::InUse { path: folder },
        FolderError::Make { path, source } => StoreError::File { doing: "unable to make", path, source },
        FolderError::Open { path, source } => StoreError::File { doing: "unable to open", path, source },
        refused @ FolderError::NotRoots { .. } => StoreError::Folder(refused),
        FolderError::Lock { path, source } => StoreError::File { doing: "unable to lock", path, source },
    })
}
