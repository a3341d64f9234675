//! The gate: a raw batch goes in, a safe batch comes out, with a report that names columns and
//! row numbers and never a value. Nothing else in the program can make a [`SafeBatch`], and the
//! store takes nothing else.
//!
//! There is no free-text type: a kept column is a date, a number, an age, a code from a list, a yes or no, a district
//! or an id of a stated pattern. On top of that, direct identifiers are recognised by heading ([`announced`]; the
//! mapping is refused), by value ([`scan`]; the row is quarantined) and by column (a column of individual numbers;
//! the delivery is refused). What can't be read and identifies nobody costs its cell, not its row. The rules of the
//! store's tables bind every mapping. What is stored claims no legal category: the documents say what is done.

mod cells;
mod error;
mod findings;
mod foot;
mod gate;
mod happened;
mod headings;
mod identifiers;
mod individual_number;
mod judge;
mod key;
mod lists;
mod names;
mod number;
mod outputs;
mod plan;
mod refusals;
mod row;
mod rules;
mod safe;
mod stored;
mod text;
mod unknown;
mod unsaid;
mod zeros;

pub use error::GateError;
pub use findings::{Finding, Place};
pub use gate::{Gate, Passed};
pub use headings::{Announced, announced};
pub use identifiers::{Identifier, scan};
pub use individual_number::check_digit_fits;
pub use key::{Key, KeyError, Pseudonyms};
pub use refusals::refusals;
pub use rules::Breach;
pub use safe::{HeldKey, SafeBatch};
pub use stored::{Contents, Stored};
