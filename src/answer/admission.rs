//! Who may work at once. Threads and memory belong to the whole engine, so that the wall's lane is made here: questions
//! are let in by what they are expected to cost, the heavy ones few at a time; the others wait in a queue, within
//! a deadline. While a frame is due nothing heavy begins, and what is light comes one at a time.
//!
//! What a question costs is what the same one took last; one that was never asked counts as heavy.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// Milliseconds: what is expected to take no longer is light.
const LIGHT: u64 = 20;
/// Milliseconds: what a question counts that was never asked.
const UNKNOWN: u64 = 250;
/// Milliseconds: what one processor takes on at a time. What costs more than there is room for runs alone.
const A_PROCESSOR: u64 = 500;
/// Light questions at a time.
const LIGHT_AT_ONCE: usize = 4;
/// Kinds of questions of which it is remembered what they cost.
const MOST_KINDS: usize = 10_000;

/// How long a question waits, and how many may wait.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    pub patience: Duration,
    pub length: usize,
}

impl Default for Queue {
    fn default() -> Self {
        Self { patience: Duration::from_secs(10), length: 256 }
    }
}

/// Why a question was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crowded {
    /// As many wait as may.
    Full,
    /// It waited for as long as it may.
    Late,
    /// It was let in, and took longer than it may.
    Slow,
}

impl Crowded {
    /// In Japanese, then in English.
    pub fn sentence(self) -> String {
        let (ja, en) = self.said();
        format!("{ja} ({en})")
    }

    pub const fn said(self) -> (&'static str, &'static str) {
        match self {
            Self::Full => (
                "混み合っています。待っている集計が多いため、受け付けられません。しばらくしてからもう一度開いてください",
                "too many questions are waiting; ask again in a while",
            ),
            Self::Late => (
                "混み合っています。順番が来ないまま時間が過ぎました。しばらくしてからもう一度開いてください",
                "the question waited for its turn for too long; ask again in a while",
            ),
            Self::Slow => (
                "時間内に集計できませんでした。期間を短くするか、しばらくしてからもう一度開いてください",
                "the question took too long; ask for a shorter period, or again in a while",
            ),
        }
    }
}

/// What came to pass, for those who watch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turns {
    pub running: u64,
    pub waiting: u64,
    pub let_in: u64,
    /// Heavy ones that began while a frame was due: none.
    pub heavy_while_due: u64,
    pub full: u64,
    pub late: u64,
}

#[derive(Clone)]
pub(super) struct Admission(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    room: u64,
    queue: Queue,
    counted: Counted,
}

#[derive(Default)]
struct Counted {
    let_in: AtomicU64,
    heavy_while_due: AtomicU64,
    full: AtomicU64,
    late: AtomicU64,
}

#[derive(Default)]
struct State {
    /// Milliseconds that the heavy ones that run are expected to take.
    heavy: u64,
    light: usize,
    running: u64,
    /// Frames that are due.
    due: usize,
    /// In the order in which they came.
    waiting: BTreeMap<u64, Waiting>,
    next: u64,
    /// What each kind of question took, in milliseconds.
    costs: HashMap<Arc<str>, u64>,
}

struct Waiting {
    what: Arc<str>,
    cost: u64,
    go: oneshot::Sender<Turn>,
}

/// The right to work, until it is dropped; how long it took is what the same kind is expected to cost.
pub struct Turn {
    of: Admission,
    what: Arc<str>,
    cost: u64,
    since: Instant,
    /// It did not come to its end.
    cut_short: bool,
}

/// A frame is due until this is dropped.
pub struct Due(Admission);

impl Admission {
    pub(crate) fn new(processors: usize, queue: Queue) -> Self {
        let room = (processors as u64 * A_PROCESSOR).max(A_PROCESSOR);
        let (state, counted) = (Mutex::default(), Counted::default());
        Self(Arc::new(Inner { state, room, queue, counted }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn. `until`: when its time is over anyway.
    pub(crate) async fn enter(&self, what: &str, until: Instant) -> Result<Turn, Crowded> {
        let (go, mut may_go) = oneshot::channel();
        let number = {
            let mut state = self.state();
            if state.waiting.len() >= self.0.queue.length {
                self.0.counted.full.fetch_add(1, Ordering::Relaxed);
                return Err(Crowded::Full);
            }
            let number = state.next;
            state.next += 1;
            let what: Arc<str> = what.into();
            let cost = state.costs.get(&what).copied().unwrap_or(UNKNOWN).clamp(1, self.0.room);
            state.waiting.insert(number, Waiting { what, cost, go });
            self.let_in(state);
            number
        };
        let patience = self.0.queue.patience.min(until.saturating_duration_since(Instant::now()));
        // Whoever goes away gives his place in the queue back.
        let place = Place { of: self, number };
        let turn = tokio::time::timeout(patience, &mut may_go).await;
        drop(place);
        match turn {
            Ok(Ok(turn)) => Ok(turn),
            // In the last moment, after all.
            _ => may_go.try_recv().map_err(|_| {
                self.0.counted.late.fetch_add(1, Ordering::Relaxed);
                Crowded::Late
            }),
        }
    }

    /// Lets in whoever there is room for: in order, but that light ones pass by heavy ones.
    fn let_in(&self, mut state: MutexGuard<'_, State>) {
        let mut gone = Vec::new();
        let mut heavy_waits = false;
        let numbers: Vec<(u64, u64)> = state.waiting.iter().map(|(n, w)| (*n, w.cost)).collect();
        for (number, cost) in numbers {
            let fits = if cost <= LIGHT {
                state.light < if state.due > 0 { 1 } else { LIGHT_AT_ONCE }
            } else {
                let fits = !heavy_waits && state.due == 0 && state.heavy + cost <= self.0.room;
                heavy_waits |= !fits;
                fits
            };
            if !fits {
                continue;
            }
            let Some(waiting) = state.waiting.remove(&number) else { continue };
            state.running += 1;
            if cost <= LIGHT {
                state.light += 1;
            } else {
                state.heavy += cost;
                if state.due > 0 {
                    self.0.counted.heavy_while_due.fetch_add(1, Ordering::Relaxed);
                }
            }
            self.0.counted.let_in.fetch_add(1, Ordering::Relaxed);
            let turn =
                Turn { of: self.clone(), what: waiting.what, cost, since: Instant::now(), cut_short: false };
            if let Err(turn) = waiting.go.send(turn) {
                gone.push(turn);
            }
        }
        // Each gives its room back, for which the state has to be free.
        drop(state);
        drop(gone);
    }

    /// Nothing heavy begins until what comes back is dropped.
    pub(crate) fn frame_due(&self) -> Due {
        self.state().due += 1;
        Due(self.clone())
    }

    pub(crate) fn turns(&self) -> Turns {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counted = &self.0.counted;
        let state = self.state();
        Turns {
            running: state.running,
            waiting: state.waiting.len() as u64,
            let_in: read(&counted.let_in),
            heavy_while_due: read(&counted.heavy_while_due),
            full: read(&counted.full),
            late: read(&counted.late),
        }
    }

    fn end(&self, turn: &Turn) {
        let mut state = self.state();
        state.running -= 1;
        if turn.cost <= LIGHT {
            state.light -= 1;
        } else {
            state.heavy -= turn.cost;
        }
        let took = u64::try_from(turn.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let known = state.costs.get(&turn.what).copied();
        let cost = match known {
            // It would have taken longer.
            _ if turn.cut_short => took.max(known.unwrap_or(UNKNOWN)),
            // Slowly downwards: the next one may not find everything at hand.
            Some(known) if took < known => (known * 3 + took) / 4,
            _ => took,
        };
        if known.is_some() || state.costs.len() < MOST_KINDS {
            state.costs.insert(turn.what.clone(), cost);
        }
        self.let_in(state);
    }
}

struct Place<'a> {
    of: &'a Admission,
    number: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.of.state();
        if state.waiting.remove(&self.number).is_some() {
            // A heavy one may have stood in the way of the next.
            self.of.let_in(state);
        }
    }
}

impl Turn {
    /// The work was stopped before its end.
    pub(crate) fn cut_short(mut self) {
        self.cut_short = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.of.clone().end(self);
    }
}

impl Drop for Due {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.due -= 1;
        self.0.let_in(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    fn later() -> Instant {
        Instant::now() + LONG
    }

    fn admission(patience: Duration) -> Admission {
        Admission::new(1, Queue { patience, length: 3 })
    }

    fn knows(admission: &Admission, what: &str, cost: u64) {
        admission.state().costs.insert(what.into(), cost);
    }

    async fn waits_for(admission: &Admission, waiting: u64) {
        while admission.turns().waiting != waiting {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn heavy_ones_wait_for_room_and_light_ones_pass_by() {
        let admission = admission(LONG);
        knows(&admission, "heavy", 60_000);
        knows(&admission, "light", 1);
        let first = admission.enter("heavy", later()).await.expect("room");
        let second = tokio::spawn({
            let admission = admission.clone();
            async move { admission.enter("heavy", later()).await.map(|turn| turn.what.to_string()) }
        });
        waits_for(&admission, 1).await;
        let light = admission.enter("light", later()).await.expect("passes by");
        assert_eq!((admission.turns().running, admission.turns().waiting), (2, 1));
        drop(first);
        assert_eq!(second.await.expect("no panic"), Ok("heavy".to_owned()));
        drop(light);
        assert_eq!(admission.turns(), Turns { let_in: 3, ..Turns::default() });
    }

    #[tokio::test]
    async fn while_a_frame_is_due_nothing_heavy_begins_and_light_ones_come_one_at_a_time() {
        let admission = admission(Duration::from_millis(20));
        knows(&admission, "light", 1);
        let due = admission.frame_due();
        let light = admission.enter("light", later()).await.expect("light");
        assert_eq!(admission.enter("light", later()).await.err(), Some(Crowded::Late));
        assert_eq!(admission.enter("never asked", later()).await.err(), Some(Crowded::Late));
        drop(light);
        drop(due);
        assert!(admission.enter("never asked", later()).await.is_ok());
        let turns = admission.turns();
        assert_eq!((turns.heavy_while_due, turns.late, turns.running, turns.waiting), (0, 2, 0, 0));
    }

    #[tokio::test]
    async fn a_queue_has_an_end_and_who_goes_away_leaves_it() {
        let admission = admission(LONG);
        knows(&admission, "heavy", 60_000);
        let first = admission.enter("heavy", later()).await.expect("room");
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let admission = admission.clone();
                tokio::spawn(async move { admission.enter("heavy", later()).await.map(drop) })
            })
            .collect();
        waits_for(&admission, 3).await;
        assert_eq!(admission.enter("heavy", later()).await.err(), Some(Crowded::Full));
        waiting[0].abort();
        waits_for(&admission, 2).await;
        drop(first);
        for (place, one) in waiting.into_iter().enumerate() {
            assert_eq!(one.await.is_ok(), place > 0, "{place}");
        }
        assert_eq!(admission.turns().running, 0);
    }

    #[tokio::test]
    async fn a_question_costs_what_it_took() {
        let admission = admission(LONG);
        let turn = admission.enter("quick", later()).await.expect("room");
        assert_eq!(turn.cost, UNKNOWN);
        drop(turn);
        let cost = |what: &str| admission.state().costs.get(what).copied();
        assert!(cost("quick") < Some(UNKNOWN));
        admission.enter("stopped", later()).await.expect("room").cut_short();
        assert_eq!(cost("stopped"), Some(UNKNOWN), "it would have taken longer");
        knows(&admission, "quick", 400);
        drop(admission.enter("quick", later()).await);
        assert_eq!(cost("quick"), Some(300), "slowly downwards");
    }
}
