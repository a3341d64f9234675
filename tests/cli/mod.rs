//! The program as people run it: the real binary, a data folder of its own, and what it says.

mod asked;
mod bad;
mod both;
mod commands;
mod decided;
mod exported;
mod findings;
mod held_back;
mod displays;
pub mod languages;
mod manual;
mod order;
mod own_table;
pub mod place;
mod repeated;
pub mod serve;
mod shapes;
mod shown;
mod starting;
mod undated;
mod whole;
mod words;

pub use place::Place;
