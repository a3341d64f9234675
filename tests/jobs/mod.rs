//! Near-real-time and nightly work on a real store.

mod deliveries;
mod ward;
mod runs;

use ward::Ward;
