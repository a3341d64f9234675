//! A ward that doesn't exist: what its systems would deliver, as known at any moment, in their own formats and
//! quirks. Same plan, same bytes. For the demo, for tests and for the benches; every name in it is made up.

mod case;
mod cp932;
mod csv;
mod disease;
mod epidemic;
mod feeds;
mod form;
mod identity;
mod live;
mod moment;
mod people;
mod plan;
mod reports;
mod sheets;
mod stays;
mod ward;
mod write;

pub use disease::main_of as main_disease;
pub use feeds::{Delivery, Ward};
pub use live::Live;
pub use moment::{DAY, Day, HOUR, Minute, NEVER, date_of, date_time_of, day_in, day_of, minute_of};
pub use plan::{Plan, PlanError, Scenario};
pub use write::{Encoding, Moment, WriteError, schedule, write};

#[cfg(test)]
mod tests;
