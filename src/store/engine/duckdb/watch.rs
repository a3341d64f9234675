//! Interrupts queries whose time is over, and those that yield while a frame is due: one thread for all of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use duckdb::InterruptHandle;

use super::super::super::lock::lock;

/// What takes no longer than this is let through to its end while a frame is due.
const MOMENT: Duration = Duration::from_millis(20);

pub(super) struct Watch(Arc<Watched>);

#[derive(Default)]
struct Watched {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    /// By time and number; a number is never used twice.
    waiting: BTreeMap<(Instant, u64), Running>,
    next: u64,
    /// Frames that are due.
    due: usize,
    /// Queries that were stopped for a frame.
    gave_way: u64,
    ended: bool,
}

struct Running {
    handle: Arc<InterruptHandle>,
    since: Instant,
    yields: bool,
    /// It was stopped for a frame.
    gave_way: bool,
}

/// Takes the query off the list again: after this is dropped nothing interrupts the connection.
pub(super) struct Ticket<'a>(&'a Watched, (Instant, u64));

impl Watch {
    pub(crate) fn start() -> Self {
        let shared = Arc::new(Watched::default());
        let watched = shared.clone();
        std::thread::spawn(move || watched.run());
        Self(shared)
    }

    /// `yields`: stopped while a frame is due.
    pub(crate) fn until(&self, until: Instant, handle: Arc<InterruptHandle>, yields: bool) -> Ticket<'_> {
        let mut queue = lock(&self.0.queue);
        let key = (until, queue.next);
        queue.next += 1;
        let first = queue.waiting.keys().next().is_none_or(|k| key < *k);
        let running = Running { handle, since: Instant::now(), yields, gave_way: false };
        queue.waiting.insert(key, running);
        drop(queue);
        if first {
            self.0.changed.notify_one();
        }
        Ticket(&self.0, key)
    }

    /// One more frame is due, or one less.
    pub(crate) fn frame_due(&self, due: bool) {
        let mut queue = lock(&self.0.queue);
        queue.due = if due { queue.due + 1 } else { queue.due.saturating_sub(1) };
        if due {
            queue.give_way(Duration::ZERO);
        }
        drop(queue);
        self.0.changed.notify_one();
    }

    pub(crate) fn gave_way(&self) -> u64 {
        lock(&self.0.queue).gave_way
    }
}

impl Queue {
    /// Stops what yields and has run for a while. Again and again: a statement that has not quite begun hears nothing.
    fn give_way(&mut self, for_longer_than: Duration) {
        for running in self.waiting.values_mut().filter(|r| r.yields) {
            if running.since.elapsed() < for_longer_than {
                continue;
            }
            running.handle.interrupt();
            if !std::mem::replace(&mut running.gave_way, true) {
                self.gave_way += 1;
            }
        }
    }
}

impl Watched {
    fn run(&self) {
        let mut queue = lock(&self.queue);
        while !queue.ended {
            let now = Instant::now();
            // Interrupted under the lock, so that a ticket that is gone can't be interrupted any more.
            let mut over = queue.waiting.range_mut(..=(now, u64::MAX));
            over.by_ref().for_each(|(_, running)| running.handle.interrupt());
            if queue.due > 0 {
                queue.give_way(MOMENT);
            }
            let next = queue.waiting.keys().next().map(|(at, _)| at.saturating_duration_since(now));
            // What is over is told so until it has heard.
            let next = next.map(|wait| wait.max(MOMENT));
            let due = (queue.due > 0).then_some(MOMENT);
            queue = match next.into_iter().chain(due).min() {
                Some(wait) => {
                    self.changed.wait_timeout(queue, wait).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl Ticket<'_> {
    /// Was it stopped for a frame?
    pub(crate) fn end(self) -> bool {
        lock(&self.0.queue).waiting.get(&self.1).is_some_and(|running| running.gave_way)
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        lock(&self.0.queue).waiting.remove(&self.1);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        lock(&self.0.queue).ended = true;
        self.0.changed.notify_one();
    }
}
