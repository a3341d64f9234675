//! The composition root: opens everything in order, runs it, and closes it in order.

mod doors;
mod lock;
pub mod open_files;
mod opened;
mod server;
mod starting;
pub mod training;

pub use lock::lock;
pub use opened::{App, keep_definitions, store_settings};
pub use server::{Control, Server};
