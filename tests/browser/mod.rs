//! Walls in a real Chromium: nothing overlaps or is cut at any size and in any state, updates come,
//! silence is marked, everything recovers, and nothing grows.
//!
//! `HINOMI_PICTURES=folder tests/run browser` keeps a picture of every state, for people to look at.

mod axe;
mod cable;
pub mod driver;
mod hall;
mod layout;
mod live;
mod program;
mod ward;
