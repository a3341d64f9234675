//! The store through its own door, filled through the real gate.

mod changes;
mod crash;
mod damage;
mod durable;
mod engine;
mod facts;
pub mod fusion;
mod golden;
mod kept;
mod kept_ages;
mod ledgers;
mod new_table;
mod older;
mod order;
pub mod queries;
mod receipts;
mod remap;
pub mod room;
mod signs;
mod snapshots;
mod unread;
