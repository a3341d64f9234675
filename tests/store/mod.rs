//! The store through its own door, filled through the real gate.

mod changes;
mod crash;
mod durable;
mod engine;
mod facts;
mod ledgers;
pub mod room;
mod snapshots;
mod unread;
