//! Data enters: a file is found, decoded, split into rows; a mapping says what its columns mean.
//! Out comes a raw batch, which only the gate may read.

pub mod aside;
pub mod bind;
pub mod error;
pub mod fault;
pub mod file;
pub mod inbox;
pub mod raw;
pub mod stamp;

pub use error::{IntakeError, Refusal};
