//! One binary for all integration tests: linking DuckDB once is enough.

mod browser;
mod cli;
mod draw;
mod house;
mod indicators;
mod intake;
mod jobs;
mod oracle;
mod privacy;
mod real;
mod recovery;
mod store;
