//! Every indicator has expected rows that a person can reckon by hand, over the facts of
//! `data-samples/expected/`, which go the ordinary way: mapping, gate, store.

mod beds;
mod compared;
mod expected;
mod figures;
mod fusion;
mod one_figure;
mod peopled;
mod reasons;
mod recorded;
mod remembered;
mod settled;
mod stays;
mod to_date;
mod together;
mod told;
mod totals;
mod touched;
mod undated;
mod ward;
mod whole;
