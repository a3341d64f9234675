//! One binary for all integration tests: linking DuckDB once is enough.

mod draw;
mod house;
mod indicators;
mod intake;
