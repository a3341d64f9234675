//! What is served, by a real server.

mod requests;
