//! What pages, pictures, files and commands share: figures with their words, panels, charts of answers, export formats.
//!
//! In come answers; out come [`figures::Block`]s, their text, their HTML and their charts. Nothing here listens or serves.

mod alarms;
pub mod beds;
pub mod chart;
pub mod facts;
pub mod faults;
pub mod figures;
pub mod formats;
pub mod gather;
mod gauges;
pub mod headline;
pub mod layout;
mod length;
pub mod lists;
pub mod marks;
pub mod numbers;
pub mod panel;
pub mod reasons;
mod reached;
#[cfg(test)]
pub mod samples;
mod sentences;
pub mod specimens;
pub mod standing;
pub mod strip;
pub mod table;
pub mod tile;
mod times;
pub mod undated;
pub mod words;

pub use facts::Facts;
pub use faults::lines as fault_lines;
pub use formats::{Format, write as write_answer};
pub use gather::{Desk, block as block_of};
pub use table::text as cell_text;
pub use words::{held_back, undated_en, undated_in_full, waiting_of};
