//! The gate: a raw batch goes in, a safe batch comes out, with a report that names columns and
//! row numbers and never a value. Nothing else in the program can make a [`SafeBatch`], and the
//! store takes nothing else.

mod safe;

pub use safe::SafeBatch;
