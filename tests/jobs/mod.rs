//! Near-real-time and nightly work on a real store.

mod arrivals;
mod decided;
mod deliveries;
mod runs;
mod ward;

use ward::Ward;
