//! Pictures as text, and every label's characters.

mod ahead;
mod glyphs;
mod golden;
mod samples;
