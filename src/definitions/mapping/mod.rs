//! A mapping: what the columns of one source system mean, and what becomes of each (TOML, `queries/sources/`).

mod check;
mod column;
mod error;
mod hash;
mod name;
mod told;
mod types;

pub use error::{MappingError, Why};
pub use hash::GATE_VERSION;
pub use types::{
    After, Column, HeaderPlace, Kind, Mapping, Mode, OnRepeat, Privacy, Rhythm, RhythmDays, Title, Window,
    heading_key,
};

pub use crate::epi::era::DateOrder;
