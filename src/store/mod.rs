//! Facts, with the time from which and until when Hinomi knew them. The only place that names DuckDB.
//!
//! In go safe batches, one delivery at a time; out come Arrow record batches for queries by name.

mod query;
mod types;

pub use query::{AsOf, Param, Query};
pub use types::{BatchId, BatchKind, DeliveryStart, Outcome, Receipt};
