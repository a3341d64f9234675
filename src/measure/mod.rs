//! Statistics that SQL says badly. Plain slices come in, estimates with their limits go out; where there is no
//! answer, a [`Reason`] says why, so that no NaN, infinity or quiet zero ever reaches a board.

pub mod distributions;
pub mod counts;
pub mod least_squares;
pub mod glm;
pub mod growth;
pub mod intervals;
pub mod quantiles;
pub mod rate_ratio;
pub mod rates;
pub mod reason;
pub mod reference;
pub mod rt;
pub mod serial_interval;
pub mod standard_population;
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

pub use reason::Reason;

#[cfg(test)]
mod tests;
