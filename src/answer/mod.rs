//! One question, one answer: bind, run, freshness, cache by data version, single flight.
//!
//! In goes a [`Question`]; out comes an [`Answer`]: the rows, the instant they are as of, the data
//! version, and how fresh each source behind them is. The same question at the same data version is
//! answered from memory; the same question asked by many at once runs once.

mod admission;
mod against;
mod answers;
mod cache;
mod cells;
mod check;
mod compared;
mod data_fault;
mod decimal;
mod error;
mod extent;
mod explained;
mod fits;
mod flights;
mod freshness;
mod given;
mod handle;
mod lacks;
mod ledger_view;
mod held_back;
mod memory;
mod named;
mod overlaps;
mod parts;
mod peopled;
mod quality;
mod question;
mod range;
mod refusal;
mod settled;
mod shared;
mod to_date;
mod recorded_diseases;
mod undated;
mod untold;

pub use admission::{Crowded, Queue, Turn, Turns};
pub use against::{NOT_APPLIED, NOT_REACHED};
pub use check::{check, check_alone};
pub use data_fault::{DataFault, FaultGroup, GroupedBy, Span};
pub use decimal::Decimal;
pub use error::AnswerError;
pub use explained::{Explained, Line};
pub use freshness::judge;
pub use handle::{Answers, Limits};
pub use question::{Answer, Cell, Choices, FreshState, Freshness, HeldBack, Question, Undated, Waiting};
pub use range::lies_ahead;
pub use refusal::{Refusal, name as parameter_name};
pub use settled::{is_closed, last_settled};
