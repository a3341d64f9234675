//! Every indicator has expected rows that a person can reckon by hand, over the facts of
//! `data-samples/expected/`, which go the ordinary way: mapping, gate, store.

mod expected;
mod remembered;
mod settled;
mod to_date;
mod ward;
