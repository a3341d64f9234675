//! One binary for all integration tests: linking DuckDB once is enough.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)] // a test that cannot go on fails

mod bench;
mod browser;
mod cli;
mod draw;
mod faults;
mod house;
mod indicators;
mod intake;
mod jobs;
mod measured;
mod oracle;
mod package;
mod privacy;
mod real;
mod recovery;
mod store;
mod support;
mod web;
