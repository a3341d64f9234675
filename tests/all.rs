//! One binary for all integration tests: linking DuckDB once is enough.

mod house;
