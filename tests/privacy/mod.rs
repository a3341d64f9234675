//! The first promise, on the whole path: nothing identifying gets in.

mod leak;
mod people;
mod rules;
mod search;
