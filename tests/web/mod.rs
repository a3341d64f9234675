//! What is served, by a real server.

mod questions;
mod requests;
mod watched;
