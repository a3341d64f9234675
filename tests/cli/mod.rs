//! The program as people run it: the real binary, a data folder of its own, and what it says.

mod bad;
mod commands;
mod place;
mod serve;
mod whole;

use place::Place;
