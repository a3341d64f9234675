//! scratch
mod browser;
