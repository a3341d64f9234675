//! The engine boundary: what a query is and what comes back ([`Queries`]), what a store asks of the database in which it
//! keeps its facts. No type of a database crate stands in a signature or in an error here.
//!
//! [`self::duckdb`] is the engine that is built in; its folder is the only one that names the crate. A file of the store that
//! writes or reads rows goes through its [`Session`], with the system's own SQL (`queries/system`) and [`Value`]s.

mod chain;
mod batches;
mod decimals;
mod duckdb;
mod plain;
mod queries;
mod value;

pub(super) use self::batches::{Batches, Ends, Lost, OWN, Part, Staging, Target, UNREAD};
pub(super) use self::chain::chain;
pub use self::duckdb::Unversioned;
#[cfg(test)]
pub(super) use self::duckdb::run;
pub(super) use self::duckdb::{
    Moment, Place, Readers, Row, Session, append_rows, count, rows, streamed, system, system_rows, within,
};
pub(super) use self::plain::plain;
pub use self::queries::{AsOf, Given, Lane, Param, Queries, Query};
pub(super) use self::value::{Value, batch, day, instant, maybe_instant, number, text};
