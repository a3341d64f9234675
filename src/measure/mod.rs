//! Statistics that SQL says badly. Each measure has a file in `register/` (parameters, columns with their roles, formula, literature), and
//! [`register`] lists them all. They make an answer's rows of a query's by the numerical cores beside them: plain slices come in, estimates
//! with their limits go out; where there is no answer, a [`Reason`](crate::epi::reason::Reason) says why, so that no NaN, infinity or quiet zero
//! ever reaches a board.

pub mod common;
pub mod parameter;
pub mod method;
pub mod columns;
pub mod distributions;
pub mod counts;
pub mod least_squares;
pub mod glm;
pub mod growth;
pub mod intervals;
pub mod quantiles;
pub mod rate_ratio;
pub mod rates;
pub mod reference;
pub mod rt;
pub mod serial_interval;
pub mod standardised;
pub mod survival;
pub mod survival_curve;
pub mod ears;
pub mod farrington;
pub mod score;
pub mod paired;
pub mod naive;
pub mod nowcast;
pub mod beds;
pub mod register;
pub mod names;
pub mod indicator;

pub use indicator::apply;

#[cfg(test)]
mod tests;
