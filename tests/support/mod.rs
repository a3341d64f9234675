//! What the tests share: one way to make a ward, one way through reader and gate, rows as text.

pub mod gated;
pub mod rows;
pub mod ward;

use std::path::{Path, PathBuf};

/// A file of the checkout.
pub fn house(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A text of the checkout.
pub fn text(path: &str) -> String {
    std::fs::read_to_string(house(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
