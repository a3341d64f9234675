//! The program as people run it: the real binary, a data folder of its own, and what it says.

mod bad;
mod commands;
mod displays;
mod decided;
mod place;
mod repeated;
mod serve;
mod whole;

use place::Place;
