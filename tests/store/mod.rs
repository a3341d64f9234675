//! The store through its own door, filled through the real gate.

mod changes;
mod crash;
mod damage;
mod durable;
mod engine;
mod facts;
pub mod fusion;
mod forward;
mod golden;
pub mod kept;
mod kept_ages;
mod ledgers;
mod new_table;
pub mod older;
mod order;
pub mod queries;
mod receipts;
mod remap;
mod repair;
pub mod room;
mod sealed;
mod signs;
mod snapshots;
mod spans;
mod unread;
