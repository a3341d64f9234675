//! Data enters: a file is found, decoded, split into rows; a mapping says what its columns mean.
//! Out comes a raw batch, which only the gate may read.

pub mod fault;
pub mod mapping;
pub mod raw;
