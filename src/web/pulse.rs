//! How the wall does: when it last came round, and how long the last change took to hang on every board.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Pulse {
    begun: Instant,
    rounds: AtomicU64,
    /// Milliseconds since `begun`.
    last_round: AtomicU64,
    /// Milliseconds.
    lag: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            rounds: AtomicU64::new(0),
            last_round: AtomicU64::new(0),
            lag: AtomicU64::new(0),
        }
    }
}

impl Pulse {
    /// All boards hang. `changed`: when the change came that they show.
    pub(super) fn came_round(&self, changed: Option<Instant>) {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.last_round.store(millis(self.begun.elapsed()), Ordering::Release);
        if let Some(changed) = changed {
            self.lag.store(millis(changed.elapsed()), Ordering::Release);
        }
        self.rounds.fetch_add(1, Ordering::AcqRel);
    }

    pub fn rounds(&self) -> u64 {
        self.rounds.load(Ordering::Acquire)
    }

    /// Since all boards were last hung; since the start when they never were.
    pub fn since_last_round(&self) -> Duration {
        let last = Duration::from_millis(self.last_round.load(Ordering::Acquire));
        self.begun.elapsed().saturating_sub(last)
    }

    /// From the last change until it hung on every board.
    pub fn lag(&self) -> Duration {
        Duration::from_millis(self.lag.load(Ordering::Acquire))
    }
}
