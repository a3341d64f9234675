//! The vocabulary of the field, without any I/O: sexes, ages, bandings, periods, era dates, the calendar, the clock;
//! how figures are rounded and texts compared; why there is no figure.

pub mod against;
pub mod age;
pub mod banding;
pub mod calendar;
pub mod clock;
pub mod comparison;
pub mod era;
pub mod folded;
pub mod moment;
pub mod parts;
pub mod period;
pub mod reason;
pub mod rounding;
pub mod sex;
pub mod standard_population;
pub mod text;
pub mod time;
pub mod to_date;
pub mod vague;
