//! A figure against a dated reference value (目安). Values are compared as they are, never as they are shown: 19.7 is
//! shown as 20 and is not 20 or more. What comes out is which marks are reached, never a stage.

use crate::epi::comparison::Comparison;

/// May the reference value be applied at all?
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Applies {
    Always,
    /// Only while another figure, if it is known, compares so with a bound.
    While(Option<f64>, Comparison, f64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The places of the marks that are reached, in their order; none may be.
    Reached(Vec<usize>),
    /// 適用外: the condition does not hold.
    NotApplied,
    /// There is no figure, or the condition's own figure is not known.
    Unknown,
}

/// Which marks does a figure reach? `value`: unrounded, in the marks' unit.
pub fn judge(value: Option<f64>, comparison: Comparison, marks: &[f64], applies: Applies) -> Judgement {
    if let Applies::While(other, compared, bound) = applies {
        match other.filter(|other| other.is_finite()) {
            None => return Judgement::Unknown,
            Some(other) if !compared.holds(other, bound) => return Judgement::NotApplied,
            Some(_) => {}
        }
    }
    let Some(value) = value.filter(|value| value.is_finite()) else { return Judgement::Unknown };
    let reached = marks.iter().enumerate().filter(|(_, mark)| comparison.holds(value, **mark));
    Judgement::Reached(reached.map(|(place, _)| place).collect())
}

/// Would the figure reach other marks if it were rounded to a whole number first, as it is often shown?
pub fn rounding_would_mislead(value: f64, comparison: Comparison, marks: &[f64]) -> bool {
    marks.iter().any(|mark| comparison.holds(value, *mark) != comparison.holds(value.round(), *mark))
}

#[cfg(test)]
#[path = "reference_tests.rs"]
mod tests;
