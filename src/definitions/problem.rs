//! A definition that does not hold, and why.

use std::fmt;

use super::problem_ja::japanese;
use crate::epi::text::in_both;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `queries/indicators/deaths.sql`
    pub file: String,
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ja = japanese(&self.what).unwrap_or_else(|| "定義に誤りがあります".to_owned());
        write!(to, "{}: {}", self.file, in_both(&ja, &self.what))
    }
}
