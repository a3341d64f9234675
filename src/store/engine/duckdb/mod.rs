//! DuckDB: the engine that is built in. No other folder names its crate.

mod cells;
mod check;
mod checked;
mod given;
mod readers;
mod session;
mod staging;
mod unversioned;
mod watch;

pub(crate) use cells::Row;
pub(crate) use readers::{Moment, Readers};
#[cfg(test)]
pub(crate) use session::run;
pub(crate) use session::{Place, Session, append_rows, count, rows, streamed, system, system_rows, within};
pub use unversioned::Unversioned;
