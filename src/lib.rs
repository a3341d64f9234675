//! 火の見 (Hinomi): the board a public-health centre works by.
//!
//! The journey of one record, which is also the order of the modules. Data flows down this
//! list, imports point up it (`tests/house.rs` keeps it so):
//!
//! 1. [`definitions`]: every file of `queries/`, `dashboards/` and `static/` is read here, once; typed values and faults come out.
//! 2. [`intake`]: a file lands, is decoded and split into rows; a mapping says what its columns mean.
//! 3. [`privacy`]: the gate. A raw batch goes in; a safe batch and a report of columns and row numbers come out.
//! 4. [`store`]: facts with the time from which, and until when, Hinomi knew them. Its `engine/duckdb` is the only place
//!    that names DuckDB.
//! 5. [`measure`]: statistics that SQL says badly: limits, standardisation, reproduction numbers, lengths of stay.
//! 6. [`answer`]: one question, one answer: bound, run, cached by data version, with freshness.
//! 7. [`draw`]: answers become pictures. The only place that names plotters.
//! 8. [`present`]: figures, panels and export formats that pages, files and commands share.
//! 9. [`web`]: walls, the API, live push.
//! 10. [`jobs`]: near-real-time and nightly work drives 2 to 4.
//! 11. [`app`]: the composition root.
//! 12. [`cli`]: one subcommand a file; the control socket.

pub mod epi;
pub mod config;
pub mod definitions;
pub mod intake;
pub mod privacy;
pub mod store;
pub mod measure;
pub mod answer;
pub mod draw;
pub mod present;
pub mod web;
pub mod synth;
pub mod jobs;
pub mod app;
pub mod cli;
