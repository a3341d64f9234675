//! The vocabulary of the field, without any I/O: sexes, ages, periods, era dates, the calendar, the clock.

pub mod age;
pub mod calendar;
pub mod clock;
pub mod era;
pub mod period;
pub mod sex;
mod time;
pub mod to_date;
