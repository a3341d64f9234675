//! A definition that does not hold, and why.

use std::fmt;

use crate::epi::text::in_both;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `queries/indicators/deaths.sql`
    pub file: String,
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.file, in_both("定義に誤りがあります", &self.what))
    }
}
