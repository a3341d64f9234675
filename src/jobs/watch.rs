//! Who is told how far a piece of work is. What is said names files, rows and columns, never a value.

use crate::store::Progress;

/// Told of progress from any thread.
pub trait Watch: Send + Sync {
    /// So much is done, of so much if that is known.
    fn at(&self, done: u64, of: Option<u64>, what: &str);

    /// A line worth keeping.
    fn say(&self, line: &str);
}

/// Nobody looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn at(&self, _: u64, _: Option<u64>, _: &str) {}

    fn say(&self, _: &str) {}
}

/// Passes on what the store says of its progress.
pub fn tell(watch: &dyn Watch, progress: &Progress) {
    watch.at(progress.done, Some(progress.of), &progress.doing);
}
