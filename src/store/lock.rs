//! Locks within the process.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A lock whose holder panicked is taken all the same: what it guards is kept consistent step by step.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
