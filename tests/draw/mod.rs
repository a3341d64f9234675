//! Pictures as text, and every label's characters.

mod glyphs;
mod golden;
mod samples;
