//! One question, one answer: bind, run, freshness, cache by data version, single flight.

mod question;

pub use question::{Answer, Cell, Freshness, FreshState, Question};
