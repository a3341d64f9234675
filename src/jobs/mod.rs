//! The work that nobody asks for: near-real-time deliveries and the night's work. Files come in, and what is
//! intake, privacy and store do their part on them; out come receipts, a run ledger and a tidy data folder.
//!
//! - [`deliver`]: the one path for every file;
//! - [`decide`]: a person takes or refuses a file that is held;
//! - [`arrivals`]: takes files as they land, one at a time;
//! - [`nightly`]: full reload, trial of forecasts, compaction, checkpoint, verification, housekeeping;
//! - [`runner`]: each scheduled time at most once, never over itself, caught up once after a restart;
//! - [`ticker`]: the clock that wakes them.

pub mod arrivals;
pub mod context;
pub mod decide;
pub mod deliver;
pub mod disposal;
pub mod folders;
pub mod housekeeping;
mod look;
pub mod nightly;
mod reading;
pub mod reload;
pub mod runner;
pub mod schedule;
pub mod stamp;
pub mod stop;
pub mod ticker;
pub mod trial;
pub mod verify;
pub mod watch;

use std::time::Duration;

pub use context::Context;
pub use runner::{Done, Ran, Runner, Work};
pub use schedule::Schedule;
pub use stop::Stop;
pub use watch::{Unwatched, Watch};

use crate::config::Settings;

/// A job: one file of this folder.
pub struct Job {
    pub name: &'static str,
    pub title: &'static str,
    /// None: only when somebody asks (`hinomi job run`).
    pub when: fn(&Settings) -> Option<Schedule>,
    pub deadline: Duration,
    pub run: fn(&Work<'_>) -> anyhow::Result<Done>,
}

impl Job {
    pub fn schedule(&self, settings: &Settings) -> Option<Schedule> {
        (self.when)(settings)
    }
}

/// Every job there is.
pub static JOBS: [Job; 5] = [
    Job {
        name: "nightly",
        title: "full reload, trial of forecasts, compaction, checkpoint, verification, housekeeping",
        when: |settings| Some(Schedule::Daily(settings.nightly)),
        deadline: Duration::from_secs(4 * 3600),
        run: nightly::run,
    },
    Job {
        name: "reload",
        title: "reads again what sources leave in their folders",
        when: |_| None,
        deadline: Duration::from_secs(3 * 3600),
        run: reload::run,
    },
    Job {
        name: "trial",
        title: "puts past nowcasts and projections to the test",
        when: |_| None,
        deadline: Duration::from_secs(600),
        run: trial::run,
    },
    Job {
        name: "verify",
        title: "compares the whole archive with the database",
        when: |_| None,
        deadline: Duration::from_secs(12 * 3600),
        run: verify::run,
    },
    Job {
        name: "housekeeping",
        title: "removes old temporary and raw files",
        when: |_| None,
        deadline: Duration::from_secs(600),
        run: housekeeping::run,
    },
];

pub fn job(name: &str) -> anyhow::Result<&'static Job> {
    JOBS.iter().find(|j| j.name == name).ok_or_else(|| {
        let names: Vec<&str> = JOBS.iter().map(|j| j.name).collect();
        anyhow::anyhow!("there is no job {name}; the jobs are {}", names.join(", "))
    })
}
