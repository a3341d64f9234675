//! The work that nobody asks for: near-real-time deliveries and the night's work. Files come in, and what is
//! intake, privacy and store do their part on them; out come receipts, a run ledger and a tidy data folder.
//!
//! - [`deliver`]: the one path for every file;
//! - [`decide`]: a person takes or refuses a file that is held;
//! - [`arrivals`]: takes files as they land, one at a time;
//! - [`nightly`]: full reload, back-test of forecasts, compaction, checkpoint, verification, housekeeping;
//! - [`runner`]: each scheduled time at most once, never over itself, caught up once after a restart;
//! - [`ticker`]: the clock that wakes them.

pub mod arrivals;
pub mod backtest;
pub mod context;
pub mod decide;
pub mod deliver;
pub mod disposal;
pub mod folders;
pub mod housekeeping;
mod look;
pub mod nightly;
mod reading;
mod register;
pub mod reload;
pub mod runner;
pub mod schedule;
pub mod ticker;
pub mod verify;
pub mod watch;
mod work;

pub use context::Context;
pub use register::{JOBS, Job, job};
pub use runner::{Ran, Runner};
pub use schedule::Schedule;
pub use watch::{Unwatched, Watch};
pub use work::{Done, Work};
