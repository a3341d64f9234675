//! Time enters here and nowhere else. A clock that runs, or one that is set (replay, tests, demo).

use std::sync::{Arc, Mutex};

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// Japan Standard Time: nine hours ahead of UTC, without daylight saving since 1951.
pub const JST: Offset = Offset::constant(9);

/// The source of "now". Clones share one setting.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Setting>>);

#[derive(Debug)]
enum Setting {
    Running,
    Shifted(SignedDuration),
    Fixed(Timestamp),
}

impl Clock {
    pub fn running() -> Self {
        Self(Arc::new(Mutex::new(Setting::Running)))
    }

    pub fn fixed(at: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Setting::Fixed(at))))
    }

    /// Stops the clock at an instant.
    pub fn set(&self, at: Timestamp) {
        *self.setting() = Setting::Fixed(at);
    }

    /// Lets the clock run on from an instant.
    pub fn run_from(&self, at: Timestamp) {
        *self.setting() = Setting::Shifted(at.duration_since(system_now()));
    }

    /// Lets the clock run with the machine's own.
    pub fn run(&self) {
        *self.setting() = Setting::Running;
    }

    pub fn now(&self) -> Timestamp {
        match *self.setting() {
            Setting::Running => system_now(),
            Setting::Shifted(by) => system_now() + by,
            Setting::Fixed(at) => at,
        }
    }

    /// The day in Japan.
    pub fn today(&self) -> Date {
        jst(self.now()).date()
    }

    fn setting(&self) -> std::sync::MutexGuard<'_, Setting> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The wall-clock date and time in Japan of an instant.
pub fn jst(at: Timestamp) -> DateTime {
    JST.to_datetime(at)
}

/// The instant of a wall-clock date and time in Japan.
pub fn from_jst(at: DateTime) -> Timestamp {
    TimeZone::fixed(JST).to_timestamp(at).unwrap_or(Timestamp::MAX)
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn system_now() -> Timestamp {
    Timestamp::now()
}
