//! The composition root: opens everything in order, runs it, and closes it in order.

mod doors;
mod line;
pub mod open_files;
mod opened;
mod server;
mod starting;
mod supervisor;
mod tending;
pub mod training;

pub use opened::{App, PATIENCE, keep_definitions, store_settings, with_way_back};
pub use server::{Control, Server};
