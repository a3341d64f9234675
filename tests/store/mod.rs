//! The store through its own door, filled through the real gate.

mod changes;
mod crash;
mod durable;
mod engine;
mod facts;
mod ledgers;
mod receipts;
pub mod room;
mod signs;
mod snapshots;
mod unread;
