//! 火の見 (Hinomi): the board a public-health centre works by.
//!
//! The journey of one record, which is also the order of the modules. Data flows down this
//! list, imports point up it (`tests/house.rs` keeps it so):
//!
//! 1. [`intake`]: a file lands, is decoded and split into rows; a mapping says what its columns mean.
//! 2. [`privacy`]: the gate. A raw batch goes in; a safe batch and a report of columns and row numbers come out.
//! 3. [`store`]: facts with the time from which, and until when, Hinomi knew them. The only place that names DuckDB.
//! 4. [`measure`]: statistics that SQL says badly: limits, standardisation, reproduction numbers, lengths of stay.
//! 5. [`catalog`]: indicators, boards and mappings are files; here they are read and checked.
//! 6. [`answer`]: one question, one answer: bound, run, cached by data version, with freshness.
//! 7. [`draw`]: answers become pictures. The only place that names plotters.
//! 8. [`present`]: figures, panels and export formats that pages, files and commands share.
//! 9. [`web`]: walls, the API, live push.
//! 10. [`jobs`]: near-real-time and nightly work drives 1 to 3.
//! 11. [`cli`]: one subcommand a file; the control socket.

pub mod epi;
pub mod config;
pub mod intake;
pub mod privacy;
pub mod store;
pub mod measure;
pub mod catalog;
pub mod answer;
pub mod draw;
pub mod present;
pub mod web;
pub mod synth;
pub mod jobs;
pub mod cli;
pub mod app;
