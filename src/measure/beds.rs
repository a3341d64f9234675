//! Beds: how many will be in hospital, from admissions and how long they stay.
//!
//! - Occupancy is the convolution N(t) = `Σ_k` a(t − k) S(k), the day of admission counted; S(k) is the
//!   share still in k days after admission ([`stay`]).
//! - Those in now, who have been in for e days, remain until t with S(e + t)/S(e).
//! - A projection simulates admissions (growth, its error and its scatter: [`growth`]) and every stay,
//!   with a seeded generator, so that the same inputs always give the same bands ([`projection`]).
//! - [`ward`] says what a projection is made from: stays as they are known and as they became known.
//! - Past projections are scored against the naive forecasts on the stored history ([`mod@backtest`]).

pub mod backtest;
pub mod growth;
pub mod projection;
pub mod stay;
pub mod ward;

pub use backtest::{Origin, backtest};
pub use projection::{Group, Projection, Settings, project};
pub use stay::Stay;
